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
    return base64.urlsafe_b64encode(position.to_bytes(8, "big") + _seal(ctx, kind, position)).decode()


def position(ctx: Context, kind: str, text: str | None) -> int:
    """Where a token says to continue: 0 without one, InvalidNextToken for one that this list never gave."""
    if not text:  # Source: recorded: an empty token counts as none
        return 0
    try:
        sealed = base64.b64decode(text.encode(), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError):
        raise errors.InvalidNextToken(token=text) from None
    found = int.from_bytes(sealed[:8], "big")
    if len(sealed) != 24 or not hmac.compare_digest(sealed[8:], _seal(ctx, kind, found)):
        raise errors.InvalidNextToken(token=text)
    return found


def _seal(ctx: Context, kind: str, position: int) -> bytes:
    text = f"{ctx.account_id}\n{ctx.region}\n{kind}\n{position}"
    return hmac.digest(ctx.secret.encode(), text.encode(), hashlib.sha256)[:16]
