"""Checking DKIM signatures as a recipient does: by another implementation, which asks the zone for the keys."""

from collections.abc import Callable
from typing import NamedTuple

import dkim

from tests.support import mail, zone
from tests.support.aws import Account

SES = "amazonses.com"


class Signature(NamedTuple):
    """Who signed, with which key, which headers, and whether that is true."""

    domain: str
    selector: str
    headers: list[str]
    valid: bool


def signatures(raw: bytes, lookup: Callable[[str], str]) -> list[Signature]:
    """Every signature of a message, from the top; `lookup`: the TXT record at a name."""
    fields, _ = dkim.rfc822_parse(raw)
    there = [value for name, value in fields if name.lower() == b"dkim-signature"]
    return [_signature(raw, index, value, lookup) for index, value in enumerate(there)]


def delivered(account: Account, message_id: str) -> list[Signature]:
    """The signatures of a delivered message."""
    return signatures(mail.delivered(account, message_id), in_zone(account))


def signers(account: Account, message_id: str) -> list[str]:
    """The domains that signed a delivered message, every signature being valid."""
    found = delivered(account, message_id)
    assert all(each.valid for each in found)
    return [each.domain for each in found]


def in_zone(account: Account) -> Callable[[str], str]:
    """Looks names up in the emulated zone, by way of a CNAME where there is one."""

    def lookup(name: str) -> str:
        (value,) = zone.values(account, name)
        return value if value.startswith("p=") else lookup(value)

    return lookup


def set_up(account: Account, domain: str | None = None) -> str:
    """A domain of the account whose DKIM is in order, and whose keys are there."""
    domain = domain or zone.domain_of(account)
    account.client().verify_domain_dkim(Domain=domain)
    zone.publish(account, *zone.to_publish(account, domain, "CNAME"))
    account.drain()
    return domain


def _signature(raw: bytes, index: int, value: bytes, lookup: Callable[[str], str]) -> Signature:
    tags = {name.decode(): text.decode() for name, text in dkim.parse_tag_value(value).items()}

    def answer(name: bytes, timeout: float = 5) -> bytes:
        return lookup(name.decode().rstrip(".")).encode()

    try:
        valid = bool(dkim.DKIM(raw).verify(idx=index, dnsfunc=answer))
    except dkim.DKIMException:
        valid = False
    return Signature(tags["d"], tags["s"], "".join(tags["h"].split()).split(":"), valid)
