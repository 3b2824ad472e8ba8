"""Whole documents of events, as topics have them: of the mailbox simulator, of raw and of templated mail."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.support import configuration_sets, mail, published, templates
from tests.support.aws import Account
from tests.support.configuration_sets import NAME, TOPIC
from tests.support.mail import ANN, BOB
from tests.support.published import IDENTITY_NOTIFICATION
from tests.support.viruses import EICAR

Start = Callable[..., Account]
NOW, THIS_SECOND, EPOCH = "2026-03-12T17:13:21.662Z", "2026-03-12T17:13:21.000Z", "019ce309e1fe"
SENDER = f"Sender Name <{ANN}>"
AT = "@simulator.amazonses.com"
SERVER, REMOTE = "a8-40.smtp-out.amazonses.com", "207.171.163.188"
EVERYTHING = ("send", "reject", "bounce", "complaint", "delivery", "open", "click", "renderingFailure")


def ready(account: Account) -> Account:
    """The account, with Ann and a set that tells a topic of everything."""
    mail.client(account)
    configuration_sets.create(account)
    configuration_sets.add(account, "all", *EVERYTHING)
    return account


@pytest.fixture
def account(account: Account) -> Account:
    """Such an account."""
    return ready(account)


@pytest.fixture
def frozen(start: Start) -> Account:
    """One whose clock stands."""
    made = start()
    made.inspect("PUT", "/clock", {"now": NOW, "frozen": True})
    return ready(made)


def to(*addresses: str) -> dict[str, list[str]]:
    return {"ToAddresses": list(addresses)}


def line(document: dict[str, Any]) -> str:
    """The document on one line, without blanks between its members."""
    return json.dumps(document, separators=(",", ":"))


def header(name: str, value: str) -> dict[str, str]:
    return {"name": name, "value": value}


def headers(address: str) -> list[dict[str, str]]:
    return [
        header("From", SENDER),
        header("To", address),
        header("Subject", "Test message"),
        header("MIME-Version", "1.0"),
        header("Content-Type", "text/plain; charset=UTF-8"),
        header("Content-Transfer-Encoding", "7bit"),
    ]


def tags(account: Account, event_type: str) -> dict[str, list[str]]:
    """In their order."""
    delivered = event_type == "Delivery"
    return {
        "ses:source-tls-version": ["TLSv1.3"],
        "ses:operation": ["SendEmail"],
        "ses:configuration-set": [NAME],
        **({"ses:outgoing-tls-version": ["TLSv1.3"]} if delivered else {}),
        "ses:source-ip": ["127.0.0.1"],
        "ses:from-domain": ["example.com"],
        "campaign": ["book"],
        "ses:caller-identity": [account.account_id],
        **({"ses:outgoing-ip": ["54.240.8.40"]} if delivered else {}),
    }


def mail_of_event(account: Account, message_id: str, address: str, event_type: str) -> dict[str, Any]:
    return {
        "timestamp": NOW,
        "source": SENDER,
        "sourceArn": f"arn:aws:ses:us-east-1:{account.account_id}:identity/{ANN}",
        "sendingAccountId": account.account_id,
        "messageId": message_id,
        "destination": [address],
        "headersTruncated": False,
        "headers": headers(address),
        "commonHeaders": {"from": [SENDER], "to": [address], "messageId": message_id, "subject": "Test message"},
        "tags": tags(account, event_type),
    }


def mail_of_notification(account: Account, message_id: str, address: str, *, with_headers: bool) -> dict[str, Any]:
    shown = {
        "headersTruncated": False,
        "headers": headers(address),
        "commonHeaders": {"from": [SENDER], "to": [address], "subject": "Test message"},
    }
    return {
        "timestamp": NOW,
        "source": SENDER,
        "sourceArn": f"arn:aws:ses:us-east-1:{account.account_id}:identity/{ANN}",
        "sourceIp": "127.0.0.1",
        "callerIdentity": account.account_id,
        "sendingAccountId": account.account_id,
        "messageId": message_id,
        "destination": [address],
        **(shown if with_headers else {}),
    }


def delivery(address: str) -> dict[str, Any]:
    return {
        "timestamp": NOW,
        "processingTimeMillis": 0,
        "recipients": [address],
        "smtpResponse": "250 Ok",
        "remoteMtaIp": REMOTE,
        "reportingMTA": SERVER,
    }


def bounce(address: str, who: str, timestamp: str) -> dict[str, Any]:
    said = {
        "action": "failed",
        "status": "5.1.1",
        "diagnosticCode": f"smtp; 550 5.1.1 As requested: user unknown {who}",
    }
    return {
        "feedbackId": "",
        "bounceType": "Permanent",
        "bounceSubType": "General",
        "bouncedRecipients": [{"emailAddress": address, **said}],
        "timestamp": timestamp,
        "remoteMtaIp": REMOTE,
        "reportingMTA": f"dns; {SERVER}",
    }


def answered(address: str, timestamp: str) -> dict[str, Any]:
    return {
        "feedbackId": "",
        "bounceType": "Transient",
        "bounceSubType": "General",
        "bouncedRecipients": [{"emailAddress": address}],
        "timestamp": timestamp,
    }


def complaint(address: str, timestamp: str) -> dict[str, Any]:
    return {
        "feedbackId": "",
        "complaintSubType": None,
        "complainedRecipients": [{"emailAddress": address}],
        "timestamp": timestamp,
        "userAgent": "Amazon SES Mailbox Simulator",
        "complaintFeedbackType": "abuse",
        "arrivalDate": NOW,
    }


def happened(local: str, feedback_at: str) -> list[tuple[str, dict[str, Any]]]:
    """What becomes of a message to an address of the simulator: types, and what they hold."""
    address = f"{local}{AT}"
    taken = ("Delivery", delivery(address))
    match local.partition("+")[0]:
        case "success":
            return [taken]
        case "bounce":
            return [("Bounce", bounce(address, f"<{address}>", feedback_at))]
        case "suppressionlist":
            return [("Bounce", bounce(address, f"(suppressed address: {address})", feedback_at))]
        case "complaint":
            return [taken, ("Complaint", complaint(address, feedback_at))]
        case _:
            return [taken, ("Bounce", answered(address, feedback_at))]


def told(member: str, event_type: str, event: dict[str, Any], of: dict[str, Any]) -> dict[str, Any]:
    """The document, its members in their order."""
    named = {event_type.lower(): event}
    parts = {**named, "mail": of} if event_type in ("Bounce", "Complaint") else {"mail": of, **named}
    return {member: event_type, **parts}


def without_feedback_id(text: str) -> str:
    """The text without its feedback ids, which are of this instant."""
    ids = re.findall(r'"feedbackId":"(.*?)"', text)
    form = rf"0100{EPOCH}-[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}-000000"
    assert all(re.fullmatch(form, each) for each in ids)
    return re.sub('"feedbackId":".*?"', '"feedbackId":""', text)


SIMULATED = ["success", "bounce", "bounce+label1", "suppressionlist", "complaint", "ooto+label"]


def test_the_events_of_a_message_to_the_simulator_are_told_whole_and_in_order(frozen: Account) -> None:
    for local in SIMULATED:
        address = f"{local}{AT}"
        message_id = mail.send(
            frozen.client(),
            Source=SENDER,
            Destination=to(address),
            Message=mail.message(subject="Test message"),
            ConfigurationSetName=NAME,
            Tags=[{"Name": "campaign", "Value": "book"}],
        )
        assert message_id[:16] == f"0100{EPOCH}"
        found = published.messages(frozen, message_id=message_id)
        assert {(each.name, each.topic, each.subject) for each in found} == {
            (f"{NAME}/all", TOPIC, "Amazon SES Email Event Notification")
        }
        expected = [
            line(told("eventType", kind, event, mail_of_event(frozen, message_id, address, kind)))
            for kind, event in [("Send", {}), *happened(local, NOW)]
        ]
        assert [without_feedback_id(each.text) for each in found] == [f"{each}\n" for each in expected]


@pytest.mark.parametrize("with_headers", [False, True])
def test_the_same_is_told_to_the_topics_of_the_identity_in_its_own_form(frozen: Account, with_headers: bool) -> None:
    client = frozen.client()
    for kind in ("Bounce", "Complaint", "Delivery"):
        given = {"Identity": ANN, "NotificationType": kind}
        client.set_identity_notification_topic(**given, SnsTopic=TOPIC)
        client.set_identity_headers_in_notifications_enabled(**given, Enabled=with_headers)
    for local in SIMULATED:
        address = f"{local}{AT}"
        message_id = mail.send(
            client, Source=SENDER, Destination=to(address), Message=mail.message(subject="Test message")
        )
        found = published.messages(frozen, IDENTITY_NOTIFICATION, message_id)
        assert {(each.name, each.topic, each.subject) for each in found} == {(ANN, TOPIC, None)}
        of = mail_of_notification(frozen, message_id, address, with_headers=with_headers)
        expected = [line(told("notificationType", kind, event, of)) for kind, event in happened(local, THIS_SECOND)]
        assert [without_feedback_id(each.text) for each in found] == expected


# ---- what is refused later


def test_a_virus_is_told_after_the_send_and_nothing_after_it(account: Account) -> None:
    message = mail.message(EICAR, subject="Test message")
    message_id = mail.send(
        account.client(), Source=SENDER, Message=message, ConfigurationSetName=NAME, Destination=to(BOB, f"bounce{AT}")
    )
    send, reject = published.documents(account, message_id)
    assert list(reject) == ["eventType", "mail", "reject"]
    assert (send["eventType"], reject["eventType"], reject["reject"]) == ("Send", "Reject", {"reason": "Bad content"})
    assert reject["mail"] == send["mail"]
    assert reject["mail"]["destination"] == [BOB, f"bounce{AT}"]


def test_a_template_that_cannot_be_rendered_is_told_without_headers(frozen: Account) -> None:
    client = frozen.client()
    templates.create(client, HtmlPart=None, TextPart="Hi {{name}}", SubjectPart="Hi")
    message_id = templates.send(client, TemplateData="{}", ConfigurationSetName=NAME, Destination=to(BOB))
    send, failure = published.messages(frozen, message_id=message_id)
    own = {name: value for name, value in tags(frozen, "Send").items() if name != "campaign"}
    own["ses:operation"] = ["SendTemplatedEmail"]
    whose = {"sendingAccountId": frozen.account_id, "messageId": message_id, "destination": [BOB]}
    shown = [header("From", ANN), header("To", BOB), header("MIME-Version", "1.0")]
    common = {"from": [ANN], "to": [BOB], "messageId": message_id}
    of = {"timestamp": NOW, "source": ANN, **whose, "headersTruncated": False}
    before = {**of, "headers": shown, "commonHeaders": common, "tags": own}
    assert send.text == line({"eventType": "Send", "mail": before, "send": {}}) + "\n"
    arn = {"sourceArn": f"arn:aws:ses:us-east-1:{frozen.account_id}:identity/{ANN}"}
    after = {"timestamp": NOW, "source": ANN, **arn, **whose, "headersTruncated": False, "tags": own}
    failed = {
        "errorMessage": "Attribute 'name' is not present in the rendering data.",
        "templateName": templates.NAME,
    }
    assert failure.text == line({"eventType": "Rendering Failure", "mail": after, "failure": failed}) + "\n"


# ---- raw and templated mail


def test_headers_of_a_message_in_parts_are_told_as_they_are_composed(frozen: Account) -> None:
    people = {**to(BOB, f"Eve <eve@{BOB.partition('@')[2]}>"), "CcAddresses": ["c@example.net"], "BccAddresses": [ANN]}
    given = {"Destination": people, "ReplyToAddresses": ["Help <help@example.com>"], "ConfigurationSetName": NAME}
    message_id = mail.send(frozen.client(), **given, Message=mail.message("Hello", "<p>Hello</p>"))
    for document in published.documents(frozen, message_id):
        of = document["mail"]
        names = ["From", "Reply-To", "To", "Cc", "Subject", "MIME-Version", "Content-Type"]
        assert [each["name"] for each in of["headers"]] == names
        boundary = r"----=_Part_\d+_\d+\.1773335601662"
        assert re.fullmatch(rf'multipart/alternative;  boundary="{boundary}"', of["headers"][-1]["value"])
        assert list(of["commonHeaders"]) == ["from", "replyTo", "to", "cc", "messageId", "subject"]
        assert of["destination"] == [BOB, "Eve <eve@example.net>", "c@example.net", ANN]


def test_headers_for_ses_are_told_and_not_delivered(account: Account) -> None:
    own = (
        f"From: {SENDER}",
        "X-SES-CONFIGURATION-SET: my-set",
        "X-Ses-Message-Tags: campaign=a@b.c, team=blue",
        f"To: Bob <{BOB}>",
        "Date: Mon, 1 Jan 2024 00:00:00 +0000",
        "Message-ID: <own@example.com>",
        "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=",
    )
    message_id = mail.send_raw(account.client(), mail.document(*own))
    delivered = mail.delivered(account, message_id).lower()
    assert (b"x-ses-configuration-set" in delivered, b"x-ses-message-tags" in delivered) == (False, False)
    for document in published.documents(account, message_id):
        of = document["mail"]
        assert [f"{each['name']}: {each['value']}" for each in of["headers"]] == [*own[:-1], "Subject: Grüße"]
        assert list(of["commonHeaders"].items()) == [
            ("from", [SENDER]),
            ("date", "Mon, 1 Jan 2024 00:00:00 +0000"),
            ("to", [f"Bob <{BOB}>"]),
            ("messageId", message_id),
            ("subject", "Grüße"),
        ]
        assert (of["tags"]["campaign"], of["tags"]["team"]) == (["a@b.c"], ["blue"])
    assert '"subject":"Grüße"' in published.messages(account)[0].text


def test_tags_of_the_call_are_told_instead_of_those_of_the_header(account: Account) -> None:
    data = mail.document(f"From: {ANN}", f"To: {BOB}", "X-SES-MESSAGE-TAGS: campaign=a, team=blue")
    given = {"ConfigurationSetName": NAME, "Tags": [{"Name": "campaign", "Value": "b"}]}
    send, _ = published.documents(account, mail.send_raw(account.client(), data, **given))
    assert (send["mail"]["tags"]["campaign"], "team" in send["mail"]["tags"]) == (["b"], False)


def test_of_data_without_headers_only_the_id_is_told(account: Account) -> None:
    given = {"Source": ANN, "Destinations": [BOB], "ConfigurationSetName": NAME}
    message_id = mail.send_raw(account.client(), b"\r\nHello", **given)
    for document in published.documents(account, message_id):
        assert (document["mail"]["headers"], document["mail"]["commonHeaders"]) == ([], {"messageId": message_id})
        assert "ses:from-domain" not in document["mail"]["tags"]


def test_headers_of_ten_kilobytes_are_cut_in_what_is_told_and_not_in_what_is_delivered(account: Account) -> None:
    long = [f"X-Filler-{number}: {'x' * 900}" for number in range(12)]
    data = mail.document(f"From: {ANN}", f"To: {BOB}", *long, "Subject: Still here")
    message_id = mail.send_raw(account.client(), data, ConfigurationSetName=NAME)
    send, _ = published.documents(account, message_id)
    assert (send["mail"]["headersTruncated"], send["mail"]["headers"][-1]["name"]) == (True, "X-Filler-10")
    assert send["mail"]["commonHeaders"]["subject"] == "Still here"
    assert b"X-Filler-11: " in mail.delivered(account, message_id)


def test_each_destination_of_a_bulk_send_is_a_message_of_its_own(account: Account) -> None:
    client = account.client()
    templates.create(client, HtmlPart=None, TextPart="Hi", SubjectPart="Hi {{name}}")
    sent = client.send_bulk_templated_email(
        Source=ANN,
        Template=templates.NAME,
        DefaultTemplateData='{"name": "you"}',
        ConfigurationSetName=NAME,
        DefaultTags=[{"Name": "campaign", "Value": "a"}, {"Name": "team", "Value": "blue"}],
        Destinations=[
            {"Destination": to(BOB), "ReplacementTags": [{"Name": "campaign", "Value": "b"}]},
            {"Destination": to(f"bounce{AT}", f"success{AT}"), "ReplacementTemplateData": '{"name": "all"}'},
        ],
    )["Status"]
    first, second = (published.documents(account, each["MessageId"]) for each in sent)
    assert [each["eventType"] for each in first] == ["Send", "Delivery"]
    assert [each["eventType"] for each in second] == ["Send", "Bounce", "Delivery"]
    for documents, campaign, subject in ((first, "b", "Hi you"), (second, "a", "Hi all")):
        told_tags = [each["mail"]["tags"] for each in documents]
        assert {(*each["campaign"], *each["team"], *each["ses:operation"]) for each in told_tags} == {
            (campaign, "blue", "SendBulkTemplatedEmail")
        }
        assert [each["mail"]["commonHeaders"].get("subject") for each in documents[:2]] == [None, subject]
    assert {tuple(each["mail"]["destination"]) for each in second} == {(f"bounce{AT}", f"success{AT}")}
    assert [each["emailAddress"] for each in second[1]["bounce"]["bouncedRecipients"]] == [f"bounce{AT}"]
    assert second[2]["delivery"]["recipients"] == [f"success{AT}"]
