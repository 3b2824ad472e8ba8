"""Two servers on one database are one SES: together they accept what the quota allows, and not one more."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

import emulator
from tests.support import aws, xml
from tests.support.aws import Account
from tests.support.mail import ANN, BOB

FORM = {
    "Source": ANN,
    "Destination.ToAddresses.member.1": BOB,
    "Message.Subject.Data": "Hi",
    "Message.Body.Text.Data": "Hello",
}
DAY_IS_OVER = (400, "Throttling", "Daily message quota exceeded.")
QUOTA = 60
THREADS = 12


@pytest.fixture
def urls(new_database_url: str) -> Iterator[list[str]]:
    """Two servers, one of them of two processes, that enforce a quota and not much of a rate."""
    settings = {"enforce_limits": True, "max_24_hour_send": QUOTA, "max_send_rate": 100_000, "log_level": "error"}
    with ExitStack() as stack:
        given = {"database_url": new_database_url, "verified_identities": "*", **settings}
        yield [stack.enter_context(emulator.running(**given, workers=workers)).url for workers in (2, 1)]


def send(account: Account) -> object:
    """None when it was accepted, else how it was refused."""
    answer = account.query("SendEmail", FORM)
    return None if answer.status == 200 else xml.refusal(answer)


def test_two_servers_accept_exactly_the_quota(urls: list[str]) -> None:
    account = aws.new_account(urls[0])
    servers = [Account(url, account.account_id) for url in urls]
    with ThreadPoolExecutor(THREADS) as callers:
        answers = Counter(callers.map(send, servers * QUOTA))
    assert answers == {None: QUOTA, DAY_IS_OVER: QUOTA}
    assert [each.client().get_send_quota()["SentLast24Hours"] for each in servers] == [QUOTA, QUOTA]
    account.drain()
    assert len(account.messages(direction="outbound", limit=2 * QUOTA)) == QUOTA


def test_accounts_do_not_get_in_each_others_way(urls: list[str]) -> None:
    accounts = [aws.new_account(urls[0]) for _ in range(4)]
    servers = [Account(url, account.account_id) for url in urls for account in accounts]
    with ThreadPoolExecutor(THREADS) as callers:
        answers = Counter(callers.map(send, (servers + servers[::-1]) * (QUOTA // 3)))
    assert answers == {None: 4 * QUOTA, DAY_IS_OVER: 4 * QUOTA // 3}
    for account in accounts:
        assert account.client().get_send_quota()["SentLast24Hours"] == QUOTA


def test_two_servers_let_one_call_of_a_rate_pass(urls: list[str]) -> None:
    account = aws.new_account(urls[0])
    account.inspect("PATCH", "/account", {"api_rate_limit": 0.0001})
    servers = [Account(url, account.account_id) for url in urls] * 10
    with ThreadPoolExecutor(THREADS) as callers:
        codes = Counter(callers.map(lambda each: xml.code(each.query("ListIdentities")), servers))
    assert codes == {None: 1, "Throttling": len(servers) - 1}
