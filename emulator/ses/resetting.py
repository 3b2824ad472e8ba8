"""Starting over."""

from emulator.context import Context
from emulator.ses import clock
from emulator.store import accounts as account_rows
from emulator.store import dns as record_rows
from emulator.store import identities as identity_rows
from emulator.store import jobs as job_rows
from emulator.store import messages as message_rows


def reset(ctx: Context, account_id: str | None, region: str | None) -> None:
    """Nothing is left, clock and DNS zone included; or nothing of one account, or of its region."""
    job_rows.delete(ctx.tx, account_id, region)  # first, as the worker takes jobs before it touches messages
    message_rows.delete(ctx.tx, message_rows.Filter(account_id=account_id, region=region))
    identity_rows.delete_all(ctx.tx, account_id, region)
    account_rows.delete(ctx.tx, account_id, region)
    if account_id is None and region is None:
        record_rows.forget(ctx.tx)
        clock.reset(ctx)
