"""Mail from the world: kept by all who want it, and never lost once it was accepted."""

import json
import os
import re
import signal
import smtplib
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Self

import pytest

import emulator
from emulator import Running
from emulator.remote import Server
from tests.support import aws, mail, processes, receipt_rules, smtp, zone
from tests.support.aws import Account, Answer

ALICE = "alice@example.org"
MESSAGE = f"From: Alice <{ALICE}>\r\nSubject: Hello\r\n\r\nHi\r\n".encode()


@pytest.fixture
def door(server: Running) -> int:
    """Where mail for the session's server to receive comes to."""
    assert server.smtp_port
    return server.smtp_port


def post(account: Account, message: bytes, **query: str) -> Answer:
    """The answer of inspection to mail from the world."""
    named = {name.rstrip("_"): value for name, value in query.items()}
    target = "/_emulator/inbound?" + "&".join(f"{name}={value}" for name, value in named.items())
    return aws.request(account.url, "POST", target, message, {"Content-Type": "message/rfc822"})


def received(account: Account, message: bytes = MESSAGE, **query: Any) -> dict[str, Any]:
    """The one message that is received of it, as inspection shows it."""
    answer = post(account, message, **{"from_": ALICE, **query})
    assert answer.status == 200, answer.text
    (told,) = json.loads(answer.text)["messages"]
    return mail.shown(account, told["id"])


def top(account: Account, message_id: str) -> list[str]:
    """The header lines that SES put on top."""
    lines = mail.header_lines(mail.delivered(account, message_id))
    return lines[: lines.index(next(line for line in lines if line.startswith("X-SES-DKIM-SIGNATURE"))) + 1]


# ---- one mail


def test_a_mail_is_kept_with_what_ses_puts_on_top(door: int, account: Account) -> None:
    domain = smtp.receives(account)
    to = f"Support <support@{domain}>"
    message = f"From: Alice <{ALICE}>\r\nTo: {to}\r\nCc: x@y.example\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n\r\nHi"
    with smtp.visitor(door, "mx.example.org") as line:
        reply = smtp.delivers(line, message.encode(), ALICE, f"support@{domain}", f"Hidden@{domain}")
    shown = mail.shown(account, smtp.received_id(reply))
    raw = mail.delivered(account, shown["id"])
    names = [line.partition(":")[0] for line in top(account, shown["id"]) if not line.startswith(" ")]
    assert names == [
        *("Return-Path", "Received", "Received-SPF", "Authentication-Results", "X-SES-RECEIPT"),
        "X-SES-DKIM-SIGNATURE",
    ]
    assert top(account, shown["id"])[:4] == [
        f"Return-Path: <{ALICE}>",
        "Received: from mx.example.org ([127.0.0.1])",
        f" by inbound-smtp.us-east-1.amazonaws.com with SMTP id {shown['id']}",
        f" for support@{domain};",
    ]
    assert raw.endswith(message.encode() + b"\r\n")
    assert shown["size"] == len(raw)
    assert (shown["direction"], shown["operation"], shown["account"]) == ("inbound", "", account.account_id)
    assert (shown["source"], shown["return_path"], shown["from"]) == (ALICE, ALICE, f"Alice <{ALICE}>")
    assert (shown["to"], shown["cc"], shown["bcc"]) == ([to], ["x@y.example"], [])
    assert (shown["subject"], shown["text"]) == ("Grüße", "Hi\n")
    assert shown["recipients"] == [
        {"address": f"support@{domain}", "kind": "to", "status": "received"},
        {"address": f"Hidden@{domain}", "kind": "bcc", "status": "received"},
    ]
    assert [each["name"] for each in shown["headers"]][:2] == ["Return-Path", "Received"]
    assert account.messages(direction="inbound", to="hidden@", q="Hi")[0]["id"] == shown["id"]


