"""Looking for the marks by which spam filters and virus scanners are tested, in all that a message carries."""

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from emulator.mime import headers, viruses

if TYPE_CHECKING:
    from emulator.mime.view import Leaf

_GTUBE: Final = b"S*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-" + b"TEST-EMAIL*C.34X"
SPAM: Final = b"XJ" + _GTUBE  # that of every filter
DOUBTFUL: Final = frozenset({b"YJ" + _GTUBE, b"ZJ" + _GTUBE})  # those that rspamd marks, and lets pass
VIRUS: Final = viruses.EICAR
MARKS: Final = frozenset({SPAM, *DOUBTFUL, VIRUS})
OVERLAP: Final = max(map(len, MARKS)) - 1
CHUNK_BYTES: Final = 2**20  # divisible by four: so much base64 is read at once

_MULTIPART: Final = re.compile(r"multipart/", re.IGNORECASE)
_BOUNDARY: Final = re.compile(r'boundary[ \t]*=[ \t]*(?:"([^"]*)"|([^\s;"]+))', re.IGNORECASE)


def found(parts: Iterable["Leaf"], depth: int = viruses.DEPTH) -> frozenset[bytes]:
    """The marks that occur in a body or attachment once its transfer encoding is undone."""
    marks: set[bytes] = set()
    for part in parts:
        marks |= _found(_decoded(part.encoded, 0, len(part.encoded)) if part.encoded is not None else (part.data,))
        if part.content_type == "message/rfc822" and depth > 0:
            from emulator.mime import view  # with the standard library's parser: not before there is something to read

            marks |= found(view.leaves(part.content), depth - 1)
    return frozenset(marks)


def found_within(message: bytes | bytearray) -> frozenset[bytes]:
    """The same, of a message that is too large to be taken apart: in its text as it stands, and in what is base64."""
    marks = {mark for mark in MARKS if mark in message}
    start, end = 0, message.find(b"\r\n\r\n")
    while end >= 0:
        boundary = message.find(b"\r\n--", end + 2)
        stop = len(message) if boundary < 0 else boundary
        if b"base64" in message[start:end].lower():
            marks |= _found(_decoded(message, end + 4, stop))
        start, end = stop, message.find(b"\r\n\r\n", stop)
    return frozenset(marks)


def is_whole(message: bytes | bytearray) -> bool:
    """Whether the message has the parts that it says it has."""
    end = message.find(b"\r\n\r\n")
    head = bytes(message if end < 0 else message[: end + 2])
    block = headers.unfolded(headers.header_block(headers.normalise(head))[0])
    types = [line.partition(":")[2].strip() for line in block.split("\r\n") if line[:13].lower() == "content-type:"]
    if not types or not _MULTIPART.match(types[0]):
        return True
    boundary = _BOUNDARY.search(types[0])
    if not boundary:
        return False
    line = b"--" + (boundary[1] or boundary[2] or "").encode("utf-8", "replace")
    return line != b"--" and message.find(b"\n" + line, len(head) - 2) >= 0


def _found(pieces: Iterable[bytes]) -> set[bytes]:
    """The marks in what the pieces are of."""
    marks: set[bytes] = set()
    end = b""
    for piece in pieces:
        window = end + piece
        marks.update(mark for mark in MARKS if mark in window)
        end = window[-OVERLAP:]
    return marks


def _decoded(encoded: bytes | bytearray, start: int, stop: int) -> Iterator[bytes]:
    """The bytes that this much base64 stands for, some after others."""
    rest = b""
    for begin in range(start, stop, CHUNK_BYTES):
        digits = rest + bytes(encoded[begin : min(begin + CHUNK_BYTES, stop)]).translate(None, headers.NOT_BASE64)
        whole = len(digits) // 4 * 4
        yield headers.from_base64(digits[:whole])
        rest = digits[whole:]
    yield headers.from_base64(rest)
