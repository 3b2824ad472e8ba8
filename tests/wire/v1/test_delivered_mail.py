"""What a recipient gets: the headers SES composes, replaces, adds and takes away, and the encodings of bodies.

The finer rules of composing and rewriting have unit tests.
"""

import base64
import re
from datetime import UTC, datetime, timedelta

import pytest

from tests.support import mail
from tests.support.aws import Account
from tests.support.mail import ANN, BOB, document

UUID = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
PREFIXES = {
    "us-east-1": "0100",
    "us-west-2": "0101",
    "eu-west-1": "0102",
    "ap-northeast-1": "0106",
    "eu-central-1": "0107",
    "ap-southeast-2": "0108",
    "ap-south-1": "0109",
    "eu-west-2": "010b",
    "ap-southeast-1": "010e",
    "us-east-2": "010f",
    "eu-north-1": "0110",
}


def names(raw: bytes) -> list[str]:
    return [line.partition(":")[0] for line in mail.header_lines(raw) if line[0] not in " \t"]


def value(raw: bytes, name: str) -> str:
    block = raw.partition(b"\r\n\r\n")[0].decode().replace("\r\n\t", "\t").replace("\r\n ", " ")
    (found,) = [line for line in block.split("\r\n") if line.startswith(f"{name}: ")]
    return found.partition(": ")[2]


def boundary(raw: bytes) -> str:
    found = re.search(rb'\r\n\tboundary="(----=_Part_\d+_\d+\.\d{13})"\r\n', raw)
    assert found
    return found[1].decode()


# ---- composed messages


def test_the_headers_stand_in_the_order_of_ses(account: Account) -> None:
    message_id = mail.send(
        mail.client(account),
        Destination={"ToAddresses": [BOB], "CcAddresses": ["c@c.org"], "BccAddresses": ["d@d.org"]},
        ReplyToAddresses=["help@example.org", "Second <second@example.org>"],
    )
    raw = mail.delivered(account, message_id)
    assert names(raw) == [
        "Return-Path",
        "DKIM-Signature",
        "From",
        "Reply-To",
        "To",
        "Cc",
        "Subject",
        "MIME-Version",
        "Content-Type",
        "Content-Transfer-Encoding",
        "Message-ID",
        "Date",
        "Feedback-ID",
        "X-SES-Outgoing",
    ]
    assert mail.unsigned_lines(raw)[1:9] == [
        f"From: {ANN}",
        "Reply-To: help@example.org, Second <second@example.org>",
        f"To: {BOB}",
        "Cc: c@c.org",
        "Subject: Hi",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=UTF-8",
        "Content-Transfer-Encoding: 7bit",
    ]
    assert mail.body(raw) == b"Hello"
    assert b"d@d.org" not in raw


def test_the_added_headers_have_the_forms_of_ses(account: Account) -> None:
    message_id = mail.send(mail.client(account))
    raw = mail.delivered(account, message_id)
    created = datetime.fromisoformat(mail.shown(account, message_id)["created_at"])
    assert value(raw, "Return-Path") == f"<{message_id}@amazonses.com>"
    assert value(raw, "Message-ID") == f"<{message_id}@email.amazonses.com>"
    assert value(raw, "Date") == f"{created:%a}, {created.day} {created:%b %Y %H:%M:%S} +0000"
    found = re.fullmatch(r"::1\.us-east-1\.([A-Za-z0-9+/=]{44}):AmazonSES", value(raw, "Feedback-ID"))
    assert found
    assert len(base64.b64decode(found[1])) == 32
    assert re.fullmatch(rf"{created:%Y\.%m\.%d}-\d+\.\d+\.\d+\.\d+", value(raw, "X-SES-Outgoing"))


def test_outside_us_east_1_the_region_is_in_the_addresses(account: Account) -> None:
    there = account.elsewhere("eu-west-1")
    message_id = mail.send(mail.client(there))
    raw = mail.delivered(account, message_id)
    assert value(raw, "Return-Path") == f"<{message_id}@eu-west-1.amazonses.com>"
    assert value(raw, "Message-ID") == f"<{message_id}@eu-west-1.amazonses.com>"
    assert value(raw, "Feedback-ID").startswith("::1.eu-west-1.")


def test_feedback_tags_open_the_feedback_id(account: Account) -> None:
    sender = mail.client(account)
    tags = [{"Name": "ses:feedback-id-b", "Value": "customer"}, {"Name": "ses:feedback-id-a", "Value": "campaign"}]
    raw = mail.delivered(account, mail.send(sender, Tags=tags))
    assert value(raw, "Feedback-ID").startswith("campaign:customer:1.us-east-1.")
    data = document("X-SES-MESSAGE-TAGS: ses:feedback-id-a=campaign, a=b", f"From: {ANN}", f"To: {BOB}")
    raw = mail.delivered(account, mail.send_raw(sender, data))
    assert value(raw, "Feedback-ID").startswith("campaign::1.us-east-1.")


