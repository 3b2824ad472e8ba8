"""Signatures have SES's form, and hold where another implementation checks them."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.mime.dkim_signature import SIGNED, SIGNED_BY_SES, Signer, signatures
from emulator.outside import keys
from tests.support import dkim

PAIR = keys.rsa()
SIGNER = Signer("example.com", "a" * 32, PAIR.private, SIGNED)
HEADER = b"From: a@example.com\r\nTo: b@example.net\r\nSubject: Hi\r\nX-Own: 1\r\nFeedback-ID: ::x"


def _signed(header: bytes = HEADER, body: bytes = b"Hello", signer: Signer = SIGNER) -> bytes:
    (signature,) = signatures(header, body, [signer], 1764000000)
    return b"\r\n".join((signature, header, b"", body))


def _lookup(name: str) -> str:
    assert name == f"{SIGNER.selector}._domainkey.{SIGNER.domain}"
    return f"p={PAIR.public}"


def _checked(message: bytes) -> tuple[bool, list[str]]:
    (found,) = dkim.signatures(message, _lookup)
    return found.valid, found.headers


def test_the_form_is_that_of_ses() -> None:
    form = (
        r"DKIM-Signature: v=1; a=rsa-sha256; q=dns/txt; c=relaxed/simple;\r\n"
        r"\ts=a{32}; d=example\.com; t=1764000000;\r\n"
        r"\th=From:To:Subject;\r\n"
        r"\tbh=[A-Za-z0-9+/]{43}=;\r\n"
        r"\tb=[A-Za-z0-9+/]{64}(?:\r\n\t[A-Za-z0-9+/]{67}){4}\r\n\t[A-Za-z0-9+/]{10}=="
    )
    assert re.fullmatch(form, _signed().removesuffix(b"\r\n" + HEADER + b"\r\n\r\nHello").decode())


def test_a_signature_is_the_same_each_time() -> None:
    assert _signed() == _signed()


@pytest.mark.parametrize(
    ("header", "named"),
    [
        (HEADER, ["From", "To", "Subject"]),
        (b"mime-version: 1.0\r\nFROM:a@example.com\r\nCc:b@example.net", ["mime-version", "FROM", "Cc"]),
        (b"To: one@x\r\nFrom: a@x\r\nTO: two@x\r\nto: three@x", ["To", "From", "TO", "to"]),
        (b"From: a@x\r\nSubject: long\r\n and \t folded \r\n\tthrice ", ["From", "Subject"]),
        ("From: ä <a@x>\r\nSubject: grüße 日本".encode(), ["From", "Subject"]),
        (b"From: a@x\r\nSubject: \xff\xfe", ["From", "Subject"]),
        (b"From: a@x\r\nSubject:", ["From", "Subject"]),
        (b"Received: x\r\nSubject: nobody's", ["From", "Subject"]),
        (b"X-Own: 1", ["From"]),
    ],
)
def test_headers_are_signed_as_they_stand(header: bytes, named: list[str]) -> None:
    assert _checked(_signed(header)) == (True, named)


def test_only_ses_signs_its_own_header() -> None:
    valid, named = _checked(_signed(signer=SIGNER._replace(signed=SIGNED_BY_SES)))
    assert (valid, named[-1]) == (True, "Feedback-ID")


def test_no_line_grows_with_the_number_of_headers() -> None:
    message = _signed(b"From: a@x" + b"\r\nTo: b@x" * 500)
    assert _checked(message) == (True, ["From"] + ["To"] * 500)
    assert max(map(len, message.split(b"\r\n"))) < 200


@pytest.mark.parametrize(
    "body", [b"", b"\r\n", b"\r\n\r\n", b"Hello", b"Hello\r\n", b"Hello\r\n\r\n\r\n", b" \r\n", b"\r\nx ", b"\xff\0"]
)
def test_a_body_is_signed_however_it_ends(body: bytes) -> None:
    assert _checked(_signed(body=body))[0]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"\r\n\r\nHello", b"\r\n\r\nHullo"),
        (b"\r\n\r\nHello", b"\r\n\r\n Hello"),
        (b"\r\nSubject: Hi", b"\r\nSubject: Ho"),
        (b"\r\nTo: b", b"\r\nTo: c"),
        (b" t=1764000000", b" t=1764000001"),
    ],
)
def test_a_change_is_noticed(before: bytes, after: bytes) -> None:
    message = _signed()
    assert message.count(before) == 1
    assert _checked(message)[0]
    assert not _checked(message.replace(before, after))[0]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"\r\nX-Own: 1", b"\r\nX-Own: 2"),
        (b"\r\nSubject: Hi", b"\r\nSUBJECT:\r\n Hi "),
        (b"\r\n\r\nHello", b"\r\n\r\nHello\r\n\r\n"),
        (b"DKIM-Signature", b"Received: on its way\r\nDKIM-Signature"),
    ],
)
def test_what_happens_on_the_way_does_no_harm(before: bytes, after: bytes) -> None:
    message = _signed()
    assert message.count(before) == 1
    assert _checked(message.replace(before, after))[0]


def test_a_sender_that_is_added_is_noticed() -> None:
    message = _signed(b"Subject: nobody's")
    assert not _checked(message.replace(b"\r\nSubject", b"\r\nFrom: me@example.com\r\nSubject"))[0]


_NAMES = st.sampled_from(["From", "to", "Subject", "X-Own", "Date", "REFERENCES"])
_TEXT = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"]), max_size=30)


@settings(max_examples=60)
@given(
    st.lists(st.tuples(_NAMES, st.lists(_TEXT, min_size=1, max_size=3)), max_size=6),
    st.lists(st.binary(max_size=20).filter(lambda line: not {10, 13} & set(line)), max_size=5),
)
def test_any_message_verifies(fields: list[tuple[str, list[str]]], lines: list[bytes]) -> None:
    header = "\r\n".join(["From: a@x", *(f"{name}: " + "\r\n\tx".join(texts) for name, texts in fields)])
    assert _checked(_signed(header.encode(), b"\r\n".join(lines)))[0]
