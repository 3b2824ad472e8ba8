"""The seams to everything a test wants to own: time, chance, names, the network."""

from dataclasses import dataclass, field

from emulator.outside.clock import Clock
from emulator.outside.dns import Resolver
from emulator.outside.ids import Ids


@dataclass(frozen=True, slots=True)
class Outside:
    """The seams one server runs with."""

    clock: Clock = field(default_factory=Clock)
    ids: Ids = field(default_factory=Ids)
    resolver: Resolver = field(default_factory=Resolver)
