"""Rows of token buckets: what is left of a rate."""

from datetime import datetime
from typing import NamedTuple

from emulator.store import times
from emulator.store.engine import Transaction


class Bucket(NamedTuple):
    """How many tokens there were at an instant."""

    tokens: float
    refilled_at: datetime


_KEY = "account_id = ? AND region = ? AND name = ?"
_HOLD = f"SELECT tokens, refilled_at FROM token_buckets WHERE {_KEY} FOR UPDATE"  # noqa: S608 - no value is in it
_INSERT = (
    "INSERT INTO token_buckets (account_id, region, name, tokens, refilled_at) VALUES (?, ?, ?, ?, ?) "
    "ON CONFLICT DO NOTHING"
)
_PUT = f"UPDATE token_buckets SET tokens = ?, refilled_at = ? WHERE {_KEY}"  # noqa: S608 - no value is in it


def hold(tx: Transaction, account_id: str, region: str, name: str, new: Bucket) -> Bucket:
    """The bucket, or the new one where there was none; until this transaction ends nobody else has it."""
    key = (account_id, region, name)
    row = tx.run(_HOLD, *key).fetchone()
    if row is None:
        tx.run(_INSERT, *key, new.tokens, times.to_row(new.refilled_at))  # waits for another who does so
        row = tx.run(_HOLD, *key).fetchone()
    tokens, refilled_at = row
    return Bucket(tokens, times.from_row(refilled_at))


def put(tx: Transaction, account_id: str, region: str, name: str, bucket: Bucket) -> None:
    """The bucket that was held stands as given."""
    tx.run(_PUT, bucket.tokens, times.to_row(bucket.refilled_at), account_id, region, name)
