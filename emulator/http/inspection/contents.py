"""What is in a message: the bytes, the bodies, the parts, the links and codes."""

from dataclasses import dataclass, field
from urllib.parse import quote

from flask import Response

from emulator.http.inspection import filters
from emulator.http.inspection.filters import MessageFilter
from emulator.http.inspection.problems import Problem, no_such
from emulator.http.inspection.routes import Routes
from emulator.http.parts import Parts
from emulator.ses import mailbox

routes = Routes()


# What the HTML of a mail may load, and do.
AS_IT_IS = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
LOCAL = "default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'"
REMOTE = (
    "default-src 'none'; img-src data: http: https:; media-src data: http: https:; font-src data: http: https:; "
    "style-src 'unsafe-inline' http: https:"
)
FRAMED = (
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"  # its links open pages that are none of ours
)


@dataclass(frozen=True, slots=True)
class HtmlQuery(MessageFilter):
    """How the HTML is shown."""

    remote: bool | None = field(default=None, metadata={"help": "whether images, styles and fonts are loaded"})
    dark: bool | None = field(default=None, metadata={"help": "whether light and dark change places"})


@dataclass(frozen=True, slots=True)
class MimePart:
    """A part of the message; its bytes are at `parts/{path}`. The size of one with parts is that of all of theirs."""

    path: str
    depth: int
    content_type: str
    charset: str | None
    encoding: str | None
    disposition: str | None
    filename: str | None
    content_id: str | None
    size: int


@dataclass(frozen=True, slots=True)
class MimePartList:
    """The parts of the message, each before those that are within it."""

    parts: list[MimePart]


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


@routes.route("GET", "/messages/<message_id>/raw", query=MessageFilter, media_type="message/rfc822")
def get_raw(parts: Parts, message_id: str, query: MessageFilter) -> Response:
    """The message as its recipient got it, byte for byte; one that was received as an S3 action would store it now.

    That is with the headers that the actions of its receipt rules have added so far.
    """
    with parts.mail_context(query.account, query.region) as ctx:
        return Response(mailbox.raw(ctx, filters.find(ctx, message_id, query)), content_type="message/rfc822")


@routes.route("GET", "/messages/<message_id>/html", query=HtmlQuery, media_type="text/html")
def get_html(parts: Parts, message_id: str, query: HtmlQuery) -> Response:
    """The HTML body; it runs no script and loads nothing, unless it is asked to with `remote`.

    With `remote` or `dark` it is as a frame shows it: the message's own images are in it, and links open elsewhere.
    """
    with parts.context(query.account, query.region) as ctx:
        message = filters.find(ctx, message_id, query)
        if query.remote is None and query.dark is None:
            html, policy = mailbox.read(ctx, message).html, AS_IT_IS
        else:
            html = mailbox.html_document(ctx, message, dark=bool(query.dark))
            policy = f"{REMOTE if query.remote else LOCAL}; {FRAMED}"
    if html is None:
        raise Problem(404, "The message has no HTML body.")
    response = Response(html, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = policy
    return response


@routes.route("GET", "/messages/<message_id>/text", query=MessageFilter, media_type="text/plain")
def get_text(parts: Parts, message_id: str, query: MessageFilter) -> Response:
    """The text body."""
    with parts.context(query.account, query.region) as ctx:
        text = mailbox.read(ctx, filters.find(ctx, message_id, query)).text
    if text is None:
        raise Problem(404, "The message has no text body.")
    return Response(text, content_type="text/plain; charset=utf-8")


@routes.route(
    "GET", "/messages/<message_id>/attachments/<int:index>", query=MessageFilter, media_type="application/octet-stream"
)
def get_attachment(parts: Parts, message_id: str, index: int, query: MessageFilter) -> Response:
    """The bytes of an attachment, always as a download."""
    with parts.context(query.account, query.region) as ctx:
        found = mailbox.attachment(ctx, filters.find(ctx, message_id, query), index)
    if found is None:
        raise no_such("attachment", str(index))
    described, content = found
    return _download(content, described.content_type, described.filename or f"attachment-{index}")


@routes.route("GET", "/messages/<message_id>/parts", query=MessageFilter, answer=MimePartList)
def get_parts(parts: Parts, message_id: str, query: MessageFilter) -> MimePartList:
    """The tree of the message's parts."""
    with parts.context(query.account, query.region) as ctx:
        return MimePartList([MimePart(*each) for each in mailbox.part_tree(ctx, filters.find(ctx, message_id, query))])


@routes.route("GET", "/messages/<message_id>/parts/<path>", query=MessageFilter, media_type="application/octet-stream")
def get_part(parts: Parts, message_id: str, path: str, query: MessageFilter) -> Response:
    """The bytes of a part, always as a download; of one with parts, its source."""
    with parts.context(query.account, query.region) as ctx:
        found = mailbox.part(ctx, filters.find(ctx, message_id, query), path)
    if found is None:
        raise no_such("part", path)
    described, content = found
    return _download(content, described.content_type, described.filename or f"part-{path}")


@routes.route("GET", "/messages/<message_id>/links", query=MessageFilter, answer=LinkList)
def get_links(parts: Parts, message_id: str, query: MessageFilter) -> LinkList:
    """The links in the message."""
    with parts.context(query.account, query.region) as ctx:
        return LinkList([Link(e.url, e.text) for e in mailbox.links(ctx, filters.find(ctx, message_id, query))])


@routes.route("GET", "/messages/<message_id>/codes", query=MessageFilter, answer=CodeList)
def get_codes(parts: Parts, message_id: str, query: MessageFilter) -> CodeList:
    """The one-time codes in the message."""
    with parts.context(query.account, query.region) as ctx:
        return CodeList(mailbox.codes(ctx, filters.find(ctx, message_id, query)))


def _download(content: bytes, content_type: str, filename: str) -> Response:
    response = Response(content, content_type=_safe_content_type(content_type))
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(filename, safe='')}"
    return response


def _safe_content_type(content_type: str) -> str:
    """The type, unless it could not stand in a header."""
    fits = content_type.isascii() and content_type.isprintable() and "/" in content_type
    return content_type if fits else "application/octet-stream"
