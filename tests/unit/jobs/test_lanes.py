"""Outside work: lanes go side by side, the work of each one after another, and a receiver that fails delays its own."""

import json
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest

from emulator.context import Context, Contexts
from emulator.jobs import handlers, lanes
from emulator.jobs import worker as worker_module
from emulator.jobs.handlers import OutsideHandler
from emulator.jobs.worker import Worker
from emulator.outside import Outside
from emulator.outside.aws import Unreachable
from emulator.ses import identities, tasks
from emulator.store import jobs as job_rows
from tests.support import processes, workers
from tests.support.workers import ACCOUNT, REGION, OwnClock, OwnResolver, opened

SECONDS = 20  # for what another thread does


class Receiver:
    """Where the lanes go: it does what the test says, and remembers the numbers that it was told."""

    def __init__(self) -> None:
        self.told: list[int] = []
        self.settled: list[int] = []
        self.answer: Callable[[int], object] = lambda _number: None

    def take(self, _outside: Outside, number: int) -> int:
        """It was told the number."""
        self.told.append(number)
        self.answer(number)
        return number

    def settle(self, _ctx: Context, _task: tasks.RelayMessage, number: int) -> None:
        """That is settled."""
        self.settled.append(number)


@pytest.fixture
def clock() -> OwnClock:
    """A clock of the test's own."""
    return OwnClock()


@pytest.fixture
def contexts(new_database_url: str, clock: OwnClock) -> Contexts:
    """Contexts on a database of the test's own."""
    return workers.contexts(new_database_url, clock)


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Receiver:
    """A receiver that each RelayMessage tells its number."""
    made = Receiver()
    use(monkeypatch, OutsideHandler(lambda _ctx, task: task.message_seq, made.take, made.settle))
    return made


@pytest.fixture
def worker(contexts: Contexts) -> Iterator[Worker]:
    """A worker whose threads are gone afterwards."""
    made = Worker(contexts, 0)
    yield made
    made.stop(SECONDS)


def use(monkeypatch: pytest.MonkeyPatch, handler: OutsideHandler) -> None:
    monkeypatch.setitem(handlers.OUTSIDE, tasks.RelayMessage, handler)


def queue(on: Contexts, *numbers: int, lane: str = "a", message_seq: int | None = None, in_seconds: float = 0) -> None:
    """The lane will tell the receiver these numbers."""
    with opened(on, write=True) as ctx:
        for number in numbers:
            run_at = ctx.now + timedelta(seconds=in_seconds)
            tasks.add(ctx, tasks.RelayMessage(number), run_at, lane=lane, message_seq=message_seq)


def waiting(on: Contexts) -> dict[int, tuple[int, float]]:
    """By number, how often the work failed and in how many seconds it falls due; nobody holds it."""
    with opened(on) as ctx:
        rows = job_rows.page(ctx.tx, job_rows.PENDING, None, None, 10_000)
        assert not any(row.leased_until for row in rows)
        return {number(row): (row.attempts, (row.run_at - ctx.now).total_seconds()) for row in rows}


def number(row: job_rows.Job) -> int:
    return int(json.loads(row.payload)["message_seq"])


def drain(on: Contexts) -> int:
    return Worker(on, 0).drain()


def failing(*numbers: int, error: Exception | None = None) -> Callable[[int], None]:
    """What raises at these numbers."""

    def answer(told: int) -> None:
        if told in numbers:
            raise error or RuntimeError("no")

    return answer


def hanging(receiver: Receiver) -> tuple[threading.Event, threading.Event]:
    """The receiver hangs: when it was asked, and what ends that."""
    begun, over = threading.Event(), threading.Event()

    def answer(_number: int) -> None:
        begun.set()
        assert over.wait(SECONDS)

    receiver.answer = answer
    return begun, over


def has_told(receiver: Receiver, count: int) -> Callable[[], bool]:
    """Whether so many numbers have come to the receiver."""
    return lambda: len(receiver.told) == count


# ---- lanes


def test_each_task_is_done_inside_or_outside() -> None:
    assert set(handlers.INSIDE) == set(tasks.INSIDE)
    assert set(handlers.OUTSIDE) == set(tasks.OUTSIDE)


