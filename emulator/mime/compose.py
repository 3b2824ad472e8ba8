"""Messages composed from their parts, in the header order, folding and encodings of the library SES runs."""

import binascii
import codecs
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

import pybase64

from emulator.mime import headers

MAX_COLUMN: Final = 76
MAX_LINE_BYTES: Final = 998
MAX_WORD_CHARACTERS: Final = 75
MAX_REPLACED: Final = 12

_CHARSET_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")
_NOT_PLAIN: Final = bytes(sorted({*range(0x20), *range(0x7F, 0x100)} - {0x09, 0x0A, 0x0D}))
_NOT_PLAIN_TEXT: Final = re.compile(r"[^\t\r\n\x20-\x7e]")
_FIRST_BLANK: Final = re.compile(r"(?<![ \t])[ \t]")
_LINE_END: Final = re.compile(r"[\r\n]+[ \t]*")
_ESCAPED: Final = tuple(b"=%02X" % byte for byte in range(0x100))
_PIECE: Final = re.compile(rb".{1,75}(?<!=)(?<!=.)", re.DOTALL)
_QUOTED_IN_BODY: Final = re.compile(rb"[^\r\n\x20-<>-~]+")
_UNQUOTED: Final = bytes([0x0A, 0x0D, *(set(range(0x20, 0x7F)) - {0x3D})])
_EQUALS: Final = 0x3D
_QUOTED_IN_WORD: Final = re.compile(rb"[^\x21-<>@-^`-~]")


class UnsupportedCharset(ValueError):
    """A charset that SES cannot encode with.

    Unverified: the text.
    """

    def __init__(self, charset: str) -> None:
        super().__init__(f"Unsupported charset '{charset}'.")


class Content(NamedTuple):
    """A subject or a body as given; without a charset it is UTF-8.

    Source: charset of templated mail without Charset, recorded; that SendEmail does the same, unverified.
    """

    data: str
    charset: str | None


class _Charset(NamedTuple):
    name: str  # as given: it is spelled so in the message
    codec: str
    like_ascii: bool


class Part(NamedTuple):
    """A text as part of a message: its header, ended by an empty line, and its body."""

    header: str
    body: bytes


def compose(
    *,
    date: str | None = None,
    source: str | None,
    reply_to: Sequence[str],
    to: Sequence[str],
    cc: Sequence[str],
    subject: Content,
    text: Content | None,
    html: Content | None,
    boundary: str,
) -> bytes:
    """The message, without the Message-ID and, if none is given, the Date that delivery adds, and without blind copies.

    Source: header order and the form of the boundary line, recorded; place of Reply-To and Cc, JavaMail.
    Unverified: without text and HTML the body is empty text.
    """
    fields = [f"Date: {date}"] if date else []
    fields += [address_header("From", (source,))] if source is not None else []
    fields += [address_header(name, some) for name, some in (("Reply-To", reply_to), ("To", to), ("Cc", cc)) if some]
    fields += [subject_header(subject), "MIME-Version: 1.0"]
    if text is None or html is None:
        single = text_part("html", html) if html is not None else text_part("plain", text or Content("", None))
        return _encoded_header("\r\n".join([*fields, single.header])) + single.body
    first, second = text_part("plain", text), text_part("html", html)
    fields.append(f'Content-Type: multipart/alternative; \r\n\tboundary="{boundary}"\r\n\r\n')
    top = "\r\n".join(fields)
    return b"".join(
        (
            _encoded_header(f"{top}--{boundary}\r\n{first.header}"),
            first.body,
            _encoded_header(f"\r\n--{boundary}\r\n{second.header}"),
            second.body,
            _encoded_header(f"\r\n--{boundary}--\r\n"),
        )
    )


def _encoded_header(text: str) -> bytes:
    # Unverified: an address that is not ASCII is written as UTF-8.
    return text.encode("utf-8", "replace")


def address_header(name: str, addresses: Sequence[str]) -> str:
    """The header, a new line begun before each address that would pass column 76.

    Source: names as given, ", " between addresses, folding at CRLF TAB, JavaMail.
    """
    joined = ", ".join(addresses)
    if "\r" in joined or "\n" in joined:
        # A folded display name is legal; unfolded it cannot pass for a header of its own.
        addresses = [_LINE_END.sub(" ", address).strip() for address in addresses]
        joined = ", ".join(addresses)
    column = len(name) + 2
    if column + len(joined) <= MAX_COLUMN:
        return f"{name}: {joined}"
    pieces = [f"{name}: "]
    for position, address in enumerate(addresses):
        if position:
            pieces.append(", ")
            column += 2
        folded = _folded(0, address)
        if column + len(folded.partition("\r\n")[0]) > MAX_COLUMN:
            pieces[-1] = "," if position else pieces[-1]
            pieces.append("\r\n\t")
            column = 8
        pieces.append(folded)
        column = len(folded.rpartition("\r\n")[2]) + (0 if "\r\n" in folded else column)
    return "".join(pieces)


def subject_header(subject: Content) -> str:
    """The Subject header: as given when it is ASCII, in RFC 2047 words when it is not.

    Source: the choice of Q and B and the halving of long words, JavaMail.
    Unverified: an unknown charset is refused for an ASCII subject too.
    """
    charset = _charset(subject.charset or "UTF-8")
    data = subject.data
    one_line = "\r" not in data and "\n" not in data
    if one_line and len(data) < MAX_COLUMN - 9 and data.isascii() and data.isprintable():
        return f"Subject: {data.rstrip(' ')}"
    odd = sum(2 if character > "\uffff" else 1 for character in _NOT_PLAIN_TEXT.findall(data))
    if odd or not one_line:
        # Line ends count as ASCII, yet an encoded word is the only safe place for them.
        units = data.encode("utf-16-be", "surrogatepass")
        encoding = "Q" if len(units) // 2 > 2 * odd else "B"
        data = " ".join(_words(units, charset, encoding))
    return f"Subject: {_folded(9, data)}"


