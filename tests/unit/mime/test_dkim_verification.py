"""Signatures of received mail are checked as another implementation makes them, at the emulated time, within bounds."""

import base64
import hashlib
import time
from typing import Any

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.mime import dkim_verification, headers
from emulator.mime.dkim_verification import Verification

KEY = rsa.generate_private_key(65537, 2048)
PEM = KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
)
PUBLIC = base64.b64encode(
    KEY.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
).decode()
RECORD = f"v=DKIM1; k=rsa; p={PUBLIC}"
HEADER = b"From: Ann  <ann@example.com>\r\nTo: bob@example.net\r\nSubject:  Hi\r\n there \r\n"
BODY = b"Hello,\r\n\r\n how  are\tyou?  \r\n\r\n"
STYLES = [(one, other) for one in (b"simple", b"relaxed") for other in (b"simple", b"relaxed")]
NOW = int(time.time())
TRUE = Verification("pass", "example.com", "@example.com")


def signed(header: bytes = HEADER, body: bytes = BODY, **options: Any) -> bytes:
    """The message as the other implementation signs it."""
    message = header + b"\r\n" + body
    given = {"include_headers": [b"from", b"to", b"subject", b"date"], **options}
    return bytes(dkim.DKIM(message).sign(b"sel", b"example.com", PEM, **given)) + message


def checked(message: bytes, record: str | None = RECORD, now: int = NOW) -> list[Verification]:
    """What is the case with each signature, where this is the TXT record of the key."""
    block, start = headers.header_block(message)

    def records(name: str) -> list[str] | None:
        if name != "sel._domainkey.example.com":
            return []
        return None if record is None else [record] if record else []

    return dkim_verification.verify(block, memoryview(message)[start:], records, now)


