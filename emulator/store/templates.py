"""Rows of e-mail templates."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, bindparam, func, select, update
from sqlalchemy import delete as sql_delete

from emulator.store import times
from emulator.store.engine import Transaction
from emulator.store.schema import templates as table


class Template(NamedTuple):
    """One template of an account in a region."""

    template_name: str
    subject_part: str
    text_part: str | None
    html_part: str | None


class Summary(NamedTuple):
    """A template without its parts, which may be large."""

    seq: int
    template_name: str
    created_at: datetime


_KEY = (
    table.c.account_id == bindparam("this_account"),
    table.c.region == bindparam("this_region"),
    table.c.template_name == bindparam("this_name"),
)
# Built once: to build a statement takes longer than to run it.
_GET = select(*(table.c[name] for name in Template._fields)).where(*_KEY)
_FIND = select(table.c.seq).where(*_KEY)


def get(tx: Transaction, account_id: str, region: str, template_name: str) -> Template | None:
    """The template of that name."""
    row = tx.execute(_GET, _key(account_id, region, template_name)).one_or_none()
    return Template._make(row) if row else None


def exists(tx: Transaction, account_id: str, region: str, template_name: str) -> bool:
    """Whether there is a template of that name, remembered until one comes or goes."""

    def load(tx: Transaction) -> bool:
        return tx.execute(_FIND, _key(account_id, region, template_name)).one_or_none() is not None

    return tx.remembered(("template", account_id, region, template_name), load)


def after(tx: Transaction, account_id: str, region: str, seq: int, limit: int) -> list[Summary]:
    """Templates in the order of their creation, the first after `seq`."""
    columns = (table.c.seq, table.c.template_name, table.c.created_at)
    statement = select(*columns).where(*_in(account_id, region), table.c.seq > seq).order_by(table.c.seq).limit(limit)
    return [Summary(row.seq, row.template_name, times.from_row(row.created_at)) for row in tx.execute(statement)]


def count(tx: Transaction, account_id: str, region: str) -> int:
    """How many templates the account has in the region."""
    return int(tx.execute(select(func.count()).select_from(table).where(*_in(account_id, region))).scalar_one())


def insert(tx: Transaction, account_id: str, region: str, template: Template, now: datetime) -> None:
    """The template is there."""
    tx.changed()
    key = {"account_id": account_id, "region": region}
    tx.insert(table, {**key, **template._asdict(), "created_at": times.to_row(now)})


def replace(tx: Transaction, account_id: str, region: str, template: Template) -> bool:
    """The template of that name has these parts and no others; False if there is none."""
    statement = update(table).where(*_KEY).values(**template._asdict())
    return tx.execute(statement, _key(account_id, region, template.template_name)).rowcount > 0


def delete(tx: Transaction, account_id: str, region: str, template_name: str) -> None:
    """The template is gone, if it was there."""
    tx.changed()
    tx.execute(sql_delete(table).where(*_KEY), _key(account_id, region, template_name))


def _key(account_id: str, region: str, template_name: str) -> dict[str, str]:
    return {"this_account": account_id, "this_region": region, "this_name": template_name}


def _in(account_id: str | None, region: str | None) -> tuple[ColumnElement[bool], ...]:
    wanted = ((table.c.account_id, account_id), (table.c.region, region))
    return tuple(column == value for column, value in wanted if value is not None)
