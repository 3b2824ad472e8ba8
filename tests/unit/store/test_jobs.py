"""The queue's rows."""

import json
import threading
from datetime import timedelta

import pytest

from emulator.context import Context, Contexts
from emulator.ses import tasks
from emulator.store import jobs as job_rows
from emulator.store.jobs import Due
from tests.support import workers
from tests.support.workers import OwnClock, opened

MINUTE = timedelta(minutes=1)
SECONDS = 20  # for what another thread does
TASKS = ["RelayMessage"]


@pytest.fixture
def clock() -> OwnClock:
    """A clock of the test's own."""
    return OwnClock()


@pytest.fixture
def contexts(new_database_url: str, clock: OwnClock) -> Contexts:
    """Contexts on a database of the test's own."""
    return workers.contexts(new_database_url, clock)


def test_work_is_never_taken_for_work_that_is_gone_however_alike_they_are(contexts: Contexts) -> None:
    with opened(contexts, write=True) as ctx:
        tasks.add(ctx, tasks.DeliverMessage(1))
    with opened(contexts) as ctx:
        first = job_rows.due(ctx.tx, ["DeliverMessage"], ctx.now, 1)
    with opened(contexts, write=True) as ctx:
        assert job_rows.take(ctx.tx, first) == 1
        tasks.add(ctx, tasks.DeliverMessage(1))  # at the same instant
    with opened(contexts, write=True) as ctx:
        assert job_rows.take(ctx.tx, first) == 0
    assert len(workers.jobs(contexts)) == 1


# ---- lanes


def _queue(on: Contexts, lane: str, *numbers: int, message_seq: int | None = None, in_seconds: float = 0) -> None:
    with opened(on, write=True) as ctx:
        for number in numbers:
            run_at = ctx.now + timedelta(seconds=in_seconds)
            tasks.add(ctx, tasks.RelayMessage(number), run_at, lane=lane, message_seq=message_seq)


def _claim(ctx: Context, lane: str = "a", limit: int = 10) -> list[Due]:
    wall = ctx.outside.clock.wall()
    return job_rows.claim(ctx.tx, lane, TASKS, ctx.now, wall, wall + MINUTE, limit)


def _claimed(on: Contexts, lane: str = "a", limit: int = 10) -> list[Due]:
    with opened(on, write=True) as ctx:
        return _claim(ctx, lane, limit)


def _numbers(work: list[Due]) -> list[int]:
    return [json.loads(job.payload)["message_seq"] for job in work]


def _free(on: Contexts) -> list[str]:
    with opened(on) as ctx:
        return job_rows.free_lanes(ctx.tx, TASKS, ctx.now, ctx.outside.clock.wall())


def test_a_claim_is_of_the_oldest_work_that_is_due_in_one_lane(contexts: Contexts, clock: OwnClock) -> None:
    _queue(contexts, "a", 3, in_seconds=1)
    _queue(contexts, "a", 1, 2)
    _queue(contexts, "b", 4)
    assert _numbers(_claimed(contexts)) == [1, 2]
    clock.advance(61)
    assert _numbers(_claimed(contexts, limit=2)) == [1, 2]


def test_while_some_of_a_lane_is_leased_nobody_gets_any_of_it(contexts: Contexts, clock: OwnClock) -> None:
    _queue(contexts, "a", 1, 2)
    _queue(contexts, "b", 3)
    (first,) = _claimed(contexts, limit=1)
    assert _claimed(contexts) == []
    assert _free(contexts) == ["b"]
    clock.advance(60)
    assert _claimed(contexts) == []
    clock.advance(0.001)
    assert _free(contexts) == ["a", "b"]
    assert [job.seq for job in _claimed(contexts)] == [first.seq, first.seq + 1]


