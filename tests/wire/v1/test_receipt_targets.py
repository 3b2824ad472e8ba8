"""What the actions of receipt rules name, and how SES makes sure of it: with and without other services to ask."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.support import aws, mail, receipt_rules, services, xml
from tests.support.aws import Account, refusal
from tests.support.receipt_rules import FUNCTION, KEY, SET, SNS, STOP, TOPIC, names, s3, told
from tests.support.services import Services

pytestmark = pytest.mark.outside

LAMBDA = {"LambdaAction": {"FunctionArn": FUNCTION}}
BOUNCE = {"SmtpReplyCode": "550", "Message": "No", "Sender": "postmaster@example.com"}
INVALID = "InvalidParameterValue"
OTHER_TOPIC = "arn:aws:sns:us-east-1:123456789012:other"


@pytest.fixture
def account(account: Account) -> Account:
    """An account with a rule set, where nobody says where other services are."""
    account.client().create_receipt_rule_set(RuleSetName=SET)
    return account


@pytest.fixture
def there() -> Iterator[Services]:
    """S3, SNS and Lambda."""
    with services.serving() as found:
        yield found


@pytest.fixture
def asking(start: Callable[..., Account], there: Services) -> Account:
    """An account with a rule set, where SES can ask the other services."""
    account = start(aws_endpoint_url=there.url)
    account.client().create_receipt_rule_set(RuleSetName=SET)
    return account


def create(account: Account, *actions: dict[str, Any], name: str = "rule") -> None:
    account.client().create_receipt_rule(RuleSetName=SET, Rule=receipt_rules.rule(name, *actions))


def refused(account: Account, *actions: dict[str, Any]) -> tuple[str, str]:
    """Code and message with which the rule is refused, as new one and as change of one, which leaves no trace."""
    client, before = account.client(), names(account)
    found = refusal(client.create_receipt_rule, RuleSetName=SET, Rule=receipt_rules.rule("new", *actions))
    client.create_receipt_rule(RuleSetName=SET, Rule=receipt_rules.rule("old"))
    changed = refusal(client.update_receipt_rule, RuleSetName=SET, Rule=receipt_rules.rule("old", *actions))
    assert found == changed
    assert receipt_rules.described(account, "old")["Actions"] == []
    client.delete_receipt_rule(RuleSetName=SET, RuleName="old")
    assert names(account) == before
    assert account.inspect("GET", "/publications")["publications"] == []
    return found[:2]


# ---- what is seen without asking anybody


@pytest.mark.parametrize(
    "topic",
    ["", "x", "arn:aws:sns:us-east-1:1234:t", "arn:aws:sqs:us-east-1:123456789012:t", "arn:aws:sns:us-east-1::t"],
)
@pytest.mark.parametrize(
    "action", [s3(), LAMBDA, STOP, {"BounceAction": BOUNCE}, {"WorkmailAction": {"OrganizationArn": "x"}}, SNS]
)
def test_the_topic_of_any_action_has_the_arn_of_one(account: Account, action: dict[str, Any], topic: str) -> None:
    ((kind, members),) = action.items()
    assert refused(account, {kind: {**members, "TopicArn": topic}}) == (
        "InvalidSnsTopic",
        f"Invalid SNS topic: {topic}",
    )


def test_a_bucket_has_a_name(account: Account) -> None:
    assert refused(account, s3("")) == (INVALID, "Bucket name must not be empty")


@pytest.mark.parametrize("key", ["", "x", "arn:aws:kms:us-east-1:123456789012:x", "arn:aws:kms:us-east-1:1:key/x"])
def test_a_key_has_the_arn_of_one(account: Account, key: str) -> None:
    assert refused(account, s3(KmsKeyArn=key)) == (INVALID, f"Invalid KMS encryption key ARN: {key}")
    for fine in (KEY, "arn:aws-us-gov:kms:us-gov-west-1:123456789012:alias/aws/ses"):
        create(account, s3(KmsKeyArn=fine), name=f"r{len(fine)}")


def test_a_function_has_the_arn_of_one(account: Account) -> None:
    assert refused(account, {"LambdaAction": {"FunctionArn": ""}}) == (INVALID, "Lambda function ARN must not be empty")
    for bad in ("inbound", "arn:aws:lambda:us-east-1:123456789012:inbound", f"{FUNCTION} "):
        found = refused(account, {"LambdaAction": {"FunctionArn": bad}})
        assert found == ("InvalidLambdaFunction", f"Invalid Lambda function: {bad}")
    for number, fine in enumerate((FUNCTION, f"{FUNCTION}:live", f"{FUNCTION}:$LATEST")):
        create(account, {"LambdaAction": {"FunctionArn": fine}}, name=f"r{number}")


def test_a_bounce_has_a_code_a_message_and_a_verified_sender_checked_in_this_order(account: Account) -> None:
    sender = BOUNCE["Sender"]
    for code in ("", "199", "350", "55", "5500", "5x0", "550 "):
        bad = {**BOUNCE, "SmtpReplyCode": code, "Message": ""}
        assert refused(account, {"BounceAction": bad}) == (INVALID, f"Invalid SMTP reply code: {code}")
    empty = {**BOUNCE, "Message": ""}
    assert refused(account, {"BounceAction": empty}) == (INVALID, "Invalid SMTP response message: ")
    for unverified in (sender, "", "x", "a@b@c"):
        bad = {**BOUNCE, "Sender": unverified}
        assert refused(account, {"BounceAction": bad}) == (INVALID, f"Identity is not verified: {unverified}")
    account.client().verify_email_identity(EmailAddress=sender)
    assert refused(account, {"BounceAction": BOUNCE}) == (INVALID, f"Identity is not verified: {sender}")
    mail.verify(account, sender)
    create(account, {"BounceAction": BOUNCE})


def test_a_verified_domain_may_bounce(account: Account) -> None:
    mail.verify(account, "example.com")
    create(account, {"BounceAction": BOUNCE}, {"BounceAction": {**BOUNCE, "Sender": "Mailer <a@sub.example.com>"}})


def test_of_two_actions_the_first_one_is_told_and_of_one_the_topic(account: Account) -> None:
    topic = ("InvalidSnsTopic", "Invalid SNS topic: x")
    assert refused(account, s3(""), {"SNSAction": {"TopicArn": "x"}}) == (INVALID, "Bucket name must not be empty")
    assert refused(account, {"SNSAction": {"TopicArn": "x"}}, s3("")) == topic
    assert refused(account, s3("", TopicArn="x")) == topic
    assert refused(account, s3("", KmsKeyArn="x")) == (INVALID, "Bucket name must not be empty")
    assert refused(account, {"BounceAction": {**BOUNCE, "SmtpReplyCode": "", "TopicArn": "x"}}) == topic


def test_nothing_is_asked_of_workmail_and_connect(account: Account) -> None:
    instance = "arn:aws:connect:us-east-1:123456789012:instance/11111111-2222-3333-4444-555555555555"
    connect = {"InstanceARN": instance, "IAMRoleARN": "arn:aws:iam::123456789012:role/mails"}
    create(account, {"WorkmailAction": {"OrganizationArn": "x"}}, {"ConnectAction": connect})
    assert told(account) == []


# ---- where there are services to ask


@pytest.mark.parametrize(
    ("action", "part", "answer", "found"),
    [
        (s3(), "mails", (404, "NoSuchBucket"), ("InvalidS3Configuration", "No such bucket: mails")),
        (s3(), "mails", (403, "AccessDenied"), ("InvalidS3Configuration", "Could not write to bucket: mails")),
        (s3(), "mails", (400, "KMS.NotFound"), ("InvalidS3Configuration", "Could not write to bucket: mails")),
        (s3(), "mails", (503, "SlowDown"), ("InvalidS3Configuration", "Could not write to bucket: mails")),
        (SNS, TOPIC, (404, "NotFound"), ("InvalidSnsTopic", f"Could not publish to SNS topic: {TOPIC}")),
        (SNS, TOPIC, (400, "KMSAccessDenied"), ("InvalidSnsTopic", f"Could not publish to SNS topic: {TOPIC}")),
        (SNS, TOPIC, (500, "InternalError"), ("InvalidSnsTopic", f"Could not publish to SNS topic: {TOPIC}")),
        (
            LAMBDA,
            FUNCTION,
            (404, "ResourceNotFoundException"),
            ("InvalidLambdaFunction", f"Could not invoke Lambda function: {FUNCTION}"),
        ),
        (
            LAMBDA,
            FUNCTION,
            (403, "AccessDeniedException"),
            ("InvalidLambdaFunction", f"Could not invoke Lambda function: {FUNCTION}"),
        ),
    ],
)
def test_a_service_that_refuses_refuses_the_rule(
    asking: Account, there: Services, action: dict[str, Any], part: str, answer: tuple[int, str], found: tuple[str, str]
) -> None:
    there.refusals[part] = answer
    assert refused(asking, action) == found


def test_actions_are_tried_in_their_order_and_of_each_the_topic_first(asking: Account, there: Services) -> None:
    there.refusals = {"mails": (404, "NoSuchBucket"), TOPIC: (404, "NotFound"), "none": (403, "AccessDenied")}
    no_topic = ("InvalidSnsTopic", f"Could not publish to SNS topic: {TOPIC}")
    no_bucket = ("InvalidS3Configuration", "No such bucket: mails")
    assert refused(asking, s3(TopicArn=TOPIC)) == no_topic
    assert refused(asking, s3(KmsKeyArn="x"), SNS) == no_bucket
    assert refused(asking, s3("fine", TopicArn=OTHER_TOPIC, KmsKeyArn="x")) == (
        INVALID,
        "Invalid KMS encryption key ARN: x",
    )
    assert refused(asking, s3("fine"), SNS, s3()) == no_topic
    there.told.clear()
    assert refused(asking, s3("")) == (INVALID, "Bucket name must not be empty")
    assert refused(asking, STOP, s3())[1].startswith("Stop action")
    assert there.told == []


def test_topics_and_functions_of_another_region_are_out_of_reach(asking: Account, there: Services) -> None:
    topic, function = (each.replace("us-east-1", "eu-west-1") for each in (TOPIC, FUNCTION))
    assert refused(asking, {"SNSAction": {"TopicArn": topic}})[1] == f"Could not publish to SNS topic: {topic}"
    found = refused(asking, {"LambdaAction": {"FunctionArn": function}})
    assert found == ("InvalidLambdaFunction", f"Could not invoke Lambda function: {function}")
    assert there.told == []


def test_a_service_that_is_not_there_refuses_the_rule(start: Callable[..., Account]) -> None:
    with services.serving() as gone:
        url = gone.url
    account = start(aws_endpoint_url_s3=url)
    account.client().create_receipt_rule_set(RuleSetName=SET)
    assert refused(account, s3()) == ("InvalidS3Configuration", "Could not write to bucket: mails")
    create(account, SNS, LAMBDA)
    assert [each["state"] for each in told(account)] == ["recorded"]


def test_only_where_all_else_is_well_is_anybody_asked(asking: Account, there: Services) -> None:
    create(asking)
    for given, code in (
        ({"RuleSetName": "nope", "Rule.Name": "r"}, "RuleSetDoesNotExist"),
        ({"RuleSetName": SET, "Rule.Name": "rule"}, "AlreadyExists"),
        ({"RuleSetName": SET, "Rule.Name": "r", "After": "nope"}, "RuleDoesNotExist"),
        ({"RuleSetName": SET, "Rule.Name": "r", "Rule.Recipients.member.1": "x"}, INVALID),
    ):
        bucket = {"Rule.Actions.member.1.S3Action.BucketName": "mails"}
        assert xml.code(asking.query("CreateReceiptRule", {**given, **bucket})) == code
    assert there.told == []


def test_services_are_asked_in_the_name_of_the_account(asking: Account, there: Services) -> None:
    other = aws.new_account(asking.url, "eu-west-1")
    other.client().create_receipt_rule_set(RuleSetName=SET)
    create(other, s3())
    (put,) = there.of("s3")
    assert f"Credential={other.account_id}/" in put.headers["Authorization"]
    assert "/eu-west-1/s3/" in put.headers["Authorization"]
