"""Whether an identity is verified: computed from stored facts and the emulated clock, never stored.

Source: the developer guide on verification (documented) and recorded states; 24 hours for an address, 72 for a domain.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from emulator.ses import limits
from emulator.store.identities import Identity

PENDING, SUCCESS, FAILED, TEMPORARY_FAILURE = "Pending", "Success", "Failed", "TemporaryFailure"
# Unverified: that mail can still be sent while SES looks again for a record that vanished.
MAY_SEND = frozenset({SUCCESS, TEMPORARY_FAILURE})


class Presence(NamedTuple):
    """A time in which the right record was in the DNS, seen even if it was but a moment; no `end`: it still is."""

    begin: datetime
    end: datetime | None


def address_status(row: Identity, now: datetime) -> str:
    """The state of an e-mail address: Success once confirmed, Failed when 24 hours pass without."""
    deadline = row.started_at + limits.EMAIL_VERIFICATION_WINDOW
    told = _told(row, deadline, now)
    return told or (FAILED if now >= deadline else PENDING)


def domain_status(row: Identity, presences: Iterable[Presence], now: datetime) -> str:
    """The state of a domain as its record came, went and came again.

    Pending until the record is seen; Failed when 72 hours pass without. TemporaryFailure when a record that was
    seen vanishes; Failed, for good, when it stays away for 72 hours.
    """
    deadline = row.started_at + limits.DOMAIN_VERIFICATION_WINDOW
    told = _told(row, deadline, now)
    if told:
        return told
    status = PENDING
    for begin, end in _merged(presences):
        gone_before = end is not None and begin < row.started_at and end <= row.started_at
        seen = max(begin, row.started_at)
        if gone_before or seen > now:
            continue
        if seen >= deadline:
            break
        if end is None or end > now:
            return SUCCESS
        status, deadline = TEMPORARY_FAILURE, end + limits.DOMAIN_VERIFICATION_WINDOW
    return FAILED if now >= deadline else status


def _told(row: Identity, deadline: datetime, now: datetime) -> str | None:
    """The state that does not depend on a record: somebody confirmed it, or said that it failed."""
    if row.failed_at is not None:
        return FAILED
    if row.confirmed_at is not None:
        return SUCCESS
    automatic = row.auto_confirmed_at
    if automatic is not None and automatic < deadline and now >= automatic:
        return SUCCESS
    return None


def _merged(presences: Iterable[Presence]) -> list[Presence]:
    """The same times without overlaps, in order."""
    merged: list[Presence] = []
    for presence in sorted(presences, key=lambda each: each.begin):
        last = merged[-1] if merged else None
        if last is None or (last.end is not None and last.end < presence.begin):
            merged.append(presence)
        elif last.end is not None and (presence.end is None or presence.end > last.end):
            merged[-1] = Presence(last.begin, presence.end)
    return merged
