"""A seed as a whole: what an account has in a region, other accounts, and what all share.

What a seed does not say of a thing that is there already stays as it is.
"""

from dataclasses import dataclass
from typing import ClassVar

from emulator.seed.accounts import ACCOUNT_ID, REGION, AccountSettings
from emulator.seed.configuration_sets import ConfigurationSet
from emulator.seed.custom_verification_templates import CustomVerificationTemplate
from emulator.seed.dns_records import DnsRecord
from emulator.seed.faults import Fault
from emulator.seed.identities import Identity
from emulator.seed.members import UNSAID, Thing, member
from emulator.seed.receipt_filters import ReceiptFilter
from emulator.seed.receipt_rule_sets import ReceiptRuleSet
from emulator.seed.recipients import Recipient
from emulator.seed.suppression import SuppressedAddress
from emulator.seed.templates import Template

DEFAULT_REGION = "us-east-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part(Thing):
    """What one account has in one region."""

    KEY: ClassVar[str] = "account"

    account: str | None = member("12 digits; default: the default account", default=None, check=ACCOUNT_ID)
    region: str | None = member(f"default: {DEFAULT_REGION}", default=None, check=REGION)
    account_settings: AccountSettings = member("what the account may do", default=UNSAID)
    identities: list[Identity] = member("addresses and domains", default=[])
    configuration_sets: list[ConfigurationSet] = member("what sends have in common", default=[])
    templates: list[Template] = member("e-mail templates", default=[])
    custom_verification_templates: list[CustomVerificationTemplate] = member("verification mails", default=[])
    receipt_filters: list[ReceiptFilter] = member("from where mail is received", default=[])
    receipt_rule_sets: list[ReceiptRuleSet] = member("what is done with received mail", default=[])
    suppression: list[SuppressedAddress] = member("who gets no mail", default=[])
    recipients: list[Recipient] = member("what becomes of mail to an address", default=[])

    @property
    def unique(self) -> tuple[str | None, str | None]:
        """An account may be there for each region."""
        return self.account, self.region

    def fault(self) -> str | None:
        """One rule set at most is active."""
        active = [each.name for each in self.receipt_rule_sets if each.active is True]
        return f"of the rule sets {' and '.join(active)} one can be active" if len(active) > 1 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Include(Thing):
    """Another seed file, which is applied first."""

    KEY: ClassVar[str] = "file"

    file: str = member("its name, as seen from this file")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed(Part):
    """A seed of ses-emulator: what the default account has in us-east-1, and what others have."""

    KEY: ClassVar[str] = ""

    include: list[Include] = member("other seed files, which are applied before this one", default=[])
    dns_records: list[DnsRecord] = member("the emulated zone, which all accounts share", default=[])
    faults: list[Fault] = member("failures that tests ask for", default=[])
    accounts: list[Part] = member("what others have, and this one in other regions", default=[])