def test_the_timeline_begins_with_the_receipt(account: Account) -> None:
    domain = smtp.receives(account)
    receipt_rules.add(account, "other", Enabled=True, Recipients=[f"a@{domain}"])
    receipt_rules.add(account, "off", Enabled=False)
    message = received(account, to=f"a@{domain},b@{domain}", ip="192.0.2.10", helo="mx.example.org")
    (event,) = account.inspect("GET", f"/messages/{message['id']}/events")["events"]
    assert (event["type"], event["recipients"]) == ("Received", [f"a@{domain}", f"b@{domain}"])
    assert event["detail"] == {
        "remote_ip": "192.0.2.10",
        "helo": "mx.example.org",
        "tls": True,
        "verdicts": {"spam": "DISABLED", "virus": "DISABLED", "spf": "GRAY", "dkim": "GRAY", "dmarc": "GRAY"},
        "rules": ["rule", "other"],
    }


def test_mail_without_a_rule_that_is_left_is_kept_all_the_same(door: int, account: Account) -> None:
    domain = smtp.receives(account)
    with smtp.visitor(door) as line:
        assert line.mail(ALICE, f"a@{domain}").startswith("354 ")
        account.client().set_active_receipt_rule_set()
        line.send(MESSAGE + b".\r\n")
        message_id = smtp.received_id(line.reply()[-1])
    (event,) = account.inspect("GET", f"/messages/{message_id}/events")["events"]
    assert event["detail"]["rules"] == []


def test_the_time_is_the_emulated_one(start: Any) -> None:
    account = zone.freeze(start())
    Server(account.url).ask("PUT", "/clock", body={"now": "2015-10-01T13:48:54Z", "frozen": True})
    domain = smtp.receives(account)
    message = received(account, to=f"a@{domain}")
    assert message["created_at"] == "2015-10-01T13:48:54.000Z"
    assert top(account, message["id"])[4] == " Thu, 01 Oct 2015 13:48:54 +0000 (UTC)"


# ---- who has it


def test_each_account_and_region_has_its_own(door: int, account: Account) -> None:
    domain = smtp.receives(account)
    there, other = account.elsewhere("eu-west-1"), aws.new_account(account.url)
    smtp.receives(there, domain=domain)
    smtp.receives(other, domain=domain, Recipients=[f"b@{domain}"])
    with smtp.visitor(door) as line:
        first = smtp.received_id(smtp.delivers(line, MESSAGE, ALICE, f"a@{domain}", f"b@{domain}"))
    (here,), (away,) = (
        [each for each in account.messages(direction="inbound") if each["region"] == region]
        for region in ("us-east-1", "eu-west-1")
    )
    (theirs,) = other.messages(direction="inbound")
    assert first == here["id"]
    assert len({here["id"], away["id"], theirs["id"]}) == 3
    assert [len(each["recipients"]) for each in (here, away, theirs)] == [2, 2, 1]
    assert f"by inbound-smtp.eu-west-1.amazonaws.com with SMTP id {away['id']}" in top(account, away["id"])[2]
    assert f" for b@{domain};" in top(other, theirs["id"])
    assert all(mail.delivered(account, each["id"]).endswith(MESSAGE + b"\r\n") for each in (here, away))


def test_the_door_is_that_of_the_one_region_that_receives(new_database_url: str) -> None:
    with emulator.running(database_url=new_database_url, verification="manual", log_level="error") as server:
        assert server.smtp_port
        account = aws.new_account(server.url, "eu-west-1")
        smtp.receives(account)
        with smtp.visitor(server.smtp_port) as line:
            assert line.greeting.startswith("220 inbound-smtp.eu-west-1.amazonaws.com ESMTP ")
            assert line.asked("EHLO x")[0] == "250-inbound-smtp.eu-west-1.amazonaws.com"
        smtp.receives(account.elsewhere("us-west-2"), domain="example.net")
        with smtp.visitor(server.smtp_port) as line:
            assert line.greeting.startswith("220 inbound-smtp.us-east-1.amazonaws.com ESMTP ")


