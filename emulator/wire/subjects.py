"""Whom and what a call concerns, by the names that its parameters have: what the match of a fault is held against."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from emulator.mime import headers
from emulator.ses import addresses

_SENDERS = ("Source", "BounceSender", "FromEmailAddress")
_IDENTITIES = ("Identity", "EmailAddress", "Domain")
_KINDS = ("ToAddresses", "CcAddresses", "BccAddresses")
# The names by which a call speaks of a thing, in itself and in the structure that makes one.
_NAMES = {
    "configuration_set": ("ConfigurationSetName", "ConfigurationSet", "Name"),
    "template": ("TemplateName", "Template", "TemplateName"),
}

Subjects = dict[str, set[str]]


def of_call(parameters: Mapping[str, Any]) -> Subjects:
    """What the call concerns, of each kind there is; parameters that make no sense concern nothing."""
    fields = _fields(parameters)
    senders = [parameters[name] for name in _SENDERS if parameters.get(name)] or headers.all_values(fields, "From")
    recipients = list(_recipients(parameters)) or [
        value for kind in ("To", "Cc", "Bcc") for value in headers.all_values(fields, kind)
    ]
    found = of_mail(senders, recipients)
    found["identity"] |= {parameters[name] for name in _IDENTITIES if name in parameters}
    found["identity"] |= set(parameters.get("Identities", ()))
    for kind in _NAMES:
        found[kind] = set(_named(parameters, *_NAMES[kind]))
    if not found["configuration_set"]:
        found["configuration_set"] = set(headers.all_values(fields, "X-SES-CONFIGURATION-SET"))
    return found


def of_mail(senders: Iterable[str], recipients: Iterable[str]) -> Subjects:
    """What is known of a mail by its addresses, with names or without. A sender's domain is an identity too."""
    sources = {each.address for text in senders for each in _mailboxes(text)}
    return {
        "source": sources,
        "identity": sources | {addresses.bare(each).domain_key for each in sources},
        "recipient": {each.address for text in recipients for each in _mailboxes(text)},
    }


def _recipients(parameters: Mapping[str, Any]) -> Iterator[str]:
    for place in (parameters, *_structures(parameters.get("Destinations", ()))):
        for kind in _KINDS:
            yield from place.get("Destination", {}).get(kind, ())
    yield from (each for each in parameters.get("Destinations", ()) if isinstance(each, str))
    bounced = _structures(parameters.get("BouncedRecipientInfoList", ()))
    yield from (each["Recipient"] for each in bounced if "Recipient" in each)


def _structures(values: Iterable[Any]) -> Iterator[Mapping[str, Any]]:
    return (each for each in values if isinstance(each, dict))


def _named(parameters: Mapping[str, Any], own: str, structure: str, member: str) -> Iterator[str]:
    if own in parameters:
        yield parameters[own]
    inner = parameters.get(structure)
    if isinstance(inner, str):
        yield inner
    elif inner and member in inner:
        yield inner[member]


def _fields(parameters: Mapping[str, Any]) -> tuple[headers.Field, ...]:
    """The header of a raw message."""
    data = parameters.get("RawMessage", {}).get("Data")
    if not data:
        return ()
    try:
        return headers.parse(headers.normalise(data)).fields
    except headers.MimeFault:
        return ()


def _mailboxes(text: str) -> list[addresses.Mailbox]:
    try:
        return addresses.parse_list(text)
    except addresses.AddressFault:
        return []
