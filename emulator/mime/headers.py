"""The header block of a raw message: its fields, and the words SES refuses a faulty one with."""

import binascii
import codecs
import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple
from urllib.parse import unquote

import pybase64

# Unverified: both limits; that there are two is recorded.
MAX_HEADER_BYTES: Final = 10_000
MAX_SECTION_BYTES: Final = 100_000

# Python calls these text encodings; no mail is written in them, and some take long to decode.
_PYTHON: Final = "cp65001 idna mbcs oem punycode raw-unicode-escape undefined unicode-escape utf-7 utf-8-sig"
PYTHON_ONLY_CODECS: Final = frozenset(_PYTHON.split())

NOT_BASE64: Final = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"))

# Source: developer guide, header fields that may occur once, documented.
_ONCE_ONLY_NAMES: Final = """
accept-language acceptlanguage archived-at auto-submitted bounces-to comments content-alternative content-base
content-class content-description content-disposition content-duration content-id content-language content-length
content-location content-md5 content-transfer-encoding content-type date delivered-to disposition-notification-options
disposition-notification-to dkim-signature domainkey-signature errors-to from importance in-reply-to keywords
list-archive list-help list-id list-owner list-post list-subscribe list-unsubscribe message-context message-id
mime-version organization original-from original-message-id original-recipient original-subject precedence priority
references reply-to return-path return-receipt-to sender solicitation sensitivity subject thread-index thread-topic
user-agent vbr-info
"""
_ONCE_ONLY: Final = frozenset(_ONCE_ONLY_NAMES.split())

_NAME: Final = re.compile(r"[!-9;-~]+[ \t]*")
_FOLD: Final = re.compile(r"\r\n[ \t]+")
_HEADER_LINE: Final = re.compile(rb"[!-9;-~]+[ \t]*:")

_WORD: Final = r"[!#$%&'*+.0-9A-Z^_`a-z{|}~-]+"
_ORDINARY_VALUE: Final = re.compile(
    rf'{_WORD}(?:/{_WORD})?(?:[ \t]*;[ \t]*{_WORD}[ \t]*=[ \t]*(?:{_WORD}|"[^"\\]*"))*(?:[ \t]*;)?'
)
_ATOM: Final = re.compile(_WORD)
_QUOTED: Final = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)

_ENCODED_WORD: Final = re.compile(r"=\?([^?\s*]+)(?:\*[^?\s]*)?\?([BbQq])\?([^?\r\n]*)\?=")
_PART_HEADER: Final = re.compile(r"^content-(?:type|disposition)[ \t]*:.*", re.IGNORECASE | re.MULTILINE)
_FILENAME: Final = re.compile(
    r'[; \t](?:file)?name(\*[0-9*]*)?[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^;"]+))', re.IGNORECASE
)


class MimeFault(ValueError):
    """A message that SES refuses; ``str()`` is SES's message."""


class Field(NamedTuple):
    """One header field, its value unfolded and without the blanks before it."""

    name: str
    value: str


class Parsed(NamedTuple):
    """The fields in their order, and the offset at which the body begins."""

    fields: tuple[Field, ...]
    body_start: int


def normalise(raw: bytes) -> bytes:
    """The message with CRLF line ends; the same object when it has no others.

    Unverified: SES accepts bare line feeds and carriage returns.
    """
    if raw.count(b"\n") == raw.count(b"\r") == raw.count(b"\r\n"):
        return raw
    return raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")


def parse(message: bytes) -> Parsed:
    """The fields of a message with CRLF line ends; MimeFault for the first fault.

    Source: the texts, and that a line without a header name is quoted up to its first colon, recorded;
    faults within Content-Type and Content-Disposition, JavaMail; which headers occur once, documented.
    Unverified: the order of these checks; a repeated name is quoted as it stands in the repetition.
    """
    block, body_start = header_block(message)
    if len(block) > MAX_SECTION_BYTES:
        raise MimeFault("Header section too long.")
    fields = tuple(_fields(block)) if block else ()
    for field in fields:
        if field.name.lower() in ("content-type", "content-disposition"):
            _check_mime_value(field)
    return Parsed(fields, body_start)