# ---- inspection's road


def test_inspection_takes_envelope_and_address_from_the_mail(account: Account) -> None:
    domain = smtp.receives(account)
    message = f"From: Ann <ann@example.org>\nTo: a@{domain}, x@example.com\nCc: <B@{domain}>\n\nHi\n".encode()
    answer = post(account, message)
    assert answer.status == 200
    (shown,) = account.messages(direction="inbound")
    assert shown["source"] == "ann@example.org"
    assert [(each["address"], each["kind"]) for each in shown["recipients"]] == [
        (f"a@{domain}", "to"),
        (f"B@{domain}", "cc"),
    ]
    assert "x@example.com" in answer.text
    assert mail.delivered(account, shown["id"]).endswith(message.replace(b"\n", b"\r\n"))
    assert "([127.0.0.1])" in top(account, shown["id"])[1]


@pytest.mark.parametrize(
    ("query", "status", "text"),
    [
        ({"to": "x@example.com"}, 422, "x@example.com: no rule of an active rule set matches it"),
        ({"to": ""}, 422, "There is no recipient."),
        ({"to": "a@{domain}", "ip": "nowhere"}, 400, "ip must be an IPv4 or IPv6 address"),
        ({"to": "a@{domain}", "helo": "a%20b"}, 400, "cannot be said over SMTP"),
        ({"to": "a@{domain}%0d%0aX"}, 400, "cannot be said over SMTP"),
        ({"to": "a@{domain}", "tls": "perhaps"}, 400, "tls"),
        ({"to": "a@{domain}", "colour": "red"}, 400, "Unknown query parameter"),
        ({"to": "a@{domain}", "region": "eu-west-1"}, 422, "a@{domain}"),
        ({"to": "a@{domain}", "account_": "111111111111"}, 422, "a@{domain}"),
    ],
)
def test_inspection_says_what_is_wrong(account: Account, query: dict[str, str], status: int, text: str) -> None:
    domain = smtp.receives(account)
    answer = post(account, MESSAGE, **{name: value.format(domain=domain) for name, value in query.items()})
    assert answer.status == status
    assert text.format(domain=domain) in answer.text
    assert not account.messages(direction="inbound")


def test_inspection_heeds_filters_tls_and_circles(account: Account) -> None:
    domain = smtp.receives(account, TlsPolicy="Require")
    block = {"Name": "us", "IpFilter": {"Policy": "Block", "Cidr": "192.0.2.0/24"}}
    account.client().create_receipt_filter(Filter=block)
    assert "a filter blocks" in post(account, MESSAGE, to=f"a@{domain}", ip="192.0.2.10").text
    assert "a rule requires TLS" in post(account, MESSAGE, to=f"a@{domain}", tls="false").text
    assert "too often" in post(account, b"Received: x\r\n" * 50 + MESSAGE, to=f"a@{domain}").text
    assert received(account, to=f"a@{domain}", ip="198.51.100.1")


# ---- programs, crashes, several servers


def test_swaks_sends_a_mail(door: int, account: Account) -> None:
    domain = smtp.receives(account)
    attached = ["--attach-type", "text/x-note", "--attach-name", "a.txt", "--attach", "only this"]
    smtp.by_swaks(door, ALICE, f"a@{domain}", "--tls", "--header", "Subject: By swaks", *attached)
    (message,) = account.messages(direction="inbound")
    assert (message["subject"], message["source"]) == ("By swaks", ALICE)
    assert [each["filename"] for each in message["attachments"]] == ["a.txt"]


