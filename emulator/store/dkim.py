"""Rows of DKIM: what was set up for a domain, and the private keys behind its tokens; the key of SES itself."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, bindparam, select, update
from sqlalchemy import insert as sql_insert

from emulator.store import identities as identity_rows
from emulator.store import times
from emulator.store.engine import Transaction
from emulator.store.identities import Identity
from emulator.store.schema import dkim_keys, identities, identity_dkim


class Window(NamedTuple):
    """What is known of the time since DKIM was last begun."""

    started_at: datetime
    confirmed_at: datetime | None
    auto_confirmed_at: datetime | None
    failed_at: datetime | None


class Dkim(NamedTuple):
    """What was set up for a domain; no `window`: nobody asked for tokens."""

    enabled: bool
    window: Window | None


class Key(NamedTuple):
    """A key: whose mail it signs, under which name its public half is found, and the private half in PEM."""

    domain: str
    token: str
    private_key: str


_OWN = ""  # SES's account and region
_THIS = identity_dkim.c.identity_seq == bindparam("this")
_GET = select(*(identity_dkim.c[name] for name in ("enabled", *Window._fields))).where(_THIS)
_ANY = (
    select(identity_dkim.c.identity_seq)
    .join(identities)
    .where(identities.c.account_id == bindparam("account_id"), identities.c.region == bindparam("region"))
    .limit(1)
)
_KEYS = select(dkim_keys.c.token, dkim_keys.c.private_key).where(dkim_keys.c.identity_seq == bindparam("this"))
_KEY = select(*(dkim_keys.c[name] for name in Key._fields))


def get(tx: Transaction, identity_seq: int) -> Dkim | None:
    """What was set up for the domain."""
    return tx.remembered(("dkim", identity_seq), lambda tx: _load(tx, identity_seq))


def any_of(tx: Transaction, account_id: str, region: str) -> bool:
    """Whether DKIM was set up for any domain of the account in the region."""
    wanted = {"account_id": account_id, "region": region}
    return tx.remembered(("any dkim", account_id, region), lambda tx: tx.execute(_ANY, wanted).first() is not None)


def put(tx: Transaction, identity_seq: int, **values: bool | datetime | None) -> None:
    """These hold of the domain's DKIM (`enabled` is true at first); what else was set up stands."""
    tx.changed()
    row = times.columns(values)
    if not tx.execute(update(identity_dkim).where(_THIS).values(**row), {"this": identity_seq}).rowcount:
        tx.execute(sql_insert(identity_dkim), {"identity_seq": identity_seq, "enabled": True, **row})


def keys(tx: Transaction, identity_seq: int) -> dict[str, str]:
    """The private keys that are there, in PEM, by their tokens."""
    return {row.token: row.private_key for row in tx.execute(_KEYS, {"this": identity_seq})}


def key_seq(tx: Transaction, identity_seq: int, token: str) -> int | None:
    """The `seq` of the key behind the token, if that is there."""
    columns = dkim_keys.c
    statement = select(columns.seq).where(columns.identity_seq == identity_seq, columns.token == token)
    return tx.execute(statement).scalar()


def key(tx: Transaction, seq: int) -> Key | None:
    """The key of a `seq`, whether its identity is still there or not."""
    return _key(tx, dkim_keys.c.seq == seq)


def own_key(tx: Transaction) -> Key | None:
    """The key of SES itself, remembered."""
    return tx.remembered("own dkim key", lambda tx: _key(tx, dkim_keys.c.account_id == _OWN))


def add_key(tx: Transaction, identity: Identity, token: str, private_key: str) -> None:
    """The private key stands behind the token, which had none."""
    _add_key(tx, identity.account_id, identity.region, Key(identity.identity, token, private_key), identity.seq)


def add_own_key(tx: Transaction, key: Key) -> None:
    """SES itself, which had none, has this key."""
    tx.changed()
    _add_key(tx, _OWN, _OWN, key, None)


def tokens(tx: Transaction, account_id: str | None, region: str | None, domain: str | None) -> list[tuple[str, str]]:
    """Each token that has a key, and its region: those of an account, of its region, of a domain; None: of any."""
    wanted = {"account_id": account_id, "region": region, "domain": domain}
    conditions = [dkim_keys.c[name] == value for name, value in wanted.items() if value is not None]
    there = select(dkim_keys.c.token, dkim_keys.c.region).where(dkim_keys.c.identity_seq.is_not(None))
    return [(row.token, row.region) for row in tx.execute(there.where(*conditions))]


def holder(tx: Transaction, domain: str, token: str) -> Identity | None:
    """The identity of that domain whose key stands behind the token, remembered."""
    return tx.remembered(("dkim holder", domain, token), lambda tx: _holder(tx, domain, token))


def _holder(tx: Transaction, domain: str, token: str) -> Identity | None:
    columns = dkim_keys.c
    theirs = select(columns.account_id, columns.region).where(columns.domain == domain, columns.token == token)
    row = tx.execute(theirs.where(columns.identity_seq.is_not(None)).limit(1)).one_or_none()
    return None if row is None else identity_rows.get(tx, row.account_id, row.region, domain)


def _load(tx: Transaction, identity_seq: int) -> Dkim | None:
    row = tx.execute(_GET, {"this": identity_seq}).one_or_none()
    return None if row is None else _dkim(row)


def _dkim(row: Any) -> Dkim:
    enabled, started_at, *others = row
    return Dkim(enabled, None if started_at is None else Window(times.from_row(started_at), *map(times.maybe, others)))


def _key(tx: Transaction, condition: ColumnElement[bool]) -> Key | None:
    row = tx.execute(_KEY.where(condition)).one_or_none()
    return None if row is None else Key(row.domain, row.token, row.private_key)


def _add_key(tx: Transaction, account_id: str, region: str, key: Key, identity_seq: int | None) -> None:
    owner = {"identity_seq": identity_seq, "account_id": account_id, "region": region}
    tx.insert(dkim_keys, {**owner, **key._asdict()})
