"""Failures that a test asks for, and boto3 clients that try again or do not."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
from botocore.config import Config

from emulator.remote import Server
from tests.support.aws import Account


def ask(account: Account, operation: str | None = None, **fault: Any) -> str:
    """The id of a fault of the account, in every region."""
    return str(account.inspect("POST", "/faults", {"operation": operation, **fault})["id"])


@contextmanager
def everybodys(account: Account, **fault: Any) -> Iterator[str]:
    """The id of a fault of every account of the account's server, gone at the end."""
    server = Server(account.url)
    made = server.ask("POST", "/faults", body=fault)["id"]
    try:
        yield made
    finally:
        server.ask("DELETE", f"/faults/{made}")


def hits(account: Account, fault: str) -> int:
    """How many calls the fault has hit."""
    return int(account.inspect("GET", f"/faults/{fault}", account=None)["hits"])


def client(account: Account, attempts: int = 1, mode: str = "standard", **config: Any) -> Any:
    """A boto3 client that tries so often."""
    return boto3.client(
        "ses",
        endpoint_url=account.url,
        region_name=account.region,
        aws_access_key_id=account.account_id,
        aws_secret_access_key="test",
        config=Config(retries={"total_max_attempts": attempts, "mode": mode}, **config),
    )
