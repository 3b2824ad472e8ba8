"""The durable queue: work that a change set off, kept in the transaction that caused it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, or_, select, tuple_, update
from sqlalchemy import delete as sql_delete

from emulator.store import times
from emulator.store.engine import Transaction
from emulator.store.schema import jobs

PENDING, DEAD = "pending", "dead"


class Job(NamedTuple):
    """One piece of work: `payload` is the task's fields as JSON, `run_at` is emulated time."""

    seq: int
    account_id: str
    region: str
    task: str
    payload: str
    state: str
    run_at: datetime
    leased_until: datetime | None
    attempts: int
    error: str | None
    created_at: datetime


class Due(NamedTuple):
    """Work to do now, in the order of doing it; `run_at` in milliseconds, as nobody reads it but to sort."""

    run_at: int
    seq: int
    account_id: str
    region: str
    task: str
    payload: str
    attempts: int


# Built once: to build a statement takes longer than to run it.
_DUE_COLUMNS = (
    jobs.c.run_at,
    jobs.c.seq,
    jobs.c.account_id,
    jobs.c.region,
    jobs.c.task,
    jobs.c.payload,
    jobs.c.attempts,
)
_DUE = select(jobs.c.seq).where(
    jobs.c.state == PENDING, jobs.c.run_at <= bindparam("now"), jobs.c.task.in_(bindparam("tasks", expanding=True))
)
_OLDEST_DUE = _DUE.order_by(jobs.c.run_at, jobs.c.seq).limit(bindparam("most"))
_ANY_DUE = _DUE.limit(1)
_GET_DUE = _OLDEST_DUE.with_only_columns(*_DUE_COLUMNS)
# SQLite gives the number of a row that is gone to the next one: the same number may be other work by now.
_TAKE = sql_delete(jobs).where(
    jobs.c.seq.in_(bindparam("seqs", expanding=True)),
    tuple_(jobs.c.seq, jobs.c.run_at, jobs.c.task).in_(bindparam("same", expanding=True)),
)
_FREE = or_(jobs.c.leased_until.is_(None), jobs.c.leased_until < bindparam("wall"))
_LEASE_DUE = (
    update(jobs)
    .where(jobs.c.seq.in_(_OLDEST_DUE.where(_FREE).with_for_update(skip_locked=True).scalar_subquery()))
    .values(leased_until=bindparam("until"))
    .returning(*_DUE_COLUMNS)
)


def add(
    tx: Transaction, account_id: str, region: str, task: str, payload: str, now: datetime, run_at: datetime
) -> None:
    """The work will be done once this commits and `run_at` has come."""
    tx.added_jobs = True
    tx.insert(
        jobs,
        {
            "account_id": account_id,
            "region": region,
            "task": task,
            "payload": payload,
            "state": PENDING,
            "run_at": times.to_row(run_at),
            "attempts": 0,
            "created_at": times.to_row(now),
        },
    )


def due(tx: Transaction, tasks: Sequence[str], now: datetime, limit: int) -> list[Due]:
    """The oldest work of these tasks that is due; it stays in the queue."""
    return _in_order(tx.execute(_GET_DUE, {"tasks": tasks, "now": times.to_row(now), "most": limit}))


def lease_due(
    tx: Transaction, tasks: Sequence[str], now: datetime, wall: datetime, until_wall: datetime, limit: int
) -> list[Due]:
    """The oldest work of these tasks that is due and nobody's; nobody else takes it before `until_wall`.

    SQLite lets one writer in at a time; PostgreSQL skips rows that another worker holds.
    """
    values = {"tasks": tasks, "now": times.to_row(now), "wall": times.to_row(wall), "most": limit}
    return _in_order(tx.execute(_LEASE_DUE, values | {"until": times.to_row(until_wall)}))


def any_due(tx: Transaction, tasks: Sequence[str], now: datetime) -> bool:
    """Whether work of these tasks is due, be it leased or not."""
    return tx.execute(_ANY_DUE, {"tasks": tasks, "now": times.to_row(now)}).first() is not None


def take(tx: Transaction, work: Sequence[Due]) -> int:
    """This work is gone from the queue if this commits; how much of it nobody else had taken."""
    same = [(each.seq, each.run_at, each.task) for each in work]
    return tx.execute(_TAKE, {"seqs": [each.seq for each in work], "same": same}).rowcount


def failed(tx: Transaction, seq: int, attempts: int, error: str, next_try: datetime | None) -> None:
    """The work waits for its next try, or is dead where there is none."""
    values: dict[str, object] = {"attempts": attempts, "error": error, "leased_until": None}
    values |= {"state": DEAD} if next_try is None else {"run_at": times.to_row(next_try)}
    tx.execute(update(jobs).where(jobs.c.seq == seq).values(**values))


def pending(tx: Transaction) -> int:
    """How much work waits or is under way."""
    return int(tx.execute(select(func.count()).select_from(jobs).where(jobs.c.state == PENDING)).scalar_one())


def backlog(tx: Transaction) -> tuple[int, int | None, int | None]:
    """How much work waits, and the first and last of it: another answer when some of it was done."""
    statement = select(func.count(), func.min(jobs.c.seq), func.max(jobs.c.seq)).where(jobs.c.state == PENDING)
    row: Any = tx.execute(statement).one()
    return row[0], row[1], row[2]


def by_state(tx: Transaction) -> dict[str, int]:
    """How much work there is in each state."""
    found = tx.execute(select(jobs.c.state, func.count().label("number")).group_by(jobs.c.state))
    return {PENDING: 0, DEAD: 0} | {row.state: int(row.number) for row in found}


def next_run_at(tx: Transaction, now: datetime) -> datetime | None:
    """The next emulated instant after `now` at which waiting work falls due."""
    statement = select(func.min(jobs.c.run_at)).where(jobs.c.state == PENDING, jobs.c.run_at > times.to_row(now))
    return times.maybe(tx.execute(statement).scalar())


def page(tx: Transaction, state: str | None, account_id: str | None, region: str | None, limit: int) -> list[Job]:
    """The oldest work in the queue."""
    statement = select(jobs).order_by(jobs.c.seq).limit(limit)
    for column, value in ((jobs.c.state, state), (jobs.c.account_id, account_id), (jobs.c.region, region)):
        if value is not None:
            statement = statement.where(column == value)
    return [_job(row) for row in tx.execute(statement)]


def delete(tx: Transaction, account_id: str | None, region: str | None) -> None:
    """No work is left, or none of that account and region."""
    statement = sql_delete(jobs)
    for column, value in ((jobs.c.account_id, account_id), (jobs.c.region, region)):
        if value is not None:
            statement = statement.where(column == value)
    tx.execute(statement)


def _in_order(rows: Iterable[Any]) -> list[Due]:
    return sorted(map(Due._make, rows))


def _job(row: Any) -> Job:
    return Job(
        row.seq,
        row.account_id,
        row.region,
        row.task,
        row.payload,
        row.state,
        times.from_row(row.run_at),
        times.maybe(row.leased_until),
        row.attempts,
        row.error,
        times.from_row(row.created_at),
    )
