"""What rules do with received mail, from the SMTP session on to whoever is told."""

import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import emulator
from emulator.jobs import lanes
from tests.support import aws, django_site, functions, mail, moto, processes, receipts, smtp, tls, webhook, zone
from tests.support.aws import Account
from tests.support.functions import Functions
from tests.support.moto import Moto
from tests.support.receipt_rules import STOP, rule
from tests.support.receipts import SENDER, arrive, bounces, outcomes, publications, receive, received, steps

Start = Callable[..., Account]
TOPIC = "arn:aws:sns:us-east-1:123456789012:alerts"
ORGANIZATION = "arn:aws:workmail:us-east-1:123456789012:organization/m-68755160c4cb4e29a2b2f8fb58f359d7"
CONNECT = {
    "InstanceARN": "arn:aws:connect:us-east-1:123456789012:instance/11111111-2222-3333-4444-555555555555",
    "IAMRoleARN": "arn:aws:iam::123456789012:role/r",
}
ADD = {"AddHeaderAction": {"HeaderName": "X-Routed-By", "HeaderValue": "rules"}}
SUBJECT = "Amazon SES Email Receipt Notification"


@pytest.fixture
def lambdas() -> Iterator[Functions]:
    """Lambda."""
    with functions.serving() as serving:
        yield serving


def bounce(account: Account, **members: str) -> dict[str, Any]:
    """The action that says that nobody of that name is there."""
    given = {"SmtpReplyCode": "550", "StatusCode": "5.1.1", "Message": "Mailbox does not exist"}
    sender = {"Sender": f"postmaster@{zone.domain_of(account)}"}
    return {"BounceAction": given | sender | members}


def function(name: str, **members: str) -> dict[str, Any]:
    """The action that waits for a function."""
    return {"LambdaAction": {"FunctionArn": functions.arn(name), "InvocationType": "RequestResponse", **members}}


def test_a_mail_takes_its_way_through_all_actions(new_database_url: str, other_aws: Moto, lambdas: Functions) -> None:
    bucket, first, topic = moto.new_name(), moto.new_name(), other_aws.topic()
    queue, s3 = other_aws.queue_of(topic), other_aws.client("s3")
    s3.create_bucket(Bucket=bucket)
    lambdas.dispose("decide", "STOP_RULE")
    settings = {"aws_endpoint_url": other_aws.url, "aws_endpoint_url_lambda": lambdas.url, "log_level": "error"}
    with emulator.running(database_url=new_database_url, verification="manual", **settings) as server:
        account = aws.new_account(server.url)
        actions = [
            ADD,
            {"S3Action": {"BucketName": bucket, "ObjectKeyPrefix": "in", "TopicArn": topic}},
            {"SNSAction": {"TopicArn": topic}},
            function("decide"),
            STOP,
        ]
        to = receive(account, rule(first, *actions), rule("second", bounce(account)))
        queue.messages()  # those of the rule that was set up
        smtp.by_swaks(server.smtp_port or 0, SENDER, to, "--header", "Subject: Hello", "--body", "Hi")
        account.drain()
        (message,) = account.messages(direction="inbound")
        message_id = message["id"]

        assert outcomes(account, message_id) == [
            (first, "AddHeader", "done"),
            (first, "S3", "done"),
            (first, "SNS", "done"),
            (first, "Lambda", "done"),
            ("second", "Bounce", "done"),
        ]
        stored = s3.get_object(Bucket=bucket, Key=f"in/{message_id}")["Body"].read()
        assert stored.startswith(b"X-Routed-By: rules\r\nReturn-Path: <alice@example.org>\r\nReceived: from ")
        assert stored.rstrip().endswith(b"\r\n\r\nHi")
        envelopes = [json.loads(each) for each in queue.messages()]
        told = {each["receipt"]["action"]["type"]: each for each in (json.loads(each["Message"]) for each in envelopes)}
        assert {each["Subject"] for each in envelopes} == {SUBJECT}
        assert told["SNS"]["content"].encode() == stored
        assert told["S3"]["receipt"]["action"]["objectKey"] == f"in/{message_id}"
        assert "content" not in told["S3"]
        (invoked,) = lambdas.of("decide")
        (record,) = invoked.event["Records"]
        assert record["ses"]["mail"]["commonHeaders"]["subject"] == "Hello"
        assert record["ses"]["mail"]["headers"][0] == {"name": "X-Routed-By", "value": "rules"}
        assert record["ses"]["receipt"]["recipients"] == [to]

        of_rule = [{"Name": "RuleName", "Value": first}]
        metrics = other_aws.client("cloudwatch").list_metrics(Namespace="AWS/SES", Dimensions=of_rule)["Metrics"]
        assert {each["MetricName"] for each in metrics} == {"Received", "PublishSuccess"}

        (bounced,) = bounces(account)
        report = mail.delivered(account, bounced["id"]).decode()
        assert report.startswith("Return-Path: <>\r\n")
        assert f"\r\nFrom: postmaster@{zone.domain_of(account)}\r\nTo: {SENDER}\r\n" in report
        assert f"Final-Recipient: rfc822; {to}\r\n" in report
        assert "Diagnostic-Code: smtp; 550 5.1.1 Mailbox does not exist\r\nStatus: 5.1.1\r\n" in report
        assert "\r\nX-Routed-By: rules\r\nReturn-Path: <alice@example.org>\r\n" in report
        assert {each["state"] for each in publications(account)} == {"published"}


