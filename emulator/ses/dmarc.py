"""DMARC (RFC 7489): what the author's domain wants done with mail that neither SPF nor DKIM shows to be its own."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from emulator.mime import dkim_verification
from emulator.mime.dkim_verification import Verification
from emulator.ses import addresses

PASS, FAIL, NONE, PERMERROR, TEMPERROR = "pass", "fail", "none", "permerror", "temperror"
POLICIES = frozenset({"none", "quarantine", "reject"})

# Ours, for the list of all domains under which anybody may register one: those that countries keep for it.
_SHARED_LABELS = frozenset({"ac", "co", "com", "edu", "gov", "mil", "ne", "net", "nom", "or", "org", "sch"})
_COUNTRY_LENGTH = 2


class Dmarc(NamedTuple):
    """What is the case, whose domain it is about, and what that one wants; no domain: the author is not known."""

    result: str
    domain: str | None
    policy: str | None


class _Policy(NamedTuple):
    """What a domain wants, and how exactly others must be the same as it."""

    wanted: str
    strict_spf: bool
    strict_dkim: bool


def evaluated(
    authors: Sequence[str],
    sender_domain: str | None,
    dkim: Iterable[Verification],
    records: Callable[[str], list[str] | None],
) -> Dmarc:
    """Whether the mail is its author's own, by these From headers; `records`: the TXT records at a name.

    The sender's domain is the one that SPF passed, if it did. Unverified: that `pct` counts for nothing, and that
    several authors of one domain are one.
    """
    domain = author_domain(authors)
    if domain is None:
        return Dmarc(PERMERROR, None, None)
    try:
        policy = _policy(domain, records)
    except TimeoutError:
        return Dmarc(TEMPERROR, domain, None)
    if policy is None:
        return Dmarc(NONE, domain, None)
    by_spf = sender_domain is not None and _is_same(sender_domain, domain, policy.strict_spf)
    by_dkim = (
        each.result == dkim_verification.PASS and _is_same(each.domain, domain, policy.strict_dkim) for each in dkim
    )
    return Dmarc(PASS if by_spf or any(by_dkim) else FAIL, domain, policy.wanted)


def author_domain(authors: Sequence[str]) -> str | None:
    """The domain of all authors, in lower case; None where they have several, or none."""
    if len(authors) != 1:
        return None
    try:
        domains = {each.domain_key for each in addresses.parse_list(authors[0])}
    except addresses.AddressFault:
        return None
    return domains.pop() if len(domains) == 1 else None


def organizational_domain(domain: str) -> str:
    """The domain that its owner registered: the last two labels, or three below `co.uk` and its like."""
    labels = domain.split(".")
    shared = len(labels) > 2 and len(labels[-1]) == _COUNTRY_LENGTH and labels[-2] in _SHARED_LABELS
    return ".".join(labels[-3:] if shared else labels[-2:])


def _policy(domain: str, records: Callable[[str], list[str] | None]) -> _Policy | None:
    organization = organizational_domain(domain)
    for name in dict.fromkeys((domain, organization)):
        tags = _record(records(f"_dmarc.{name}"))
        if tags:
            subdomains = tags.get("sp") if name != domain else None
            wanted = (subdomains or tags.get("p", "")).lower()
            strict = (tags.get(kind, "r").lower() == "s" for kind in ("aspf", "adkim"))
            return _Policy(wanted if wanted in POLICIES else "none", *strict)
    return None


def _record(values: list[str] | None) -> Mapping[str, str] | None:
    if values is None:
        raise TimeoutError
    found = [tags for tags in map(_tags, values) if next(iter(tags.items()), None) == ("v", "DMARC1")]
    return found[0] if len(found) == 1 else None


def _tags(text: str) -> dict[str, str]:
    pairs = (piece.partition("=") for piece in text.split(";"))
    return {name.strip().lower(): value.strip() for name, equals, value in pairs if equals}


def _is_same(domain: str, author: str, strict: bool) -> bool:
    one, other = domain.lower().rstrip("."), author
    return one == other if strict else organizational_domain(one) == organizational_domain(other)
