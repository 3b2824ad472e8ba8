"""Which accounts and regions have anything that somebody set up."""

from sqlalchemy import select, union

from emulator.store import schema
from emulator.store.engine import Transaction
from emulator.store.suppressed_destinations import SHARED

_TABLES = (
    schema.accounts,
    schema.identities,
    schema.identity_policies,
    schema.configuration_sets,
    schema.templates,
    schema.custom_verification_templates,
    schema.receipt_filters,
    schema.receipt_rule_sets,
    schema.suppressed_destinations,
    schema.recipient_outcomes,
)
_CONFIGURED = union(*(select(table.c.account_id, table.c.region).distinct() for table in _TABLES))


def scopes(tx: Transaction) -> list[tuple[str, str]]:
    """Account and region of each, in order; not those that have nothing but mail."""
    found = ((row.account_id, row.region) for row in tx.execute(_CONFIGURED))
    return sorted(each for each in found if each[0] != SHARED)