class Load:
    """Hosts in the world that send until the server is gone."""

    def __init__(self, port: int, recipient: str) -> None:
        self.acknowledged: list[str] = []
        self._port, self._recipient = port, recipient
        self._threads = [threading.Thread(target=self._send) for _ in range(4)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for thread in self._threads:
            thread.join(processes.SECONDS)

    def _send(self) -> None:
        with suppress(OSError, smtplib.SMTPException), smtplib.SMTP("127.0.0.1", self._port, timeout=30) as client:
            client.ehlo()
            while True:
                client.mail(ALICE)
                client.rcpt(self._recipient)
                code, text = client.data(MESSAGE)
                if code == 250:
                    self.acknowledged.append(text.decode().removeprefix("OK "))


@contextmanager
def running(url: str, **settings: Any) -> Iterator[Running]:
    """A server on the database."""
    with emulator.running(database_url=url, verification="manual", log_level="error", **settings) as started:
        yield started


def ids(account: Account) -> list[str]:
    """The ids of all that was received, newest first."""
    return [each["id"] for each in account.messages(direction="inbound", limit=500)]


def test_every_acknowledged_mail_survives_the_death_of_the_server(new_database_url: str) -> None:
    with running(new_database_url) as server:
        account = aws.new_account(server.url)
        assert server.smtp_port
        recipient = f"a@{smtp.receives(account)}"
        with Load(server.smtp_port, recipient) as load:
            processes.until(lambda: len(load.acknowledged) >= 150)
            for pid in [server.pid, *processes.children(server.pid)]:
                os.kill(pid, signal.SIGKILL)
    with running(new_database_url) as server:
        after = Account(server.url, account.account_id)
        kept = ids(after)
        assert set(load.acknowledged) <= set(kept)
        for message_id in kept:
            assert mail.delivered(after, message_id).endswith(MESSAGE)
            (first, *_) = after.inspect("GET", f"/messages/{message_id}/events")["events"]
            assert first["type"] == "Received"


def test_two_servers_on_one_database_receive_for_the_same_accounts(new_database_url: str) -> None:
    with running(new_database_url) as one, running(new_database_url) as two:
        account = aws.new_account(one.url)
        recipient = f"a@{smtp.receives(account)}"
        doors = [server.smtp_port for server in (one, two) if server.smtp_port]
        found = []
        for door in doors * 5:
            with smtp.visitor(door) as line:
                found.append(smtp.received_id(smtp.delivers(line, MESSAGE, ALICE, recipient)))
        assert len(set(found)) == 10
        assert ids(Account(two.url, account.account_id)) == found[::-1]
        account.client().set_active_receipt_rule_set()
        for door in doors:  # at once, at both
            with smtp.visitor(door) as line:
                line.ask(f"MAIL FROM:<{ALICE}>")
                assert line.ask(f"RCPT TO:<{recipient}>").startswith("550 ")


# ---- the port


def test_the_port_can_be_switched_off() -> None:
    with processes.serving("--ephemeral", "--smtp-port=off") as server:
        assert "Inbound" not in server.banner
    with emulator.running(smtp_port="off") as without:
        assert without.smtp_port is None


def test_a_port_that_is_taken_is_said_in_one_line(door: int) -> None:
    found = processes.run("serve", "--ephemeral", "--port=0", "--submission-port=0", f"--smtp-port={door}")
    assert found.returncode == 2
    assert found.stderr == f"ses-emulator: cannot listen on 127.0.0.1:{door}: Address already in use\n"


def test_a_stop_waits_for_a_mail_under_way(new_database_url: str) -> None:
    with processes.serving("--database-url", new_database_url) as server:
        found = re.search(r"Inbound +127\.0\.0\.1:([0-9]+) ", server.banner)
        assert found
        account = aws.new_account(server.url)
        recipient = f"a@{smtp.receives(account)}"
        with smtp.visitor(int(found[1])) as line, smtp.visitor(int(found[1])) as idle:
            line.mail(ALICE, recipient)
            server.popen.send_signal(signal.SIGTERM)
            assert idle.reply() == ["421 Service not available, closing transmission channel"]
            line.send(MESSAGE + b".\r\n")
            assert line.reply()[-1].startswith("250 OK ")
        assert server.popen.wait(processes.SECONDS) == 0
