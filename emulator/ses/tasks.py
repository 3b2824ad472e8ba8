"""The work SES does later, as dataclasses: what a job's payload holds."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from emulator.context import Context
from emulator.ses import limits
from emulator.store import jobs as job_rows
from emulator.store import times


class DeliverMessage(NamedTuple):
    """An accepted message meets its recipients."""

    message_seq: int


class RenderMessage(NamedTuple):
    """An accepted message gets its contents from a template of `owner`, an account, and goes on its way."""

    message_seq: int
    owner: str


class AnnounceEvent(NamedTuple):
    """Whoever wants to know an event of a message is told; the message's id, as a number may be given again."""

    event_seq: int
    message_id: str


class LookUpRecords(NamedTuple):
    """A real resolver is asked whether the records of one part of an identity are there."""

    identity: str
    part: str
    started_at: int  # of the window, in milliseconds: when another begins, it has a task of its own


class GenerateDkimKeys(NamedTuple):
    """There is a key behind each of a domain's DKIM tokens."""

    domain: str


class RelayMessage(NamedTuple):
    """A delivered message is passed on to a real server, for those whom one delivery reached."""

    message_seq: int
    recipients: Sequence[str] | None = None  # None: of a job that an older version left: all who have it


class Publish(NamedTuple):
    """Another AWS service is told something."""

    publication_seq: int


class PostToWebhook(NamedTuple):
    """A webhook is told something, as SNS would."""

    publication_seq: int


class ReceiveInside(NamedTuple):
    """A delivered message is received here too, by these of its recipients."""

    message_seq: int
    message_id: str
    recipients: Sequence[str]


class RunReceiptRules(NamedTuple):
    """The rules that a received message matched are run, as far as no other service is needed."""

    message_seq: int
    message_id: str


class RunReceiptAction(NamedTuple):
    """The next action of the rules that a received message matched is run, which calls another service."""

    message_seq: int
    message_id: str


Task = (
    DeliverMessage
    | RenderMessage
    | AnnounceEvent
    | LookUpRecords
    | GenerateDkimKeys
    | RelayMessage
    | Publish
    | PostToWebhook
    | ReceiveInside
    | RunReceiptRules
    | RunReceiptAction
)
# They only change rows.
INSIDE: tuple[type[Task], ...] = (DeliverMessage, RenderMessage, AnnounceEvent, RunReceiptRules)
# They reach out, or take long.
OUTSIDE: tuple[type[Task], ...] = (
    LookUpRecords,
    GenerateDkimKeys,
    RelayMessage,
    Publish,
    PostToWebhook,
    ReceiveInside,
    RunReceiptAction,
)
TASKS: dict[str, type[Task]] = {task.__name__: task for task in INSIDE + OUTSIDE}


# Ours: how often work is tried, and how long it waits in between, in emulated time.
TRIES = 8
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=1), timedelta(minutes=5)
LONGEST_ACTION_WAIT = timedelta(minutes=15)


def next_try(attempts: int, now: datetime) -> datetime | None:
    """When to try again after that many failures; None after the last."""
    return None if attempts >= TRIES else now + min(FIRST_WAIT * 2 ** (attempts - 1), LONGEST_WAIT)


def next_action_try(attempts: int, now: datetime) -> datetime | None:
    """When an action of a rule is tried again after that many failures; None after the last, four hours on."""
    *before, wait = (min(FIRST_WAIT * 2**number, LONGEST_ACTION_WAIT) for number in range(attempts))
    left = limits.ACTION_RETRY_WINDOW - sum(before, timedelta())
    return now + min(wait, left) if left > timedelta() else None


def add(
    ctx: Context,
    task: Task,
    run_at: datetime | None = None,
    *,
    lane: str | None = None,
    message_seq: int | None = None,
) -> None:
    """The task runs once this call has committed, or at `run_at` of emulated time.

    An outside task has a lane: where it goes, or else its own name. Work of one lane is done one after another, and
    what fails holds back what is behind it in its lane about the same message.
    """
    kind = type(task)
    job_rows.add(
        ctx.tx,
        ctx.account_id,
        ctx.region,
        kind.__name__,
        _json(task._asdict()),
        ctx.now,
        run_at or ctx.now,
        lane or (kind.__name__ if kind in OUTSIDE else None),
        message_seq,
    )


def forget_dead(ctx: Context, task: Task) -> None:
    """The task, which was given up, is not in the queue any more."""
    job_rows.forget_dead(ctx.tx, type(task).__name__, _json(task._asdict()))


def look_up(ctx: Context, identity: str, part: str) -> None:
    """Where a real resolver decides, it is asked about the part whose window begins now."""
    if ctx.policy.system_dns:
        add(ctx, LookUpRecords(identity, part, times.to_row(ctx.now)))


_json = json.JSONEncoder(separators=(",", ":")).encode


def of_job(job: job_rows.Due) -> Task:
    """The task that a job holds."""
    fields: dict[str, Any] = json.loads(job.payload)
    return TASKS[job.task](**fields)
