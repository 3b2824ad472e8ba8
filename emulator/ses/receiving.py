"""Receiving mail: it is looked at, then kept with SES's header fields on top, and what its rules will do with it.

A mail is kept once for each account and region that wants it. It is judged by the rules in force when it came.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from emulator.context import Context, Contexts
from emulator.mime import headers, received
from emulator.mime.dkim_signature import Signer
from emulator.mime.received import Passage
from emulator.ses import addresses, dkim, events, receipt_admission, receipt_rules, resolving, verdicts
from emulator.ses.receipt_admission import Owner
from emulator.ses.verdicts import Sender
from emulator.store import dkim as dkim_rows
from emulator.store import messages as message_rows
from emulator.store import receipt_rule_sets as rule_set_rows
from emulator.store import receipts as receipt_rows
from emulator.store.events import Event
from emulator.store.messages import Message, Recipient, View
from emulator.store.receipts import Facts, PlannedRule, Receipt

DIRECTION, STATUS = "inbound", "received"
RECEIVED = "Received"  # ours: the event

# Ours: how often a mail may have been handed on, what is read of a header, up to what size, and to how many parts, a
# mail is taken apart before somebody looks at it, and how long all questions to a resolver may take.
HOPS = 50
HEADER_BYTES = 2 * 2**20
VIEWED_BYTES = 8 * 2**20
PARTS = 10_000
LOOKUP_SECONDS = 5.0

_HEADER_END = re.compile(rb"\A\r?\n|\r?\n\r?\n")
_RECEIVED_LINE = re.compile(rb"^received[ \t]*:", re.IGNORECASE | re.MULTILINE)
_NOBODY = ("000000000000", "us-east-1")  # whose context a mail of several accounts is received in


class MailLoop(Exception):
    """The mail was handed on so often that it must run in a circle."""


class Mail(NamedTuple):
    """A mail at SES's door."""

    sender: Sender
    recipients: Sequence[tuple[str, tuple[Owner, ...]]]  # each with who wants its mail
    data: bytearray  # that no copy be made of it: while it is kept, what goes on top stands before it
    encrypted: bool
    rdns: str | None = None  # the name that the address leads to, where that is known


class Copy(NamedTuple):
    """What one account and region has of a mail."""

    owner: Owner
    message: Message
    receipt: Receipt
    top: bytes


class Reception(NamedTuple):
    """A mail that was looked at, and can be kept."""

    data: bytearray
    view: View | None
    copies: tuple[Copy, ...]


class _Look(NamedTuple):
    """What a mail says for itself."""

    block: bytes
    body_start: int
    fields: tuple[headers.Field, ...]


def receive(contexts: Contexts, mail: Mail) -> tuple[Copy, ...]:
    """The mail is kept by all who want it; what each of them has. MailLoop where it runs in a circle."""
    return keep(contexts, look_at(contexts, mail))


def look_at(contexts: Contexts, mail: Mail) -> Reception:
    """All that is to be known of the mail; MailLoop where it runs in a circle."""
    with contexts.open(*_NOBODY, write=False) as ctx:
        ready = dkim.has_own_key(ctx)
    if not ready:
        with contexts.open(*_NOBODY, write=True) as ctx:
            dkim.make_own_key(ctx)
    with contexts.open(*_NOBODY, write=False) as ctx:
        return prepare(ctx, mail)


def keep(contexts: Contexts, reception: Reception) -> tuple[Copy, ...]:
    """The mail is kept by all who want it; what each of them has."""
    with contexts.open(*_NOBODY, write=True) as ctx:
        accept(ctx, reception)
    return reception.copies


