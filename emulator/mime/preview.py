"""The first words of a mail, as lists of mails show them."""

import html
import re
from typing import Final

from emulator.mime import extract

CHARACTERS: Final = 140
_TEXT_LOOKED_AT: Final = 5 * CHARACTERS

_MARKUP: Final = re.compile(
    r"<!--.*?(?:-->|\Z)"
    r"|<(?P<hidden>style|script|title|template)\b.*?(?:</(?P=hidden)\s*>|\Z)"
    r"|<(?P<tag>/?[a-z][a-z0-9]*)?(?(tag)|[/!?])[^>]*(?:>|\Z)",
    re.IGNORECASE | re.DOTALL,
)
# What fills the space behind such words in newsletters, and shows nothing; one alone may join or part letters.
_BLANK: Final = re.compile("[\\s\u00ad\u034f\u061c\u115f\u17b4\u17b5\u180e\u200b-\u200f\u2060-\u2064\ufeff]{2,}")


def preview(text: str | None, html_text: str | None) -> str:
    """The first characters of the text, or else of what the HTML shows; white space is one blank each."""
    shown = text[:_TEXT_LOOKED_AT] if text and not text.isspace() else _shown(html_text or "")
    return _collapsed(shown)[:CHARACTERS].rstrip()


def _shown(text: str) -> str:
    """What the HTML shows, as far as it is needed."""
    shown = ""
    position = 0
    for markup in _MARKUP.finditer(text):
        shown += html.unescape(text[position : markup.start()])
        position = markup.end()
        if markup["tag"] and markup["tag"].lower().strip("/") not in extract.INLINE:
            shown += " "
        if len(shown) > _TEXT_LOOKED_AT:
            shown = _collapsed(shown) + (" " if shown[-1].isspace() else "")
            if len(shown) > CHARACTERS:
                break
    return shown + html.unescape(text[position : position + _TEXT_LOOKED_AT])


def _collapsed(text: str) -> str:
    return " ".join(_BLANK.sub(" ", text).split())
