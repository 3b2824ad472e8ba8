"""Messages: what was sent and received, as the recipients got it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from emulator.context import Context
from emulator.http.inspection import filters
from emulator.http.inspection.filters import MessageFilter
from emulator.http.inspection.problems import Problem
from emulator.http.inspection.routes import Routes
from emulator.http.parts import Parts
from emulator.ses import mailbox
from emulator.store import jobs as job_rows
from emulator.store import messages as message_rows

routes = Routes()

STATUSES = (
    "what happened there last: pending, delivered, delayed (SES tries again), bounced, complained, suppressed (nothing "
    "was sent), rejected (a virus), rendering_failed, received (of mail from the world)"
)
POLL_SECONDS = 0.02
MARKED_AT_ONCE = 1_000
WAIT_PAGE = 50  # matching messages that an answer holds, if fewer are waited for


@dataclass(frozen=True, slots=True)
class ListQuery(MessageFilter):
    """A page of the messages that match."""

    limit: int = field(default=50, metadata={"help": "messages a page, 1 to 500"})
    cursor: str | None = field(default=None, metadata={"help": "where the page before ended"})
    bodies: bool = field(default=True, metadata={"help": "false: text and html are null, and the answer is small"})


@dataclass(frozen=True, slots=True)
class WaitQuery(MessageFilter):
    """How many matching messages to wait for, and how long."""

    count: int = field(default=1, metadata={"help": "answer once that many match"})
    timeout: float = field(default=10.0, metadata={"help": "seconds, up to 60"})


@dataclass(frozen=True, slots=True)
class Recipient:
    """One address of the envelope, and what became of the message there."""

    address: str
    kind: str
    status: str = field(metadata={"help": STATUSES})


@dataclass(frozen=True, slots=True)
class Header:
    """One field of the header, decoded."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """One attachment; its bytes are at `attachments/{index}`."""

    index: int
    filename: str | None
    content_type: str
    size: int
    content_id: str | None


@dataclass(frozen=True, slots=True)
class Message:
    """A message, what a reader sees of it, and what happened to it. In lists, `headers` is null."""

    id: str
    account: str
    region: str
    direction: str
    operation: str
    source: str
    from_: str | None
    to: tuple[str, ...]
    cc: tuple[str, ...]
    bcc: tuple[str, ...]
    reply_to: tuple[str, ...]
    return_path: str | None
    recipients: list[Recipient]
    subject: str | None
    preview: str = field(metadata={"help": "its first words, of the text or of what the HTML shows"})
    text: str | None
    html: str | None
    headers: list[Header] | None
    attachments: list[Attachment]
    tags: dict[str, list[str]]
    configuration_set: str | None
    template: str | None
    template_data: str | None
    identity: str | None = field(metadata={"help": "ARN of the identity that let it be sent"})
    caller: str | None = field(metadata={"help": "the user who sent it"})
    source_ip: str | None = field(metadata={"help": "address of the caller"})
    outcomes: tuple[str, ...] = field(metadata={"help": "what happened to it, each once: Send, Delivery, Open, ..."})
    read: bool = field(metadata={"help": "whether somebody looked at it in the inbox"})
    size: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class MessagePage:
    """Some messages, newest first, and how many match in all."""

    messages: list[Message]
    total: int
    cursor: str | None


@dataclass(frozen=True, slots=True)
class Event:
    """Something SES did with the message."""

    id: str
    type: str
    recipients: tuple[str, ...]
    detail: dict[str, Any]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class EventList:
    """A message's timeline, oldest first."""

    events: list[Event]


@dataclass(frozen=True, slots=True)
class ReadState:
    """Whether somebody looked at it."""

    read: bool


@dataclass(frozen=True, slots=True)
class Changed:
    """Of how many the opposite was true."""

    changed: int


@dataclass(frozen=True, slots=True)
class Deleted:
    """How many are gone."""

    deleted: int


@routes.route("GET", "/messages", query=ListQuery, answer=MessagePage)
def list_messages(parts: Parts, query: ListQuery) -> MessagePage:
    """The newest messages."""
    filters.check_limit(query.limit)
    before = None if query.cursor is None else filters.position(query.cursor)
    with parts.context(query.account, query.region) as ctx:
        page = mailbox.page(ctx, filters.wanted(query), query.limit, before, bodies=query.bodies)
    return MessagePage([_message(each, None) for each in page.readings], page.total, page.cursor)


