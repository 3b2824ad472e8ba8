"""The words of SES's door for mail from the world, and whom it lets in."""

import re
import smtplib
from collections.abc import Iterator

import pytest

from tests.support import mail, receipt_rules, smtp, zone
from tests.support.aws import Account
from tests.support.smtp import Line

ALICE = "alice@example.org"
MESSAGE = f"From: Alice <{ALICE}>\r\nSubject: Hello\r\n\r\nHi".encode()
UNKNOWN = "550 5.1.1 Requested action not taken: mailbox unavailable"
NOT_KNOWN = "502 Error: command not implemented"


@pytest.fixture
def line(door: int) -> Iterator[Line]:
    """A host in the world at the door."""
    with smtp.visitor(door) as made:
        yield made


def asked(line: Line, recipient: str, sender: str = ALICE) -> str:
    """The reply to a recipient of a new mail."""
    line.ask("RSET")
    assert line.ask(f"MAIL FROM:<{sender}>") == "250 Ok"
    return line.ask(f"RCPT TO:<{recipient}>")


# ---- before the mail


def test_the_greeting_names_the_door_and_a_session(door: int) -> None:
    with Line(door) as one, Line(door) as other:
        (first,), (second,) = one.reply(), other.reply()
    form = r"220 inbound-smtp\.us-east-1\.amazonaws\.com ESMTP Amazon SES [A-Za-z0-9]{20}"
    assert re.fullmatch(form, first)
    assert re.fullmatch(form, second)
    assert first != second


def test_ehlo_offers_tls_and_no_login(door: int) -> None:
    with Line(door) as line:
        line.reply()
        host = "250-inbound-smtp.us-east-1.amazonaws.com"
        assert line.asked("EHLO mx.example.org") == [host, "250-8BITMIME", "250-STARTTLS", "250 Ok"]
        assert line.encrypt() == "220 Ready to start TLS"
        assert line.ask("MAIL FROM:<a@example.org>").startswith("503 ")  # the name is forgotten
        assert line.asked("EHLO mx.example.org") == [host, "250-8BITMIME", "250 Ok"]
        assert line.ask("STARTTLS").startswith("503 ")


def test_the_other_commands(door: int) -> None:
    with Line(door) as line:
        line.reply()
        assert line.ask("MAIL FROM:<a@example.org>").startswith("503 ")
        assert line.ask("HELO mx.example.org") == "250 inbound-smtp.us-east-1.amazonaws.com"
        assert line.ask("AUTH PLAIN AGEAYg==") == NOT_KNOWN
        assert line.ask("FROBNICATE") == NOT_KNOWN
        assert line.ask("EXPN list").startswith("502 ")
        assert line.ask("VRFY a@example.com").startswith("252 ")
        assert line.ask("NOOP") == "250 Ok"
        assert "AUTH" not in line.ask("HELP")
        assert line.ask("QUIT") == "221 Bye"
        assert line.ended()


def test_commands_come_in_order(line: Line, account: Account) -> None:
    domain = smtp.receives(account)
    assert line.ask(f"RCPT TO:<a@{domain}>") == "503 Error: need MAIL command"
    assert line.ask("DATA") == "503 Error: need RCPT command"
    assert line.ask("MAIL FROM:<>") == "250 Ok"
    assert line.ask("MAIL FROM:<a@example.org>") == "503 Error: nested MAIL command"
    assert line.ask("DATA") == "503 Error: need RCPT command"
    assert line.ask(f"RCPT TO:<a@{domain}>") == "250 Ok"
    assert line.ask("DATA now").startswith("501 ")
    for command in ("RSET", "EHLO mx.example.org", "HELO mx.example.org"):
        assert line.ask(command).startswith("250 ")
        assert line.ask("DATA") == "503 Error: need RCPT command"
        assert line.ask("MAIL FROM:<a@example.org>") == "250 Ok"
        assert line.ask("DATA") == "503 Error: need RCPT command"


@pytest.mark.parametrize(
    "argument",
    [
        *("FROM:<a@example.org>", "FROM: a@example.org", "from:<>", "FROM:<nobody>", 'FROM:<"a b"@example.org>'),
        *("FROM:<a@example.org> BODY=8BITMIME SIZE=1000", f"FROM:<{'a' * 400}@example.org>"),
    ],
)
def test_a_sender_may_be_anything(line: Line, argument: str) -> None:
    assert line.ask(f"MAIL {argument}") == "250 Ok"


@pytest.mark.parametrize(
    ("argument", "reply"),
    [
        ("TO:<a@example.org>", "501 Invalid MAIL FROM address provided"),
        ("", "501 Invalid MAIL FROM address provided"),
        ("FROM:<a@example.org", "501 Invalid MAIL FROM address provided"),
        ("FROM:<a\x01@example.org>", "501 Invalid MAIL FROM address provided"),
        ("FROM:<a\0@example.org>", "501 Invalid MAIL FROM address provided"),
        ("FROM:<a@example.org> SMTPUTF8", "555 MAIL FROM parameters not recognized or not implemented"),
        (f"FROM:<a@example.org> SIZE={40 * 2**20 + 1}", "552 5.3.4 Message size exceeds fixed limit"),
    ],
)
def test_a_sender_that_is_not_said_right_is_refused(line: Line, argument: str, reply: str) -> None:
    assert line.ask(f"MAIL {argument}") == reply
    assert line.ask("RCPT TO:<a@example.com>").startswith("503 ")


