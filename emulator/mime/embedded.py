"""HTML that is shown by itself: what it shows of the message's other parts is within it, and it may be made dark."""

import base64
import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import unquote

from emulator.mime.view import Leaf

MOST_BYTES: Final = 32 * 2**20  # ours: of the images within one document

_CID: Final = re.compile(r"""(?<=["'(=])\s*cid:([^"'()\s<>]+)""", re.IGNORECASE)
_OPENING: Final = re.compile(r"\A(?:\s|<!--.*?-->)*<!doctype[^>]*>", re.IGNORECASE | re.DOTALL)
_IMAGE: Final = re.compile(r"image/[a-z0-9.+-]{1,50}\Z")
_LINKS_ELSEWHERE: Final = '<base target="_blank">'
# Light and dark change places, and hues keep theirs; pictures are turned twice.
_DARK: Final = (
    "<style>html{background:#fff;min-height:100%;filter:invert(.9) hue-rotate(180deg)}"
    "img,video{filter:invert(1) hue-rotate(180deg)}</style>"
)


def with_images(html: str, leaves: Iterable[Leaf]) -> str:
    """The HTML with the message's own images in the place of their `cid:` URLs."""
    images = {leaf.content_id: leaf for leaf in leaves if leaf.content_id and _IMAGE.match(leaf.content_type)}
    left = MOST_BYTES

    def image(reference: re.Match[str]) -> str:
        nonlocal left
        leaf = images.get(unquote(reference[1]))
        left -= leaf.size if leaf else 0
        if leaf is None or left < 0:
            return reference[0]
        return f"data:{leaf.content_type};base64,{base64.b64encode(leaf.content).decode()}"

    return _CID.sub(image, html)


def refers_to_parts(html: str) -> bool:
    """Whether there may be something to embed."""
    return _CID.search(html) is not None


def framed(html: str, *, dark: bool) -> str:
    """The HTML as a frame shows it: its links open elsewhere."""
    opening = _OPENING.match(html)
    end = opening.end() if opening else 0  # what is before a doctype would take its meaning away
    return f"{html[:end]}{_LINKS_ELSEWHERE}{_DARK if dark else ''}{html[end:]}"
