"""The mailbox simulator: what each of its addresses brings on."""

import re
from typing import Any

import pytest

from tests.support import mail, outcomes
from tests.support.aws import Account
from tests.support.outcomes import Event

AT = "@simulator.amazonses.com"
MTA = "a8-40.smtp-out.amazonses.com"
IP = "207.171.163.188"
FEEDBACK_ID = r"0100[0-9a-f]{12}-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}-000000"


def _sent(account: Account, *to: str) -> str:
    return mail.send(mail.client(account), Destination={"ToAddresses": list(to)})


def _without(event: Event, *names: str) -> dict[str, Any]:
    return {name: value for name, value in event.detail.items() if name not in names}


def _unknown(address: str, who: str | None = None) -> dict[str, str]:
    return {
        "email_address": address,
        "action": "failed",
        "status": "5.1.1",
        "diagnostic_code": f"smtp; 550 5.1.1 As requested: user unknown {who or f'<{address}>'}",
    }


def _check_bounce(event: Event, *people: dict[str, str]) -> None:
    """A bounce for good of these, with all that was recorded of it."""
    assert (event.type, event.recipients) == ("Bounce", [each["email_address"] for each in people])
    assert re.fullmatch(FEEDBACK_ID, event.detail["feedback_id"])
    assert _without(event, "feedback_id") == {
        "bounce_type": "Permanent",
        "bounce_sub_type": "General",
        "bounced_recipients": list(people),
        "remote_mta_ip": IP,
        "reporting_mta": f"dns; {MTA}",
    }


def test_success_is_a_delivery(account: Account) -> None:
    sent = _sent(account, f"success{AT}")
    [delivery] = outcomes.events(account, sent)
    assert (delivery.type, delivery.recipients) == ("Delivery", [f"success{AT}"])
    assert _without(delivery, "processing_time_ms") == {
        "smtp_response": "250 Ok",
        "remote_mta_ip": IP,
        "reporting_mta": MTA,
    }
    assert isinstance(delivery.detail["processing_time_ms"], int)
    assert outcomes.statuses(account, sent) == {f"success{AT}": "delivered"}


@pytest.mark.parametrize("local", ["bounce", "Bounce", "BOUNCE+label1", "whoever"])
def test_bounce_and_unknown_addresses_bounce_for_good_without_a_delivery(account: Account, local: str) -> None:
    address = f"{local}{AT}"
    sent = _sent(account, address)
    [bounce] = outcomes.events(account, sent)
    _check_bounce(bounce, _unknown(address))
    assert outcomes.statuses(account, sent) == {address: "bounced"}


@pytest.mark.parametrize("local", ["suppressionlist", "blacklist", "SuppressionList+x"])
def test_suppressionlist_bounces_like_an_unknown_user(account: Account, local: str) -> None:
    address = f"{local}{AT}"
    [bounce] = outcomes.events(account, _sent(account, address))
    _check_bounce(bounce, _unknown(address, f"(suppressed address: {address})"))


def test_complaint_is_delivered_first(account: Account) -> None:
    sent = _sent(account, f"complaint{AT}")
    delivery, complaint = outcomes.events(account, sent)
    assert (delivery.type, delivery.detail["smtp_response"]) == ("Delivery", "250 Ok")
    assert (complaint.type, complaint.recipients) == ("Complaint", [f"complaint{AT}"])
    assert re.fullmatch(FEEDBACK_ID, complaint.detail["feedback_id"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", complaint.detail["arrival_date"])
    assert _without(complaint, "feedback_id", "arrival_date") == {
        "complaint_sub_type": None,
        "user_agent": "Amazon SES Mailbox Simulator",
        "complaint_feedback_type": "abuse",
    }
    assert outcomes.statuses(account, sent) == {f"complaint{AT}": "complained"}


def test_ooto_is_delivered_then_answered_without_a_report(account: Account) -> None:
    delivery, reply = outcomes.events(account, _sent(account, f"ooto{AT}"))
    assert (delivery.type, reply.type) == ("Delivery", "Bounce")
    assert _without(reply, "feedback_id") == {
        "bounce_type": "Transient",
        "bounce_sub_type": "General",
        "bounced_recipients": [{"email_address": f"ooto{AT}"}],
    }


def test_the_bounces_of_one_message_are_one_and_nobody_else_is_concerned(account: Account) -> None:
    sent = _sent(account, f"bounce{AT}", mail.BOB, f"bounce+2{AT}", f"success{AT}", f"ooto{AT}")
    bounce, bobs, taken, reply = outcomes.events(account, sent)
    _check_bounce(bounce, _unknown(f"bounce{AT}"), _unknown(f"bounce+2{AT}"))
    assert (bobs.type, bobs.recipients) == ("Delivery", [mail.BOB])
    assert (taken.type, taken.recipients) == ("Delivery", [f"success{AT}", f"ooto{AT}"])
    assert (reply.type, reply.recipients) == ("Bounce", [f"ooto{AT}"])
    assert outcomes.statuses(account, sent) == {
        f"bounce{AT}": "bounced",
        mail.BOB: "delivered",
        f"bounce+2{AT}": "bounced",
        f"success{AT}": "delivered",
        f"ooto{AT}": "bounced",
    }


def test_each_complaint_is_one_of_its_own(account: Account) -> None:
    sent = _sent(account, f"complaint{AT}", f"complaint+2{AT}")
    assert [event.recipients for event in outcomes.events(account, sent)] == [
        [f"complaint{AT}", f"complaint+2{AT}"],
        [f"complaint{AT}"],
        [f"complaint+2{AT}"],
    ]


def test_the_simulator_leaves_suppression_and_statistics_alone(account: Account) -> None:
    _sent(account, f"bounce{AT}", f"complaint{AT}", f"suppressionlist{AT}", f"ooto{AT}")
    assert outcomes.statistics(account) == {"Bounces": 0, "Complaints": 0, "Rejects": 0}
    assert outcomes.suppressed(account) == {}
    assert outcomes.types(account, _sent(account, f"bounce{AT}")) == ["Bounce"]


def test_ids_and_servers_are_of_the_region(account: Account) -> None:
    there = account.elsewhere("eu-west-1")
    [bounce] = outcomes.events(there, _sent(there, f"bounce{AT}"))
    assert bounce.detail["feedback_id"].startswith("0102")
    assert bounce.detail["reporting_mta"] == "dns; e234-11.smtp-out.eu-west-1.amazonses.com"


def test_a_raw_message_meets_the_simulator_too(account: Account) -> None:
    document = mail.document(f"From: {mail.ANN}", f"To: {mail.BOB}", "Subject: Hi")
    sent = mail.send_raw(mail.client(account), document, Destinations=[f"bounce{AT}"])
    assert outcomes.types(account, sent) == ["Bounce"]


def test_delivered_mail_names_the_server_it_was_left_at(account: Account) -> None:
    sent = _sent(account, mail.BOB, "eve@EXAMPLE.NET", "zoe@example.org")
    first, second = outcomes.events(account, sent)
    assert (first.recipients, second.recipients) == ([mail.BOB, "eve@EXAMPLE.NET"], ["zoe@example.org"])
    assert _without(first, "processing_time_ms", "remote_mta_ip") == {
        "smtp_response": "250 2.0.0 OK",
        "reporting_mta": MTA,
    }
