"""Which messages somebody looks for, and how the database is asked for them."""

import re
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, or_, select

from emulator.store import documents, times
from emulator.store.schema import message_views, messages


class Filter(NamedTuple):
    """Which messages: every field that is set must hold; texts match anywhere, whatever their case."""

    account_id: str | None = None
    region: str | None = None
    direction: str | None = None
    source: str | None = None
    recipient: str | None = None
    subject: str | None = None
    configuration_set: str | None = None
    template: str | None = None
    since: datetime | None = None
    after_id: str | None = None  # newer than that message
    words: tuple[str, ...] = ()
    tag: tuple[str, str | None] | None = None


def conditions(wanted: Filter) -> list[ColumnElement[bool]]:
    """What must hold of a row of `messages`."""
    columns = messages.c
    conditions: list[ColumnElement[bool]] = []
    for column, value in (
        (columns.account_id, wanted.account_id),
        (columns.region, wanted.region),
        (columns.direction, wanted.direction),
        (columns.configuration_set, wanted.configuration_set),
        (columns.template, wanted.template),
    ):
        if value is not None:
            conditions.append(column == value)
    if wanted.since is not None:
        conditions.append(columns.created_at >= times.to_row(wanted.since))
    if wanted.after_id is not None:
        conditions.append(columns.seq > _seq_of(wanted.after_id))
    if wanted.source:
        conditions.append(or_(_contains(columns.source, wanted.source), _contains(columns.from_header, wanted.source)))
    if wanted.recipient:
        conditions.append(_contains(columns.addressed, wanted.recipient))
    if wanted.subject:
        conditions.append(_contains(columns.subject, wanted.subject))
    if wanted.tag:
        conditions.append(_tagged(*wanted.tag))
    conditions.extend(_anywhere(word) for word in wanted.words)
    return conditions


def _contains(column: ColumnElement[Any], text: str) -> ColumnElement[bool]:
    return column.icontains(text, autoescape=True)


def _seq_of(message_id: str) -> ColumnElement[int]:
    """The `seq` of a message; of one that is gone, the last one before the time that its id holds."""
    others = messages.alias()
    found = select(others.c.seq).where(others.c.id == message_id).scalar_subquery()
    digits = message_id[4:16]
    accepted_at = int(digits, 16) if re.fullmatch("[0-9a-f]{12}", digits) else 0
    before = select(func.max(others.c.seq)).where(others.c.created_at <= accepted_at).scalar_subquery()
    return func.coalesce(found, before, 0)


def _tagged(name: str, value: str | None) -> ColumnElement[bool]:
    pair = documents.text([name, value]) if value is not None else documents.text([name])[:-1] + ","
    return messages.c.tags.contains(pair, autoescape=True)


def _anywhere(word: str) -> ColumnElement[bool]:
    columns = messages.c
    views = message_views.alias()
    bodies = func.coalesce(views.c.text, "") + "\n" + func.coalesce(views.c.html, "")
    body = select(bodies).where(views.c.message_seq == columns.seq).correlate(messages).scalar_subquery()
    return or_(
        *(_contains(column, word) for column in (columns.source, columns.from_header, columns.subject)),
        *(_contains(column, word) for column in (columns.addressed, columns.id, body)),
    )
