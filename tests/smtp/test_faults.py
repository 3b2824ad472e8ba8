"""Failures that a test asks for, as clients of SMTP meet them at each stage of a session."""

import select
import smtplib
from typing import Any

import pytest

from emulator.outside.clock import Clock
from emulator.ses import faults as faults_of_ses
from emulator.ses.fault_checks import Asked
from tests.smtp import test_listener
from tests.support import faults, mail, processes, smtp, workers
from tests.support.aws import Account
from tests.support.mail import ANN, BOB
from tests.support.smtp import Line

ALICE = "alice@example.org"
MESSAGE = f"From: {ANN}\r\nTo: {BOB}\r\nSubject: Hi\r\n\r\nHello".encode()
LONG_MS = 60_000  # which no test waits for
STAGES = ["CONNECT", "EHLO", "AUTH", "MAIL", "RCPT"]
BUSY = "451 Temporary service failure"


def send(port: int, account: Account) -> None:
    """smtplib sends a mail from Ann to Bob, on a connection of its own."""
    with smtp.client(port, account) as client:
        client.sendmail(ANN, [BOB], MESSAGE)


def count(account: Account, direction: str = "outbound") -> int:
    return len(account.messages(direction=direction))


# ---- mail that applications send


@pytest.mark.parametrize(
    ("stage", "status", "exception", "text"),
    [
        ("CONNECT", 421, smtplib.SMTPConnectError, b"Service not available, closing transmission channel"),
        ("CONNECT", 554, smtplib.SMTPConnectError, b"Transaction failed"),
        ("EHLO", 421, smtplib.SMTPServerDisconnected, None),
        ("AUTH", 454, smtplib.SMTPAuthenticationError, b"Throttling failure: Maximum sending rate exceeded."),
        ("AUTH", 535, smtplib.SMTPAuthenticationError, b"Authentication Credentials Invalid"),
        ("MAIL", 451, smtplib.SMTPSenderRefused, b"Temporary service failure"),
        ("RCPT", 550, smtplib.SMTPRecipientsRefused, None),
        ("DATA", 452, smtplib.SMTPDataError, b"Temporary service failure"),
    ],
)
def test_smtplib_has_an_exception_for_each_stage(
    port: int, account: Account, stage: str, status: int, exception: Any, text: bytes | None
) -> None:
    mail.verify(account, ANN)
    match = {"listener": "submission"}
    with faults.everybodys(account, operation=f"SMTP:{stage}", status=status, match=match) as fault:
        with pytest.raises(exception) as caught:
            send(port, account)
        assert faults.hits(account, fault) >= 1
    if text is not None:
        assert (caught.value.smtp_code, caught.value.smtp_error) == (status, text)
    assert count(account) == 0
    send(port, account)
    assert count(account) == 1


def test_a_reply_has_the_text_that_was_asked_for_and_the_session_goes_on(port: int, account: Account) -> None:
    mail.verify(account, ANN)
    faults.ask(account, "SMTP:MAIL", status=450, message="4.2.1 Not now", times=1)
    faults.ask(account, "SMTP:RCPT", status=550, times=1)
    faults.ask(account, "SMTP:DATA", status=454, times=1)
    with smtp.line(port, account) as line:
        assert line.ask(f"MAIL FROM:<{ANN}>") == "450 4.2.1 Not now"
        assert line.ask(f"MAIL FROM:<{ANN}>") == "250 Ok"
        assert line.ask(f"RCPT TO:<{BOB}>") == "550 5.1.1 Requested action not taken: mailbox unavailable"
        assert line.ask("DATA") == "503 Error: need RCPT command"
        assert line.ask(f"RCPT TO:<{BOB}>") == "250 Ok"
        assert line.ask("DATA").startswith("354 ")
        line.send(MESSAGE + b"\r\n.\r\n")
        assert line.reply() == ["454 Throttling failure: Maximum sending rate exceeded."]
        assert line.mail(ANN, BOB).startswith("354 ")
        line.send(MESSAGE + b"\r\n.\r\n")
        assert line.reply()[-1].startswith("250 Ok ")
    assert count(account) == 1


