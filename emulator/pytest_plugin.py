"""pytest fixtures: a running SES, a fresh account for each test, its boto3 client and its mailbox.

Installed with the package; a project that asks for none of them pays next to nothing.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emulator import Running


class Mailbox:
    """The messages of one account, sent to or from it."""

    def __init__(self, url: str, account: str) -> None:
        from emulator import remote

        self._server = remote.Server(url)
        self.account = account

    def messages(self, **query: Any) -> list[dict[str, Any]]:
        """The newest messages that match: `to`, `subject`, `from_`, `q`, ... as the inspection API has them."""
        return self._ask("GET", "/messages", query)["messages"]  # type: ignore[no-any-return]

    def wait(self, **query: Any) -> dict[str, Any]:
        """The newest matching message, as soon as there is one (or `count` of them, within `timeout` seconds)."""
        return self._ask("GET", "/messages/wait", query)["messages"][0]  # type: ignore[no-any-return]

    def latest(self, **query: Any) -> dict[str, Any]:
        """The newest matching message."""
        return self._ask("GET", "/messages/latest", query)  # type: ignore[no-any-return]

    def links(self, message: dict[str, Any]) -> list[str]:
        """The links in a message."""
        return [link["url"] for link in self._ask("GET", f"/messages/{message['id']}/links", {})["links"]]

    def codes(self, message: dict[str, Any]) -> list[str]:
        """The one-time codes in a message, likeliest first."""
        return self._ask("GET", f"/messages/{message['id']}/codes", {})["codes"]  # type: ignore[no-any-return]

    def advance(self, **duration: float) -> None:
        """The emulated clock of the whole emulator has moved on: `advance(hours=24)`."""
        from datetime import timedelta

        self._server.ask("POST", "/clock/advance", body={"seconds": timedelta(**duration).total_seconds()})

    def _ask(self, method: str, path: str, query: dict[str, Any]) -> Any:
        named = {name.rstrip("_"): value for name, value in query.items()}
        return self._server.ask(method, path, {"account": self.account, **named})

    def __repr__(self) -> str:
        lines = [json.dumps({"to": m["to"], "subject": m["subject"]}) for m in self.messages()]
        return f"<Mailbox of {self.account}: {', '.join(lines) or 'empty'}>"


@pytest.fixture(scope="session")
def ses_emulator() -> Iterator[Running]:
    """A running emulator of this test session; its `url` is the `endpoint_url` of an SDK."""
    import emulator

    with emulator.running() as running:
        yield running


@pytest.fixture
def ses_account() -> str:
    """A 12-digit account id that no other test has; as access key id it *is* the account."""
    import random

    return f"{random.SystemRandom().randrange(10**11, 10**12)}"


@pytest.fixture
def ses_client(ses_emulator: Running, ses_account: str) -> Any:
    """A boto3 SES client of the test's account, in us-east-1."""
    import boto3

    return boto3.client(
        "ses",
        endpoint_url=ses_emulator.url,
        region_name="us-east-1",
        aws_access_key_id=ses_account,
        aws_secret_access_key="test",  # noqa: S106 - nobody checks it
    )


@pytest.fixture
def ses_mailbox(ses_emulator: Running, ses_account: str) -> Mailbox:
    """The messages of the test's account."""
    return Mailbox(ses_emulator.url, ses_account)
