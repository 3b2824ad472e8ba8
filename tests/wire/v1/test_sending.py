"""SendEmail: what is accepted, and what becomes of it."""

import re

import pytest

from tests.support import mail
from tests.support.aws import Account
from tests.support.mail import ANN, BOB, invalid

MISSING_TO = invalid("Missing required header 'To'.")
NAMESPACE = "http://ses.amazonaws.com/doc/2010-12-01/"
FORM = {
    "Source": ANN,
    "Destination.ToAddresses.member.1": BOB,
    "Message.Subject.Data": "Hi",
    "Message.Body.Text.Data": "Hello",
}


def missing(*paths: str) -> str:
    errors = "error" if len(paths) == 1 else "errors"
    found = "; ".join(f"Value at '{path}' failed to satisfy constraint: Member must not be null" for path in paths)
    return f"<Message>{len(paths)} validation {errors} detected: {found}</Message>"


def test_a_message_is_accepted_kept_and_delivered(account: Account) -> None:
    message_id = mail.send(mail.client(account))
    account.drain()
    message = mail.shown(account, message_id)
    assert message["recipients"] == [{"address": BOB, "kind": "to", "status": "delivered"}]
    assert message["text"] == "Hello"


def test_the_answer_has_the_layout_of_ses(account: Account) -> None:
    mail.verify(account, ANN)
    answer = account.query("SendEmail", FORM)
    request_id = answer.headers["x-amzn-requestid"]
    expected = (
        f'<SendEmailResponse xmlns="{NAMESPACE}">\n'
        "  <SendEmailResult>\n"
        "    <MessageId>[0-9a-f-]+</MessageId>\n"
        "  </SendEmailResult>\n"
        "  <ResponseMetadata>\n"
        f"    <RequestId>{request_id}</RequestId>\n"
        "  </ResponseMetadata>\n"
        "</SendEmailResponse>\n"
    )
    assert re.fullmatch(expected, answer.text)
    assert (answer.status, answer.headers["content-type"]) == (200, "text/xml")


def test_a_refusal_has_the_layout_of_ses(account: Account) -> None:
    answer = account.query("SendEmail", {**FORM, "Source": '"A & B" <a@example.org>'})
    assert answer.text == (
        f'<ErrorResponse xmlns="{NAMESPACE}">\n'
        "  <Error>\n"
        "    <Type>Sender</Type>\n"
        "    <Code>MessageRejected</Code>\n"
        "    <Message>Email address is not verified. The following identities failed the check in region US-EAST-1: "
        '"A &amp; B" &lt;a@example.org&gt;</Message>\n'
        "  </Error>\n"
        f"  <RequestId>{answer.headers['x-amzn-requestid']}</RequestId>\n"
        "</ErrorResponse>\n"
    )
    assert (answer.status, answer.headers["content-type"]) == (400, "text/xml")


def test_everything_about_a_message_is_kept(account: Account) -> None:
    sender = mail.client(account, "example.com")
    message_id = mail.send(
        sender,
        Source="Ann <ann@example.com>",
        Destination={"ToAddresses": ["Bob <bob@example.net>"], "CcAddresses": ["c@c.org"], "BccAddresses": ["d@d.org"]},
        Message=mail.message("Hello", "<p>Hello</p>", "Grüße"),
        ReplyToAddresses=["Help <help@example.org>", "second@example.org"],
        ReturnPath="bounces@example.com",
        Tags=[{"Name": "campaign", "Value": "x"}, {"Name": "campaign", "Value": "y"}],
    )
    account.drain()
    message = mail.shown(account, message_id)
    assert {name: message[name] for name in message if name not in ("headers", "size", "created_at")} == {
        "id": message_id,
        "account": account.account_id,
        "region": "us-east-1",
        "direction": "outbound",
        "operation": "SendEmail",
        "source": "ann@example.com",
        "from": "Ann <ann@example.com>",
        "to": ["Bob <bob@example.net>"],
        "cc": ["c@c.org"],
        "bcc": ["d@d.org"],
        "reply_to": ["Help <help@example.org>", "second@example.org"],
        "return_path": "bounces@example.com",
        "recipients": [
            {"address": "bob@example.net", "kind": "to", "status": "delivered"},
            {"address": "c@c.org", "kind": "cc", "status": "delivered"},
            {"address": "d@d.org", "kind": "bcc", "status": "delivered"},
        ],
        "subject": "Grüße",
        "text": "Hello",
        "html": "<p>Hello</p>",
        "attachments": [],
        "tags": {"campaign": ["x", "y"]},
        "configuration_set": None,
        "template": None,
        "template_data": None,
        "identity": f"arn:aws:ses:us-east-1:{account.account_id}:identity/example.com",
        "caller": account.account_id,
        "source_ip": "127.0.0.1",
        "read": False,
        "preview": "Hello",
        "outcomes": ["Send", "Delivery"],
    }


