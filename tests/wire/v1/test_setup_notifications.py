"""What buckets and topics are told when a rule is set up, whole, and when."""

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.support import mail, receipt_rules, services, xml
from tests.support.aws import Account
from tests.support.receipt_rules import FUNCTION, SET, SNS, TOPIC, names, s3, told
from tests.support.services import Services

pytestmark = pytest.mark.outside

NOTIFICATION = "AMAZON_SES_SETUP_NOTIFICATION"
SUBJECT = "Amazon SES Email Receipt Notification"
LAMBDA = {"LambdaAction": {"FunctionArn": FUNCTION}}
BOUNCE = {"SmtpReplyCode": "550", "Message": "No", "Sender": "postmaster@example.com"}
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


def create(account: Account, *actions: dict[str, Any], name: str = "rule") -> None:
    account.client().create_receipt_rule(RuleSetName=SET, Rule=receipt_rules.rule(name, *actions))


# ---- where there is nobody to tell


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


# ---- where there are services to tell


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
