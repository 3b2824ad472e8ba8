"""Starting over."""

from emulator.context import Context
from emulator.ses import clock, dkim
from emulator.store import accounts as account_rows
from emulator.store import custom_verification_templates as custom_verification_template_rows
from emulator.store import dkim as dkim_rows
from emulator.store import dns as record_rows
from emulator.store import identities as identity_rows
from emulator.store import identity_policies as policy_rows
from emulator.store import jobs as job_rows
from emulator.store import messages as message_rows
from emulator.store import recipient_outcomes, send_statistics, suppressed_destinations, token_buckets
from emulator.store import templates as template_rows


def reset(ctx: Context, account_id: str | None, region: str | None) -> None:
    """Nothing is left, clock and DNS zone included; or nothing of one account, or of its region."""
    job_rows.delete(ctx.tx, account_id, region)  # first, as the worker takes jobs before it touches messages
    message_rows.delete(ctx.tx, message_rows.Filter(account_id=account_id, region=region))
    dkim.withdraw_keys(ctx, account_id, region)
    dkim_rows.delete_keys(ctx.tx, account_id, region)
    identity_rows.delete_all(ctx.tx, account_id, region)
    policy_rows.delete(ctx.tx, account_id, region)
    account_rows.delete(ctx.tx, account_id, region)
    custom_verification_template_rows.delete_all(ctx.tx, account_id, region)
    template_rows.delete_all(ctx.tx, account_id, region)
    recipient_outcomes.delete_all(ctx.tx, account_id, region)
    suppressed_destinations.delete_all(ctx.tx, account_id, region)
    token_buckets.delete(ctx.tx, account_id, region)  # before the counts, in the order in which a send takes the two
    send_statistics.delete(ctx.tx, account_id, region)
    if account_id is None and region is None:
        record_rows.forget(ctx.tx)
        clock.reset(ctx)
