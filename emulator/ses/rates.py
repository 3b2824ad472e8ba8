"""Rates: how many recipients a second an account sends to, and how often it may call each operation.

Source: developer guide (documented): for a moment more than the rate is accepted, but not for long. Unverified: that
it works like a bucket, which holds as many tokens as the rate gives in a second.
"""

from datetime import datetime

from emulator.context import Context
from emulator.ses import accounts, errors, limits
from emulator.store import token_buckets
from emulator.store.token_buckets import Bucket

SEND = "send"
# Source: developer guide (documented): every other operation has a rate of its own. Unverified: the bulk send's place.
GOVERNED_BY_SEND_RATE = frozenset({"SendEmail", "SendRawEmail", "SendTemplatedEmail", "SendBulkTemplatedEmail"})
_TOLERANCE = 1e-6  # what floating point may lose of a token


def limits_calls(ctx: Context, operation: str) -> bool:
    """Whether the operation has a rate at which the account may call it."""
    return operation not in GOVERNED_BY_SEND_RATE and accounts.of(ctx).api_rate_limit > 0


def take_call(ctx: Context, operation: str) -> None:
    """The account calls the operation once more, unless it has a rate and that is used up."""
    rate = accounts.of(ctx).api_rate_limit
    if rate and not take(ctx, operation, hold(ctx, operation, rate), rate, 1):
        raise errors.CallRateExceeded


def hold(ctx: Context, name: str, rate: float) -> Bucket:
    """The account's bucket; whoever else wants it waits until this call ends."""
    return token_buckets.hold(ctx.tx, ctx.account_id, ctx.region, name, full(rate, ctx.now))


def take(ctx: Context, name: str, held: Bucket, rate: float, count: int) -> bool:
    """Whether so many tokens could be taken from the bucket that is held."""
    left = taken(held, rate, ctx.now, count)
    if left:
        token_buckets.put(ctx.tx, ctx.account_id, ctx.region, name, left)
    return left is not None


def taken(bucket: Bucket, rate: float, now: datetime, count: int) -> Bucket | None:
    """What is left after `count` tokens were taken, which may be a debt; None while there is not one token.

    A bucket of the future is of a clock that was set back since: it is full again.
    """
    capacity = full(rate, now).tokens
    if bucket.refilled_at > now + limits.OVERTAKING:
        bucket = Bucket(capacity, now)
    passed = max(0.0, (now - bucket.refilled_at).total_seconds())
    tokens = min(capacity, bucket.tokens + passed * rate)
    if tokens < 1 - _TOLERANCE:
        return None
    return Bucket(tokens - count, max(now, bucket.refilled_at))


def full(rate: float, now: datetime) -> Bucket:
    """A bucket from which nothing was taken."""
    return Bucket(max(1.0, rate), now)
