"""What the actions of receipt rules name, and how SES makes sure of it: with and without other services to ask."""

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.support import aws, mail, receipt_rules, services, xml
from tests.support.aws import Account, refusal
from tests.support.receipt_rules import FUNCTION, KEY, SET, SNS, STOP, TOPIC, names
from tests.support.services import Services

NOTIFICATION = "AMAZON_SES_SETUP_NOTIFICATION"
SUBJECT = "Amazon SES Email Receipt Notification"
LAMBDA = {"LambdaAction": {"FunctionArn": FUNCTION}}
BOUNCE = {"SmtpReplyCode": "550", "Message": "No", "Sender": "postmaster@example.com"}
INVALID = "InvalidParameterValue"
OTHER_TOPIC = "arn:aws:sns:us-east-1:123456789012:other"
TEXT = """\
Date: Fri, 11 Jul 2025 13:52:49 +0000
To: recipient@example.com
From: Amazon Web Services <no-reply-aws@amazon.com>
Subject: Amazon SES Setup Notification

Hello,

You received this message because you attempted to set up Amazon SES to deliver emails to this {place}.

Please note that the rule that you configured to deliver emails to this {place} is only valid if the entire setup \
process is successful. For more information about
setting up email-receiving rules, see the Amazon SES Developer Guide at \
http://docs.aws.amazon.com/ses/latest/DeveloperGuide/Welcome.html .

Thank you for using Amazon SES!

The Amazon SES Team"""
MOMENT = "2025-07-11T13:52:49.123Z"


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


def s3(bucket: str = "mails", **members: str) -> dict[str, Any]:
    return {"S3Action": {"BucketName": bucket, **members}}


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


def told(account: Account) -> list[dict[str, Any]]:
    """What buckets and topics were told, or would have been, in its order."""
    found: list[dict[str, Any]] = account.inspect("GET", "/publications", channel="receipt_rule")["publications"]
    return found[::-1]


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


# ---- setup notifications, where there is nobody to tell


def test_a_bucket_would_have_an_object_that_says_it_is_set_up(start: Callable[..., Account]) -> None:
    account = start()
    account.inspect("PUT", "/clock", {"now": MOMENT, "frozen": True})
    account.client().create_receipt_rule_set(RuleSetName=SET)
    create(account, s3(ObjectKeyPrefix="emails"))
    (publication,) = told(account)
    assert (publication["name"], publication["service"]) == (f"{SET}/rule", "s3")
    assert (publication["target"], publication["state"]) == ("arn:aws:s3:::mails", "recorded")
    text = TEXT.format(place="S3 bucket").replace("\n", "\r\n") + "\n"
    assert publication["content"] == {
        "Bucket": "mails",
        "Key": f"emails/{NOTIFICATION}",
        "Body": text,
        "ContentType": "application/octet-stream",
    }
    assert len(text) == 645


@pytest.mark.parametrize(
    ("prefix", "key"),
    [
        ({}, NOTIFICATION),
        ({"ObjectKeyPrefix": ""}, NOTIFICATION),
        ({"ObjectKeyPrefix": "emails"}, f"emails/{NOTIFICATION}"),
        ({"ObjectKeyPrefix": "emails/"}, f"emails/{NOTIFICATION}"),
        ({"ObjectKeyPrefix": "/emails"}, f"/emails/{NOTIFICATION}"),
    ],
)
def test_keys_begin_with_the_prefix_and_a_slash(account: Account, prefix: dict[str, str], key: str) -> None:
    create(account, s3(**prefix))
    assert [publication["content"]["Key"] for publication in told(account)] == [key]


@pytest.mark.parametrize("encoding", ["UTF-8", "Base64", None])
def test_the_topic_of_mail_would_be_told_with_the_text(start: Callable[..., Account], encoding: str | None) -> None:
    account = start()
    account.inspect("PUT", "/clock", {"now": MOMENT, "frozen": True})
    account.client().create_receipt_rule_set(RuleSetName=SET)
    create(account, {"SNSAction": {"TopicArn": TOPIC, **({"Encoding": encoding} if encoding else {})}})
    (publication,) = told(account)
    assert (publication["service"], publication["target"], publication["state"]) == ("sns", TOPIC, "recorded")
    assert publication["content"]["TopicArn"] == TOPIC
    assert publication["content"]["Subject"] == SUBJECT
    message = json.loads(publication["content"]["Message"])
    text = TEXT.format(place="SNS topic").replace("\n", "\r\n") + "\n"
    content = message.pop("content")
    assert (base64.b64decode(content).decode() if encoding == "Base64" else content) == text
    names = ["Date", "To", "From", "Subject"]
    assert [header["name"] for header in message["mail"].pop("headers")] == names
    verdicts = {f"{each}Verdict": {"status": "PASS"} for each in ("spam", "virus", "spf", "dkim", "dmarc")}
    assert message == {
        "notificationType": "Received",
        "mail": {
            "timestamp": MOMENT,
            "source": "no-reply-aws@amazon.com",
            "messageId": NOTIFICATION,
            "destination": ["recipient@example.com"],
            "headersTruncated": False,
            "commonHeaders": {
                "from": ["Amazon Web Services <no-reply-aws@amazon.com>"],
                "date": "Fri, 11 Jul 2025 13:52:49 +0000",
                "to": ["recipient@example.com"],
                "subject": "Amazon SES Setup Notification",
            },
        },
        "receipt": {
            "timestamp": MOMENT,
            "processingTimeMillis": 0,
            "recipients": ["recipient@example.com"],
            **verdicts,
            "action": {"type": "SNS", "topicArn": TOPIC, "encoding": "BASE64" if encoding == "Base64" else "UTF8"},
        },
    }