@routes.route("GET", "/messages/wait", query=WaitQuery, answer=MessagePage)
def wait_for_messages(parts: Parts, query: WaitQuery) -> MessagePage:
    """The newest messages once `count` of them match; 408 when the time is up before."""
    if not 1 <= query.count <= 500 or not 0 <= query.timeout <= 60:
        raise Problem(400, "count must be between 1 and 500, timeout between 0 and 60 seconds.")
    clock = parts.dispatcher.outside.clock
    deadline = clock.monotonic() + query.timeout
    wanted = filters.wanted(query)
    seen = None
    while True:
        late = clock.monotonic() >= deadline
        with parts.mail_context(query.account, query.region) as ctx:
            # What a raw or templated message says can be found only when a job has read it: done jobs are news too.
            found = message_rows.newest_id(ctx.tx), job_rows.backlog(ctx.tx)
            if found != seen or late:
                seen = found
                page = mailbox.page(ctx, wanted, max(query.count, WAIT_PAGE))
                if len(page.readings) >= query.count:
                    return MessagePage([_whole(ctx, each) for each in page.readings], page.total, page.cursor)
        if parts.stopping.is_set():
            raise Problem(503, "The server is stopping.")
        if late:
            raise Problem(408, f"{page.total} of {query.count} messages came within {query.timeout:g} seconds.")
        clock.pause(POLL_SECONDS)


@routes.route("GET", "/messages/<message_id>", query=MessageFilter, answer=Message)
def get_message(parts: Parts, message_id: str, query: MessageFilter) -> Message:
    """The whole message. `latest` is the newest one that matches the query."""
    with parts.mail_context(query.account, query.region) as ctx:
        return _whole(ctx, mailbox.read(ctx, filters.find(ctx, message_id, query)))


@routes.route("GET", "/messages/<message_id>/events", query=MessageFilter, answer=EventList)
def get_events(parts: Parts, message_id: str, query: MessageFilter) -> EventList:
    """The message's timeline."""
    with parts.context(query.account, query.region) as ctx:
        timeline = mailbox.timeline(ctx, filters.find(ctx, message_id, query))
    return EventList([Event(str(e.seq), e.type, e.recipients, e.detail, e.created_at) for e in timeline])


@routes.route("PUT", "/messages/<message_id>/read", query=MessageFilter, body=ReadState, answer=ReadState)
def mark_message(parts: Parts, message_id: str, query: MessageFilter, body: ReadState) -> ReadState:
    """Somebody looked at the message, or it is as if nobody had."""
    with parts.context(query.account, query.region, write=True) as ctx:
        mailbox.mark(ctx, filters.find(ctx, message_id, query), read=body.read)
    return body


@routes.route("POST", "/messages/read", query=MessageFilter, body=ReadState, answer=Changed)
def mark_messages(parts: Parts, query: MessageFilter, body: ReadState) -> Changed:
    """Somebody looked at all messages, or those that match, or it is as if nobody had."""
    wanted = filters.wanted(query)
    changed = 0
    while True:  # some at a time: others write in between
        with parts.context(query.account, query.region, write=True) as ctx:
            some = mailbox.mark_some(ctx, wanted, MARKED_AT_ONCE, read=body.read)
        changed += some
        if some < MARKED_AT_ONCE:
            return Changed(changed)


@routes.route("DELETE", "/messages", query=MessageFilter, answer=Deleted)
def delete_messages(parts: Parts, query: MessageFilter) -> Deleted:
    """All messages, or those that match, are gone."""
    with parts.context(query.account, query.region, write=True) as ctx:
        return Deleted(mailbox.delete_all(ctx, filters.wanted(query)))


@routes.route("DELETE", "/messages/<message_id>", query=MessageFilter)
def delete_message(parts: Parts, message_id: str, query: MessageFilter) -> None:
    """The message is gone, with its timeline."""
    with parts.context(query.account, query.region, write=True) as ctx:
        mailbox.delete(ctx, filters.find(ctx, message_id, query))


def _whole(ctx: Context, reading: mailbox.Reading) -> Message:
    fields = mailbox.header_fields(ctx, reading.message)
    return _message(reading, [Header(name, value) for name, value in fields])


def _message(reading: mailbox.Reading, headers: list[Header] | None) -> Message:
    message = reading.message
    tags: dict[str, list[str]] = {}
    for name, value in message.tags:
        tags.setdefault(name, []).append(value)
    return Message(
        id=message.id,
        account=message.account_id,
        region=message.region,
        direction=message.direction,
        operation=message.operation,
        source=message.source,
        from_=message.from_header,
        to=message.to,
        cc=message.cc,
        bcc=message.bcc,
        reply_to=message.reply_to,
        return_path=message.return_path,
        recipients=[Recipient(e.address, e.kind, e.status) for e in message.recipients],
        subject=message.subject,
        preview=reading.preview,
        text=reading.text,
        html=reading.html,
        headers=headers,
        attachments=[
            Attachment(e.index, e.filename, e.content_type, e.size, e.content_id) for e in reading.attachments
        ],
        tags=tags,
        configuration_set=message.configuration_set,
        template=message.template,
        template_data=message.template_data,
        identity=message.source_arn,
        caller=message.caller_identity or None,
        source_ip=message.source_ip or None,
        outcomes=reading.outcomes,
        read=message.read_at is not None,
        size=message.size_bytes,
        created_at=message.created_at,
    )
