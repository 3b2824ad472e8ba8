"""The routes of the suppression lists."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.support import inspection, outcomes
from tests.support.aws import Account

BOB = "bob@example.net"


def _refused(account: Account, method: str, target: str, body: Any = None, status: int = 400) -> str:
    separator = "&" if "?" in target else "?"
    target = f"{target}{separator}account={account.account_id}"
    return inspection.problem(inspection.ask(account, method, target, json.dumps(body or {}).encode()), status)


def test_an_address_is_put_on_the_list_shown_and_taken_off(account: Account) -> None:
    put = account.inspect("PUT", f"/suppression/{BOB}", {"reason": "COMPLAINT"})
    assert {name: value for name, value in put.items() if name != "updated_at"} == {
        "address": BOB,
        "reason": "COMPLAINT",
        "list": "account",
        "message_id": None,
        "feedback_id": None,
    }
    assert account.inspect("GET", "/suppression/bob@EXAMPLE.net") == put
    assert account.inspect("GET", "/suppression") == {"suppressed": [put]}
    account.inspect("DELETE", "/suppression/bob@Example.net")
    assert account.inspect("GET", "/suppression") == {"suppressed": []}


def test_the_reason_is_a_bounce_unless_it_is_said(account: Account) -> None:
    assert account.inspect("PUT", f"/suppression/{BOB}", {})["reason"] == "BOUNCE"


def test_the_last_reason_holds_and_the_list_keeps_its_order(account: Account) -> None:
    for address, reason in ((BOB, "BOUNCE"), ("ann@example.net", "BOUNCE"), (BOB, "COMPLAINT")):
        account.inspect("PUT", f"/suppression/{address}", {"reason": reason})
    assert list(outcomes.suppressed(account).items()) == [(BOB, "COMPLAINT"), ("ann@example.net", "BOUNCE")]


def test_the_shared_list_is_one_for_all_and_not_the_accounts(start: Callable[..., Account]) -> None:
    account = start()
    account.inspect("PUT", f"/suppression/{BOB}", {}, list="global")
    assert outcomes.suppressed(account) == {}
    there = account.elsewhere("eu-west-1")
    assert there.inspect("GET", f"/suppression/{BOB}", list="global")["list"] == "global"
    there.inspect("DELETE", f"/suppression/{BOB}", list="global")
    assert outcomes.suppressed(account, list="global") == {}


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_an_address_that_is_not_suppressed_is_not_found(account: Account, method: str) -> None:
    detail = _refused(account, method, f"/suppression/{BOB}", status=404)
    assert detail == f"There is no suppressed address '{BOB}'."


@pytest.mark.parametrize(
    ("target", "body", "detail"),
    [
        (f"/suppression/{BOB}", {"reason": "DISLIKE"}, "reason must be BOUNCE or COMPLAINT on the account list, not"),
        (f"/suppression/{BOB}", {"reason": "bounce"}, "reason must be BOUNCE or COMPLAINT on the account list, not"),
        (f"/suppression/{BOB}?list=global", {"reason": "COMPLAINT"}, "reason must be BOUNCE on the global list, not"),
        (f"/suppression/{BOB}?list=mine", {}, "list must be account or global, not 'mine'."),
        ("/suppression/bob", {}, "'bob' is no e-mail address."),
        ("/suppression/Bob%20<bob@example.net>", {}, "'Bob <bob@example.net>' is no e-mail address."),
        (f"/suppression/{BOB}", {"because": "x"}, "Unknown member 'because'; known: reason."),
    ],
)
def test_what_makes_no_sense_is_refused(account: Account, target: str, body: Any, detail: str) -> None:
    assert _refused(account, "PUT", target, body).startswith(detail)
    assert outcomes.suppressed(account) == {}
