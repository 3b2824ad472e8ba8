"""The state becomes a seed that makes it again."""

from collections.abc import Sequence
from typing import Any

from emulator.context import Context
from emulator.seed import (
    accounts,
    configuration_sets,
    custom_verification_templates,
    dns_records,
    faults,
    identity_states,
    receipt_filters,
    receipt_rule_sets,
    recipients,
    suppression,
    templates,
)
from emulator.seed.applying import ALL, Scope
from emulator.seed.format import DEFAULT_REGION, Part, Seed
from emulator.store import scopes


def export(ctx: Context, only: Scope = ALL) -> Seed:
    """What there is: all of it with `ctx`'s account by default; or of one account, which is not named then."""
    default = only.account_id or ctx.account_id
    region = only.region or DEFAULT_REGION
    found = [
        each for each in scopes.set_up(ctx.tx) if only.account_id in (None, each[0]) and only.region in (None, each[1])
    ]
    parts = [
        Part(
            account=None if each[0] == default else each[0],
            region=None if each[1] == region else each[1],
            **_content(ctx._replace(account_id=each[0], region=each[1])),
        )
        for each in found
        if each != (default, region)
    ]
    content = _content(ctx._replace(account_id=default, region=region))
    if only.is_all:
        content["suppression"] += suppression.every(ctx, shared=True)
    records = dns_records.every(ctx) if only.is_all else []
    return Seed(
        **content,
        dns_records=records,
        faults=faults.every(ctx, only.account_id, only.region),
        accounts=_filled(parts),
    )


def _content(ctx: Context) -> dict[str, Any]:
    return {
        "account_settings": accounts.every(ctx),
        "identities": identity_states.every(ctx),
        "configuration_sets": configuration_sets.every(ctx),
        "templates": templates.every(ctx),
        "custom_verification_templates": custom_verification_templates.every(ctx),
        "receipt_filters": receipt_filters.every(ctx),
        "receipt_rule_sets": receipt_rule_sets.every(ctx),
        "suppression": suppression.every(ctx, shared=False),
        "recipients": recipients.every(ctx),
    }


def _filled(parts: Sequence[Part]) -> list[Part]:
    """Without those in which nothing is said that differs from new accounts."""
    return [each for each in parts if each != Part(account=each.account, region=each.region)]
