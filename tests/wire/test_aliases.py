"""What LocalStack, aws-ses-v2-local and moto's server answer beside AWS's API, as they answer it."""

import base64
import json
from datetime import datetime
from email import policy
from email.message import EmailMessage
from typing import Any

import pytest

import emulator
from tests.support import aws, inspection, mail
from tests.support.aws import Account, Answer
from tests.support.mail import ANN, BOB

CAROL, DAN = "carol@example.net", "dan@example.net"
NAMED = f"Ann <{ANN}>"
FILE = bytes(range(256))
LISTS = ("/_aws/ses", "/store")
CHANGES = (("DELETE", "/_aws/ses"), ("POST", "/clear-store"), ("POST", "/moto-api/reset"))


def ask(account: Account, method: str, path: str, query: str = "", **headers: str) -> Answer:
    target = f"{path}?account={account.account_id}{query and '&' + query}"
    return aws.request(account.url, method, target, None, {name.replace("_", "-"): v for name, v in headers.items()})


def saved(account: Account, query: str = "") -> list[dict[str, Any]]:
    """What LocalStack's list holds."""
    answer = ask(account, "GET", "/_aws/ses", query)
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    document = json.loads(answer.body)
    assert list(document) == ["messages"]
    return document["messages"]  # type: ignore[no-any-return]


def stored(account: Account, query: str = "") -> list[dict[str, Any]]:
    """What the store of aws-ses-v2-local holds."""
    answer = ask(account, "GET", "/store", query)
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    document = json.loads(answer.body)
    assert document["templates"] == {}
    assert set(document) == {"templates", "emails"}
    return document["emails"]  # type: ignore[no-any-return]


