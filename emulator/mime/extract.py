"""What a test wants out of a mail: the links a reader could follow and the codes a reader could copy."""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from html.parser import HTMLParser

# ---- links

_URL: Final = re.compile(r"(?<![A-Za-z0-9+.-])(?:https?://|mailto:)[^\s<>\"\x00-\x1f\x7f]{1,4000}", re.IGNORECASE)
_NOT_AT_END: Final = ".,;:!?'*_`|\\\u2019\u201d\u00bb\u2026\u3002\u3001"
_BRACKETS: Final = {")": "(", "]": "[", "}": "{"}

# ---- codes

# A code stands near the top; the searching takes about a microsecond a character.
_MAX_CHARACTERS: Final = 100_000
_KEYWORDS: Final = (
    r"(?:verification|security|confirmation|activation|one[- ]time|access|login|sign[- ]?in|auth\w*|2fa|mfa)?"
    r"[ -]?(?:\w*codes?|otp|pin|passcode|password|token|c[oó]digo|codice|kod)"
)
_KEYWORD: Final = re.compile(
    rf"\b(?:{_KEYWORDS}|verif\w+|confirm\w*|one[- ]time|two[- ]factor|2fa|mfa|sign[- ]?in|log[- ]?in)\b",
    re.IGNORECASE,
)
_SAID_BEFORE: Final = re.compile(
    rf"\b{_KEYWORDS}(?:[ \t]+(?:is|are|ist|est|es)\b)?(?:[ \t]*[:=>–-])?\s*[\"'*_(\[]*\s*\Z", re.IGNORECASE
)
_SAID_AFTER: Final = re.compile(
    rf"[\"'*_)\]]*\s+(?:is|as)\s+(?:your|the|a)\b[^.\n]{{0,40}}?{_KEYWORD.pattern}", re.IGNORECASE
)

_MONTH: Final = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_MONEY: Final = r"(?:[$€£¥₹]|\b(?:usd|eur|gbp|chf|jpy|cad|aud|inr|sek|nok|dkk)\b)"
_UNIT: Final = r"(?:%|(?:seconds?|secs?|minutes?|mins?|hours?|days?|weeks?|months?|years?|px|[kmg]i?b|bytes)\b)"
# Numbers that are no codes, each kind with what shows it to be one.
_NOISE: Final = re.compile(
    "|".join(
        [
            _URL.pattern,
            r"\bwww\.\S+",
            r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+",
            r"\b(?:zip|post(?:al)?|area|country|error|status|response|bar|qr)[ -]?codes?\b[: \t]*\w*",
            r"\b[0-9a-f]{8}(?:-[0-9a-f]{4,12}){2,}[\w-]*",  # identifiers
            r"#\w+",  # colours, order numbers
            rf"{_MONEY}[ \t]*\d+(?:[.,' ]\d{{3}}\b)*(?:[.,]\d+)?",
            rf"\b\d(?:[\d.,']{{0,14}}\d)?[ \t]*(?:{_MONEY}|{_UNIT})",
            rf"\b\d{{1,2}}(?:st|nd|rd|th)?[ .]+{_MONTH},?[ ]+\d{{4}}\b",
            rf"\b{_MONTH}[ ]+\d{{1,2}}(?:st|nd|rd|th)?,?[ ]+\d{{4}}\b",
            r"\b(?:19|20)\d\d[ ]?[-–—][ ]?(?:(?:19|20)\d\d|\d\d)\b",  # years
            r"\b\d{4}([-/.])\d{1,2}\1\d{1,2}(?:T[\d:.]+Z?)?",
            r"\b\d{1,2}([-/.])\d{1,2}\2\d{2,4}\b",
            r"\b\d+(?:[.,:/]\d+)+\b",  # decimals, times, versions, IP addresses
            r"\+[ ]?\d[\d \t().-]{6,}\d",
            r"\(\+?\d{1,5}\)[ \t]*\d[\d \t.-]{4,}\d",
            r"\b\d{1,5}(?:[ .-]\d{2,4}){2,}\b",  # telephone and card numbers
            r"\b(?:tel|telephone|phone|call(?: us)?(?: at| on)?|fax|mobile|hotline)\b[.: \t]*\d[\d \t().-]{3,}\d",
            r",[ ]*(?-i:[A-Z]{2})[ ]+\d{5}(?:-\d{4})?\b",  # a postal code behind its state
        ]
    ),
    re.IGNORECASE,
)
_CODE: Final = re.compile(
    r"""(?<![\w$€£¥#/+@&%.,-])(?:
        (?P<grouped>\d{3}[ -]\d{3}|\d{4}[ -]\d{4})
      | (?P<digits>\d{4,8})
      | (?P<hyphened>[A-Z0-9]{1,6}(?:-[A-Z0-9]{3,6}){1,2})
      | (?P<letters>[A-Z0-9]{6,10})
    )(?![\w/@&=%]|[-.,:][\w])""",
    re.VERBOSE,
)
_YEAR: Final = re.compile(r"(?:19|20)\d\d")


class Link(NamedTuple):
    """A link; ``text`` is what the reader of HTML sees of it, None in plain text."""

    url: str
    text: str | None


def links(text: str | None, html: str | None) -> list[Link]:
    """The anchors of the HTML in their order, then the URLs of the text that the HTML does not link to."""
    found = _read(html).anchors if html else []
    known = {link.url for link in found}
    for match in _URL.finditer(text or ""):
        url = _without_punctuation(match[0])
        if url not in known and _URL.fullmatch(url):
            known.add(url)
            found.append(Link(url, None))
    return list(dict.fromkeys(found))


