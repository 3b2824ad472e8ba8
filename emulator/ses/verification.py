"""Whether a setup is verified: computed from stored facts and the emulated clock, never stored.

Source: the developer guide on verification (documented) and recorded states; 24 hours for an address, 72 for what is
verified by DNS records: a domain, its DKIM, a MAIL FROM domain.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import NamedTuple, Protocol

from emulator.ses import limits
from emulator.store.dns import Record

PENDING, SUCCESS, FAILED, TEMPORARY_FAILURE = "Pending", "Success", "Failed", "TemporaryFailure"
NOT_STARTED = "NotStarted"  # DKIM alone has it
PARTS = IDENTITY, DKIM, MAIL_FROM = "identity", "dkim", "mail_from"  # of an identity, each verified by itself
# Unverified: that mail can still be sent while SES looks again for a record that vanished.
MAY_SEND = frozenset({SUCCESS, TEMPORARY_FAILURE})

_WORST_FIRST = (NOT_STARTED, FAILED, PENDING, TEMPORARY_FAILURE, SUCCESS)


class Facts(Protocol):
    """What is known of a window in which something is to be verified."""

    @property
    def started_at(self) -> datetime:
        """When it began."""

    @property
    def confirmed_at(self) -> datetime | None:
        """When somebody confirmed it."""

    @property
    def auto_confirmed_at(self) -> datetime | None:
        """When the emulator plays the owner."""

    @property
    def failed_at(self) -> datetime | None:
        """When somebody said that it failed."""


class Presence(NamedTuple):
    """A time in which the right records were in the DNS, seen even if it was but a moment; no `end`: they still are."""

    begin: datetime
    end: datetime | None


def begun(now: datetime, auto_verify_after: timedelta | None) -> dict[str, datetime | None]:
    """The facts of a window that begins now."""
    automatic = None if auto_verify_after is None else now + auto_verify_after
    return {"started_at": now, "confirmed_at": None, "auto_confirmed_at": automatic, "failed_at": None}


def confirmed(now: datetime) -> dict[str, datetime | None]:
    """The facts that change when somebody confirms."""
    return {"confirmed_at": now, "failed_at": None}


def failed(now: datetime) -> dict[str, datetime | None]:
    """The facts that change when somebody says that it failed."""
    return {"confirmed_at": None, "auto_confirmed_at": None, "failed_at": now}


def address_status(facts: Facts, now: datetime) -> str:
    """The state of an e-mail address: Success once confirmed, Failed when 24 hours pass without."""
    deadline = facts.started_at + limits.EMAIL_VERIFICATION_WINDOW
    told = _told(facts, deadline, now)
    return told or (FAILED if now >= deadline else PENDING)


def domain_status(facts: Facts, presences: Iterable[Presence], now: datetime) -> str:
    """The state of what DNS records verify, as they came, went and came again; the presences are in order.

    Pending until the records are seen; Failed when 72 hours pass without. TemporaryFailure when records that were
    seen vanish; Failed, for good, when they stay away for 72 hours.
    """
    started_at = min(facts.started_at, now)  # later only where the clock was set back
    deadline = started_at + limits.DOMAIN_VERIFICATION_WINDOW
    told = _told(facts, deadline, now)
    if told:
        return told
    status = PENDING
    for begin, end in presences:
        gone_before = end is not None and begin < started_at and end <= started_at
        seen = max(begin, started_at)
        if gone_before or seen > now:
            continue
        if seen >= deadline:
            break
        if end is None or end > now:
            return SUCCESS
        status, deadline = TEMPORARY_FAILURE, end + limits.DOMAIN_VERIFICATION_WINDOW
    return FAILED if now >= deadline else status


def better(one: str, other: str) -> str:
    """The state of what either of two proofs suffices for."""
    return max(one, other, key=_WORST_FIRST.index)


def presences(
    records: Sequence[Record], holds: Callable[[Collection[Record]], bool], *, at_once: bool
) -> tuple[Presence, ...]:
    """When the records that were there were such that `holds`, in order; each instant's go after its new ones came.

    The records of one instant came one after the other in the order given, or `at_once`, in one answer.
    """
    changes = [(each.published_at, False, number) for number, each in enumerate(records)]
    changes += [
        (max(each.withdrawn_at, each.published_at), True, number)  # earlier only where the clock was set back
        for number, each in enumerate(records)
        if each.withdrawn_at is not None
    ]
    there: dict[int, Record] = {}
    found: list[Presence] = []
    for (at, gone, _), group in groupby(sorted(changes), lambda change: (*change[:2], not at_once and change[2])):
        for _, _, number in group:
            if gone:
                del there[number]
            else:
                there[number] = records[number]
        is_present = bool(found) and found[-1].end is None
        if holds(there.values()) == is_present:
            continue
        if is_present:
            found[-1] = Presence(found[-1].begin, at)
        else:
            found.append(Presence(at, None))
    return tuple(found)


def _told(facts: Facts, deadline: datetime, now: datetime) -> str | None:
    """The state that does not depend on a record: somebody confirmed it, or said that it failed."""
    if facts.failed_at is not None:
        return FAILED
    if facts.confirmed_at is not None:
        return SUCCESS
    automatic = facts.auto_confirmed_at
    if automatic is not None and automatic < deadline and now >= automatic:
        return SUCCESS
    return None
