"""A database of this folder's tests, without a server: what seeds do is done to rows."""

import itertools
from collections.abc import Iterator

import pytest

from emulator import server, settings
from emulator.context import Contexts
from emulator.store.turnstile import Turnstile
from tests.unit.seed.planting import Garden


@pytest.fixture(scope="session")
def contexts(tmp_path_factory: pytest.TempPathFactory) -> Contexts:
    """Contexts on SQLite, where identities wait for their owners."""
    url = f"sqlite:///{tmp_path_factory.mktemp('seeds') / 'ses.db'}"
    chosen = settings.load({"database-url": url, "verification": "manual"}, {})
    server.migrate(chosen)
    return server.contexts(chosen, Turnstile())


_accounts = itertools.count(1)


@pytest.fixture
def gardens(contexts: Contexts) -> Iterator[Garden]:
    """As many accounts as a test wants, which nobody has used."""
    return (Garden(contexts, f"{number:012}") for number in _accounts)


@pytest.fixture
def garden(gardens: Iterator[Garden]) -> Garden:
    """One of them."""
    return next(gardens)