@pytest.mark.parametrize("stage", ["EHLO", "MAIL", "DATA"])
def test_a_421_is_the_last_word(port: int, account: Account, stage: str) -> None:
    with smtp.line(port, account) as line, faults.everybodys(account, operation=f"SMTP:{stage}", status=421, times=1):
        if stage == "DATA":
            line.mail(ANN, BOB)
            line.send(b"\r\n.\r\n")
            last = line.reply()
        else:
            last = line.asked("EHLO client.example" if stage == "EHLO" else f"MAIL FROM:<{ANN}>")
        assert last == ["421 Service not available, closing transmission channel"]
        assert line.ended()


def test_helo_fails_as_ehlo_does(door: int, account: Account) -> None:
    with Line(door) as line, faults.everybodys(account, operation="SMTP:EHLO", status=451, times=1):
        line.reply()
        assert line.ask("HELO mx.example.org") == BUSY
        assert line.ask("HELO mx.example.org").startswith("250 ")


@pytest.mark.parametrize("stage", STAGES)
def test_a_connection_drops_at_each_stage(port: int, account: Account, stage: str) -> None:
    reached = []

    def talk() -> None:
        with smtplib.SMTP("127.0.0.1", port, timeout=smtp.TIMEOUT_SECONDS) as client:
            reached.append("CONNECT")
            client.ehlo()
            reached.append("EHLO")
            client.starttls()
            client.login(account.account_id, smtp.password(account))
            reached.append("AUTH")
            client.mail(ANN)
            reached.append("MAIL")
            client.rcpt(BOB)

    with faults.everybodys(account, operation=f"SMTP:{stage}", drop="before") as fault:
        with pytest.raises(smtplib.SMTPServerDisconnected):
            talk()
        assert faults.hits(account, fault) == 1
    assert reached == STAGES[: STAGES.index(stage)]


@pytest.mark.parametrize(("moment", "kept"), [("before", 0), ("after", 1)])
def test_a_connection_that_drops_at_data_leaves_the_mail_unsent_or_sent(
    port: int, account: Account, moment: str, kept: int
) -> None:
    mail.verify(account, ANN)
    faults.ask(account, "SMTP:DATA", drop=moment, times=1)
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(port, account)
    assert count(account) == kept
    send(port, account)


def test_who_is_held_up_holds_up_nobody(port: int, account: Account) -> None:
    mail.verify(account, ANN)
    faults.ask(account, "SMTP:MAIL", delay_ms=LONG_MS, match={"source": "slow@example.com"})
    with smtp.line(port, account) as slow:
        slow.send(b"MAIL FROM:<slow@example.com>\r\n")
        send(port, account)
        assert count(account) == 1
        assert select.select([slow._socket], [], [], 0)[0] == []


def test_a_stage_may_be_held_up_for_longer_than_a_client_may_be_silent(new_database_url: str) -> None:
    with test_listener.listening(new_database_url, idle_seconds=0.3) as listener:
        with workers.opened(workers.contexts(new_database_url, Clock()), write=True) as ctx:
            faults_of_ses.create(ctx, Asked(operation="SMTP:MAIL", delay_ms=600), {})
        with test_listener.logged_in(listener) as line:
            assert line.ask(f"MAIL FROM:<{ANN}>") == "250 Ok"
            assert line.ask(f"RCPT TO:<{BOB}>") == "250 Ok"


def test_the_stop_waits_for_no_fault_and_takes_the_message_along(new_database_url: str) -> None:
    with test_listener.listening(new_database_url) as listener, test_listener.logged_in(listener) as line:
        on = workers.contexts(new_database_url, Clock())
        with workers.opened(on, write=True) as ctx:
            fault = faults_of_ses.create(ctx, Asked(operation="SMTP:DATA", delay_ms=LONG_MS), {})
        line.mail(ANN, BOB)
        line.send(MESSAGE + b"\r\n.\r\n")

        def hits() -> int:
            with workers.opened(on) as ctx:
                found = faults_of_ses.get(ctx, fault.seq)
                return found.hits if found else 0

        processes.until(hits)
        listener.stop(test_listener.GRACE_SECONDS)
        assert line.reply()[-1].startswith("250 Ok ")


