"""The files of a seed: one, those that it includes, and those whose contents it holds."""

import posixpath
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from emulator.seed import documents
from emulator.seed.flaws import Flaw, Place, SeedError
from emulator.seed.format import Seed
from emulator.seed.reading import Reader, Unreadable

# Ours: what a seed may be made of, all files together.
MOST_FILES = 500
MOST_BYTES = 8 * 1024 * 1024

Fetch = Callable[[str], str]


class Loaded(NamedTuple):
    """A seed that can be applied: its files in the order of their application, and every text by its file's name.

    The first text is that of the file which names all others.
    """

    seeds: list[Seed]
    texts: dict[str, str]


def load(name: str, fetch: Fetch) -> Loaded:
    """The file of that name and all that it names; SeedError with whatever is wrong in any of them."""
    loader = _Loader(fetch)
    loader.load(posixpath.normpath(name), ())
    if loader.flaws:
        raise SeedError(loader.flaws)
    return Loaded(loader.seeds, loader.texts)


def from_disk(name: str) -> str:
    """The text of a file on this machine."""
    try:
        with Path(name).open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable(f"{name} is not UTF-8") from None
    except OSError as error:
        raise Unreadable(f"{name}: {error.strerror or error}") from None


def among(texts: Mapping[str, str]) -> Fetch:
    """Finds files among texts that came with a request."""

    def fetch(name: str) -> str:
        if name not in texts:
            raise Unreadable(f"{name} did not come along; `ses-emulator seed` sends files with the seed")
        return texts[name]

    return fetch


class _Loader:
    def __init__(self, fetch: Fetch) -> None:
        self.seeds: list[Seed] = []
        self.texts: dict[str, str] = {}
        self.flaws: list[Flaw] = []
        self._fetch = fetch
        self._bytes = 0
        self._done: set[str] = set()

    def load(self, name: str, above: tuple[str, ...]) -> None:
        """The file's seed stands behind those that it includes; `above` are the files that include it."""
        try:
            text = self._text(name)
            kind = _kind(name, text)
            reader = Reader(name, lambda named: self._text(_beside(name, named)))
            seed: Seed | None = reader.thing(Seed, documents.parse(text, kind, name), "")
        except SeedError as error:
            self.flaws += error.flaws
            return
        except Unreadable as error:
            if above:
                raise
            raise SeedError([Flaw(Place(name, 0, ""), _without(name, str(error)))]) from None
        self.flaws += reader.flaws
        if seed:
            self._include(seed, (*above, name))
            self.seeds.append(seed)
        self._done.add(name)

    def _include(self, seed: Seed, chain: tuple[str, ...]) -> None:
        for each in seed.include:
            name = _beside(chain[-1], each.file)
            if name in chain:
                circle = " -> ".join((*chain[chain.index(name) :], name))
                self.flaws.append(Flaw(each.at, f"the files include each other: {circle}"))
            elif name not in self._done:
                try:
                    self.load(name, chain)
                except Unreadable as error:
                    self.flaws.append(Flaw(each.at, str(error)))

    def _text(self, name: str) -> str:
        if name not in self.texts:
            if len(self.texts) >= MOST_FILES:
                raise Unreadable(f"the seed has more than {MOST_FILES} files")
            text = self._fetch(name)
            self._bytes += len(text.encode("utf-8", "surrogatepass"))
            if self._bytes > MOST_BYTES:
                raise Unreadable(f"the seed has more than {MOST_BYTES} bytes")
            self.texts[name] = text
        return self.texts[name]


def _beside(file: str, name: str) -> str:
    """The name of a file that a file names, as seen from where the seed is."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(file), name))


def _kind(name: str, text: str) -> str:
    suffix = posixpath.splitext(name)[1].lower()
    if not suffix:
        return documents.JSON if text.lstrip().startswith("{") else documents.YAML
    if suffix not in documents.SUFFIXES:
        raise Unreadable(f"{name}: the name of a seed ends in {', '.join(documents.SUFFIXES)}")
    return documents.SUFFIXES[suffix]


def _without(name: str, text: str) -> str:
    """The text, where the file's name is said already."""
    return text.removeprefix(f"{name}: ")
