"""What SES puts on top of mail that it receives, byte for byte."""

import base64
import re
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from emulator.mime import dkim_verification, headers, received
from emulator.mime.dkim_signature import Signer
from emulator.mime.dkim_verification import Verification
from emulator.mime.received import Passage
from emulator.outside import keys

CRLF = b"\r\n"
PAIR = keys.rsa(1024)
SIGNER = Signer("amazonses.com", "u" * 32, PAIR.private, frozenset())
MESSAGE = b"From: Alice <alice@example.org>\r\nTo: support@example.com\r\nSubject: Hello\r\n there\r\n\r\nHi\r\n"
SPF = (
    "pass (spfCheck: domain of example.org designates 192.0.2.10 as permitted sender)"
    " client-ip=192.0.2.10; envelope-from=alice@example.org; helo=mx.example.org;"
)
PASSAGE = Passage(
    message_id="k3v0p9q8r7s6t5u4v3a2b1c0d9e8f7g6h5i4j3o1",
    host="inbound-smtp.us-east-1.amazonaws.com",
    helo="mx.example.org",
    rdns="mx.example.org",
    ip="192.0.2.10",
    mail_from="alice@example.org",
    recipient="support@example.com",
    received_at=datetime(2025, 3, 6, 5, 34, 11, 558000, UTC),
    spf="pass",
    spf_domain="example.org",
    dkim=[Verification("pass", "example.org", "@example.org")],
    dmarc="pass",
    dmarc_domain="example.org",
    scan=("PASS", "PASS"),
)


def topped(passage: Passage = PASSAGE, message: bytes = MESSAGE) -> list[str]:
    """The lines on top of the message."""
    block, start = headers.header_block(message)
    top = received.on_top(passage, block, memoryview(message)[start:], SIGNER)
    assert top.endswith(b"\r\n")
    return top.decode().split("\r\n")[:-1]


def test_the_header_of_a_mail_that_was_scanned() -> None:
    *lines, receipt, signature = topped()
    assert lines == [
        "Return-Path: <alice@example.org>",
        "Received: from mx.example.org (mx.example.org [192.0.2.10])",
        " by inbound-smtp.us-east-1.amazonaws.com with SMTP id k3v0p9q8r7s6t5u4v3a2b1c0d9e8f7g6h5i4j3o1",
        " for support@example.com;",
        " Thu, 06 Mar 2025 05:34:11 +0000 (UTC)",
        "X-SES-Spam-Verdict: PASS",
        "X-SES-Virus-Verdict: PASS",
        f"Received-SPF: {SPF}",
        "Authentication-Results: amazonses.com;",
        f" spf={SPF}",
        " dkim=pass header.i=@example.org;",
        " dmarc=pass header.from=example.org;",
    ]
    assert re.fullmatch("X-SES-RECEIPT: AEFBQUFB[A-Za-z0-9+/]+=*", receipt)
    assert 350 <= len(receipt.removeprefix("X-SES-RECEIPT: ")) <= 450
    assert re.fullmatch(
        r"X-SES-DKIM-SIGNATURE: a=rsa-sha256; q=dns/txt; b=[A-Za-z0-9+/]{171}=; c=relaxed/simple; s=u{32}; "
        r"d=amazonses\.com; t=1741239251; v=1; bh=[A-Za-z0-9+/]{43}=; "
        "h=From:To:Cc:Bcc:Subject:Date:Message-ID:MIME-Version:Content-Type:X-SES-RECEIPT;",
        signature,
    )


def test_without_a_scan_nothing_is_said_of_one() -> None:
    lines = topped(PASSAGE._replace(scan=None))
    assert not [line for line in lines if "Verdict" in line]


def test_a_host_without_a_name_has_an_address() -> None:
    lines = topped(PASSAGE._replace(rdns=None, helo="[192.0.2.10]"))
    assert lines[1] == "Received: from [192.0.2.10] ([192.0.2.10])"


