"""IP address filters: who may send mail to the account at all."""

import ipaddress
import re
from collections.abc import Iterable
from typing import NamedTuple

from emulator.context import Context
from emulator.ses import errors, limits, receipt_rule_sets
from emulator.store import receipt_filters as rows
from emulator.store.receipt_filters import ReceiptFilter

ALLOW, BLOCK = "Allow", "Block"
# Source: recorded: neither masks of other kinds, zones, nor IPv4 within IPv6.
_CIDR = re.compile(r"(?:[0-9.]+|[0-9A-Fa-f:]+)(?:/[0-9]{1,3})?\Z")

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Filter(NamedTuple):
    """What a filter says of the addresses of a network."""

    policy: str
    network: Network


def create(ctx: Context, new: ReceiptFilter) -> None:
    """The filter is there. Source: recorded, the order of checks as well."""
    if not new.name:
        raise errors.FilterNameEmpty
    if not receipt_rule_sets.is_name(new.name):
        raise errors.InvalidFilterName(name=new.name)
    if network(new.cidr) is None:
        raise errors.InvalidCidr(cidr=new.cidr)
    ctx.tx.changed()  # before the look: of two callers with the same new name, the second finds the first one's
    names = [each.name for each in listed(ctx)]
    if new.name in names:
        raise errors.FilterAlreadyExists(Name=new.name)
    if len(names) >= limits.RECEIPT_FILTERS:
        raise errors.TooManyFilters
    rows.insert(ctx.tx, ctx.account_id, ctx.region, new)


def listed(ctx: Context) -> list[ReceiptFilter]:
    """All filters. Unverified: in the order of their names."""
    return rows.of(ctx.tx, ctx.account_id, ctx.region)


def delete(ctx: Context, name: str) -> None:
    """The filter is gone, if it was there; no name is refused. Source: recorded."""
    rows.delete(ctx.tx, ctx.account_id, ctx.region, name)


def of(ctx: Context) -> tuple[Filter, ...]:
    """The filters as connections are held against them, remembered until any configuration changes."""

    def load(_tx: object) -> tuple[Filter, ...]:
        read = ((each.policy, network(each.cidr)) for each in listed(ctx))
        return tuple(Filter(policy, found) for policy, found in read if found is not None)

    return ctx.tx.remembered(("receipt filters", ctx.account_id, ctx.region), load)


def admits(filters: Iterable[Filter], ip: str) -> bool:
    """Whether mail from the address passes: who is blocked must be allowed, too. Source: developer guide (documented).

    Unverified: that an IPv4 address counts as itself where it comes within IPv6.
    """
    address = ipaddress.ip_address(ip)
    address = getattr(address, "ipv4_mapped", None) or address
    policies = {each.policy for each in filters if address in each.network}
    return BLOCK not in policies or ALLOW in policies


def network(cidr: str) -> Network | None:
    """The addresses that a filter means, host bits or not; None where the text is none that SES takes.

    Source: recorded.
    """
    if not _CIDR.match(cidr):
        return None
    try:
        return ipaddress.ip_network(cidr, strict=False)
    except ValueError:
        return None
