"""Macros of SPF: names that hold the sender, its domain, or the address of its host. Source: RFC 7208, section 7."""

import ipaddress
import re
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import quote

_MACRO = re.compile(r"%(?:\{([a-z])([0-9]*)(r?)([.+,/_=-]*)\}|(.))", re.IGNORECASE | re.DOTALL)
_PLAIN = {"%": "%", "_": " ", "-": "%20"}
_LONGEST_NAME = 253


class Values(NamedTuple):
    """What the macros stand for."""

    sender: str
    domain: str
    ip: ipaddress.IPv4Address | ipaddress.IPv6Address
    helo: str
    validated: Callable[[], str]  # the name of the address, which takes asking for


def expand(text: str, values: Values) -> str:
    """The text, which is well-formed, as a domain name; too long a one loses labels on its left."""
    name = _MACRO.sub(lambda found: _expanded(found, values), text)
    while len(name) > _LONGEST_NAME and "." in name:
        name = name.partition(".")[2]
    return name


def _expanded(found: re.Match[str], values: Values) -> str:
    if found[5]:
        return _PLAIN[found[5]]
    letter, digits, reverse, delimiters = found[1], found[2], found[3], found[4]
    parts = re.split(f"[{re.escape(delimiters or '.')}]", _value(letter.lower(), values))
    if reverse:
        parts.reverse()
    if digits and int(digits):
        parts = parts[-int(digits) :]
    value = ".".join(parts)
    return quote(value, safe="") if letter.isupper() else value


def _value(letter: str, values: Values) -> str:
    local, _, domain = values.sender.rpartition("@")
    match letter:
        case "s":
            return values.sender
        case "l":
            return local
        case "o":
            return domain
        case "d":
            return values.domain
        case "i":
            return _dotted(values.ip)
        case "v":
            return "in-addr" if values.ip.version == 4 else "ip6"
        case "h":
            return values.helo
        case _:
            return values.validated()


def _dotted(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> str:
    return str(ip) if ip.version == 4 else ".".join(ip.exploded.replace(":", ""))
