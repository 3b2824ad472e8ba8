"""A message as a reader sees it: subject, text, HTML, headers and attachments, whatever the bytes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from emulator.mime import headers

if TYPE_CHECKING:
    from email.message import Message

# What the standard library's parser and its messages have been seen to raise for broken input.
PARSER_FAULTS: Final = (
    RecursionError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    AssertionError,
)
_FOLD: Final = re.compile(r"[\r\n]+[ \t]*")
_LARGE_BYTES: Final = 8 * 1024
_HOLLOW: Final = re.compile("\0([0-9]+)\0")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A part that is not the message's text or HTML; ``index`` counts from 0, ``size`` decoded bytes."""

    index: int
    filename: str | None
    content_type: str
    size: int
    content_id: str | None


class View(NamedTuple):
    """What a reader sees; ``headers`` are the message's own, in order, decoded and unfolded.

    Lines of ``text`` and ``html`` end in a line feed, as the programs that compare them write it.
    """

    subject: str | None
    text: str | None
    html: str | None
    headers: tuple[tuple[str, str], ...]
    attachments: tuple[Attachment, ...]


class Leaf(NamedTuple):
    """A part without parts."""

    content_type: str
    charset: str | None
    disposition: str
    filename: str | None
    content_id: str | None
    data: bytes
    encoded: bytes | None = None  # instead of `data`: a large body in base64, decoded when somebody wants it

    @property
    def content(self) -> bytes:
        """The decoded bytes."""
        return self.data if self.encoded is None else headers.from_base64(self.encoded)

    @property
    def size(self) -> int:
        """How many decoded bytes there are."""
        if self.encoded is None:
            return len(self.data)
        digits = len(self.encoded.translate(None, headers.NOT_BASE64))
        return digits // 4 * 3 + max(0, digits % 4 - 1)


def view(message: bytes, parts: list[Leaf] | None = None) -> View:
    """What a reader sees of the message, whose `leaves` may be known; one that cannot be parsed is one text."""
    fields = header_fields(message)
    text, html, others = _sorted(leaves(message) if parts is None else parts)
    subject = next((value for name, value in fields if name.lower() == "subject"), None)
    return View(
        subject,
        None if text is None else _readable(text),
        None if html is None else _readable(html),
        fields,
        tuple(_attachment(index, leaf) for index, leaf in enumerate(others)),
    )


def attachment(message: bytes, index: int) -> tuple[Attachment, bytes] | None:
    """The attachment of that index and its decoded bytes; None when there is none."""
    others = _sorted(leaves(message))[2]
    return (_attachment(index, others[index]), others[index].content) if 0 <= index < len(others) else None


def header_fields(message: bytes) -> tuple[tuple[str, str], ...]:
    """The names and decoded, unfolded values of the header; lines that are no header are passed over."""
    end = -1 if message[:6].lower() == b"x-ses-" else message.find(b"\r\n\r\n")
    head = message if end < 0 else message[: end + 4]  # all that need be looked at
    block = headers.header_block(headers.normalise(head))[0]
    pairs = (line.partition(":") for line in headers.unfolded(block).split("\r\n"))
    return tuple((name.strip(), decode_words(value.strip())) for name, colon, value in pairs if colon)


def decode_words(value: str) -> str:
    """The value with its RFC 2047 words as text."""
    return headers.decode_words(value)


def _readable(leaf: Leaf) -> str:
    return headers.decoded(leaf.content, leaf.charset).replace("\r\n", "\n")


def _attachment(index: int, leaf: Leaf) -> Attachment:
    return Attachment(index, leaf.filename, leaf.content_type, leaf.size, leaf.content_id)


def _sorted(parts: list[Leaf]) -> tuple[Leaf | None, Leaf | None, list[Leaf]]:
    """The text, the HTML, and every other part: nothing a sender put in is lost."""
    text = html = None
    others = []
    for leaf in parts:
        readable = leaf.disposition != "attachment" and leaf.filename is None
        if readable and text is None and leaf.content_type == "text/plain":
            text = leaf
        elif readable and html is None and leaf.content_type == "text/html":
            html = leaf
        else:
            others.append(leaf)
    return text, html, others


