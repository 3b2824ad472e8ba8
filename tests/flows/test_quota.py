"""An account that meets its limits, and what a passing of time gives back."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from emulator.remote import Server
from tests.support import aws, mail
from tests.support.aws import Account
from tests.support.mail import ANN

Start = Callable[..., Account]

DAY_IS_OVER = ("Throttling", "Daily message quota exceeded.")
TOO_FAST = ("Throttling", "Maximum sending rate exceeded.")
NOON = "2030-01-01T12:00:00Z"


def set_clock(account: Account, now: str) -> None:
    """The clock stands still at that time."""
    Server(account.url).ask("PUT", "/clock", body={"now": now, "frozen": True})


def sent(sender: Any) -> float:
    """What the account used of its quota."""
    return sender.get_send_quota()["SentLast24Hours"]  # type: ignore[no-any-return]


def to(count: int) -> dict[str, Any]:
    """So many recipients, each at a verified domain."""
    return {"ToAddresses": [f"r{number}@example.com" for number in range(count)]}


def test_a_strict_account_meets_its_rate_then_its_quota_and_recovers(start: Start) -> None:
    account = start(strict=True, api_rate_limit="off")
    sender = mail.client(account, ANN, "example.com")
    set_clock(account, NOON)
    mail.send(sender, Destination=to(1))
    assert mail.refused(sender, Destination=to(1)) == TOO_FAST
    account.advance("PT0.999S")
    assert mail.refused(sender, Destination=to(1)) == TOO_FAST
    account.advance("PT0.001S")
    for _ in range(3):
        mail.send(sender, Destination=to(50))  # with all its recipients, who are missing afterwards
        account.advance("PT49.999S")
        assert mail.refused(sender, Destination=to(1)) == TOO_FAST
        account.advance("PT0.001S")
    mail.send(sender, Destination=to(48))
    account.advance("PT1H")
    assert sent(sender) == 199
    mail.send(sender, Destination=to(50))
    assert sent(sender) == 249
    account.advance("PT1H")
    assert mail.refused(sender, Destination=to(1)) == DAY_IS_OVER
    account.advance("PT21H56M")  # the first mails are 24 hours old but for a moment
    assert mail.refused(sender, Destination=to(1)) == DAY_IS_OVER
    account.advance("PT5M")
    assert sent(sender) == 50
    mail.send(sender, Destination=to(1))
    assert sent(sender) == 51


def test_an_idle_account_saves_up_one_second_of_its_rate(start: Start) -> None:
    account = start(enforce_limits=True, max_send_rate=3, verified_identities="*")
    sender = account.client()
    set_clock(account, NOON)
    for _ in range(2):
        account.advance("PT1H")
        for _ in range(3):
            mail.send(sender)
        assert mail.refused(sender) == TOO_FAST


def test_the_emulated_clock_gives_an_operation_its_calls_back(start: Start) -> None:
    account = start(api_rate_limit=1)
    set_clock(account, NOON)
    client = account.client()
    client.list_identities()
    assert aws.refusal(client.list_identities)[0] == "Throttling"
    account.advance("PT1S")
    client.list_identities()
    assert aws.refusal(client.list_identities)[0] == "Throttling"


def test_a_clock_that_was_set_back_blocks_nobody(start: Start) -> None:
    settings = {"enforce_limits": True, "max_send_rate": 1, "max_24_hour_send": 2, "api_rate_limit": 1}
    account = start(verified_identities="*", **settings)
    sender = account.client()
    set_clock(account, NOON)
    mail.send(sender, Destination=to(50))
    sender.list_identities()
    assert mail.refused(sender) == DAY_IS_OVER
    set_clock(account, "2029-01-01T12:00:00Z")
    assert sent(sender) == 0
    sender.list_identities()
    for _ in range(2):
        mail.send(sender)
        assert mail.refused(sender)[0] == "Throttling"
        account.advance("PT1S")
    assert mail.refused(sender) == DAY_IS_OVER
    account.advance("P365D")
    assert mail.refused(sender) == DAY_IS_OVER  # what was sent here stands
    account.advance("P1D")
    mail.send(sender)


def test_limits_that_are_raised_hold_for_the_next_call(start: Start) -> None:
    account = start(strict=True, api_rate_limit="off", verified_identities="*")
    sender = account.client()
    set_clock(account, NOON)
    mail.send(sender)
    assert mail.refused(sender) == TOO_FAST
    account.inspect("PATCH", "/account", {"max_send_rate": 1000})
    account.advance("PT0.001S")
    mail.send(sender)
    account.inspect("PATCH", "/account", {"max_24_hour_send": 2})
    assert mail.refused(sender) == DAY_IS_OVER
    account.inspect("PATCH", "/account", {"enforce_limits": False})
    mail.send(sender)


def test_statistics_are_kept_for_two_weeks_in_quarters_of_an_hour(start: Start) -> None:
    account = start(verified_identities="*")
    sender = account.client()
    set_clock(account, NOON)
    noon = datetime.fromisoformat(NOON)

    def points() -> list[tuple[timedelta, int]]:
        found = sender.get_send_statistics()["SendDataPoints"]
        assert all((each["Bounces"], each["Complaints"], each["Rejects"]) == (0, 0, 0) for each in found)
        return [(each["Timestamp"] - noon, each["DeliveryAttempts"]) for each in found]

    mail.send(sender)
    account.advance("PT14M59.999S")
    mail.send(sender, Destination=to(2))
    account.advance("PT0.001S")
    mail.send(sender, Destination=to(4))
    account.advance("P1D")
    mail.send(sender, Destination=to(8))
    quarter, day = timedelta(minutes=15), timedelta(days=1)
    expected = [(timedelta(0), 3), (quarter, 4), (day + quarter, 8)]
    assert points() == expected
    account.advance("P12DT23H44M")
    assert points() == expected
    account.advance("PT1M")
    assert points()[1:] == expected[1:]
    account.advance("PT15M")
    assert points() == expected[2:]
    account.advance("P14D")
    assert points() == []


def test_mail_that_is_delivered_later_makes_no_point_of_its_own(start: Start) -> None:
    account = start(verified_identities="*")
    sender = account.client()
    set_clock(account, NOON)
    mail.send(sender)
    account.advance("PT1H")
    account.drain()
    assert len(sender.get_send_statistics()["SendDataPoints"]) == 1
