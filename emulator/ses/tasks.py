"""The work SES does later, as dataclasses: what a job's payload holds."""

import json
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from emulator.context import Context
from emulator.store import jobs as job_rows
from emulator.store import times


class DeliverMessage(NamedTuple):
    """An accepted message meets its recipients."""

    message_seq: int


class RenderMessage(NamedTuple):
    """An accepted message gets its contents from a template of `owner`, an account, and goes on its way."""

    message_seq: int
    owner: str


class LookUpRecords(NamedTuple):
    """A real resolver is asked whether the records of one part of an identity are there."""

    identity: str
    part: str
    started_at: int  # of the window, in milliseconds: when another begins, it has a task of its own


class GenerateDkimKeys(NamedTuple):
    """There is a key behind each of a domain's DKIM tokens."""

    domain: str


class RelayMessage(NamedTuple):
    """A delivered message is passed on to a real server."""

    message_seq: int


Task = DeliverMessage | RenderMessage | LookUpRecords | GenerateDkimKeys | RelayMessage
TASKS: dict[str, type[Task]] = {
    task.__name__: task for task in (DeliverMessage, RenderMessage, LookUpRecords, GenerateDkimKeys, RelayMessage)
}


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


def look_up(ctx: Context, identity: str, part: str) -> None:
    """Where a real resolver decides, it is asked about the part whose window begins now."""
    if ctx.policy.system_dns:
        add(ctx, LookUpRecords(identity, part, times.to_row(ctx.now)))


_json = json.JSONEncoder(separators=(",", ":")).encode


def of_job(job: job_rows.Due) -> Task:
    """The task that a job holds."""
    fields: dict[str, Any] = json.loads(job.payload)
    return TASKS[job.task](**fields)