def leaves(message: bytes) -> list[Leaf]:
    """The parts without parts, in order; a message that cannot be parsed is one text."""
    from email import message_from_bytes, policy

    hollow, bodies = hollowed(message)
    try:
        return [leaf_of(part, bodies) for part in _parts(message_from_bytes(hollow, policy=policy.compat32))]
    except PARSER_FAULTS:
        body = message[headers.header_block(message)[1] :]
        return [Leaf("text/plain", None, "", None, None, body)]


def _parts(message: "Message") -> Iterator["Message"]:
    """The parts without parts, in order. An attached message is one part; so is a multipart that has none."""
    waiting = [message]
    while waiting:
        part = waiting.pop()
        payload = part.get_payload()
        if isinstance(payload, list) and part.get_content_maintype() == "multipart":
            waiting.extend(reversed([inner for inner in payload if not isinstance(inner, str)]))
        else:
            yield part


def hollowed(message: bytes) -> tuple[bytes, list[bytes]]:
    """The message with a mark for each large body in base64, and those bodies.

    The parser looks at every line, which for an attachment takes longer than all else together.
    """
    bodies: list[bytes] = []
    pieces: list[bytes] = []
    kept = start = 0
    end = -1 if b"\0" in message else message.find(b"\r\n\r\n")
    while end >= 0:
        boundary = message.find(b"\r\n--", end + 2)
        stop = len(message) if boundary < 0 else boundary
        if stop - end > _LARGE_BYTES and b"base64" in message[start:end].lower():
            pieces += [message[kept : end + 4], b"\0%d\0" % len(bodies)]
            bodies.append(message[end + 4 : stop])
            kept = stop
        start, end = boundary, -1 if boundary < 0 else message.find(b"\r\n\r\n", boundary)
    return (b"".join([*pieces, message[kept:]]), bodies) if bodies else (message, bodies)


def leaf_of(part: "Message", bodies: list[bytes]) -> Leaf:
    for name in ("content-type", "content-disposition"):
        value = _raw(part, name)
        if value is not None and not value.isascii():
            part.replace_header(name, value)  # as text, which the parser left as bytes in disguise
    content_type = part.get_content_type()
    if content_type.startswith("multipart/"):
        content_type = "text/plain"
    filename = decode_words(_FOLD.sub(" ", part.get_filename() or "")) or None
    payload = part.get_payload()
    encoded = None
    if isinstance(payload, list):
        data, title = source_of([inner for inner in payload if not isinstance(inner, str)], bodies)
        filename = filename or (f"{title or 'message'}.eml" if content_type == "message/rfc822" else None)
    else:
        data, encoded = _body(part, payload if isinstance(payload, str) else "", bodies)
    content_id = _raw(part, "content-id")
    return Leaf(
        content_type,
        part.get_content_charset(),
        (part.get_content_disposition() or "").lower(),
        filename,
        _FOLD.sub(" ", content_id).strip().strip("<>") if content_id else None,
        data,
        encoded,
    )


def _body(part: "Message", payload: str, bodies: list[bytes]) -> tuple[bytes, bytes | None]:
    """The decoded bytes of a part; or, of a large one in base64, the encoded ones."""
    mark = _HOLLOW.fullmatch(payload) if bodies else None
    if mark and (_raw(part, "content-transfer-encoding") or "").strip().lower() == "base64":
        return b"", bodies[int(mark[1])]
    if bodies:
        part.set_payload(_HOLLOW.sub(lambda found: bodies[int(found[1])].decode("ascii", "surrogateescape"), payload))
    decoded = part.get_payload(decode=True)
    return decoded if isinstance(decoded, bytes) else b"", None


def source_of(payload: list["Message"], bodies: list[bytes]) -> tuple[bytes, str | None]:
    """The bytes of attached messages, or of the blocks of a delivery status, and the first one's subject."""
    from email import policy

    as_sent = policy.compat32.clone(linesep="\r\n", max_line_length=0)
    title = _raw(payload[0], "subject") if payload else None
    data = b"\r\n".join([inner.as_bytes(policy=as_sent) for inner in payload])
    for number, body in enumerate(bodies):
        data = data.replace(b"\0%d\0" % number, body)
    return data, None if title is None else decode_words(_FOLD.sub(" ", title)).strip()


def _raw(part: "Message", name: str) -> str | None:
    """The first header of that name; what is not ASCII in it is text, not the parser's surrogates."""
    found = next((value for key, value in part.raw_items() if key.lower() == name), None)
    return None if found is None else headers.decoded(str(found).encode("utf-8", "surrogateescape"), None)
