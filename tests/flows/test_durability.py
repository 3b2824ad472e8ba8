"""What was acknowledged is there after a crash, and is delivered once."""

import http.client
import os
import re
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self

import emulator
from emulator import Running
from tests.support import aws, mail, processes
from tests.support.aws import Account
from tests.support.mail import ANN, BOB

FORM = {
    "Source": ANN,
    "Destination.ToAddresses.member.1": BOB,
    "Message.Subject.Data": "Hi",
    "Message.Body.Text.Data": "Hello",
}


@contextmanager
def running(url: str, **settings: Any) -> Iterator[Running]:
    """A server on the database."""
    with emulator.running(database_url=url, verification="manual", log_level="error", **settings) as started:
        yield started


class Load:
    """Threads that send until the server is gone."""

    def __init__(self, account: Account) -> None:
        self.acknowledged: list[str] = []
        self._account = account
        self._threads = [threading.Thread(target=self._send) for _ in range(4)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for thread in self._threads:
            thread.join(processes.SECONDS)

    def _send(self) -> None:
        while True:
            try:
                answer = self._account.query("SendEmail", FORM)
            except (OSError, http.client.HTTPException):
                return
            found = re.search("<MessageId>(.+)</MessageId>", answer.text)
            if found:
                self.acknowledged.append(found[1])


def timeline(account: Account, message_id: str) -> list[str]:
    events = account.inspect("GET", f"/messages/{message_id}/events")["events"]
    return [event["type"] for event in events]


def test_every_acknowledged_message_survives_the_death_of_the_server(new_database_url: str) -> None:
    with running(new_database_url) as server:
        account = aws.new_account(server.url)
        mail.verify(account, ANN)
        with Load(account) as load:
            processes.until(lambda: len(load.acknowledged) >= 150)
            for pid in [server.pid, *processes.children(server.pid)]:
                os.kill(pid, signal.SIGKILL)
    with running(new_database_url) as server:
        after = Account(server.url, account.account_id)
        after.drain()
        kept = {message["id"]: message for message in _all(after)}
        assert set(load.acknowledged) <= set(kept)
        for message_id, message in kept.items():
            assert [each["status"] for each in message["recipients"]] == ["delivered"]
            assert timeline(after, message_id) == ["Send", "Delivery"]
        mail.send(after.client())  # its identity is there too


def _all(account: Account) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        page = account.inspect("GET", "/messages", direction="outbound", limit=500, **cursor)
        found += page["messages"]
        if page["cursor"] is None:
            return found
        cursor = {"cursor": page["cursor"]}


def test_a_process_that_answers_is_replaced_when_it_dies(new_database_url: str) -> None:
    with running(new_database_url) as server:
        account = aws.new_account(server.url)
        sender = mail.client(account)
        before = mail.send(sender)
        (child,) = processes.children(server.pid)
        os.kill(child, signal.SIGKILL)
        processes.until(lambda: processes.children(server.pid) not in ([], [child]))
        after = mail.send(account.client())
        account.drain()
        assert [message["id"] for message in account.messages(direction="outbound")] == [after, before]
        assert timeline(account, after) == ["Send", "Delivery"]


def test_no_process_outlives_the_parent(new_database_url: str) -> None:
    with running(new_database_url, workers=2) as server:
        children = processes.children(server.pid)
        assert len(children) == 2
        os.kill(server.pid, signal.SIGKILL)
        processes.until(lambda: not any(map(processes.exists, children)))


def test_a_clean_stop_keeps_everything(new_database_url: str) -> None:
    with running(new_database_url) as server:
        account = aws.new_account(server.url)
        account.inspect("PUT", "/dns/records", {"name": "_x.example.com", "type": "TXT", "value": "v"})
        account.inspect("PUT", "/clock", {"now": "2030-01-01T00:00:00Z", "frozen": True})
        message_id = mail.send(mail.client(account))
    with running(new_database_url) as server:
        after = Account(server.url, account.account_id)
        after.drain()
        assert timeline(after, message_id) == ["Send", "Delivery"]
        assert after.inspect("GET", "/clock") == {"now": "2030-01-01T00:00:00.000Z", "frozen": True}
        assert len(after.inspect("GET", "/dns/records")["records"]) == 1
        mail.send(after.client())


def test_two_processes_on_one_database_deliver_each_message_once(new_database_url: str) -> None:
    with running(new_database_url, workers=2) as one, running(new_database_url) as two:
        account = aws.new_account(one.url)
        mail.verify(account, ANN)
        servers = [account, Account(two.url, account.account_id)]
        ids = [mail.send(servers[number % 2].client()) for number in range(20)]
        for server in servers:
            server.drain()
        assert {message["id"] for message in account.messages(direction="outbound", limit=100)} == set(ids)
        assert all(timeline(account, message_id) == ["Send", "Delivery"] for message_id in ids)


def test_a_full_mailbox_loses_its_oldest_messages_only(new_database_url: str) -> None:
    with running(new_database_url, retention=10) as server:
        account = aws.new_account(server.url)
        sender = mail.client(account)
        ids = [mail.send(sender) for _ in range(25)]
        account.drain()
        assert [message["id"] for message in account.messages()] == ids[:-11:-1]
        assert timeline(account, ids[-1]) == ["Send", "Delivery"]
        assert account.inspect("GET", "/jobs")["jobs"] == []
