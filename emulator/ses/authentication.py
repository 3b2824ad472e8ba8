"""Who a mail is from, for all that its receiver can tell: DKIM, SPF and DMARC.

Of mail that SES sends, as a receiver finds them by what the DNS says now; of mail that it received, as it found them
when the mail came.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from emulator.context import Context
from emulator.mime import delivered, headers, received
from emulator.ses import mailbox, outcomes, resolving, verdicts
from emulator.ses.verdicts import Sender
from emulator.store import messages as message_rows
from emulator.store import receipts as receipt_rows
from emulator.store.messages import Message
from emulator.store.receipts import Verdicts

LOOKUP_SECONDS = 5.0

_SELECTOR = re.compile(r"(?:\A|;)\s*s\s*=\s*([^;\s]+)")
_SPF = re.compile(r"\bspf=(\w+)")
_DKIM = re.compile(r"\bdkim=(\w+)(?: header\.i=[^@;\s]*@([^;\s]+))?")
_DMARC = re.compile(r"\bdmarc=(\w+)(?: header\.from=([^;\s]+))?")


class Signature(NamedTuple):
    """A DKIM signature: in whose name, by which key, and whether it is true."""

    domain: str
    selector: str | None
    result: str


class Finding(NamedTuple):
    """What SPF or DMARC says, and of which domain."""

    result: str
    domain: str | None


class Authentication(NamedTuple):
    """What is found; the verdicts are of received mail only."""

    dkim: list[Signature]
    spf: Finding
    dmarc: Finding
    verdicts: Verdicts | None


def of(ctx: Context, message: Message) -> Authentication:
    """Who the message is from, for all that can be told. With a real resolver, it may take as long as that one."""
    receipt = receipt_rows.get(ctx.tx, message.seq)
    # What actions added to received mail says nothing of where that came from.
    kept = message_rows.raw(ctx.tx, message.seq) if receipt else mailbox.raw(ctx, message)
    contents = headers.normalise(kept)
    block, body_start = headers.header_block(contents)
    fields = tuple(_fields(block))
    if receipt:
        return _as_received(fields, receipt.facts.verdicts)
    sender = Sender(
        mailbox.OUTGOING_IP, outcomes.reporting_mta(message.region), delivered.return_path(mailbox.envelope(message))
    )
    lookup = resolving.lookup(ctx, LOOKUP_SECONDS)
    with memoryview(contents) as whole, whole[body_start:] as body:
        found = verdicts.authenticated(sender, block, body, fields, lookup, int(ctx.now.timestamp()))
    selectors = [_selector(value) for value in headers.all_values(fields, "DKIM-Signature")]
    return Authentication(
        [Signature(each.domain, selector, each.result) for each, selector in zip(found.dkim, selectors, strict=False)],
        Finding(found.spf.result, found.spf.domain),
        Finding(found.dmarc.result, found.dmarc.domain),
        None,
    )


def _as_received(fields: tuple[headers.Field, ...], found: Verdicts) -> Authentication:
    """By the topmost field that says so, which is SES's own."""
    said = headers.first(fields, "Authentication-Results") or ""
    said = said if said.startswith(received.AUTHORITY) else ""
    spf, dmarc = _SPF.search(said), _DMARC.search(said)
    return Authentication(
        [Signature(each[2] or "", None, each[1]) for each in _DKIM.finditer(said)],
        Finding(spf[1] if spf else "none", None),
        Finding(dmarc[1] if dmarc else "none", dmarc and dmarc[2]),
        found,
    )


def _fields(block: bytes) -> Iterator[headers.Field]:
    for line in headers.unfolded(block).split("\r\n"):
        name, colon, value = line.partition(":")
        if colon:
            yield headers.Field(name.strip(), value.strip())


def _selector(value: str) -> str | None:
    found = _SELECTOR.search(value)
    return found[1] if found else None
