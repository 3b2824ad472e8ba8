"""Images that HTML holds within itself, in `data:` URLs, made parts of the message that the HTML refers to."""

import hashlib
import re
from collections.abc import Sequence
from typing import Final, NamedTuple

import pybase64

from emulator.mime import compose

# An image's URL, and where a tag begins that may have one. Nothing that was read is read again from another start: so a
# hostile text takes no longer than a good one.
_TAG_OR_URL: Final = re.compile(
    r"""(?P<tag><img(?=[\s/]))|(?<=[\s"'/])src\s*+=\s*+(?P<quote>["'])"""
    r"""(?P<url>\s*+data:(?P<type>image/[a-z0-9.+-]{1,60})(?:;[a-z0-9.=-]{1,60}){0,3}?;base64,(?P<data>[^"'<>]*+))"""
    r"(?P=quote)",
    re.IGNORECASE | re.ASCII,
)
_WITHIN_TAG: Final = re.compile(r"""(?:[^"'>]++|"[^"]*+"|'[^']*+')*""")  # no attribute is open, and no tag closed
_BLANKS: Final = re.compile(r"[ \t\r\n\f]+")
_MIME_VERSION: Final = b"\r\nMIME-Version: 1.0\r\n"  # a fold in a header before it would be followed by a blank


class Image(NamedTuple):
    """A part of a message; `content_id` is without its brackets."""

    content_id: str
    content_type: str
    data: bytes


class Detached(NamedTuple):
    """HTML that refers to images, and those."""

    html: str
    images: tuple[Image, ...]


def detached(html: str) -> Detached:
    """The HTML with a reference in the place of each image in it, all else as it is; the same image twice is one.

    Source: developer guide (documented): images that the HTML has in `<img src="data:image/...;base64,...">` become
    attachments. Unverified: what is no base64, and an image elsewhere than in `src` of `img`, stays.
    """
    images: dict[str, Image] = {}
    pieces: list[str] = []
    kept, tag = 0, -1
    for found in _TAG_OR_URL.finditer(html):
        if found["tag"]:
            tag = found.end()
            continue
        inside = tag >= 0 and _WITHIN_TAG.fullmatch(html, tag, found.start())
        tag = -1  # of two, the first `src` counts
        data = _decoded(found["data"]) if inside else None
        if not data:
            continue
        image = _image(found["type"].lower(), data)
        images[image.content_id] = image
        pieces += [html[kept : found.start("url")], f"cid:{image.content_id}"]
        kept = found.end("url")
    return Detached("".join([*pieces, html[kept:]]), tuple(images.values()))


def related(message: bytes, images: Sequence[Image], boundary: str) -> bytes:
    """The composed message, with the images beside its body.

    Unverified: all of it: `multipart/related`, the body first, each image with a Content-ID and `inline`.
    """
    top, version, rest = message.partition(_MIME_VERSION)
    related_to = rest.partition(b";")[0].removeprefix(b"Content-Type: ").decode()
    separator = f"\r\n--{boundary}".encode()
    kind = f'Content-Type: multipart/related; type="{related_to}"; \r\n\tboundary="{boundary}"\r\n'.encode()
    pieces = [top, version, kind, separator, b"\r\n", rest]
    for image in images:
        pieces += [separator, b"\r\n", _header(image), compose.base64(image.data)]
    return b"".join([*pieces, separator, b"--\r\n"])


def _image(content_type: str, data: bytes) -> Image:
    digest = hashlib.sha256(content_type.encode() + b"\n" + data).hexdigest()
    return Image(f"{digest[:32]}@email.amazonses.com", content_type, data)


def _header(image: Image) -> bytes:
    return (
        f"Content-Type: {image.content_type}\r\nContent-Transfer-Encoding: base64\r\n"
        f"Content-ID: <{image.content_id}>\r\nContent-Disposition: inline\r\n\r\n"
    ).encode()


def _decoded(text: str) -> bytes | None:
    """The bytes, of base64 as browsers take it: blanks in it count for nothing, and its end may lack the padding."""
    compact = _BLANKS.sub("", text)
    compact = compact if len(compact) % 4 else compact.removesuffix("=").removesuffix("=")
    if not compact.isascii():
        return None
    try:
        return pybase64.b64decode(compact + "=" * (-len(compact) % 4), validate=True)
    except ValueError:
        return None
