"""The DNS as this emulator sees it: the emulated zone, or what a real resolver was seen to answer."""

from typing import NamedTuple

from emulator.context import Context
from emulator.ses.verification import Presence
from emulator.store import dns as record_rows


class Record(NamedTuple):
    """A DNS record to publish."""

    name: str
    type: str
    value: str


def publish(ctx: Context, record: Record) -> Record:
    """The record is in the emulated zone from now on; as it is kept there."""
    kept = _normal(record)
    record_rows.publish(ctx.tx, kept.name, kept.type, kept.value, record_rows.ZONE, ctx.now)
    return kept


def withdraw(ctx: Context, name: str | None, record_type: str | None, value: str | None) -> int:
    """The matching records have left the emulated zone; how many they were. None matches any."""
    return record_rows.withdraw(
        ctx.tx,
        name and _normal_name(name),
        record_type and record_type.upper(),
        value and _without_quotes(value),
        record_rows.ZONE,
        ctx.now,
    )


def zone(ctx: Context) -> list[record_rows.Record]:
    """The records that are in the emulated zone now."""
    return record_rows.present(ctx.tx)


def verification_record(domain: str, token: str) -> Record:
    """The record that proves a domain. Source: developer guide (documented), recorded tokens."""
    return Record(f"_amazonses.{domain}", "TXT", token)


def presences(ctx: Context, domain: str, token: str) -> list[Presence]:
    """When the domain's verification record was in the DNS.

    It stands at `_amazonses.DOMAIN`, or at the domain itself, where `amazonses:` may precede it. Source:
    developer guide (documented).
    """
    source = record_rows.SEEN if ctx.policy.system_dns else record_rows.ZONE
    places = ((f"_amazonses.{domain}", (token,)), (domain, (token, f"amazonses:{token}")))
    return [
        Presence(record.published_at, record.withdrawn_at)
        for name, values in places
        for record in record_rows.history(ctx.tx, name, "TXT", source)
        if record.value in values
    ]


def remember_answers(ctx: Context, name: str, values: list[str]) -> None:
    """What a real resolver answers now is on record: values seen, and values seen no longer."""
    before = {r.value for r in record_rows.history(ctx.tx, name, "TXT", record_rows.SEEN) if r.withdrawn_at is None}
    for value in before.difference(values):
        record_rows.withdraw(ctx.tx, name, "TXT", value, record_rows.SEEN, ctx.now)
    for value in sorted(set(values) - before):
        record_rows.publish(ctx.tx, name, "TXT", value, record_rows.SEEN, ctx.now)


def _normal(record: Record) -> Record:
    kind = record.type.upper()
    value = _without_quotes(record.value) if kind == "TXT" else record.value
    return Record(_normal_name(record.name), kind, value)


def _without_quotes(value: str) -> str:
    """A TXT value without the quotes that DNS consoles want around it; no other kind of value has any."""
    return value[1:-1] if len(value) >= 2 and value[0] == value[-1] == '"' else value


def _normal_name(name: str) -> str:
    return name.rstrip(".").lower()
