"""Verified identities."""

from typing import Any

from emulator.context import Context
from emulator.ses import identities


def verify_email_identity(ctx: Context, EmailAddress: str) -> dict[str, Any]:
    """The address is Pending and has mail with a link."""
    identities.verify_address(ctx, EmailAddress)
    return {}


def verify_email_address(ctx: Context, EmailAddress: str) -> dict[str, Any]:
    """The same by its old name; the answer has no result element."""
    identities.verify_address(ctx, EmailAddress)
    return {}


def verify_domain_identity(ctx: Context, Domain: str) -> dict[str, Any]:
    """The domain is Pending until its TXT record holds the token."""
    return {"VerificationToken": identities.verify_domain(ctx, Domain)}


def delete_identity(ctx: Context, Identity: str) -> dict[str, Any]:
    """The identity is forgotten."""
    identities.delete(ctx, Identity)
    return {}


def delete_verified_email_address(ctx: Context, EmailAddress: str) -> dict[str, Any]:
    """The same by its old name; the answer has no result element."""
    identities.delete(ctx, EmailAddress)
    return {}


def list_identities(
    ctx: Context, IdentityType: str | None = None, NextToken: str | None = None, MaxItems: int | None = None
) -> dict[str, Any]:
    """The next identities of the account in the region, whatever their state."""
    page = identities.page(ctx, IdentityType, MaxItems, NextToken)
    return {"Identities": page.items, "NextToken": page.next_token}


def list_verified_email_addresses(ctx: Context) -> dict[str, Any]:
    """The addresses that are verified, all at once."""
    return {"VerifiedEmailAddresses": identities.verified_addresses(ctx)}


def get_identity_verification_attributes(ctx: Context, Identities: list[str]) -> dict[str, Any]:
    """State, and for domains the token, of each identity that exists."""
    return {
        "VerificationAttributes": {
            name: {"VerificationStatus": attributes.status, "VerificationToken": attributes.token}
            for name, attributes in identities.attributes(ctx, Identities).items()
        }
    }
