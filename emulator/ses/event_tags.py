"""The tags of a message as its events show them: the sender's own and SES's, in the order that Java gives them."""

from collections.abc import Iterable
from functools import lru_cache

from emulator.ses import addresses, events, mailbox
from emulator.store.messages import Message

# Source: recorded events. Unverified: of every caller and every receiving server.
TLS_VERSION = "TLSv1.3"
_BUCKETS = 16


def of(message: Message, event_type: str) -> dict[str, list[str]]:
    """Each tag of the message at that event, with its values.

    Source: recorded events: the names, what the caller and the source are called, and that nothing is known of the
    way out but when it was delivered. Unverified: that a name given twice has both values, and a delay all these tags.
    """
    author = _domain(message.from_header) if message.from_header else None
    own = {
        "ses:source-tls-version": TLS_VERSION,
        "ses:operation": message.operation,
        "ses:configuration-set": message.configuration_set,
        "ses:source-ip": message.source_ip,
        "ses:from-domain": author,
        "ses:caller-identity": message.caller_identity,
    }
    delivered = event_type == events.DELIVERY
    way_out = {"ses:outgoing-ip": mailbox.OUTGOING_IP, "ses:outgoing-tls-version": TLS_VERSION} if delivered else {}
    tags: dict[str, list[str]] = {}
    for name, value in (*own.items(), *message.tags, *way_out.items()):
        if value:
            tags.setdefault(name, []).append(value)
    return {name: tags[name] for name in ordered(tags)}


def ordered(names: Iterable[str]) -> list[str]:
    """Different names as a Java `HashMap` lists its keys, having got them in this order.

    Source: recorded events. Unverified: which of two that share a bucket SES puts in first.
    """
    given = list(names)
    buckets = _BUCKETS
    while 4 * len(given) > 3 * buckets:
        buckets *= 2
    return sorted(given, key=lambda name: _spread(name) & (buckets - 1))


@lru_cache(maxsize=1024)
def _spread(name: str) -> int:
    """Java's hash of the text, its upper half mixed into the lower one."""
    number = 0
    for character in name:
        number = (31 * number + ord(character)) & 0xFFFFFFFF
    return number ^ number >> 16


@lru_cache(maxsize=1024)
def _domain(from_header: str) -> str | None:
    """The domain of the first author, as it is written."""
    try:
        authors = addresses.parse_list(from_header)
    except addresses.AddressFault:
        return None
    return authors[0].domain if authors else None
