"""Rows of accounts: what was said of one account in one region."""

from typing import Any, NamedTuple

from sqlalchemy import bindparam, select, update

from emulator.store.engine import Transaction
from emulator.store.schema import accounts


class Account(NamedTuple):
    """What was said of an account; None: nothing, the settings hold."""

    sending_enabled: bool = True
    suspended: bool = False
    sandbox: bool | None = None
    enforce_limits: bool | None = None
    max_24_hour_send: float | None = None
    max_send_rate: float | None = None
    api_rate_limit: float | None = None  # 0: none
    verification: str | None = None
    verification_delay: float | None = None  # seconds


_KEY = (accounts.c.account_id == bindparam("this_account"), accounts.c.region == bindparam("this_region"))
_GET = select(*(accounts.c[name] for name in Account._fields)).where(*_KEY)
_UPDATE = update(accounts).where(*_KEY)


def get(tx: Transaction, account_id: str, region: str) -> Account:
    """What was said of the account."""
    row = tx.execute(_GET, {"this_account": account_id, "this_region": region}).one_or_none()
    return Account(*row) if row else Account()


def put(tx: Transaction, account_id: str, region: str, **values: Any) -> None:
    """These are said of the account from now on; what else was said stands."""
    tx.changed()
    key = {"this_account": account_id, "this_region": region}
    if not tx.execute(_UPDATE.values(**values), key).rowcount:
        tx.insert(accounts, {"account_id": account_id, "region": region, **Account(**values)._asdict()})
