"""Takes due work off the queue and does it; never dies of a job, and loses none."""

import logging
from collections import defaultdict
from collections.abc import Callable

from emulator.context import Contexts
from emulator.jobs import handlers
from emulator.jobs.lanes import NOBODY, Lanes
from emulator.ses import tasks
from emulator.store import jobs as job_rows
from emulator.store import messages as message_rows
from emulator.store.engine import DatabaseUnavailable

log = logging.getLogger("emulator.jobs")

BATCH = 50  # so few that nobody waits long for the write lock
TRIM_BATCH = 500
DRAIN_SECONDS = 60.0
CHECKPOINT_SECONDS = 0.1  # after the last one, where anything was done meanwhile
TRIM_EVERY, TRIM_SECONDS = 2_000, 1.0  # jobs; real time
LOOK_SECONDS = 0.05  # a drain that waits for lanes looks so often whether they made inside work

_INSIDE = [task.__name__ for task in handlers.INSIDE]
_OUTSIDE = [task.__name__ for task in handlers.OUTSIDE]


class _Overtaken(Exception):
    """Another worker did some of the work meanwhile."""


class Worker:
    """One worker; any number of them may share a database. Outside work gives way where mail comes in fast."""

    def __init__(self, contexts: Contexts, retention: int, is_rushed: Callable[[], bool] = lambda: False) -> None:
        self._contexts = contexts
        self._clock = contexts.outside.clock
        self._retention = retention
        self._lanes = Lanes(contexts, is_rushed)
        self._ran = 0  # inside
        self._checkpoint = self._trimmed = (0.0, 0)  # when, and after how many jobs

    def run_due(self) -> None:
        """The inside work that was due is done, unless others are at it, and the lanes of outside work have begun.

        The database is kept tidy now and then.
        """
        ran = BATCH
        while ran >= BATCH:  # a batch that is not full was the last: what came meanwhile makes the next one
            ran = self._run_inside()
            self._ran += ran
        self._lanes.start()
        self._keep_tidy()

    def drain(self) -> int:
        """All due work is done, also what others had begun; how much was done here."""
        ran = 0
        lanes = Lanes(self._contexts)
        deadline = self._clock.monotonic() + DRAIN_SECONDS
        try:
            while self._clock.monotonic() < deadline:
                some = self._run_inside()
                ran += some
                if some == BATCH:
                    continue
                lanes.start()
                if some or lanes.wait(LOOK_SECONDS):
                    continue
                if not self._any_due():
                    break
                self._clock.pause(0.01)
        finally:
            lanes.stop(LOOK_SECONDS)
        self.trim()
        return ran + lanes.ran

    def stop(self, seconds: float) -> None:
        """No outside work is begun any more; what was under way has ended, or the time is up and its lease goes on."""
        self._lanes.stop(seconds)

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

    def _keep_tidy(self) -> None:
        ran, now = self._ran + self._lanes.ran, self._clock.monotonic()
        at, after = self._checkpoint
        if ran > after and now > at + CHECKPOINT_SECONDS:
            self._contexts.database.checkpoint()
            self._checkpoint = now, ran
        at, after = self._trimmed
        if ran >= after + TRIM_EVERY or now > at + TRIM_SECONDS:
            self.trim()
            self._trimmed = now, ran

    def _any_due(self) -> bool:
        with self._contexts.open(*NOBODY, write=False) as ctx:
            return job_rows.any_due(ctx.tx, _INSIDE + _OUTSIDE, ctx.now)

    def _run_inside(self) -> int:
        while True:
            with self._contexts.open(*NOBODY, write=False) as ctx:
                jobs = job_rows.due(ctx.tx, _INSIDE, ctx.now, BATCH)
            if not jobs:
                return 0
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

    def _fail(self, job: job_rows.Due, error: Exception) -> None:
        log.exception("job %d (%s) failed", job.seq, job.task)
        instead = handlers.INSIDE[tasks.TASKS[job.task]].instead
        with self._contexts.open(job.account_id, job.region, write=True) as ctx:
            if not instead:
                job_rows.failed(ctx.tx, job, error, tasks.next_try(job.attempts + 1, ctx.now))
            elif job_rows.take(ctx.tx, [job]):
                instead(ctx, tasks.of_job(job))
