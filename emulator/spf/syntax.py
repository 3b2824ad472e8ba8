"""SPF records as they are written: mechanisms and modifiers. Source: RFC 7208, sections 5, 6 and 12."""

import ipaddress
import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

VERSION = re.compile(r"v=spf1(?: |\Z)", re.IGNORECASE)
RESULTS = {"+": "pass", "-": "fail", "~": "softfail", "?": "neutral"}

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_DIRECTIVE = re.compile(r"([+?~-]?)([a-z][a-z0-9_.-]*)((?:[:/].*)?)", re.IGNORECASE | re.DOTALL)
_MODIFIER = re.compile(r"([a-z][a-z0-9_.-]*)=(.*)", re.IGNORECASE | re.DOTALL)
_LENGTH = re.compile("0|[1-9][0-9]{0,2}")
_LENGTHS = re.compile(r"(.*?)(?:/(0|[1-9][0-9]?))?(?://(0|[1-9][0-9]{0,2}))?", re.DOTALL)
_MACRO = r"%(?:\{[slodiphcrtv](?:[1-9][0-9]{0,2})?r?[.+,/_=-]*\}|%|_|-)"
_MACRO_STRING = re.compile(rf"(?:[!-$&-~]|{_MACRO})*", re.IGNORECASE)
# What a domain ends in: a macro, or a label that is no number, with or without a dot.
_DOMAIN_END = re.compile(rf"(?:{_MACRO}|\.(?=[a-z0-9-]*[a-z-])[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.?)\Z", re.IGNORECASE)
_MACRO_OF_EXPLANATIONS = re.compile(r"%\{[crt]", re.IGNORECASE)


class RecordFault(ValueError):
    """The record is none that SPF knows."""


class Directive(NamedTuple):
    """A mechanism, and what is the case where it matches."""

    result: str
    mechanism: str
    domain: str | None  # a macro string; None: the domain whose record it is
    network: Network | None = None  # of `ip4` and `ip6`
    lengths: tuple[int, int] = (32, 128)  # of the networks around addresses, of either kind


class Record(NamedTuple):
    """All that a record says."""

    directives: tuple[Directive, ...]
    redirect: str | None


def parse(text: str) -> Record:
    """The record; RecordFault where any of it makes no sense. Modifiers that nobody knows count for nothing."""
    directives = []
    modifiers: dict[str, str] = {}
    for term in text[len("v=spf1") :].split(" "):
        modifier = _MODIFIER.fullmatch(term)
        if modifier:
            _keep(modifiers, modifier[1].lower(), modifier[2])
        elif term:
            directives.append(_directive(term))
    return Record(tuple(directives), modifiers.get("redirect"))


def _keep(modifiers: dict[str, str], name: str, value: str) -> None:
    if name in ("redirect", "exp"):
        if name in modifiers:
            raise RecordFault(f"{name} occurs twice")
        modifiers[name] = _domain(value)
    elif not _MACRO_STRING.fullmatch(value):
        raise RecordFault(f"{name} has no value that can be")


def _directive(term: str) -> Directive:
    found = _DIRECTIVE.fullmatch(term)
    read = found and _MECHANISMS.get(found[2].lower())
    if not found or not read:
        raise RecordFault(f"there is no mechanism {term}")
    return read(RESULTS[found[1] or "+"], found[2].lower(), found[3])


def _plain(result: str, mechanism: str, rest: str) -> Directive:
    if rest:
        raise RecordFault(f"{mechanism} stands alone")
    return Directive(result, mechanism, None)


def _with_domain(result: str, mechanism: str, rest: str) -> Directive:
    if not rest.startswith(":"):
        raise RecordFault(f"{mechanism} names a domain")
    return Directive(result, mechanism, _domain(rest[1:]))


def _with_optional_domain(result: str, mechanism: str, rest: str) -> Directive:
    return _with_domain(result, mechanism, rest) if rest else Directive(result, mechanism, None)


def _with_lengths(result: str, mechanism: str, rest: str) -> Directive:
    found = _LENGTHS.fullmatch(rest)
    domain = found[1] if found else rest
    lengths = (int(found[2] or 32), int(found[3] or 128)) if found else (32, 128)
    if lengths[0] > 32 or lengths[1] > 128:
        raise RecordFault(f"there is no network of the length in {rest}")
    if domain and not domain.startswith(":"):
        raise RecordFault(f"{mechanism} names a domain behind a colon")
    return Directive(result, mechanism, _domain(domain[1:]) if domain else None, None, lengths)


def _network(result: str, mechanism: str, rest: str) -> Directive:
    kind = ipaddress.IPv4Network if mechanism == "ip4" else ipaddress.IPv6Network
    address, slash, length = rest[1:].partition("/")
    try:
        if not rest.startswith(":") or (slash and not _LENGTH.fullmatch(length)):
            raise RecordFault(f"{mechanism} names no network: {rest}")
        return Directive(result, mechanism, None, kind(f"{address}/{length}" if slash else address, strict=False))
    except ValueError:
        raise RecordFault(f"{mechanism} names no network: {rest}") from None


def _domain(text: str) -> str:
    if not _MACRO_STRING.fullmatch(text) or not _DOMAIN_END.search(text) or _MACRO_OF_EXPLANATIONS.search(text):
        raise RecordFault(f"{text} is no domain")
    return text


_MECHANISMS: Mapping[str, Callable[[str, str, str], Directive]] = {
    "all": _plain,
    "include": _with_domain,
    "a": _with_lengths,
    "mx": _with_lengths,
    "ptr": _with_optional_domain,
    "ip4": _network,
    "ip6": _network,
    "exists": _with_domain,
}
