"""The routes of the faults."""

import json
from typing import Any

import pytest

from tests.support import faults, inspection
from tests.support.aws import Account

THROTTLED = {"operation": "SendEmail", "code": "Throttling"}


def refused(account: Account, method: str, target: str, body: Any = None, status: int = 400) -> str:
    return inspection.problem(inspection.ask(account, method, target, json.dumps(body or {}).encode()), status)


def test_a_fault_is_made_shown_and_removed(account: Account) -> None:
    made = account.inspect("POST", "/faults", {**THROTTLED, "times": 2, "match": {"recipient": "*@example.net"}})
    matched = dict.fromkeys(("identity", "source", "configuration_set", "template", "listener"))
    assert {name: value for name, value in made.items() if name not in ("id", "created_at")} == {
        "account": account.account_id,
        "region": None,
        "preset": None,
        "operation": "SendEmail",
        "code": "Throttling",
        "status": 400,
        "message": None,
        "delay_ms": 0,
        "drop": None,
        "truncate": False,
        "times": 2,
        "remaining": 2,
        "hits": 0,
        "probability": None,
        "seed": None,
        "match": {**matched, "recipient": "*@example.net"},
    }
    assert account.inspect("GET", "/faults") == {"faults": [made]}
    assert account.inspect("GET", f"/faults/{made['id']}") == made
    account.inspect("DELETE", f"/faults/{made['id']}")
    assert account.inspect("GET", "/faults") == {"faults": []}


def test_a_fault_that_is_used_up_is_there_until_it_is_removed(account: Account) -> None:
    fault = faults.ask(account, "GetSendQuota", code="Throttling", times=1)
    assert [account.query("GetSendQuota").status for _ in range(2)] == [400, 200]
    (shown,) = account.inspect("GET", "/faults")["faults"]
    assert (shown["id"], shown["hits"], shown["remaining"]) == (fault, 1, 0)


def test_the_list_shows_everybodys_faults_and_an_account_removes_only_its_own(account: Account) -> None:
    with faults.everybodys(account, operation="ListReceiptFilters", delay_ms=1) as everybodys:
        mine = faults.ask(account, **THROTTLED)
        there = account.elsewhere("eu-west-1").inspect("POST", "/faults", THROTTLED, region="eu-west-1")["id"]

        def listed(**query: str) -> list[str]:
            return [each["id"] for each in account.inspect("GET", "/faults", **query)["faults"]]

        assert listed() == [everybodys, mine, there]
        assert listed(region="us-east-1") == [everybodys, mine]
        account.inspect("DELETE", "/faults", region="eu-west-1")
        assert listed() == [everybodys, mine]
        account.inspect("DELETE", "/faults")
        assert listed() == [everybodys]


def test_a_seed_is_made_where_none_is_given_so_that_the_sequence_can_be_had_again(account: Account) -> None:
    fault = account.inspect("POST", "/faults", {**THROTTLED, "probability": 0.5})
    assert isinstance(fault["seed"], int)
    assert account.inspect("POST", "/faults", {**THROTTLED, "probability": 1, "seed": 7})["seed"] == 7


def test_a_preset_shows_how_calls_of_aws_fail(account: Account) -> None:
    storm = account.inspect("POST", "/faults", {"preset": "throttling-storm", "times": 3})
    assert (storm["preset"], storm["operation"], storm["code"], storm["probability"], storm["times"]) == (
        "throttling-storm",
        "*",
        "Throttling",
        0.8,
        3,
    )
    paused = account.inspect("POST", "/faults", {"preset": "paused-account"})
    assert (paused["preset"], paused["operation"], paused["region"]) == ("paused-account", None, "us-east-1")


@pytest.mark.parametrize("fault", ["999999999", "9" * 30])
def test_a_fault_that_is_not_there_is_not_found(account: Account, fault: str) -> None:
    for method in ("GET", "DELETE"):
        assert refused(account, method, f"/faults/{fault}", status=404) == f"There is no fault '{fault}'."


@pytest.mark.parametrize(
    ("target", "body", "detail"),
    [
        ("/faults", {**THROTTLED, "code": "Throtling"}, "SendEmail has no error 'Throtling'; did you mean Throttling?"),
        ("/faults", {**THROTTLED, "status": 429}, "Throttling comes with the status 400, not 429."),
        ("/faults", {**THROTTLED, "time": 2}, "Unknown member 'time'; known: preset, operation, code, "),
        ("/faults", {**THROTTLED, "times": "2"}, "times must be of type int, not '2'."),
        ("/faults", {**THROTTLED, "match": []}, "match must be a JSON object, not []."),
        ("/faults", {**THROTTLED, "match": {"to": "x"}}, "Unknown member of match 'to'; known: identity, "),
        ("/faults", {**THROTTLED, "match": {"source": 1}}, "source must be of type str, not 1."),
        ("/faults?account=1", THROTTLED, "account must be 12 digits, not '1'."),
        ("/faults?region=mars-1", THROTTLED, "There is no region 'mars-1'."),
    ],
)
def test_what_makes_no_sense_is_refused(account: Account, target: str, body: Any, detail: str) -> None:
    assert refused(account, "POST", target, body).startswith(detail)
    assert account.inspect("GET", "/faults") == {"faults": []}
