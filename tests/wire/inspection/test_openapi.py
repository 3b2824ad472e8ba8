"""The description of the inspection API at `/_emulator/openapi.json` is valid, whole and true."""

import json
import re
from dataclasses import is_dataclass
from typing import Any, get_args, get_type_hints

import jsonschema  # type: ignore[import-untyped]
import pytest
from openapi_spec_validator import validate

from emulator.http.inspection import ROUTES
from tests.support import configuration_sets, inspection, mail, receipt_rules, receipts, templates
from tests.support.aws import Account
from tests.support.mail import ANN, BOB

Document = dict[str, Any]

NO_JSON = ("message/rfc822", "text/html", "text/plain", "application/octet-stream")


@pytest.fixture
def document(account: Account) -> Document:
    """The description."""
    answer = inspection.ask(account, "GET", "/openapi.json")
    assert answer.headers["content-type"] == "application/json"
    return json.loads(answer.body)  # type: ignore[no-any-return]


def check(document: Document, method: str, path: str, answer: Any) -> None:
    """The answer has the schema of the route, and no member that it does not have."""
    content = document["paths"][path][method]["responses"]["200"]["content"]
    schema = {**content["application/json"]["schema"], "components": strict(document["components"])}
    jsonschema.Draft202012Validator(schema).validate(answer)


def strict(components: Document) -> Document:
    schemas = {name: {**each, "additionalProperties": False} for name, each in components["schemas"].items()}
    return {"schemas": schemas}


def test_the_description_is_valid_openapi(document: Document) -> None:
    validate(document)
    assert document["openapi"].startswith("3.1")


def test_every_route_is_described_and_named_once(document: Document) -> None:
    described = {(method, path) for path, methods in document["paths"].items() for method in methods}
    paths = {route: re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route.path) for route in ROUTES}
    expected = {(route.method.lower(), f"/_emulator{path}") for route, path in paths.items()}
    assert described == expected
    ids = [each["operationId"] for methods in document["paths"].values() for each in methods.values()]
    assert len(ids) == len(set(ids))
    assert all(each["summary"] for methods in document["paths"].values() for each in methods.values())


def test_no_two_things_have_one_name() -> None:
    kinds: dict[str, Any] = {}

    def look(kind: Any) -> None:
        if not is_dataclass(kind):
            for part in get_args(kind):
                look(part)
        elif kind.__name__ not in kinds:  # type: ignore[union-attr]
            kinds[kind.__name__] = kind  # type: ignore[union-attr]
            for hint in get_type_hints(kind).values():
                look(hint)
        assert not is_dataclass(kind) or kinds[kind.__name__] is kind  # type: ignore[union-attr]

    for route in ROUTES:
        look(route.answer)
        look(route.body)
    assert {"Message", "Receipt", "Template"} <= kinds.keys()


def test_every_answer_has_the_schema_that_is_described(account: Account, document: Document) -> None:
    sender = mail.client(account)
    data = mail.document(
        f"From: {ANN}",
        f"To: {BOB}",
        "X-SES-MESSAGE-TAGS: a=1",
        "Content-Type: multipart/mixed; boundary=b",
        body="--b\r\n\r\nhttps://a.example/ code 482913\r\n--b\r\nContent-Disposition: attachment\r\n\r\nx\r\n--b--",
    )
    message_id = mail.send_raw(sender, data)
    account.inspect("PUT", "/dns/records", {"name": f"{account.account_id}.example", "type": "TXT", "value": "v"})
    account.inspect("PUT", f"/recipients/{BOB}", {"outcome": "bounce"})
    account.inspect("PUT", f"/suppression/{BOB}", {})
    configuration_sets.create(account)
    configuration_sets.add(account)
    templates.create(sender)
    fault = account.inspect("POST", "/faults", {"operation": "SendBounce", "delay_ms": 1, "match": {"source": ANN}})
    recipient = receipts.receive(account, receipt_rules.rule("one", receipt_rules.S3))
    received = receipts.received(account, recipient)
    checked = set()
    for path, methods in document["paths"].items():
        content = methods.get("get", {}).get("responses", {}).get("200", {}).get("content", {})
        if "application/json" in content:
            of = received if path.endswith("/receipt") else message_id
            names = {"message_id": of, "identity": ANN, "address": BOB, "fault_id": fault["id"]}
            target = path.format(**names).removeprefix("/_emulator")
            query = {"address": recipient} if target.endswith("/match") else {}
            check(document, "get", path, account.inspect("GET", target, **query))
            checked.add(target)
    account.drain()
    assert {f"/messages/{message_id}", f"/messages/{message_id}/events", "/jobs", "/health"} <= checked


