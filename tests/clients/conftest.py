"""One server for all clients, which checks signatures; databases are no matter of theirs."""

from collections.abc import Iterator

import pytest

import emulator
from emulator import Running
from tests.support import smtp
from tests.support.aws import Account

IDS = [f"{number}" for number in range(100_000_000_001, 100_000_000_101)]
_ids = iter(IDS)


@pytest.fixture(scope="session")
def server() -> Iterator[Running]:
    """The server, where identities wait for their owners."""
    keys = ",".join(f"{each}:{smtp.SECRET}" for each in IDS)
    with emulator.running(verification="manual", verify_signatures=True, credentials=keys) as running:
        yield running


@pytest.fixture
def account(server: Running) -> Account:
    """An account that no other test has."""
    return Account(server.url, next(_ids))
