"""The check itself: what a domain's record says of the host that sends in its name. Source: RFC 7208, section 4."""

import ipaddress
import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from emulator.spf import macros, syntax
from emulator.spf.syntax import Directive

PASS, FAIL, SOFTFAIL, NEUTRAL, NONE = "pass", "fail", "softfail", "neutral", "none"
TEMPERROR, PERMERROR = "temperror", "permerror"

LOOKUPS, EMPTY_LOOKUPS, NAMES = 10, 2, 10  # terms that ask, answers without anything, hosts of an answer

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# The values of a type (TXT, A, AAAA, MX, PTR) at a name, aliases followed; None where nobody answered.
Lookup = Callable[[str, str], list[str] | None]

_LABEL = re.compile(r"[^\x00-\x1f\x7f]{1,63}\Z")


class Result(NamedTuple):
    """What is the case, and the domain that has the say: the sender's, or where that redirects to."""

    result: str
    domain: str


class _Ended(Exception):
    """There is nothing more to find out."""

    def __init__(self, result: str) -> None:
        super().__init__(result)
        self.result = result


class _Question(NamedTuple):
    """Who sends, from where."""

    ip: Address
    sender: str
    helo: str


def check(ip: str, sender: str, helo: str, lookup: Lookup) -> Result:
    """Whether the sender's domain lets the host with this address send its mail.

    A mail without a sender is that of the host's postmaster.
    """
    address: Address = ipaddress.ip_address(ip)
    address = getattr(address, "ipv4_mapped", None) or address
    local, _, domain = (sender or helo).rpartition("@")
    question = _Question(address, f"{local or 'postmaster'}@{domain}", helo)
    checking = _Checking(question, lookup)
    try:
        return checking.outcome(domain)
    except _Ended as ended:
        return Result(ended.result, checking.domain)


class _Checking:
    """One check, and how much it has asked for."""

    def __init__(self, question: _Question, lookup: Lookup) -> None:
        self.domain = question.sender.rpartition("@")[2]  # that has the say
        self._question = question
        self._lookup = lookup
        self._terms = self._empty = 0

    def outcome(self, domain: str) -> Result:
        """What the domain says, or where it redirects to."""
        self.domain = domain
        result, redirect = self._evaluated(domain)
        if redirect is None:
            return Result(result, domain)
        found = self.outcome(redirect)
        if found.result == NONE:
            raise _Ended(PERMERROR)
        return found

    def _included(self, domain: str) -> str:
        """The same, for another domain, which has not the say."""
        result, redirect = self._evaluated(domain)
        if redirect is None:
            return result
        result = self._included(redirect)
        return PERMERROR if result == NONE else result

    def _evaluated(self, domain: str) -> tuple[str, str | None]:
        """The result of the domain's own record, or where that redirects to."""
        record = self._record(domain)
        if record is None:
            return NONE, None
        for directive in record.directives:
            if self._matches(directive, domain):
                return directive.result, None
        if record.redirect is None:
            return NEUTRAL, None
        self._count_term()
        return NEUTRAL, self._expanded(record.redirect, domain)

    def _record(self, domain: str) -> syntax.Record | None:
        if not _is_domain(domain):
            return None
        values = self._lookup(domain, "TXT")
        if values is None:
            raise _Ended(TEMPERROR)
        records = [value for value in values if syntax.VERSION.match(value)]
        if not records:
            return None
        try:
            (record,) = records
            return syntax.parse(record)
        except ValueError:  # or there are several
            raise _Ended(PERMERROR) from None

    def _matches(self, directive: Directive, domain: str) -> bool:
        if directive.mechanism == "all":
            return True
        if directive.network:
            return self._question.ip in directive.network
        self._count_term()
        target = domain if directive.domain is None else self._expanded(directive.domain, domain)
        match directive.mechanism:
            case "include":
                return self._includes(target)
            case "a":
                return self._is_within(self._addresses(target), directive.lengths)
            case "mx":
                return self._is_within(self._mail_hosts(target), directive.lengths)
            case "ptr":
                return any(_is_below(name, target) for name in self._names(target))
            case _:
                return bool(self._asked(target, "A"))

    def _includes(self, domain: str) -> bool:
        result = self._included(domain)
        if result in (NONE, PERMERROR):
            raise _Ended(PERMERROR)
        return result == PASS

    def _is_within(self, addresses: Iterable[str], lengths: tuple[int, int]) -> bool:
        ip = self._question.ip
        length = lengths[0] if ip.version == 4 else lengths[1]
        return any(ip in ipaddress.ip_network(f"{address}/{length}", strict=False) for address in addresses)

    def _addresses(self, domain: str) -> list[str]:
        kind = "A" if self._question.ip.version == 4 else "AAAA"
        return [each for each in self._asked(domain, kind) if _is_address(each, self._question.ip.version)]

    def _mail_hosts(self, domain: str) -> Iterator[str]:
        exchanges = self._asked(domain, "MX")
        if len(exchanges) > NAMES:
            raise _Ended(PERMERROR)
        for exchange in exchanges:
            yield from self._addresses(_host(exchange.split()[-1]))

    def _names(self, target: str) -> list[str]:
        """The names of the host that lead back to it, those of the target's first."""
        pointers = self._lookup(self._question.ip.reverse_pointer, "PTR") or []
        hosts = sorted(map(_host, pointers[:NAMES]), key=lambda name: not _is_below(name, target))
        return [host for host in hosts if str(self._question.ip) in _canonical(self._forward(host))]

    def _forward(self, host: str) -> list[str]:
        return self._lookup(host, "A" if self._question.ip.version == 4 else "AAAA") or []

    def _asked(self, name: str, record_type: str) -> list[str]:
        values = self._lookup(name, record_type) if _is_domain(name) else []
        if values is None:
            raise _Ended(TEMPERROR)
        if not values:
            self._empty += 1
            if self._empty > EMPTY_LOOKUPS:
                raise _Ended(PERMERROR)
        return values

    def _count_term(self) -> None:
        self._terms += 1
        if self._terms > LOOKUPS:
            raise _Ended(PERMERROR)

    def _expanded(self, text: str, domain: str) -> str:
        question = self._question
        values = macros.Values(
            question.sender, domain, question.ip, question.helo, lambda: next(iter(self._names(domain)), "unknown")
        )
        return _host(macros.expand(text, values))


def _is_domain(name: str) -> bool:
    labels = name.removesuffix(".").split(".")
    return len(labels) > 1 and len(name) <= 254 and all(_LABEL.match(label) for label in labels)


def _is_below(name: str, domain: str) -> bool:
    name, domain = name.lower(), domain.lower()
    return name == domain or name.endswith(f".{domain}")


def _is_address(text: str, version: int) -> bool:
    try:
        return ipaddress.ip_address(text).version == version
    except ValueError:
        return False


def _canonical(addresses: Iterable[str]) -> set[str]:
    return {str(ipaddress.ip_address(each)) for each in addresses if _is_address(each, 4) or _is_address(each, 6)}


def _host(name: str) -> str:
    return name.removesuffix(".")
