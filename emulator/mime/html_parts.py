"""The HTML parts of a message: where they are, what they say, and how to put other HTML in their place."""

import binascii
import re
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from emulator.mime import compose, headers, view

MAX_DEPTH: Final = 20  # ours: parts within parts within parts
_QUOTED_PRINTABLE: Final = "quoted-printable"
_ENCODING_HEADER: Final = re.compile(
    rb"^content-transfer-encoding[ \t]*:.*(?:\r\n[ \t].*)*\r\n", re.IGNORECASE | re.MULTILINE
)
_LONE_LINE_END: Final = re.compile(rb"(\r(?!\n)|(?<!\r)\n)")


class Part(NamedTuple):
    """A part, with its headers from `start` on and its body from `body_start` to `end`; `data` is its decoded body."""

    start: int
    body_start: int
    end: int
    encoding: str
    charset: str | None
    data: bytes


class _Header(NamedTuple):
    content_type: str
    boundary: bytes
    encoding: str
    charset: str | None
    attached: bool


def _itself(data: bytes) -> bytes:
    return data


_DECODERS: Final[dict[str, Callable[[bytes], bytes]]] = {
    "": _itself,
    "7bit": _itself,
    "8bit": _itself,
    "binary": _itself,
    _QUOTED_PRINTABLE: binascii.a2b_qp,
    "base64": headers.from_base64,
}


def find(message: bytes) -> Iterator[Part]:
    """The HTML parts, in order, of a message that has CRLF line ends.

    An attachment is none, nor is what is in an attached message, or signed, or in an encoding that is none.
    """
    return _find(message, 0, len(message), MAX_DEPTH)


def with_data(message: bytes, part: Part, data: bytes) -> bytes:
    """The part, headers and all, with other data, encoded as the part is; a line too long for mail is quoted."""
    block = message[part.start : part.body_start]
    if part.encoding == "base64":
        return block + compose.base64(data)
    if part.encoding == _QUOTED_PRINTABLE:
        return block + _quoted(data)
    if max(map(len, data.split(b"\r\n"))) <= compose.MAX_LINE_BYTES:
        return block + data
    header = b"Content-Transfer-Encoding: quoted-printable\r\n"
    block = _ENCODING_HEADER.sub(b"", block).removesuffix(b"\r\n") + header + b"\r\n"
    return block + _quoted(data)


def _quoted(data: bytes) -> bytes:
    """The bytes in quoted-printable; a line feed or carriage return alone stays what it is."""
    pieces = _LONE_LINE_END.split(data)
    pieces[::2] = map(compose.quoted_printable, pieces[::2])
    pieces[1::2] = [b"=%02X" % ord(end) for end in pieces[1::2]]
    return b"=\r\n".join(pieces)


def _find(message: bytes, start: int, end: int, depth: int) -> Iterator[Part]:
    block, size = headers.header_block(message[start:end])
    body_start = start + size
    header = _header(block) if depth and body_start < end else None
    if header is None or header.encoding not in _DECODERS:
        return
    if header.content_type == "text/html" and not header.attached:
        data = _DECODERS[header.encoding](message[body_start:end])
        yield Part(start, body_start, end, header.encoding, header.charset, data)
    elif header.content_type.startswith("multipart/") and header.content_type != "multipart/signed":
        for inner_start, inner_end in _within(message, header.boundary, body_start, end):
            yield from _find(message, inner_start, inner_end, depth - 1)


def _header(block: bytes) -> _Header | None:
    """What the header lines say, as who shows the message reads them; None of what cannot be read."""
    from email import policy
    from email.parser import BytesHeaderParser  # slow to load, and most mail is not tracked

    if len(block) > headers.MAX_SECTION_BYTES:
        return None
    try:
        header = BytesHeaderParser(policy=policy.compat32).parsebytes(block)
        return _Header(
            header.get_content_type(),
            (header.get_boundary() or "").encode("ascii"),
            str(header.get("content-transfer-encoding", "")).strip().lower(),
            header.get_content_charset(),
            header.get_content_disposition() == "attachment" or bool(header.get_filename()),
        )
    except view.PARSER_FAULTS:
        return None


def _within(message: bytes, boundary: bytes, body_start: int, end: int) -> Iterator[tuple[int, int]]:
    """Where each part between the boundary lines begins and ends."""
    mark = b"\r\n--" + boundary
    start = None
    at = message.find(mark, body_start - 2, end) if boundary else -1
    while at >= 0:
        line_end = message.find(b"\r\n", at + len(mark), end)
        line_end = end if line_end < 0 else line_end
        rest = message[at + len(mark) : line_end].rstrip(b" \t")
        if rest in (b"", b"--"):
            if start is not None and start < at:
                yield start, at
            if rest:
                return
            start = line_end + 2
        at = message.find(mark, line_end, end)
    if start is not None and start < end:
        yield start, end