def first(fields: Iterable[Field], name: str) -> str | None:
    """The value of the first header of that name, in any case."""
    return next(iter(all_values(fields, name)), None)


def all_values(fields: Iterable[Field], name: str) -> list[str]:
    """The values of all headers of that name, in any case."""
    key = name.lower()
    return [field.value for field in fields if field.name.lower() == key]


def header_block(message: bytes) -> tuple[bytes, int]:
    """The header lines without the line end of the last one, and the offset of the body.

    Source: AWS's sample of a raw message has an empty line behind its X-SES-…-ARN headers, documented.
    Unverified: SES tolerates it; here it is passed over when only X-SES headers precede and a header follows.
    """
    if message.startswith(b"\r\n"):
        return b"", 2
    block, body_start = _block_from(message, 0)
    if block[:6].lower() == b"x-ses-" and _HEADER_LINE.match(message, body_start):
        lines = block.lower().split(b"\r\n")
        if all(line.startswith((b"x-ses-", b" ", b"\t")) for line in lines):
            rest, body_start = _block_from(message, body_start)
            block += b"\r\n" + rest
    return block, body_start


def topped(message: bytes, line: bytes) -> bytes:
    """The message with one more header line, above all others."""
    block, body_start = header_block(message)
    return b"".join((line, b"\r\n" if block else b"", block, b"\r\n\r\n", memoryview(message)[body_start:]))


def _block_from(message: bytes, start: int) -> tuple[bytes, int]:
    end = message.find(b"\r\n\r\n", start)
    return (message[start:].removesuffix(b"\r\n"), len(message)) if end < 0 else (message[start:end], end + 4)


def _fields(block: bytes) -> Iterator[Field]:
    seen = set()
    check_length = len(block) > MAX_HEADER_BYTES
    for line in unfolded(block).split("\r\n"):
        name, colon, value = line.partition(":")
        if not colon or not _NAME.fullmatch(name):
            if colon and not name.strip(" \t"):
                raise MimeFault("Empty header names are illegal.")
            raise MimeFault(f"Illegal header '{name}'.")
        name = name.rstrip(" \t")
        if check_length and len(line.encode()) > MAX_HEADER_BYTES:
            raise MimeFault(f"Header too long: '{name}'.")
        key = name.lower()
        if key in seen and key in _ONCE_ONLY:
            raise MimeFault(f"Duplicate header '{name}'.")
        seen.add(key)
        yield Field(name, value.lstrip(" \t"))


def unfolded(block: bytes) -> str:
    """The header lines as text, one line for each header.

    Source: a fold and the blanks behind it become one blank, recorded.
    """
    text = _text(block).replace("\0", "\ufffd")  # no database holds a NUL
    return _FOLD.sub(" ", text) if "\r\n " in text or "\r\n\t" in text else text


def _text(block: bytes) -> str:
    try:
        return block.decode("utf-8")
    except UnicodeDecodeError:  # some lines may yet be UTF-8
        return "\r\n".join([decoded(line, None) for line in block.split(b"\r\n")])


def _check_mime_value(field: Field) -> None:
    """A type or disposition with its parameters stands where it should.

    Source: the faults about "/" and "=", recorded; the others, JavaMail.
    """
    in_type = field.name.lower() == "content-type"
    of_type = [("atom", "MIME type"), ("/", "'/'"), ("atom", "MIME subtype")]
    # Nearly every value has the ordinary form; one more or less "/" is left to the slow way.
    value = field.value.strip(" \t")
    if _ORDINARY_VALUE.fullmatch(value) and ("/" in value.partition(";")[0]) == in_type:
        return
    tokens = _tokens(value)
    for wanted, title in of_type if in_type else [("atom", "disposition")]:
        kind, text = next(tokens)
        if kind != wanted:
            raise MimeFault(f"Expected {title}, got {text}")
    for kind, text in tokens:
        if kind != ";":
            if kind == "end":
                return
            raise MimeFault(f"Expected ';', got \"{text}\"")
        kind, text = next(tokens)
        if kind == "end":
            return
        for wanted, title in (("atom", "parameter name"), ("=", "'='"), ("atom quoted", "parameter value")):
            if kind not in wanted.split():
                raise MimeFault(f'Expected {title}, got "{text}"')
            if title != "parameter value":
                kind, text = next(tokens)