def test_a_lane_is_free_while_it_has_due_work_of_a_task_that_is_asked_for(contexts: Contexts, clock: OwnClock) -> None:
    _queue(contexts, "late", 1, in_seconds=1)
    _queue(contexts, "b", 2)
    with opened(contexts, write=True) as ctx:
        tasks.add(ctx, tasks.GenerateDkimKeys("example.com"))
    assert _free(contexts) == ["b"]
    clock.advance(1)
    assert _free(contexts) == ["b", "late"]


def test_what_is_given_back_is_free_unless_somebody_else_has_it_by_now(contexts: Contexts, clock: OwnClock) -> None:
    _queue(contexts, "a", 1, 2)
    until = clock.now + MINUTE
    work = _claimed(contexts)
    with opened(contexts, write=True) as ctx:
        job_rows.give_back(ctx.tx, work, until)
    assert _free(contexts) == ["a"]
    clock.advance(1)
    assert _claimed(contexts) == work
    with opened(contexts, write=True) as ctx:
        job_rows.give_back(ctx.tx, work, until)
    assert _free(contexts) == []


def test_one_claim_is_made_at_a_time(contexts: Contexts, clock: OwnClock, new_database_url: str) -> None:
    _queue(contexts, "a", 1, 2, 3)
    second = workers.contexts(new_database_url, clock)
    found: list[list[Due]] = []
    other = threading.Thread(target=lambda: found.append(_claimed(second)))
    with opened(contexts, write=True) as ctx:
        assert len(_claim(ctx, limit=1)) == 1
        other.start()
        other.join(0.3)
        assert other.is_alive()
    other.join(SECONDS)
    assert found == [[]]


@pytest.mark.parametrize("engine", ["postgresql"])  # SQLite lets one writer in at a time
def test_a_claim_does_not_wait_for_work_that_is_being_deleted(
    contexts: Contexts, clock: OwnClock, new_database_url: str
) -> None:
    _queue(contexts, "a", 1, 2)
    second = workers.contexts(new_database_url, clock)
    found: list[list[Due]] = []
    other = threading.Thread(target=lambda: found.append(_claimed(second)))
    with opened(contexts, write=True) as ctx:
        job_rows.delete(ctx.tx, None, None)
        other.start()
        other.join(SECONDS)
        assert found == [[]]
        ctx.tx.changed()  # as a reset goes on; the claim has let go of the row
    assert workers.jobs(contexts) == []


def test_work_about_one_message_is_claimed_in_the_order_in_which_it_was_added(
    contexts: Contexts, clock: OwnClock
) -> None:
    for number, seconds in enumerate((3, 1, 2, 0)):
        _queue(contexts, "a", number, message_seq=7, in_seconds=seconds)
    _queue(contexts, "a", 4, message_seq=8)
    _queue(contexts, "b", 5, message_seq=7)
    assert _numbers(_claimed(contexts)) == [4]
    clock.advance(61)
    assert _numbers(_claimed(contexts)) == [4, 0, 1, 2, 3]


def test_dead_work_holds_nothing_back(contexts: Contexts) -> None:
    _queue(contexts, "a", 1, 2, message_seq=7)
    first, second = _claimed(contexts)
    with opened(contexts, write=True) as ctx:
        assert job_rows.failed(ctx.tx, first, OSError("no"), None)
        job_rows.give_back(ctx.tx, [second], ctx.outside.clock.wall() + MINUTE)
    assert _claimed(contexts) == [second]


def test_a_failure_of_work_that_is_not_there_as_it_was_is_none(contexts: Contexts) -> None:
    _queue(contexts, "a", 1)
    (job,) = _claimed(contexts)
    with opened(contexts, write=True) as ctx:
        assert job_rows.failed(ctx.tx, job, OSError("no"), ctx.now + MINUTE)
        assert not job_rows.failed(ctx.tx, job, OSError("no"), ctx.now + MINUTE)
    (row,) = workers.jobs(contexts)
    assert (row.attempts, row.error, row.leased_until) == (1, "OSError: no", None)
