"""Messages: what was sent and received, as the recipients got it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote

from flask import Response

from emulator.context import Context
from emulator.http.inspection.problems import Problem, no_such
from emulator.http.inspection.routes import Routes
from emulator.http.parts import Parts
from emulator.ses import mailbox
from emulator.store import jobs as job_rows
from emulator.store import messages as message_rows
from emulator.store.message_filters import Filter

routes = Routes()

DIRECTIONS = ("outbound", "inbound", "system")
STATUSES = (
    "what happened there last: pending, delivered, delayed (SES tries again), bounced, complained, suppressed (nothing "
    "was sent), rejected (a virus), rendering_failed, received (of mail from the world)"
)
LARGEST_CURSOR = 2**63 - 1
POLL_SECONDS = 0.02
WAIT_PAGE = 50  # matching messages that an answer holds, if fewer are waited for


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose messages."""

    account: str | None = field(default=None, metadata={"help": "12-digit account; default: all"})
    region: str | None = field(default=None, metadata={"help": "region; default: all"})


@dataclass(frozen=True, slots=True)
class MessageFilter:
    """Which messages: all that is given must hold; texts match anywhere, whatever their case."""

    account: str | None = field(default=None, metadata={"help": "12-digit account; default: all"})
    region: str | None = field(default=None, metadata={"help": "region; default: all"})
    direction: str | None = field(default=None, metadata={"help": "outbound, inbound or system"})
    from_: str | None = field(default=None, metadata={"help": "part of the sender"})
    to: str | None = field(default=None, metadata={"help": "part of a recipient"})
    subject: str | None = field(default=None, metadata={"help": "part of the subject"})
    q: str | None = field(default=None, metadata={"help": 'words anywhere in the message; "quotes" hold some together'})
    tag: str | None = field(default=None, metadata={"help": "name, or name=value, of a message tag"})
    configuration_set: str | None = field(default=None, metadata={"help": "name of the configuration set"})
    template: str | None = field(default=None, metadata={"help": "name of the template"})
    since: datetime | None = field(default=None, metadata={"help": "accepted at this instant or later"})
    after: str | None = field(default=None, metadata={"help": "newer than the message of this id"})


@dataclass(frozen=True, slots=True)
class ListQuery(MessageFilter):
    """A page of the messages that match."""

    limit: int = field(default=50, metadata={"help": "messages a page, 1 to 500"})
    cursor: str | None = field(default=None, metadata={"help": "where the page before ended"})


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
    """A message and what a reader sees of it. In lists, `headers` is null."""

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
    text: str | None
    html: str | None
    headers: list[Header] | None
    attachments: list[Attachment]
    tags: dict[str, list[str]]
    configuration_set: str | None
    template: str | None
    template_data: str | None
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
class Link:
    """A link, and the text of its anchor where it has one."""

    url: str
    text: str | None


@dataclass(frozen=True, slots=True)
class LinkList:
    """The links a reader could follow."""

    links: list[Link]


@dataclass(frozen=True, slots=True)
class CodeList:
    """The one-time codes a reader could copy, likeliest first."""

    codes: list[str]


@dataclass(frozen=True, slots=True)
class Deleted:
    """How many are gone."""

    deleted: int


@routes.route("GET", "/messages", query=ListQuery, answer=MessagePage)
def list_messages(parts: Parts, query: ListQuery) -> MessagePage:
    """The newest messages."""
    if not 1 <= query.limit <= 500:
        raise Problem(400, f"limit must be between 1 and 500, not {query.limit}.")
    before = None if query.cursor is None else position(query.cursor)
    with parts.context(query.account, query.region) as ctx:
        page = mailbox.page(ctx, _filter(query), query.limit, before)
    return MessagePage([_message(each, None) for each in page.readings], page.total, page.cursor)


@routes.route("GET", "/messages/wait", query=WaitQuery, answer=MessagePage)
def wait_for_messages(parts: Parts, query: WaitQuery) -> MessagePage:
    """The newest messages once `count` of them match; 408 when the time is up before."""
    if not 1 <= query.count <= 500 or not 0 <= query.timeout <= 60:
        raise Problem(400, "count must be between 1 and 500, timeout between 0 and 60 seconds.")
    clock = parts.dispatcher.outside.clock
    deadline = clock.monotonic() + query.timeout
    wanted = _filter(query)
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
        return _whole(ctx, mailbox.read(ctx, _find(ctx, message_id, query)))


