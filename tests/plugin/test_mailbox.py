"""The mail of a test's account, and what the test does to that account."""

import re
import smtplib
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from botocore.exceptions import ClientError

import emulator
from emulator import Running, remote
from emulator.http.inspection.account import AccountChange
from emulator.testing import Mailbox
from emulator.testing.servers import ACCOUNT
from tests.plugin import mail


def test_mail_that_comes_is_waited_for(ses_client: Any, ses_mailbox: Mailbox) -> None:
    message_id = mail.send(ses_client, to="bob@example.net", subject="Welcome")
    mail.send(ses_client, to="cleo@example.net", subject="Welcome")
    message = ses_mailbox.wait(to="bob@example.net")
    assert message.id == message["id"] == message_id
    assert ses_mailbox.wait(subject="welcome", count=2).to == ["cleo@example.net"]
    assert ses_mailbox.latest(to="bob").id == message_id
    assert [each.to for each in ses_mailbox.messages()] == [["cleo@example.net"], ["bob@example.net"]]


def test_mail_that_does_not_come_fails_with_what_came_instead(ses_client: Any, ses_mailbox: Mailbox) -> None:
    with pytest.raises(AssertionError) as caught:
        ses_mailbox.wait(to="bob", timeout=0)
    assert str(caught.value) == ("0 of 1 messages came within 0 seconds: to='bob'\n  there is no message at all")
    mail.send(ses_client, to="ann@example.net", subject="Hi")
    ses_mailbox.drain()
    with pytest.raises(AssertionError) as caught:
        ses_mailbox.wait(to="bob", subject="Hi", timeout=0)
    assert str(caught.value) == (
        "0 of 1 messages came within 0 seconds: to='bob', subject='Hi'\n"
        "  there is:\n"
        "  <Message 'Hi' to ann@example.net (delivered)>"
    )


def test_of_much_mail_a_failure_shows_the_newest(ses_client: Any, ses_mailbox: Mailbox) -> None:
    for number in range(12):
        mail.send(ses_client, subject=f"number {number}")
    with pytest.raises(AssertionError, match="no message: to='nobody'") as caught:
        ses_mailbox.latest(to="nobody")
    assert re.findall(r"number \d+", str(caught.value)) == [f"number {n}" for n in range(11, 1, -1)]
    assert str(caught.value).endswith("and 2 more")