def test_a_message_id_has_region_time_and_uuid(account: Account) -> None:
    for region, prefix in [*PREFIXES.items(), ("sa-east-1", "01ff")]:
        there = account.elsewhere(region)
        message_id = mail.send(mail.client(there))
        assert re.fullmatch(rf"{prefix}[0-9a-f]{{12}}-{UUID}-000000", message_id)
        sent = datetime.fromtimestamp(int(message_id[4:16], 16) / 1000, UTC)
        created = datetime.fromisoformat(mail.shown(there, message_id)["created_at"])
        assert abs(sent - created) < timedelta(milliseconds=2)


def test_text_and_html_are_alternatives(account: Account) -> None:
    sender = mail.client(account)
    raw = mail.delivered(account, mail.send(sender, Message=mail.message("plain", "<p>rich</p>")))
    lines = mail.header_lines(raw)
    assert "Content-Type: multipart/alternative; " in lines
    mark = boundary(raw)
    assert mail.body(raw).decode() == (
        f"--{mark}\r\n"
        "Content-Type: text/plain; charset=UTF-8\r\n"
        "Content-Transfer-Encoding: 7bit\r\n\r\n"
        "plain\r\n"
        f"--{mark}\r\n"
        "Content-Type: text/html; charset=UTF-8\r\n"
        "Content-Transfer-Encoding: 7bit\r\n\r\n"
        "<p>rich</p>\r\n"
        f"--{mark}--\r\n"
    )


def test_html_alone_is_one_part(account: Account) -> None:
    message_id = mail.send(mail.client(account), Message=mail.message(None, "<p>rich</p>"))
    raw = mail.delivered(account, message_id)
    assert value(raw, "Content-Type") == "text/html; charset=UTF-8"
    assert mail.body(raw) == b"<p>rich</p>"


@pytest.mark.parametrize(
    ("text", "charset", "encoding", "body"),
    [
        ("plain", None, "7bit", b"plain"),
        ("a\nb", None, "7bit", b"a\r\nb"),
        ("mostly ASCII, ä", None, "quoted-printable", b"mostly ASCII, =C3=A4"),
        ("mostly ASCII, ä", "ISO-8859-1", "quoted-printable", b"mostly ASCII, =E4"),
        ("日本語", None, "base64", base64.b64encode("日本語".encode())),
        ("日本語", "Shift_JIS", "base64", base64.b64encode("日本語".encode("shift_jis"))),
        ("ä and 日", "iso-8859-1", "quoted-printable", b"=E4 and ?"),
        ("x" * 999, None, "quoted-printable", b"=\r\n".join([b"x" * 75] * 13 + [b"x" * 24])),
        ("plain", "UTF-16", "base64", base64.b64encode("plain".encode("utf-16"))),
    ],
)
def test_the_encoding_of_a_body_follows_from_its_bytes(
    account: Account, text: str, charset: str | None, encoding: str, body: bytes
) -> None:
    message_id = mail.send(mail.client(account), Message=mail.message(text, charset=charset))
    raw = mail.delivered(account, message_id)
    assert value(raw, "Content-Type") == f"text/plain; charset={charset or 'UTF-8'}"
    assert value(raw, "Content-Transfer-Encoding") == encoding
    assert mail.body(raw) == body


@pytest.mark.parametrize(
    ("subject", "charset", "header"),
    [
        ("Hi there", None, "Hi there"),
        ("Grüße", None, "=?UTF-8?Q?Gr=C3=BC=C3=9Fe?="),
        ("日本", None, "=?UTF-8?B?5pel5pys?="),
        ("Grüße", "ISO-8859-1", "=?ISO-8859-1?Q?Gr=FC=DFe?="),
        ("日本", "Shift_JIS", "=?Shift_JIS?B?k/qWew==?="),
        ("a_b = ü?", "utf-8", "=?utf-8?Q?a=5Fb_=3D_=C3=BC=3F?="),
    ],
)
def test_a_subject_that_is_not_ascii_is_in_encoded_words(
    account: Account, subject: str, charset: str | None, header: str
) -> None:
    message_id = mail.send(mail.client(account), Message=mail.message(subject=subject, charset=charset))
    assert value(mail.delivered(account, message_id), "Subject") == header
    assert mail.shown(account, message_id)["subject"] == subject


def test_subject_text_and_html_are_each_in_a_charset_of_their_own(account: Account) -> None:
    html = {"Data": "<p>日本語</p>", "Charset": "Shift_JIS"}
    message = {
        "Subject": {"Data": "Grüße", "Charset": "ISO-8859-1"},
        "Body": {"Text": {"Data": "Viele Grüße"}, "Html": html},
    }
    raw = mail.delivered(account, mail.send(mail.client(account), Message=message))
    assert value(raw, "Subject") == "=?ISO-8859-1?Q?Gr=FC=DFe?="
    _, text, rich, _ = mail.body(raw).decode().split(f"--{boundary(raw)}")
    quoted = "Content-Transfer-Encoding: quoted-printable"
    assert text == f"\r\nContent-Type: text/plain; charset=UTF-8\r\n{quoted}\r\n\r\nViele Gr=C3=BC=C3=9Fe\r\n"
    body = "<p>=93=FA=96{=8C=EA</p>"
    assert rich == f"\r\nContent-Type: text/html; charset=Shift_JIS\r\n{quoted}\r\n\r\n{body}\r\n"


