"""Easy DKIM."""

from typing import Any

from emulator.context import Context
from emulator.ses import dkim, identities


def verify_domain_dkim(ctx: Context, Domain: str) -> dict[str, Any]:
    """The domain's DKIM is Pending until three records made of these tokens are seen."""
    return {"DkimTokens": identities.verify_domain_dkim(ctx, Domain)}


def set_identity_dkim_enabled(ctx: Context, Identity: str, DkimEnabled: bool) -> dict[str, Any]:
    """Mail of the domain is signed, or not."""
    dkim.set_enabled(ctx, Identity, DkimEnabled)
    return {}


def get_identity_dkim_attributes(ctx: Context, Identities: list[str]) -> dict[str, Any]:
    """Whether SES signs for each identity, and whether it can."""
    return {
        "DkimAttributes": {
            name: {
                "DkimEnabled": attributes.enabled,
                "DkimVerificationStatus": attributes.status,
                "DkimTokens": attributes.tokens,
            }
            for name, attributes in dkim.attributes(ctx, Identities).items()
        }
    }
