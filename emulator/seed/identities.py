"""Identities of a seed: what a file says of them."""

from dataclasses import dataclass, replace
from typing import ClassVar, Self

from emulator.seed.members import UNSAID, Thing, enum, member
from emulator.ses import arns, policy_documents

STATES = VERIFIED, PENDING, FAILED, NOT_STARTED = "verified", "pending", "failed", "not_started"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dkim(Thing):
    """Easy DKIM of a domain."""

    WORD: ClassVar[str] = "state"

    state: str = member("whether its records were seen", default=VERIFIED, choices=STATES)
    enabled: bool = member("mail is signed", default=UNSAID, aws="DkimEnabled")


@dataclass(frozen=True, slots=True, kw_only=True)
class MailFrom(Thing):
    """An identity's own MAIL FROM domain."""

    WORD: ClassVar[str] = "domain"

    domain: str = member("a domain below that of the identity", aws="MailFromDomain")
    state: str = member("whether its MX record was seen", default=VERIFIED, choices=STATES[:3])
    behavior_on_mx_failure: str = member(
        "what becomes of a send while it was not", default=UNSAID, choices=enum("BehaviorOnMXFailure")
    )

    def normal(self) -> Self:
        """In lower case."""
        return replace(self, domain=self.domain.lower())


@dataclass(frozen=True, slots=True, kw_only=True)
class Notifications(Thing):
    """What the owner of an identity is told; as topic, null: nobody is."""

    forwarding_enabled: bool = member("bounces and complaints come as mail", default=UNSAID)
    bounce_topic: str | None = member("ARN of a topic of SNS", default=UNSAID)
    complaint_topic: str | None = member("ARN of a topic of SNS", default=UNSAID)
    delivery_topic: str | None = member("ARN of a topic of SNS", default=UNSAID)
    headers_in_bounce_notifications_enabled: bool = member("with the mail's headers", default=UNSAID)
    headers_in_complaint_notifications_enabled: bool = member("with the mail's headers", default=UNSAID)
    headers_in_delivery_notifications_enabled: bool = member("with the mail's headers", default=UNSAID)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity(Thing):
    """An address or a domain. Where DNS records prove it, they rule over its state."""

    KEY: ClassVar[str] = "identity"
    WORD: ClassVar[str] = "state"

    identity: str = member("an address or a domain")
    state: str = member(
        "not_started: nobody asked to verify it, and all it can have are policies", default=VERIFIED, choices=STATES
    )
    dkim: Dkim = member("Easy DKIM, of a domain", default=UNSAID)
    mail_from: MailFrom | None = member("its own MAIL FROM domain; null: none", default=UNSAID)
    notifications: Notifications = member("what its owner is told", default=UNSAID)
    configuration_set: str | None = member("that of sends which name none; null: none", default=UNSAID)
    policies: dict[str, str] = member("policy documents by their names, as mappings or JSON", default={})

    @property
    def is_address(self) -> bool:
        """Whether it is an address rather than a domain."""
        return "@" in self.identity

    def fault(self) -> str | None:
        """An address has no DKIM of its own, and what is not there has nothing."""
        if self.is_address and self.dkim is not UNSAID:
            return "dkim is of domains: an address has that of its domain"
        others = (self.dkim, self.mail_from or UNSAID, self.notifications, self.configuration_set or UNSAID)
        if self.state == NOT_STARTED and any(each is not UNSAID for each in others):
            return f"an identity that is {NOT_STARTED} can have policies, and nothing else"
        return None

    def normal(self) -> Self:
        """A domain in lower case, policies without white space."""
        policies = {name: policy_documents.compact(text) for name, text in self.policies.items()}
        return replace(self, identity=arns.key(self.identity), policies=policies)
