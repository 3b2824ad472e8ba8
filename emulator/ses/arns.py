"""Names of identities and templates across accounts: parsing, never policy."""

import re
from typing import NamedTuple

_IDENTITY = re.compile(r"arn:aws[a-z-]*:ses:([a-z0-9-]+):([0-9]{12}):identity/(.+)\Z", re.DOTALL)
_TEMPLATE = re.compile(r"arn:aws[a-z-]*:ses:([a-z0-9-]+):([0-9]{12}):template/(.+)\Z", re.DOTALL)


class IdentityArn(NamedTuple):
    """The identity of an account in a region."""

    region: str
    account_id: str
    identity: str


class TemplateArn(NamedTuple):
    """The e-mail template of an account in a region."""

    region: str
    account_id: str
    template: str


def identity_arn(region: str, account_id: str, identity: str) -> str:
    """`arn:aws:ses:REGION:ACCOUNT:identity/NAME`."""
    return f"arn:aws:ses:{region}:{account_id}:identity/{identity}"


def parse_identity(arn: str) -> IdentityArn | None:
    """The parts of an identity's ARN; None where the text is none."""
    found = _IDENTITY.match(arn)
    return IdentityArn(found[1], found[2], found[3]) if found else None


def parse_template(arn: str) -> TemplateArn | None:
    """The parts of a template's ARN; None where the text is none."""
    found = _TEMPLATE.match(arn)
    return TemplateArn(found[1], found[2], found[3]) if found else None


def key(identity: str) -> str:
    """The name under which an identity is kept: an address as it is, a domain in lower case."""
    return identity if "@" in identity else identity.lower()


def key_of(identity: str, region: str, account_id: str) -> str:
    """The same, where the identity may be given as its ARN too; the ARN of an identity elsewhere names none here."""
    named = parse_identity(identity)
    here = named and (named.region, named.account_id) == (region, account_id)
    return key(named.identity if named and here else identity)
