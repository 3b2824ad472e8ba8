"""Mail sent with nodemailer, over the API with its SES transport and over SMTP."""

import base64
from collections.abc import Callable
from email import message_from_bytes, policy
from typing import Any

import pytest

from emulator import Running
from tests.support import mail, nodemailer, smtp
from tests.support.aws import Account
from tests.support.mail import ANN, BOB

CAROL, DAN, EVE = "carol@example.net", "dan@example.net", "eve@example.org"
SUBJECT = "Grüße aus 東京 ✈"
TEXT, HTML = "Schöne Grüße", "<p>Schöne <b>Grüße</b></p>"
FILE = bytes(range(256))

Transport = Callable[[Account, Running], dict[str, Any]]


def over_the_api(account: Account, server: Running) -> dict[str, Any]:
    """nodemailer's SES transport, which calls SendRawEmail."""
    credentials = {"accessKeyId": account.account_id, "secretAccessKey": smtp.SECRET}
    return {"ses": {"endpoint": server.url, "region": account.region, "credentials": credentials}}


def over_smtp(account: Account, server: Running) -> dict[str, Any]:
    """nodemailer's SMTP transport; nobody vouches for the server's certificate."""
    return {
        "smtp": {
            "host": "127.0.0.1",
            "port": server.submission_port,
            "requireTLS": True,
            "tls": {"rejectUnauthorized": False},
            "auth": {"user": account.account_id, "pass": smtp.password(account)},
        }
    }


@pytest.mark.parametrize(
    ("transport", "operation", "response"),
    [(over_the_api, "SendRawEmail", ""), (over_smtp, "SendSmtpEmail", "250 Ok ")],
    ids=["the_api", "smtp"],
)
def test_nodemailer_sends_a_mail(
    account: Account, server: Running, transport: Transport, operation: str, response: str
) -> None:
    mail.verify(account, ANN)
    said = nodemailer.send(
        transport(account, server),
        {
            "from": f"Ann <{ANN}>",
            "to": BOB,
            "cc": CAROL,
            "bcc": DAN,
            "subject": SUBJECT,
            "text": TEXT,
            "html": HTML,
            "attachments": [
                {"filename": "Übersicht.bin", "content": base64.b64encode(FILE).decode(), "encoding": "base64"}
            ],
        },
    )
    account.drain()
    (message,) = account.messages(direction="outbound")
    assert said["response"] == response + message["id"]
    shown = mail.shown(account, message["id"])
    assert (shown["operation"], shown["source"], shown["subject"]) == (operation, ANN, SUBJECT)
    assert shown["recipients"] == [
        {"address": address, "kind": kind, "status": "delivered"}
        for address, kind in ((BOB, "to"), (CAROL, "cc"), (DAN, "bcc"))
    ]
    raw = mail.delivered(account, message["id"])
    assert DAN.encode() not in raw
    read = message_from_bytes(raw, policy=policy.default)
    assert (read["From"], read["To"], read["Cc"], read["Subject"]) == (f"Ann <{ANN}>", BOB, CAROL, SUBJECT)
    text, html, attachment = (part for part in read.walk() if not part.is_multipart())
    assert [text.get_content().strip(), html.get_content().strip()] == [TEXT, HTML]
    assert (attachment.get_filename(), attachment.get_content()) == ("Übersicht.bin", FILE)


def test_nodemailer_knows_the_message_id_of_a_mail_sent_over_the_api(account: Account, server: Running) -> None:
    mail.verify(account, ANN)
    said = nodemailer.send(over_the_api(account, server), {"from": ANN, "to": BOB, "text": TEXT})
    account.drain()
    read = message_from_bytes(mail.delivered(account, said["response"]), policy=policy.default)
    assert read["Message-ID"] == said["messageId"] == f"<{said['response']}@email.amazonses.com>"


@pytest.mark.parametrize(
    ("transport", "name", "before"),
    [(over_the_api, "MessageRejected", ""), (over_smtp, "Error", "Message failed: 554 Message rejected: ")],
    ids=["the_api", "smtp"],
)
def test_nodemailer_is_told_that_a_sender_is_not_verified(
    account: Account, server: Running, transport: Transport, name: str, before: str
) -> None:
    said = nodemailer.send(transport(account, server), {"from": EVE, "to": BOB, "text": TEXT})
    assert said == {"error": {"name": name, "message": before + mail.unverified(EVE)[1]}}
    assert account.messages(direction="outbound") == []


@pytest.mark.parametrize("transport", [over_the_api, over_smtp], ids=["the_api", "smtp"])
def test_nodemailer_finds_that_ses_is_there(account: Account, server: Running, transport: Transport) -> None:
    assert nodemailer.send(transport(account, server), None) == {"works": True}
