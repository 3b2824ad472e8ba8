"""The emulated DNS zone."""

from dataclasses import dataclass, field
from datetime import datetime

from emulator.http.inspection.problems import Problem
from emulator.http.inspection.routes import Routes
from emulator.http.parts import Parts
from emulator.ses import dns

routes = Routes()


@dataclass(frozen=True, slots=True)
class Record:
    """A DNS record."""

    name: str
    type: str
    value: str


@dataclass(frozen=True, slots=True)
class PublishedRecord:
    """A DNS record of the zone, and since when."""

    name: str
    type: str
    value: str
    published_at: datetime


@dataclass(frozen=True, slots=True)
class RecordList:
    """The zone's records in the order of their publication."""

    records: list[PublishedRecord]


@dataclass(frozen=True, slots=True)
class RecordFilter:
    """Which records; what is not given may be anything."""

    name: str | None = field(default=None, metadata={"help": "name of the record"})
    type: str | None = field(default=None, metadata={"help": "TXT, CNAME, MX, ..."})
    value: str | None = field(default=None, metadata={"help": "value of the record"})


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """How many records are gone."""

    withdrawn: int


@routes.route("GET", "/dns/records", answer=RecordList)
def list_records(parts: Parts) -> RecordList:
    """The records of the zone."""
    with parts.context(None, None) as ctx:
        records = dns.zone(ctx)
    return RecordList([PublishedRecord(each.name, each.type, each.value, each.published_at) for each in records])


@routes.route("PUT", "/dns/records", body=Record, answer=Record)
def publish_record(parts: Parts, body: Record) -> Record:
    """The record is in the zone from now on."""
    if body.type.upper() not in dns.TYPES:
        raise Problem(400, f"type must be one of {', '.join(dns.TYPES)}, not {body.type!r}.")
    if not body.name.strip(".") or not body.value:
        raise Problem(400, "A record needs a name and a value.")
    with parts.context(None, None, write=True) as ctx:
        kept = dns.publish(ctx, dns.Record(body.name, body.type, body.value))
    return Record(kept.name, kept.type, kept.value)


@routes.route("DELETE", "/dns/records", query=RecordFilter, answer=Withdrawn)
def withdraw_records(parts: Parts, query: RecordFilter) -> Withdrawn:
    """The matching records are no longer in the zone; without a filter, none is left."""
    with parts.context(None, None, write=True) as ctx:
        return Withdrawn(dns.withdraw(ctx, query.name, query.type, query.value))
