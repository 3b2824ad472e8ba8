"""The work SES does later, as dataclasses: what a job's payload holds."""

import json
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from emulator.context import Context
from emulator.store import jobs as job_rows


class DeliverMessage(NamedTuple):
    """An accepted message meets its recipients."""

    message_seq: int


class LookUpDomain(NamedTuple):
    """A real resolver is asked whether a domain's verification record is there."""

    domain: str


Task = DeliverMessage | LookUpDomain
TASKS: dict[str, type[Task]] = {task.__name__: task for task in (DeliverMessage, LookUpDomain)}


# Ours: how often work is tried, and how long it waits in between, in emulated time.
TRIES = 8
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=1), timedelta(minutes=5)


def next_try(attempts: int, now: datetime) -> datetime | None:
    """When to try again after that many failures; None after the last."""
    return None if attempts >= TRIES else now + min(FIRST_WAIT * 2 ** (attempts - 1), LONGEST_WAIT)


def add(ctx: Context, task: Task, run_at: datetime | None = None) -> None:
    """The task runs once this call has committed, or at `run_at` of emulated time."""
    payload = _json(task._asdict())
    job_rows.add(ctx.tx, ctx.account_id, ctx.region, type(task).__name__, payload, ctx.now, run_at or ctx.now)


_json = json.JSONEncoder(separators=(",", ":")).encode


def of_job(job: job_rows.Due) -> Task:
    """The task that a job holds."""
    fields: dict[str, Any] = json.loads(job.payload)
    return TASKS[job.task](**fields)
