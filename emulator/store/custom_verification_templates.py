"""Rows of custom verification e-mail templates."""

from typing import NamedTuple

from sqlalchemy import ColumnElement, select, update
from sqlalchemy import delete as sql_delete

from emulator.store.engine import Transaction
from emulator.store.schema import custom_verification_templates as table


class Template(NamedTuple):
    """One template of an account in a region."""

    template_name: str
    from_email_address: str
    template_subject: str
    template_content: str
    success_redirection_url: str
    failure_redirection_url: str


class Summary(NamedTuple):
    """A template without its content, which may be large."""

    template_name: str
    from_email_address: str
    template_subject: str
    success_redirection_url: str
    failure_redirection_url: str


def get(tx: Transaction, account_id: str, region: str, template_name: str) -> Template | None:
    """The template of that name."""
    columns = (table.c[name] for name in Template._fields)
    row = tx.execute(select(*columns).where(*_is(account_id, region, template_name))).one_or_none()
    return Template._make(row) if row else None


def summaries(tx: Transaction, account_id: str, region: str) -> list[Summary]:
    """All templates of the account in the region."""
    columns = (table.c[name] for name in Summary._fields)
    return [Summary._make(row) for row in tx.execute(select(*columns).where(*_in(account_id, region)))]


def insert(tx: Transaction, account_id: str, region: str, template: Template) -> None:
    """The template is there."""
    tx.insert(table, {"account_id": account_id, "region": region, **template._asdict()})


def set_values(tx: Transaction, account_id: str, region: str, template_name: str, values: dict[str, str]) -> None:
    """These columns of the template hold these values."""
    tx.execute(update(table).where(*_is(account_id, region, template_name)).values(**values))


def delete(tx: Transaction, account_id: str, region: str, template_name: str) -> bool:
    """The template is gone; False if there was none."""
    return tx.execute(sql_delete(table).where(*_is(account_id, region, template_name))).rowcount > 0


def _is(account_id: str, region: str, template_name: str) -> tuple[ColumnElement[bool], ...]:
    return (*_in(account_id, region), table.c.template_name == template_name)


def _in(account_id: str | None, region: str | None) -> tuple[ColumnElement[bool], ...]:
    wanted = ((table.c.account_id, account_id), (table.c.region, region))
    return tuple(column == value for column, value in wanted if value is not None)
