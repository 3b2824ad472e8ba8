"""What can become of a message at one address: the events that tell it, their facts, and the status it is left in."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from emulator.context import Context
from emulator.ses import events, limits
from emulator.store.events import Event
from emulator.store.messages import Envelope

PENDING, DELIVERED, DELAYED, BOUNCED = "pending", "delivered", "delayed", "bounced"
COMPLAINED, SUPPRESSED, REJECTED = "complained", "suppressed", "rejected"
RENDERING_FAILED = "rendering_failed"
AWAITING = (PENDING, DELAYED)  # those who may still get the message

PERMANENT, TRANSIENT, UNDETERMINED, GENERAL = "Permanent", "Transient", "Undetermined", "General"
ON_ACCOUNT_LIST, ON_SHARED_LIST = "OnAccountSuppressionList", "Suppressed"

# Source: the form of a reply in recorded Delivery events; every receiving server words its own.
SMTP_REPLY = "250 2.0.0 OK"
REMOTE_MTA_IP = "192.0.2.25"  # ours: of the servers that there are not
# Source: recorded bounces of suppressed addresses.
SUPPRESSING_MTA = "dns; amazonses.com"
# Source: documented of a virus; of anything else SES rejects nothing once it has accepted it.
BAD_CONTENT = "Bad content"

_ON_SHARED_LIST = (
    "Amazon SES has suppressed sending to this address because it has a recent history of bouncing as an invalid "
    "address. For more information about how to remove an address from the suppression list, see the Amazon SES "
    "Developer Guide: http://docs.aws.amazon.com/ses/latest/DeveloperGuide/remove-from-suppressionlist.html "
)
_ON_ACCOUNT_LIST = (
    "Amazon SES did not send the message to this address because it is on the suppression list for your account. "
    "For more information about removing addresses from the suppression list, see the Amazon SES Developer Guide at "
    "https://docs.aws.amazon.com/ses/latest/DeveloperGuide/sending-email-suppression-list.html"
)
_UNKNOWN = ("5.1.1", "smtp; 550 5.1.1 user unknown")
_EXPIRED = (
    "4.4.7",
    "smtp; 550 4.4.7 Message expired: unable to deliver in 840 minutes.<421 4.4.1 Failed to establish connection>",
)
_REFUSED = ("5.6.1", "smtp; 500 5.6.1 Message content rejected")

# Every type and subtype of a bounce, with the status and diagnostic code it usually has; none: there is no report.
# Source: recorded of unknown, suppressed and expired ones; documented types and codes; the words of others are ours.
BOUNCES: dict[tuple[str, str], tuple[str, str] | None] = {
    (PERMANENT, GENERAL): _UNKNOWN,
    (PERMANENT, "NoEmail"): _UNKNOWN,
    (PERMANENT, ON_SHARED_LIST): ("5.1.1", _ON_SHARED_LIST),
    (PERMANENT, ON_ACCOUNT_LIST): ("5.1.1", _ON_ACCOUNT_LIST),
    (TRANSIENT, GENERAL): _EXPIRED,
    (TRANSIENT, "MailboxFull"): ("5.2.2", "smtp; 552 5.2.2 Mailbox full"),
    (TRANSIENT, "MessageTooLarge"): ("5.3.4", "smtp; 552 5.3.4 Message too large"),
    (TRANSIENT, "CustomTimeoutExceeded"): _EXPIRED,
    (TRANSIENT, "ContentRejected"): _REFUSED,
    (TRANSIENT, "AttachmentRejected"): _REFUSED,
    (UNDETERMINED, UNDETERMINED): None,
}
# Source: developer guide (documented), these two.
COMPLAINT_FEEDBACK_TYPES = ("abuse", "auth-failure", "fraud", "not-spam", "other", "virus")
DELAY_TYPES = (
    "InternalFailure", "General", "MailboxFull", "SpamDetected", "RecipientServerError", "IPFailure",
    "TransientCommunicationFailure", "BYOIPHostNameLookupUnavailable", "Undetermined", "SendingDeferral",
)  # fmt: skip


class Happening(NamedTuple):
    """One event at one address: those of a message that differ in nothing but what is `said` of each are one event."""

    type: str
    facts: tuple[tuple[str, str | None], ...] = ()
    said: tuple[tuple[str, str], ...] = ()
    apart: str = ""


class Fate(NamedTuple):
    """What becomes of a message at one address; a status of None: what it was."""

    status: str | None
    happenings: tuple[Happening, ...]


def delivery(
    region: str, address: str, *, smtp_response: str = SMTP_REPLY, remote_mta_ip: str = REMOTE_MTA_IP
) -> Happening:
    """The receiving server took it. Unverified: one event a domain, which the guide leaves open."""
    facts = (
        ("smtp_response", smtp_response),
        ("remote_mta_ip", remote_mta_ip),
        ("reporting_mta", reporting_mta(region)),
    )
    return Happening(events.DELIVERY, facts, (), _domain(address))


def bounce(
    region: str,
    bounce_type: str,
    bounce_sub_type: str,
    report: tuple[str, str] | None,
    remote_mta_ip: str = REMOTE_MTA_IP,
) -> Happening:
    """It came back, with a status and a diagnostic code where there is a report."""
    facts: tuple[tuple[str, str | None], ...]
    facts = (("bounce_type", bounce_type), ("bounce_sub_type", bounce_sub_type))
    if report is None:
        return Happening(events.BOUNCE, facts)
    if bounce_sub_type in (ON_SHARED_LIST, ON_ACCOUNT_LIST):
        facts += (("reporting_mta", SUPPRESSING_MTA),)
    else:
        facts += (("remote_mta_ip", remote_mta_ip), ("reporting_mta", f"dns; {reporting_mta(region)}"))
    status, diagnostic_code = report
    said = (("action", "failed"), ("status", status), ("diagnostic_code", diagnostic_code))
    return Happening(events.BOUNCE, facts, said)


def complaint(address: str, user_agent: str, complaint_feedback_type: str) -> Happening:
    """Its reader called it spam. Unverified: one event for each who did."""
    facts = (
        ("complaint_sub_type", None),
        ("user_agent", user_agent),
        ("complaint_feedback_type", complaint_feedback_type),
    )
    return Happening(events.COMPLAINT, facts, (), address)


def delay(address: str, delay_type: str, status: str, diagnostic_code: str) -> Happening:
    """It could not be delivered yet."""
    said = (("status", status), ("diagnostic_code", diagnostic_code))
    return Happening(events.DELIVERY_DELAY, (("delay_type", delay_type),), said, _domain(address))


REJECTION = Fate(REJECTED, (Happening(events.REJECT, (("reason", BAD_CONTENT),)),))


def expired(region: str) -> Fate:
    """It could not be delivered for so long that SES gave up."""
    return Fate(BOUNCED, (bounce(region, TRANSIENT, GENERAL, _EXPIRED),))


def told(ctx: Context, envelope: Envelope, happened: Iterable[tuple[str, Happening]]) -> list[Event]:
    """The events of what happened now at some addresses, with all their facts."""
    together: dict[Happening, tuple[list[str], list[dict[str, str]]]] = {}
    for address, happening in happened:
        addresses, people = together.setdefault(happening._replace(said=()), ([], []))
        addresses.append(address)
        people.append({"email_address": address, **dict(happening.said)})
    return [
        Event(envelope.seq, one.type, tuple(addresses), _detail(ctx, envelope, one, people), ctx.now)
        for one, (addresses, people) in together.items()
    ]


def _detail(ctx: Context, envelope: Envelope, one: Happening, people: Sequence[dict[str, str]]) -> dict[str, Any]:
    """What an event of that type holds. Source: recorded events; documented Reject and DeliveryDelay."""
    facts = dict(one.facts)
    if one.type == events.DELIVERY:
        took = ctx.now - envelope.accepted_at
        return {"processing_time_ms": max(0, round(took.total_seconds() * 1000)), **facts}
    if one.type == events.BOUNCE:
        feedback_id = ctx.outside.ids.message_id(envelope.region, ctx.now)
        return {"feedback_id": feedback_id, **facts, "bounced_recipients": people}
    if one.type == events.COMPLAINT:
        feedback_id = ctx.outside.ids.message_id(envelope.region, ctx.now)
        arrival = {"arrival_date": _instant(ctx.now)} if "complaint_feedback_type" in facts else {}
        return {"feedback_id": feedback_id, **facts, **arrival}
    if one.type == events.DELIVERY_DELAY:
        expiration = _instant(envelope.accepted_at + limits.DELIVERY_WINDOW)
        return {**facts, "expiration_time": expiration, "delayed_recipients": people}
    return facts


def reporting_mta(region: str) -> str:
    """The server of SES that hands the mail over. Source: recorded names; the numbers are of one of them."""
    return "a8-40.smtp-out.amazonses.com" if region == "us-east-1" else f"e234-11.smtp-out.{region}.amazonses.com"


def _domain(address: str) -> str:
    return address.rpartition("@")[2].lower()


def _instant(time: datetime) -> str:
    return f"{time:%Y-%m-%dT%H:%M:%S}.{time.microsecond // 1000:03d}Z"
