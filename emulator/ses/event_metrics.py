"""What an event is for CloudWatch: the name of a metric, and the dimensions that an event destination gives it."""

import re
from collections.abc import Mapping, Sequence

from emulator.mime import headers
from emulator.ses import event_headers, event_tags
from emulator.store.events import Event
from emulator.store.messages import Message

MESSAGE_TAG, EMAIL_HEADER, LINK_TAG = "messageTag", "emailHeader", "linkTag"
# Source: developer guide (documented). Unverified: that the event then has the default value.
FORBIDDEN_HEADERS = frozenset({"received", "to", "from", "dkim-signature", "cc", "message-id", "return-path"})
# Source: documented characters. Unverified: 1,024 of them, as many as CloudWatch takes.
_VALUE = re.compile(r"[A-Za-z0-9_@.-]{1,1024}")


def metric(event_type: str) -> str:
    """The metric that counts such events. Source: documented: as the events are called, without a space."""
    return event_type.replace(" ", "")


def dimensions(
    configured: Sequence[Mapping[str, str]], message: Message, raw: bytes, event: Event
) -> list[tuple[str, str]] | None:
    """The dimensions that are configured, each with the event's value or else the default; None: it is not counted.

    Source: AWS's model; documented: whoever sends a header or tag with other characters is not told, and there is no
    metric. Unverified: that an empty value is none, and that SES's own tags may have any characters.
    """
    sources = {each["DimensionValueSource"] for each in configured}
    values = {source: _values(source, message, raw, event) for source in sources}
    found = []
    for each in configured:
        name, source = each["DimensionName"], each["DimensionValueSource"]
        value = values[source].get(name.lower() if source == EMAIL_HEADER else name)
        if value and source != MESSAGE_TAG and not _VALUE.fullmatch(value):
            return None
        found.append((name, value or each["DefaultDimensionValue"]))
    return found


def _values(source: str, message: Message, raw: bytes, event: Event) -> dict[str, str]:
    """All that the event has of that source: the first value of each name, those of headers in lower case."""
    if source == MESSAGE_TAG:
        return {name: values[0] for name, values in event_tags.of(message, event.type).items()}
    if source == LINK_TAG:
        return {name: values[0] for name, values in (event.detail.get("link_tags") or {}).items() if values}
    found: dict[str, str] = {}
    for name, value in event_headers.of(message, raw, event.type):
        if name.lower() not in FORBIDDEN_HEADERS:
            found.setdefault(name.lower(), headers.decode_words(value))
    return found
