"""HTML whose opening and whose links are tracked, and messages that hold it; all else of them stays as it was."""

import codecs
import html
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from html.entities import html5
from typing import Final, NamedTuple

from emulator.mime import headers, html_parts

# Source: developer guide (documented).
MAX_LINKS: Final = 250
PLACEHOLDER: Final = "{{ses:openTracker}}"
# Ours: a longer URL makes a link that some program on the way cuts off. SES's server takes 8192 bytes of a request.
MAX_URL_CHARACTERS: Final = 4_000

# Source: developer guide (documented). Unverified: that `ses:tags` is taken away as `ses:no-track` is, and both also
# where only opens are tracked.
_NO_TRACK, _TAGS = "ses:no-track", "ses:tags"
_TAG: Final = re.compile(r"[ \t\r\n]*([A-Za-z0-9_-]+)[ \t\r\n]*:[ \t\r\n]*([A-Za-z0-9_-]+)[ \t\r\n]*")

# ---- HTML as browsers split it (HTML standard, tokenization). Nothing that was read is read again from another start.

_BLANK: Final = r"\t\n\f\r "
_NAME: Final = rf"[^{_BLANK}/>][^{_BLANK}/>=]*+"
_VALUE: Final = rf""""[^"]*+"|'[^']*+'|[^{_BLANK}"'>][^{_BLANK}>]*+|(?=>)"""
_ASSIGNED: Final = rf"[{_BLANK}]*+=[{_BLANK}]*+"
_ATTRIBUTES: Final = rf"(?:[{_BLANK}/]*+{_NAME}(?:{_ASSIGNED}(?:{_VALUE})|(?![{_BLANK}]*+=)))*[{_BLANK}/]*+"
_ATTRIBUTE: Final = re.compile(rf"([{_BLANK}/]*+)({_NAME})(?:{_ASSIGNED}({_VALUE})|(?![{_BLANK}]*+=))")
_END_OF_NAME: Final = rf"(?=[{_BLANK}/>])"
_TOKEN: Final = re.compile(
    rf"<!--(?:-?>|.*?--!?>)"
    rf"|<(?:!(?!--)|\?|/(?![A-Za-z]))[^>]*+>"
    rf"|<(?P<raw>script|style|textarea|title|xmp|iframe|noembed|noframes){_END_OF_NAME}{_ATTRIBUTES}>"
    rf"(?:.*?</(?P=raw){_END_OF_NAME}|.*)"
    rf"|<plaintext{_END_OF_NAME}{_ATTRIBUTES}>.*"
    rf"|<(?P<name>/?[A-Za-z][^{_BLANK}/>]*+)(?P<attributes>{_ATTRIBUTES})>"
    rf"|<(?=[A-Za-z/!?]).*",  # it never ends
    re.IGNORECASE | re.ASCII | re.DOTALL,
)
_REFERENCE: Final = re.compile(r"&(?:#[0-9]+;?|#[xX][0-9a-fA-F]+;?|([A-Za-z][A-Za-z0-9]*+(?:;|(?!=))))", re.ASCII)

# ---- absolute URLs of RFC 3986

_UNIT: Final = r"A-Za-z0-9._~!$&'()*+,;=\-"
_ESCAPE: Final = r"%[0-9A-Fa-f]{2}"
_URL: Final = re.compile(
    rf"https?://(?:(?:[{_UNIT}:]|{_ESCAPE})*@)?(?:\[[0-9A-Fa-fvV.:]+\]|(?:[{_UNIT}]|{_ESCAPE})+)(?::[0-9]*)?"
    rf"(?:/(?:[{_UNIT}:@/]|{_ESCAPE})*)?(?:\?(?:[{_UNIT}:@/?]|{_ESCAPE})*)?(?:#(?:[{_UNIT}:@/?]|{_ESCAPE})*)?",
    re.IGNORECASE | re.ASCII,
)


class Link(NamedTuple):
    """A link that is tracked: where it leads, and its `ses:tags`."""

    url: str
    tags: dict[str, list[str]] | None


class Tracker(NamedTuple):
    """The URL of the pixel, and the URL that stands for a link, by its number from 1 on and its own URL.

    None of either: openings, or links, are not tracked.
    """

    pixel_url: str | None
    link_url: Callable[[int, str], str] | None


class _Edit(NamedTuple):
    start: int
    end: int
    text: str


_LOOK: Final = Tracker(None, lambda _number, url: url)


def message(raw: bytes, tracker: Tracker) -> bytes:
    """The message with tracked HTML, each part in its charset and transfer encoding; nothing else changes.

    Unverified: of several HTML parts one has the pixel, the first with a placeholder or else the first; lines that
    become too long make a part quoted-printable.
    """
    parts = [(part, text, codec) for part in html_parts.find(raw) for text, codec in _texts(part)]
    marked = next((index for index, (_, text, _) in enumerate(parts) if PLACEHOLDER in text), 0)
    found: list[Link] = []
    pieces: list[bytes] = []
    kept = 0
    for index, (part, text, codec) in enumerate(parts):
        changed = tracked(text, tracker if index == marked else tracker._replace(pixel_url=None), found)
        if changed != text:
            data = changed.encode(codec, "xmlcharrefreplace")
            pieces += [raw[kept : part.start], html_parts.with_data(raw, part, data)]
            kept = part.end
    return b"".join([*pieces, raw[kept:]]) if pieces else raw