def test_a_fault_is_for_who_logged_in_and_for_what_matches(port: int, account: Account) -> None:
    other = Account(account.url, "2" + account.account_id[1:])
    mail.verify(account, ANN)
    mail.verify(other, ANN)
    refusing = faults.ask(account, "SMTP:AUTH", status=454)
    send(port, other)
    with pytest.raises(smtplib.SMTPAuthenticationError):
        send(port, account)
    account.inspect("DELETE", f"/faults/{refusing}")
    faults.ask(account, "SMTP:DATA", status=451, match={"recipient": "*@example.org", "identity": "example.com"})
    send(port, account)
    with smtp.client(port, account) as client, pytest.raises(smtplib.SMTPDataError):
        client.sendmail(ANN, [BOB, ALICE], MESSAGE)
    assert (count(account), count(other)) == (1, 1)


# ---- mail from the world


def test_the_world_meets_faults_of_who_receives_its_mail(door: int, account: Account) -> None:
    domain = smtp.receives(account)
    faults.ask(account, "SMTP:RCPT", status=450, message="4.7.1 Greylisted", times=1)
    faults.ask(account, "SMTP:DATA", status=451, times=1)
    with smtp.visitor(door) as line:
        assert line.ask(f"MAIL FROM:<{ALICE}>") == "250 Ok"
        assert line.ask(f"RCPT TO:<nobody@{domain}.invalid>").startswith("550 5.1.1")
        assert line.ask(f"RCPT TO:<ann@{domain}>") == "450 4.7.1 Greylisted"
        assert line.ask(f"RCPT TO:<ann@{domain}>") == "250 Ok"
        assert line.ask("DATA").startswith("354 ")
        line.send(b"Subject: Hi\r\n\r\nHello\r\n.\r\n")
        assert line.reply() == [BUSY]
        assert smtp.delivers(line, b"Subject: Hi\r\n\r\nHello", ALICE, f"ann@{domain}").startswith("250 ")
    assert count(account, "inbound") == 1


def test_a_fault_of_one_listener_leaves_the_other_alone(port: int, door: int, account: Account) -> None:
    with faults.everybodys(account, operation="SMTP:*", status=421, match={"listener": "inbound"}):
        with Line(door) as line:
            assert line.reply() == ["421 Service not available, closing transmission channel"]
            assert line.ended()
        mail.verify(account, ANN)
        send(port, account)


# ---- presets


def test_in_an_outage_nobody_connects_and_who_is_there_goes(port: int, account: Account) -> None:
    mail.verify(account, ANN)
    with smtp.line(port, account) as line:
        with faults.everybodys(account, preset="outage"):
            with pytest.raises(smtplib.SMTPConnectError) as caught:
                send(port, account)
            assert caught.value.smtp_code == 421
            assert line.ask(f"MAIL FROM:<{ANN}>").startswith("421 ")
        assert line.ended()
    send(port, account)


def test_in_a_throttling_storm_messages_are_throttled(port: int, account: Account) -> None:
    mail.verify(account, ANN)
    faults.ask(account, preset="throttling-storm", probability=1)
    with pytest.raises(smtplib.SMTPDataError) as caught:
        send(port, account)
    assert (caught.value.smtp_code, caught.value.smtp_error) == (
        454,
        b"Throttling failure: Maximum sending rate exceeded.",
    )


def test_a_slow_network_delays_every_stage(port: int, account: Account) -> None:
    mail.verify(account, ANN)
    with faults.everybodys(account, preset="slow-network", delay_ms=10) as fault:
        send(port, account)
        assert faults.hits(account, fault) >= 7  # CONNECT, EHLO twice, AUTH, MAIL, RCPT, DATA
    assert count(account) == 1
