"""The DNS as this emulator sees it: the emulated zone, or what a real resolver was seen to answer."""

from collections.abc import Callable, Collection, Iterable
from typing import NamedTuple

from emulator.context import Context
from emulator.ses import regions, verification
from emulator.store import dns as record_rows

TYPES = ("TXT", "CNAME", "MX", "A", "AAAA", "NS", "PTR")  # of records that somebody may publish


class Record(NamedTuple):
    """A DNS record to publish."""

    name: str
    type: str
    value: str


class Place(NamedTuple):
    """Where records may stand."""

    name: str
    type: str


def place(record: Record) -> Place:
    """Where the record stands."""
    return Place(record.name, record.type)


def publish(ctx: Context, record: Record) -> Record:
    """The record is in the emulated zone from now on; as it is kept there."""
    kept = normal(record)
    record_rows.publish(ctx.tx, kept.name, kept.type, kept.value, record_rows.ZONE, ctx.now)
    return kept


def normal(record: Record) -> Record:
    """The record in the one spelling in which it is kept."""
    kind = record.type.upper()
    return Record(_normal_name(record.name), kind, _normal_value(kind, record.value))


def withdraw(ctx: Context, name: str | None, record_type: str | None, value: str | None) -> int:
    """The matching records have left the emulated zone; how many they were. None matches any."""
    kinds = [record_type.upper()] if record_type else ["TXT", "MX"]
    return record_rows.withdraw(
        ctx.tx,
        name and _normal_name(name),
        record_type and record_type.upper(),
        None if value is None else {value, *(_normal_value(kind, value) for kind in kinds)},
        record_rows.ZONE,
        ctx.now,
    )


def publish_own(ctx: Context, record: Record) -> None:
    """SES's own record is in the emulated zone, where nobody else takes it away."""
    record_rows.publish(ctx.tx, *record, record_rows.OWN, ctx.now)


def withdraw_own(ctx: Context, place: Place) -> None:
    """SES publishes nothing there any more."""
    record_rows.withdraw(ctx.tx, *place, None, record_rows.OWN, ctx.now)


def zone(ctx: Context) -> list[record_rows.Record]:
    """The records that are in the emulated zone now."""
    return record_rows.present(ctx.tx, record_rows.ZONE, record_rows.OWN)


def verification_record(domain: str, token: str) -> Record:
    """The record that proves a domain. Source: developer guide (documented), recorded tokens."""
    return Record(f"_amazonses.{domain}", "TXT", token)


def verification_places(domain: str) -> tuple[Place, Place]:
    """Where the record may stand; at the domain itself, `amazonses:` may precede its value.

    Source: developer guide (documented).
    """
    return Place(f"_amazonses.{domain}", "TXT"), Place(domain, "TXT")


def dkim_record(domain: str, token: str, region: str) -> Record:
    """The record by which a domain lends SES its name for one of its keys. Source: developer guide (documented)."""
    return Record(f"{token}._domainkey.{domain}", "CNAME", f"{token}.{regions.dkim_domain(region)}")


def mail_from_records(domain: str, region: str) -> tuple[Record, Record]:
    """The record that takes bounces to SES, which SES checks, and the one that names SES a sender, which it does not.

    Source: developer guide (documented).
    """
    return (
        Record(domain, "MX", f"10 feedback-smtp.{region}.amazonses.com"),
        Record(domain, "TXT", "v=spf1 include:amazonses.com ~all"),
    )


def presences(
    ctx: Context, places: Iterable[Place], holds: Callable[[Collection[record_rows.Record]], bool]
) -> tuple[verification.Presence, ...]:
    """When the records at these places were such that `holds`."""
    system = ctx.policy.system_dns
    source = record_rows.SEEN if system else record_rows.ZONE
    records = [record for place in places for record in record_rows.history(ctx.tx, *place, source)]
    return verification.presences(records, holds, at_once=system)


def remember_answers(ctx: Context, place: Place, values: list[str]) -> None:
    """What a real resolver answers now is on record: values seen, and values seen no longer."""
    now = {_normal_value(place.type, value) for value in values}
    history = record_rows.history(ctx.tx, *place, record_rows.SEEN)
    there = {record.value: record.published_at for record in history if record.withdrawn_at is None}
    for value in there.keys() - now:
        record_rows.withdraw(ctx.tx, *place, {value}, record_rows.SEEN, ctx.now)
    for value in sorted(value for value in now if value not in there or there[value] > ctx.now):
        record_rows.publish(ctx.tx, *place, value, record_rows.SEEN, ctx.now)


def _normal_value(kind: str, value: str) -> str:
    """A TXT value without the quotes that DNS consoles want around it; a value that names a host, in one spelling."""
    if kind == "TXT":
        return value[1:-1] if len(value) >= 2 and value[0] == value[-1] == '"' else value
    if kind in ("CNAME", "MX"):
        return _normal_name(" ".join(value.split()))
    return value


def _normal_name(name: str) -> str:
    return name.rstrip(".").lower()