def test_a_send_event_and_one_delivery_event_a_domain_follow(account: Account) -> None:
    there = ["b@one.example", "c@two.example", "d@ONE.example"]
    message_id = mail.send(mail.client(account), Destination={"ToAddresses": there})
    account.drain()
    events = account.inspect("GET", f"/messages/{message_id}/events")["events"]
    assert [(event["type"], event["recipients"]) for event in events] == [
        ("Send", there),
        ("Delivery", ["b@one.example", "d@ONE.example"]),
        ("Delivery", ["c@two.example"]),
    ]
    assert set(events[1]["detail"]) == {"smtp_response", "processing_time_ms", "remote_mta_ip", "reporting_mta"}


def test_a_message_to_nobody_lacks_its_to_header(account: Account) -> None:
    nobody: dict[str, list[str]] = {"ToAddresses": [], "CcAddresses": [], "BccAddresses": []}
    assert mail.refused(mail.client(account), Destination=nobody) == MISSING_TO


def test_an_empty_destination_leaves_no_trace_in_the_request(account: Account) -> None:
    code, text = mail.refused(mail.client(account), Destination={})
    assert code == "ValidationError"
    assert text in missing("destination")


@pytest.mark.parametrize("kind", ["Cc", "Bcc"])
def test_a_message_may_have_copies_only(account: Account, kind: str) -> None:
    message_id = mail.send(mail.client(account), Destination={f"{kind}Addresses": [BOB]})
    assert mail.shown(account, message_id)["recipients"][0]["kind"] == kind.lower()


def test_an_empty_list_is_no_list_with_an_empty_address(account: Account) -> None:
    mail.verify(account, ANN)
    empty = {
        "Destination.BccAddresses": "",
        "Destination.CcAddresses": "",
        "ReplyToAddresses": "",
        "Tags": "",
    }
    assert account.query("SendEmail", FORM | empty).status == 200


def test_an_empty_return_path_or_set_counts_as_absent(account: Account) -> None:
    mail.verify(account, ANN)
    assert account.query("SendEmail", {**FORM, "ReturnPath": "", "ConfigurationSetName": ""}).status == 200
    assert account.messages()[0]["return_path"] == ANN


@pytest.mark.parametrize(
    ("left_out", "paths"),
    [
        (["Source"], ["source"]),
        (["Destination.ToAddresses.member.1"], ["destination"]),
        (["Message.Body.Text.Data"], ["message.body"]),
        (["Message.Subject.Data"], ["message.subject"]),
        (["Message.Subject.Data", "Message.Body.Text.Data"], ["message"]),
        (["Source", "Destination.ToAddresses.member.1"], ["destination", "source"]),
    ],
)
def test_a_required_member_that_is_missing_is_named(account: Account, left_out: list[str], paths: list[str]) -> None:
    answer = account.query("SendEmail", {name: value for name, value in FORM.items() if name not in left_out})
    assert answer.status == 400
    assert "<Code>ValidationError</Code>" in answer.text
    assert missing(*paths) in answer.text


@pytest.mark.parametrize("content", ["Subject", "Body.Text", "Body.Html"])
def test_content_without_data_is_named_with_its_path(account: Account, content: str) -> None:
    form = {name: value for name, value in FORM.items() if name != f"Message.{content}.Data"}
    answer = account.query("SendEmail", {**form, f"Message.{content}.Charset": "UTF-8"})
    assert missing(f"message.{content.lower()}.data") in answer.text


def test_an_empty_subject_and_a_message_without_a_body_are_accepted(account: Account) -> None:
    mail.verify(account, ANN)
    form = {**FORM, "Message.Subject.Data": "", "Message.Body": ""}
    del form["Message.Body.Text.Data"]
    assert account.query("SendEmail", form).status == 200
    message = account.messages()[0]
    assert (message["subject"], message["text"], message["html"]) == ("", None, None)


@pytest.mark.parametrize("charset", ["no-such-charset", "UTF-8\r\nX: y", "idna"])
def test_an_unknown_charset_is_refused(account: Account, charset: str) -> None:
    found = mail.refused(mail.client(account), Message=mail.message(charset=charset))
    assert found == invalid(f"Unsupported charset '{charset}'.")


def test_a_return_path_is_where_bounces_go_and_is_not_shown_in_the_mail(account: Account) -> None:
    sender = mail.client(account, "example.com")
    message_id = mail.send(sender, ReturnPath="Bounces <bounces@example.com>")
    assert mail.shown(account, message_id)["return_path"] == "bounces@example.com"
    assert b"bounces@example.com" not in mail.delivered(account, message_id)


def test_nothing_is_kept_of_a_message_that_was_refused(account: Account) -> None:
    sender = mail.client(account)
    before = account.inspect("GET", "/messages")["total"]
    mail.refused(sender, Source="eve@example.org")
    mail.refused(sender, Destination={"ToAddresses": ["nobody"]})
    assert account.inspect("GET", "/messages")["total"] == before
