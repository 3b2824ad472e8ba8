"""The headers of a message as documents about it show them: in a list, and the common ones by name.

Source: recorded events and notifications: values unfolded and decoded, names as they are spelled; `X-SES-*` headers
are among them, and of mail that came over SMTP the line `Received` that SES put on top.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from emulator.mime import headers
from emulator.mime.headers import Field
from emulator.ses import addresses, events
from emulator.ses.addresses import Mailbox
from emulator.store.messages import Message

# Source: developer guide (documented). A recorded list that was cut holds some bytes less, in names and values.
LIMIT_BYTES = 10 * 1024

# Source: recorded order; the place of cc and bcc is that of received mail.
_COMMON = {
    "from": "from",
    "replyTo": "reply-to",
    "date": "date",
    "to": "to",
    "cc": "cc",
    "bcc": "bcc",
    "messageId": "message-id",
    "subject": "subject",
}
_OF_ADDRESSES = frozenset({"from", "reply-to", "to", "cc", "bcc"})
_NOT_IN_PHRASE = re.compile(r'[()<>@,;:\\".\[\]\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\U0010ffff]')
_ESCAPED_IN_QUOTES = re.compile(r'(["\\])')


def of(message: Message, raw: bytes, event_type: str) -> tuple[Field, ...]:
    """The fields that the message has at that event, unfolded."""
    return _before_rendering(message) if unrendered(message, event_type) else fields(raw)


def unrendered(message: Message, event_type: str) -> bool:
    """Whether the event tells of a message whose template is yet to be rendered."""
    return event_type == events.SEND and message.template_data is not None


def fields(raw: bytes) -> tuple[Field, ...]:
    """The fields of a message with CRLF line ends, unfolded, in order; lines that are no header are passed over."""
    block, _ = headers.header_block(raw)
    pairs = (line.partition(":") for line in headers.unfolded(block).split("\r\n"))
    return tuple(Field(name.strip(), value.strip()) for name, colon, value in pairs if colon)


def listed(found: Sequence[Field]) -> tuple[list[dict[str, str]], bool]:
    """The fields, decoded, and whether the list had to be cut.

    Source: it ends before the first header with which it would be too long; recorded of received mail.
    """
    shown: list[dict[str, str]] = []
    size_bytes = 0
    for name, text in found:
        value = headers.decode_words(text)
        size_bytes += len(name) + len(value.encode())
        if size_bytes >= LIMIT_BYTES:
            return shown, True
        shown.append({"name": name, "value": value})
    return shown, False


def common(found: Sequence[Field], message_id: str | None = None) -> dict[str, Any]:
    """The common headers by name, with that id instead of the message's own; those it has not are left out.

    Unverified: of several To, Cc or Bcc headers all addresses count, of others the first.
    """
    values: dict[str, list[str]] = {}
    for name, value in found:
        values.setdefault(name.lower(), []).append(value)
    if message_id:
        values["message-id"] = [message_id]
    return {key: _common(name, values[name]) for key, name in _COMMON.items() if name in values}


def _before_rendering(message: Message) -> tuple[Field, ...]:
    """Source: recorded Send events: there is no subject and no date yet. Unverified: the place of Reply-To and Cc."""
    texts = {
        "From": (message.from_header or message.source,),
        "Reply-To": message.reply_to,
        "To": message.to,
        "Cc": message.cc,
        "MIME-Version": ("1.0",),
    }
    return tuple(Field(name, ", ".join(each)) for name, each in texts.items() if each)


def _common(name: str, values: Sequence[str]) -> str | list[str]:
    if name in _OF_ADDRESSES:
        return [text for value in values for text in rendered(value)]
    return headers.decode_words(values[0])


@lru_cache(maxsize=1024)
def rendered(value: str) -> tuple[str, ...]:
    """The addresses of a header, each written anew; a value that holds none, or a group, as it is."""
    try:
        return tuple(_address(each) for each in addresses.parse_list(value))
    except addresses.AddressFault:
        return (headers.decode_words(value),)


def _address(mailbox: Mailbox) -> str:
    """Source: recorded: quotes that need not be are dropped, and a name that is not ASCII gets some, JavaMail."""
    if mailbox.display_name is None:
        return mailbox.address
    name = headers.decode_words(mailbox.display_name)
    if _NOT_IN_PHRASE.search(name):
        name = '"' + _ESCAPED_IN_QUOTES.sub(r"\\\1", name) + '"'
    return f"{name} <{mailbox.address}>"
