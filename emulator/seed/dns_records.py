"""DNS records of a seed."""

from dataclasses import dataclass, replace
from typing import Self

from emulator.context import Context
from emulator.seed.members import Check, Thing, member
from emulator.ses import dns
from emulator.store import dns as rows


@dataclass(frozen=True, slots=True, kw_only=True)
class DnsRecord(Thing):
    """A record of the emulated zone, which all accounts share."""

    name: str = member("name of the record", check=Check("a name", lambda value: value.strip(".")))
    type: str = member("its type", choices=dns.TYPES)
    value: str = member("its value", check=Check("a text", bool))

    def normal(self) -> Self:
        """In one spelling."""
        return replace(self, **dns.normal(dns.Record(self.name, self.type, self.value))._asdict())


def find(ctx: Context, wanted: DnsRecord) -> DnsRecord | None:
    """The record, if it is in the zone."""
    there = rows.history(ctx.tx, wanted.name, wanted.type, rows.ZONE)
    return wanted if any(each.value == wanted.value and each.withdrawn_at is None for each in there) else None


def put(ctx: Context, wanted: DnsRecord, _found: DnsRecord | None) -> None:
    """The record is in the zone."""
    dns.publish(ctx, dns.Record(wanted.name, wanted.type, wanted.value))


def every(ctx: Context) -> list[DnsRecord]:
    """The records that somebody published, in that order; SES's own come with its domains."""
    return [DnsRecord(name=each.name, type=each.type, value=each.value) for each in rows.present(ctx.tx, rows.ZONE)]
