"""The closed world: what SES delivers to somebody whose mail is received here comes in through its own door."""

import json
from typing import Any

import pytest

import emulator
from emulator.context import Contexts
from emulator.jobs.worker import Worker
from emulator.outside.clock import Clock
from emulator.ses import identities, raw_sending, receipt_rule_sets, receipt_rules, sending
from emulator.store.receipt_rules import ReceiptRule
from tests.support import aws, dkim, mail, receipts, smtp, workers, zone
from tests.support.aws import Account
from tests.support.mail import ANN, BOB


def received(account: Account) -> list[dict[str, Any]]:
    """What came in, oldest first, once all that was to be done is done."""
    account.drain()
    return account.messages(direction="inbound")[::-1]


def timeline(account: Account, message_id: str) -> list[dict[str, Any]]:
    """What SES did with the message."""
    return account.inspect("GET", f"/messages/{message_id}/events")["events"]  # type: ignore[no-any-return]


def test_a_mail_to_a_domain_that_is_received_here_comes_in(account: Account) -> None:
    domain = smtp.receives(account)
    message_id = mail.send(mail.client(account), Destination={"ToAddresses": [f"a@{domain}", BOB]})
    (message,) = received(account)
    assert [each["address"] for each in message["recipients"]] == [f"a@{domain}"]
    assert message["source"] == f"{message_id}@amazonses.com"
    raw = mail.delivered(account, message["id"])
    lines = mail.header_lines(raw)
    assert lines[0] == f"Return-Path: <{message_id}@amazonses.com>"
    assert lines[1] == "Received: from a8-40.smtp-out.amazonses.com (a8-40.smtp-out.amazonses.com [54.240.8.40])"
    assert "Return-Path" not in raw.partition(b"X-SES-DKIM-SIGNATURE")[2].decode()
    sent = mail.delivered(account, message_id).partition(b"\r\n")[2]
    assert raw.endswith(b"X-SES-RECEIPT;\r\n" + sent)
    assert mail.shown(account, message_id)["recipients"][0]["status"] == "delivered"


def test_it_meets_the_rules(account: Account) -> None:
    header = {"AddHeaderAction": {"HeaderName": "X-Seen", "HeaderValue": "yes"}}
    topic = "arn:aws:sns:us-east-1:123456789012:inbound"
    domain = smtp.receives(account, header, {"SNSAction": {"TopicArn": topic}})
    mail.send(mail.client(account), Destination={"ToAddresses": [f"a@{domain}"]})
    (message,) = received(account)
    assert receipts.outcomes(account, message["id"]) == [("rule", "AddHeader", "done"), ("rule", "SNS", "recorded")]
    (published,) = receipts.publications(account)
    told = json.loads(published["content"]["Message"])
    assert told["content"].startswith("X-Seen: yes\r\nReturn-Path: ")
    assert (told["mail"]["messageId"], told["receipt"]["recipients"]) == (message["id"], [f"a@{domain}"])


def test_it_is_known_who_sent_it(account: Account) -> None:
    domain = smtp.receives(account)
    dkim.set_up(account, domain)
    zone.publish(account, {"name": f"_dmarc.{domain}", "type": "TXT", "value": "v=DMARC1; p=quarantine"})
    mail.send(account.client(), Source=f"me@{domain}", Destination={"ToAddresses": [f"a@{domain}"]})
    (message,) = received(account)
    (event, *_) = timeline(account, message["id"])
    assert event["detail"]["verdicts"] == {
        "spam": "DISABLED", "virus": "DISABLED", "spf": "PASS", "dkim": "PASS", "dmarc": "PASS"
    }  # fmt: skip
    assert event["detail"]["tls"]
    assert event["detail"]["remote_ip"] == "54.240.8.40"
    lines = mail.header_lines(mail.delivered(account, message["id"]))
    assert f" dkim=pass header.i=@{domain};" in lines
    assert " dkim=pass header.i=@amazonses.com;" in lines


def test_where_the_emulator_plays_the_owner_the_records_are_there(start: Any) -> None:
    account = start(verification="auto")
    client = account.client()
    domain = smtp.receives(account)
    client.verify_domain_dkim(Domain=domain)
    client.set_identity_mail_from_domain(Identity=domain, MailFromDomain=f"bounce.{domain}")
    account.drain()
    message_id = mail.send(client, Source=f"me@{domain}", Destination={"ToAddresses": [f"a@{domain}"]})
    (message,) = received(account)
    assert message["source"] == f"{message_id}@bounce.{domain}"
    lines = mail.header_lines(mail.delivered(account, message["id"]))
    assert f"Received-SPF: pass (spfCheck: domain of bounce.{domain} designates 54.240.8.40" in "\n".join(lines)
    assert f" dkim=pass header.i=@{domain};" in lines


@pytest.mark.parametrize("region", ["us-west-2", "ap-northeast-3"])
def test_another_region_and_account_has_a_name_of_its_own(account: Account, region: str) -> None:
    there, sender = account.elsewhere(region), aws.new_account(account.url, region)
    domain = smtp.receives(there)
    message_id = mail.send(mail.client(sender), Destination={"ToAddresses": [f"a@{domain}"]})
    (message,) = received(account)
    assert (message["account"], message["region"]) == (account.account_id, region)
    lines = mail.header_lines(mail.delivered(account, message["id"]))
    assert lines[0] == f"Return-Path: <{message_id}@{region}.amazonses.com>"
    assert lines[1].startswith("Received: from e234-11.smtp-out.")
    assert any(line.startswith(f"Received-SPF: pass (spfCheck: domain of {region}.amazonses.com ") for line in lines)


