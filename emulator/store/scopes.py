"""Accounts and regions that have anything: mail, or something that was set up."""

from sqlalchemy import ColumnElement, Integer, Table, func, literal, select, union, union_all

from emulator.store import schema
from emulator.store.engine import Transaction
from emulator.store.suppressed_destinations import SHARED

_SET_UP = (
    schema.accounts,
    schema.identities,
    schema.identity_policies,
    schema.configuration_sets,
    schema.templates,
    schema.custom_verification_templates,
    schema.receipt_filters,
    schema.receipt_rule_sets,
    schema.suppressed_destinations,
    schema.recipient_outcomes,
)
_ALL_SET_UP = union(*(select(table.c.account_id, table.c.region).distinct() for table in _SET_UP))


def set_up(tx: Transaction) -> list[tuple[str, str]]:
    """Account and region of each that has anything but mail, in order."""
    found = ((row.account_id, row.region) for row in tx.execute(_ALL_SET_UP))
    return sorted(each for each in found if each[0] != SHARED)


def most(tx: Transaction, account_id: str | None, region: str | None, limit: int) -> list[tuple[str, str, int]]:
    """Account, region and how many messages are there, of most mail first; None: of any."""

    def here(table: Table) -> list[ColumnElement[bool]]:
        wanted = ((table.c.account_id, account_id), (table.c.region, region))
        return [table.c.account_id != SHARED, *(column == value for column, value in wanted if value is not None)]

    mail = schema.messages
    place = (mail.c.account_id, mail.c.region)
    counted = select(*place, func.count().label("messages")).where(*here(mail)).group_by(*place)
    set_up = (
        select(table.c.account_id, table.c.region, literal(0, Integer).label("messages")).where(*here(table)).distinct()
        for table in _SET_UP
    )
    found = union_all(counted, *set_up).subquery()
    messages = func.sum(found.c.messages)
    statement = select(found.c.account_id, found.c.region, messages.label("messages")).group_by(
        found.c.account_id, found.c.region
    )
    ordered = statement.order_by(messages.desc(), found.c.account_id, found.c.region).limit(limit)
    return [(row.account_id, row.region, int(row.messages)) for row in tx.execute(ordered)]
