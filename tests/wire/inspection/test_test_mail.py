"""A test mail goes the way of all mail, and is refused in SES's words."""

import json
from typing import Any

import pytest

from tests.support import aws, inspection, mail
from tests.support.aws import Account
from tests.support.mail import ANN, BOB


def test_a_test_mail_is_sent_as_sendemail_sends(account: Account) -> None:
    mail.client(account)
    said = {"from": f"Ann <{ANN}>", "to": [BOB, "cy@example.net"], "subject": "Try", "text": "text", "html": "<p>html"}
    message = mail.shown(account, account.inspect("POST", "/messages/test", said)["id"])
    assert (message["operation"], message["caller"], message["source"]) == ("SendEmail", "inbox", ANN)
    assert (message["to"], message["subject"], message["text"], message["html"]) == (
        [BOB, "cy@example.net"],
        "Try",
        "text",
        "<p>html",
    )
    account.drain()
    assert mail.shown(account, message["id"])["outcomes"] == ["Send", "Delivery"]


def test_a_test_mail_is_refused_as_sendemail_refuses(account: Account) -> None:
    sender = account.client()
    changes: tuple[dict[str, Any], ...] = (
        {"Source": ANN},
        {"Source": "nobody"},
        {"Destination": {"ToAddresses": []}},
        {"Destination": {"ToAddresses": ["a@b@c"]}},
        {"ConfigurationSetName": "none"},
    )
    for changed in changes:
        parameters = mail.parameters(**changed)
        said = {
            "from": parameters["Source"],
            "to": parameters["Destination"]["ToAddresses"],
            "subject": "Hi",
            "text": "Hello",
            "configuration_set": parameters.get("ConfigurationSetName"),
        }
        target = f"/messages/test?account={account.account_id}"
        answer = inspection.ask(account, "POST", target, json.dumps(said).encode())
        document = json.loads(answer.body)
        expected = aws.refusal(sender.send_email, **parameters)
        assert (document["code"], document["detail"], answer.status) == expected
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("body", "part"),
    [
        (b'{"to": ["a@b.c"]}', "The member 'from' is missing."),
        (b'{"from": "a@b.c", "to": "a@b.c"}', "to must be a list, not 'a@b.c'."),
        (b'{"from": "a@b.c", "to": [1]}', "to must be of type str, not 1."),
        (b'{"from": "a@b.c", "to": [], "attachments": []}', "Unknown member 'attachments'"),
    ],
)
def test_a_test_mail_has_the_members_that_are_described(account: Account, body: bytes, part: str) -> None:
    assert part in inspection.problem(inspection.ask(account, "POST", "/messages/test", body), 400)