def document(*to: str) -> bytes:
    """A MIME document with both bodies and a file."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = NAMED, ", ".join(to), "Grüße"
    message.set_content("text\n")
    message.add_alternative("<p>HTML</p>\n", subtype="html")
    message.add_attachment(FILE, maintype="application", subtype="pdf", filename="Übersicht.pdf")
    return message.as_bytes(policy=policy.SMTP)


def ids(account: Account, query: str = "") -> list[str]:
    return [each["Id"] for each in saved(account, query)]


# ---- LocalStack


def test_localstack_lists_what_was_sent_the_oldest_first(account: Account) -> None:
    sender = mail.client(account)
    first = mail.send(sender, Source=NAMED, Message=mail.message("Hello", subject="Hi"))
    to = {"ToAddresses": [BOB, f"Carol <{CAROL}>"], "CcAddresses": [CAROL], "BccAddresses": [DAN]}
    second = mail.send(sender, Destination=to, Message=mail.message(None, "<p>Hello</p>", subject="Grüße"))
    messages = saved(account)
    times = [datetime.fromisoformat(each.pop("Timestamp")) for each in messages]
    assert times == [datetime.fromisoformat(mail.shown(account, each)["created_at"][:19]) for each in (first, second)]
    assert messages == [
        {
            "Id": first,
            "Region": "us-east-1",
            "Destination": {"ToAddresses": [BOB]},
            "Source": NAMED,
            "Subject": "Hi",
            "Body": {"text_part": "Hello", "html_part": None},
        },
        {
            "Id": second,
            "Region": "us-east-1",
            "Destination": to,
            "Source": ANN,
            "Subject": "Grüße",
            "Body": {"text_part": None, "html_part": "<p>Hello</p>"},
        },
    ]


def test_localstack_shows_raw_mail_as_it_was_submitted(account: Account) -> None:
    data = document(BOB, CAROL)
    message_id = mail.send_raw(mail.client(account), data, Source=ANN, Destinations=[BOB, DAN])
    (message,) = saved(account)
    assert message.pop("Timestamp")
    assert message == {
        "Id": message_id,
        "Region": "us-east-1",
        "Destination": {"ToAddresses": [BOB], "BccAddresses": [DAN]},
        "Source": ANN,
        "RawData": data.decode(),
    }


def test_localstack_shows_a_template_and_its_data(account: Account) -> None:
    sender = mail.client(account)
    sender.create_template(Template={"TemplateName": "hi", "SubjectPart": "Hi {{name}}", "TextPart": "Hello"})
    message_id = sender.send_templated_email(
        Source=ANN, Destination={"ToAddresses": [BOB]}, Template="hi", TemplateData='{"name":"Bob"}'
    )["MessageId"]
    (message,) = saved(account)
    assert message.pop("Timestamp")
    assert message == {
        "Id": message_id,
        "Region": "us-east-1",
        "Destination": {"ToAddresses": [BOB]},
        "Source": ANN,
        "Template": "hi",
        "TemplateData": '{"name":"Bob"}',
    }


def test_localstack_finds_by_id_and_by_source(account: Account) -> None:
    sender = mail.client(account, ANN, CAROL)
    first, second = mail.send(sender), mail.send(sender, Source=f"C <{CAROL}>")
    other = mail.send(sender, Source=CAROL, Destination={"ToAddresses": [ANN]})
    assert ids(account) == [first, second, other]
    assert ids(account, f"id={second}") == [second]
    assert ids(account, f"email={CAROL}") == [second, other]
    assert ids(account, f"id={second}&email={ANN}") == ids(account, "id=nobody") == ids(account, "email=ann@") == []


def test_localstack_clears_all_or_what_is_named(account: Account) -> None:
    sender = mail.client(account, ANN, CAROL)
    first, second, third = mail.send(sender), mail.send(sender, Source=CAROL), mail.send(sender)
    for named, left in ((f"id={first}", [second, third]), ("id=nobody", [second, third]), (f"email={ANN}", [second])):
        answer = ask(account, "DELETE", "/_aws/ses", named)
        assert (answer.status, answer.body) == (204, b"")
        assert ids(account) == left
    mail.send(sender)
    assert ask(account, "DELETE", "/_aws/ses").status == 204
    assert ids(account) == []
    assert sender.list_identities()["Identities"] == [ANN, CAROL]


def test_what_ses_itself_sends_and_what_was_received_is_not_listed_nor_cleared(account: Account) -> None:
    mail.client(account)
    (message,) = account.messages()
    assert message["direction"] == "system"
    assert saved(account) == stored(account) == saved(account, f"id={message['id']}") == []
    for method, path in CHANGES[:2]:
        assert ask(account, method, path).status < 300
    assert ask(account, "DELETE", "/_aws/ses", f"id={message['id']}").status == 204
    assert mail.shown(account, message["id"])["id"] == message["id"]


def test_more_than_a_page_is_listed(account: Account) -> None:
    sender = mail.client(account)
    sent = [mail.send(sender) for _ in range(101)]
    assert ids(account) == [each["messageId"] for each in stored(account)] == sent


# ---- aws-ses-v2-local


def test_the_store_of_aws_ses_v2_local_holds_what_was_sent_the_oldest_first(account: Account) -> None:
    sender = mail.client(account)
    to = {"ToAddresses": [BOB, f"Carol <{CAROL}>"], "CcAddresses": [CAROL], "BccAddresses": [DAN]}
    first = mail.send(
        sender, Source=NAMED, Destination=to, ReplyToAddresses=[DAN], Message=mail.message("Hello", "<p>Hello</p>")
    )
    second = mail.send_raw(sender, document(BOB))
    emails = stored(account)
    times = [each.pop("at") for each in emails]
    shown = [mail.shown(account, message_id)["created_at"] for message_id in (first, second)]
    assert times == [int(datetime.fromisoformat(time).timestamp()) for time in shown]
    assert emails == [
        {
            "messageId": first,
            "from": NAMED,
            "replyTo": [DAN],
            "destination": {"to": to["ToAddresses"], "cc": [CAROL], "bcc": [DAN]},
            "subject": "Hi",
            "body": {"text": "Hello", "html": "<p>Hello</p>"},
            "attachments": [],
        },
        {
            "messageId": second,
            "from": NAMED,
            "replyTo": [],
            "destination": {"to": [BOB], "cc": [], "bcc": []},
            "subject": "Grüße",
            "body": {"text": "text\n", "html": "<p>HTML</p>\n"},
            "attachments": [
                {
                    "type": "attachment",
                    "filename": "Übersicht.pdf",
                    "contentType": "application/pdf",
                    "cid": None,
                    "content": base64.b64encode(FILE).decode(),
                    "size": 256,
                }
            ],
        },
    ]


def test_a_body_that_a_mail_does_not_have_is_not_in_the_store(account: Account) -> None:
    mail.send(mail.client(account))
    (email,) = stored(account)
    assert email["body"] == {"text": "Hello"}


def test_the_store_tells_of_mail_since_a_moment(account: Account) -> None:
    message_id = mail.send(mail.client(account))
    (email,) = stored(account)
    assert [each["messageId"] for each in stored(account, f"since={email['at']}")] == [message_id]
    assert stored(account, f"since={email['at'] + 1}") == stored(account, f"since={10**30}") == []
    detail = inspection.problem(ask(account, "GET", "/store", "since=noon"), 400)
    assert detail == "since='noon' is not of type int."


def test_the_store_is_cleared(account: Account) -> None:
    mail.send(mail.client(account))
    answer = ask(account, "POST", "/clear-store")
    assert (answer.status, json.loads(answer.body)) == (200, {"message": "Store cleared"})
    assert stored(account) == []


def test_the_region_that_aws_ses_v2_local_asks_for_is_one(account: Account) -> None:
    there = account.elsewhere("aws-ses-v2-local")
    message_id = mail.send(mail.client(there))
    assert [each["messageId"] for each in stored(account)] == [message_id]
    assert stored(account, "region=us-east-1") == []


# ---- moto


def test_moto_is_reset(account: Account) -> None:
    sender = mail.client(account)
    mail.send(sender)
    answer = ask(account, "POST", "/moto-api/reset")
    assert (answer.status, json.loads(answer.body)) == (200, {"status": "ok"})
    assert (sender.list_identities()["Identities"], account.messages()) == ([], [])


# ---- whom they answer


def test_without_an_account_they_speak_of_all() -> None:
    with emulator.running(verification="manual") as running:
        account, other = aws.new_account(running.url), aws.new_account(running.url, "eu-west-1")
        sent = [mail.send(mail.client(each)) for each in (account, other)]
        for path, member, key in (("/_aws/ses", "messages", "Id"), ("/store", "emails", "messageId")):
            answer = aws.request(running.url, "GET", path, None, {})
            assert [each[key] for each in json.loads(answer.body)[member]] == sent
        for method, path in CHANGES:
            mail.send(mail.client(other))
            assert aws.request(running.url, method, path, None, {}).status < 300
            assert ids(account) == ids(other) == []
        assert other.client().list_identities()["Identities"] == []


@pytest.mark.parametrize("path", LISTS)
def test_a_browser_that_came_by_a_foreign_name_sees_no_mail(account: Account, path: str) -> None:
    answer = ask(account, "GET", path, Host="evil.example", Sec_Fetch_Dest="empty")
    assert inspection.problem(answer, 403).startswith("'evil.example' is no name of this server;")
    assert ask(account, "GET", path).headers["cross-origin-resource-policy"] == "same-origin"


@pytest.mark.parametrize(("method", "path"), CHANGES)
def test_a_page_of_another_site_changes_nothing(account: Account, method: str, path: str) -> None:
    message_id = mail.send(mail.client(account))
    answer = ask(account, method, path, Origin="http://evil.example")
    assert inspection.problem(answer, 403) == "A page of another site may change nothing here."
    assert ids(account) == [message_id]


def test_a_server_with_a_password_asks_for_it_but_tells_whether_it_is_well() -> None:
    with emulator.running(inbox_auth="ann:secret") as running:
        for method, path in (*(("GET", each) for each in LISTS), *CHANGES):
            inspection.problem(ask(aws.new_account(running.url), method, path), 401)
        answer = aws.request(running.url, "GET", "/health-check", None, {})
        assert (answer.status, answer.body) == (200, b"")
