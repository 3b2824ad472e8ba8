"""The durable queue: work that a change set off, kept in the transaction that caused it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, bindparam, func, or_, select, update
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
    lane: str | None
    message_seq: int | None
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
    lane: str | None
    message_seq: int | None
    payload: str
    attempts: int


# Built once: to build a statement takes longer than to run it.
_DUE_COLUMNS = tuple(jobs.c[name] for name in Due._fields)
_IS_DUE = (
    jobs.c.state == PENDING,
    jobs.c.run_at <= bindparam("now"),
    jobs.c.task.in_(bindparam("tasks", expanding=True)),
)
_ANY_DUE = select(jobs.c.seq).where(*_IS_DUE).limit(1)
_GET_DUE = select(*_DUE_COLUMNS).where(*_IS_DUE).order_by(jobs.c.run_at, jobs.c.seq).limit(bindparam("most"))
_GET_DUE_WORK = (
    f"SELECT {', '.join(Due._fields)} FROM jobs WHERE state = ? AND run_at <= ? AND task IN ({{}})"  # noqa: S608 - names
    " ORDER BY run_at, seq LIMIT ?"
)
# Work that waits for another instant by now is not what was seen.
_TAKE = "DELETE FROM jobs WHERE seq = ? AND run_at = ?"

# PostgreSQL lets one claim be made at a time, as SQLite does anyway: whoever claims sees all leases there are.
_CLAIM_ALONE = "SELECT id FROM instance FOR UPDATE"
_leased = jobs.alias()
_LEASED = select(_leased.c.lane).where(
    _leased.c.state == PENDING, _leased.c.lane.is_not(None), _leased.c.leased_until >= bindparam("wall")
)
_FREE_LANES = (
    select(jobs.c.lane)
    .where(*_IS_DUE, jobs.c.lane.is_not(None), jobs.c.lane.not_in(_LEASED))
    .group_by(jobs.c.lane)
    .order_by(func.min(jobs.c.run_at))
    .limit(bindparam("most"))
)
_IS_LEASED = _LEASED.where(_leased.c.lane == bindparam("lane")).limit(1)
# Others may be deleting some of it, and then wait for the row that claims are made with: so nobody waits for them.
_GET_OF_LANE = _GET_DUE.where(jobs.c.lane == bindparam("lane")).with_for_update(skip_locked=True)
_LEASE = update(jobs).where(jobs.c.seq.in_(bindparam("seqs", expanding=True))).values(leased_until=bindparam("until"))
# One look for all of a claim: to look for each of its work by itself would take as long for each.
_COMES_LATER = (
    select(jobs.c.message_seq, jobs.c.seq, jobs.c.run_at)
    .where(
        jobs.c.state == PENDING,
        jobs.c.lane == bindparam("lane"),
        jobs.c.message_seq.in_(bindparam("messages", expanding=True)),
        jobs.c.seq < bindparam("last"),
        jobs.c.run_at > bindparam("oldest"),
    )
    .order_by(jobs.c.run_at)
)
_GIVE_BACK = (
    update(jobs)
    .where(jobs.c.seq.in_(bindparam("seqs", expanding=True)), jobs.c.leased_until == bindparam("until"))
    .values(leased_until=None)
)


def add(
    tx: Transaction,
    account_id: str,
    region: str,
    task: str,
    payload: str,
    now: datetime,
    run_at: datetime,
    lane: str | None = None,
    message_seq: int | None = None,
) -> None:
    """The work will be done once this commits and `run_at` has come."""
    tx.added_jobs = True
    tx.insert(
        jobs,
        {
            "account_id": account_id,
            "region": region,
            "task": task,
            "lane": lane,
            "message_seq": message_seq,
            "payload": payload,
            "state": PENDING,
            "run_at": times.to_row(run_at),
            "attempts": 0,
            "created_at": times.to_row(now),
        },
    )


def due(tx: Transaction, tasks: Sequence[str], now: datetime, limit: int) -> list[Due]:
    """The oldest work of these tasks that is due; it stays in the queue."""
    statement = _GET_DUE_WORK.format(", ".join("?" * len(tasks)))
    return _in_order(tx.run(statement, PENDING, times.to_row(now), *tasks, limit))


def any_due(tx: Transaction, tasks: Sequence[str], now: datetime) -> bool:
    """Whether work of these tasks is due, be it leased or not."""
    return tx.execute(_ANY_DUE, {"tasks": tasks, "now": times.to_row(now)}).first() is not None


def free_lanes(tx: Transaction, tasks: Sequence[str], now: datetime, wall: datetime, most: int = 500) -> list[str]:
    """The lanes that have due work of these tasks and that nobody is at; whose work is oldest comes first."""
    values = {"tasks": tasks, "now": times.to_row(now), "wall": times.to_row(wall), "most": most}
    return list(tx.execute(_FREE_LANES, values).scalars())


def claim(
    tx: Transaction, lane: str, tasks: Sequence[str], now: datetime, wall: datetime, until_wall: datetime, limit: int
) -> list[Due]:
    """The lane's oldest due work, leased: nobody else gets any of the lane before `until_wall`.

    None where somebody is at the lane. What is about the same message comes in the order in which it was added.
    """
    tx.run(_CLAIM_ALONE)
    if tx.execute(_IS_LEASED, {"lane": lane, "wall": times.to_row(wall)}).first():
        return []
    values = {"lane": lane, "tasks": tasks, "now": times.to_row(now), "most": limit}
    while found := _in_order(tx.execute(_GET_OF_LANE, values)):
        if not _queue_up(tx, lane, found):
            tx.execute(_LEASE, {"seqs": [job.seq for job in found], "until": times.to_row(until_wall)})
            break
    return found


def give_back(tx: Transaction, work: Sequence[Due], until_wall: datetime) -> None:
    """This work, claimed until then and not begun, is free again."""
    tx.execute(_GIVE_BACK, {"seqs": [job.seq for job in work], "until": times.to_row(until_wall)})


def take(tx: Transaction, work: Sequence[Due]) -> int:
    """This work is gone from the queue if this commits; how much of it nobody else had taken."""
    return tx.run_many(_TAKE, [(each.seq, each.run_at) for each in work])


def failed(tx: Transaction, job: Due, error: Exception, next_try: datetime | None) -> bool:
    """The work waits for its next try, or is dead where there is none; False where somebody else did it meanwhile."""
    text = f"{type(error).__name__}: {error}"[:1000]
    values: dict[str, object] = {"attempts": job.attempts + 1, "error": text, "leased_until": None}
    values |= {"state": DEAD} if next_try is None else {"run_at": times.to_row(next_try)}
    same = (jobs.c.seq == job.seq, jobs.c.run_at == job.run_at, jobs.c.state == PENDING)
    return bool(tx.execute(update(jobs).where(*same).values(**values)).rowcount)


def put_off_lane(tx: Transaction, lane: str | None, now: datetime, until: datetime) -> None:
    """All work of the lane that is due, or under way, waits until then, and is nobody's."""
    _put_off(tx, lane, until, jobs.c.run_at <= times.to_row(now))