def test_outside_work_has_the_lane_of_its_task_where_none_is_given_and_inside_work_none(contexts: Contexts) -> None:
    with opened(contexts, write=True) as ctx:
        tasks.add(ctx, tasks.RelayMessage(1))
        tasks.add(ctx, tasks.RelayMessage(1), lane="sns", message_seq=7)
        tasks.add(ctx, tasks.DeliverMessage(1))
    assert [(job.task, job.lane, job.message_seq) for job in workers.jobs(contexts)] == [
        ("RelayMessage", "RelayMessage", None),
        ("RelayMessage", "sns", 7),
        ("DeliverMessage", None, None),
    ]


def test_lanes_go_side_by_side(contexts: Contexts, receiver: Receiver) -> None:
    all_at_once = threading.Barrier(lanes.THREADS)
    receiver.answer = lambda _number: all_at_once.wait(SECONDS)
    for lane in range(lanes.THREADS):
        queue(contexts, lane, lane=str(lane))
    assert drain(contexts) == lanes.THREADS
    assert workers.jobs(contexts) == []


def test_more_lanes_than_threads_take_turns(
    contexts: Contexts, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "THREADS", 1)
    monkeypatch.setattr(lanes, "TURN", 2)
    queue(contexts, 1, 2, 3, 4, lane="a")
    queue(contexts, 11, 12, 13, 14, lane="b")
    drain(contexts)
    assert receiver.told == [1, 2, 11, 12, 3, 4, 13, 14]


def test_the_work_of_a_lane_is_done_in_the_order_in_which_it_falls_due(
    contexts: Contexts, clock: OwnClock, receiver: Receiver
) -> None:
    queue(contexts, 4, in_seconds=2)
    queue(contexts, 2, in_seconds=1)
    queue(contexts, 3, in_seconds=1)
    queue(contexts, 1)
    drain(contexts)
    assert receiver.told == [1]
    clock.advance(2)
    drain(contexts)
    assert receiver.told == receiver.settled == [1, 2, 3, 4]


def test_several_workers_do_the_work_of_a_lane_in_order_and_never_two_at_once(
    new_database_url: str, receiver: Receiver
) -> None:
    clock = OwnClock()
    many = [workers.contexts(new_database_url, clock) for _ in range(3)]
    at_it = {"a": threading.Lock(), "b": threading.Lock()}

    def alone(told: int) -> None:
        lock = at_it["a" if told < 1_000 else "b"]
        assert lock.acquire(blocking=False)
        lock.release()

    receiver.answer = alone
    queue(many[0], *range(200), lane="a")
    queue(many[0], *range(1_000, 1_200), lane="b")
    threads = [threading.Thread(target=drain, args=[on]) for on in many]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)
    assert [told for told in receiver.told if told < 1_000] == list(range(200))
    assert [told for told in receiver.told if told >= 1_000] == list(range(1_000, 1_200))
    assert workers.jobs(many[0]) == []


def test_a_relay_that_hangs_does_not_delay_the_resolver(
    new_database_url: str, clock: OwnClock, receiver: Receiver
) -> None:
    hangs, over = hanging(receiver)
    asked = threading.Event()

    def find(_name: str, _type: str) -> list[str]:
        asked.set()
        return []

    contexts = workers.contexts(new_database_url, clock, OwnResolver(find))
    with opened(contexts, write=True) as ctx:
        tasks.add(ctx, tasks.RelayMessage(1))
        identities.verify_domain(ctx, "example.com")
    worker = Worker(contexts, 0)
    worker.run_due()
    assert hangs.wait(SECONDS)
    assert asked.wait(SECONDS)
    assert receiver.settled == []
    over.set()
    worker.stop(SECONDS)
    assert receiver.settled == [1]


def test_mail_is_delivered_while_a_receiver_hangs(contexts: Contexts, receiver: Receiver, worker: Worker) -> None:
    hangs, over = hanging(receiver)
    queue(contexts, 1)
    worker.run_due()
    assert hangs.wait(SECONDS)
    workers.send(contexts)
    worker.run_due()
    (message,) = workers.messages(contexts)
    assert workers.statuses(message) == ["delivered"]
    assert receiver.settled == []
    over.set()


