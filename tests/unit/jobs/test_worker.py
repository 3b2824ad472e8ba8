"""The worker does each piece of due work, whatever happens to the others, and loses none."""

import threading
from collections.abc import Sequence
from datetime import timedelta

import pytest

from emulator.context import Context, Contexts
from emulator.jobs import handlers
from emulator.jobs import worker as worker_module
from emulator.jobs.worker import Worker
from emulator.outside.clock import Clock
from emulator.ses import tasks
from emulator.store import jobs as job_rows
from emulator.store import messages as message_rows
from tests.support import workers
from tests.support.workers import OwnClock, opened

SECOND = timedelta(seconds=1)


@pytest.fixture
def clock() -> OwnClock:
    """A clock of the test's own."""
    return OwnClock()


@pytest.fixture
def contexts(new_database_url: str, clock: OwnClock) -> Contexts:
    """Contexts on a database of the test's own."""
    return workers.contexts(new_database_url, clock)


# ---- work that succeeds


def test_due_work_is_done_once_and_gone(contexts: Contexts) -> None:
    workers.send(contexts, 120)
    worker = Worker(contexts, 0)
    worker.run_due()
    worker.run_due()
    assert workers.jobs(contexts) == []
    for message in workers.messages(contexts):
        assert workers.statuses(message) == ["delivered"]
        assert workers.event_types(contexts, message) == ["Send", "Delivery"]


def test_work_that_is_not_due_waits(contexts: Contexts, clock: OwnClock) -> None:
    with opened(contexts, write=True) as ctx:
        tasks.add(ctx, tasks.DeliverMessage(1), ctx.now + 10 * SECOND)
    worker = Worker(contexts, 0)
    assert worker.drain() == 0
    assert worker.wait_seconds(60) == 10
    assert worker.wait_seconds(1) == 1
    clock.advance(10)
    assert worker.drain() == 1
    assert worker.wait_seconds(60) == 60


def test_draining_tells_how_much_was_done(contexts: Contexts) -> None:
    workers.send(contexts, 60)
    assert Worker(contexts, 0).drain() == 60
    assert Worker(contexts, 0).drain() == 0


def test_work_on_a_message_that_is_gone_is_done(contexts: Contexts) -> None:
    with opened(contexts, write=True) as ctx:
        tasks.add(ctx, tasks.DeliverMessage(404))
    Worker(contexts, 0).drain()
    assert workers.jobs(contexts) == []


def test_a_message_deleted_between_the_two_steps_does_not_stop_the_others(
    contexts: Contexts, monkeypatch: pytest.MonkeyPatch
) -> None:
    workers.send(contexts, 3)
    victim = workers.messages(contexts)[1]
    real = handlers.INSIDE[tasks.DeliverMessage]

    def prepare_and_delete(ctx: Context, due: Sequence[tasks.DeliverMessage]) -> object:
        prepared = real.prepare(ctx, due)
        with opened(contexts, write=True) as other:
            message_rows.delete_one(other.tx, victim.seq)
        return prepared

    monkeypatch.setitem(handlers.INSIDE, tasks.DeliverMessage, real._replace(prepare=prepare_and_delete))
    Worker(contexts, 0).run_due()
    assert workers.jobs(contexts) == []
    left = workers.messages(contexts)
    assert [workers.statuses(message) for message in left] == [["delivered"]] * 2
    assert [workers.event_types(contexts, message) for message in left] == [["Send", "Delivery"]] * 2


# ---- work that fails


def test_a_failing_job_does_not_stop_the_others_of_its_batch(contexts: Contexts) -> None:
    ids = workers.send(contexts, 20)
    workers.damage(contexts, ids[7])
    Worker(contexts, 0).run_due()
    (job,) = workers.jobs(contexts)
    assert (job.task, job.state, job.attempts) == ("DeliverMessage", "pending", 1)
    workers.repair(contexts, ids[7])
    messages = {message.id: message for message in workers.messages(contexts)}
    assert workers.event_types(contexts, messages[ids[7]]) == ["Send"]
    for message_id in ids[:7] + ids[8:]:
        assert workers.statuses(messages[message_id]) == ["delivered"]
        assert workers.event_types(contexts, messages[message_id]) == ["Send", "Delivery"]


