"""SendBounce: who may bounce what, and the report that goes out."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.support import aws, mail, policies, receipts, xml, zone
from tests.support.aws import Account
from tests.support.receipt_rules import rule, violations
from tests.support.receipts import SENDER, receive, received

Start = Callable[..., Account]
ADD = {"AddHeaderAction": {"HeaderName": "X-Mine", "HeaderValue": "yes"}}
NO_ID = "nosuchmessage000000000000000000000000o01"


def postmaster(account: Account) -> str:
    return f"postmaster@{zone.domain_of(account)}"


def parameters(account: Account, message_id: str, *recipients: dict[str, Any], **more: Any) -> dict[str, Any]:
    """What SendBounce is given."""
    to = f"support@{zone.domain_of(account)}"
    told = list(recipients) or [{"Recipient": to, "BounceType": "DoesNotExist"}]
    given = {"OriginalMessageId": message_id, "BounceSender": postmaster(account), "BouncedRecipientInfoList": told}
    return given | more


def bounced(account: Account, message_id: str, *recipients: dict[str, Any], **more: Any) -> str:
    """The bounce of a message as its sender gets it."""
    bounce_id = account.client().send_bounce(**parameters(account, message_id, *recipients, **more))["MessageId"]
    account.drain()
    return mail.delivered(account, bounce_id).decode()


def refused(account: Account, message_id: str, *recipients: dict[str, Any], **more: Any) -> tuple[str, str]:
    """Code and message with which it is refused."""
    return aws.refusal(account.client().send_bounce, **parameters(account, message_id, *recipients, **more))[:2]


def failed(message_id: str, why: str) -> tuple[str, str]:
    return "MessageRejected", f"Failed to generate a bounce for {message_id}. {why}"


# ---- the bounce


def test_a_bounce_goes_to_whoever_sent_the_message(account: Account) -> None:
    to = receive(account, rule("rule", ADD))
    message_id = received(account, to)
    bounce_id = account.client().send_bounce(**parameters(account, message_id))["MessageId"]
    assert bounce_id.startswith("0100")
    assert bounce_id.endswith("-000000")
    account.drain()
    shown = mail.shown(account, bounce_id)
    assert (shown["direction"], shown["operation"], shown["return_path"]) == ("outbound", "SendBounce", "")
    assert shown["recipients"] == [{"address": SENDER, "kind": "to", "status": "delivered"}]
    assert (shown["subject"], shown["text"]) == (
        "Delivery Status Notification (Failure)",
        "This message could not be delivered.",
    )
    events = account.inspect("GET", f"/messages/{bounce_id}/events")["events"]
    assert [each["type"] for each in events] == ["Send", "Delivery"]
    report = mail.delivered(account, bounce_id).decode()
    assert report.startswith("Return-Path: <>\r\nDKIM-Signature: ")
    assert f"From: {postmaster(account)}\r\nTo: {SENDER}\r\nMessage-ID: <{bounce_id}@email.amazonses.com>\r\n" in report
    assert (
        f"\r\n\r\nAction: failed\r\nFinal-Recipient: rfc822; {to}\r\nOriginal-Recipient: rfc822; {to}\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 Mailbox does not exist\r\nStatus: 5.1.1\r\n\r\n" in report
    )
    assert f"\r\n\r\nX-Mine: yes\r\nReturn-Path: <{SENDER}>\r\nReceived: from " in report
    assert "\r\nSubject: Hello\r\n" in report


@pytest.mark.parametrize(
    ("bounce_type", "reply"),
    [
        ("DoesNotExist", "550 5.1.1 Mailbox does not exist"),
        ("MessageTooLarge", "552 5.3.4 Message too large"),
        ("ExceededQuota", "552 5.2.2 Mailbox full"),
        ("ContentRejected", "550 5.6.1 Message content rejected"),
        ("Undefined", "554 5.0.0 Unknown failure"),
        ("TemporaryFailure", "450 4.0.0 Temporary failure"),
    ],
)
def test_each_type_has_its_reply(bounce_type: str, reply: str, account: Account) -> None:
    to = receive(account, rule("rule"))
    report = bounced(account, received(account, to), {"Recipient": to, "BounceType": bounce_type})
    assert f"Diagnostic-Code: smtp; {reply}\r\nStatus: {reply.split()[1]}\r\n" in report


def test_each_recipient_has_a_block_with_the_fields_it_is_given(account: Account) -> None:
    to = receive(account, rule("rule"))
    info = to.replace("support", "info")
    fields = {
        "FinalRecipient": "box@example.net",
        "Action": "delayed",
        "RemoteMta": "dns; mx.example.net",
        "Status": "4.4.1",
        "DiagnosticCode": "smtp; 451 4.4.1 No answer",
        "LastAttemptDate": datetime(2026, 3, 5, 6, 7, 8, tzinfo=UTC),
        "ExtensionFields": [{"Name": "X-Try", "Value": "3"}],
    }
    report = bounced(
        account,
        received(account, f"{to},{info}"),
        {"Recipient": to, "RecipientDsnFields": fields},
        {"Recipient": info, "BounceType": "ExceededQuota"},
        Explanation="Try again.",
        MessageDsn={
            "ReportingMta": "dns; mail.example.com",
            "ArrivalDate": datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC),
            "ExtensionFields": [{"Name": "X-Case", "Value": "42"}],
        },
    )
    assert "\r\n\r\nTry again.\r\n--" in report
    assert (
        "Reporting-MTA: dns; mail.example.com\r\n"
        "Arrival-Date: Wed, 04 Mar 26 05:06:07 UTC\r\n"
        "X-Case: 42\r\n"
        "\r\n"
        "Action: delayed\r\n"
        "Final-Recipient: rfc822; box@example.net\r\n"
        f"Original-Recipient: rfc822; {to}\r\n"
        "Diagnostic-Code: smtp; 451 4.4.1 No answer\r\n"
        "Status: 4.4.1\r\n"
        "Remote-MTA: dns; mx.example.net\r\n"
        "Last-Attempt-Date: Thu, 05 Mar 26 06:07:08 UTC\r\n"
        "X-Try: 3\r\n"
        "\r\n"
        "Action: failed\r\n"
        f"Final-Recipient: rfc822; {info}\r\n"
        f"Original-Recipient: rfc822; {info}\r\n"
        "Diagnostic-Code: smtp; 552 5.2.2 Mailbox full\r\n"
        "Status: 5.2.2\r\n" in report
    )


def test_fields_beside_a_type_say_more_than_it(account: Account) -> None:
    to = receive(account, rule("rule"))
    fields = {"Action": "failed", "Status": "5.7.1"}
    both = {"Recipient": to, "BounceType": "DoesNotExist", "RecipientDsnFields": fields}
    message_id = received(account, to)
    assert "Diagnostic-Code: smtp; 550 5.1.1 Mailbox does not exist\r\nStatus: 5.7.1\r\n" in bounced(
        account, message_id, both
    )
    alone = bounced(account, message_id, {"Recipient": to, "RecipientDsnFields": fields})
    assert f"Original-Recipient: rfc822; {to}\r\nStatus: 5.7.1\r\n" in alone


def test_a_sender_may_have_a_name(account: Account) -> None:
    to = receive(account, rule("rule"))
    sender = f"Mail System <{postmaster(account)}>"
    report = bounced(account, received(account, to), BounceSender=sender)
    assert f"\r\nFrom: {sender}\r\n" in report


def test_a_bounce_counts_as_mail_that_was_sent(account: Account) -> None:
    to = receive(account, rule("rule"))
    bounced(account, received(account, to))
    assert account.client().get_send_quota()["SentLast24Hours"] == 1.0


# ---- refusals


def test_what_is_missing_is_told_in_one_message(account: Account) -> None:
    answer = account.query("SendBounce", {"BouncedRecipientInfoList.member.1.BounceType": "Nothing"})
    kinds = "DoesNotExist, MessageTooLarge, ExceededQuota, ContentRejected, Undefined, TemporaryFailure"
    status, code, text = violations(
        (
            "bouncedRecipientInfoList.1.member.bounceType",
            f"Member must satisfy enum value set: [{kinds}]",
        ),
        ("bouncedRecipientInfoList.1.member.recipient", "Member must not be null"),
        ("bounceSender", "Member must not be null"),
        ("originalMessageId", "Member must not be null"),
    )
    assert (answer.status, f"<Code>{code}</Code>" in answer.text, text in answer.text) == (status, True, True)


def test_a_call_of_nothing_lacks_three_members(account: Account) -> None:
    missing = ("bouncedRecipientInfoList", "bounceSender", "originalMessageId")
    assert xml.refusal(account.query("SendBounce")) == violations(
        *((each, "Member must not be null") for each in missing)
    )


def test_fields_that_a_report_cannot_do_without_are_told_too(account: Account) -> None:
    info = "BouncedRecipientInfoList.member.1"
    given = {
        "OriginalMessageId": NO_ID,
        "BounceSender": "a@example.com",
        f"{info}.Recipient": "a@example.com",
        f"{info}.RecipientDsnFields.Action": "gone",
        "MessageDsn.ArrivalDate": "2026-03-04T05:06:07Z",
    }
    fields = "bouncedRecipientInfoList.1.member.recipientDsnFields"
    actions = "failed, delayed, delivered, relayed, expanded"
    found = {*(xml.refusal(account.query("SendBounce", given))[2] or "").partition(": ")[2].split("; ")}
    told = violations(
        ("messageDsn.reportingMta", "Member must not be null"),
        (f"{fields}.action", f"Member must satisfy enum value set: [{actions}]"),
        (f"{fields}.status", "Member must not be null"),
    )[2]
    assert found == {*told.partition(": ")[2].split("; ")}


def test_there_is_at_least_one_recipient(account: Account) -> None:
    given = {"OriginalMessageId": NO_ID, "BounceSender": "a@example.com", "BouncedRecipientInfoList": []}
    _, code, text = violations(("bouncedRecipientInfoList", "Member must have length greater than or equal to 1"))
    assert aws.refusal(account.client().send_bounce, **given) == (code, text, 400)


@pytest.mark.parametrize(
    ("fields", "code", "text"),
    [
        ([], "InvalidParameterValue", "You must provide either BounceType or RecipientDsnFields."),
        ([("X_Bad", "v")], "InvalidParameterValue", "Invalid header name: X_Bad"),
        ([("X" * 51, "v")], "InvalidParameterValue", f"Invalid header name: {'X' * 51}"),
        ([("X-Good", "a\nb")], "InvalidParameterValue", "Invalid header value: a0x000ab"),
        ([("X-Good", "v" * 2049)], "InvalidParameterValue", f"Invalid header value: {'v' * 2049}"),
    ],
)
def test_a_recipient_must_have_a_reason_that_can_be_told(
    fields: list[tuple[str, str]], code: str, text: str, account: Account
) -> None:
    extensions = [{"Name": name, "Value": value} for name, value in fields]
    dsn = {"RecipientDsnFields": {"Action": "failed", "Status": "5.0.0", "ExtensionFields": extensions}}
    assert refused(account, NO_ID, {"Recipient": "a@example.com", **(dsn if fields else {})}) == (code, text)


def test_who_is_not_verified_is_refused_before_the_message_is_looked_for(account: Account) -> None:
    why = "The following identities are not verified: postmaster@example.com, b@example.org"
    recipient = {"Recipient": "b@example.org", "BounceType": "Undefined"}
    assert refused(account, NO_ID, recipient, BounceSender="postmaster@example.com") == failed(NO_ID, why)


def test_an_unknown_message_cannot_bounce(account: Account) -> None:
    receive(account, rule("rule"))
    assert refused(account, NO_ID) == failed(NO_ID, "The original message was not found.")


def test_only_what_was_received_here_can_bounce(account: Account) -> None:
    to = receive(account, rule("rule"))
    sent = mail.send(account.client(), Source=to)
    assert refused(account, sent) == failed(sent, "The original message was not found.")
    elsewhere = account.elsewhere("eu-west-1")
    mail.verify(elsewhere, zone.domain_of(account))
    message_id = received(account, to)
    assert refused(elsewhere, message_id) == failed(message_id, "The original message was not found.")


def test_after_a_day_it_is_too_late(start: Start) -> None:
    account = start(log_level="error")
    to = receive(account, rule("rule"))
    message_id = received(account, to)
    account.advance("PT23H59M")
    assert "5.1.1" in bounced(account, message_id)
    account.advance("PT1H1M")
    assert refused(account, message_id) == failed(message_id, "The original message was not found.")


def test_only_recipients_of_the_message_bounce(account: Account) -> None:
    to = receive(account, rule("rule"))
    other = to.replace("support", "info")
    message_id = received(account, to)
    why = f"{other} is not a recipient of the original message."
    assert refused(account, message_id, {"Recipient": other, "BounceType": "Undefined"}) == failed(message_id, why)
    fields = {"Action": "failed", "Status": "5.0.0", "FinalRecipient": to.upper()}
    report = bounced(account, message_id, {"Recipient": other, "RecipientDsnFields": fields})
    assert f"Final-Recipient: rfc822; {to.upper()}\r\nOriginal-Recipient: rfc822; {other}\r\n" in report


def test_a_message_without_sender_bounces_to_nobody(account: Account) -> None:
    to = receive(account, rule("rule"))
    message_id = received(account, to, sender="")
    assert refused(account, message_id) == failed(message_id, "The original message has no sender.")


def test_in_the_sandbox_the_sender_of_the_message_is_verified_too(account: Account) -> None:
    account.inspect("PATCH", "/account", {"sandbox": True}, region=account.region)
    to = receive(account, rule("rule"))
    message_id = received(account, to)
    why = f"The following identities are not verified: {SENDER}"
    assert refused(account, message_id) == failed(message_id, why)
    mail.verify(account, SENDER)
    assert "5.1.1" in bounced(account, message_id)


@pytest.mark.parametrize("action", ["ses:SendBounce", "ses:*"])
def test_an_identity_of_another_account_can_be_lent_for_bounces(action: str, account: Account) -> None:
    owner = aws.new_account(account.url)
    mail.verify(owner, mail.ANN)
    arn = policies.arn(owner, mail.ANN)
    to = receive(account, rule("rule"))
    message_id = received(account, to)
    lent = {"BounceSender": mail.ANN, "BounceSenderArn": arn}
    assert refused(account, message_id, **lent)[0] == "AccessDenied"
    for name, granted in (("sends", "ses:SendEmail"), ("bounces", action)):
        allowed = policies.statement(owner, mail.ANN, account.account_id, Action=granted)
        assert refused(account, message_id, **lent)[0] == "AccessDenied"
        policies.put(owner, mail.ANN, name, policies.document(allowed))
    assert f"\r\nFrom: {mail.ANN}\r\n" in bounced(account, message_id, **lent)
    assert receipts.steps(account, message_id) == []
