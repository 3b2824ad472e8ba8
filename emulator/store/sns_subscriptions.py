"""Rows of SNS as it is played here: the endpoints that are subscribed to topics, and the certificate it signs with."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, bindparam, select, update

from emulator.outside.keys import Certificate
from emulator.store import times
from emulator.store.engine import Transaction
from emulator.store.schema import sns_certificate, sns_subscriptions


class Subscription(NamedTuple):
    """An endpoint that is to get the messages of a topic; the token is what its owner confirms that with."""

    topic_arn: str
    endpoint: str
    subscription_id: str
    token: str
    requested_at: datetime | None = None
    confirmed_at: datetime | None = None
    unsubscribed_at: datetime | None = None
    seq: int = 0

    @property
    def arn(self) -> str:
        """Its name."""
        return f"{self.topic_arn}:{self.subscription_id}"


_KEY = ("topic_arn", "endpoint", "subscription_id", "token")
_ADD = (
    f"INSERT INTO sns_subscriptions ({', '.join(_KEY)}) "  # noqa: S608 - names of the schema
    f"VALUES ({', '.join('?' for _ in _KEY)}) ON CONFLICT DO NOTHING"
)
_KEEP = "INSERT INTO sns_certificate (id, private_key, certificate) VALUES (1, ?, ?) ON CONFLICT DO NOTHING"
_GET = select(sns_subscriptions).where(
    sns_subscriptions.c.topic_arn == bindparam("topic_arn"), sns_subscriptions.c.endpoint == bindparam("endpoint")
)
_CERTIFICATE = select(sns_certificate.c.private_key, sns_certificate.c.certificate)


def add(tx: Transaction, subscription: Subscription) -> None:
    """The endpoint is subscribed to the topic, as it may have been before."""
    tx.run(_ADD, *subscription[: len(_KEY)])


def get(tx: Transaction, topic_arn: str, endpoint: str) -> Subscription | None:
    """The endpoint's subscription to the topic."""
    row = tx.execute(_GET, {"topic_arn": topic_arn, "endpoint": endpoint}).one_or_none()
    return None if row is None else _subscription(row)


def of_token(tx: Transaction, token: str) -> Subscription | None:
    """The subscription that is confirmed with the token."""
    return _find(tx, sns_subscriptions.c.token == token)


def of_arn(tx: Transaction, arn: str) -> Subscription | None:
    """The subscription of that name."""
    topic_arn, _, subscription_id = arn.rpartition(":")
    columns = sns_subscriptions.c
    return _find(tx, (columns.topic_arn == topic_arn) & (columns.subscription_id == subscription_id))


def put(tx: Transaction, seq: int, **values: datetime | None) -> None:
    """These hold for the subscription from now on."""
    statement = update(sns_subscriptions).where(sns_subscriptions.c.seq == seq)
    tx.execute(statement.values(**times.columns(values)))


def certificate(tx: Transaction) -> Certificate | None:
    """What is signed with, once it was made."""
    row = tx.execute(_CERTIFICATE).one_or_none()
    return None if row is None else Certificate._make(row)


def keep_certificate(tx: Transaction, made: Certificate) -> None:
    """This is what is signed with, unless there was something before."""
    tx.run(_KEEP, *made)


def _find(tx: Transaction, condition: ColumnElement[bool]) -> Subscription | None:
    row = tx.execute(select(sns_subscriptions).where(condition)).one_or_none()
    return None if row is None else _subscription(row)


def _subscription(row: Any) -> Subscription:
    values = {name: getattr(row, name) for name in Subscription._fields}
    return Subscription(**values | {name: times.maybe(values[name]) for name in values if name.endswith("_at")})
