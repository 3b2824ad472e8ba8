"""The account: whether it sends, how much it may, and what it sent."""

from typing import Any

from emulator.context import Context
from emulator.ses import accounts, quotas, statistics


def get_send_quota(ctx: Context) -> dict[str, Any]:
    """The account's limits, and what it sent in the last 24 hours."""
    quota = quotas.of(ctx)
    return {
        "SentLast24Hours": quota.sent_last_24_hours,
        "Max24HourSend": quota.max_24_hour_send,
        "MaxSendRate": quota.max_send_rate,
    }


def get_send_statistics(ctx: Context) -> dict[str, Any]:
    """The last two weeks in points of a quarter of an hour."""
    return {
        "SendDataPoints": [
            {
                "DeliveryAttempts": point.delivery_attempts,
                "Timestamp": point.timestamp,
                "Rejects": point.rejects,
                "Bounces": point.bounces,
                "Complaints": point.complaints,
            }
            for point in statistics.points(ctx)
        ]
    }


def get_account_sending_enabled(ctx: Context) -> dict[str, Any]:
    """Whether the account sends."""
    return {"Enabled": accounts.of(ctx).sending_enabled}


def update_account_sending_enabled(ctx: Context, Enabled: bool | None = None) -> dict[str, Any]:
    """The account sends, or sends no more. Unverified: without `Enabled`, no more."""
    accounts.change(ctx, sending_enabled=bool(Enabled))
    return {}