def test_the_topics_of_other_actions_would_be_told_without_it(account: Account) -> None:
    mail.verify(account, "example.com")
    topic = {"TopicArn": TOPIC}
    create(
        account,
        s3(ObjectKeyPrefix="in", **topic),
        {"LambdaAction": {"FunctionArn": FUNCTION, **topic}},
        {"BounceAction": {**BOUNCE, "StatusCode": "5.1.1", **topic}},
        {"WorkmailAction": {"OrganizationArn": "arn:o", **topic}},
        {"StopAction": {"Scope": "RuleSet", **topic}},
    )
    messages = [json.loads(each["content"]["Message"]) for each in told(account) if each["service"] == "sns"]
    assert [list(message) for message in messages] == [["notificationType", "mail", "receipt"]] * 5
    named = {"topicArn": TOPIC}
    assert [message["receipt"]["action"] for message in messages] == [
        {
            "type": "S3",
            **named,
            "bucketName": "mails",
            "objectKeyPrefix": "in",
            "objectKey": f"in/{NOTIFICATION}",
        },
        {"type": "Lambda", **named, "functionArn": FUNCTION, "invocationType": "Event"},
        {
            "type": "Bounce",
            **named,
            "smtpReplyCode": "550",
            "statusCode": "5.1.1",
            "message": "No",
            "sender": "postmaster@example.com",
        },
        {"type": "WorkMail", **named, "organizationArn": "arn:o"},
        {"type": "Stop", **named},
    ]


def test_an_update_tells_again_and_a_refused_rule_tells_nobody(account: Account) -> None:
    create(account, s3())
    account.client().update_receipt_rule(RuleSetName=SET, Rule=receipt_rules.rule("rule", s3("other"), SNS))
    assert [each["target"] for each in told(account)] == ["arn:aws:s3:::mails", "arn:aws:s3:::other", TOPIC]
    answer = account.query("CreateReceiptRule", {"RuleSetName": SET, "Rule.Name": "rule"})
    assert xml.code(answer) == "AlreadyExists"
    assert len(told(account)) == 3


# ---- where there are services to ask


def test_buckets_topics_and_functions_are_told_once_while_the_rule_is_set_up(asking: Account, there: Services) -> None:
    asking.inspect("PUT", "/clock", {"now": MOMENT, "frozen": True})
    create(asking, s3(ObjectKeyPrefix="in"), SNS, {"LambdaAction": {"FunctionArn": FUNCTION, "TopicArn": OTHER_TOPIC}})
    assert names(asking) == ["rule"]
    assert [(each.service, each.target) for each in there.told] == [
        ("s3", f"mails/in/{NOTIFICATION}"),
        ("sns", TOPIC),
        ("sns", OTHER_TOPIC),
        ("lambda", FUNCTION),
    ]
    (put,), (mails, alerts), (dry_run,) = (there.of(each) for each in ("s3", "sns", "lambda"))
    assert put.body == TEXT.format(place="S3 bucket").replace("\n", "\r\n") + "\n"
    assert put.headers["Content-Type"] == "application/octet-stream"
    assert mails.headers["Subject"] == alerts.headers["Subject"] == SUBJECT
    assert json.loads(mails.body)["receipt"]["action"]["type"] == "SNS"
    assert "content" not in json.loads(alerts.body)
    assert (dry_run.headers["X-Amz-Invocation-Type"], dry_run.body) == ("DryRun", "")
    assert [(each["service"], each["state"], each["via"]) for each in told(asking)] == [
        ("s3", "published", there.url),
        ("sns", "published", there.url),
        ("sns", "published", there.url),
    ]
    asking.drain()
    assert len(there.told) == 4


def test_services_are_asked_once_though_time_goes_on(asking: Account, there: Services) -> None:
    create(asking, s3(TopicArn=TOPIC), SNS, s3(), SNS, LAMBDA, LAMBDA, s3(TopicArn=TOPIC), s3("other"))
    expected = [("sns", TOPIC), ("s3", "mails"), ("sns", TOPIC), ("lambda", FUNCTION), ("s3", "other")]
    assert [(each.service, each.target.removesuffix(f"/{NOTIFICATION}")) for each in there.told] == expected
    assert [each["service"] for each in told(asking)] == ["sns", "s3", "sns", "s3"]
    bodies = [each["content"].get("Body") or each["content"]["Message"] for each in told(asking)]
    assert bodies == [each.body for each in there.told if each.service != "lambda"]


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
