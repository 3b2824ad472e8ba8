"""The header fields that SES puts on top of mail it receives, and its copy with them.

Source: mail that SES stored, recorded: which fields there are, their order, and the layout of each.
"""

import base64
import hashlib
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Final, NamedTuple

from emulator.mime import dkim_signature, dkim_verification
from emulator.mime.dkim_signature import Signer
from emulator.mime.dkim_verification import Verification

AUTHORITY: Final = "amazonses.com"
# Source: the fields that SES's own signature names, recorded, with those that are not there.
_SIGNED: Final = "From:To:Cc:Bcc:Subject:Date:Message-ID:MIME-Version:Content-Type:X-SES-RECEIPT"
_FIELD_END: Final = re.compile(rb"\r\n(?![ \t])")
_UNPRINTABLE: Final = re.compile("[^ -~]")
# What is said of SPF. Source: recorded, all but the last, which is of the library that SES was seen to use.
_SPF_TEXTS: Final = {
    "pass": "domain of {domain} designates {ip} as permitted sender",
    "fail": "domain of {domain} does not designate {ip} as permitted sender",
    "softfail": "transitioning domain of {domain} does not designate {ip} as permitted sender",
    "neutral": "{ip} is neither permitted nor denied by domain of {domain}",
    "none": "{ip} is neither permitted nor denied by domain of {domain}",
    "permerror": "Error in processing SPF Record",
    "temperror": "Error in retrieving data from DNS",
}
_RECEIPT_BYTES: Final = range(190, 250)  # of what is opaque in a receipt; those seen have 350 to 450 characters


class Passage(NamedTuple):
    """How a mail came, and what was found out about its sender."""

    message_id: str
    host: str  # SES's own
    helo: str
    rdns: str | None  # the name that its address leads to
    ip: str
    mail_from: str
    recipient: str
    received_at: datetime
    spf: str  # the result, and the domain that had the say
    spf_domain: str
    dkim: Sequence[Verification]
    dmarc: str
    dmarc_domain: str | None
    scan: tuple[str, str] | None  # the verdicts on spam and virus, where it was scanned


def on_top(passage: Passage, block: bytes, body: memoryview, signer: Signer) -> bytes:
    """The header lines that go above the message, whose own header block and body these are."""
    spf = _printable(_spf(passage))
    rdns = f"{passage.rdns} " if passage.rdns else ""
    scan = ("X-SES-Spam-Verdict", "X-SES-Virus-Verdict")
    receipt = f"X-SES-RECEIPT: {_receipt(passage.message_id)}"
    lines = [
        f"Return-Path: <{passage.mail_from}>",
        f"Received: from {passage.helo} ({rdns}[{passage.ip}])",
        f" by {passage.host} with SMTP id {passage.message_id}",
        f" for {passage.recipient};",
        f" {format_datetime(passage.received_at.astimezone(UTC))} (UTC)",
        *(f"{name}: {verdict}" for name, verdict in zip(scan, passage.scan or (), strict=False)),
        f"Received-SPF: {spf}",
        f"Authentication-Results: {AUTHORITY};",
        f" spf={spf}",
        *(f" dkim={each.result}{_named('i', each.identity)};" for each in passage.dkim),
        f" dmarc={passage.dmarc}{_named('from', passage.dmarc_domain or '')};",
        receipt,
    ]
    top = [_printable(line).encode() for line in lines]
    return b"\r\n".join([*top, _signature(passage, block, body, receipt.encode(), signer), b""])


def envelope_from(mail_from: str, helo: str) -> str:
    """Who answers for the mail: the host's postmaster where there is no sender. Unverified: that it is said so."""
    return mail_from or f"postmaster@{helo}"


def _spf(passage: Passage) -> str:
    text = _SPF_TEXTS[passage.spf].format(domain=passage.spf_domain, ip=passage.ip)
    sender = envelope_from(passage.mail_from, passage.helo)
    return f"{passage.spf} (spfCheck: {text}) client-ip={passage.ip}; envelope-from={sender}; helo={passage.helo};"


def _named(what: str, value: str) -> str:
    return f" header.{what}={value}" if value else ""


def _receipt(message_id: str) -> str:
    """Ours: what SES says to itself is opaque; this is of its form, and follows from the id."""
    digest = hashlib.sha512(message_id.encode()).digest()
    opaque = hashlib.shake_256(digest).digest(_RECEIPT_BYTES[digest[0] % len(_RECEIPT_BYTES)])
    return base64.b64encode(b"\0" + base64.b64encode(b"\0\0\0\0\0\0\0\1" + opaque)).decode()


def _signature(passage: Passage, block: bytes, body: memoryview, receipt: bytes, signer: Signer) -> bytes:
    """Source: order of the tags, recorded. Unverified: that it is made as DKIM signatures are."""
    body_hash = base64.b64encode(dkim_verification.body_hash(body, is_relaxed=False)).decode()
    before = "X-SES-DKIM-SIGNATURE: a=rsa-sha256; q=dns/txt; b="
    signed_at = int(passage.received_at.timestamp())
    after = (
        f"; c=relaxed/simple; s={signer.selector}; d={signer.domain}; t={signed_at}; v=1; bh={body_hash}; h={_SIGNED};"
    )
    last = {field.partition(b":")[0].rstrip(b" \t").lower(): field for field in (*_FIELD_END.split(block), receipt)}
    signed = [last[name] for name in _SIGNED.lower().encode().split(b":") if name in last]
    unsigned = f"{before}{after}".encode()
    data = b"\r\n".join(map(dkim_verification.relaxed, [*signed, unsigned]))
    return b"".join((before.encode(), dkim_signature.rsa_signature(signer.private_key, data), after.encode()))


def _printable(line: str) -> str:
    return _UNPRINTABLE.sub("?", line)
