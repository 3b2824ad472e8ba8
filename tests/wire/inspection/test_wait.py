"""Waiting for mail: the answer comes with the message, or 408 when the time is up."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from emulator.remote import TimeIsUp
from tests.support import inspection, mail
from tests.support.aws import Account
from tests.support.mail import ANN, BOB, document


def waiting(account: Account, **query: Any) -> "tuple[Future[Any], threading.Event]":
    """A wait that has begun, on a thread of its own."""
    begun = threading.Event()

    def wait() -> Any:
        begun.set()
        return account.inspect("GET", "/messages/wait", timeout=30, **query)

    pool = ThreadPoolExecutor(1)
    future = pool.submit(wait)
    pool.shutdown(wait=False)
    assert begun.wait(10)
    return future, begun


def test_what_is_there_already_is_answered_at_once(account: Account) -> None:
    message_id = mail.send(mail.client(account))
    answer = account.inspect("GET", "/messages/wait", direction="outbound", timeout=0)
    assert [message["id"] for message in answer["messages"]] == [message_id]
    assert answer["messages"][0]["headers"]


def test_the_answer_comes_with_the_message(account: Account) -> None:
    sender = mail.client(account)
    future, _ = waiting(account, subject="awaited")
    mail.send(sender)
    assert not future.done()
    message_id = mail.send(sender, Message=mail.message(subject="the awaited one"))
    assert future.result(10)["messages"][0]["id"] == message_id


def test_several_messages_can_be_waited_for(account: Account) -> None:
    sender = mail.client(account)
    future, _ = waiting(account, to=BOB, count=3)
    ids = [mail.send(sender) for _ in range(3)]
    answer = future.result(10)
    assert [message["id"] for message in answer["messages"]] == ids[::-1]
    assert answer["total"] == 3


def test_only_what_is_newer_than_a_message_counts(account: Account) -> None:
    sender = mail.client(account)
    old = mail.send(sender)
    future, _ = waiting(account, after=old)
    new = mail.send(sender)
    assert [message["id"] for message in future.result(10)["messages"]] == [new]


@pytest.mark.parametrize("send", [mail.send_raw])
def test_words_of_a_raw_message_are_found_once_it_is_read(account: Account, send: Callable[..., str]) -> None:
    sender = mail.client(account)
    future, _ = waiting(account, q="needle")
    message_id = send(sender, document(f"From: {ANN}", f"To: {BOB}", body="hay needle hay"))
    assert future.result(10)["messages"][0]["id"] == message_id


def test_mail_of_another_account_is_not_waited_for(account: Account) -> None:
    other = Account(account.url, "111122223333")
    mail.send(mail.client(other))
    with pytest.raises(TimeIsUp):
        account.inspect("GET", "/messages/wait", timeout=0.1)


def test_when_the_time_is_up_a_problem_says_what_came(account: Account) -> None:
    sender = mail.client(account)
    mail.send(sender)
    target = f"/messages/wait?account={account.account_id}&to={BOB}&count=2&timeout=0.1"
    detail = inspection.problem(inspection.ask(account, "GET", target), 408)
    assert detail == "1 of 2 messages came within 0.1 seconds."


@pytest.mark.parametrize(
    "query",
    ["count=0", "count=501", "count=x", "timeout=-1", "timeout=61", "timeout=nan", "timeout=inf", "timeout=soon"],
)
def test_waiting_has_its_bounds(account: Account, query: str) -> None:
    inspection.problem(inspection.ask(account, "GET", f"/messages/wait?{query}"), 400)


def test_a_call_is_answered_while_many_wait(account: Account) -> None:
    sender = mail.client(account)
    futures = [waiting(account, subject="go")[0] for _ in range(20)]
    assert sender.list_identities()["Identities"] == [ANN]
    mail.send(sender, Message=mail.message(subject="go"))
    assert all(future.result(20)["total"] == 1 for future in futures)
