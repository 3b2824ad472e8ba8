"""What happens is told while it happens, to all who listen."""

import http.client
from collections.abc import Callable
from contextlib import ExitStack

import pytest

from tests.support import aws, inspection, mail, processes, stream
from tests.support.aws import Account
from tests.support.mail import BOB


def test_a_message_and_what_happens_to_it_are_told(account: Account) -> None:
    sender = mail.client(account)
    with stream.opened(account, account=account.account_id) as told:
        message_id = mail.send(sender)
        place = {"account": account.account_id, "region": "us-east-1"}
        assert told.next() == ("message", {"id": message_id, **place, "direction": "outbound"})
        happened = [told.next("event")[1] for _ in range(2)]
        assert [(each["type"], each["message_id"]) for each in happened] == [
            ("Send", message_id),
            ("Delivery", message_id),
        ]
        assert {key: happened[0][key] for key in place} == place
        event = account.inspect("POST", f"/messages/{message_id}/outcomes", {"recipient": BOB, "type": "complaint"})
        assert told.next("event")[1]["id"] == event["id"]


def test_a_stream_is_one_of_server_sent_events_and_is_not_kept(account: Account) -> None:
    with stream.opened(account) as told:
        headers = {name.lower(): value for name, value in told.response.getheaders()}
        assert headers["content-type"] == "text/event-stream; charset=utf-8"
        assert headers["cache-control"] == "no-store"
        assert "content-length" not in headers
        assert told.response.readline() == b"retry: 1000\n"


def test_only_what_was_asked_for_is_told(account: Account) -> None:
    other = aws.new_account(account.url)
    there = account.elsewhere("eu-west-1")
    with stream.opened(account, account=account.account_id, region="eu-west-1") as told:
        mail.send(mail.client(other))
        mail.send(mail.client(account))
        message_id = mail.send(mail.client(there))
        told.next("message")  # the request to verify, there
        assert told.next("message")[1]["id"] == message_id


def test_what_is_deleted_is_told(start: Callable[..., Account]) -> None:
    account = start()
    sender = mail.client(account, "example.com")
    first, second, third = (mail.send(sender) for _ in range(3))
    account.drain()
    with stream.opened(account) as told:
        account.inspect("DELETE", f"/messages/{third}")
        assert told.next() == ("deleted", {})
        account.inspect("DELETE", f"/messages/{first}")
        assert told.next() == ("deleted", {})
        account.inspect("DELETE", "/messages")
        assert told.next() == ("deleted", {})
        message_id = mail.send(sender)
        assert told.next("message")[1]["id"] == message_id
    assert second


def test_more_may_listen_than_there_are_threads(start: Callable[..., Account]) -> None:
    account = start()
    sender = mail.client(account)
    with ExitStack() as stack:
        all_of_them = [stack.enter_context(stream.opened(account)) for _ in range(80)]
        message_id = mail.send(sender)
        assert {told.next("message")[1]["id"] for told in all_of_them} == {message_id}


def test_who_hung_up_is_forgotten_and_others_are_told(account: Account) -> None:
    sender = mail.client(account)
    with stream.opened(account, account=account.account_id) as told:
        with stream.opened(account):
            pass
        message_id = mail.send(sender)
        assert told.next("message")[1]["id"] == message_id


def test_what_another_process_does_is_told(start: Callable[..., Account]) -> None:
    account = start(workers=2)
    sender = mail.client(account)
    with ExitStack() as stack:
        all_of_them = [stack.enter_context(stream.opened(account)) for _ in range(8)]
        message_id = mail.send(sender)
        assert {told.next("message")[1]["id"] for told in all_of_them} == {message_id}


def test_a_server_that_stops_ends_its_streams() -> None:
    with processes.serving("--ephemeral") as process:
        account = aws.new_account(process.url)
        with stream.opened(account) as told:
            process.popen.terminate()
            with pytest.raises((EOFError, http.client.IncompleteRead)):
                told.next()
            assert process.popen.wait(processes.SECONDS) == 0


def test_who_asks_for_the_head_alone_has_no_stream(account: Account) -> None:
    answer = inspection.ask(account, "HEAD", "/stream")
    assert (answer.status, answer.body) == (200, b"")


def test_a_stream_of_something_else_is_refused(account: Account) -> None:
    detail = inspection.problem(inspection.ask(account, "GET", "/stream?direction=inbound"), 400)
    assert detail == "Unknown query parameter 'direction'; known: account, region."
