"""Starting over."""

from emulator.context import Context
from emulator.ses import clock, dkim
from emulator.store import dns as record_rows
from emulator.store import emptying
from emulator.store import jobs as job_rows


def reset(ctx: Context, account_id: str | None, region: str | None) -> None:
    """Nothing is left, clock and DNS zone included; or nothing of one account, or of its region."""
    job_rows.delete(ctx.tx, account_id, region)  # first, as the worker takes jobs before anything else
    dkim.withdraw_keys(ctx, account_id, region)
    emptying.empty(ctx.tx, account_id, region)
    if account_id is None and region is None:
        record_rows.forget(ctx.tx)
        clock.reset(ctx)
