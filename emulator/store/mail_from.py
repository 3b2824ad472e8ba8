"""Rows of MAIL FROM domains."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select, update
from sqlalchemy import delete as sql_delete
from sqlalchemy import insert as sql_insert

from emulator.store import identities as identity_rows
from emulator.store import times
from emulator.store.engine import Transaction
from emulator.store.identities import Identity
from emulator.store.schema import identities, identity_mail_from


class MailFrom(NamedTuple):
    """The MAIL FROM domain of one identity, and what is known of the time since it was set."""

    mail_from_domain: str
    behavior_on_mx_failure: str
    started_at: datetime
    confirmed_at: datetime | None
    auto_confirmed_at: datetime | None
    failed_at: datetime | None


_THIS = identity_mail_from.c.identity_seq == bindparam("this")
_GET = select(*(identity_mail_from.c[name] for name in MailFrom._fields)).where(_THIS)
_ANY = (
    select(identity_mail_from.c.identity_seq)
    .join(identities)
    .where(identities.c.account_id == bindparam("account_id"), identities.c.region == bindparam("region"))
    .limit(1)
)


def get(tx: Transaction, identity_seq: int) -> MailFrom | None:
    """The identity's own MAIL FROM domain."""
    return tx.remembered(("mail from", identity_seq), lambda tx: _load(tx, identity_seq))


def any_of(tx: Transaction, account_id: str, region: str) -> bool:
    """Whether any identity of the account in the region has a MAIL FROM domain of its own."""
    wanted = {"account_id": account_id, "region": region}
    return tx.remembered(("any mail from", account_id, region), lambda tx: tx.execute(_ANY, wanted).first() is not None)


def users(tx: Transaction, mail_from_domain: str) -> list[Identity]:
    """The identities, of any account and region, that have this MAIL FROM domain, remembered."""
    return tx.remembered(("mail from users", mail_from_domain), lambda tx: _users(tx, mail_from_domain))


def _users(tx: Transaction, mail_from_domain: str) -> list[Identity]:
    columns = identities.c
    theirs = select(columns.account_id, columns.region, columns.identity).join(identity_mail_from)
    rows = tx.execute(theirs.where(identity_mail_from.c.mail_from_domain == mail_from_domain))
    found = (identity_rows.get(tx, row.account_id, row.region, row.identity) for row in rows.all())
    return [each for each in found if each]


def put(tx: Transaction, identity_seq: int, **values: str | datetime | None) -> None:
    """These hold of the identity's MAIL FROM domain, all of them where it had none; what else was set stands."""
    tx.changed()
    row = times.columns(values)
    if not tx.execute(update(identity_mail_from).where(_THIS).values(**row), {"this": identity_seq}).rowcount:
        tx.execute(sql_insert(identity_mail_from), {"identity_seq": identity_seq, **row})


def delete(tx: Transaction, identity_seq: int) -> None:
    """The identity has no MAIL FROM domain of its own."""
    tx.changed()
    tx.execute(sql_delete(identity_mail_from).where(_THIS), {"this": identity_seq})


def _load(tx: Transaction, identity_seq: int) -> MailFrom | None:
    row = tx.execute(_GET, {"this": identity_seq}).one_or_none()
    return None if row is None else _mail_from(row)


def _mail_from(row: Any) -> MailFrom:
    domain, behavior, started_at, *others = row
    return MailFrom(domain, behavior, times.from_row(started_at), *map(times.maybe, others))