def prepare(ctx: Context, mail: Mail) -> Reception:
    """All that is to be known of the mail; nothing is written. It may take as long as a resolver does not answer.

    Only in a context that reads: that one holds nothing that others wait for. SES must have its own key.
    """
    look = _look(mail.data)
    if len(_RECEIVED_LINE.findall(look.block)) >= HOPS:
        raise MailLoop
    plans = [(owner, recipients, _plan(ctx, owner, recipients)) for owner, recipients in _shares(mail)]
    scanning = any(rule.scan_enabled for _, _, plan in plans for rule in plan)
    view, scan = _read(mail.data, look, scanning=scanning)
    lookup = resolving.lookup(ctx, LOOKUP_SECONDS)
    now = int(ctx.now.timestamp())
    with memoryview(mail.data) as whole, whole[look.body_start :] as body:
        found = verdicts.authenticated(mail.sender, look.block, body, look.fields, lookup, now)
        thought = verdicts.of(found, scan, look.fields)
        rdns = mail.rdns or resolving.host_name(lookup, mail.sender.ip)
        failed = found.dmarc.result == "fail"
        copies = []
        for owner, recipients, plan in plans:
            facts = Facts(
                ip=mail.sender.ip,
                helo=mail.sender.helo,
                rdns=rdns,
                tls=mail.encrypted,
                mail_from=mail.sender.mail_from,
                recipients=recipients,
                verdicts=thought,
                dmarc_policy=found.dmarc.policy if failed else None,
                scanned=scan is not None,
            )
            message_id = ctx.outside.ids.received_message_id()
            passage = _passage(ctx, message_id, owner, facts, found)
            top = received.on_top(passage, look.block, body, _signer(ctx))
            message = _message(ctx, message_id, owner, facts, look.fields, len(top) + len(mail.data))
            copies.append(Copy(owner, message, Receipt(0, facts, plan), top))
    return Reception(mail.data, view, tuple(copies))


def accept(ctx: Context, reception: Reception) -> None:
    """The mail is kept, and its rules begin to run."""
    from emulator.ses import receipt_metrics, receipt_running  # with all that runs rules: not before there is some mail

    for copy in reception.copies:
        there = receipt_admission.of(ctx, copy.owner)
        seq = _insert(there, copy, reception)
        receipt_rows.insert(there.tx, copy.receipt._replace(message_seq=seq))
        facts = copy.receipt.facts
        detail = {
            "remote_ip": facts.ip,
            "helo": facts.helo,
            "tls": facts.tls,
            "verdicts": facts.verdicts._asdict(),
            "rules": [each.rule for each in copy.receipt.plan],
        }
        events.keep(there, copy.message, Event(seq, RECEIVED, facts.recipients, detail, copy.message.created_at))
        kept = copy.message._replace(seq=seq)
        receipt_metrics.received(there, kept, copy.receipt)
        receipt_running.start(there, kept, copy.receipt)


def _insert(ctx: Context, copy: Copy, reception: Reception) -> int:
    data = reception.data
    data[:0] = copy.top
    try:
        return message_rows.insert(ctx.tx, copy.message, data, reception.view)
    finally:
        del data[: len(copy.top)]


# ---- looking at it


def _look(data: bytearray) -> _Look:
    """The header of the mail, however its lines end, and where the body begins. Faulty lines are passed over."""
    found = _HEADER_END.search(data, 0, HEADER_BYTES)
    end, start = found.span() if found else (min(len(data), HEADER_BYTES),) * 2
    block = headers.normalise(bytes(data[:end]))
    pairs = (line.partition(":") for line in headers.unfolded(block).split("\r\n"))
    fields = tuple(headers.Field(name.strip(), value.strip()) for name, colon, value in pairs if colon)
    return _Look(block, start, fields)


def _read(data: bytearray, look: _Look, *, scanning: bool) -> tuple[View | None, tuple[str, str] | None]:
    """What a reader sees of the mail, unless it is large, and what a scan finds in it, where that is wanted."""
    large = len(data) > VIEWED_BYTES or len(look.block) >= HEADER_BYTES
    if large or data.count(b"\n--") > PARTS:
        return None, verdicts.scan(data, None) if scanning else None
    from emulator.mime import view  # with all that reads mail: not before there is some to read
    from emulator.ses import mailbox

    message = bytes(data)
    parts = view.leaves(message)
    return mailbox.view_of(message, parts), verdicts.scan(message, parts) if scanning else None


