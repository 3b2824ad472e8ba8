"""What inspection refuses, it refuses with a problem document (RFC 9457)."""

import json

import pytest

from tests.support import inspection
from tests.support.aws import Account


@pytest.mark.parametrize(
    ("target", "named"),
    [
        ("/messages?limit=many", "limit"),
        ("/messages?since=yesterday", "since"),
        ("/messages?since=2026-13-01", "since"),
        ("/messages?direction=sideways", "direction"),
        ("/messages?colour=red", "colour"),
        ("/messages?from_=x", "from_"),
        ("/messages/latest?colour=red", "colour"),
        ("/messages/wait?timeout=soon", "timeout"),
        ("/jobs?state=tired", "state"),
        ("/requests?limit=3", "limit"),
        ("/messages?q=a%00b", "q"),
        ("/messages?account=%00", "account"),
    ],
)
def test_a_bad_query_is_refused_by_name(account: Account, target: str, named: str) -> None:
    assert named in inspection.problem(inspection.ask(account, "GET", target), 400)


@pytest.mark.parametrize("target", ["/recipients/bob@example.net", "/suppression/bob@example.net"])
@pytest.mark.parametrize("scope", ["account=1234567890123", f"region={'x1' * 3_000}"])
def test_an_account_or_region_that_none_can_be_is_refused(account: Account, target: str, scope: str) -> None:
    answer = inspection.ask(account, "PUT", f"{target}?{scope}", b'{"outcome": "bounce"}')
    assert scope.partition("=")[0] in inspection.problem(answer, 400)


def test_an_unknown_parameter_is_answered_with_the_known_ones(account: Account) -> None:
    detail = inspection.problem(inspection.ask(account, "GET", "/jobs?stat=dead"), 400)
    assert detail == "Unknown query parameter 'stat'; known: account, region, state."


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("GET", "/nothing"),
        ("GET", "/messages/x/y/z"),
        ("POST", "/messages"),
        ("PUT", "/health"),
        ("DELETE", "/clock"),
        ("PATCH", "/messages/latest"),
        ("GET", "/../messages"),
        ("GET", ""),
        ("GET", "/"),
    ],
)
def test_a_route_that_is_not_there_is_not_found(account: Account, method: str, target: str) -> None:
    inspection.problem(inspection.ask(account, method, target), 404)


@pytest.mark.parametrize(
    "target", ["/messages/nobody", "/messages/nobody/raw", "/messages/nobody/events", "/identities/nobody/verification"]
)
def test_a_thing_that_is_not_there_is_not_found(account: Account, target: str) -> None:
    assert "nobody" in inspection.problem(inspection.ask(account, "GET", target), 404)


@pytest.mark.parametrize("target", ["/messages/%00", "/messages/%00/raw", "/identities/%00/verification"])
def test_a_nul_in_a_path_is_refused(account: Account, target: str) -> None:
    inspection.problem(inspection.ask(account, "GET", target), 400)


def test_a_path_in_no_charset_is_not_found(account: Account) -> None:
    inspection.problem(inspection.ask(account, "GET", "/messages/%ff%fe"), 404)


@pytest.mark.parametrize(
    ("method", "target", "body"),
    [
        ("POST", "/clock/advance", b"{"),
        ("POST", "/clock/advance", b"\xff\xfe"),
        ("POST", "/clock/advance", b"[]"),
        ("POST", "/clock/advance", b"null"),
        ("POST", "/clock/advance", b""),
        ("POST", "/clock/advance", b'{"hours": 1}'),
        ("POST", "/clock/advance", b'{"seconds": "1"}'),
        ("POST", "/clock/advance", b'{"seconds": true}'),
        ("POST", "/clock/advance", b'{"seconds": 1, "duration": "PT1S"}'),
        ("POST", "/clock/advance", b'{"seconds": -1}'),
        ("POST", "/clock/advance", b'{"seconds": NaN}'),
        ("POST", "/clock/advance", b'{"seconds": 1' + b"0" * 400 + b"}"),
        ("POST", "/clock/advance", b'{"duration": "tomorrow"}'),
        ("POST", "/clock/advance", b"[" * 100_000),
        ("PUT", "/clock", b'{"now": 1}'),
        ("PUT", "/clock", b'{"now": "noon"}'),
        ("PUT", "/clock", b'{"frozen": "yes"}'),
        ("PUT", "/dns/records", b'{"name": "x.example", "type": "TXT"}'),
        ("PUT", "/dns/records", b'{"name": "x.example", "type": "TXT", "value": "\\ud800"}'),
        ("PUT", "/dns/records", b'{"name": "x\\u0000.example", "type": "TXT", "value": "v"}'),
    ],
)
def test_a_bad_body_is_refused_and_changes_nothing(account: Account, method: str, target: str, body: bytes) -> None:
    inspection.problem(inspection.ask(account, method, target, body), 400)
    assert inspection.ask(account, "GET", "/health").status == 200


def test_a_problem_has_the_title_of_its_status(account: Account) -> None:
    answer = inspection.ask(account, "GET", "/messages/nobody")
    assert json.loads(answer.body)["title"] == "Not Found"
