"""The keys behind DKIM tokens are made once, whoever else is at it, and not for a domain that is gone."""

from datetime import timedelta

import pytest

from emulator.context import Contexts
from emulator.jobs.lanes import LEASE
from emulator.jobs.worker import Worker
from emulator.outside import keys
from emulator.ses import dns, identities, tasks
from emulator.store import dkim as dkim_rows
from emulator.store import identities as identity_rows
from tests.support import workers
from tests.support.workers import ACCOUNT, REGION, OwnClock, opened

DOMAIN = "example.com"


@pytest.fixture
def clock() -> OwnClock:
    """A clock of the test's own."""
    return OwnClock()


@pytest.fixture
def contexts(new_database_url: str, clock: OwnClock) -> Contexts:
    """Contexts on a database of the test's own."""
    return workers.contexts(new_database_url, clock)


def _begin(contexts: Contexts) -> None:
    with opened(contexts, write=True) as ctx:
        identities.verify_domain_dkim(ctx, DOMAIN)


def _delete(contexts: Contexts) -> None:
    with opened(contexts, write=True) as ctx:
        identities.delete(ctx, DOMAIN)


def _kept(contexts: Contexts) -> dict[str, str]:
    """The keys of the domain by token; the zone holds the public half of each, and nothing else."""
    with opened(contexts) as ctx:
        domain = identity_rows.get(ctx.tx, ACCOUNT, REGION, DOMAIN)
        kept = dkim_rows.keys(ctx.tx, domain.seq) if domain else {}
        names = [record.name for record in dns.zone(ctx)]
    assert sorted(names) == sorted(f"{token}.dkim.amazonses.com" for token in kept)
    return kept


def _meanwhile(monkeypatch: pytest.MonkeyPatch, happens: list[object]) -> None:
    """The first key takes so long that something else happens meanwhile."""
    make = keys.rsa

    def slow() -> keys.KeyPair:
        if happens:
            happens.pop()()  # type: ignore[operator]
        return make()

    monkeypatch.setattr(keys, "rsa", slow)


def test_keys_are_made_after_the_call_and_only_once(contexts: Contexts) -> None:
    _begin(contexts)
    assert _kept(contexts) == {}
    Worker(contexts, 0).drain()
    kept = _kept(contexts)
    assert len(set(kept.values())) == 3
    with opened(contexts, write=True) as ctx:
        tasks.add(ctx, tasks.GenerateDkimKeys(DOMAIN))
    Worker(contexts, 0).drain()
    assert _kept(contexts) == kept
    assert workers.jobs(contexts) == []


def test_a_domain_deleted_before_its_keys_were_made_gets_none(contexts: Contexts) -> None:
    _begin(contexts)
    _delete(contexts)
    Worker(contexts, 0).drain()
    assert _kept(contexts) == {}
    assert workers.jobs(contexts) == []


def test_a_domain_deleted_while_its_keys_are_made_gets_none(
    contexts: Contexts, monkeypatch: pytest.MonkeyPatch
) -> None:
    _begin(contexts)
    _meanwhile(monkeypatch, [lambda: _delete(contexts)])
    Worker(contexts, 0).drain()
    assert _kept(contexts) == {}
    assert workers.jobs(contexts) == []


def test_a_domain_deleted_and_begun_again_meanwhile_has_one_set_of_keys(
    contexts: Contexts, monkeypatch: pytest.MonkeyPatch
) -> None:
    def again() -> None:
        _delete(contexts)
        _begin(contexts)

    _begin(contexts)
    _meanwhile(monkeypatch, [again])
    Worker(contexts, 0).drain()
    kept = _kept(contexts)
    assert len(kept) == 3
    assert workers.jobs(contexts) == []


def test_a_worker_too_slow_for_its_lease_leaves_the_keys_of_the_second(
    contexts: Contexts, clock: OwnClock, new_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = workers.contexts(new_database_url, clock)
    seen: list[dict[str, str]] = []

    def overtake() -> None:
        clock.now += LEASE + timedelta(seconds=1)
        Worker(second, 0).drain()
        seen.append(_kept(second))

    _begin(contexts)
    _meanwhile(monkeypatch, [overtake])
    Worker(contexts, 0).drain()
    assert len(seen[0]) == 3
    assert _kept(contexts) == seen[0]
    assert workers.jobs(contexts) == []


def test_two_tasks_of_one_domain_end_in_one_set_of_keys(contexts: Contexts) -> None:
    _begin(contexts)
    with opened(contexts, write=True) as ctx:
        tasks.add(ctx, tasks.GenerateDkimKeys(DOMAIN))
    assert Worker(contexts, 0).drain() == 2  # both find that there are no keys before either keeps some
    assert len(_kept(contexts)) == 3
    assert workers.jobs(contexts) == []
