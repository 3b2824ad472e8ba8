"""Names of identities across accounts: parsing, never policy."""

import re
from typing import NamedTuple

_IDENTITY = re.compile(r"arn:aws[a-z-]*:ses:([a-z0-9-]+):([0-9]{12}):identity/(.+)\Z", re.DOTALL)


class IdentityArn(NamedTuple):
    """The identity of an account in a region."""

    region: str
    account_id: str
    identity: str


def identity_arn(region: str, account_id: str, identity: str) -> str:
    """`arn:aws:ses:REGION:ACCOUNT:identity/NAME`."""
    return f"arn:aws:ses:{region}:{account_id}:identity/{identity}"


def parse_identity(arn: str) -> IdentityArn | None:
    """The parts of an identity's ARN; None where the text is none."""
    found = _IDENTITY.match(arn)
    return IdentityArn(found[1], found[2], found[3]) if found else None