@pytest.mark.parametrize("hanging_lanes", [lanes.THREADS, 3 * lanes.THREADS])
def test_receivers_that_hang_hold_up_no_other(
    hanging_lanes: int, contexts: Contexts, clock: OwnClock, receiver: Receiver, worker: Worker
) -> None:
    over = threading.Event()
    receiver.answer = lambda number: over.wait(SECONDS) if number < 1_000 else None
    for lane in range(hanging_lanes):
        queue(contexts, lane, lane=str(lane))
    queue(contexts, 1_000, lane="other")
    for told in range(lanes.THREADS, hanging_lanes + 1, lanes.THREADS):
        worker.run_due()
        processes.until(has_told(receiver, told))
        clock.advance(lanes.HANGS_SECONDS + 0.1)
    worker.run_due()
    processes.until(lambda: receiver.settled == [1_000])
    over.set()
    processes.until(lambda: len(receiver.settled) == hanging_lanes + 1)
    processes.until(lambda: len(worker._lanes._threads) <= lanes.THREADS)


def test_there_is_an_end_to_threads(
    contexts: Contexts, clock: OwnClock, receiver: Receiver, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "MOST_THREADS", lanes.THREADS + 2)
    _, over = hanging(receiver)
    for lane in range(lanes.THREADS + 5):
        queue(contexts, lane, lane=str(lane))
    for told in (lanes.THREADS, lanes.THREADS + 2, lanes.THREADS + 2):
        worker.run_due()
        processes.until(has_told(receiver, told))
        clock.advance(lanes.HANGS_SECONDS + 0.1)
    assert len(worker._lanes._threads) == lanes.THREADS + 2
    over.set()
    processes.until(lambda: len(receiver.settled) == lanes.THREADS + 5)


@pytest.mark.parametrize("rushed", [True, False])
def test_work_gives_way_to_mail_that_comes_in_fast_but_not_for_long(
    rushed: bool, contexts: Contexts, clock: OwnClock, receiver: Receiver
) -> None:
    worker = Worker(contexts, 0, lambda: rushed)
    queue(contexts, 1, 2, 3)
    began = clock.seconds
    worker.run_due()
    processes.until(lambda: receiver.settled == [1, 2, 3])
    worker.stop(SECONDS)
    waited = clock.seconds - began
    assert waited >= 3 * lanes.PATIENCE_SECONDS if rushed else waited == 0


# ---- a receiver that is down


@pytest.mark.parametrize(
    "error", [Unreachable("no answer"), ConnectionRefusedError("refused"), TimeoutError("timed out")]
)
def test_a_receiver_that_is_down_is_asked_once_and_all_of_its_lane_waits(
    contexts: Contexts, clock: OwnClock, receiver: Receiver, error: OSError
) -> None:
    receiver.answer = failing(2, error=error)
    queue(contexts, *range(1, 60), message_seq=5)
    queue(contexts, 100, lane="b")
    drain(contexts)
    assert sorted(receiver.told) == [1, 2, 100]
    assert receiver.settled.count(1) == 1
    assert waiting(contexts) == {2: (1, 1)} | dict.fromkeys(range(3, 60), (0, 1))
    (job, *_) = workers.jobs(contexts)
    assert job.error == f"{type(error).__name__}: {error}"
    receiver.answer = failing()
    clock.advance(1)
    drain(contexts)
    assert [told for told in receiver.told if told < 100] == [1, 2, *range(2, 60)]
    assert workers.jobs(contexts) == []


def test_work_of_its_lane_that_is_not_due_keeps_its_time(contexts: Contexts, receiver: Receiver) -> None:
    receiver.answer = failing(1, error=OSError("down"))
    queue(contexts, 2, in_seconds=0.5)
    queue(contexts, 1)
    drain(contexts)
    assert waiting(contexts) == {1: (1, 1), 2: (0, 0.5)}


def test_nothing_waits_for_work_that_is_dead(contexts: Contexts, clock: OwnClock, receiver: Receiver) -> None:
    receiver.answer = failing(1, error=OSError("down"))
    queue(contexts, 1, 2, message_seq=5)
    for _ in range(7):
        drain(contexts)
        assert waiting(contexts)[2][0] == 0
        clock.advance(300)
    drain(contexts)
    assert receiver.told == [1] * 8 + [2]
    assert [(number(job), job.state) for job in workers.jobs(contexts)] == [(1, "dead")]