def test_a_report_of_a_bounce_comes_in(account: Account) -> None:
    domain = smtp.receives(account)
    client = mail.client(account, domain)
    bounced = {"ToAddresses": ["bounce@simulator.amazonses.com"]}
    mail.send(client, Source=f"me@{domain}", Destination=bounced)
    (message,) = received(account)
    assert message["subject"] == "Delivery Status Notification (Failure)"
    assert message["source"] == ""
    assert [each["address"] for each in message["recipients"]] == [f"me@{domain}"]


def test_a_request_to_confirm_an_address_comes_in(account: Account) -> None:
    domain = smtp.receives(account)
    account.client().verify_email_identity(EmailAddress=f"new@{domain}")
    (message,) = received(account)
    assert message["to"] == [f"new@{domain}"]


def test_what_does_not_arrive_does_not_come_in(account: Account) -> None:
    domain = smtp.receives(account)
    account.inspect("PUT", f"/recipients/a@{domain}", {"outcome": "bounce"})
    mail.send(mail.client(account), Destination={"ToAddresses": [f"a@{domain}", f"b@{domain}"]})
    (message, *reports) = received(account)
    assert [each["address"] for each in message["recipients"]] == [f"b@{domain}"]
    assert not reports  # Ann's mail is not received here


def test_filters_are_heeded(account: Account) -> None:
    domain = smtp.receives(account)
    block = {"Name": "ses", "IpFilter": {"Policy": "Block", "Cidr": "54.240.0.0/18"}}
    account.client().create_receipt_filter(Filter=block)
    message_id = mail.send(mail.client(account), Destination={"ToAddresses": [f"a@{domain}"]})
    assert received(account) == []
    assert [event["type"] for event in timeline(account, message_id)] == ["Send", "Delivery"]


def test_a_rule_that_requires_tls_is_no_hindrance(account: Account) -> None:
    domain = smtp.receives(account, TlsPolicy="Require")
    mail.send(mail.client(account), Destination={"ToAddresses": [f"a@{domain}"]})
    assert len(received(account)) == 1


def test_a_large_mail_comes_in_as_it_went_out(account: Account) -> None:
    domain = smtp.receives(account)
    message = mail.document(f"From: {ANN}", f"To: a@{domain}", body="x" * 70 + "\r\n" + "y" * 5_000_000)
    mail.send_raw(mail.client(account), message)
    (found,) = received(account)
    assert mail.delivered(account, found["id"]).endswith(b"y" * 5_000_000)


def test_it_can_be_switched_off(new_database_url: str) -> None:
    settings = {"database_url": new_database_url, "verification": "manual", "log_level": "error", "loopback": False}
    with emulator.running(**settings) as server:
        account = aws.new_account(server.url)
        assert server.smtp_port
        domain = smtp.receives(account)
        mail.send(mail.client(account), Destination={"ToAddresses": [f"a@{domain}"]})
        assert received(account) == []
        with smtp.visitor(server.smtp_port) as line:
            smtp.delivers(line, b"Subject: x\r\n\r\nHi", "alice@example.org", f"a@{domain}")
        assert len(received(account)) == 1


# ---- without end, and without cost


def _send(contexts: Contexts, message: bytes) -> None:
    with workers.opened(contexts, write=True) as ctx:
        raw_sending.send_raw_email(ctx, raw_sending.RawEmail(message, None, ()), sending.Options("SendRawEmail"))


def _receive_all(contexts: Contexts) -> None:
    with workers.opened(contexts, write=True) as ctx:
        identities.verify_domain(ctx, "example.com")
        receipt_rule_sets.create(ctx, "all")
        rule = ReceiptRule("all", enabled=True, tls_policy="Optional", scan_enabled=False, recipients=(), actions=())
        receipt_rules.create(ctx, "all", rule, None)
        receipt_rule_sets.activate(ctx, "all")


def test_what_is_handed_on_again_and_again_comes_to_rest(new_database_url: str) -> None:
    """Somebody who sends on to himself whatever he gets, as it is."""
    contexts = workers.contexts(new_database_url, Clock())
    _receive_all(contexts)
    message = b"From: a@example.com\r\nTo: b@example.com\r\n\r\nHello"
    for _ in range(60):
        _send(contexts, message)
        Worker(contexts, 0).drain()
        message = b"Received: from a by b; date\r\n" + message
    directions = [message.direction for message in workers.messages(contexts)]
    assert (directions.count("outbound"), directions.count("inbound")) == (60, 50)
    assert workers.jobs(contexts) == []


def test_where_nobody_receives_nothing_is_asked(new_database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from emulator.ses import receipt_admission

    contexts = workers.contexts(new_database_url, Clock())
    monkeypatch.setattr(receipt_admission, "decide", lambda *_args, **_kwargs: 1 / 0)
    workers.send(contexts, 2)
    Worker(contexts, 0).drain()
    assert workers.jobs(contexts) == []
    assert {message.direction for message in workers.messages(contexts)} == {"outbound"}