def test_answers_that_are_no_json_have_the_type_that_is_described(account: Account, document: Document) -> None:
    message_id = mail.send(mail.client(account), Message=mail.message("Hi", "<p>Hi</p>"))
    for part, media_type in (("raw", NO_JSON[0]), ("html", NO_JSON[1]), ("text", NO_JSON[2])):
        described = document["paths"][f"/_emulator/messages/{{message_id}}/{part}"]["get"]["responses"]["200"]
        assert list(described["content"]) == [media_type]
        answer = inspection.ask(account, "GET", f"/messages/{message_id}/{part}")
        assert answer.headers["content-type"].partition(";")[0] == media_type


def test_what_changes_something_answers_as_described(account: Account, document: Document) -> None:
    sender = mail.client(account)
    check(document, "post", "/_emulator/jobs/drain", account.inspect("POST", "/jobs/drain"))
    verified = account.inspect("POST", f"/identities/{ANN}/verify")
    check(document, "post", "/_emulator/identities/{identity}/verify", verified)
    happened = {"recipient": BOB, "type": "complaint"}
    event = account.inspect("POST", f"/messages/{mail.send(sender)}/outcomes", happened)
    check(document, "post", "/_emulator/messages/{message_id}/outcomes", event)
    read = {"read": True}
    check(document, "post", "/_emulator/messages/read", account.inspect("POST", "/messages/read", read))
    test_mail = account.inspect("POST", "/messages/test", {"from": ANN, "to": [BOB]})
    check(document, "post", "/_emulator/messages/test", test_mail)
    fault = account.inspect("POST", "/faults", {"preset": "paused-account"})
    check(document, "post", "/_emulator/faults", fault)
    account.inspect("DELETE", f"/faults/{fault['id']}")
    preview = account.inspect("POST", "/templates/preview", {"subject": "Hi"})
    check(document, "post", "/_emulator/templates/preview", preview)
    check(document, "delete", "/_emulator/messages", account.inspect("DELETE", "/messages"))
    without_answer = document["paths"]["/_emulator/messages/{message_id}"]["delete"]["responses"]
    assert "204" in without_answer
    assert "200" not in without_answer


def test_a_refusal_has_the_schema_that_is_described(account: Account, document: Document) -> None:
    answer = inspection.ask(account, "GET", "/messages/nobody")
    default = document["paths"]["/_emulator/messages/{message_id}"]["get"]["responses"]["default"]["content"]
    schema = {**default["application/problem+json"]["schema"], "components": strict(document["components"])}
    jsonschema.Draft202012Validator(schema).validate(json.loads(answer.body))


def test_the_parameters_that_are_described_are_taken(account: Account, document: Document) -> None:
    values = {"integer": "1", "number": "1", "boolean": "true"}
    for path in ("/_emulator/messages", "/_emulator/messages/wait", "/_emulator/jobs", "/_emulator/requests"):
        for parameter in document["paths"][path]["get"]["parameters"]:
            value = values.get(parameter["schema"]["type"], "2026-01-01")
            value = {"direction": "outbound", "state": "dead", "cursor": "1"}.get(parameter["name"], value)
            target = f"{path.removeprefix('/_emulator')}?{parameter['name']}={value}"
            target += "&timeout=0" if path.endswith("wait") and parameter["name"] != "timeout" else ""
            assert inspection.ask(account, "GET", target).status in (200, 408), parameter["name"]
