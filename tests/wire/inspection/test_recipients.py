"""The routes of standing outcomes, and of what happens to one message."""

import json
from typing import Any

import pytest

from tests.support import inspection, mail, outcomes, templates
from tests.support.aws import Account

BOB = mail.BOB


def _put(account: Account, address: str, body: Any, status: int = 400) -> str:
    target = f"/recipients/{address}?account={account.account_id}"
    return inspection.problem(inspection.ask(account, "PUT", target, json.dumps(body).encode()), status)


def _post(account: Account, message_id: str, body: Any, status: int = 400) -> str:
    target = f"/messages/{message_id}/outcomes?account={account.account_id}"
    return inspection.problem(inspection.ask(account, "POST", target, json.dumps(body).encode()), status)


def test_a_standing_outcome_is_shown_as_it_was_given(account: Account) -> None:
    put = outcomes.standing(account, "Bob@EXAMPLE.net", "bounce", bounce_type="Transient", status="4.2.2")
    assert put == account.inspect("GET", "/recipients/Bob@example.NET")
    assert {name: value for name, value in put.items() if value is not None} == {
        "address": "Bob@example.net",
        "outcome": "bounce",
        "bounce_type": "Transient",
        "status": "4.2.2",
    }


def test_the_last_one_given_holds(account: Account) -> None:
    outcomes.standing(account, BOB, "bounce", bounce_type="Transient")
    outcomes.standing(account, BOB, "complaint")
    [shown] = account.inspect("GET", "/recipients")["recipients"]
    assert (shown["address"], shown["outcome"], shown["bounce_type"]) == (BOB, "complaint", None)


def test_the_list_is_by_address(account: Account) -> None:
    for address in ("zoe@example.net", "@example.org", "a/b@example.net"):
        outcomes.standing(account, address, "delivery")
    shown = account.inspect("GET", "/recipients")["recipients"]
    assert [each["address"] for each in shown] == ["@example.org", "a/b@example.net", "zoe@example.net"]


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_an_address_without_one_is_not_found(account: Account, method: str) -> None:
    answer = inspection.ask(account, method, f"/recipients/{BOB}?account={account.account_id}")
    assert inspection.problem(answer, 404) == f"There is no standing outcome of '{BOB}'."


@pytest.mark.parametrize("address", ["bob", "Bob%20<bob@example.net>", "@", "@a@b", "a@b,c@d", "bob@"])
def test_what_is_no_address_has_none(account: Account, address: str) -> None:
    assert "is no e-mail address" in _put(account, address, {"outcome": "bounce"})


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({}, "The member 'outcome' is missing."),
        ({"outcome": "vanish"}, "outcome must be one of delivery, bounce, complaint, delay, reject, not 'vanish'."),
        ({"outcome": "open"}, "outcome must be one of delivery, bounce, complaint, delay, reject, not 'open'."),
        (
            {"outcome": "bounce", "smtp_response": "250 Ok"},
            "outcome of 'bounce' has no smtp_response; it may have bounce_type, bounce_sub_type, ",
        ),
        ({"outcome": "reject", "status": "5.1.1"}, "outcome of 'reject' has no status; it may have no details."),
        ({"outcome": "bounce", "status": "6.1"}, "outcome has a status that is not of the form 5.1.1."),
        ({"outcome": "bounce", "diagnostic_code": ""}, "outcome has an empty or unprintable diagnostic_code."),
        ({"outcome": "bounce", "diagnostic_code": "a\r\nb"}, "outcome has an empty or unprintable diagnostic_code."),
        (
            {"outcome": "complaint", "complaint_feedback_type": "boredom"},
            "outcome has a complaint_feedback_type that is not one of abuse, auth-failure, fraud, ",
        ),
        ({"outcome": "bounce", "bounce_type": 1}, "bounce_type must be of type str, not 1."),
    ],
)
def test_an_outcome_that_no_message_can_have_is_refused(account: Account, body: Any, detail: str) -> None:
    assert _put(account, BOB, body).startswith(detail)
    assert account.inspect("GET", "/recipients") == {"recipients": []}


@pytest.mark.parametrize(
    ("bounce_type", "sub_type"), [("Permanent", "MailboxFull"), ("Transient", "NoEmail"), ("permanent", "General")]
)
def test_a_bounce_has_a_type_and_subtype_that_go_together(account: Account, bounce_type: str, sub_type: str) -> None:
    detail = _put(account, BOB, {"outcome": "bounce", "bounce_type": bounce_type, "bounce_sub_type": sub_type})
    assert detail.startswith(f"outcome has type {bounce_type}/{sub_type}; bounces are one of Permanent/General, ")


def test_a_delay_has_one_of_its_types(account: Account) -> None:
    assert _put(account, BOB, {"outcome": "delay", "delay_type": "Weather"}).startswith(
        "outcome has a delay_type that is not one of InternalFailure, General, "
    )


def test_nothing_happens_to_a_message_or_recipient_that_is_not_there(account: Account) -> None:
    sent = mail.send(mail.client(account))
    assert _post(account, "nobody", {"recipient": BOB, "type": "bounce"}, 404) == "There is no message 'nobody'."
    assert _post(account, sent, {"recipient": "eve@example.net", "type": "reject"}, 404) == (
        "There is no recipient 'eve@example.net'."
    )
    assert outcomes.types(account, sent) == ["Delivery"]


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({"type": "bounce"}, "The member 'recipient' is missing."),
        ({"recipient": BOB}, "The member 'type' is missing."),
        ({"recipient": BOB, "type": "click"}, "type of 'click' needs a link."),
        ({"recipient": BOB, "type": "open", "link": "x"}, "type of 'open' has no link; it may have user_agent, "),
        ({"recipient": BOB, "type": "send"}, "type must be one of delivery, bounce, complaint, delay, reject, open, "),
    ],
)
def test_what_cannot_happen_does_not(account: Account, body: Any, detail: str) -> None:
    sent = mail.send(mail.client(account))
    assert _post(account, sent, body).startswith(detail)
    assert outcomes.types(account, sent) == ["Delivery"]


def test_nothing_happens_to_mail_of_aws_itself(account: Account) -> None:
    account.client().verify_email_identity(EmailAddress=BOB)
    [message] = account.messages()
    detail = _post(account, message["id"], {"recipient": BOB, "type": "bounce"})
    assert detail == "Only mail that was sent by an account has outcomes."


def test_nothing_happens_to_a_message_that_was_never_made(account: Account) -> None:
    client = mail.client(account)
    templates.create(client)
    sent = templates.send(client, TemplateData="{}")
    for kind in ("delivery", "bounce", "open"):
        assert "never made" in _post(account, sent, {"recipient": BOB, "type": kind})
    templates.rendering_failure(account, sent)
