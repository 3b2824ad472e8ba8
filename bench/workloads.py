"""What the servers are asked for."""

import base64
import random

from bench.servers import RECIPIENT, SENDER, form

DATA = '{"name": "Ann", "order": {"number": 7, "items": [{"title": "Tea", "price": 3}, {"title": "Cake", "price": 5}]}}'
BULK = 50


def send_form() -> bytes:
    """SendEmail with about 2 KB of text and HTML."""
    chance = random.Random(7)
    words = ["order", "invoice", "thanks", "account", "reset", "link", "welcome", "team", "price", "café"]
    text = " ".join(chance.choices(words, k=110))
    html = f"<html><body><p>{' '.join(chance.choices(words, k=200))}</p></body></html>"
    return form(
        "SendEmail",
        **{
            "Source": SENDER,
            "Destination.ToAddresses.member.1": RECIPIENT,
            "Message.Subject.Data": "Your order 1234",
            "Message.Body.Text.Data": text,
            "Message.Body.Html.Data": html,
        },
    )


def raw_form() -> bytes:
    """SendRawEmail with an attachment of 100 KB."""
    content = base64.encodebytes(random.Random(7).randbytes(100 * 1024)).replace(b"\n", b"\r\n")
    message = (
        (
            f"From: {SENDER}\r\nTo: {RECIPIENT}\r\nSubject: with attachment\r\nMIME-Version: 1.0\r\n"
            'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n--b\r\n'
            "Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n"
            'Content-Disposition: attachment; filename="a.bin"\r\n\r\n'
        ).encode()
        + content
        + b"--b--\r\n"
    )
    encoded = base64.b64encode(message).decode()
    return form("SendRawEmail", **{"Source": SENDER, "Destinations.member.1": RECIPIENT, "RawMessage.Data": encoded})


def templated_form() -> bytes:
    """SendTemplatedEmail with a loop."""
    to = {"Destination.ToAddresses.member.1": RECIPIENT}
    return form("SendTemplatedEmail", Source=SENDER, Template="order", TemplateData=DATA, **to)


def bulk_form() -> bytes:
    """SendBulkTemplatedEmail to 50 destinations, each with a name of its own."""
    destinations = {}
    for number in range(1, BULK + 1):
        destinations[f"Destinations.member.{number}.Destination.ToAddresses.member.1"] = f"to{number}@example.com"
        destinations[f"Destinations.member.{number}.ReplacementTemplateData"] = f'{{"name": "Reader {number}"}}'
    return form("SendBulkTemplatedEmail", Source=SENDER, Template="order", DefaultTemplateData=DATA, **destinations)