def test_what_was_leased_is_put_off_too_where_the_clock_was_set_back_meanwhile(
    contexts: Contexts, clock: OwnClock, receiver: Receiver
) -> None:
    def set_back(told: int) -> None:
        if told == 1:
            clock.now -= timedelta(hours=1)
            raise OSError("down")

    receiver.answer = set_back
    queue(contexts, 1, 2)
    drain(contexts)
    assert waiting(contexts) == {1: (1, 1), 2: (0, 1)}


# ---- work that fails by itself


def test_work_that_fails_holds_back_its_own_message_only(
    contexts: Contexts, clock: OwnClock, receiver: Receiver
) -> None:
    receiver.answer = failing(2, 5)
    queue(contexts, 1, 2, 3, message_seq=7)
    queue(contexts, 4, message_seq=8)
    queue(contexts, 5, 6)
    queue(contexts, 9, lane="b", message_seq=7)
    queue(contexts, 10, message_seq=7, in_seconds=0.5)
    queue(contexts, 11, message_seq=7, in_seconds=2)
    drain(contexts)
    assert sorted(receiver.told) == [1, 2, 4, 5, 6, 9]
    assert waiting(contexts) == {2: (1, 1), 3: (0, 1), 5: (1, 1), 10: (0, 1), 11: (0, 2)}
    receiver.answer = failing()
    clock.advance(1)
    drain(contexts)
    assert receiver.told[6:] == [2, 3, 5, 10]


def test_the_rest_of_its_message_goes_on_when_work_is_dead(
    contexts: Contexts, clock: OwnClock, receiver: Receiver
) -> None:
    receiver.answer = failing(1)
    queue(contexts, 1, 2, message_seq=7)
    for _ in range(8):
        drain(contexts)
        clock.advance(300)
    assert receiver.told == [1] * 8 + [2]
    (job,) = workers.jobs(contexts)
    assert (job.state, job.attempts, job.error) == ("dead", 8, "RuntimeError: no")
    queue(contexts, 3, message_seq=7)
    drain(contexts)
    assert receiver.told[-1] == 3


def test_new_work_does_not_overtake_work_of_its_message_that_waits(
    contexts: Contexts, clock: OwnClock, receiver: Receiver
) -> None:
    receiver.answer = failing(1)
    queue(contexts, 1, message_seq=7)
    drain(contexts)
    clock.advance(0.2)
    queue(contexts, 2, message_seq=7)
    queue(contexts, 3, message_seq=8)
    drain(contexts)
    assert receiver.told == [1, 3]
    assert waiting(contexts) == {1: (1, 0.8), 2: (0, 0.8)}
    receiver.answer = failing()
    clock.advance(0.8)
    drain(contexts)
    assert receiver.told == [1, 3, 1, 2]


def test_new_work_does_not_overtake_where_the_clock_jumps_over_both(
    contexts: Contexts, clock: OwnClock, receiver: Receiver
) -> None:
    receiver.answer = failing(1)
    queue(contexts, 1, message_seq=7)
    drain(contexts)
    clock.advance(0.2)
    queue(contexts, 2, 3, message_seq=7)
    receiver.answer = failing()
    clock.advance(3600)
    drain(contexts)
    assert receiver.told == [1, 1, 2, 3]


def test_new_work_does_not_overtake_where_the_clock_is_set_back(
    contexts: Contexts, clock: OwnClock, receiver: Receiver
) -> None:
    queue(contexts, 1, message_seq=7)
    clock.now -= timedelta(hours=1)
    queue(contexts, 2, message_seq=7)
    queue(contexts, 3, message_seq=8)
    drain(contexts)
    assert receiver.told == [3]
    clock.now += timedelta(hours=1)
    drain(contexts)
    assert receiver.told == [3, 1, 2]


def test_a_payload_that_no_task_has_fails_alone(contexts: Contexts, receiver: Receiver) -> None:
    with opened(contexts, write=True) as ctx:
        job_rows.add(ctx.tx, ACCOUNT, REGION, "RelayMessage", "no JSON", ctx.now, ctx.now, "a")
    queue(contexts, 2)
    drain(contexts)
    assert receiver.told == [2]
    (job,) = workers.jobs(contexts)
    assert (job.state, job.attempts) == ("pending", 1)


# ---- who hears of a failure, and how often is tried