def _tokens(value: str) -> Iterator[tuple[str, str]]:
    """The kind and text of each token; behind the last one "null", as Java writes it, without end."""
    index = _after_comments(value, 0)
    while index < len(value):
        atom, quoted = _ATOM.match(value, index), _QUOTED.match(value, index)
        found = atom or quoted
        if found is not None:
            yield ("atom", found[0]) if atom else ("quoted", found[1])
        elif value[index] == '"':
            raise MimeFault("Unbalanced quoted string")
        else:
            yield value[index], value[index]
        index = _after_comments(value, found.end() if found else index + 1)
    while True:
        yield "end", "null"


def _after_comments(value: str, index: int) -> int:
    depth = 0
    while index < len(value):
        character = value[index]
        if character == "\\" and depth:
            index += 1
        elif character == "(":
            depth += 1
        elif character == ")" and depth:
            depth -= 1
        elif not depth and character not in " \t\r\n":
            return index
        index += 1
    if depth:
        raise MimeFault("Unbalanced comments")
    return index


def decoded(data: bytes, charset: str | None) -> str:
    """The bytes as text in that charset, else in UTF-8, else in Latin-1; no surrogate is left in it."""
    for name in (charset, "utf-8") if charset else ("utf-8",):
        try:
            if codecs.lookup(name).name not in PYTHON_ONLY_CODECS:
                return data.decode(name).encode("utf-8", "replace").decode("utf-8")
        except (LookupError, ValueError):
            continue
    return data.decode("latin-1")


def decode_words(value: str) -> str:
    """The value with its RFC 2047 words as text; adjacent words of one charset may share a character."""
    if "=?" not in value:
        return value
    pieces: list[tuple[str | None, bytes | str]] = []
    end = 0
    for word in _ENCODED_WORD.finditer(value):
        between = value[end : word.start()]
        adjacent = bool(pieces) and not between.strip()
        if not adjacent:
            pieces.append((None, between))
        charset, data = word[1].lower(), _word_bytes(word)
        known, before = pieces[-1]
        if adjacent and known == charset and isinstance(before, bytes):
            pieces[-1] = (charset, before + data)
        else:
            pieces.append((charset, data))
        end = word.end()
    # Each word of a UTF-16 text has a byte order mark of its own.
    text = [each if isinstance(each, str) else decoded(each, name).replace("\ufeff", "") for name, each in pieces]
    return "".join([*text, value[end:]]).replace("\0", "\ufffd")


def _word_bytes(word: re.Match[str]) -> bytes:
    payload = word[3].encode("utf-8", "replace")
    if word[2] in "Qq":
        return binascii.a2b_qp(payload, header=True)
    return from_base64(payload)


def from_base64(data: bytes) -> bytes:
    """The decoded bytes; whatever is not base64 is passed over."""
    clean = data.translate(None, NOT_BASE64)
    clean = clean[:-1] if len(clean) % 4 == 1 else clean
    return pybase64.b64decode(clean + b"=" * (-len(clean) % 4))


def filenames(message: bytes, body_start: int) -> Iterator[str]:
    """The file names that the message and its parts, however deep, give themselves.

    Only what follows a line that begins like a boundary is read, so that large bodies cost little.
    """
    yield from _filenames(message[:body_start])
    marker = message.find(b"\r\n--", max(body_start - 2, 0))
    while marker >= 0:
        end = message.find(b"\r\n\r\n", marker)
        end = len(message) if end < 0 else end
        yield from _filenames(message[marker:end])
        marker = message.find(b"\r\n--", end)


def _filenames(block: bytes) -> Iterator[str]:
    if b"name" not in block.lower():
        return
    for header in _PART_HEADER.findall(unfolded(block)):
        continued = ""
        for starred, quoted, plain in _FILENAME.findall(header):
            name = re.sub(r"\\(.)", r"\1", quoted) if quoted else plain.strip()
            continued += name if starred else ""
            if not starred:
                yield decode_words(name)
        if continued:
            yield unquote(continued.rpartition("'")[2])
