"""Whom SES sends nothing to: the list of each account, and the one that all accounts share.

Both are on, for bounces and complaints, as in accounts that are new.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from emulator.context import Context
from emulator.ses import addresses, events, limits, outcomes, simulator
from emulator.ses.outcomes import Fate, Happening
from emulator.store import suppressed_destinations as rows
from emulator.store.events import Event
from emulator.store.messages import Envelope
from emulator.store.suppressed_destinations import SHARED, SuppressedDestination

BOUNCE, COMPLAINT = "BOUNCE", "COMPLAINT"

Suppressed = Mapping[tuple[str, str, str], SuppressedDestination]


def among(ctx: Context, envelopes: Sequence[Envelope]) -> Suppressed:
    """The recipients that are suppressed, by account, region and address; the account's own list comes first.

    Source: developer guide (documented): it overrides the shared one. Unverified: that an address on the shared list
    alone is suppressed all the same; by the guide an account with a list of its own is let try.
    """
    named = {addresses.key(each.address) for envelope in envelopes for each in envelope.recipients}
    senders = {(envelope.account_id, envelope.region) for envelope in envelopes}
    accounts = {SHARED, *(account_id for account_id, _ in senders)}
    regions = {SHARED, *(region for _, region in senders)}
    found: dict[tuple[str, str, str], SuppressedDestination] = {}
    for each in sorted(_current(ctx, rows.among(ctx.tx, accounts, regions, named))):  # the shared list first
        for account_id, region in senders if each.account_id == SHARED else [(each.account_id, each.region)]:
            found[account_id, region, each.address] = each
    return found


def fate(region: str, address: str, destination: SuppressedDestination) -> Fate:
    """What becomes of a message to a suppressed address. Source: recorded bounces; documented complaint."""
    if destination.account_id == SHARED:
        happening = _bounce(region, outcomes.ON_SHARED_LIST)
    elif destination.reason == BOUNCE:
        happening = _bounce(region, outcomes.ON_ACCOUNT_LIST)
    else:
        happening = Happening(events.COMPLAINT, (("complaint_sub_type", outcomes.ON_ACCOUNT_LIST),), (), address)
    return Fate(outcomes.SUPPRESSED, (happening,))


def by_account(fate: Fate) -> bool:
    """Whether it is the account's own list that keeps the message from its recipient: as if it was never sent."""
    return any(value == outcomes.ON_ACCOUNT_LIST for happening in fate.happenings for _, value in happening.facts)


def caused_by(envelope: Envelope, event: Event) -> Iterator[SuppressedDestination]:
    """Whom the event puts on the account's list.

    Source: developer guide (documented): whose mail bounces for good, or who complains, but for the simulator's.
    """
    facts = event.detail
    if event.type == events.BOUNCE:
        suppressed_before = facts["bounce_sub_type"] in (outcomes.ON_SHARED_LIST, outcomes.ON_ACCOUNT_LIST)
        reason = BOUNCE if facts["bounce_type"] == outcomes.PERMANENT and not suppressed_before else None
    else:
        reason = COMPLAINT if event.type == events.COMPLAINT and facts["complaint_sub_type"] is None else None
    if reason is None:
        return
    for address in event.recipients:
        if not simulator.holds(address):
            yield SuppressedDestination(
                envelope.account_id,
                envelope.region,
                addresses.key(address),
                reason,
                envelope.id,
                facts["feedback_id"],
                event.created_at,
            )


def put(ctx: Context, destinations: Iterable[SuppressedDestination]) -> None:
    """The addresses are on their lists, in one order, so that two who put the same ones never wait for each other."""
    for destination in sorted(destinations, key=lambda each: each[:3]):
        rows.put(ctx.tx, destination)


def suppress(ctx: Context, address: str, reason: str, *, shared: bool) -> SuppressedDestination:
    """The address is on the account's list, or on the shared one; and as what."""
    destination = SuppressedDestination(*_list(ctx, shared), addresses.key(address), reason, None, None, ctx.now)
    rows.put(ctx.tx, destination)
    return destination


def get(ctx: Context, address: str, *, shared: bool) -> SuppressedDestination | None:
    """The address as it is on the account's list, or on the shared one."""
    account_id, region = _list(ctx, shared)
    found = _current(ctx, rows.among(ctx.tx, [account_id], [region], [addresses.key(address)]))
    return next(iter(found), None)


def of_list(ctx: Context, *, shared: bool) -> list[SuppressedDestination]:
    """The account's list, or the shared one, oldest first."""
    return _current(ctx, rows.of_list(ctx.tx, *_list(ctx, shared)))


def lift(ctx: Context, address: str, *, shared: bool) -> bool:
    """The address is on the list no more; whether it was."""
    return rows.delete(ctx.tx, *_list(ctx, shared), addresses.key(address))


def _bounce(region: str, sub_type: str) -> Happening:
    report = outcomes.BOUNCES[outcomes.PERMANENT, sub_type]
    return outcomes.bounce(region, outcomes.PERMANENT, sub_type, report)


def _list(ctx: Context, shared: bool) -> tuple[str, str]:
    return (SHARED, SHARED) if shared else (ctx.account_id, ctx.region)


def _current(ctx: Context, found: Iterable[SuppressedDestination]) -> list[SuppressedDestination]:
    """Those that are still on their list; on the shared one nobody stays for ever."""
    oldest = ctx.now - limits.SHARED_SUPPRESSION
    return [each for each in found if each.account_id != SHARED or each.updated_at > oldest]
