"""The account at `/_emulator/account`: what it may do, and saying otherwise."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from emulator.remote import Server
from tests.support import aws, inspection, mail
from tests.support.aws import Account

Start = Callable[..., Account]

# What the settings of the tests' server make of an account.
AS_SET: dict[str, Any] = {
    "region": "us-east-1",
    "sandbox": False,
    "sending_enabled": True,
    "suspended": False,
    "enforce_limits": False,
    "max_24_hour_send": 50000.0,
    "max_send_rate": 14.0,
    "api_rate_limit": 0.0,
    "verification": "manual",
    "verification_delay": 0.0,
    "sent_last_24_hours": 0.0,
}
OTHERWISE: dict[str, Any] = {
    "sandbox": True,
    "sending_enabled": False,
    "suspended": True,
    "enforce_limits": True,
    "max_24_hour_send": 7.0,
    "max_send_rate": 0.5,
    "api_rate_limit": 2.0,
    "verification": "auto",
    "verification_delay": 60.0,
}


def state(account: Account) -> Any:
    return account.inspect("GET", "/account", region=account.region)


def change(account: Account, **said: Any) -> Any:
    return account.inspect("PATCH", "/account", said, region=account.region)


def as_set(account: Account, **said: Any) -> dict[str, Any]:
    return {**AS_SET, "account": account.account_id, **said}


def test_an_account_is_as_the_settings_have_it_until_somebody_says_otherwise(account: Account) -> None:
    assert state(account) == as_set(account)
    assert change(account, **OTHERWISE) == as_set(account, **OTHERWISE)
    assert state(account) == as_set(account, **OTHERWISE)
    assert change(account, **dict.fromkeys(OTHERWISE)) == as_set(account)
    assert state(account) == as_set(account)


@pytest.mark.parametrize("name", OTHERWISE)
def test_each_is_said_by_itself_and_taken_back_by_itself(account: Account, name: str) -> None:
    for other in (key for key in ("sandbox", "max_send_rate") if key != name):
        change(account, **{other: OTHERWISE[other]})
    before = state(account)
    assert change(account, **{name: OTHERWISE[name]})[name] == OTHERWISE[name]
    assert change(account, **{name: None}) == before


def test_the_sandbox_has_limits_of_its_own_where_nobody_named_one(account: Account) -> None:
    assert change(account, sandbox=True) == as_set(account, sandbox=True, max_24_hour_send=200.0, max_send_rate=1.0)
    assert change(account, max_send_rate=3)["max_24_hour_send"] == 200
    assert change(account, sandbox=False) == as_set(account, max_send_rate=3.0)


def test_what_is_said_holds_for_one_account_in_one_region(account: Account) -> None:
    change(account, sandbox=True)
    there, other = account.elsewhere("eu-west-1"), aws.new_account(account.url)
    assert state(there) == as_set(there, region="eu-west-1")
    assert state(other) == as_set(other)


def test_without_a_name_it_is_the_default_account_in_us_east_1(account: Account) -> None:
    answer = account.inspect("GET", "/account", account=None)
    assert (answer["account"], answer["region"]) == ("000000000000", "us-east-1")


def test_the_sandbox_holds_from_the_next_call_on(account: Account) -> None:
    sender = mail.client(account)
    mail.send(sender)
    change(account, sandbox=True)
    assert mail.refused(sender) == mail.unverified(mail.BOB)
    change(account, sandbox=None)
    mail.send(sender)
    assert state(account)["sent_last_24_hours"] == 2


def test_who_verifies_identities_can_be_said_of_an_account(account: Account) -> None:
    change(account, verification="auto")
    client = account.client()
    client.verify_email_identity(EmailAddress=mail.ANN)
    mail.send(client)
    change(account, verification="manual")
    client.verify_email_identity(EmailAddress=mail.BOB)
    assert mail.refused(client, Source=mail.BOB) == mail.unverified(mail.BOB)


def test_what_aws_is_told_and_what_is_said_here_are_the_same(account: Account) -> None:
    account.client().update_account_sending_enabled(Enabled=False)
    assert state(account)["sending_enabled"] is False
    change(account, sending_enabled=True)
    assert account.client().get_account_sending_enabled()["Enabled"] is True


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ('{"sandbx": true}', "Unknown member 'sandbx'; known: sandbox, "),
        ('{"sent_last_24_hours": 0}', "Unknown member 'sent_last_24_hours'"),
        ('{"account": "123456789012"}', "Unknown member 'account'"),
        ('{"sandbox": "true"}', "sandbox must be of type bool, not 'true'."),
        ('{"sandbox": 1}', "sandbox must be of type bool, not 1."),
        ('{"max_send_rate": true}', "max_send_rate must be of type float, not True."),
        ('{"max_send_rate": 0}', "max_send_rate must be a positive number, not 0.0."),
        ('{"max_send_rate": -1}', "max_send_rate must be a positive number, not -1.0."),
        ('{"max_send_rate": NaN}', "max_send_rate must be a positive number, not nan."),
        ('{"max_send_rate": Infinity}', "max_send_rate must be a positive number, not inf."),
        ('{"max_24_hour_send": 0}', "max_24_hour_send must be a positive number, or -1 for no limit, not 0.0."),
        ('{"max_24_hour_send": -2}', "max_24_hour_send must be a positive number, or -1 for no limit, not -2.0."),
        ('{"api_rate_limit": -1}', "api_rate_limit must be a positive number, or 0 for no limit, not -1.0."),
        ('{"verification": "never"}', "verification must be auto or manual, not 'never'."),
        ('{"verification_delay": -1}', "verification_delay must be between 0 and 1000000000 seconds, not -1.0."),
        ('{"verification_delay": 1e10}', "verification_delay must be between 0 and 1000000000 seconds, not 1"),
        ('{"sandbox": true, "verification": "never"}', "verification must be auto or manual, not 'never'."),
        ("[]", "The body must be a JSON object."),
        ("sandbox=true", "The body is not JSON: "),
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(account: Account, body: str, detail: str) -> None:
    answer = inspection.ask(account, "PATCH", f"/account?account={account.account_id}", body.encode())
    assert inspection.problem(answer, 400).startswith(detail)
    assert state(account) == as_set(account)


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ("account=12345678901", "account must be 12 digits, not '12345678901'."),
        ("account=1234567890123", "account must be 12 digits, not '1234567890123'."),
        ("account=", "account must be 12 digits, not ''."),
        (
            "account=%D9%A1%D9%A1%D9%A1%D9%A1%D9%A1%D9%A1%D9%A1%D9%A1%D9%A1%D9%A1%D9%A1%D9%A1",
            "account must be 12 digits",
        ),
        ("region=us-east-9", "There is no region 'us-east-9'."),
        ("regoin=us-east-1", "Unknown query parameter 'regoin'; known: account, region."),
    ],
)
@pytest.mark.parametrize("method", ["GET", "PATCH"])
def test_an_account_or_region_that_cannot_be_is_refused(account: Account, method: str, query: str, detail: str) -> None:
    answer = inspection.ask(account, method, f"/account?{query}", b'{"sandbox": true}')
    assert inspection.problem(answer, 400).startswith(detail)


def test_a_change_of_nothing_changes_nothing(account: Account) -> None:
    answer = inspection.ask(account, "PATCH", f"/account?account={account.account_id}", b"")
    assert json.loads(answer.body) == as_set(account)


def test_a_reset_takes_back_what_was_said_and_what_was_counted(account: Account) -> None:
    there = account.elsewhere("eu-west-1")
    for each in (account, there):
        mail.send(mail.client(each))
        change(each, enforce_limits=True, max_send_rate=0.0001, api_rate_limit=0.0001)
        mail.send(each.client())
        assert mail.refused(each.client()) == ("Throttling", "Maximum sending rate exceeded.")
    account.inspect("POST", "/reset", region="us-east-1")
    assert state(account) == as_set(account)
    assert state(there)["sent_last_24_hours"] == 2
    sender = mail.client(account)
    change(account, enforce_limits=True, max_send_rate=0.0001)
    mail.send(sender)
    assert account.client().get_send_statistics()["SendDataPoints"][0]["DeliveryAttempts"] == 1


def test_a_reset_of_everything_leaves_no_account_otherwise(start: Start) -> None:
    account = start()
    change(account, sandbox=True)
    mail.send(mail.client(account, mail.ANN, mail.BOB))
    Server(account.url).ask("POST", "/reset")
    assert state(account) == as_set(account)


def test_the_settings_are_where_an_account_begins(start: Start) -> None:
    account = start(strict=True, max_send_rate=5, verification_delay=30)
    expected = {
        **AS_SET,
        "sandbox": True,
        "enforce_limits": True,
        "max_24_hour_send": 200.0,
        "max_send_rate": 5.0,
        "api_rate_limit": 1.0,
    }
    assert state(account) == {**expected, "account": account.account_id}
    said = change(account, sandbox=False, api_rate_limit=0, verification="auto")
    changed = {"sandbox": False, "max_24_hour_send": 50000.0, "api_rate_limit": 0.0, "verification": "auto"}
    assert said == {**expected, "account": account.account_id, **changed}
