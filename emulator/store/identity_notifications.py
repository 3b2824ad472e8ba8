"""Rows of what identities' owners are told, and where."""

from typing import NamedTuple

from sqlalchemy import bindparam, select, update

from emulator.store.engine import Transaction
from emulator.store.schema import identity_notifications


class Notifications(NamedTuple):
    """Whether bounces and complaints are forwarded as mail, and the topic and the headers of each type."""

    forwarding: bool = True
    bounce_topic: str | None = None
    complaint_topic: str | None = None
    delivery_topic: str | None = None
    bounce_headers: bool = False
    complaint_headers: bool = False
    delivery_headers: bool = False


_THIS = identity_notifications.c.identity_seq == bindparam("this")
_GET = select(*(identity_notifications.c[name] for name in Notifications._fields)).where(_THIS)
_UPDATE = update(identity_notifications).where(_THIS)


def get(tx: Transaction, identity_seq: int) -> Notifications:
    """What was set for the identity, remembered until any configuration changes."""
    return tx.remembered(("notifications", identity_seq), lambda tx: _load(tx, identity_seq))


def put(tx: Transaction, identity_seq: int, **values: str | bool | None) -> None:
    """These hold for the identity from now on; what else was set stands."""
    tx.changed()
    if not tx.execute(_UPDATE.values(**values), {"this": identity_seq}).rowcount:
        row = Notifications(**values)._asdict()  # type: ignore[arg-type]
        tx.insert(identity_notifications, {"identity_seq": identity_seq, **row})


def _load(tx: Transaction, identity_seq: int) -> Notifications:
    row = tx.execute(_GET, {"this": identity_seq}).one_or_none()
    return Notifications(*row) if row else Notifications()
