"""How much an account may send: recipients in 24 hours, and a second. Always told; enforced where that is wanted."""

from typing import NamedTuple

from emulator.context import Context
from emulator.ses import accounts, errors, rates, statistics


class Quota(NamedTuple):
    """What GetSendQuota tells."""

    sent_last_24_hours: float
    max_24_hour_send: float
    max_send_rate: float


def of(ctx: Context) -> Quota:
    """The account's quota, and what it used of it."""
    account = accounts.of(ctx)
    return Quota(float(statistics.sent_last_24_hours(ctx)), account.max_24_hour_send, account.max_send_rate)


def take(ctx: Context, recipients: int, counted: int) -> None:
    """The account may send to so many recipients now, of whom `counted` use up the quota of the day.

    Source: developer guide (documented): while anything is left, a message is accepted with all its recipients, and
    what they exceed is missing later. Unverified: mail to the simulator alone is accepted when the quota is used up.
    """
    account = accounts.of(ctx)
    if not account.enforce_limits:
        return
    bucket = rates.hold(ctx, rates.SEND, account.max_send_rate)  # first: from here on nobody else counts
    limited = counted and account.max_24_hour_send != accounts.UNLIMITED
    if limited and statistics.sent_last_24_hours(ctx) >= account.max_24_hour_send:
        raise errors.DailyQuotaExceeded
    if not rates.take(ctx, rates.SEND, bucket, account.max_send_rate, recipients):
        raise errors.SendRateExceeded
