"""What one account is allowed in one region: as the settings have it, where nobody said otherwise."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

from emulator.context import Context
from emulator.ses import errors, limits
from emulator.store import accounts as account_rows

UNLIMITED = -1.0
AUTO, MANUAL = "auto", "manual"
MOST = 10**12  # recipients or calls
LONGEST_DELAY = 10**9  # seconds

# What a value that is said must be, where its type leaves that open.
SENSIBLE: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "max_24_hour_send": ("a positive number, or -1 for no limit", lambda value: 0 < value < MOST or value == -1),
    "max_send_rate": ("a positive number", lambda value: 0 < value < MOST),
    "api_rate_limit": ("a positive number, or 0 for no limit", lambda value: 0 <= value < MOST),
    "verification": (f"{AUTO} or {MANUAL}", lambda value: value in (AUTO, MANUAL)),
    "verification_delay": (f"between 0 and {LONGEST_DELAY} seconds", lambda value: 0 <= value <= LONGEST_DELAY),
}


class Account(NamedTuple):
    """The state of an account in a region. The two limits are recipients: in 24 hours, and a second."""

    sending_enabled: bool
    suspended: bool  # as AWS does to an account with too many bounces or complaints
    sandbox: bool
    enforce_limits: bool
    max_24_hour_send: float  # -1: no limit
    max_send_rate: float
    api_rate_limit: float  # calls a second of an operation; 0: any number
    verification: str
    verification_delay: float  # seconds

    @property
    def auto_verify_after(self) -> timedelta | None:
        """How long until the emulator plays the owner of an identity; None: it does not."""
        return timedelta(seconds=self.verification_delay) if self.verification == AUTO else None


def of(ctx: Context) -> Account:
    """The account that calls; remembered, as every call asks."""
    return ctx.tx.remembered(("account", ctx.account_id, ctx.region), lambda _tx: _load(ctx))


def change(ctx: Context, **said: Any) -> None:
    """This is said of the account from now on; None: nothing is, the settings hold. What else was said stands."""
    unsaid = account_rows.Account()
    values = {name: getattr(unsaid, name) if value is None else value for name, value in said.items()}
    if values:
        account_rows.put(ctx.tx, ctx.account_id, ctx.region, **values)


def require_sending(ctx: Context) -> None:
    """The account sends; neither its owner nor AWS stopped it. Unverified: which of the two is told first."""
    account = of(ctx)
    if account.suspended:
        raise errors.AccountSuspended
    if not account.sending_enabled:
        raise errors.AccountSendingPaused


def _load(ctx: Context) -> Account:
    row = account_rows.get(ctx.tx, ctx.account_id, ctx.region)
    policy = ctx.policy
    sandbox = policy.sandbox if row.sandbox is None else row.sandbox
    by_itself = policy.auto_verify_after is not None
    delay = (policy.auto_verify_after or timedelta(0)).total_seconds()
    return Account(
        sending_enabled=row.sending_enabled,
        suspended=row.suspended,
        sandbox=sandbox,
        enforce_limits=policy.enforce_limits if row.enforce_limits is None else row.enforce_limits,
        max_24_hour_send=_first(row.max_24_hour_send, policy.max_24_hour_send, limits.SENDS_IN_24_HOURS[sandbox]),
        max_send_rate=_first(row.max_send_rate, policy.max_send_rate, limits.SEND_RATE[sandbox]),
        api_rate_limit=_first(row.api_rate_limit, policy.api_rate_limit, 0.0),
        verification=row.verification or (AUTO if by_itself else MANUAL),
        verification_delay=_first(row.verification_delay, delay),
    )


def _first(*values: float | None) -> float:
    return next(value for value in values if value is not None)