def test_all_messages_are_listed_however_many(ses_mailbox: Mailbox, ses_client: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("emulator.testing.mailbox.PAGE", 2)
    sent = [mail.send(ses_client) for _ in range(5)]
    assert [each.id for each in ses_mailbox.messages(from_="ann@example.com")] == sent[::-1]
    assert [each.id for each in ses_mailbox.messages(limit=3)] == sent[:1:-1]
    assert len(ses_mailbox.events("Send")) == 5


def test_messages_can_be_asked_for_by_when_they_came(ses_client: Any, ses_mailbox: Mailbox) -> None:
    mail.send(ses_client)
    created_at = ses_mailbox.latest().created_at
    assert abs(created_at - mail.now()) < timedelta(minutes=1)
    assert len(ses_mailbox.messages(since=created_at)) == 1
    assert not ses_mailbox.messages(since=created_at + timedelta(seconds=1))


def test_the_mailbox_can_be_emptied(ses_client: Any, ses_mailbox: Mailbox) -> None:
    mail.send(ses_client)
    ses_mailbox.clear()
    assert ses_mailbox.messages() == []
    assert repr(ses_mailbox) == f"<Mailbox of {ses_mailbox.account}: empty>"


def test_an_address_bounces_or_complains_from_now_on(ses_client: Any, ses_mailbox: Mailbox) -> None:
    ses_mailbox.bounce("gone@example.net", sub_type="NoEmail")
    ses_mailbox.complain("angry@example.net")
    ses_mailbox.outcome("@slow.example.net", "delay")
    for address in ("gone@example.net", "angry@example.net", "bob@slow.example.net", "bob@example.net"):
        mail.send(ses_client, to=address)
    states = {each.recipients[0].address: each.recipients[0].status for each in ses_mailbox.messages()}
    assert states == {
        "gone@example.net": "bounced",
        "angry@example.net": "complained",
        "bob@slow.example.net": "delayed",
        "bob@example.net": "delivered",
    }
    (bounce,) = ses_mailbox.events("Bounce")
    assert bounce["recipients"] == ["gone@example.net"]
    assert bounce["detail"]["bounce_sub_type"] == "NoEmail"


def test_events_say_who_was_told(ses_client: Any, ses_mailbox: Mailbox) -> None:
    mail.publish_to_topic(ses_client, "told")
    message_id = mail.send(ses_client, ConfigurationSetName="told")
    mail.send(ses_client)
    (event,) = ses_mailbox.events("Delivery", message_id=message_id)
    assert [each["service"] for each in event["publications"]] == ["sns"]
    assert {each["message_id"] for each in ses_mailbox.events(destination="told")} == {message_id}


def test_an_identity_is_verified_whether_somebody_asked_for_it_or_not(ses_client: Any, ses_mailbox: Mailbox) -> None:
    ses_mailbox.change_account(verification="manual")
    ses_client.verify_email_identity(EmailAddress="ann@example.com")
    for identity in ("ann@example.com", "bob@example.com", "example.org"):
        ses_mailbox.verify(identity)
    answer = ses_client.get_identity_verification_attributes(
        Identities=["ann@example.com", "bob@example.com", "example.org"]
    )
    assert {each["VerificationStatus"] for each in answer["VerificationAttributes"].values()} == {"Success"}
    assert len(answer["VerificationAttributes"]) == 3
    assert [each.to for each in ses_mailbox.messages(direction="system")] == [["ann@example.com"]]  # who asked


def test_time_passes_and_comes_back(ses_client: Any, ses_emulator: Running, ses_account: str) -> None:
    mailbox = ses_emulator.mailbox(ses_account)
    mailbox.advance(hours=24)
    mailbox.advance(hours=1)
    mail.send(ses_client)
    assert timedelta(hours=24) < mailbox.latest().created_at - mail.now() < timedelta(hours=26)
    mailbox.close()
    other = mail.other_account(ses_account)
    mail.send(ses_emulator.client(account=other))
    assert abs(ses_emulator.mailbox(other).latest().created_at - mail.now()) < timedelta(hours=1)


def test_calls_fail_as_asked_until_the_end_of_the_test(ses_emulator: Running, ses_account: str) -> None:
    mailbox = ses_emulator.mailbox(ses_account)
    client = mail.impatient(ses_emulator, ses_account)
    other = mail.impatient(ses_emulator, mail.other_account(ses_account))
    fault = mailbox.fault("SendEmail", "Throttling", times=1)
    mailbox.fault("GetSendQuota", "InternalFailure", message="Down.")
    mail.send(other)
    with pytest.raises(ClientError, match="Throttling"):
        mail.send(client)
    mail.send(client)
    assert fault.hits == 1
    with pytest.raises(ClientError, match=r"Down\."):
        client.get_send_quota()
    mailbox.close()
    client.get_send_quota()


def test_a_fault_lasts_as_long_as_its_block(ses_emulator: Running, ses_account: str, ses_mailbox: Mailbox) -> None:
    client = mail.impatient(ses_emulator, ses_account)
    with ses_mailbox.fault(preset="outage") as fault, pytest.raises(ClientError, match="ServiceUnavailable"):
        client.get_send_quota()
    client.get_send_quota()
    fault.remove()


def test_the_account_can_be_changed(ses_client: Any, ses_mailbox: Mailbox) -> None:
    assert ses_mailbox.change_account(sending_enabled=False, max_send_rate=3)["max_send_rate"] == 3
    with pytest.raises(ClientError, match="AccountSendingPaused"):
        mail.send(ses_client)


def test_what_the_marker_sets_of_an_account_is_what_inspection_can_change() -> None:
    assert set(ACCOUNT) == set(AccountChange.__dataclass_fields__)


def test_mail_from_the_world_is_received(ses_client: Any, ses_mailbox: Mailbox) -> None:
    mail.receive_for(ses_client, "example.com")
    received = ses_mailbox.receive(from_="ann@example.net", to="help@example.com", subject="Help", text="It broke.")
    assert (received.direction, received.source, received.subject) == ("inbound", "ann@example.net", "Help")
    document = EmailMessage()
    document["From"], document["To"], document["Subject"] = "cleo@example.net", "help@example.com", "Again"
    document.set_content("It broke again.")
    for form in (document, document.as_bytes(), document.as_string()):
        assert ses_mailbox.receive(form).subject == "Again"
    assert ses_mailbox.receive(document, from_="", ip="192.0.2.1").source == ""
    assert len(ses_mailbox.messages(direction="inbound")) == 5


def test_mail_that_nobody_wants_is_refused(ses_mailbox: Mailbox) -> None:
    with pytest.raises(remote.Refused, match="no rule of an active rule set matches"):
        ses_mailbox.receive(from_="ann@example.net", to="help@example.com")


def test_the_account_can_send_by_smtp(ses_mailbox: Mailbox) -> None:
    ses_mailbox.verify("ann@example.com")
    host, port, user, password = ses_mailbox.smtp
    with smtplib.SMTP(host, port) as smtp:
        smtp.starttls()
        smtp.login(user, password)
        smtp.sendmail("ann@example.com", ["bob@example.net"], "From: ann@example.com\r\nSubject: Hi\r\n\r\nHello")
    assert ses_mailbox.wait(to="bob@example.net").subject == "Hi"


def test_who_takes_no_mail_by_smtp_says_so(ses_emulator: Running) -> None:
    with pytest.raises(RuntimeError, match="takes no mail by SMTP"):
        _ = Running(ses_emulator.url).mailbox().smtp


def test_without_an_account_a_mailbox_has_the_mail_of_all() -> None:
    with emulator.running(submission_port="off", smtp_port="off") as ses:
        mail.send(ses.client())
        mail.send(ses.client(account="123456789012", region="eu-west-1"))
        assert {each.account for each in ses.mailbox().messages()} == {"000000000000", "123456789012"}
        assert [each.region for each in ses.mailbox("123456789012").messages()] == ["eu-west-1"]
        ses.mailbox().bounce("bob@example.net")
        mail.send(ses.client())
        assert ses.mailbox().messages()[0].recipients[0].status == "bounced"


def test_a_port_that_is_taken_is_named() -> None:
    with emulator.running(smtp_port="off", submission_port="off") as ses:
        port = ses.url.rpartition(":")[2]
        text = f"^ses-emulator did not start: cannot listen on 127.0.0.1:{port}: Address already in use$"
        with pytest.raises(RuntimeError, match=text), emulator.running(port=port):
            raise AssertionError("it started")
