"""Domains verified by a real resolver: what it was seen to answer, and when, decides."""

import pytest

from emulator.context import Contexts
from emulator.jobs.worker import Worker
from emulator.ses import identities
from tests.support import workers
from tests.support.workers import OwnClock, OwnResolver, opened

DOMAIN = "example.com"
HOUR = 3600.0


@pytest.fixture
def clock() -> OwnClock:
    """A clock of the test's own."""
    return OwnClock()


@pytest.fixture
def zone() -> dict[str, list[str]]:
    """What the resolver finds."""
    return {}


@pytest.fixture
def contexts(new_database_url: str, clock: OwnClock, zone: dict[str, list[str]]) -> Contexts:
    """Contexts with a resolver that looks into `zone`."""
    made = workers.contexts(new_database_url, clock, OwnResolver(lambda name: zone.get(name, [])))
    return made._replace(policy=made.policy._replace(verified_identities=frozenset()))


def _verify(contexts: Contexts) -> str:
    with opened(contexts, write=True) as ctx:
        return identities.verify_domain(ctx, DOMAIN)


def _status(contexts: Contexts) -> str:
    with opened(contexts) as ctx:
        proof = identities.proof(ctx, DOMAIN)
    assert proof
    return proof.status


def _pass(contexts: Contexts, clock: OwnClock, seconds: float) -> None:
    clock.advance(seconds)
    Worker(contexts, 0).run_due()


def test_a_domain_is_verified_once_the_resolver_finds_its_record(
    contexts: Contexts, clock: OwnClock, zone: dict[str, list[str]]
) -> None:
    token = _verify(contexts)
    _pass(contexts, clock, 1)
    assert _status(contexts) == "Pending"
    zone[f"_amazonses.{DOMAIN}"] = ["something else", token]
    _pass(contexts, clock, 10)
    assert _status(contexts) == "Success"


def test_a_record_that_vanishes_is_noticed_and_its_return_too(
    contexts: Contexts, clock: OwnClock, zone: dict[str, list[str]]
) -> None:
    zone[DOMAIN] = [f"amazonses:{_verify(contexts)}"]
    _pass(contexts, clock, 1)
    assert _status(contexts) == "Success"
    record = zone.pop(DOMAIN)
    _pass(contexts, clock, 300)
    assert _status(contexts) == "TemporaryFailure"
    zone[DOMAIN] = record
    _pass(contexts, clock, 10)
    assert _status(contexts) == "Success"


def test_after_72_hours_nobody_asks_any_more(contexts: Contexts, clock: OwnClock, zone: dict[str, list[str]]) -> None:
    token = _verify(contexts)
    _pass(contexts, clock, 72 * HOUR)
    assert _status(contexts) == "Failed"
    assert workers.jobs(contexts) == []
    zone[f"_amazonses.{DOMAIN}"] = [token]
    _pass(contexts, clock, HOUR)
    assert _status(contexts) == "Failed"


def test_asking_twice_for_a_domain_does_not_ask_its_servers_twice(contexts: Contexts, clock: OwnClock) -> None:
    assert _verify(contexts) == _verify(contexts)
    assert len(workers.jobs(contexts)) == 1
    _pass(contexts, clock, 1)
    assert len(workers.jobs(contexts)) == 1


def test_a_deleted_domain_is_asked_for_no_more(contexts: Contexts, clock: OwnClock) -> None:
    _verify(contexts)
    with opened(contexts, write=True) as ctx:
        identities.delete(ctx, DOMAIN)
    _pass(contexts, clock, 1)
    assert workers.jobs(contexts) == []