def test_a_failing_job_is_tried_with_growing_waits_and_dead_after_eight_tries(
    contexts: Contexts, clock: OwnClock
) -> None:
    workers.damage(contexts, workers.send(contexts)[0])
    worker = Worker(contexts, 0)
    waits = []
    for attempt in range(1, 8):
        worker.drain()
        (job,) = workers.jobs(contexts)
        assert (job.state, job.attempts) == ("pending", attempt)
        wait = job.run_at - clock.now
        waits.append(wait.total_seconds())
        clock.advance(wait.total_seconds() - 0.001)
        worker.drain()
        assert workers.jobs(contexts)[0].attempts == attempt
        clock.advance(0.001)
    worker.drain()
    (job,) = workers.jobs(contexts)
    assert (job.state, job.attempts) == ("dead", 8)
    assert job.error
    assert job.error.startswith("JSONDecodeError: ")
    assert waits == [1, 2, 4, 8, 16, 32, 64]
    clock.advance(86_400)
    worker.drain()
    assert workers.jobs(contexts)[0].attempts == 8


def test_a_job_that_failed_succeeds_when_its_obstacle_is_gone(contexts: Contexts, clock: OwnClock) -> None:
    (message_id,) = workers.send(contexts)
    workers.damage(contexts, message_id)
    worker = Worker(contexts, 0)
    worker.drain()
    workers.repair(contexts, message_id)
    clock.advance(1)
    worker.drain()
    (message,) = workers.messages(contexts)
    assert workers.statuses(message) == ["delivered"]
    assert workers.event_types(contexts, message) == ["Send", "Delivery"]


def test_a_job_with_a_payload_that_no_task_has_fails_alone(contexts: Contexts) -> None:
    with opened(contexts, write=True) as ctx:
        for payload in ("{}", "no JSON"):
            job_rows.add(ctx.tx, "1" * 12, "us-east-1", "DeliverMessage", payload, ctx.now, ctx.now)
    workers.send(contexts, 3)
    Worker(contexts, 0).run_due()
    assert [job.attempts for job in workers.jobs(contexts)] == [1, 1]
    assert all(workers.statuses(message) == ["delivered"] for message in workers.messages(contexts))


# ---- several workers


def test_two_workers_deliver_each_message_exactly_once(new_database_url: str) -> None:
    contexts = workers.contexts(new_database_url, Clock())
    ids = workers.send(contexts, 300)
    both = threading.Barrier(2)

    def work() -> None:
        worker = Worker(workers.contexts(new_database_url, Clock()), 0)
        both.wait(10)
        worker.drain()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert workers.jobs(contexts) == []
    messages = workers.messages(contexts)
    assert [message.id for message in messages] == ids
    assert all(workers.event_types(contexts, message) == ["Send", "Delivery"] for message in messages)


# ---- retention


def test_the_oldest_messages_go_when_there_are_too_many(contexts: Contexts) -> None:
    ids = workers.send(contexts, 25)
    Worker(contexts, 10).drain()
    assert [message.id for message in workers.messages(contexts)] == ids[-10:]
    assert workers.jobs(contexts) == []


def test_more_than_one_batch_of_messages_goes_at_once(contexts: Contexts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_module, "TRIM_BATCH", 4)
    ids = workers.send(contexts, 23)
    Worker(contexts, 3).trim()
    assert [message.id for message in workers.messages(contexts)] == ids[-3:]


def test_deleted_messages_do_not_count_against_the_retention(contexts: Contexts) -> None:
    ids = workers.send(contexts, 10)
    with opened(contexts, write=True) as ctx:
        for message in workers.messages(contexts)[2:8]:
            message_rows.delete_one(ctx.tx, message.seq)
    Worker(contexts, 4).drain()
    assert [message.id for message in workers.messages(contexts)] == ids[:2] + ids[8:]


def test_without_a_retention_everything_is_kept(contexts: Contexts) -> None:
    workers.send(contexts, 30)
    Worker(contexts, 0).drain()
    assert len(workers.messages(contexts)) == 30


def test_messages_are_trimmed_without_draining(contexts: Contexts, clock: OwnClock) -> None:
    worker = Worker(contexts, 5)
    workers.send(contexts, 9)
    clock.advance(2)
    worker.run_due()
    assert len(workers.messages(contexts)) == 5
