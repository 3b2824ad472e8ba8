"""Recipients of a seed: what becomes of all mail to an address."""

from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

from emulator.context import Context
from emulator.seed.members import Thing, form, member
from emulator.seed.suppression import address_fault
from emulator.ses import addresses, recipients
from emulator.store.recipient_outcomes import RecipientOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient(Thing):
    """What becomes of every message to an address, as `PUT /_emulator/recipients/{address}` has it."""

    KEY: ClassVar[str] = "address"
    WORD: ClassVar[str] = "outcome"

    address: str = member("an e-mail address, or @domain for all of a domain")
    outcome: str = member("what becomes of mail to it", choices=recipients.STANDING)
    bounce_type: str | None = member("Permanent, Transient or Undetermined", default=None)
    bounce_sub_type: str | None = member("General, NoEmail, MailboxFull, ...", default=None)
    status: str | None = member("of a bounce or delay: 5.1.1", default=None)
    diagnostic_code: str | None = member("of a bounce or delay: smtp; 550 5.1.1 ...", default=None)
    smtp_response: str | None = member("of a delivery: 250 2.0.0 OK", default=None)
    complaint_feedback_type: str | None = member("abuse, fraud, not-spam, ...", default=None)
    user_agent: str | None = member("of a complaint", default=None)
    delay_type: str | None = member("General, MailboxFull, ...", default=None)

    def checked(self) -> recipients.Outcome:
        """The outcome, if messages can have it; else Senseless."""
        detail = {name: getattr(self, name) for name in form(type(self)).members if name not in ("address", "outcome")}
        return recipients.checked(self.outcome, detail, recipients.STANDING)

    def fault(self) -> str | None:
        """It is an address, and messages can have such an outcome."""
        try:
            self.checked()
        except recipients.Senseless as fault:
            return f"the outcome {fault}".removesuffix(".")
        return address_fault(f"x{self.address}" if self.address.startswith("@") else self.address)

    def normal(self) -> Self:
        """The address as outcomes are looked for."""
        return replace(self, address=addresses.key(self.address))


def find(ctx: Context, wanted: Recipient) -> Recipient | None:
    """The standing outcome of the address."""
    found = recipients.get(ctx, wanted.address)
    return _described(found) if found else None


def put(ctx: Context, wanted: Recipient, _found: Recipient | None) -> None:
    """Every message to the address has this outcome."""
    recipients.standing(ctx, wanted.address, wanted.checked())


def every(ctx: Context) -> list[Recipient]:
    """The standing outcomes, by address."""
    return [_described(each) for each in recipients.every(ctx)]


def _described(row: RecipientOutcome) -> Recipient:
    detail: dict[str, Any] = dict(row.detail)
    return Recipient(address=row.address, outcome=row.outcome, **detail)
