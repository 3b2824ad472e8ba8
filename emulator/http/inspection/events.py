"""Events, and what became of telling others of them: each publication with each attempt."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from emulator.context import Context
from emulator.http.inspection.filters import position
from emulator.http.inspection.problems import Problem, no_such
from emulator.http.inspection.routes import Routes
from emulator.http.parts import Parts
from emulator.ses import publications
from emulator.store import events as event_rows
from emulator.store import messages as message_rows
from emulator.store import publications as publication_rows
from emulator.store.messages import Message

routes = Routes()


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose events."""

    account: str | None = field(default=None, metadata={"help": "12-digit account; default: all"})
    region: str | None = field(default=None, metadata={"help": "region; default: all"})


@dataclass(frozen=True, slots=True)
class EventFilter(Scope):
    """Which events: all that is given must hold."""

    type: str | None = field(default=None, metadata={"help": "Send, Delivery, Bounce, Complaint, Open, Click, ..."})
    message_id: str | None = field(default=None, metadata={"help": "of the message they happened to"})
    destination: str | None = field(
        default=None, metadata={"help": "part of the name, or of the ARN, of one who was told"}
    )
    limit: int = field(default=50, metadata={"help": "events a page, 1 to 500"})
    cursor: str | None = field(default=None, metadata={"help": "where the page before ended"})


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to publish, in emulated time; without an error it was the last."""

    at: datetime
    error: str | None


@dataclass(frozen=True, slots=True)
class Publication:
    """One call to another service, or one POST to a webhook, and what became of it."""

    id: str
    channel: str = field(
        metadata={"help": "who wanted it: event_destination, identity_notification, metrics, validation, ..."}
    )
    name: str = field(metadata={"help": "of that: set/destination, identity, ..."})
    service: str
    target: str = field(metadata={"help": "ARN of the topic or the stream, or the namespace of the metrics"})
    via: str | None = field(metadata={"help": "the URL it goes to; null: it stays here"})
    content: dict[str, Any] = field(metadata={"help": "parameters of the call, by boto3's names"})
    state: str = field(metadata={"help": "pending, published, recorded (there is nowhere to go) or dead"})
    attempts: list[Attempt]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class PublishedEvent:
    """Something SES did with a message, and who was told."""

    id: str
    account: str
    region: str
    message_id: str
    type: str
    recipients: tuple[str, ...]
    detail: dict[str, Any]
    created_at: datetime
    publications: list[Publication]


@dataclass(frozen=True, slots=True)
class EventPage:
    """Some events, newest first."""

    events: list[PublishedEvent]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class PublicationFilter(Scope):
    """Which publications: all that is given must hold."""

    channel: str | None = field(default=None, metadata={"help": "event_destination, validation, ..."})
    state: str | None = field(default=None, metadata={"help": "pending, published, recorded or dead"})
    limit: int = field(default=50, metadata={"help": "publications a page, 1 to 500"})
    cursor: str | None = field(default=None, metadata={"help": "where the page before ended"})


@dataclass(frozen=True, slots=True)
class PublicationPage:
    """Some publications, newest first."""

    publications: list[Publication]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class Replayed:
    """How many publications of the event are due again."""

    publications: int


@routes.route("GET", "/events", query=EventFilter, answer=EventPage)
def list_events(parts: Parts, query: EventFilter) -> EventPage:
    """Events, newest first, each with all that was published of it and every attempt."""
    before = _page(query.limit, query.cursor)
    wanted = event_rows.Filter(query.account, query.region, query.type, query.message_id, query.destination)
    with parts.context(query.account, query.region) as ctx:
        rows = event_rows.page(ctx.tx, wanted, before, query.limit + 1)
        found, cursor = rows[: query.limit], str(rows[query.limit - 1].seq) if len(rows) > query.limit else None
        messages = {each.seq: each for each in message_rows.several(ctx.tx, [row.message_seq for row in found])}
        told: dict[int, list[Publication]] = {}
        for row in publication_rows.of_events(ctx.tx, [event.seq for event in found]):
            told.setdefault(row.event_seq or 0, []).append(_publication(ctx, row))
        events = [
            _event(event, messages[event.message_seq], told.get(event.seq, []))
            for event in found
            if event.message_seq in messages
        ]
    return EventPage(events, cursor)


@routes.route("POST", "/events/<int:event_id>/replay", query=Scope, answer=Replayed)
def replay_event(parts: Parts, event_id: int, query: Scope) -> Replayed:
    """All that was published of the event is published again, in the order in which it was."""
    with parts.context(query.account, query.region, write=True) as ctx:
        found = event_rows.several(ctx.tx, [event_id])
        message = message_rows.of_seq(ctx.tx, found[0].message_seq) if found else None
        if message is None or query.account not in (None, message.account_id):
            raise no_such("event", str(event_id))
        return Replayed(publications.replay(ctx, event_id))


@routes.route("GET", "/publications", query=PublicationFilter, answer=PublicationPage)
def list_publications(parts: Parts, query: PublicationFilter) -> PublicationPage:
    """All calls to other services, newest first: those that tell of no event, such as validations of topics, too."""
    before = _page(query.limit, query.cursor)
    with parts.context(query.account, query.region) as ctx:
        rows = publication_rows.page(
            ctx.tx, query.account, query.region, query.channel, query.state, before, query.limit + 1
        )
        cursor = str(rows[query.limit - 1].seq) if len(rows) > query.limit else None
        return PublicationPage([_publication(ctx, row) for row in rows[: query.limit]], cursor)


def _page(limit: int, cursor: str | None) -> int | None:
    if not 1 <= limit <= 500:
        raise Problem(400, f"limit must be between 1 and 500, not {limit}.")
    return None if cursor is None else position(cursor)


def _event(event: event_rows.Event, message: Message, told: list[Publication]) -> PublishedEvent:
    return PublishedEvent(
        str(event.seq),
        message.account_id,
        message.region,
        message.id,
        event.type,
        event.recipients,
        event.detail,
        event.created_at,
        told,
    )


def _publication(ctx: Context, row: publication_rows.Publication) -> Publication:
    return Publication(
        str(row.seq),
        row.channel,
        row.name,
        row.service,
        row.target,
        row.via,
        publications.content(ctx, row),
        row.state,
        [Attempt(each.at, each.error) for each in row.attempts],
        row.created_at,
    )