def result(message: bytes, record: str | None = RECORD, now: int = NOW) -> str:
    """The result of the one signature."""
    (found,) = checked(message, record, now)
    return found.result


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("length", [True, False])
def test_a_true_signature_passes_and_another_does_not(style: tuple[bytes, bytes], length: bool) -> None:
    message = signed(canonicalize=style, length=length)
    assert checked(message) == [TRUE]
    for before, after in ((b"Hi", b"Ho"), (b"Hello", b"Hallo"), (b"To: bob", b"To: eve")):
        assert result(message.replace(before, after)) == "fail"
    assert result(message + b"more\r\n") == ("pass" if length else "fail")
    assert result(message[: -len(BODY) // 2]) == "fail"


@pytest.mark.parametrize("style", [pytest.param(style, id=b"-".join(style).decode()) for style in STYLES])
@settings(max_examples=60)
@given(lines=st.lists(st.text("a \t.", max_size=9), max_size=12), chunk=st.integers(1, 9))
def test_a_body_is_held_against_its_signature_however_it_is_spaced(
    style: tuple[bytes, bytes], lines: list[str], chunk: int
) -> None:
    body = "".join(f"{line}\r\n" for line in lines).encode()
    message = signed(body=body, canonicalize=style)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(dkim_verification, "CHUNK_BYTES", chunk)
        assert checked(message) == [TRUE]


@pytest.mark.parametrize(
    ("body", "digest"), [(b"", b"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="), (b"\r\n\r\n", None)]
)
def test_a_body_without_anything_is_empty_where_spacing_does_not_count(body: bytes, digest: bytes | None) -> None:
    relaxed = base64.b64encode(dkim_verification.body_hash(body, is_relaxed=True))
    assert relaxed == (digest or base64.b64encode(dkim_verification.body_hash(b"", is_relaxed=True)))
    assert dkim_verification.body_hash(body, is_relaxed=False) == dkim_verification.body_hash(b"\r\n", is_relaxed=False)


def test_each_signature_is_looked_at_for_itself() -> None:
    once = signed()
    twice = once.replace(b"b=", b"b=AAAA", 1).partition(b"From:")[0] + once
    assert [each.result for each in checked(twice)] == ["fail", "pass"]
    assert checked(HEADER + b"\r\n" + BODY) == []


def test_no_more_than_ten_signatures_are_looked_at() -> None:
    signature, _, rest = signed().partition(b"From:")
    assert len(checked(signature * 1000 + b"From:" + rest)) == 10


def test_fields_of_one_name_are_signed_from_below() -> None:
    header = HEADER + b"X-Hop: one\r\nX-Hop: two\r\n"
    message = signed(header, include_headers=[b"from", b"x-hop", b"x-hop"])
    assert result(message) == "pass"
    assert result(b"X-Hop: zero\r\n" + message) == "pass"  # above them
    assert result(message.replace(b"X-Hop: one\r\nX-Hop: two", b"X-Hop: two\r\nX-Hop: one")) == "fail"


def test_a_field_that_was_signed_as_not_being_there_must_not_be_there() -> None:
    message = signed(include_headers=[b"from", b"reply-to"])
    assert result(message) == "pass"
    assert result(b"Reply-To: eve@example.com\r\n" + message) == "fail"


# ---- the key


@pytest.mark.parametrize(
    "record",
    [
        "",
        "v=DKIM1; p=",
        "v=DKIM2; p=" + PUBLIC,
        "k=ed25519; p=" + PUBLIC,
        "h=sha1; p=" + PUBLIC,
        "s=tlsrpt; p=" + PUBLIC,
        "p=nonsense!",
        "p=AAAA",
        "p",
        f"p={PUBLIC}; p={PUBLIC}",
    ],
)
def test_without_a_key_for_it_a_signature_is_in_error_for_good(record: str) -> None:
    assert result(signed(), record) == "permerror"


@pytest.mark.parametrize(
    "record", [f"p={PUBLIC}", f" v = DKIM1 ;h=sha1:sha256; s=*; t=y:s; n=x; p={PUBLIC};", f"s=email;p={PUBLIC}"]
)
def test_a_key_may_say_what_it_is_for(record: str) -> None:
    assert result(signed(), record) == "pass"


def test_a_server_that_does_not_answer_is_an_error_for_now() -> None:
    assert result(signed(), None) == "temperror"


def test_a_key_may_be_for_nobody_below_the_domain() -> None:
    message = signed(identity=b"@mail.example.com")
    assert checked(message) == [Verification("pass", "example.com", "@mail.example.com")]
    assert result(message, f"t=s; p={PUBLIC}") == "permerror"


def test_a_small_key_does_not_do() -> None:
    small = rsa.generate_private_key(65537, 1024)
    public = small.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    assert result(signed(), f"p={base64.b64encode(public).decode()}") == "fail"  # of another key, but large enough
    tiny = (  # 512 bits: nobody makes such keys any more
        "MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAKj34GkxFhD90vcNLYLInFEX6Ppy1tPf9Cnzj4p4WGeKLs1Pt8Qu"
        "KUpRKfFLfRYC9AIKjbJTWit+CqvjWYzvQwECAwEAAQ=="
    )
    assert result(signed(), f"p={tiny}") == "permerror"


def test_the_newer_kind_of_key_does() -> None:
    key = ed25519.Ed25519PrivateKey.generate()
    public = base64.b64encode(key.public_key().public_bytes_raw()).decode()
    body_hash = base64.b64encode(dkim_verification.body_hash(BODY, is_relaxed=True)).decode()
    unsigned = (
        f"DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed; d=example.com; s=sel; h=from; bh={body_hash}; b="
    ).encode()
    sender = HEADER.split(b"\r\n")[0]
    data = b"\r\n".join(map(dkim_verification.relaxed, (sender, unsigned)))
    signature = base64.b64encode(key.sign(hashlib.sha256(data).digest()))
    message = unsigned + signature + b"\r\n" + HEADER + b"\r\n" + BODY
    assert result(message, f"k=ed25519; p={public}") == "pass"
    assert result(message.replace(b"Ann", b"Eve"), f"k=ed25519; p={public}") == "fail"


# ---- the signature


@pytest.mark.parametrize(
    ("tag", "changed"),
    [
        (b"v=1", b"v=2"),
        (b"a=rsa-sha256", b"a=rsa-sha1"),
        (b"d=example.com", b"d=exa mple.com"),
        (b"d=example.com", b"D=example.com"),
        (b"s=sel", b"x=sel"),
        (b"c=relaxed/simple", b"c=loose/simple"),
        (b"q=dns/txt", b"q=dns/spf"),
        (b"from : to", b"cc : to"),
        (b"i=@example.com", b"i=@example.net"),
        (b"i=@example.com", b"i=@notexample.com"),
        (b"bh=", b"bh=!"),
        (b"v=1", b"v=1; v=1"),
        (b"v=1", b"l=many; v=1"),
        (b"v=1", b"nonsense; v=1"),
    ],
)
def test_a_signature_that_makes_no_sense_is_in_error_for_good(tag: bytes, changed: bytes) -> None:
    message = signed(identity=b"@example.com")
    assert tag in message
    assert result(message.replace(tag, changed, 1)) == "permerror"


def test_a_signature_is_good_for_as_long_as_it_says_at_the_emulated_time() -> None:
    expiring = signed().replace(b"v=1;", b"v=1; x=%d;" % (NOW + 60), 1)
    assert result(expiring) == "fail"  # it was not signed so
    assert result(expiring, now=NOW + 61) == "fail"
    assert result(signed(), now=NOW - 10**9) == "pass"  # the clock was set back
    assert result(signed(), now=NOW + 10**9) == "pass"


@pytest.mark.parametrize("body", [b" " * 2**21, b"\r\n" * 2**20, b" \r" * 2**20, b"\t\r\n" * 2**20, b"a \r\n" * 2**19])
def test_a_hostile_body_takes_no_time(body: bytes) -> None:
    started = time.monotonic()
    for is_relaxed in (True, False):
        dkim_verification.body_hash(body, is_relaxed=is_relaxed)
    assert time.monotonic() - started < 2


@given(st.binary(max_size=200))
def test_whatever_stands_there_is_looked_at(value: bytes) -> None:
    header = b"DKIM-Signature:" + value.replace(b"\r", b"").replace(b"\n", b"")
    for message in (header + b"\r\n" + HEADER + b"\r\n", b"DKIM-Signature: v=1; " + value + b"\r\n\r\n"):
        for each in checked(message):
            assert each.result in ("pass", "fail", "permerror", "temperror")