# ---- recipients


def test_nobody_is_known_where_no_rule_set_is_active(line: Line, account: Account) -> None:
    domain = smtp.receives(account)
    assert asked(line, f"a@{domain}") == "250 Ok"
    account.client().set_active_receipt_rule_set()
    assert asked(line, f"a@{domain}") == UNKNOWN
    assert line.ask("DATA") == "503 Error: need RCPT command"
    account.client().set_active_receipt_rule_set(RuleSetName=receipt_rules.SET)
    assert asked(line, f"a@{domain}") == "250 Ok"


@pytest.mark.parametrize(
    "address", ["nobody", "a b@{}", "", "@", "a@", "a\x01b@{}", "a@sub.{}", "a@not{}", "a@{}.", "a@example.com"]
)
def test_a_recipient_that_nobody_wants_is_unknown(line: Line, account: Account, address: str) -> None:
    domain = smtp.receives(account, Recipients=[f"only@{zone.domain_of(account)}"])
    assert asked(line, address.format(domain)) == UNKNOWN
    assert asked(line, f"ONLY@{domain.upper()}") == "250 Ok"
    assert asked(line, f"only+label@{domain}") == "250 Ok"


def test_a_recipient_takes_no_parameters(line: Line, account: Account) -> None:
    domain = smtp.receives(account)
    assert line.ask(f"MAIL FROM:<{ALICE}>") == "250 Ok"
    assert line.ask(f"RCPT TO:<a@{domain}> NOTIFY=NEVER") == "555 RCPT TO parameters not recognized or not implemented"
    assert line.ask(f"RCPT TO:<a@{domain}>") == "250 Ok"


def test_only_a_rule_that_is_enabled_lets_mail_in(line: Line, account: Account) -> None:
    domain = smtp.receives(account, Enabled=False)
    assert asked(line, f"a@{domain}") == UNKNOWN
    receipt_rules.add(account, "all", Enabled=True)
    assert asked(line, f"a@{domain}") == "250 Ok"


def test_only_a_verified_domain_receives_mail(line: Line, account: Account) -> None:
    domain = smtp.receives(account, Recipients=[])
    assert asked(line, f"a@{domain}") == "250 Ok"
    assert asked(line, f"a@deep.below.{domain}") == "250 Ok"
    mail.verify(account, f"a@x{domain}")
    assert asked(line, f"a@x{domain}") == UNKNOWN  # of an address that is verified, the domain is not
    account.client().verify_domain_identity(Domain=f"x{domain}")
    assert asked(line, f"a@x{domain}") == UNKNOWN  # it is pending
    mail.verify(account, f"x{domain}")
    assert asked(line, f"a@x{domain}") == "250 Ok"
    account.client().delete_identity(Identity=f"x{domain}")
    assert asked(line, f"a@x{domain}") == UNKNOWN


def test_a_filter_blocks_an_address_unless_another_allows_it(line: Line, account: Account) -> None:
    domain = smtp.receives(account, Recipients=[f"a@{zone.domain_of(account)}"])
    client = account.client()
    assert asked(line, f"b@{domain}") == UNKNOWN
    client.create_receipt_filter(Filter={"Name": "all", "IpFilter": {"Policy": "Block", "Cidr": "0.0.0.0/0"}})
    assert asked(line, f"a@{domain}") == "550 5.7.1 IP address blacklisted by recipient"
    assert asked(line, f"b@{domain}") == "550 5.7.1 IP address blacklisted by recipient"  # before any rule is asked
    client.create_receipt_filter(Filter={"Name": "us", "IpFilter": {"Policy": "Allow", "Cidr": "127.0.0.1"}})
    assert asked(line, f"a@{domain}") == "250 Ok"
    client.delete_receipt_filter(FilterName="us")
    assert asked(line, f"a@{domain}") == "550 5.7.1 IP address blacklisted by recipient"
    client.delete_receipt_filter(FilterName="all")
    assert asked(line, f"a@{domain}") == "250 Ok"


def test_a_rule_may_require_tls(line: Line, account: Account) -> None:
    domain = smtp.receives(account, TlsPolicy="Require", Recipients=[f"safe@{zone.domain_of(account)}"])
    receipt_rules.add(account, "all", Enabled=True)
    assert asked(line, f"a@{domain}") == "250 Ok"
    assert asked(line, f"safe@{domain}") == "530 Must issue a STARTTLS command first"
    line.encrypt()
    line.ask("EHLO mx.example.org")
    assert asked(line, f"safe@{domain}") == "250 Ok"
    line.ask("DATA")
    line.send(MESSAGE + b"\r\n.\r\n")
    message_id = smtp.received_id(line.reply()[-1])
    assert account.messages(direction="inbound")[0]["id"] == message_id


