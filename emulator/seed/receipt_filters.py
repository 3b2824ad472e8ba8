"""IP address filters of a seed."""

from dataclasses import dataclass
from typing import ClassVar

from emulator.context import Context
from emulator.operations.v1 import receipt_filters as operations
from emulator.seed.calling import call
from emulator.seed.members import Thing, enum, member
from emulator.ses import receipt_filters


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptFilter(Thing):
    """An IP address filter of received mail."""

    KEY: ClassVar[str] = "name"
    WRAPPERS: ClassVar[frozenset[str]] = frozenset({"IpFilter"})

    name: str = member("unique in its account and region")
    policy: str = member("Block, or Allow in spite of a block", choices=enum("ReceiptFilterPolicy"))
    cidr: str = member("an address, or a range such as 10.0.0.0/24")


def find(ctx: Context, wanted: ReceiptFilter) -> ReceiptFilter | None:
    """The filter of that name."""
    return next((each for each in every(ctx) if each.name == wanted.name), None)


def put(ctx: Context, wanted: ReceiptFilter, found: ReceiptFilter | None) -> None:
    """The filter is as given; SES has no way to change one but to make it anew."""
    if found:
        call(ctx, wanted.at, operations.delete_receipt_filter, FilterName=wanted.name)
    described = {"Name": wanted.name, "IpFilter": {"Policy": wanted.policy, "Cidr": wanted.cidr}}
    call(ctx, wanted.at, operations.create_receipt_filter, Filter=described)


def every(ctx: Context) -> list[ReceiptFilter]:
    """The filters, by name."""
    return [ReceiptFilter(name=name, policy=policy, cidr=cidr) for name, policy, cidr in receipt_filters.listed(ctx)]
