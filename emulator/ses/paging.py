"""Opaque tokens between the pages of a list: bound to region and kind of list, and to nothing else.

Source: NextToken of ListIdentities tried elsewhere, recorded: another region's or list's is invalid, one from a
filtered list goes on unfiltered.
"""

import base64
import binascii
import hashlib
import hmac
from typing import Generic, NamedTuple, TypeVar

from emulator.context import Context
from emulator.ses import errors

Item = TypeVar("Item")


class Page(NamedTuple, Generic[Item]):
    """Some items of a list, and the token that continues it where there are more."""

    items: list[Item]
    next_token: str | None


def token(ctx: Context, kind: str, position: int) -> str:
    """The token that continues a list after `position`."""
    return _sealed(ctx, kind, position.to_bytes(8, "big"))


def name_token(ctx: Context, kind: str, name: str) -> str:
    """The token that continues a list in the order of names after this one."""
    return _sealed(ctx, kind, name.encode())


def position(ctx: Context, kind: str, text: str | None) -> int:
    """Where a token says to continue: 0 without one, InvalidNextToken for one that this list never gave."""
    return int.from_bytes(_opened(ctx, kind, text), "big")


def name(ctx: Context, kind: str, text: str | None) -> str:
    """The name after which a token says to continue: the empty one without a token."""
    return _opened(ctx, kind, text).decode()


def _opened(ctx: Context, kind: str, text: str | None) -> bytes:
    if not text:  # Source: recorded: an empty token counts as none
        return b""
    try:
        sealed = base64.b64decode(text.encode(), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raise errors.InvalidNextToken(token=text) from None
    place, seal = sealed[:-16], sealed[-16:]
    if not hmac.compare_digest(seal, _seal(ctx, kind, place)):
        raise errors.InvalidNextToken(token=text)
    return place


def _sealed(ctx: Context, kind: str, place: bytes) -> str:
    return base64.urlsafe_b64encode(place + _seal(ctx, kind, place)).decode()


def _seal(ctx: Context, kind: str, place: bytes) -> bytes:
    text = f"{ctx.account_id}\n{ctx.region}\n{kind}\n".encode()
    return hmac.digest(ctx.secret.encode(), text + place, hashlib.sha256)[:16]
