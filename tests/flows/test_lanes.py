"""A receiver that hangs holds up what goes to it, and nothing else."""

import os
import signal
import socket
import time
from collections.abc import Iterator

import pytest

import emulator
from tests.support import aws, mail, processes, zone

RELAY_SECONDS = 10  # after which the emulator gives up an answer


@pytest.fixture
def silent() -> Iterator[str]:
    """The URL of a relay that lets clients connect, and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"smtp://127.0.0.1:{listener.getsockname()[1]}"


def test_a_relay_that_hangs_delays_neither_keys_nor_the_stop(silent: str, new_database_url: str) -> None:
    settings = {"database_url": new_database_url, "relay_url": silent, "verified_identities": "*", "log_level": "error"}
    with emulator.running(**settings) as running:
        account = aws.new_account(running.url)
        began = time.monotonic()
        mail.send(account.client())
        processes.until(lambda: [job["task"] for job in account.inspect("GET", "/jobs")["jobs"]] == ["RelayMessage"])
        tokens = account.client().verify_domain_dkim(Domain=zone.domain_of(account))["DkimTokens"]
        processes.until(lambda: all(zone.values(account, f"{token}.dkim.amazonses.com") for token in tokens))
        os.kill(running.pid, signal.SIGTERM)
        processes.until(lambda: not processes.exists(running.pid))
        assert time.monotonic() - began < RELAY_SECONDS
