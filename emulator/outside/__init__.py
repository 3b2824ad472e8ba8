"""The seams to everything a test wants to own: time, chance, names, the network."""

from collections.abc import Mapping
from typing import NamedTuple

from emulator.outside.aws import Aws
from emulator.outside.clock import Clock
from emulator.outside.dns import Resolver
from emulator.outside.ids import Ids
from emulator.outside.relay import Relay
from emulator.outside.web import Web


class Outside(NamedTuple):
    """The seams one server runs with."""

    clock: Clock
    ids: Ids
    resolver: Resolver
    relay: Relay | None = None
    aws: Aws = Aws({})
    web: Web = Web()


def real(relay: Relay | None = None, endpoints: Mapping[str, str] | None = None) -> Outside:
    """The machine's own time and chance, its resolver, and other AWS services at these endpoints."""
    return Outside(Clock(), Ids(), Resolver(), relay, Aws(endpoints or {}))
