"""The account: what it may do, as the settings have it or as was said here."""

import re
from dataclasses import dataclass, field, fields
from typing import Any

from emulator.context import Context
from emulator.http.inspection.problems import Problem
from emulator.http.inspection.routes import Routes
from emulator.http.parts import Parts
from emulator.ses import accounts, quotas, regions

routes = Routes()

UNSAID: Any = object()


@dataclass(frozen=True, slots=True)
class Scope:
    """Which account, in which region."""

    account: str | None = field(default=None, metadata={"help": "12-digit account; default: the default one"})
    region: str | None = field(default=None, metadata={"help": "region; default: us-east-1"})


@dataclass(frozen=True, slots=True)
class Account:
    """The state of an account in a region. `suspended`: as AWS does to an account with too many bounces.

    `max_24_hour_send` is -1 where there is no limit, `api_rate_limit` 0; `verification_delay` is in seconds.
    """

    account: str
    region: str
    sandbox: bool
    sending_enabled: bool
    suspended: bool
    enforce_limits: bool
    max_24_hour_send: float
    max_send_rate: float
    api_rate_limit: float
    verification: str
    verification_delay: float
    sent_last_24_hours: float


@dataclass(frozen=True, slots=True)
class AccountChange:
    """What is said of the account from now on; null: nothing, the settings hold. What is not given stays."""

    sandbox: bool | None = UNSAID
    sending_enabled: bool | None = UNSAID
    suspended: bool | None = UNSAID
    enforce_limits: bool | None = UNSAID
    max_24_hour_send: float | None = UNSAID
    max_send_rate: float | None = UNSAID
    api_rate_limit: float | None = UNSAID
    verification: str | None = UNSAID
    verification_delay: float | None = UNSAID


@routes.route("GET", "/account", query=Scope, answer=Account)
def get_account(parts: Parts, query: Scope) -> Account:
    """The state of an account in a region."""
    _check_scope(query)
    with parts.context(query.account, query.region) as ctx:
        return _account(ctx)


@routes.route("PATCH", "/account", query=Scope, body=AccountChange, answer=Account)
def change_account(parts: Parts, query: Scope, body: AccountChange) -> Account:
    """The account is as it is said here from now on, and else as it was; the new state."""
    _check_scope(query)
    given = {each.name: getattr(body, each.name) for each in fields(body)}
    said = {name: value for name, value in given.items() if value is not UNSAID}
    for name, value in said.items():
        wanted, holds = accounts.SENSIBLE.get(name, ("", lambda _value: True))
        if value is not None and not holds(value):
            raise Problem(400, f"{name} must be {wanted}, not {value!r}.")
    with parts.context(query.account, query.region, write=True) as ctx:
        accounts.change(ctx, **said)
        return _account(ctx)


def _account(ctx: Context) -> Account:
    state = accounts.of(ctx)._asdict()
    return Account(ctx.account_id, ctx.region, **state, sent_last_24_hours=quotas.of(ctx).sent_last_24_hours)


def _check_scope(query: Scope) -> None:
    if query.account is not None and not re.fullmatch("[0-9]{12}", query.account):
        raise Problem(400, f"account must be 12 digits, not {query.account!r}.")
    if query.region is not None and query.region not in regions.DISPLAY_NAMES:
        raise Problem(400, f"There is no region {query.region!r}.")