def test_the_mail_of_those_who_are_known_goes_on(line: Line, account: Account) -> None:
    domain = smtp.receives(account)
    replies = [asked(line, f"a@{domain}"), line.ask("RCPT TO:<b@example.com>"), line.ask(f"RCPT TO:<c@{domain}>")]
    assert replies == ["250 Ok", UNKNOWN, "250 Ok"]
    line.ask("DATA")
    line.send(MESSAGE + b"\r\n.\r\n")
    message = mail.shown(account, smtp.received_id(line.reply()[-1]))
    assert [each["address"] for each in message["recipients"]] == [f"a@{domain}", f"c@{domain}"]


def test_smtplib_is_told_whom_it_could_not_reach(door: int, account: Account) -> None:
    domain = smtp.receives(account)
    with smtplib.SMTP("127.0.0.1", door) as client:
        client.starttls()
        refused = client.sendmail(ALICE, [f"a@{domain}", "b@example.com"], MESSAGE)
        assert refused == {"b@example.com": (550, UNKNOWN.removeprefix("550 ").encode())}
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            client.sendmail(ALICE, ["b@example.com"], MESSAGE)


@pytest.mark.parametrize("command", ["RSET", "HELO mx.example.org", "EHLO mx.example.org", "STARTTLS"])
def test_who_was_named_before_has_no_part_in_another_mail(line: Line, account: Account, command: str) -> None:
    domain = smtp.receives(account)
    assert asked(line, f"first@{domain}") == "250 Ok"
    if command == "STARTTLS":
        line.encrypt()
        line.ask("HELO mx.example.org")
    else:
        line.ask(command)
    message_id = smtp.received_id(smtp.delivers(line, MESSAGE, ALICE, f"second@{domain}"))
    recipients = mail.shown(account, message_id)["recipients"]
    assert [each["address"] for each in recipients] == [f"second@{domain}"]


# ---- the mail


def test_a_mail_is_received_under_an_id_of_its_own(line: Line, account: Account) -> None:
    domain = smtp.receives(account)
    ids = [smtp.received_id(smtp.delivers(line, MESSAGE, sender, f"a@{domain}")) for sender in (ALICE, "")]
    assert all(re.fullmatch("[0-9a-v]{38}[08go]1", each) for each in ids)
    assert [message["id"] for message in account.messages(direction="inbound")] == ids[::-1]
    assert [message["source"] for message in account.messages(direction="inbound")] == ["", ALICE]
    assert line.ask("DATA") == "503 Error: need RCPT command"


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"\r\nonly a body",
        b"no header",
        b"\xff\xfe\x00\r\n\r\n\x00",
        b"Subject: \xfcml\xe4ut\r\n\r\n\xe9",
        b"From:\r\n",
        b":\r\n:",
        b"Return-Path: <other@example.org>\r\nX-SES-Spam-Verdict: FAIL\r\nReceived: from a by b; date\r\n\r\nHi",
    ],
)
def test_whatever_comes_is_kept_as_it_came(line: Line, account: Account, message: bytes) -> None:
    domain = smtp.receives(account)
    message_id = smtp.received_id(smtp.delivers(line, message, ALICE, f"a@{domain}"))
    assert mail.delivered(account, message_id).endswith(b"X-SES-RECEIPT;\r\n" + message + b"\r\n")
    assert mail.shown(account, message_id)["recipients"][0]["status"] == "received"


def test_dots_that_hide_others_are_taken_away(line: Line, account: Account) -> None:
    domain = smtp.receives(account)
    message_id = smtp.received_id(smtp.delivers(line, b"..x: y\r\n\r\n..\r\n...\r\n....b", ALICE, f"a@{domain}"))
    assert mail.delivered(account, message_id).endswith(b"\r\n.x: y\r\n\r\n.\r\n..\r\n...b\r\n")


def test_a_mail_that_runs_in_a_circle_is_refused(line: Line, account: Account) -> None:
    domain = smtp.receives(account)
    hops = b"Received: from a by b; date\r\n\tfolded\r\n"
    assert smtp.delivers(line, hops * 50 + MESSAGE, ALICE, f"a@{domain}") == "554 5.4.6 Too many hops"
    assert smtp.delivers(line, hops * 49 + MESSAGE, ALICE, f"a@{domain}").startswith("250 OK ")
    assert smtp.delivers(line, hops + MESSAGE + b"\r\n\r\n" + hops * 60, ALICE, f"a@{domain}").startswith("250 OK ")


def test_two_mails_may_come_at_once(line: Line, account: Account) -> None:
    domain = smtp.receives(account)
    commands = f"MAIL FROM:<{ALICE}>\r\nRCPT TO:<a@{domain}>\r\nDATA\r\n".encode()
    line.send((commands + MESSAGE + b"\r\n.\r\n") * 2 + b"QUIT\r\n")
    replies = [line.reply()[-1][:6] for _ in range(9)]
    assert replies == [*(["250 Ok", "250 Ok", "354 En", "250 OK"] * 2), "221 By"]
    assert len(account.messages(direction="inbound")) == 2
