"""Faults are rows: all processes count them together, they outlive a restart, and hold up no stop."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import emulator
from tests.support import aws, faults, processes, raw, xml
from tests.support.aws import Account


def test_several_processes_count_a_fault_together(start: Callable[..., Account]) -> None:
    account = start(workers=2, log_level="error")
    for _ in range(3):  # the second time, what each process remembers is of the first
        fault = faults.ask(account, "GetSendQuota", code="Throttling", times=5)
        with ThreadPoolExecutor(8) as callers:
            answers = list(callers.map(lambda _: account.query("GetSendQuota").status, range(16)))
        assert sorted(answers) == [200] * 11 + [400] * 5
        assert faults.hits(account, fault) == 5
    lasting = faults.ask(account, "GetSendQuota", code="Throttling")
    assert {account.query("GetSendQuota").status for _ in range(8)} == {400}
    account.inspect("DELETE", f"/faults/{lasting}")
    assert {account.query("GetSendQuota").status for _ in range(8)} == {200}


def test_a_fault_outlives_a_restart_and_who_is_held_up_is_answered_at_the_stop(new_database_url: str) -> None:
    settings = {"database_url": new_database_url, "log_level": "error"}
    with emulator.running(**settings) as running:
        account = aws.new_account(running.url)
        faults.ask(account, "GetSendQuota", code="Throttling", times=2)
        assert account.query("GetSendQuota").status == 400
        slow = faults.ask(account, "*", delay_ms=60_000)
        connection = raw.connect(running.url)
        body = b"Action=ListIdentities&Version=2010-12-01"
        scope = f"{account.account_id}/20260101/us-east-1/ses/aws4_request"
        signature = f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature={'0' * 64}"
        connection.sendall(raw.head(Content_Length=str(len(body)), Authorization=signature) + body)
        processes.until(lambda: faults.hits(account, slow) == 1)
    assert raw.status(raw.read_answer(connection)) == 200
    connection.close()
    with emulator.running(**settings) as running:
        again = Account(running.url, account.account_id)
        assert xml.code(again.query("GetSendQuota")) == "Throttling"
        again.inspect("DELETE", "/faults")
        assert again.query("GetSendQuota").status == 200