def test_with_nowhere_to_go_every_call_is_recorded_with_all_that_it_says(account: Account) -> None:
    actions = [
        {"S3Action": {"BucketName": "mails", "ObjectKeyPrefix": "in/", "TopicArn": TOPIC}},
        {"SNSAction": {"TopicArn": TOPIC, "Encoding": "Base64"}},
        function("f", TopicArn=TOPIC),
        {"WorkmailAction": {"OrganizationArn": ORGANIZATION}},
        {"ConnectAction": CONNECT},
        {"StopAction": {"Scope": "RuleSet", "TopicArn": TOPIC}},
    ]
    to = receive(account, rule("rule", *actions), rule("never", ADD))
    message_id = received(account, to)
    assert steps(account, message_id)[0] == {
        "rule_set": "inbound",
        "rule": "rule",
        "action": "S3",
        "outcome": "recorded",
        "target": f"arn:aws:s3:::mails/in/{message_id}",
        "error": None,
    }
    assert [(each["action"], each["outcome"], each["target"]) for each in steps(account, message_id)[1:]] == [
        ("SNS", "recorded", TOPIC),
        ("Lambda", "recorded", functions.arn("f")),
        ("Workmail", "recorded", ORGANIZATION),
        ("Connect", "recorded", CONNECT["InstanceARN"]),
        ("Stop", "done", None),
    ]
    told = publications(account)
    assert {(each["state"], each["name"]) for each in told} == {("recorded", "inbound/rule")}
    assert [each["service"] for each in told] == ["s3", "sns", "sns", "lambda", "sns", "sns"]
    put, alert, published, invoked = (each["content"] for each in told[:4])
    assert (put["Bucket"], put["Key"], put["ContentType"]) == ("mails", f"in/{message_id}", "application/octet-stream")
    assert put["Body"].startswith(f"Return-Path: <{SENDER}>\r\n")
    assert put["Body"].encode().endswith(receipts.MAIL)
    assert (alert["TopicArn"], alert["Subject"]) == (TOPIC, SUBJECT)
    assert json.loads(published["Message"])["receipt"]["action"]["encoding"] == "BASE64"
    assert invoked["FunctionName"] == functions.arn("f")
    assert json.loads(invoked["Payload"])["Records"][0]["ses"]["mail"]["messageId"] == message_id
    types = [json.loads(told[index]["content"]["Message"])["receipt"]["action"]["type"] for index in (1, 4, 5)]
    assert types == ["S3", "Lambda", "Stop"]


def test_each_call_is_seen_with_the_event_of_its_action(account: Account) -> None:
    to = receive(account, rule("rule", {"S3Action": {"BucketName": "mails", "TopicArn": TOPIC}}, bounce(account)))
    message_id = received(account, to)
    events = account.inspect("GET", "/events", type="ReceiptAction", message_id=message_id)["events"]
    told = {each["detail"]["action"]: [call["service"] for call in each["publications"]] for each in events}
    assert told == {"S3": ["s3", "sns"], "Bounce": []}
    assert {tuple(each["recipients"]) for each in events} == {(to,)}


def test_a_header_that_is_added_later_is_above_and_later_actions_see_it(account: Account) -> None:
    second = {"AddHeaderAction": {"HeaderName": "X-Second", "HeaderValue": "é"}}
    to = receive(account, rule("first", ADD, second), rule("second", {"S3Action": {"BucketName": "mails"}}))
    received(account, to)
    (put,) = publications(account)
    assert put["content"]["Body"].startswith("X-Second: é\r\nX-Routed-By: rules\r\nReturn-Path: ")


def test_a_stop_ends_the_set_for_every_recipient(account: Account) -> None:
    domain = zone.domain_of(account)
    to = receive(
        account,
        rule("one", STOP, Recipients=[f"support@{domain}"]),
        rule("two", ADD, Recipients=[f"info@{domain}"]),
    )
    message_id = received(account, f"{to},info@{domain}")
    assert outcomes(account, message_id) == [("one", "Stop", "done")]


