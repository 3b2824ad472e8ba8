"""The marks by which scanners are tested are found wherever they are."""

import base64
from email.message import EmailMessage

import pytest

from emulator.mime import scanning, view
from tests.support.viruses import EICAR

GTUBE = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"


def found(message: bytes) -> frozenset[bytes]:
    """The marks in the message."""
    return scanning.found(view.leaves(message))


def with_attachment(data: bytes) -> bytes:
    """A message that carries the data."""
    message = EmailMessage()
    message["From"] = "a@example.com"
    message.set_content("Hello")
    message.add_attachment(data, maintype="application", subtype="octet-stream", filename="x.bin")
    return message.as_bytes(policy=message.policy.clone(linesep="\r\n"))


def test_a_mark_in_a_text_is_found() -> None:
    assert found(f"Subject: x\r\n\r\nsee: {GTUBE} .\r\n".encode()) == {scanning.SPAM}
    assert found(f"Subject: x\r\n\r\n{EICAR}\r\n".encode()) == {scanning.VIRUS}
    assert found(b"Subject: x\r\n\r\nnothing\r\n") == frozenset()
    assert found(b"Subject: x\r\n\r\nY" + GTUBE[1:].encode() + b"\r\n") == {b"Y" + GTUBE[1:].encode()}


@pytest.mark.parametrize("before", [0, 1, 2, 5000, 786_400, 786_431, 786_432, 1_600_000])
def test_a_mark_in_an_attachment_is_found_wherever_it_is(before: int) -> None:
    message = with_attachment(b"x" * before + EICAR.encode() + b"y" * 5000 + GTUBE.encode())
    assert found(message) == {scanning.SPAM, scanning.VIRUS}


def test_a_mark_in_an_attached_message_is_found() -> None:
    inner = with_attachment(EICAR.encode())
    outer = b"Content-Type: message/rfc822\r\n\r\n" + inner
    assert found(outer) == {scanning.VIRUS}


def test_a_mark_that_is_encoded_twice_is_not_looked_for() -> None:
    assert found(with_attachment(base64.b64encode(EICAR.encode()))) == frozenset()


@pytest.mark.parametrize(
    ("header", "body", "whole"),
    [
        ("Subject: x", "text", True),
        ("Content-Type: text/plain", "text", True),
        ("Content-Type: multipart/mixed; boundary=b", "--b\r\n\r\ntext\r\n--b--", True),
        ('Content-Type: multipart/mixed;\r\n\tboundary="b c"', "preamble\r\n--b c\r\n\r\ntext\r\n--b c--", True),
        ("Content-Type: multipart/mixed; boundary=b", "--c\r\n\r\ntext\r\n--c--", False),
        ("Content-Type: multipart/mixed; boundary=b", "text --b", False),
        ('Content-Type: multipart/mixed; boundary=""', "--\r\n", False),
        ("Content-Type: multipart/mixed", "--b\r\n\r\ntext\r\n--b--", False),
        ("Content-Type: multipart/mixed; boundary=b", "", False),
    ],
)
def test_a_message_has_the_parts_that_it_says_it_has(header: str, body: str, whole: bool) -> None:
    assert scanning.is_whole(f"{header}\r\n\r\n{body}\r\n".encode()) is whole
    assert scanning.is_whole(f"{header}\r\n".encode()) is not header.startswith("Content-Type: multipart")


@pytest.mark.parametrize("before", [0, 1, 5000, 786_431, 1_600_000])
def test_a_large_message_is_searched_without_being_taken_apart(before: int) -> None:
    message = with_attachment(b"x" * before + EICAR.encode() + b"y" * 5000)
    assert scanning.found_within(message) == {scanning.VIRUS}
    assert scanning.found_within(bytearray(message.replace(b"Hello", GTUBE.encode()))) == {
        scanning.VIRUS,
        scanning.SPAM,
    }
    assert scanning.found_within(message.replace(b"base64", b"8bit")) == frozenset()
    assert scanning.found_within(b"") == scanning.found_within(b"no header") == frozenset()
