"""Names of domains: parsing, never policy."""

import re
from collections.abc import Iterator

from emulator.ses import limits

# Unverified: which characters a label may have; that a trailing dot is refused is recorded.
_LABEL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?\Z")


def is_domain(text: str) -> bool:
    """Whether SES takes the text as a domain to verify: two or more labels of letters, digits, `-` and `_`."""
    labels = text.split(".")
    return (
        len(text) <= limits.DOMAIN_LENGTH
        and len(labels) >= 2
        and all(len(label) <= limits.DOMAIN_LABEL_LENGTH and _LABEL.match(label) for label in labels)
    )


def itself_and_parents(domain: str) -> Iterator[str]:
    """`a.example.com`, `example.com`: the domains whose verification covers an address at this one."""
    name = domain.lower()
    while "." in name:
        yield name
        name = name.partition(".")[2]
