"""Whose things, and which messages, a request speaks of."""

from dataclasses import dataclass, field
from datetime import datetime

from emulator.context import Context
from emulator.http.inspection.problems import Problem, no_such
from emulator.ses import mailbox, searching
from emulator.store import message_filters
from emulator.store.message_filters import Filter, Term
from emulator.store.messages import Message

LARGEST_PAGE = 500
LARGEST_CURSOR = 2**63 - 1
LONGEST_TEXT = 2_000  # no database looks for a longer one


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose messages."""

    account: str | None = field(default=None, metadata={"help": "12-digit account; default: all"})
    region: str | None = field(default=None, metadata={"help": "region; default: all"})


@dataclass(frozen=True, slots=True)
class AccountScope:
    """One account in one region."""

    account: str | None = field(default=None, metadata={"help": "12-digit account; default: the default one"})
    region: str | None = field(default=None, metadata={"help": "region; default: us-east-1"})


@dataclass(frozen=True, slots=True)
class MessageFilter:
    """Which messages: all that is given must hold; texts match anywhere, whatever their case."""

    account: str | None = field(default=None, metadata={"help": "12-digit account; default: all"})
    region: str | None = field(default=None, metadata={"help": "region; default: all"})
    direction: str | None = field(default=None, metadata={"help": "outbound, inbound or system"})
    from_: str | None = field(default=None, metadata={"help": "part of the sender"})
    to: str | None = field(default=None, metadata={"help": "part of a recipient"})
    subject: str | None = field(default=None, metadata={"help": "part of the subject"})
    q: str | None = field(
        default=None,
        metadata={
            "help": 'words anywhere in the message; "quotes" hold some together, from:ann and its like say where, '
            "-word is not there; /_emulator/search/operators knows all"
        },
    )
    tag: str | None = field(default=None, metadata={"help": "name, or name=value, of a message tag"})
    configuration_set: str | None = field(default=None, metadata={"help": "name of the configuration set"})
    template: str | None = field(default=None, metadata={"help": "name of the template"})
    since: datetime | None = field(default=None, metadata={"help": "accepted at this instant or later"})
    after: str | None = field(default=None, metadata={"help": "newer than the message of this id"})


def wanted(query: MessageFilter) -> Filter:
    """What the query asks for; a Problem where it cannot be understood."""
    if query.direction not in (None, *searching.DIRECTIONS):
        raise Problem(400, f"direction must be one of {', '.join(searching.DIRECTIONS)}, not {query.direction!r}.")
    if any(len(text or "") > LONGEST_TEXT for text in (query.from_, query.to, query.subject, query.tag)):
        raise Problem(400, f"A text to look for has at most {LONGEST_TEXT} characters.")
    said = (
        (message_filters.FROM, query.from_ or None),
        (message_filters.TO, query.to or None),
        (message_filters.SUBJECT, query.subject or None),
        (message_filters.TAG, searching.tag(query.tag) if query.tag else None),
        (message_filters.CONFIGURATION_SET, query.configuration_set),
        (message_filters.TEMPLATE, query.template),
        (message_filters.SINCE, query.since),
    )
    terms = [Term(kind, value) for kind, value in said if value is not None]
    try:
        terms += searching.terms(query.q or "")
    except searching.Unreadable as fault:
        raise Problem(400, str(fault)) from None
    return Filter(query.account, query.region, query.direction, query.after, tuple(terms))


def find(ctx: Context, message_id: str, query: MessageFilter) -> Message:
    """The message of that id; `latest` is the newest one that matches the query."""
    message = mailbox.find(ctx, message_id, wanted(query))
    if message is None:
        raise no_such("message", message_id)
    return message


def check_limit(limit: int) -> None:
    """So many are a page; else a Problem."""
    if not 1 <= limit <= LARGEST_PAGE:
        raise Problem(400, f"limit must be between 1 and {LARGEST_PAGE}, not {limit}.")


def position(cursor: str) -> int:
    """Where the page before ended."""
    if not cursor.isdecimal() or len(cursor) > 19 or int(cursor) > LARGEST_CURSOR:
        raise Problem(400, f"{cursor!r} is no cursor that this list gave.")
    return int(cursor)
