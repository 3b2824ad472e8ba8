"""Takes due work off the queue and does it; never dies of a job, and loses none."""

import logging
from collections import defaultdict
from datetime import timedelta
from typing import Any

from emulator.context import Contexts
from emulator.jobs import handlers
from emulator.ses import tasks
from emulator.store import jobs as job_rows
from emulator.store import messages as message_rows
from emulator.store.engine import DatabaseUnavailable

log = logging.getLogger("emulator.jobs")

BATCH = 50  # so few that nobody waits long for the write lock
LEASE = timedelta(minutes=1)  # wall time; the longest an outside task may take
TRIM_BATCH = 500
DRAIN_SECONDS = 60.0
CHECKPOINT_SECONDS = 0.1  # after the last one, where anything was done meanwhile
TRIM_EVERY, TRIM_SECONDS = 2_000, 1.0  # jobs; real time
NOBODY = ("000000000000", "us-east-1")  # whose context a batch of several accounts runs in

_INSIDE = [task.__name__ for task in handlers.INSIDE]
_OUTSIDE = [task.__name__ for task in handlers.OUTSIDE]


class _Overtaken(Exception):
    """Another worker did some of the work meanwhile."""


class Worker:
    """One worker; any number of them may share a database."""

    def __init__(self, contexts: Contexts, retention: int) -> None:
        self._contexts = contexts
        self._outside = contexts.outside
        self._retention = retention
        self._since_checkpoint = self._since_trim = 0
        self._checkpoint_at = self._trimmed_at = 0.0

    def run_due(self) -> None:
        """The work that was due is done, unless others are at it; the database is kept tidy now and then."""
        ran = BATCH
        while ran >= BATCH:  # a batch that is not full was the last: what came meanwhile makes the next one
            ran = self._run_some()
            self._since_checkpoint += ran
            self._since_trim += ran
        now = self._outside.clock.monotonic()
        if self._since_checkpoint and now > self._checkpoint_at + CHECKPOINT_SECONDS:
            self._contexts.database.checkpoint()
            self._since_checkpoint, self._checkpoint_at = 0, now
        if self._since_trim >= TRIM_EVERY or now > self._trimmed_at + TRIM_SECONDS:
            self.trim()
            self._since_trim, self._trimmed_at = 0, now

    def drain(self) -> int:
        """All due work is done, also what others had begun; how much was done here."""
        ran = 0
        deadline = self._outside.clock.monotonic() + DRAIN_SECONDS
        while self._outside.clock.monotonic() < deadline:
            some = self._run_some()
            ran += some
            if not some:
                if not self._any_due():
                    break
                self._outside.clock.pause(0.01)
        self.trim()
        return ran

    def wait_seconds(self, longest: float) -> float:
        """How long nothing falls due, in real seconds, up to `longest`."""
        with self._contexts.open(*NOBODY, write=False) as ctx:
            next_run_at = job_rows.next_run_at(ctx.tx, ctx.now)
            if next_run_at is None:
                return longest
            return max(0.0, min(longest, (next_run_at - ctx.now).total_seconds()))

    def trim(self) -> None:
        """No more messages are kept than the retention allows."""
        if not self._retention:
            return
        with self._contexts.open(*NOBODY, write=False) as ctx:
            if not message_rows.exceed(ctx.tx, self._retention):
                return
        trimmed = TRIM_BATCH
        while trimmed == TRIM_BATCH:
            with self._contexts.open(*NOBODY, write=True) as ctx:
                trimmed = message_rows.trim(ctx.tx, self._retention, TRIM_BATCH)

    def _run_some(self) -> int:
        if not self._any_due():
            return 0
        return self._run_inside() + self._run_outside()

    def _any_due(self, tasks_named: list[str] = _INSIDE + _OUTSIDE) -> bool:
        with self._contexts.open(*NOBODY, write=False) as ctx:
            return job_rows.any_due(ctx.tx, tasks_named, ctx.now)

    # ---- inside

    def _run_inside(self) -> int:
        while True:
            with self._contexts.open(*NOBODY, write=False) as ctx:
                jobs = job_rows.due(ctx.tx, _INSIDE, ctx.now, BATCH)
            try:
                self._do(jobs)
            except _Overtaken:
                continue
            except DatabaseUnavailable:
                raise
            except Exception:  # noqa: BLE001 - one of them fails: each alone shows which
                for job in jobs:
                    self._do_alone(job)
            return len(jobs)

    def _do(self, jobs: list[job_rows.Due]) -> None:
        """The work is prepared, then done in one transaction, which takes it off the queue."""
        by_kind: dict[type[tasks.Task], list[tasks.Task]] = defaultdict(list)
        for job in jobs:
            task = tasks.of_job(job)
            by_kind[type(task)].append(task)
        with self._contexts.open(*NOBODY, write=False) as ctx:
            prepared = [(kind, handlers.INSIDE[kind].prepare(ctx, of_kind)) for kind, of_kind in by_kind.items()]
        if not prepared:
            return
        with self._contexts.open(*NOBODY, write=True) as ctx:
            if job_rows.take(ctx.tx, jobs) < len(jobs):
                raise _Overtaken
            for kind, plan in prepared:
                handlers.INSIDE[kind].apply(ctx, plan)

    def _do_alone(self, job: job_rows.Due) -> None:
        try:
            self._do([job])
        except _Overtaken:
            log.debug("job %d was done by another worker", job.seq)
        except DatabaseUnavailable:
            raise
        except Exception as error:  # noqa: BLE001 - the job's failure is its row's business
            self._fail(job, error)

    # ---- outside

    def _run_outside(self) -> int:
        if not self._any_due(_OUTSIDE):
            return 0
        with self._contexts.open(*NOBODY, write=True) as ctx:
            wall = self._outside.clock.wall()
            jobs = job_rows.lease_due(ctx.tx, _OUTSIDE, ctx.now, wall, wall + LEASE, BATCH)
        for job in jobs:
            self._reach_out(job)
        return len(jobs)

    def _reach_out(self, job: job_rows.Due) -> None:
        try:
            task = tasks.of_job(job)
            handler = handlers.OUTSIDE[type(task)]
            with self._contexts.open(job.account_id, job.region, write=False) as ctx:
                loaded = handler.load(ctx, task)
            result: Any = handler.send(self._outside, loaded)
            with self._contexts.open(job.account_id, job.region, write=True) as ctx:
                if job_rows.take(ctx.tx, [job]):
                    handler.settle(ctx, task, result)
        except DatabaseUnavailable:
            raise
        except Exception as error:  # noqa: BLE001 - the job's failure is its row's business
            self._fail(job, error)

    def _fail(self, job: job_rows.Due, error: Exception) -> None:
        log.exception("job %d (%s) failed", job.seq, job.task)
        with self._contexts.open(job.account_id, job.region, write=True) as ctx:
            attempts = job.attempts + 1
            text = f"{type(error).__name__}: {error}"[:1000]
            job_rows.failed(ctx.tx, job.seq, attempts, text, tasks.next_try(attempts, ctx.now))