def links(raw: bytes) -> list[Link]:
    """The links of the message that are tracked where links are, by their numbers less one."""
    found: list[Link] = []
    for part in html_parts.find(raw):
        for text, _ in _texts(part):
            tracked(text, _LOOK, found)
    return found


def tracked(text: str, tracker: Tracker, found: list[Link]) -> str:
    """The HTML with the pixel and tracked links, which are added to those found so far.

    Source: developer guide (documented): the pixel is at the bottom, or in the place of the first placeholder; others
    are taken away. Unverified: `bottom` is before the last `</body>`; without a pixel every placeholder goes.
    """
    pixel = _pixel(tracker.pixel_url)
    before, placeholder, after = text.partition(PLACEHOLDER)
    if placeholder:
        text = f"{before}{pixel}{after.replace(PLACEHOLDER, '')}"
    edits: list[_Edit] = []
    bottom = len(text)
    for token in _TOKEN.finditer(text):
        name = (token["name"] or "").lower()
        if name == "a":
            edits += _anchor(text, token, tracker, found)
        elif name == "/body":
            bottom = token.start()
    if pixel and not placeholder:
        edits.append(_Edit(bottom, bottom, pixel))
        edits.sort()
    return _edited(text, edits)


def _pixel(url: str | None) -> str:
    """Source: delivered mails, recorded."""
    style = "display: none; width: 1px; height: 1px;"
    return f'<img alt="" src="{html.escape(url)}" style="{style}">' if url else ""


def _edited(text: str, edits: list[_Edit]) -> str:
    pieces: list[str] = []
    kept = 0
    for edit in edits:
        pieces += [text[kept : edit.start], edit.text]
        kept = edit.end
    return "".join([*pieces, text[kept:]])


def _anchor(text: str, token: re.Match[str], tracker: Tracker, found: list[Link]) -> Iterator[_Edit]:
    """What changes within an `<a>`; of attributes with one name the first counts, as in browsers."""
    attributes = list(_ATTRIBUTE.finditer(text, token.start("attributes"), token.end()))
    named: dict[str, re.Match[str]] = {}
    for attribute in attributes:
        named.setdefault(attribute[2].lower(), attribute)
    href = named.get("href")
    link = Link(_value(href), _link_tags(_value(named.get(_TAGS)))) if _NO_TRACK not in named else None
    for attribute in attributes:
        start, end = attribute.span()
        if attribute[2].lower() in (_NO_TRACK, _TAGS):
            joined = text[end] not in "\t\n\f\r />"  # the next attribute would grow on to what is before this one
            yield _Edit(attribute.start(2) if joined else start, end, "")
        elif attribute is href and link and tracker.link_url and len(found) < MAX_LINKS and _trackable(link.url):
            found.append(link)
            start, end = attribute.span(3)
            quoted = attribute[3].startswith(("'", '"'))
            yield _Edit(start + quoted, end - quoted, html.escape(tracker.link_url(len(found), link.url)))


def _trackable(url: str) -> bool:
    return len(url) <= MAX_URL_CHARACTERS and _URL.fullmatch(url) is not None


def _value(attribute: re.Match[str] | None) -> str:
    """What the attribute says; empty where there is none."""
    return _REFERENCE.sub(_character, _unquoted(attribute[3] or "")) if attribute else ""


def _unquoted(value: str) -> str:
    return value[1:-1] if value.startswith(("'", '"')) else value


def _character(reference: re.Match[str]) -> str:
    """The character that a reference in an attribute is; text that only looks like one stays."""
    name = reference[1]
    return html.unescape(reference[0]) if name is None or name in html5 else reference[0]


def _link_tags(value: str) -> dict[str, list[str]] | None:
    """The tags of a link; None without any. Unverified: pairs that are none are passed over."""
    pairs = [pair for pair in map(_TAG.fullmatch, value.split(";")) if pair]
    return {pair[1]: [pair[2]] for pair in pairs} or None


# ---- charsets

# With the sign that begins Japanese in ISO-2022-JP, to whom the rest of ASCII is itself.
_ASCII: Final = bytes((*range(0x80), *b"\x1b$B"))


def _texts(part: html_parts.Part) -> Iterator[tuple[str, str]]:
    """The part as text, and the codec that makes the same bytes of it; nothing where there is none."""
    codec = _codec(part.charset or "us-ascii")
    try:
        text = part.data.decode(codec)
        if text.encode(codec) == part.data:
            yield text, codec
    except (LookupError, ValueError):
        return


@lru_cache(maxsize=64)
def _codec(charset: str) -> str:
    """The charset, where it writes ASCII otherwise than ASCII does, else Latin-1.

    Latin-1 gives all bytes back, whatever they are, and neither markup nor a URL is in other characters than ASCII's.
    """
    try:
        python_only = codecs.lookup(charset).name in headers.PYTHON_ONLY_CODECS
        return "latin-1" if python_only or _ASCII.decode(charset) == _ASCII.decode("ascii") else charset
    except LookupError:  # there is no such charset
        return "latin-1"
    except ValueError:
        return charset
