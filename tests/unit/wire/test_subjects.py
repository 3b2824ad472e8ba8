"""Whom and what a call concerns, by its parameters."""

from typing import Any

import pytest

from emulator.wire import subjects

ANN, BOB = "ann@Example.com", "bob@example.net"
MESSAGE = f"From: Ann <{ANN}>\r\nTo: Bob <{BOB}>, carl@example.net\r\nX-SES-CONFIGURATION-SET: news\r\n\r\nHi".encode()


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        (
            {"Source": f"Ann <{ANN}>", "Destination": {"ToAddresses": [BOB], "BccAddresses": ["dora@example.net"]}},
            {"source": {ANN}, "identity": {ANN, "example.com"}, "recipient": {BOB, "dora@example.net"}},
        ),
        (
            {"Source": ANN, "Template": "hi", "Destinations": [{"Destination": {"CcAddresses": [BOB]}}, {}]},
            {"source": {ANN}, "identity": {ANN, "example.com"}, "recipient": {BOB}, "template": {"hi"}},
        ),
        (
            {"RawMessage": {"Data": MESSAGE}},
            {
                "source": {ANN},
                "identity": {ANN, "example.com"},
                "recipient": {BOB, "carl@example.net"},
                "configuration_set": {"news"},
            },
        ),
        (
            {"RawMessage": {"Data": MESSAGE}, "Source": BOB, "Destinations": [ANN], "ConfigurationSetName": "mine"},
            {
                "source": {BOB},
                "identity": {BOB, "example.net"},
                "recipient": {ANN},
                "configuration_set": {"mine"},
            },
        ),
        ({"RawMessage": {"Data": b"no header at all"}}, {}),
        ({"RawMessage": {}, "Source": "@@", "Destination": {}}, {}),
        ({"Identity": "example.com"}, {"identity": {"example.com"}}),
        ({"Identities": ["a@b.c", "example.com"]}, {"identity": {"a@b.c", "example.com"}}),
        ({"EmailAddress": BOB, "TemplateName": "hi"}, {"identity": {BOB}, "template": {"hi"}}),
        ({"Template": {"TemplateName": "hi"}}, {"template": {"hi"}}),
        ({"ConfigurationSet": {"Name": "news"}}, {"configuration_set": {"news"}}),
        (
            {"BounceSender": ANN, "BouncedRecipientInfoList": [{"Recipient": BOB}, {}]},
            {"source": {ANN}, "identity": {ANN, "example.com"}, "recipient": {BOB}},
        ),
    ],
)
def test_a_call_concerns_what_its_parameters_name(parameters: dict[str, Any], expected: dict[str, set[str]]) -> None:
    assert {kind: names for kind, names in subjects.of_call(parameters).items() if names} == expected
