"""Outside work: lanes side by side in a few threads, the work of each lane one after another.

Order and leases are rows, so all processes on a database keep to them. A lane has its turn when a thread is free, for
some of its work, and then queues up behind the others that have any. A thread whose receiver hangs is replaced for so
long, so that receivers which answer are not held up by those that do not.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from queue import SimpleQueue
from typing import Any, NamedTuple

from emulator.context import Contexts
from emulator.jobs import handlers
from emulator.outside import aws
from emulator.publishing import webhooks
from emulator.ses import tasks
from emulator.store import jobs as job_rows
from emulator.store.engine import DatabaseUnavailable

log = logging.getLogger("emulator.jobs")

THREADS = 8
# So many are made where receivers hang, which is to take longer than this over an answer.
MOST_THREADS, HANGS_SECONDS = 40, 1.0
# So long work gives way to mail that comes in fast, and so long to see whether it does.
PATIENCE_SECONDS, PAUSE_SECONDS = 0.25, 0.02
TURN = 20  # jobs claimed at once
ENOUGH, MOST = (
    50,
    500,
)  # lanes that wait for a thread: with fewer, more are looked for, which takes longer the more there are
LEASE = timedelta(minutes=1)  # wall time
LONGEST_SEND = timedelta(seconds=40)  # where less than this is left of a lease, nothing is begun any more
SETTLE_SECONDS = 0.05  # so long a result waits for others to be settled with
NOBODY = ("000000000000", "us-east-1")  # whose context a batch of several accounts runs in
OUTSIDE = [task.__name__ for task in handlers.OUTSIDE]


class _Sent(NamedTuple):
    """Work that reached its receiver, and with what result."""

    job: job_rows.Due
    task: tasks.Task
    result: Any


class _Overtaken(Exception):
    """Another worker did some of the work meanwhile."""


class Lanes:
    """The lanes that this process works, and the threads that do it, which are made when there is something to do."""

    def __init__(self, contexts: Contexts, is_rushed: Callable[[], bool] = lambda: False) -> None:
        self.ran = 0  # jobs tried
        self._is_rushed = is_rushed  # by mail that comes in
        self._contexts = contexts
        self._clock = contexts.outside.clock
        self._turns: SimpleQueue[str | None] = SimpleQueue()
        self._begun: set[str] = set()  # they have a turn, or wait for one
        self._threads: list[threading.Thread] = []
        self._asking: dict[threading.Thread, float] = {}  # receivers, since when
        self._changed = threading.Condition()
        self._stopping = False

    def start(self) -> None:
        """Lanes that have due work, and that nobody is at, have begun: all, or so many that no thread is idle soon."""
        free: list[str] = []
        if self._turns.qsize() < ENOUGH:
            with self._contexts.open(*NOBODY, write=False) as ctx:
                free = job_rows.free_lanes(ctx.tx, OUTSIDE, ctx.now, self._clock.wall(), MOST)
        with self._changed:
            for lane in free:
                if lane not in self._begun:
                    self._begun.add(lane)
                    self._turns.put(lane)
            while len(self._threads) < min(self._wanted_threads(), len(self._begun)):
                # No executor: its threads would be waited for at exit, however long a receiver hangs.
                thread = threading.Thread(target=self._live, name="lane", daemon=True)
                self._threads.append(thread)
                thread.start()

    def wait(self, seconds: float) -> bool:
        """Whether lanes were worked here; one of them has ended since, or the time is up."""
        with self._changed:
            if not self._begun:
                return False
            self._changed.wait(seconds)
            return True

    def stop(self, seconds: float) -> None:
        """No work is begun any more; what was under way has ended, or the time is up."""
        self._stopping = True
        with self._changed:
            threads = list(self._threads)
        for _ in threads:
            self._turns.put(None)
        deadline = self._clock.monotonic() + seconds
        for thread in threads:
            thread.join(max(0.0, deadline - self._clock.monotonic()))

    def _live(self) -> None:
        try:
            while (lane := self._turns.get()) is not None and not self._stopping:
                self._have_turn(lane)
                if self._ends():
                    return
        finally:
            self._contexts.database.disconnect()

    def _wanted_threads(self) -> int:
        """As many as are to work, and one in the place of each whose receiver hangs."""
        since = self._clock.monotonic() - HANGS_SECONDS
        return min(THREADS + sum(begun < since for begun in self._asking.values()), MOST_THREADS)

    def _ends(self) -> bool:
        """Whether this thread is one too many, as no receiver hangs any more: then it does not count from now on."""
        with self._changed:
            if self._stopping or len(self._threads) <= self._wanted_threads():
                return False
            self._threads.remove(threading.current_thread())
            return True

    def _have_turn(self, lane: str) -> None:
        """Some of the lane's work is done and it waits for its next turn; or there was none, and the worker looks."""
        again = faulty = False
        try:
            again = self._work(lane)
        except DatabaseUnavailable as error:
            faulty = True
            log.warning("the database did not answer: %s", error)
        except Exception:  # the edge: the thread goes on
            faulty = True
            log.exception("lane %s stumbled", lane)
        with self._changed:
            if again:
                self._turns.put(lane)
                return
            self._begun.discard(lane)
            self._changed.notify_all()
        if not faulty:
            self._contexts.database.on_jobs()  # what came just now, or waits for its next try, is not overlooked

    def _work(self, lane: str) -> bool:
        with self._contexts.open(*NOBODY, write=True) as ctx:
            wall = self._clock.wall()
            jobs = job_rows.claim(ctx.tx, lane, OUTSIDE, ctx.now, wall, wall + LEASE, TURN)
        self._do(jobs, wall + LEASE)
        return bool(jobs)

    def _do(self, jobs: Sequence[job_rows.Due], leased_until: datetime) -> None:
        """The work is done, has failed, or waits for such that has; where there is no time for it, it is free again."""
        while jobs:
            if self._stopping or self._clock.wall() > leased_until - LONGEST_SEND:
                with self._contexts.open(*NOBODY, write=True) as ctx:
                    job_rows.give_back(ctx.tx, jobs, leased_until)
                return
            jobs = self._do_some(jobs)

    def _do_some(self, jobs: Sequence[job_rows.Due]) -> Sequence[job_rows.Due]:
        """The first of the work is done, or has failed; what is left of it to do now."""
        sent: list[_Sent] = []
        settle_at = self._clock.monotonic() + SETTLE_SECONDS
        while jobs and not self._stopping and self._clock.monotonic() <= settle_at:
            job, *jobs = jobs
            self._give_way()
            with self._changed:
                self.ran += 1
            try:
                sent.append(self._reach_out(job))
            except DatabaseUnavailable:
                raise
            except Exception as error:  # noqa: BLE001 - the job's failure is its row's business
                self._settle(sent)
                return self._fail(job, error, jobs)
        self._settle(sent)
        return jobs

    def _give_way(self) -> None:
        """Mail that comes in fast has the interpreter to itself, for a while."""
        until = self._clock.monotonic() + PATIENCE_SECONDS
        while self._is_rushed() and not self._stopping and self._clock.monotonic() < until:
            self._clock.pause(PAUSE_SECONDS)

    def _reach_out(self, job: job_rows.Due) -> _Sent:
        task = tasks.of_job(job)
        handler = handlers.OUTSIDE[type(task)]
        with self._contexts.open(job.account_id, job.region, write=False) as ctx:
            loaded = handler.load(ctx, task)
        thread = threading.current_thread()
        with self._changed:
            self._asking[thread] = self._clock.monotonic()
        try:
            return _Sent(job, task, handler.send(self._contexts.outside, loaded))
        finally:
            with self._changed:
                del self._asking[thread]

    def _settle(self, sent: Sequence[_Sent]) -> None:
        """What was sent is off the queue, in one transaction if possible."""
        if len(sent) > 1:
            try:
                self._settle_together(sent)
            except Exception as error:  # noqa: BLE001 - one of them fails: each alone shows which
                log.debug("%d jobs are settled one by one: %s", len(sent), error)
            else:
                return
        for each in sent:
            try:
                self._settle_together([each])
            except _Overtaken:
                log.debug("job %d was done by another worker", each.job.seq)
            except DatabaseUnavailable:
                raise
            except Exception as error:  # noqa: BLE001 - the job's failure is its row's business
                self._put_on_record(each.job, error, sent=True)

    def _settle_together(self, sent: Sequence[_Sent]) -> None:
        with self._contexts.open(*NOBODY, write=True) as ctx:
            if job_rows.take(ctx.tx, [each.job for each in sent]) < len(sent):
                raise _Overtaken
            for job, task, result in sent:
                there = ctx._replace(account_id=job.account_id, region=job.region)
                handlers.OUTSIDE[type(task)].settle(there, task, result)

    def _fail(self, job: job_rows.Due, error: Exception, behind: Sequence[job_rows.Due]) -> Sequence[job_rows.Due]:
        """The failure is on record; what of the work behind need not wait for the next try."""
        if not self._put_on_record(job, error, sent=False):
            return behind
        if isinstance(error, OSError):
            return ()
        return [each for each in behind if each.message_seq is None or each.message_seq != job.message_seq]

    def _put_on_record(self, job: job_rows.Due, error: Exception, *, sent: bool) -> bool:
        """The row says what happened, and so does whoever the task is about; whether there is a next try."""
        if isinstance(error, OSError):
            log.warning("job %d (%s) did not reach its receiver: %s", job.seq, job.task, error)
        elif isinstance(error, (aws.Refused, webhooks.Undelivered)):
            log.warning("job %d (%s) was not taken by its receiver: %s", job.seq, job.task, error)
        else:
            log.exception("job %d (%s) failed", job.seq, job.task)
        handler = handlers.OUTSIDE[tasks.TASKS[job.task]]
        try:
            return self._record(job, error, handler, sent=sent)
        except DatabaseUnavailable:
            raise
        except Exception:  # the failure counts, whoever cannot hear of it
            log.exception("nobody was told that job %d failed", job.seq)
            return self._record(job, error, handler._replace(failed=None), sent=sent)

    def _record(self, job: job_rows.Due, error: Exception, handler: handlers.OutsideHandler, *, sent: bool) -> bool:
        with self._contexts.open(job.account_id, job.region, write=True) as ctx:
            next_try = handler.next_try(job.attempts + 1, ctx.now)
            if not job_rows.failed(ctx.tx, job, error, next_try):
                return False
            if next_try and not sent:  # what was sent came in its order
                if isinstance(error, OSError):
                    job_rows.put_off_lane(ctx.tx, job.lane, ctx.now, next_try)
                elif job.message_seq is not None:
                    job_rows.put_off_message(ctx.tx, job, next_try)
            if handler.failed:
                handler.failed(ctx, tasks.of_job(job), error, next_try)
        return next_try is not None
