"""The seams to everything a test wants to own: time, chance, names, the network."""

from typing import NamedTuple

from emulator.outside.clock import Clock
from emulator.outside.dns import Resolver
from emulator.outside.ids import Ids
from emulator.outside.relay import Relay


class Outside(NamedTuple):
    """The seams one server runs with."""

    clock: Clock
    ids: Ids
    resolver: Resolver
    relay: Relay | None = None


def real(relay: Relay | None = None) -> Outside:
    """The machine's own time and chance, and the resolver that it is set up with."""
    return Outside(Clock(), Ids(), Resolver(), relay)