def codes(text: str | None, html: str | None, subject: str | None = None) -> list[str]:
    """The one-time codes, likeliest first: those that the mail calls a code, then those near such a word.

    A year or a number with a unit, a currency or the form of a telephone number is none; four digits that could
    be a year are a code only where the mail says so in as many words.
    """
    best: dict[str, tuple[int, int]] = {}
    position = 0
    for source in (subject, text, "".join(_read(html).shown) if html else None):
        shown = (source or "")[:_MAX_CHARACTERS].replace("\xa0", " ")
        for code, score in _candidates(_NOISE.sub(_blank, shown)):
            position += 1
            if code not in best or -score < best[code][0]:
                best[code] = (-score, position if code not in best else best[code][1])
    return sorted(best, key=lambda code: best[code])


def _without_punctuation(url: str) -> str:
    """The URL without what belongs to the sentence around it: stops, quotes, an unpaired closing bracket."""
    while True:
        last = url[-1:]
        opening = _BRACKETS.get(last)
        if not (last and last in _NOT_AT_END) and (not opening or url.count(opening) >= url.count(last)):
            return url
        url = url[:-1]


def _blank(noise: re.Match[str]) -> str:
    # Neither a blank nor a letter: what stands beside noise must not join with it or across it.
    return " \x00 "


def _candidates(text: str) -> Iterator[tuple[str, int]]:
    for match in _CODE.finditer(text):
        written = match[0]
        score = _likelihood(text, match.start(), match.end())
        if match["digits"] or match["grouped"]:
            if _YEAR.fullmatch(written) and score < 4:
                continue
            if not match["grouped"] or len(written) == 7 or score > 1:
                yield re.sub(r"[ -]", "", written), score
        elif _mixed(written):
            yield written, score


def _mixed(written: str) -> bool:
    """Whether an upper-case form has a digit, a letter and the length of a code."""
    plain = written.replace("-", "")
    return 6 <= len(plain) <= 10 and not plain.isdigit() and not plain.isalpha()


def _likelihood(text: str, start: int, end: int) -> int:
    """4 for "code: X" and "X is your code", 3 and 2 with such a word near, 1 for a line of its own, else 0."""
    before, after = text[max(start - 120, 0) : start], text[end : end + 80]
    if _SAID_BEFORE.search(before) or _SAID_AFTER.match(after):
        return 4
    if _KEYWORD.search(before[-60:]):
        return 3
    if _KEYWORD.search(before) or _KEYWORD.search(after.partition("\n\n")[0][:40]):
        return 2
    alone = not before.rpartition("\n")[2].strip() and not after.partition("\n")[0].strip()
    return 1 if alone else 0


# ---- HTML

_HIDDEN: Final = ("style", "script", "title", "template")
INLINE: Final = (
    "a",
    "abbr",
    "b",
    "big",
    "code",
    "em",
    "font",
    "i",
    "kbd",
    "mark",
    "small",
    "span",
    "strong",
    "u",
    "wbr",
)


@dataclass(slots=True)
class _Page:
    """What an HTML document shows so far, and what is open in it."""

    anchors: list[Link] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    hidden: str | None = None
    url: str | None = None
    words: list[str] = field(default_factory=list)

    def opens(self, tag: str, attributes: dict[str, str | None]) -> None:
        """An element begins."""
        if tag in _HIDDEN:
            self.hidden = self.hidden or tag
        if tag not in INLINE:
            self.shown.append("\n")
        if tag in ("a", "area"):
            self.ends_anchor()
            url = re.sub(r"[\t\r\n]", "", attributes.get("href") or "").strip()
            self.url = url if _URL.match(url) else None
        if tag in ("area", "img"):
            self.words.append(attributes.get("alt") or "")
        if tag == "area":
            self.ends_anchor()

    def closes(self, tag: str) -> None:
        """An element ends."""
        if tag == self.hidden:
            self.hidden = None
        if tag not in INLINE:
            self.shown.append("\n")
        if tag == "a":
            self.ends_anchor()

    def says(self, text: str) -> None:
        """Text stands here."""
        if not self.hidden:
            self.shown.append(text)
            self.words.append(text)

    def ends_anchor(self) -> None:
        """The anchor that is open, if one is, has its text."""
        if self.url:
            self.anchors.append(Link(self.url, " ".join("".join(self.words).split())))
        self.url, self.words = None, []


def _read(html: str) -> _Page:
    """The anchors and the visible text of the document, as far as it can be parsed."""
    page = _Page()
    with suppress(AssertionError, ValueError):  # from a malformed declaration; what came before it has been read
        # The tags flush the last text; closing the parser would read unclosed markup once more, as text.
        _reader()(page).feed(f"{html}<p></a>")
    return page


@lru_cache(maxsize=1)
def _reader() -> Callable[[_Page], "HTMLParser"]:
    """The class that fills a page; made at first use, since the parser behind it is slow to load."""
    from html.parser import HTMLParser

    class Reader(HTMLParser):
        def __init__(self, page: _Page) -> None:
            super().__init__(convert_charrefs=True)
            self.page = page

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            self.page.opens(tag, dict(attrs))

        def handle_endtag(self, tag: str) -> None:
            self.page.closes(tag)

        def handle_data(self, data: str) -> None:
            self.page.says(data)

    return Reader