def put_off_message(tx: Transaction, job: Due, until: datetime) -> None:
    """What comes behind this work in its lane, and is about the same message, waits until then at least."""
    early = jobs.c.run_at < times.to_row(until)
    _put_off(tx, job.lane, until, early, jobs.c.message_seq == job.message_seq, jobs.c.seq > job.seq)


def hurry(tx: Transaction, lane: str, now: datetime) -> None:
    """What waits in the lane for its next try is due."""
    tx.added_jobs = True
    waits = (jobs.c.state == PENDING, jobs.c.lane == lane, jobs.c.run_at > times.to_row(now))
    tx.execute(update(jobs).where(*waits).values(run_at=times.to_row(now)))


def forget_dead(tx: Transaction, task: str, payload: str) -> None:
    """Such work, which was given up, is not there any more."""
    same = (jobs.c.state == DEAD, jobs.c.task == task, jobs.c.payload == payload)
    tx.execute(sql_delete(jobs).where(*same))


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


def _queue_up(tx: Transaction, lane: str, work: Sequence[Due]) -> bool:
    """Whatever has something before it that comes later comes as late now; whether there was any."""
    ordered = [job for job in work if job.message_seq is not None]
    if not ordered:
        return False
    values = {
        "lane": lane,
        "messages": list({job.message_seq for job in ordered}),
        "last": max(job.seq for job in ordered),
        "oldest": ordered[0].run_at,
    }
    waits: dict[int, int] = {}
    for row in tx.execute(_COMES_LATER, values):
        for job in ordered:
            if job.message_seq == row.message_seq and row.seq < job.seq and job.run_at < row.run_at:
                waits[job.seq] = row.run_at
    for seq, run_at in waits.items():
        tx.execute(update(jobs).where(jobs.c.seq == seq).values(run_at=run_at))
    return bool(waits)


def _put_off(
    tx: Transaction, lane: str | None, until: datetime, early: ColumnElement[bool], *wanted: ColumnElement[bool]
) -> None:
    """What is leased was due, whatever the clock shows by now."""
    here = (jobs.c.state == PENDING, jobs.c.lane == lane, or_(early, jobs.c.leased_until.is_not(None)))
    chosen = select(jobs.c.seq).where(*here, *wanted).with_for_update(skip_locked=True)
    values = {"run_at": times.to_row(until), "leased_until": None}
    tx.execute(update(jobs).where(jobs.c.seq.in_(chosen.scalar_subquery())).values(**values))


def _in_order(rows: Iterable[Any]) -> list[Due]:
    return sorted(map(Due._make, rows))


def _job(row: Any) -> Job:
    return Job(
        row.seq,
        row.account_id,
        row.region,
        row.task,
        row.lane,
        row.message_seq,
        row.payload,
        row.state,
        times.from_row(row.run_at),
        times.maybe(row.leased_until),
        row.attempts,
        row.error,
        times.from_row(row.created_at),
    )
