"""What SES thinks of received mail: who may have sent it, and whether it is spam or holds a virus.

Source: developer guide (documented): what each status means, and that SES acts on none of it.
"""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from emulator.mime import dkim_verification, headers, scanning
from emulator.mime.dkim_verification import Verification
from emulator.mime.view import Leaf
from emulator.ses import dmarc
from emulator.ses.dmarc import Dmarc
from emulator.ses.resolving import Lookup
from emulator.spf import evaluate
from emulator.spf.evaluate import Result
from emulator.store.receipts import Verdicts

PASS, FAIL, GRAY, PROCESSING_FAILED, DISABLED = "PASS", "FAIL", "GRAY", "PROCESSING_FAILED", "DISABLED"

# Ours: a test says by this header field what is to be thought of a message: `spam=GRAY, dmarc=FAIL`.
WISHES = "X-SES-Emulator-Verdicts"
_WISH = re.compile(r"(spam|virus|spf|dkim|dmarc)[ \t]*=[ \t]*(PASS|FAIL|GRAY|PROCESSING_FAILED)", re.IGNORECASE)
# Source: recorded of a failure to parse. Unverified: that softfail is a failure.
_SPF = {
    evaluate.PASS: PASS,
    evaluate.FAIL: FAIL,
    evaluate.SOFTFAIL: FAIL,
    evaluate.NEUTRAL: GRAY,
    evaluate.NONE: GRAY,
    evaluate.TEMPERROR: PROCESSING_FAILED,
    evaluate.PERMERROR: PROCESSING_FAILED,
}


class Sender(NamedTuple):
    """Who sends, as the SMTP session has it."""

    ip: str
    helo: str
    mail_from: str


class Authentication(NamedTuple):
    """What was found out about the sender of a message."""

    spf: Result
    dkim: tuple[Verification, ...]
    dmarc: Dmarc


def authenticated(
    sender: Sender, block: bytes, body: memoryview, fields: Sequence[headers.Field], lookup: Lookup, now: int
) -> Authentication:
    """What is found out about the sender of the message, whose header block and fields and whose body these are."""

    def records(name: str) -> list[str] | None:
        return lookup(name, "TXT")

    spf = evaluate.check(sender.ip, sender.mail_from, sender.helo, lookup)
    dkim = tuple(dkim_verification.verify(block, body, records, now))
    passed = (sender.mail_from or sender.helo).rpartition("@")[2] if spf.result == evaluate.PASS else None
    found = dmarc.evaluated(headers.all_values(fields, "From"), passed, dkim, records)
    return Authentication(spf, dkim, found)


def of(found: Authentication, scanned: tuple[str, str] | None, fields: Sequence[headers.Field]) -> Verdicts:
    """The verdicts on a message, but for what it wishes itself; without a scan, there are none on spam and viruses."""
    spam, virus = scanned or (DISABLED, DISABLED)
    verdicts = Verdicts(
        spam, virus, _SPF[found.spf.result], dkim_verdict(found.dkim, found.dmarc.domain), dmarc_verdict(found.dmarc)
    )
    wishes = wished(fields)
    scans = {name: value for name, value in wishes.items() if scanned or name not in ("spam", "virus")}
    return verdicts._replace(**scans)


def wished(fields: Sequence[headers.Field]) -> Mapping[str, str]:
    """What the message wishes to be thought of it, by verdict."""
    found = (_WISH.fullmatch(each.strip()) for value in headers.all_values(fields, WISHES) for each in value.split(","))
    return {wish[1].lower(): wish[2].upper() for wish in found if wish}


def scan(message: bytes | bytearray, parts: Sequence[Leaf] | None) -> tuple[str, str]:
    """The verdicts on spam and on viruses, of a message whose parts are known, or that is too large for that.

    Source: what is no MIME cannot be scanned, developer guide (documented). Ours: what is spam, and that nobody is
    sure of some: the marks that spam filters are tested with.
    """
    if not scanning.is_whole(message):
        return PROCESSING_FAILED, PROCESSING_FAILED
    found = scanning.found_within(message) if parts is None else scanning.found(parts)
    spam = FAIL if scanning.SPAM in found else GRAY if scanning.DOUBTFUL & found else PASS
    return spam, FAIL if scanning.VIRUS in found else PASS


def dkim_verdict(signatures: Sequence[Verification], author: str | None) -> str:
    """Source: recorded: a valid signature of another domain than the author's does not suffice."""
    results = {each.result for each in signatures}
    if any(each.result == dkim_verification.PASS and each.domain == author for each in signatures):
        return PASS
    if not results or dkim_verification.PASS in results:
        return GRAY
    return FAIL if dkim_verification.FAIL in results else PROCESSING_FAILED


def dmarc_verdict(found: Dmarc) -> str:
    """Source: developer guide (documented): without a policy, or with one that asks for nothing, it does not fail."""
    if found.result == dmarc.PASS:
        return PASS
    if found.result == dmarc.NONE:
        return GRAY
    if found.result == dmarc.FAIL:
        return GRAY if found.policy == "none" else FAIL
    return PROCESSING_FAILED
