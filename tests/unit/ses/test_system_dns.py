"""Domains verified by a real resolver: what it was seen to answer, and when, decides."""

import pytest

from emulator.context import Contexts
from emulator.jobs.worker import Worker
from emulator.ses import identities, mail_from, proofs
from tests.support import workers
from tests.support.workers import OwnClock, OwnResolver, opened

DOMAIN = "example.com"
HOUR = 3600.0
Zone = dict[tuple[str, str], list[str]]


@pytest.fixture
def clock() -> OwnClock:
    """A clock of the test's own."""
    return OwnClock()


@pytest.fixture
def zone() -> Zone:
    """What the resolver finds."""
    return {}


@pytest.fixture
def contexts(new_database_url: str, clock: OwnClock, zone: Zone) -> Contexts:
    """Contexts with a resolver that looks into `zone`."""
    made = workers.contexts(new_database_url, clock, OwnResolver(lambda *place: zone.get(place, [])))
    return made._replace(policy=made.policy._replace(verified_identities=frozenset()))


def _verify(contexts: Contexts) -> str:
    with opened(contexts, write=True) as ctx:
        return identities.verify_domain(ctx, DOMAIN)


def _status(contexts: Contexts) -> str:
    with opened(contexts) as ctx:
        proof = proofs.proof(ctx, DOMAIN)
    assert proof
    return proof.status


def _pass(contexts: Contexts, clock: OwnClock, seconds: float) -> None:
    clock.advance(seconds)
    Worker(contexts, 0).drain()


def test_a_domain_is_verified_once_the_resolver_finds_its_record(
    contexts: Contexts, clock: OwnClock, zone: Zone
) -> None:
    token = _verify(contexts)
    _pass(contexts, clock, 1)
    assert _status(contexts) == "Pending"
    zone[f"_amazonses.{DOMAIN}", "TXT"] = ["something else", token]
    _pass(contexts, clock, 10)
    assert _status(contexts) == "Success"


def test_a_record_that_vanishes_is_noticed_and_its_return_too(contexts: Contexts, clock: OwnClock, zone: Zone) -> None:
    zone[DOMAIN, "TXT"] = [f"amazonses:{_verify(contexts)}"]
    _pass(contexts, clock, 1)
    assert _status(contexts) == "Success"
    record = zone.pop((DOMAIN, "TXT"))
    _pass(contexts, clock, 300)
    assert _status(contexts) == "TemporaryFailure"
    zone[DOMAIN, "TXT"] = record
    _pass(contexts, clock, 10)
    assert _status(contexts) == "Success"


def test_after_the_clock_was_set_back_what_is_seen_again_counts(
    contexts: Contexts, clock: OwnClock, zone: Zone
) -> None:
    zone[f"_amazonses.{DOMAIN}", "TXT"] = [_verify(contexts)]
    _pass(contexts, clock, 10)
    clock.advance(-HOUR)
    with opened(contexts, write=True) as ctx:
        identities.delete(ctx, DOMAIN)
    _verify(contexts)
    assert _status(contexts) == "Pending"
    _pass(contexts, clock, 1)
    assert _status(contexts) == "Success"


def test_after_72_hours_nobody_asks_any_more(contexts: Contexts, clock: OwnClock, zone: Zone) -> None:
    token = _verify(contexts)
    _pass(contexts, clock, 72 * HOUR)
    assert _status(contexts) == "Failed"
    assert workers.jobs(contexts) == []
    zone[f"_amazonses.{DOMAIN}", "TXT"] = [token]
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


# ---- DKIM and MAIL FROM


def _statuses(contexts: Contexts) -> tuple[str, str, str | None]:
    with opened(contexts) as ctx:
        proof = proofs.proof(ctx, DOMAIN)
    assert proof
    return proof.status, proof.dkim.status, proof.mail_from.status


def _records(contexts: Contexts, kind: str) -> Zone:
    """What a resolver answers where the owner published the records of a type; hosts end in a dot there."""
    with opened(contexts) as ctx:
        proof = proofs.proof(ctx, DOMAIN)
    assert proof
    return {(each.name, each.type): [f"{each.value}."] for each in proof.records if each.type == kind}


def test_the_resolver_is_asked_for_the_records_of_dkim(contexts: Contexts, clock: OwnClock, zone: Zone) -> None:
    with opened(contexts, write=True) as ctx:
        identities.verify_domain_dkim(ctx, DOMAIN)
    _pass(contexts, clock, 1)
    assert _statuses(contexts) == ("Pending", "Pending", None)
    zone.update(records := _records(contexts, "CNAME"))
    _pass(contexts, clock, 10)
    assert _statuses(contexts) == ("Success", "Success", None)
    zone.pop(next(iter(records)))
    _pass(contexts, clock, 300)
    assert _statuses(contexts) == ("TemporaryFailure", "TemporaryFailure", None)
    zone.update(records)
    _pass(contexts, clock, 10)
    assert _statuses(contexts) == ("Success", "Success", None)


def test_the_resolver_is_asked_for_the_mx_record(contexts: Contexts, clock: OwnClock, zone: Zone) -> None:
    _verify(contexts)
    _set_mail_from(contexts)
    zone.update(records := _records(contexts, "MX"))
    (answer,) = records.values()
    answer.append("20 mx.example.net.")
    _pass(contexts, clock, 1)
    assert _statuses(contexts)[2] == "Pending"  # both came in one answer: at no moment was the right one alone
    answer.pop()
    _pass(contexts, clock, 10)
    assert _statuses(contexts)[2] == "Success"
    answer.append("5 mx.example.net.")
    _pass(contexts, clock, 300)
    assert _statuses(contexts)[2] == "TemporaryFailure"
    _pass(contexts, clock, 72 * HOUR)
    assert _statuses(contexts) == ("Failed", "NotStarted", "Failed")
    assert workers.jobs(contexts) == []


def test_setting_a_mail_from_domain_again_and_again_asks_once_at_a_time(contexts: Contexts, clock: OwnClock) -> None:
    _verify(contexts)
    for _ in range(3):
        _set_mail_from(contexts)
    for name in ("other", "mail"):  # whose windows are of their own
        clock.advance(1)
        _set_mail_from(contexts, f"{name}.{DOMAIN}")
    _pass(contexts, clock, 1)
    assert sorted(job.payload.partition('"part":')[2][:10] for job in workers.jobs(contexts)) == [
        '"identity"',
        '"mail_from',
    ]
    with opened(contexts, write=True) as ctx:
        mail_from.set_domain(ctx, DOMAIN, None, None)
    _pass(contexts, clock, 10)
    assert len(workers.jobs(contexts)) == 1


def _set_mail_from(contexts: Contexts, name: str = f"mail.{DOMAIN}") -> None:
    with opened(contexts, write=True) as ctx:
        mail_from.set_domain(ctx, DOMAIN, name, None)