def _words(units: bytes, charset: _Charset, encoding: str) -> list[str]:
    """The encoded words for some UTF-16 text: halved, as Java halves its strings, until each word fits."""
    size = len(units) // 2
    half = size // 2
    if half and 0xD8 <= units[2 * half - 2] <= 0xDB:  # never between the two halves of a surrogate pair
        half -= 1
    if half <= MAX_WORD_CHARACTERS:  # else too long for sure: two units make at least a byte
        data = units.decode("utf-16-be", "surrogatepass").encode(charset.codec, "replace")
        in_base64 = encoding == "B"
        encoded = binascii.b2a_base64(data, newline=False) if in_base64 else _QUOTED_IN_WORD.sub(_word_escape, data)
        if len(encoded) <= MAX_WORD_CHARACTERS - 7 - len(charset.name) or not half:
            return [f"=?{charset.name}?{encoding}?{encoded.decode('ascii')}?="]
    return _words(units[: 2 * half], charset, encoding) + _words(units[2 * half :], charset, encoding)


def _word_escape(found: re.Match[bytes]) -> bytes:
    return b"_" if found[0] == b" " else _ESCAPED[found[0][0]]


def _folded(column: int, text: str) -> str:
    """The text, each line ended before the last blank within column 76, or the first one behind it.

    Source: JavaMail; like there, blanks at the end are dropped.
    """
    text = text.rstrip(" \t\r\n")
    lines, start = [], 0
    while column + len(text) - start > MAX_COLUMN:
        cut = -1
        # The search begins behind a line's own first blank, so that no line is of blanks only.
        for blank in _FIRST_BLANK.finditer(text, start + 1):
            if cut >= 0 and blank.start() > start + MAX_COLUMN - column:
                break
            cut = blank.start()
        if cut < 0:
            break
        lines.append(text[start:cut])
        start, column = cut, 0
    return "\r\n".join([*lines, text[start:]])


def text_part(subtype: str, content: Content) -> Part:
    """The text as a part, in the encoding that suits it.

    Source: ``text/plain; charset=UTF-8`` and 7bit, recorded; when another encoding is chosen, JavaMail.
    """
    charset = _charset(content.charset or "UTF-8")
    encoding, body = _transfer_encoded(content.data.encode(charset.codec, "replace"), charset)
    header = f"Content-Type: text/{subtype}; charset={charset.name}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    return Part(header, body)


def _transfer_encoded(data: bytes, charset: _Charset) -> tuple[str, bytes]:
    """The encoding that suits the bytes, and them in it; line ends become CRLF except in base64."""
    if not charset.like_ascii:
        return "base64", base64(data)
    plain = len(data.translate(None, _NOT_PLAIN))
    other = len(data) - plain
    if other:
        return ("quoted-printable", quoted_printable(data)) if plain > other else ("base64", base64(data))
    data = headers.normalise(data)
    if next(_longer_lines(data, MAX_LINE_BYTES), None):
        return "quoted-printable", quoted_printable(data)
    return "7bit", data


def quoted_printable(data: bytes) -> bytes:
    """The bytes in quoted-printable; their line ends become CRLF."""
    data = headers.normalise(data)
    special = sorted(set(data.translate(None, _UNQUOTED)))
    if len(special) > MAX_REPLACED:
        data = _QUOTED_IN_BODY.sub(_body_escape, data)
    else:  # a text has few different ones: so it takes a tenth of the time; `=` comes first, as each escape has one
        for byte in sorted(special, key=lambda byte: byte != _EQUALS):
            data = data.replace(bytes((byte,)), _ESCAPED[byte])
    data = data.replace(b" \r\n", b"=20\r\n")
    return _soft_broken(data if data[-1:] != b" " else data[:-1] + b"=20")


def _body_escape(found: re.Match[bytes]) -> bytes:
    return b"".join([_ESCAPED[byte] for byte in found[0]])


def _soft_broken(data: bytes) -> bytes:
    """The encoded lines in pieces of at most 75 characters, no escape cut in two."""
    pieces, kept = [], 0
    for start, end in _longer_lines(data, MAX_COLUMN - 1):
        pieces += [data[kept:start], b"=\r\n".join(_PIECE.findall(data, start, end))]
        kept = end
    return b"".join([*pieces, data[kept:]]) if pieces else data


def _longer_lines(data: bytes, most: int) -> Iterator[tuple[int, int]]:
    """Where the lines of more bytes than that begin and end; of shorter ones, many are passed over in one leap."""
    start = 0
    while len(data) - start > most:
        end = data.rfind(b"\r\n", start, start + most + 2)
        if end < 0:
            end = data.find(b"\r\n", start + most)
            end = len(data) if end < 0 else end
            yield start, end
        start = end + 2


def base64(data: bytes) -> bytes:
    """The bytes in base64, 76 characters a line."""
    return pybase64.encodebytes(data)[:-1].replace(b"\n", b"\r\n")


@lru_cache(maxsize=256)
def _charset(name: str) -> _Charset:
    """The charset of that name; UnsupportedCharset when it is unknown or cannot be named in a header.

    Source: characters it lacks become "?", JavaMail.
    """
    if not _CHARSET_NAME.fullmatch(name):
        raise UnsupportedCharset(name)
    try:
        codec = codecs.lookup(name).name
        line_end = "\r\n".encode(name)
    except (LookupError, ValueError):
        raise UnsupportedCharset(name) from None
    if codec in headers.PYTHON_ONLY_CODECS:
        raise UnsupportedCharset(name)
    return _Charset(name, codec, line_end == b"\r\n")
