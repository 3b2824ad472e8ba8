"""Which messages somebody looks for, and how the database is asked for them."""

import re
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, exists, false, func, not_, or_, select

from emulator.store import documents, times
from emulator.store.schema import events, message_views, messages

# What a term speaks of. Texts match anywhere, whatever their case; names match as they are.
FROM, TO, SUBJECT, WORD = "from", "to", "subject", "word"  # a text each
TAG = "tag"  # name, and value or None
CONFIGURATION_SET, TEMPLATE, IDENTITY, EVENT, DIRECTION = (
    "configuration_set",
    "template",
    "identity",
    "event",
    "direction",
)
SINCE, BEFORE = "since", "before"  # an instant
LARGER, SMALLER = "larger", "smaller"  # bytes
READ = "read"  # whether somebody looked at it
ATTACHMENT = "attachment"  # nothing

DIRECTIONS: Final = ("outbound", "inbound", "system")


class Term(NamedTuple):
    """One thing that must hold of a message, or must not."""

    kind: str
    value: Any = None
    negated: bool = False


class Filter(NamedTuple):
    """Which messages: every field that is set must hold, and every term."""

    account_id: str | None = None
    region: str | None = None
    direction: str | None = None
    after_id: str | None = None  # newer than that message
    terms: tuple[Term, ...] = ()


def conditions(wanted: Filter) -> list[ColumnElement[bool]]:
    """What must hold of a row of `messages`."""
    columns = messages.c
    conditions = [
        column == value
        for column, value in (
            (columns.account_id, wanted.account_id),
            (columns.region, wanted.region),
            (columns.direction, wanted.direction),
        )
        if value is not None
    ]
    if wanted.after_id is not None:
        conditions.append(columns.seq > _seq_of(wanted.after_id))
    conditions.extend(map(_term, wanted.terms))
    return conditions


def _term(term: Term) -> ColumnElement[bool]:
    condition = _CONDITIONS[term.kind](term.value)
    return not_(func.coalesce(condition, false())) if term.negated else condition  # of what is not there, nothing holds


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


def _from(text: str) -> ColumnElement[bool]:
    return or_(_contains(messages.c.source, text), _contains(messages.c.from_header, text))


def _tagged(tag: tuple[str, str | None]) -> ColumnElement[bool]:
    name, value = tag
    pair = documents.text([name, value]) if value is not None else documents.text([name])[:-1] + ","
    return messages.c.tags.contains(pair, autoescape=True)


def _identity(name: str) -> ColumnElement[bool]:
    """By the ARN, whose account and region may be any."""
    return messages.c.source_arn.endswith(f":identity/{name}", autoescape=True)


def _happened(event_type: str) -> ColumnElement[bool]:
    return exists().where(events.c.message_seq == messages.c.seq, events.c.type == event_type)


def _has_attachment(_value: None) -> ColumnElement[bool]:
    views = message_views.alias()
    return exists().where(views.c.message_seq == messages.c.seq, views.c.attachments != documents.text([]))


def _anywhere(word: str) -> ColumnElement[bool]:
    columns = messages.c
    views = message_views.alias()
    bodies = func.coalesce(views.c.text, "") + "\n" + func.coalesce(views.c.html, "")
    body = select(bodies).where(views.c.message_seq == columns.seq).correlate(messages).scalar_subquery()
    return or_(
        *(_contains(column, word) for column in (columns.source, columns.from_header, columns.subject)),
        *(_contains(column, word) for column in (columns.addressed, columns.id, body)),
    )


_CONDITIONS: Final[dict[str, Callable[[Any], ColumnElement[bool]]]] = {
    FROM: _from,
    TO: lambda text: _contains(messages.c.addressed, text),
    SUBJECT: lambda text: _contains(messages.c.subject, text),
    WORD: _anywhere,
    TAG: _tagged,
    CONFIGURATION_SET: lambda name: messages.c.configuration_set == name,
    TEMPLATE: lambda name: messages.c.template == name,
    IDENTITY: _identity,
    EVENT: _happened,
    DIRECTION: lambda direction: messages.c.direction == direction,
    SINCE: lambda instant: messages.c.created_at >= times.to_row(instant),
    BEFORE: lambda instant: messages.c.created_at < times.to_row(instant),
    LARGER: lambda size_bytes: messages.c.size_bytes > size_bytes,
    SMALLER: lambda size_bytes: messages.c.size_bytes < size_bytes,
    READ: lambda read: messages.c.read_at.is_not(None) if read else messages.c.read_at.is_(None),
    ATTACHMENT: _has_attachment,
}