def test_a_mail_without_a_sender_is_the_hosts() -> None:
    lines = topped(PASSAGE._replace(mail_from=""))
    assert lines[0] == "Return-Path: <>"
    assert "envelope-from=postmaster@mx.example.org; helo=mx.example.org;" in lines[7]


@pytest.mark.parametrize(
    ("spf", "text"),
    [
        ("fail", "fail (spfCheck: domain of d.example does not designate 192.0.2.10 as permitted sender)"),
        (
            "softfail",
            "softfail (spfCheck: transitioning domain of d.example does not designate 192.0.2.10 as permitted sender)",
        ),
        ("neutral", "neutral (spfCheck: 192.0.2.10 is neither permitted nor denied by domain of d.example)"),
        ("none", "none (spfCheck: 192.0.2.10 is neither permitted nor denied by domain of d.example)"),
        ("permerror", "permerror (spfCheck: Error in processing SPF Record)"),
        ("temperror", "temperror (spfCheck: Error in retrieving data from DNS)"),
    ],
)
def test_what_is_said_of_spf(spf: str, text: str) -> None:
    session = "client-ip=192.0.2.10; envelope-from=alice@example.org; helo=mx.example.org;"
    lines = topped(PASSAGE._replace(spf=spf, spf_domain="d.example"))
    assert lines[7] == f"Received-SPF: {text} {session}"
    assert lines[9] == f" spf={text} {session}"


def test_each_signature_has_a_line() -> None:
    dkim = [Verification("fail", "a.example", "@mail.a.example"), Verification("permerror", "", "")]
    assert topped(PASSAGE._replace(dkim=dkim))[10:12] == [" dkim=fail header.i=@mail.a.example;", " dkim=permerror;"]
    assert topped(PASSAGE._replace(dkim=[]))[10] == " dmarc=pass header.from=example.org;"


def test_an_author_that_is_not_known_is_not_named() -> None:
    assert topped(PASSAGE._replace(dmarc="permerror", dmarc_domain=None))[11] == " dmarc=permerror;"


def test_the_time_is_in_utc() -> None:
    there = PASSAGE.received_at.astimezone(timezone(timedelta(hours=-9)))
    assert topped(PASSAGE._replace(received_at=there)) == topped()


def test_what_cannot_stand_in_a_header_does_not() -> None:
    dkim = [Verification("fail", "a.example", "@a.example\0\x1bé")]
    lines = topped(PASSAGE._replace(rdns="mx.ex\u00e4mple\r\nEvil: 1", dkim=dkim))
    assert lines[1] == "Received: from mx.example.org (mx.ex?mple??Evil: 1 [192.0.2.10])"
    assert lines[10] == " dkim=fail header.i=@a.example???;"


def test_the_receipt_follows_from_the_id() -> None:
    def receipt(message_id: str) -> str:
        return topped(PASSAGE._replace(message_id=message_id))[-2]

    assert receipt("a" * 40) == receipt("a" * 40) != receipt("b" * 40)
    opaque = base64.b64decode(receipt("a" * 40).removeprefix("X-SES-RECEIPT: "))
    assert opaque.startswith(b"\0AAAAAAAAAA")
    assert base64.b64decode(opaque[1:]).startswith(b"\0\0\0\0\0\0\0\1")


def test_the_signature_is_true() -> None:
    """It is made as DKIM's are, and that of a field that is not there says so too."""
    *_, receipt, signature = topped()
    value = signature.partition(" b=")[2].partition(";")[0]
    fields = [*MESSAGE.split(b"\r\n\r\n")[0].replace(b"\r\n there", b" there").split(b"\r\n"), receipt.encode()]
    data = b"\r\n".join(map(dkim_verification.relaxed, [*fields, signature.replace(value, "").encode()]))
    key = serialization.load_pem_private_key(PAIR.private.encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    key.public_key().verify(base64.b64decode(value), data, padding.PKCS1v15(), hashes.SHA256())
    assert f"bh={base64.b64encode(sha256(b'Hi' + CRLF).digest()).decode()};" in signature
