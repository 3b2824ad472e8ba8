"""What is wrong with a seed file, and where."""

import difflib
from collections.abc import Iterable, Sequence
from typing import NamedTuple

MOST_SHOWN = 20


class Place(NamedTuple):
    """A part of a file; line 0: not known, as of TOML and JSON."""

    file: str
    line: int
    path: str  # such as `identities[2].state`

    def __str__(self) -> str:
        return ": ".join(part for part in (f"{self.file}:{self.line}" if self.line else self.file, self.path) if part)


NOWHERE = Place("", 0, "")


class Flaw(NamedTuple):
    """One thing that is wrong."""

    place: Place
    text: str

    def __str__(self) -> str:
        return f"{self.place}: {self.text}"


class SeedError(Exception):
    """A seed that is not applied: the message has a line for each flaw. `code` is SES's, where SES refused."""

    def __init__(self, flaws: Iterable[Flaw], code: str | None = None) -> None:
        self.flaws = tuple(flaws)
        self.code = code
        more = len(self.flaws) - MOST_SHOWN
        lines = [*map(str, self.flaws[:MOST_SHOWN]), *([f"and {more} more"] if more > 0 else [])]
        super().__init__("\n".join(lines))


def nearest(word: str, known: Sequence[str]) -> str:
    """`; did you mean ...?` where a known word is near, else nothing."""
    by_lower = {each.lower(): each for each in known}
    near = difflib.get_close_matches(word.lower(), by_lower, n=1)
    return f"; did you mean {by_lower[near[0]]}?" if near else ""
