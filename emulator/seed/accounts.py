"""Accounts of a seed: what is said of them."""

import re
from dataclasses import dataclass, replace
from typing import Any, Self

from emulator.context import Context
from emulator.seed.members import UNSAID, Check, Thing, form, member, trimmed
from emulator.ses import accounts, regions
from emulator.store import accounts as rows

ACCOUNT_ID = Check("12 digits", re.compile(r"[0-9]{12}\Z").match, {"pattern": "^[0-9]{12}$"})
REGION = Check(
    "a region of AWS such as eu-west-1",
    lambda value: value in regions.DISPLAY_NAMES,
    {"enum": list(regions.DISPLAY_NAMES)},
)


def _limit(name: str, text: str) -> Any:
    return member(text, default=UNSAID, check=Check(*accounts.SENSIBLE[name]))


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountSettings(Thing):
    """What is said of an account, as `PATCH /_emulator/account` has it; null: nothing, the settings hold."""

    sandbox: bool | None = member("only verified recipients get mail", default=UNSAID)
    sending_enabled: bool | None = member("the account sends", default=UNSAID)
    suspended: bool | None = member("as AWS does to an account with too many bounces", default=UNSAID)
    enforce_limits: bool | None = member("what exceeds the two limits is refused", default=UNSAID)
    max_24_hour_send: float | None = _limit("max_24_hour_send", "recipients in 24 hours")
    max_send_rate: float | None = _limit("max_send_rate", "recipients a second")
    api_rate_limit: float | None = _limit("api_rate_limit", "calls a second of an operation")
    verification: str | None = member(
        "whether identities verify by themselves", default=UNSAID, choices=(accounts.AUTO, accounts.MANUAL)
    )
    verification_delay: float | None = _limit("verification_delay", "seconds until they do")

    def normal(self) -> Self:
        """The two that the settings do not know are as in a new account."""
        new = rows.Account()
        known = ("sending_enabled", "suspended")
        return replace(self, **{name: getattr(new, name) for name in known if getattr(self, name) is None})


def find(ctx: Context, _wanted: AccountSettings | None = None) -> AccountSettings:
    """What is said of the account; null: nothing."""
    return AccountSettings(**rows.get(ctx.tx, ctx.account_id, ctx.region)._asdict())


def put(ctx: Context, wanted: AccountSettings, _found: AccountSettings | None) -> None:
    """This is said of the account."""
    said = {name: getattr(wanted, name) for name in form(AccountSettings).members}
    accounts.change(ctx, **{name: value for name, value in said.items() if value is not UNSAID})


def every(ctx: Context) -> Any:
    """What is said of the account, and not of every new one; UNSAID: nothing."""
    found, new = find(ctx), AccountSettings(**rows.Account()._asdict())
    return UNSAID if found == new else trimmed(found, new)