def test_names_of_people_are_delivered_as_they_were_given(account: Account) -> None:
    given = {"From": f"=?UTF-8?Q?J=C3=BCrgen?= <{ANN}>", "To": f'"Bob, B." <{BOB}>', "Reply-To": f"Ann <{ANN}>"}
    message_id = mail.send(
        mail.client(account),
        Source=given["From"],
        Destination={"ToAddresses": [given["To"]]},
        ReplyToAddresses=[given["Reply-To"]],
    )
    raw = mail.delivered(account, message_id)
    assert {name: value(raw, name) for name in given} == given


def test_long_headers_are_folded(account: Account) -> None:
    there = [f"recipient-{number}@example.net" for number in range(4)]
    message_id = mail.send(
        mail.client(account), Destination={"ToAddresses": there}, Message=mail.message(subject="word " * 20)
    )
    lines = mail.unsigned_lines(mail.delivered(account, message_id))
    assert lines[2:4] == [f"To: {there[0]}, {there[1]},", f"\t{there[2]}, {there[3]}"]
    subject = lines[4:6]
    assert subject[0] == f"Subject: {'word ' * 13}".rstrip()
    assert subject[1].startswith(" word")


def test_a_display_name_cannot_add_a_header(account: Account) -> None:
    sender = mail.client(account)
    message_id = mail.send(sender, Source=f'"Ann\r\nX-Evil: yes" <{ANN}>')
    assert "X-Evil" not in names(mail.delivered(account, message_id))
    message_id = mail.send(sender, Message=mail.message(subject="Hi\r\nX-Evil: yes"))
    assert "X-Evil" not in names(mail.delivered(account, message_id))


# ---- raw messages


def test_message_id_and_date_are_replaced_where_they_stand(account: Account) -> None:
    data = document("date: long ago", f"From: {ANN}", "Message-Id: <own@example.com>", f"To: {BOB}", "X-Own: kept")
    message_id = mail.send_raw(mail.client(account), data)
    raw = mail.delivered(account, message_id)
    assert names(raw) == [
        "Return-Path",
        "DKIM-Signature",
        "date",
        "From",
        "Message-Id",
        "To",
        "X-Own",
        "Feedback-ID",
        "X-SES-Outgoing",
    ]
    assert value(raw, "Message-Id") == f"<{message_id}@email.amazonses.com>"
    assert "long ago" not in value(raw, "date")


def test_headers_for_ses_and_blind_copies_are_taken_away(account: Account) -> None:
    own = f"arn:aws:ses:us-east-1:{account.account_id}:identity/{ANN}"
    data = document(
        f"X-SES-SOURCE-ARN: {own}",
        f"x-ses-from-arn: {own}",
        f"X-SES-RETURN-PATH-ARN: {own}",
        "X-SES-MESSAGE-TAGS: a=1,",
        " b=2",
        "X-SES-LIST-MANAGEMENT-OPTIONS: list; topic=topic",
        f"Return-Path: <{ANN}>",
        f"From: {ANN}",
        f"To: {BOB}",
        "Bcc: hidden@example.net,",
        "\thidden-too@example.net",
        "X-Mailer: kept",
    )
    message_id = mail.send_raw(mail.client(account), data)
    raw = mail.delivered(account, message_id)
    assert names(raw) == [
        "Return-Path",
        "DKIM-Signature",
        "From",
        "To",
        "X-Mailer",
        "Message-ID",
        "Date",
        "Feedback-ID",
        "X-SES-Outgoing",
    ]
    assert value(raw, "Return-Path") == f"<{message_id}@amazonses.com>"
    assert b"hidden" not in raw
    assert len(mail.shown(account, message_id)["recipients"]) == 3


def test_the_rest_of_a_raw_message_is_delivered_byte_for_byte(account: Account) -> None:
    lines = [f"From:  Ann <{ANN}> ", f"TO:{BOB}", "Subject: =?utf-8?q?=c3=a4?=", "Received: one", "Received: two"]
    body = "--b\r\n\r\n one \r\n\r\n--b--\r\n\r\n"
    message_id = mail.send_raw(mail.client(account), document(*lines, body=body))
    raw = mail.delivered(account, message_id)
    assert mail.unsigned_lines(raw)[1:6] == lines
    assert mail.body(raw) == body.encode()


def test_an_empty_message_is_delivered_with_the_headers_of_ses(account: Account) -> None:
    message_id = mail.send_raw(mail.client(account), b"", Source=ANN, Destinations=[BOB])
    raw = mail.delivered(account, message_id)
    assert names(raw) == ["Return-Path", "DKIM-Signature", "Message-ID", "Date", "Feedback-ID", "X-SES-Outgoing"]
    assert mail.body(raw) == b""
