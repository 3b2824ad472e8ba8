"""Rows of identities' policies, by the identity's name: it need not be there."""

from sqlalchemy import ColumnElement, bindparam, select, update
from sqlalchemy import delete as sql_delete

from emulator.store.engine import Transaction
from emulator.store.schema import identity_policies

_COLUMNS = identity_policies.c
_OF_IDENTITY = (
    _COLUMNS.account_id == bindparam("this_account"),
    _COLUMNS.region == bindparam("this_region"),
    _COLUMNS.identity == bindparam("this_identity"),
)
_ALL = select(_COLUMNS.policy_name, _COLUMNS.policy).where(*_OF_IDENTITY)
_IDENTITIES = select(_COLUMNS.identity).where(*_OF_IDENTITY[:2]).distinct()
_UPDATE = update(identity_policies).where(*_OF_IDENTITY, _COLUMNS.policy_name == bindparam("this_name"))


def of(tx: Transaction, account_id: str, region: str, identity: str) -> dict[str, str]:
    """The identity's policies by their names, remembered until any configuration changes."""
    return tx.remembered(("policies", account_id, region, identity), lambda tx: _load(tx, account_id, region, identity))


def identities(tx: Transaction, account_id: str, region: str) -> frozenset[str]:
    """The identities that have policies; remembered too."""
    key = {"this_account": account_id, "this_region": region}
    return tx.remembered(("policies", account_id, region), lambda tx: frozenset(tx.execute(_IDENTITIES, key).scalars()))


def put(tx: Transaction, account_id: str, region: str, identity: str, policy_name: str, policy: str) -> None:
    """The identity has the policy, in place of one of that name."""
    tx.changed()
    key = {"this_account": account_id, "this_region": region, "this_identity": identity, "this_name": policy_name}
    if not tx.execute(_UPDATE.values(policy=policy), key).rowcount:
        row = {"account_id": account_id, "region": region, "identity": identity}
        tx.insert(identity_policies, {**row, "policy_name": policy_name, "policy": policy})


def delete(
    tx: Transaction,
    account_id: str | None,
    region: str | None,
    identity: str | None = None,
    policy_name: str | None = None,
) -> None:
    """The policy is gone, if it was there; where less is named, all there are of that."""
    tx.changed()
    wanted: tuple[tuple[ColumnElement[str], str | None], ...] = (
        (_COLUMNS.account_id, account_id),
        (_COLUMNS.region, region),
        (_COLUMNS.identity, identity),
        (_COLUMNS.policy_name, policy_name),
    )
    tx.execute(sql_delete(identity_policies).where(*(column == value for column, value in wanted if value is not None)))


def _load(tx: Transaction, account_id: str, region: str, identity: str) -> dict[str, str]:
    key = {"this_account": account_id, "this_region": region, "this_identity": identity}
    return {row.policy_name: row.policy for row in tx.execute(_ALL, key)}