def test_each_rule_has_the_recipients_that_it_matches(account: Account) -> None:
    domain = zone.domain_of(account)
    to = receive(
        account,
        rule("one", {"SNSAction": {"TopicArn": TOPIC}}, Recipients=[f"support@{domain}"]),
        rule("two", bounce(account), Recipients=[f"info@{domain}"]),
    )
    received(account, f"{to},info+label@{domain}")
    (published,) = publications(account)
    assert json.loads(published["content"]["Message"])["receipt"]["recipients"] == [to]
    (bounced,) = bounces(account)
    report = mail.delivered(account, bounced["id"]).decode()
    assert report.count("Final-Recipient: ") == 1
    assert f"Final-Recipient: rfc822; info+label@{domain}\r\n" in report


def test_a_rule_that_asks_for_no_scan_says_so(account: Account) -> None:
    action = {"SNSAction": {"TopicArn": TOPIC}}
    to = receive(account, rule("one", action, ScanEnabled=True), rule("two", action))
    received(account, to)
    told = [json.loads(each["content"]["Message"])["receipt"] for each in publications(account)]
    assert [each["spamVerdict"] for each in told] == [{"status": "PASS"}, {"status": "DISABLED"}]


def test_a_bounce_does_not_stop_the_rules(account: Account) -> None:
    to = receive(account, rule("one", bounce(account)), rule("two", bounce(account, Message="Again")))
    received(account, to)
    texts = [mail.delivered(account, each["id"]).decode() for each in bounces(account)]
    assert ["5.1.1 Again" in text for text in texts] == [False, True]


def test_webhooks_have_what_topics_are_told(start: Start) -> None:
    with webhook.serving() as hook:
        account = start(sns_webhooks=f"*={hook.url}", log_level="error")
        s3 = {"S3Action": {"BucketName": "mails", "TopicArn": TOPIC}}
        to = receive(account, rule("rule", s3, {"SNSAction": {"TopicArn": TOPIC}}))
        account.drain()
        hook.told.clear()
        message_id = received(account, to)
        assert {each.envelope["Subject"] for each in hook.notifications} == {SUBJECT}
        told = [each.event for each in hook.notifications]
        assert [each["receipt"]["action"]["type"] for each in told] == ["S3", "SNS"]
        assert [each["mail"]["messageId"] for each in told] == [message_id] * 2
        assert told[1]["content"].encode().endswith(receipts.MAIL)


@pytest.mark.parametrize("encoding", ["UTF-8", "Base64"])
def test_django_anymail_has_the_mail_that_an_sns_action_publishes(start: Start, encoding: str) -> None:
    with tls.serving(django_site.HOST) as front, django_site.serving(front.url, front.authority) as site:
        account = start(sns_webhooks=f"*={site.anymail_inbound}", public_url=front.url, log_level="error")
        front.behind = account.url
        action = {"SNSAction": {"TopicArn": TOPIC, "Encoding": encoding}}
        to = receive(account, rule("rule", action, ScanEnabled=True))
        lines = [f"From: Alice <{SENDER}>", f"To: {to}", "Subject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe?="]
        kind = "Content-Type: text/plain; charset=utf-8"
        message_id = received(account, to, mail.document(*lines, kind, body="Schöne Grüße\r\n"))
        came = [each for each in site.signals("anymail-inbound") if each["id"] == message_id]
        assert came == [
            {
                "type": "inbound",
                "id": message_id,
                "to": [to],
                "from": SENDER,
                "subject": "Grüße",
                "text": "Schöne Grüße\n",
                "spam": False,
            }
        ]


def test_functions_that_hang_delay_no_other_message(start: Start, lambdas: Functions) -> None:
    lambdas.hangs["slow"] = threading.Event()
    account = start(aws_endpoint_url_lambda=lambdas.url, log_level="error")
    domain = zone.domain_of(account)
    to = receive(
        account,
        rule("slow", function("slow"), ADD, Recipients=[f"slow@{domain}"]),
        rule("fast", ADD, function("fast"), STOP, Recipients=[f"support@{domain}"]),
    )
    slow = [arrive(account, f"slow@{domain}") for _ in range(lanes.THREADS)]
    processes.until(lambda: len(lambdas.of("slow")) == len(slow))
    fast = arrive(account, to)
    processes.until(lambda: len(outcomes(account, fast)) == 3)
    assert [outcomes(account, each) for each in slow] == [[]] * len(slow)
    lambdas.hangs["slow"].set()
    processes.until(lambda: all(len(outcomes(account, each)) == 2 for each in slow))
    assert len(lambdas.of("slow")) == len(slow)


def test_rules_in_each_region_are_of_their_own(account: Account) -> None:
    elsewhere = account.elsewhere("eu-west-1")
    to = receive(account, rule("here", ADD))
    receive(elsewhere, rule("there", bounce(account)))
    assert outcomes(account, received(account, to)) == [("here", "AddHeader", "done")]
    assert outcomes(elsewhere, received(elsewhere, to)) == [("there", "Bounce", "done")]
    (bounced,) = bounces(account)
    report = mail.delivered(account, bounced["id"]).decode()
    assert "Reporting-MTA: dns; inbound-smtp.eu-west-1.amazonaws.com\r\n" in report
