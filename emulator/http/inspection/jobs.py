"""Work under way: what will be done, what failed, what was given up."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from emulator.http.inspection.problems import Problem
from emulator.http.inspection.routes import Routes
from emulator.http.parts import Parts
from emulator.store import jobs as job_rows

routes = Routes()


@dataclass(frozen=True, slots=True)
class JobFilter:
    """Which work."""

    account: str | None = field(default=None, metadata={"help": "12-digit account; default: all"})
    region: str | None = field(default=None, metadata={"help": "region; default: all"})
    state: str | None = field(default=None, metadata={"help": "pending or dead"})


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work; `run_at` is emulated time."""

    id: str
    account: str
    region: str
    task: str
    lane: str | None = field(metadata={"help": "where it goes: work of one lane is done in turn; null: nowhere"})
    detail: dict[str, Any]
    state: str
    run_at: datetime
    attempts: int
    error: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class JobList:
    """The oldest 500 of the queue, and how much is pending in all."""

    jobs: list[Job]
    pending: int


@dataclass(frozen=True, slots=True)
class Drained:
    """How much work was done, and how much is pending still."""

    ran: int
    pending: int


@routes.route("GET", "/jobs", query=JobFilter, answer=JobList)
def list_jobs(parts: Parts, query: JobFilter) -> JobList:
    """The queue, oldest first."""
    if query.state not in (None, job_rows.PENDING, job_rows.DEAD):
        raise Problem(400, f"state must be pending or dead, not {query.state!r}.")
    with parts.context(query.account, query.region) as ctx:
        rows = job_rows.page(ctx.tx, query.state, query.account, query.region, 500)
        pending = job_rows.pending(ctx.tx)
    return JobList([_job(row) for row in rows], pending)


@routes.route("POST", "/jobs/drain", answer=Drained)
def drain(parts: Parts) -> Drained:
    """All work that is due is done when the answer comes."""
    ran = parts.drain()
    with parts.context(None, None) as ctx:
        return Drained(ran, job_rows.pending(ctx.tx))


def _job(row: job_rows.Job) -> Job:
    detail = json.loads(row.payload)
    return Job(
        str(row.seq),
        row.account_id,
        row.region,
        row.task,
        row.lane,
        detail,
        row.state,
        row.run_at,
        row.attempts,
        row.error,
        row.created_at,
    )