@routes.route("GET", "/messages/<message_id>/raw", query=MessageFilter, media_type="message/rfc822")
def get_raw(parts: Parts, message_id: str, query: MessageFilter) -> Response:
    """The message as its recipient got it, byte for byte."""
    with parts.mail_context(query.account, query.region) as ctx:
        response = Response(mailbox.raw(ctx, _find(ctx, message_id, query)), content_type="message/rfc822")
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@routes.route("GET", "/messages/<message_id>/html", query=MessageFilter, media_type="text/html")
def get_html(parts: Parts, message_id: str, query: MessageFilter) -> Response:
    """The HTML body; it runs no script and loads nothing."""
    with parts.context(query.account, query.region) as ctx:
        html = mailbox.read(ctx, _find(ctx, message_id, query)).html
    if html is None:
        raise Problem(404, "The message has no HTML body.")
    response = Response(html, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response


@routes.route("GET", "/messages/<message_id>/text", query=MessageFilter, media_type="text/plain")
def get_text(parts: Parts, message_id: str, query: MessageFilter) -> Response:
    """The text body."""
    with parts.context(query.account, query.region) as ctx:
        text = mailbox.read(ctx, _find(ctx, message_id, query)).text
    if text is None:
        raise Problem(404, "The message has no text body.")
    response = Response(text, content_type="text/plain; charset=utf-8")
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@routes.route(
    "GET", "/messages/<message_id>/attachments/<int:index>", query=MessageFilter, media_type="application/octet-stream"
)
def get_attachment(parts: Parts, message_id: str, index: int, query: MessageFilter) -> Response:
    """The bytes of an attachment, always as a download."""
    with parts.context(query.account, query.region) as ctx:
        found = mailbox.attachment(ctx, _find(ctx, message_id, query), index)
    if found is None:
        raise no_such("attachment", str(index))
    described, content = found
    response = Response(content, content_type=_safe_content_type(described.content_type))
    filename = quote(described.filename or f"attachment-{index}", safe="")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{filename}"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@routes.route("GET", "/messages/<message_id>/events", query=MessageFilter, answer=EventList)
def get_events(parts: Parts, message_id: str, query: MessageFilter) -> EventList:
    """The message's timeline."""
    with parts.context(query.account, query.region) as ctx:
        timeline = mailbox.timeline(ctx, _find(ctx, message_id, query))
    return EventList([Event(str(e.seq), e.type, e.recipients, e.detail, e.created_at) for e in timeline])


@routes.route("GET", "/messages/<message_id>/links", query=MessageFilter, answer=LinkList)
def get_links(parts: Parts, message_id: str, query: MessageFilter) -> LinkList:
    """The links in the message."""
    with parts.context(query.account, query.region) as ctx:
        return LinkList([Link(e.url, e.text) for e in mailbox.links(ctx, _find(ctx, message_id, query))])


@routes.route("GET", "/messages/<message_id>/codes", query=MessageFilter, answer=CodeList)
def get_codes(parts: Parts, message_id: str, query: MessageFilter) -> CodeList:
    """The one-time codes in the message."""
    with parts.context(query.account, query.region) as ctx:
        return CodeList(mailbox.codes(ctx, _find(ctx, message_id, query)))


@routes.route("DELETE", "/messages", query=MessageFilter, answer=Deleted)
def delete_messages(parts: Parts, query: MessageFilter) -> Deleted:
    """All messages, or those that match, are gone."""
    with parts.context(query.account, query.region, write=True) as ctx:
        return Deleted(mailbox.delete_all(ctx, _filter(query)))


@routes.route("DELETE", "/messages/<message_id>", query=MessageFilter)
def delete_message(parts: Parts, message_id: str, query: MessageFilter) -> None:
    """The message is gone, with its timeline."""
    with parts.context(query.account, query.region, write=True) as ctx:
        mailbox.delete(ctx, _find(ctx, message_id, query))


def _find(ctx: Context, message_id: str, query: MessageFilter) -> message_rows.Message:
    message = mailbox.find(ctx, message_id, _filter(query))
    if message is None:
        raise no_such("message", message_id)
    return message


def _filter(query: MessageFilter) -> Filter:
    if query.direction not in (None, *DIRECTIONS):
        raise Problem(400, f"direction must be one of {', '.join(DIRECTIONS)}, not {query.direction!r}.")
    name, given, value = (query.tag or "").partition("=")
    return Filter(
        account_id=query.account,
        region=query.region,
        direction=query.direction,
        source=query.from_,
        recipient=query.to,
        subject=query.subject,
        configuration_set=query.configuration_set,
        template=query.template,
        since=query.since,
        after_id=query.after,
        words=mailbox.words(query.q or ""),
        tag=(name, value if given else None) if query.tag else None,
    )


def position(cursor: str) -> int:
    """Where the page before ended."""
    if not cursor.isdecimal() or len(cursor) > 19 or int(cursor) > LARGEST_CURSOR:
        raise Problem(400, f"{cursor!r} is no cursor that this list gave.")
    return int(cursor)


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
        size=message.size_bytes,
        created_at=message.created_at,
    )


def _safe_content_type(content_type: str) -> str:
    """The type, unless it could not stand in a header."""
    fits = content_type.isascii() and content_type.isprintable() and "/" in content_type
    return content_type if fits else "application/octet-stream"
