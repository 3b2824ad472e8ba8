"""A failure that a test asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from emulator.remote import Server


class Fault:
    """One that is there until it is used up or removed; as a context, for the length of a `with` block."""

    def __init__(self, server: Server, number: str) -> None:
        self._server = server
        self._number = number

    @property
    def hits(self) -> int:
        """How many calls it hit so far."""
        return int(self._server.ask("GET", f"/faults/{self._number}")["hits"])

    def remove(self) -> None:
        """It hits nothing any more."""
        from emulator.remote import NotFound

        try:
            self._server.ask("DELETE", f"/faults/{self._number}")
        except NotFound:  # a reset took it along
            return

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()