def _shares(mail: Mail) -> list[tuple[Owner, tuple[str, ...]]]:
    """Who has it, and for which recipients."""
    shares: dict[Owner, dict[str, None]] = {}
    for recipient, owners in mail.recipients:
        for owner in owners:
            shares.setdefault(owner, {})[recipient] = None
    return [(owner, tuple(recipients)) for owner, recipients in shares.items()]


def _plan(ctx: Context, owner: Owner, recipients: Sequence[str]) -> tuple[PlannedRule, ...]:
    active = rule_set_rows.active(ctx.tx, *owner)
    if active is None:
        return ()
    return tuple(
        PlannedRule(active.rule_set.name, rule.name, rule.scan_enabled, matched, rule.actions)
        for rule, matched in receipt_rules.plan(active.rules, recipients)
    )


def _passage(ctx: Context, message_id: str, owner: Owner, facts: Facts, found: verdicts.Authentication) -> Passage:
    """Unverified: of several recipients, the first is named."""
    return Passage(
        message_id=message_id,
        host=receipt_admission.host_of(owner.region),
        helo=facts.helo,
        rdns=facts.rdns,
        ip=facts.ip,
        mail_from=facts.mail_from,
        recipient=facts.recipients[0],
        received_at=ctx.now,
        spf=found.spf.result,
        spf_domain=found.spf.domain,
        dkim=found.dkim,
        dmarc=found.dmarc.result,
        dmarc_domain=found.dmarc.domain,
        scan=(facts.verdicts.spam, facts.verdicts.virus) if facts.scanned else None,
    )


def _signer(ctx: Context) -> Signer:
    own = dkim_rows.own_key(ctx.tx)
    if own is None:
        raise LookupError("SES has no key to sign mail with")
    return Signer(*own, frozenset())


def _message(
    ctx: Context, message_id: str, owner: Owner, facts: Facts, fields: Sequence[headers.Field], size_bytes: int
) -> Message:
    shown = {kind: _shown(headers.all_values(fields, kind)) for kind in ("to", "cc", "bcc", "reply-to")}
    subject = headers.first(fields, "Subject")
    return Message(
        id=message_id,
        account_id=owner.account_id,
        region=owner.region,
        direction=DIRECTION,
        operation="",
        source=facts.mail_from,
        from_header=headers.first(fields, "From"),
        return_path=facts.mail_from,
        subject=None if subject is None else headers.decode_words(subject),
        to=shown["to"],
        cc=shown["cc"],
        bcc=shown["bcc"],
        reply_to=shown["reply-to"],
        recipients=_recipients(facts.recipients, shown["to"], shown["cc"]),
        tags=(),
        configuration_set=None,
        size_bytes=size_bytes,
        created_at=ctx.now,
        source_ip=facts.ip,
    )


def _recipients(envelope: Sequence[str], to: Sequence[str], cc: Sequence[str]) -> tuple[Recipient, ...]:
    """Those of the envelope, each as what the headers call it; one that they do not name is a blind copy."""
    kinds = {_key(text): kind for kind, texts in (("cc", cc), ("to", to)) for text in texts}
    return tuple(Recipient(each, kinds.get(each.lower(), "bcc"), STATUS) for each in envelope)


def _key(text: str) -> str:
    try:
        return addresses.parse(text).address.lower()
    except addresses.AddressFault:
        return text.lower()


def _shown(values: Sequence[str]) -> tuple[str, ...]:
    """The addresses that the headers name; a value that is not made of such is one."""
    texts: list[str] = []
    for value in values:
        try:
            texts += [each.text for each in addresses.parse_list(value)]
        except addresses.AddressFault:
            texts.append(value)
    return tuple(texts)
