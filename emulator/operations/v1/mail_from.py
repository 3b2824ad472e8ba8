"""MAIL FROM domains."""

from typing import Any

from emulator.context import Context
from emulator.ses import mail_from


def set_identity_mail_from_domain(
    ctx: Context, Identity: str, MailFromDomain: str | None = None, BehaviorOnMXFailure: str | None = None
) -> dict[str, Any]:
    """The identity has that MAIL FROM domain, or none of its own."""
    mail_from.set_domain(ctx, Identity, MailFromDomain, BehaviorOnMXFailure)
    return {}


def get_identity_mail_from_domain_attributes(ctx: Context, Identities: list[str]) -> dict[str, Any]:
    """The MAIL FROM domain of each identity that exists, and its state."""
    return {
        "MailFromDomainAttributes": {
            name: {
                "MailFromDomain": attributes.domain,
                "MailFromDomainStatus": attributes.status,
                "BehaviorOnMXFailure": attributes.behavior_on_mx_failure,
            }
            for name, attributes in mail_from.attributes(ctx, Identities).items()
        }
    }
