"""Attachments: described with the message, and always downloads."""

import base64
from typing import Any
from urllib.parse import quote

import pytest

from tests.support import inspection, mail
from tests.support.aws import Account, Answer
from tests.support.mail import ANN, BOB

PDF = b"%PDF-1.7 \x00\xff not really"


def part(disposition: str, content: bytes = PDF, *more: str) -> bytes:
    lines = [f"Content-Disposition: {disposition}", "Content-Transfer-Encoding: base64", *more]
    return "\r\n".join(["--b", *lines, "", ""]).encode() + base64.b64encode(content) + b"\r\n"


def sent(account: Account, *parts: bytes) -> str:
    head = [f"From: {ANN}", f"To: {BOB}", "MIME-Version: 1.0", "Content-Type: multipart/mixed; boundary=b"]
    text = b"--b\r\nContent-Type: text/plain\r\n\r\nSee below.\r\n"
    data = mail.document(*head, body="") + text + b"".join(parts) + b"--b--\r\n"
    return mail.send_raw(mail.client(account), data)


def described(account: Account, message_id: str) -> list[dict[str, Any]]:
    return mail.shown(account, message_id)["attachments"]  # type: ignore[no-any-return]


def download(account: Account, message_id: str, index: int = 0) -> Answer:
    return inspection.ask(account, "GET", f"/messages/{message_id}/attachments/{index}")


def test_attachments_are_described_with_the_message(account: Account) -> None:
    message_id = sent(
        account,
        part('attachment; filename="a.pdf"', PDF, "Content-Type: application/pdf"),
        part("inline", b"\x89PNG", "Content-Type: image/png; name=logo.png", "Content-ID: <logo@x>"),
    )
    expected = [
        {"index": 0, "filename": "a.pdf", "content_type": "application/pdf", "size": len(PDF), "content_id": None},
        {"index": 1, "filename": "logo.png", "content_type": "image/png", "size": 4, "content_id": "logo@x"},
    ]
    assert described(account, message_id) == expected
    account.drain()
    assert described(account, message_id) == expected
    assert account.messages()[0]["attachments"] == expected
    assert mail.shown(account, message_id)["text"] == "See below."


def test_an_attachment_is_a_download_of_its_bytes(account: Account) -> None:
    message_id = sent(account, part('attachment; filename="a.pdf"', PDF, "Content-Type: application/pdf"))
    answer = download(account, message_id)
    assert (answer.status, answer.body) == (200, PDF)
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''a.pdf"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("content_type", ["text/html", "image/svg+xml", "application/javascript"])
def test_what_a_browser_would_run_is_a_download_too(account: Account, content_type: str) -> None:
    message_id = sent(account, part("attachment", b"<script>alert(1)</script>", f"Content-Type: {content_type}"))
    answer = download(account, message_id)
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("disposition", "filename"),
    [
        ("attachment; filename*=utf-8''r%C3%A9sum%C3%A9.pdf", "résumé.pdf"),
        ('attachment; filename="=?utf-8?b?w6QucGRm?="', "ä.pdf"),
        ('attachment; filename="résumé.pdf"', "résumé.pdf"),
        ('attachment; filename="a\\"b; c.pdf"', 'a"b; c.pdf'),
        ('attachment; filename="../../etc/passwd"', "../../etc/passwd"),
        ('attachment; filename="=?utf-8?q?a=0D=0AX-Evil:_1?="', "a\r\nX-Evil: 1"),
    ],
)
def test_a_file_name_of_any_characters_is_kept_and_quoted(account: Account, disposition: str, filename: str) -> None:
    message_id = sent(account, part(disposition))
    assert described(account, message_id)[0]["filename"] == filename
    answer = download(account, message_id)
    assert answer.headers["content-disposition"] == f"attachment; filename*=UTF-8''{quote(filename, safe='')}"
    assert "x-evil" not in answer.headers


def test_a_file_name_in_no_known_charset_is_downloaded(account: Account) -> None:
    message_id = sent(account, part('attachment; filename="').replace(b'filename="', b'filename="\xe9\xff.pdf"'))
    assert download(account, message_id).body == PDF


@pytest.mark.parametrize("content_type", ["nonsense", "text/plain\x7f", "tëxt/plain"])
def test_a_type_that_is_none_is_no_obstacle(account: Account, content_type: str) -> None:
    message_id = sent(account, part("attachment", PDF, f"Content-Type: {content_type}"))
    answer = download(account, message_id)
    assert answer.body == PDF
    assert "/" in answer.headers["content-type"]


@pytest.mark.parametrize("index", ["1", "99999999999999999999", "-1", "x"])
def test_an_attachment_that_is_not_there_is_not_found(account: Account, index: str) -> None:
    message_id = sent(account, part("attachment"))
    answer = inspection.ask(account, "GET", f"/messages/{message_id}/attachments/{index}")
    inspection.problem(answer, 404)


def test_an_attached_message_is_one_attachment(account: Account) -> None:
    inner = "Subject: inner\r\nFrom: x@y.z\r\n\r\nbody\r\n"
    attached = f"--b\r\nContent-Type: message/rfc822\r\n\r\n{inner}".encode()
    message_id = sent(account, attached)
    assert described(account, message_id)[0]["filename"] == "inner.eml"
    assert download(account, message_id).body.startswith(b"Subject: inner\r\n")
