"""A database with a clock of its own, for what SES tells others."""

import pytest

from emulator.context import Contexts
from emulator.ses import sns_subscriptions
from tests.support import workers
from tests.support.workers import OwnClock


@pytest.fixture
def clock() -> OwnClock:
    """A clock of the test's own."""
    return OwnClock()


@pytest.fixture
def bare(new_database_url: str, clock: OwnClock) -> Contexts:
    """Contexts with nowhere to go, and something to sign with."""
    found = workers.contexts(new_database_url, clock)
    sns_subscriptions.make_certificate(found)
    return found
