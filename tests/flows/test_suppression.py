"""Suppression: who bounces for good or complains is sent nothing any more, and what the sender is told instead."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support import aws, mail, outcomes
from tests.support.aws import Account

BOB, EVE = mail.BOB, "eve@example.net"
ON_ACCOUNT_LIST = (
    "Amazon SES did not send the message to this address because it is on the suppression list for your account. For "
    "more information about removing addresses from the suppression list, see the Amazon SES Developer Guide at "
    "https://docs.aws.amazon.com/ses/latest/DeveloperGuide/sending-email-suppression-list.html"
)
ON_SHARED_LIST = (
    "Amazon SES has suppressed sending to this address because it has a recent history of bouncing as an invalid "
    "address. For more information about how to remove an address from the suppression list, see the Amazon SES "
    "Developer Guide: http://docs.aws.amazon.com/ses/latest/DeveloperGuide/remove-from-suppressionlist.html "
)


def _sent(account: Account, *to: str) -> str:
    return mail.send(mail.client(account), Destination={"ToAddresses": list(to) or [BOB]})


def _suppress(account: Account, address: str = BOB, reason: str = "BOUNCE", **query: str) -> None:
    account.inspect("PUT", f"/suppression/{address}", {"reason": reason}, **query)


def _bounce(sub_type: str, address: str, text: str) -> dict[str, Any]:
    return {
        "bounce_type": "Permanent",
        "bounce_sub_type": sub_type,
        "bounced_recipients": [
            {"email_address": address, "action": "failed", "status": "5.1.1", "diagnostic_code": text}
        ],
        "reporting_mta": "dns; amazonses.com",
    }


@pytest.mark.parametrize("sub_type", ["General", "NoEmail"])
def test_a_hard_bounce_puts_the_address_on_the_accounts_list(account: Account, sub_type: str) -> None:
    outcomes.standing(account, BOB, "bounce", bounce_sub_type=sub_type)
    first = _sent(account)
    [bounce] = outcomes.events(account, first)
    kept = account.inspect("GET", f"/suppression/{BOB}")
    assert (kept["reason"], kept["list"], kept["message_id"]) == ("BOUNCE", "account", first)
    assert kept["feedback_id"] == bounce.detail["feedback_id"]
    account.inspect("DELETE", f"/recipients/{BOB}")
    second = _sent(account)
    [suppressed] = outcomes.events(account, second)
    del suppressed.detail["feedback_id"]
    assert suppressed.detail == _bounce("OnAccountSuppressionList", BOB, ON_ACCOUNT_LIST)
    assert outcomes.statuses(account, second) == {BOB: "suppressed"}


def test_a_complaint_puts_the_address_there_too_and_is_told_as_one(account: Account) -> None:
    outcomes.happen(account, _sent(account), BOB, "complaint")
    assert outcomes.suppressed(account) == {BOB: "COMPLAINT"}
    second = _sent(account)
    [complaint] = outcomes.events(account, second)
    assert (complaint.type, complaint.recipients) == ("Complaint", [BOB])
    del complaint.detail["feedback_id"]
    assert complaint.detail == {"complaint_sub_type": "OnAccountSuppressionList"}
    assert outcomes.statuses(account, second) == {BOB: "suppressed"}


@pytest.mark.parametrize(
    "outcome",
    [
        {"bounce_type": "Transient"},
        {"bounce_type": "Transient", "bounce_sub_type": "MailboxFull"},
        {"bounce_type": "Undetermined"},
        {"bounce_sub_type": "Suppressed"},
    ],
)
def test_any_other_bounce_does_not(account: Account, outcome: dict[str, str]) -> None:
    outcomes.standing(account, BOB, "bounce", **outcome)
    assert outcomes.types(account, _sent(account)) == ["Bounce"]
    assert outcomes.suppressed(account) == {}


def test_nobody_else_is_kept_from_the_message(account: Account) -> None:
    _suppress(account)
    sent = _sent(account, EVE, BOB)
    assert [(event.type, event.recipients) for event in outcomes.events(account, sent)] == [
        ("Delivery", [EVE]),
        ("Bounce", [BOB]),
    ]
    assert outcomes.statuses(account, sent) == {EVE: "delivered", BOB: "suppressed"}


def test_suppressed_mail_counts_toward_the_quota_and_not_as_a_bounce(account: Account) -> None:
    _suppress(account)
    outcomes.events(account, _sent(account))
    assert account.client().get_send_quota()["SentLast24Hours"] == 1.0
    assert outcomes.statistics(account) == {"Bounces": 0, "Complaints": 0, "Rejects": 0}


def test_an_address_on_the_shared_list_bounces_for_everybody_and_counts(start: Callable[..., Account]) -> None:
    account = start()
    other = aws.new_account(account.url)
    _suppress(account, list="global")
    for each in (account, other):
        [bounce] = outcomes.events(each, _sent(each))
        del bounce.detail["feedback_id"]
        assert bounce.detail == _bounce("Suppressed", BOB, ON_SHARED_LIST)
        assert outcomes.statistics(each)["Bounces"] == 1
        assert outcomes.suppressed(each) == {}


def test_the_accounts_list_comes_before_the_shared_one(start: Callable[..., Account]) -> None:
    account = start()
    _suppress(account, list="global")
    _suppress(account, reason="COMPLAINT")
    assert outcomes.types(account, _sent(account)) == ["Complaint"]


def test_the_shared_list_forgets_after_two_weeks_and_the_accounts_never(start: Callable[..., Account]) -> None:
    account = start()
    _suppress(account, list="global")
    _suppress(account, EVE)
    account.advance("P13DT23H")
    assert outcomes.types(account, _sent(account)) == ["Bounce"]
    account.advance("PT2H")
    assert outcomes.suppressed(account, list="global") == {}
    sent = _sent(account, BOB, EVE)
    assert outcomes.statuses(account, sent) == {BOB: "delivered", EVE: "suppressed"}


def test_domains_compare_whatever_their_case_and_local_parts_do_not(account: Account) -> None:
    _suppress(account, "Bob@Example.NET")
    assert outcomes.suppressed(account) == {"Bob@example.net": "BOUNCE"}
    sent = _sent(account, "Bob@EXAMPLE.net", BOB)
    assert outcomes.statuses(account, sent) == {"Bob@EXAMPLE.net": "suppressed", BOB: "delivered"}


def test_each_account_and_region_has_a_list_of_its_own(account: Account) -> None:
    _suppress(account)
    for other in (account.elsewhere("eu-west-1"), aws.new_account(account.url)):
        assert outcomes.statuses(other, _sent(other)) == {BOB: "delivered"}


def test_an_address_taken_off_the_list_gets_mail_again(account: Account) -> None:
    _suppress(account)
    account.inspect("DELETE", f"/suppression/{BOB}")
    assert outcomes.statuses(account, _sent(account)) == {BOB: "delivered"}


def test_suppression_comes_before_what_a_test_or_the_simulator_says(account: Account) -> None:
    simulated = "success@simulator.amazonses.com"
    outcomes.standing(account, BOB, "delivery")
    _suppress(account)
    _suppress(account, simulated)
    assert set(outcomes.statuses(account, _sent(account, BOB, simulated)).values()) == {"suppressed"}


def test_verification_mail_is_not_suppressed(account: Account) -> None:
    _suppress(account, "new@example.net")
    account.client().verify_email_identity(EmailAddress="new@example.net")
    [message] = account.messages()
    assert [each["status"] for each in message["recipients"]] == ["delivered"]


def test_resetting_an_account_empties_its_list_and_ends_its_standing_outcomes(account: Account) -> None:
    other = aws.new_account(account.url)
    for each in (account, other):
        _suppress(each)
        outcomes.standing(each, EVE, "complaint")
    account.inspect("POST", "/reset")
    assert outcomes.suppressed(account) == {}
    assert account.inspect("GET", "/recipients") == {"recipients": []}
    assert outcomes.suppressed(other) == {BOB: "BOUNCE"}
    assert len(other.inspect("GET", "/recipients")["recipients"]) == 1
