"""Open and click tracking: the pixel and the links of a delivered copy, and what follows when somebody fetches them.

Source: delivered mails, recorded: the form of the paths, and of the signatures in them. Ours begin with the public URL,
so that they work here: AWS's are at `awstrack.me` and keep the scheme of the link. Unverified: what the numbers in a
path mean; ours says behind the signature which link of the message it is.
"""

import base64
import hashlib
import hmac
import re
from typing import NamedTuple
from urllib.parse import quote, unquote

from emulator.context import Context
from emulator.mime import tracked as html
from emulator.mime.tracked import Link, Tracker
from emulator.ses import events, limits
from emulator.store import messages as message_rows
from emulator.store.messages import Message

PIXEL, LINK = "I0", "L0"
OWN_PIXEL, OWN_LINK = "CI0", "CL0"  # at a domain of the sender's own
# Source: delivered mails, recorded.
_SIGNATURE_BYTES = {PIXEL: 20, LINK: 20, OWN_PIXEL: 32, OWN_LINK: 32}
_UNQUOTED = ":="
_PORT = re.compile(":[0-9]+$")


class Token(NamedTuple):
    """What a pixel or a link says: its message, and of a link, where it leads and which one it is."""

    kind: str
    message_id: str
    url: str = ""
    number: int = 0


class Visit(NamedTuple):
    """Somebody opens a message, or clicks that link in it."""

    message: Message
    link: Link | None


class Visitor(NamedTuple):
    """Who it is, as far as HTTP says."""

    ip_address: str
    user_agent: str


def tracked(ctx: Context, message: Message, contents: bytes) -> bytes:
    """The contents as they are delivered, with the pixel and the links that the message is to have."""
    if message.tracking is None:
        return contents
    opens, clicks, domain = message.tracking
    base = _base(ctx.policy.public_url, domain)
    pixel = Token(OWN_PIXEL if domain else PIXEL, message.id)

    def link_url(number: int, url: str) -> str:
        return base + _path(ctx.secret, Token(OWN_LINK if domain else LINK, message.id, url, number))

    pixel_url = base + _path(ctx.secret, pixel) if opens else None
    return html.message(contents, Tracker(pixel_url, link_url if clicks else None))


def read(secret: str, path: str) -> Token | None:
    """What a path says, which must not have been decoded yet; None unless it is one of ours, untouched."""
    try:
        match [unquote(segment, errors="strict") for segment in path.split("/")]:
            case ["", ("I0" | "CI0") as kind, message_id, end]:
                token = Token(kind, message_id, number=int(end.rpartition("=")[2]))
            case ["", ("L0" | "CL0") as kind, url, "1", message_id, end]:
                token = Token(kind, message_id, url, int(end.rpartition("=")[2]))
            case _:
                return None
    except ValueError:
        return None
    return token if hmac.compare_digest(_end(secret, token).encode(), end.encode()) else None


def visit(ctx: Context, token: Token) -> Visit | None:
    """What SES counts; None where the message is gone, or was sent too long ago."""
    message = message_rows.get(ctx.tx, token.message_id)
    if message is None or ctx.now > message.created_at + limits.TRACKING_WINDOW:
        return None
    if not token.url:
        return Visit(message, None)
    found = html.links(message_rows.raw(ctx.tx, message.seq))[: token.number]
    known = bool(found) and found[-1].url == token.url
    return Visit(message, found[-1] if known else Link(token.url, None))


def opened(ctx: Context, message: Message, visitor: Visitor) -> None:
    """The message's timeline says that somebody opened it."""
    events.record(
        ctx,
        message.seq,
        events.OPEN,
        _recipients(message),
        user_agent=visitor.user_agent,
        ip_address=visitor.ip_address,
    )


def clicked(ctx: Context, message: Message, link: Link, visitor: Visitor) -> None:
    """The message's timeline says that somebody clicked the link."""
    events.record(
        ctx,
        message.seq,
        events.CLICK,
        _recipients(message),
        ip_address=visitor.ip_address,
        user_agent=visitor.user_agent,
        link=link.url,
        link_tags=link.tags,
    )


def _recipients(message: Message) -> list[str]:
    """Source: developer guide (documented): all have the same pixel and the same links."""
    return [recipient.address for recipient in message.recipients]


def _base(public_url: str, domain: str | None) -> str:
    """What a tracked URL begins with. Ours: a domain of the sender's own too has the scheme and port of the server."""
    if domain is None:
        return public_url
    scheme, _, rest = public_url.partition("://")
    host, slash, path = rest.partition("/")
    port = _PORT.search(host)
    return f"{scheme}://{domain}{port[0] if port else ''}{slash}{path}"


def _path(secret: str, token: Token) -> str:
    within = f"/{quote(token.url, safe=_UNQUOTED)}/1" if token.url else ""
    return f"/{token.kind}{within}/{token.message_id}/{_end(secret, token)}"


def _end(secret: str, token: Token) -> str:
    """The last segment: a signature over all that the path says, and the number of the link."""
    said = "\n".join(("tracking", token.kind, token.url, token.message_id, str(token.number)))
    signature = hmac.digest(secret.encode(), said.encode(), hashlib.sha256)[: _SIGNATURE_BYTES[token.kind]]
    return f"{base64.urlsafe_b64encode(signature).decode()}{token.number}"
