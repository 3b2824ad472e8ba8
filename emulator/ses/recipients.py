"""What a test says becomes of messages at an address: of every one from now on, or of one that was delivered.

SES has no such thing; what follows (events, suppression, statistics) is as if a real recipient had done it.
"""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from emulator.context import Context
from emulator.ses import addresses, events, outcomes
from emulator.ses.outcomes import Fate, Happening
from emulator.store import recipient_outcomes as rows
from emulator.store.messages import Envelope
from emulator.store.recipient_outcomes import RecipientOutcome

DELIVERY, BOUNCE, COMPLAINT, DELAY, REJECT = "delivery", "bounce", "complaint", "delay", "reject"
OPEN, CLICK = "open", "click"
STANDING = (DELIVERY, BOUNCE, COMPLAINT, DELAY, REJECT)

# What is said of an outcome where a test does not. Source: sample of a delay, documented; the rest is ours.
DEFAULTS: dict[str, dict[str, str]] = {
    DELIVERY: {"smtp_response": outcomes.SMTP_REPLY},
    BOUNCE: {"bounce_type": outcomes.PERMANENT, "bounce_sub_type": "", "status": "", "diagnostic_code": ""},
    COMPLAINT: {"user_agent": "ses-emulator", "complaint_feedback_type": "abuse"},
    DELAY: {
        "delay_type": "TransientCommunicationFailure",
        "status": "4.4.1",
        "diagnostic_code": "smtp; 421 4.4.1 Unable to connect to remote host",
    },
    REJECT: {},
    OPEN: {"user_agent": "ses-emulator", "ip_address": "127.0.0.1"},
    CLICK: {"ip_address": "127.0.0.1", "user_agent": "ses-emulator", "link": ""},
}
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
_VOCABULARY: dict[str, Sequence[str]] = {
    "complaint_feedback_type": outcomes.COMPLAINT_FEEDBACK_TYPES,
    "delay_type": outcomes.DELAY_TYPES,
}
_STATUSES = {
    DELIVERY: outcomes.DELIVERED,
    BOUNCE: outcomes.BOUNCED,
    COMPLAINT: outcomes.COMPLAINED,
    DELAY: outcomes.DELAYED,
}

Standing = Mapping[tuple[str, str, str], RecipientOutcome]


class Senseless(ValueError):
    """An outcome that no message can have; `str()` says why."""


class Outcome(NamedTuple):
    """What becomes of a message, and how; what `detail` leaves open is as usual."""

    kind: str
    detail: Mapping[str, str]


def checked(kind: str, given: Mapping[str, str | None], kinds: Sequence[str]) -> Outcome:
    """The outcome, one of `kinds`, if it makes sense; else Senseless."""
    if kind not in kinds:
        raise Senseless(f"must be one of {', '.join(kinds)}, not {kind!r}.")
    detail = {name: value for name, value in given.items() if value is not None}
    for name, value in detail.items():
        if name not in DEFAULTS[kind]:
            raise Senseless(f"of {kind!r} has no {name}; it may have {', '.join(DEFAULTS[kind]) or 'no details'}.")
        if not value or not value.isprintable():
            raise Senseless(f"has an empty or unprintable {name}.")
        if name in _VOCABULARY and value not in _VOCABULARY[name]:
            raise Senseless(f"has a {name} that is not one of {', '.join(_VOCABULARY[name])}.")
    if not _STATUS.fullmatch(detail.get("status", "5.0.0")):
        raise Senseless("has a status that is not of the form 5.1.1.")
    if kind == BOUNCE:
        _bounce(detail)
    if kind == CLICK and "link" not in detail:
        raise Senseless("of 'click' needs a link.")
    return Outcome(kind, detail)


def among(ctx: Context, envelopes: Sequence[Envelope]) -> Standing:
    """The standing outcomes of the recipients and their domains, by account, region and address."""
    named = {addresses.key(each.address) for envelope in envelopes for each in envelope.recipients}
    named |= {f"@{address.rpartition('@')[2]}" for address in named}
    accounts = {envelope.account_id for envelope in envelopes}
    regions = {envelope.region for envelope in envelopes}
    return {each[:3]: each for each in rows.among(ctx.tx, accounts, regions, named)}


def standing(ctx: Context, address: str, outcome: Outcome) -> RecipientOutcome:
    """This becomes of every message to the address, or to the domain of `@domain`, from now on."""
    row = RecipientOutcome(ctx.account_id, ctx.region, addresses.key(address), outcome.kind, outcome.detail)
    rows.put(ctx.tx, row)
    return row


def get(ctx: Context, address: str) -> RecipientOutcome | None:
    """The standing outcome of the address, or of `@domain`."""
    return next(iter(rows.among(ctx.tx, [ctx.account_id], [ctx.region], [addresses.key(address)])), None)


def every(ctx: Context) -> list[RecipientOutcome]:
    """The account's standing outcomes, by address."""
    return rows.of_account(ctx.tx, ctx.account_id, ctx.region)


def end(ctx: Context, address: str) -> bool:
    """The address has no standing outcome any more; whether it had one."""
    return rows.delete(ctx.tx, ctx.account_id, ctx.region, addresses.key(address))


def fate(region: str, address: str, outcome: Outcome) -> Fate:
    """What becomes of a message that is on its way: who complains must have got it first."""
    happening = _happening(region, address, outcome)
    if outcome.kind == REJECT:
        return outcomes.REJECTION
    if outcome.kind == COMPLAINT:
        return Fate(outcomes.COMPLAINED, (outcomes.delivery(region, address), happening))
    return Fate(_STATUSES[outcome.kind], (happening,))


def feedback(region: str, address: str, outcome: Outcome) -> Fate:
    """What becomes of a message that has arrived; to be opened or clicked at does not change where it is."""
    if outcome.kind == REJECT:
        return outcomes.REJECTION
    return Fate(_STATUSES.get(outcome.kind), (_happening(region, address, outcome),))


def _happening(region: str, address: str, outcome: Outcome) -> Happening:
    detail = DEFAULTS[outcome.kind] | dict(outcome.detail)
    match outcome.kind:
        case "delivery":
            return outcomes.delivery(region, address, **detail)
        case "bounce":
            return outcomes.bounce(region, *_bounce(detail))
        case "complaint":
            return outcomes.complaint(address, **detail)
        case "delay":
            return outcomes.delay(address, **detail)
        case "open":
            return Happening(events.OPEN, tuple(detail.items()))
        case _:
            return Happening(events.CLICK, (*detail.items(), ("link_tags", None)))


def _bounce(detail: Mapping[str, str]) -> tuple[str, str, tuple[str, str] | None]:
    """Type, subtype and report of a bounce; Senseless if SES knows no such pair."""
    bounce_type = detail.get("bounce_type") or outcomes.PERMANENT
    usual = outcomes.UNDETERMINED if bounce_type == outcomes.UNDETERMINED else outcomes.GENERAL
    sub_type = detail.get("bounce_sub_type") or usual
    if (bounce_type, sub_type) not in outcomes.BOUNCES:
        known = ", ".join(map("/".join, outcomes.BOUNCES))
        raise Senseless(f"has type {bounce_type}/{sub_type}; bounces are one of {known}.")
    report = outcomes.BOUNCES[bounce_type, sub_type] or ("", "")
    said = detail.get("status") or report[0], detail.get("diagnostic_code") or report[1]
    return bounce_type, sub_type, said if any(said) else None
