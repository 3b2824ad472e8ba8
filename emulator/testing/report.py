"""What the report of a test that failed says of its mail."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from emulator import banner, remote

if TYPE_CHECKING:
    from emulator.testing.mailbox import Mailbox
    from emulator.testing.message import Message

MOST = 10
LINES = 3


def caught(mailbox: Mailbox) -> str:
    """The newest messages, each with its first lines, and where all of them can be looked at."""
    try:
        messages = mailbox.messages()
    except remote.Refused as refused:
        return str(refused)
    if not messages:
        return "no message"
    more = [f"and {len(messages) - MOST} more"] if len(messages) > MOST else []
    query = urlencode({"account": mailbox.account or ""})
    return "\n".join(
        [*map(_shown, messages[:MOST]), *more, f"inbox: {banner.without_password(mailbox.url)}/#/mail/all?{query}"]
    )


def _shown(message: Message) -> str:
    """A line that says what it is, and its first ones."""
    states = ", ".join(f"{each['address']} ({each['status']})" for each in message["recipients"])
    text = message.text if message.text is not None else message.preview
    lines = [line for line in text.splitlines() if line.strip()]
    return "\n    ".join([f"{message.subject!r} from {message.source} to {states}", *lines[:LINES]])
