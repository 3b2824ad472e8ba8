"""Suppressed addresses of a seed."""

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import ClassVar, Self

from emulator.context import Context
from emulator.seed.members import Thing, member
from emulator.ses import addresses, suppression
from emulator.store.suppressed_destinations import SHARED, SuppressedDestination

ACCOUNT, GLOBAL = "account", "global"


def address_fault(address: str) -> str | None:
    """What is wrong with the text, which is to be an address and nothing else."""
    with suppress(addresses.AddressFault):
        if addresses.parse(address).address == address:
            return None
    return f"{address!r} is no e-mail address"


@dataclass(frozen=True, slots=True, kw_only=True)
class SuppressedAddress(Thing):
    """An address that gets no mail."""

    KEY: ClassVar[str] = "address"
    WORD: ClassVar[str] = "reason"

    address: str = member("an e-mail address")
    reason: str = member(
        "why; on the global list BOUNCE alone",
        default=suppression.BOUNCE,
        choices=(suppression.BOUNCE, suppression.COMPLAINT),
    )
    list: str = member("the account's own, or the one that all share", default=ACCOUNT, choices=(ACCOUNT, GLOBAL))

    @property
    def unique(self) -> tuple[str, str]:
        """An address may be on both lists."""
        return self.address, self.list

    def fault(self) -> str | None:
        """It is an address, and its list has such reasons."""
        if self.list == GLOBAL and self.reason != suppression.BOUNCE:
            return f"the global list has no reason but {suppression.BOUNCE}"
        return address_fault(self.address)

    def normal(self) -> Self:
        """The address as lists compare it."""
        return replace(self, address=addresses.key(self.address))


def find(ctx: Context, wanted: SuppressedAddress) -> SuppressedAddress | None:
    """The address as it is on that list."""
    found = suppression.get(ctx, wanted.address, shared=wanted.list == GLOBAL)
    return _described(found) if found else None


def put(ctx: Context, wanted: SuppressedAddress, _found: SuppressedAddress | None) -> None:
    """The address is on the list."""
    suppression.suppress(ctx, wanted.address, wanted.reason, shared=wanted.list == GLOBAL)


def every(ctx: Context, *, shared: bool) -> list[SuppressedAddress]:
    """The addresses of the account's list, or of the one that all share, oldest first."""
    return [_described(each) for each in suppression.of_list(ctx, shared=shared)]


def _described(row: SuppressedDestination) -> SuppressedAddress:
    its_list = GLOBAL if row.account_id == SHARED else ACCOUNT
    return SuppressedAddress(address=row.address, reason=row.reason, list=its_list)