def test_whoever_a_task_is_about_hears_of_each_failure_and_of_the_last(
    contexts: Contexts, clock: OwnClock, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[tuple[str, tasks.RelayMessage, str, datetime | None]] = []
    wait = timedelta(seconds=20)
    use(
        monkeypatch,
        handlers.OUTSIDE[tasks.RelayMessage]._replace(
            failed=lambda ctx, task, error, next_try: heard.append((ctx.account_id, task, str(error), next_try)),
            next_try=lambda attempts, now: now + wait if attempts < 3 else None,
        ),
    )
    receiver.answer = failing(1)
    queue(contexts, 1)
    began = clock.now
    for _ in range(4):
        drain(contexts)
        clock.advance(20)
    task = tasks.RelayMessage(1)
    assert heard == [
        (ACCOUNT, task, "no", began + wait),
        (ACCOUNT, task, "no", began + 2 * wait),
        (ACCOUNT, task, "no", None),
    ]
    (job,) = workers.jobs(contexts)
    assert (job.state, job.attempts) == ("dead", 3)


def test_a_failure_counts_though_nobody_can_hear_of_it(
    contexts: Contexts, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    def deaf(ctx: Context, _task: object, _error: Exception, _next_try: datetime | None) -> None:
        tasks.add(ctx, tasks.DeliverMessage(404))
        raise RuntimeError("nobody listens")

    use(monkeypatch, handlers.OUTSIDE[tasks.RelayMessage]._replace(failed=deaf))
    receiver.answer = failing(1)
    queue(contexts, 1, 2)
    drain(contexts)
    assert receiver.told == [1, 2]
    assert waiting(contexts) == {1: (1, 1)}  # what it wrote is not there


# ---- results


def test_results_are_settled_together(contexts: Contexts, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    transactions = []

    def settle(ctx: Context, task: tasks.RelayMessage, number: int) -> None:
        transactions.append(ctx.tx)
        receiver.settle(ctx, task, number)

    use(monkeypatch, handlers.OUTSIDE[tasks.RelayMessage]._replace(settle=settle))
    queue(contexts, *range(2 * lanes.TURN))
    assert drain(contexts) == 2 * lanes.TURN
    assert receiver.settled == list(range(2 * lanes.TURN))
    assert len(set(map(id, transactions))) == 2
    assert workers.jobs(contexts) == []


def test_what_took_long_is_settled_at_once(contexts: Contexts, clock: OwnClock, receiver: Receiver) -> None:
    settled_before = []

    def slow(_number: int) -> None:
        settled_before.append(list(receiver.settled))
        clock.advance(0.1)

    receiver.answer = slow
    queue(contexts, 1, 2, 3)
    drain(contexts)
    assert settled_before == [[], [1], [1, 2]]


def test_a_result_that_cannot_be_settled_fails_alone(
    contexts: Contexts, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    def settle(ctx: Context, _task: object, number: int) -> None:
        tasks.add(ctx, tasks.DeliverMessage(number))
        failing(2)(number)

    use(monkeypatch, handlers.OUTSIDE[tasks.RelayMessage]._replace(settle=settle))
    queue(contexts, 1, 2, 3, message_seq=7)
    assert drain(contexts) == 5  # and the work that two of them made
    assert receiver.told == [1, 2, 3]
    assert waiting(contexts) == {2: (1, 1)}


def test_work_that_a_second_worker_finished_is_not_settled_twice(
    contexts: Contexts, new_database_url: str, clock: OwnClock, receiver: Receiver
) -> None:
    second = workers.contexts(new_database_url, clock)

    def too_slow(_number: int) -> None:
        receiver.answer = failing()
        clock.now += lanes.LEASE + timedelta(seconds=1)
        drain(second)

    receiver.answer = too_slow
    queue(contexts, 1)
    drain(contexts)
    assert receiver.told == [1, 1]
    assert receiver.settled == [1]


def test_work_that_a_second_worker_finished_has_not_failed(
    contexts: Contexts, new_database_url: str, clock: OwnClock, receiver: Receiver
) -> None:
    second = workers.contexts(new_database_url, clock)

    def too_slow(_number: int) -> None:
        receiver.answer = failing()
        clock.now += lanes.LEASE + timedelta(seconds=1)
        drain(second)
        queue(second, 2)  # has the number of the first on SQLite
        raise RuntimeError("too late")

    receiver.answer = too_slow
    queue(contexts, 1)
    drain(contexts)
    assert receiver.told == [1, 1, 2]
    assert workers.jobs(contexts) == []


# ---- leases


def leases(on: Contexts) -> dict[int, datetime | None]:
    return {number(job): job.leased_until for job in workers.jobs(on)}


def test_the_lease_of_a_worker_that_died_ends(contexts: Contexts, clock: OwnClock, receiver: Receiver) -> None:
    queue(contexts, 1, 2)
    with opened(contexts, write=True) as ctx:  # and nothing more was heard of it
        until = clock.now + lanes.LEASE
        assert len(job_rows.claim(ctx.tx, "a", lanes.OUTSIDE, ctx.now, clock.now, until, 1)) == 1
    second = lanes.Lanes(contexts)
    clock.now = until
    second.start()
    assert not second.wait(0)
    clock.now += timedelta(milliseconds=1)
    drain(contexts)
    assert receiver.told == [1, 2]


def test_where_a_lease_might_end_too_early_nothing_is_begun(
    contexts: Contexts, clock: OwnClock, receiver: Receiver
) -> None:
    began, while_safe = clock.now, lanes.LEASE - lanes.LONGEST_SEND
    seen = []

    def slow(told: int) -> None:
        seen.append((told, leases(contexts)))
        clock.now += while_safe
        clock.seconds += 1

    receiver.answer = slow
    queue(contexts, 1, 2, 3)
    drain(contexts)
    first, second = began + lanes.LEASE, began + lanes.LEASE + 2 * while_safe
    assert seen == [
        (1, {1: first, 2: first, 3: first}),
        (2, {2: first, 3: first}),
        (3, {3: second}),
    ]


def test_draining_waits_for_what_another_worker_has_begun(
    contexts: Contexts,
    new_database_url: str,
    clock: OwnClock,
    receiver: Receiver,
    worker: Worker,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hangs, over = hanging(receiver)
    queue(contexts, 1)
    worker.run_due()
    assert hangs.wait(SECONDS)
    pauses = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        over.set()
        worker.stop(SECONDS)

    monkeypatch.setattr(clock, "pause", pause)
    assert drain(workers.contexts(new_database_url, clock)) == 0
    assert len(pauses) == 1
    assert receiver.settled == [1]


def test_draining_does_not_wait_forever(
    contexts: Contexts, clock: OwnClock, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_module, "DRAIN_SECONDS", 0.5)
    queue(contexts, 1)
    with opened(contexts, write=True) as ctx:
        assert job_rows.claim(ctx.tx, "a", lanes.OUTSIDE, ctx.now, clock.now, clock.now + lanes.LEASE, 1)
    began = clock.seconds
    assert drain(contexts) == 0
    assert 0.5 <= clock.seconds - began < 0.6
    assert receiver.told == []


# ---- stopping and waking


def test_a_worker_that_stops_does_not_wait_long_for_a_receiver_and_frees_what_is_left(
    contexts: Contexts, receiver: Receiver, worker: Worker
) -> None:
    hangs, over = hanging(receiver)
    queue(contexts, 1, 2, 3)
    worker.run_due()
    assert hangs.wait(SECONDS)
    worker.stop(0.01)
    assert receiver.settled == []
    assert all(leases(contexts).values())
    over.set()
    worker.stop(SECONDS)
    assert receiver.told == receiver.settled == [1]
    assert waiting(contexts) == {2: (0, 0), 3: (0, 0)}


def test_the_worker_is_told_when_a_lane_has_ended(contexts: Contexts, receiver: Receiver, worker: Worker) -> None:
    told: list[int] = []
    ended = threading.Event()

    def on_jobs() -> None:
        told.extend(receiver.settled)
        ended.set()

    receiver.answer = failing(2)
    queue(contexts, 1, 2)
    contexts.database.on_jobs = on_jobs
    worker.run_due()
    assert ended.wait(SECONDS)
    assert told == [1]
    assert worker.wait_seconds(60) == 1
    queue(contexts, 3)  # nobody is at the lane any more
    ended.clear()
    worker.run_due()
    assert ended.wait(SECONDS)
    assert receiver.told == [1, 2, 3]


def test_work_that_comes_while_its_lane_is_worked_is_done_by_whoever_is_at_it(
    contexts: Contexts, receiver: Receiver
) -> None:
    receiver.answer = lambda told: queue(contexts, told + 1) if told < 30 else None
    queue(contexts, 1)
    assert drain(contexts) == 30
    assert receiver.told == list(range(1, 31))
