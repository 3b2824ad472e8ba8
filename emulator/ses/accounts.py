"""What one account is allowed in one region: as the settings have it, where nobody said otherwise."""

from datetime import timedelta
from typing import NamedTuple

from emulator.context import Context
from emulator.ses import limits
from emulator.store import accounts as account_rows
from emulator.store.accounts import Account as Row

UNLIMITED = -1.0


class Account(NamedTuple):
    """The state of an account in a region. The two limits are recipients: in 24 hours, and a second."""

    sending_enabled: bool
    suspended: bool  # as AWS does to an account with too many bounces or complaints
    sandbox: bool
    enforce_limits: bool
    max_24_hour_send: float  # -1: no limit
    max_send_rate: float
    api_rate_limit: float | None  # calls a second
    auto_verify_after: timedelta | None


def of(ctx: Context) -> Account:
    """The account that calls."""
    row = account_rows.get(ctx.tx, ctx.account_id, ctx.region)
    policy = ctx.policy
    sandbox = policy.sandbox if row.sandbox is None else row.sandbox
    return Account(
        sending_enabled=row.sending_enabled,
        suspended=row.suspended,
        sandbox=sandbox,
        enforce_limits=policy.enforce_limits if row.enforce_limits is None else row.enforce_limits,
        max_24_hour_send=_first(row.max_24_hour_send, policy.max_24_hour_send, limits.SENDS_IN_24_HOURS[sandbox]),
        max_send_rate=_first(row.max_send_rate, policy.max_send_rate, limits.SEND_RATE[sandbox]),
        api_rate_limit=(policy.api_rate_limit if row.api_rate_limit is None else row.api_rate_limit) or None,
        auto_verify_after=_auto_verify_after(ctx, row),
    )


def _auto_verify_after(ctx: Context, row: Row) -> timedelta | None:
    default = ctx.policy.auto_verify_after
    if row.verification == "manual" or (row.verification is None and default is None):
        return None
    if row.verification_delay is not None:
        return timedelta(seconds=row.verification_delay)
    return default or timedelta(0)


def _first(*values: float | None) -> float:
    return next(value for value in values if value is not None)
