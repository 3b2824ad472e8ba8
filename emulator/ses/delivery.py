"""What happens to each recipient of an accepted message, and what follows from that."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from emulator.context import Context
from emulator.mime import viruses
from emulator.ses import (
    addresses,
    dkim,
    events,
    limits,
    loopback,
    outcomes,
    recipients,
    reputation,
    simulator,
    statistics,
    suppression,
    tasks,
)
from emulator.ses.outcomes import Fate
from emulator.ses.recipients import Outcome, Standing
from emulator.ses.suppression import Suppressed
from emulator.ses.tasks import DeliverMessage, RelayMessage, Task
from emulator.store import events as event_rows
from emulator.store import messages as message_rows
from emulator.store.messages import Envelope, Recipient, View
from emulator.store.suppressed_destinations import SuppressedDestination


class Deliveries:
    """What will be written of some deliveries, by the `seq` of each message."""

    def __init__(self) -> None:
        self.recipients: list[tuple[int, tuple[Recipient, ...]]] = []
        self.timeline: list[tuple[Envelope, event_rows.Event]] = []
        self.views: list[tuple[int, View]] = []
        self.counts: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)  # by account and region
        self.reputations: defaultdict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)  # and by set
        self.suppressed: list[SuppressedDestination] = []
        self.inside: list[tuple[Envelope, tuple[str, ...]]] = []  # to those whose mail is received here
        self.later: list[tuple[Envelope, Task, datetime | None]] = []


class _Known(NamedTuple):
    """What is known of the recipients of some messages."""

    suppressed: Suppressed
    standing: Standing


def prepare(ctx: Context, delivered: Sequence[DeliverMessage]) -> Deliveries:
    """What becomes of the messages, worked out; nothing is written. A deleted message is passed over."""
    deliveries = Deliveries()
    envelopes = message_rows.envelopes(ctx.tx, [task.message_seq for task in delivered], viruses.MARK)
    known = _Known(suppression.among(ctx, envelopes), recipients.among(ctx, envelopes))
    for envelope in envelopes:
        fates = _fates(ctx, envelope, known, infected=_read(ctx, envelope, deliveries))
        _follow(ctx, envelope, fates, deliveries)
        if any(fate and fate.status == outcomes.DELAYED for fate in fates):
            next_try = min(ctx.now + limits.DELIVERY_RETRY, envelope.accepted_at + limits.DELIVERY_WINDOW)
            deliveries.later.append((envelope, DeliverMessage(envelope.seq), next_try))
        reached = _reached(envelope, fates)
        if reached and ctx.outside.relay:
            deliveries.later.append((envelope, RelayMessage(envelope.seq, reached), None))
        inside = loopback.wanted(ctx, reached)
        if inside:
            deliveries.inside.append((envelope, inside))
    return deliveries


def deliver(ctx: Context, deliveries: Deliveries) -> None:
    """The messages have met their recipients: statuses and timelines say so, and they can be found by their text."""
    message_rows.set_recipients(ctx.tx, deliveries.recipients)
    for envelope, event in deliveries.timeline:
        events.keep(ctx, envelope, event)
    for seq, view in deliveries.views:
        message_rows.insert_view(ctx.tx, seq, view)
    suppression.put(ctx, deliveries.suppressed)
    if ctx.outside.relay:
        dkim.make_own_key(ctx)  # to sign what is relayed
    for envelope, task, run_at in deliveries.later:
        tasks.add(ctx._replace(account_id=envelope.account_id, region=envelope.region), task, run_at)
    for envelope, reached in deliveries.inside:
        there = ctx._replace(account_id=envelope.account_id, region=envelope.region)
        loopback.queue(there, envelope.seq, envelope.id, reached)
    statistics.count_outcomes(ctx, deliveries.counts)
    reputation.count(ctx, deliveries.reputations)


def happen(ctx: Context, message_seq: int, address: str, outcome: Outcome) -> event_rows.Event | None:
    """The outcome has happened to the message at the address, and as what; None where it has no such recipient."""
    key = addresses.key(address)
    for envelope in message_rows.envelopes(ctx.tx, [message_seq], viruses.MARK, lock=True):
        concerned = [addresses.key(each.address) == key for each in envelope.recipients]
        if any(concerned):
            fates = [
                recipients.feedback(envelope.region, each.address, outcome)
                if here or outcome.kind == recipients.REJECT
                else None
                for each, here in zip(envelope.recipients, concerned, strict=True)
            ]
            deliveries = Deliveries()
            _follow(ctx, envelope, fates, deliveries)
            deliver(ctx, deliveries)
            return event_rows.of_message(ctx.tx, message_seq)[-1]
    return None


def _read(ctx: Context, envelope: Envelope, deliveries: Deliveries) -> bool:
    """Whether the message holds a virus; what a reader sees of it is known."""
    if envelope.viewed and not envelope.marked:
        return False
    from emulator.mime import view  # with all that reads mail: not before there is some to read
    from emulator.ses import mailbox

    raw = message_rows.raw(ctx.tx, envelope.seq)
    parts = view.leaves(raw)
    if not envelope.viewed:
        deliveries.views.append((envelope.seq, mailbox.view_of(raw, parts)))
    return viruses.infected(parts)


def _fates(ctx: Context, envelope: Envelope, known: _Known, *, infected: bool) -> list[Fate | None]:
    """What becomes of it at each recipient; None where that is settled.

    A virus, or a test that says so, has the whole message rejected.
    """
    awaiting = [each.status in outcomes.AWAITING for each in envelope.recipients]
    standing = [_standing(envelope, each.address, known) for each in envelope.recipients]
    if infected or any(
        here and each and each.kind == recipients.REJECT for here, each in zip(awaiting, standing, strict=True)
    ):
        return [outcomes.REJECTION if here else None for here in awaiting]
    return [
        _fate(ctx, envelope, recipient.address, known, outcome) if here else None
        for recipient, here, outcome in zip(envelope.recipients, awaiting, standing, strict=True)
    ]


def _fate(ctx: Context, envelope: Envelope, address: str, known: _Known, outcome: Outcome | None) -> Fate:
    region = envelope.region
    suppressed = known.suppressed.get((envelope.account_id, region, addresses.key(address)))
    if suppressed:
        return suppression.fate(region, address, suppressed)
    if outcome:
        fate = recipients.fate(region, address, outcome)
        late = ctx.now >= envelope.accepted_at + limits.DELIVERY_WINDOW
        return outcomes.expired(region) if late and fate.status == outcomes.DELAYED else fate
    if simulator.holds(address):
        return simulator.fate(region, address)
    return Fate(outcomes.DELIVERED, (outcomes.delivery(region, address),))


def _standing(envelope: Envelope, address: str, known: _Known) -> Outcome | None:
    """What a test says of the address, or else of its domain."""
    if not known.standing:
        return None
    key = addresses.key(address)
    for named in (key, f"@{key.rpartition('@')[2]}"):
        row = known.standing.get((envelope.account_id, envelope.region, named))
        if row:
            return Outcome(row.outcome, row.detail)
    return None


def _reached(envelope: Envelope, fates: Sequence[Fate | None]) -> tuple[str, ...]:
    """Those whom this delivery reached; whom an earlier one did, that has passed on."""
    return tuple(
        each.address
        for each, fate in zip(envelope.recipients, fates, strict=True)
        if fate and fate.status == outcomes.DELIVERED
    )


def _follow(ctx: Context, envelope: Envelope, fates: Sequence[Fate | None], deliveries: Deliveries) -> None:
    """All that follows from the fates is part of the deliveries: events, statuses, counts, suppression, later work."""
    met = [(each, fate) for each, fate in zip(envelope.recipients, fates, strict=True) if fate]
    if not met:
        return
    happened = [
        (each.address, fate.happenings[stage])
        for stage in range(max(len(fate.happenings) for _, fate in met))
        for each, fate in met
        if stage < len(fate.happenings)
    ]
    timeline = outcomes.told(ctx, envelope, happened)
    now = tuple(
        each._replace(status=fate.status) if fate and fate.status else each
        for each, fate in zip(envelope.recipients, fates, strict=True)
    )
    deliveries.recipients.append((envelope.seq, now))
    counted: Counter[str] = Counter()
    for event in timeline:
        deliveries.timeline.append((envelope, event))
        counted += statistics.counted(event)
        deliveries.suppressed += suppression.caused_by(envelope, event)
    deliveries.counts[envelope.account_id, envelope.region] += counted
    if envelope.configuration_set:
        sent = sum(
            each.status == outcomes.PENDING  # at its first outcome: a delayed one was counted before
            and not suppression.by_account(fate)
            and not simulator.holds(each.address)
            for each, fate in met
        )
        numbers = Counter(sends=sent, bounces=counted["bounces"], complaints=counted["complaints"])
        deliveries.reputations[envelope.account_id, envelope.region, envelope.configuration_set] += numbers
