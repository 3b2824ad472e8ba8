"""What became of a message: its timeline and the statuses of its recipients, once all due work is done."""

from typing import Any, NamedTuple
from urllib.parse import quote

from tests.support.aws import Account


class Event(NamedTuple):
    """One event of a timeline."""

    type: str
    recipients: list[str]
    detail: dict[str, Any]


def events(account: Account, message_id: str) -> list[Event]:
    """The message's timeline, without the Send event that opens each."""
    account.drain()
    found = account.inspect("GET", f"/messages/{message_id}/events")["events"]
    assert found[0]["type"] == "Send"
    return [Event(each["type"], each["recipients"], each["detail"]) for each in found[1:]]


def types(account: Account, message_id: str) -> list[str]:
    """The types of those events."""
    return [event.type for event in events(account, message_id)]


def statuses(account: Account, message_id: str) -> dict[str, str]:
    """What became of the message, by recipient."""
    account.drain()
    found = account.inspect("GET", f"/messages/{message_id}")["recipients"]
    return {each["address"]: each["status"] for each in found}


def standing(account: Account, address: str, outcome: str, **detail: str) -> dict[str, Any]:
    """The address has this outcome from now on; the answer."""
    body = {"outcome": outcome, **detail}
    return account.inspect("PUT", f"/recipients/{quote(address)}", body)  # type: ignore[no-any-return]


def happen(account: Account, message_id: str, recipient: str, type_: str, **detail: str) -> dict[str, Any]:
    """This has happened to the message at the recipient; the event."""
    body = {"recipient": recipient, "type": type_, **detail}
    return account.inspect("POST", f"/messages/{message_id}/outcomes", body)  # type: ignore[no-any-return]


def suppressed(account: Account, **query: str) -> dict[str, str]:
    """The reasons on a suppression list, by address."""
    found = account.inspect("GET", "/suppression", **query)["suppressed"]
    return {each["address"]: each["reason"] for each in found}


def statistics(account: Account) -> dict[str, float]:
    """Bounces, complaints and rejects of the account, all in all."""
    account.drain()
    points = account.client().get_send_statistics()["SendDataPoints"]
    return {name: sum(point[name] for point in points) for name in ("Bounces", "Complaints", "Rejects")}
