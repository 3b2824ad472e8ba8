"""What comes back by mail, to whom, and what the mail says."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest

from emulator.context import Context, Contexts
from emulator.ses import arns, feedback, identities, mailbox, notifications, outcomes, raw_sending, sending
from emulator.ses.mailbox import Reading
from emulator.store import identity_notifications as notification_rows
from emulator.store import messages as message_rows
from emulator.store.events import Event
from emulator.store.identity_notifications import Notifications
from emulator.store.message_filters import Filter
from emulator.store.messages import Message
from tests.support import dkim, workers
from tests.support.workers import ACCOUNT, REGION, START, OwnClock, opened

DOMAIN, ANN, BOB = "example.com", "ann@example.com", "bob@example.net"
COMPLAINER = "complaint@simulator.amazonses.com"
LENDER = "210987654321"
BOUNCES, COMPLAINTS = f"arn:aws:sns:{REGION}:{ACCOUNT}:bounces", f"arn:aws:sns:{REGION}:{ACCOUNT}:complaints"
DIAGNOSTIC = "smtp; 550 5.1.1 user unknown"
FAILED = {"email_address": BOB, "action": "failed", "status": "5.1.1", "diagnostic_code": DIAGNOSTIC}
SIMULATED = {"user_agent": "Amazon SES Mailbox Simulator", "complaint_feedback_type": "abuse"}


@pytest.fixture
def contexts(new_database_url: str) -> Contexts:
    """Contexts on a database of the test's own, where the domain is an identity."""
    made = workers.contexts(new_database_url, OwnClock())
    with opened(made, write=True) as ctx:
        identities.verify_domain(ctx, DOMAIN)
    return made


def _sent(ctx: Context, *lines: str, source: str | None = None, to: str = BOB) -> Message:
    data = "\r\n".join([*(lines or (f"From: Ann <{ANN}>",)), f"To: {to}", "Subject: Hi", "", "Hello"])
    email = raw_sending.RawEmail(data.encode(), source, ())
    message_id = raw_sending.send_raw_email(ctx, email, sending.Options("SendRawEmail"))
    message = message_rows.get(ctx.tx, message_id)
    assert message
    return message._replace(source_arn=arns.identity_arn(ctx.region, ctx.account_id, DOMAIN))


def _bounce(*recipients: dict[str, str], **changed: Any) -> Event:
    people = recipients or (FAILED,)
    detail = {"bounce_type": "Permanent", "bounce_sub_type": "General", "bounced_recipients": list(people), **changed}
    return Event(0, "Bounce", tuple(each["email_address"] for each in people), detail, START)


def _complaint(*recipients: str, **changed: Any) -> Event:
    return Event(0, "Complaint", recipients, {"complaint_sub_type": None, **SIMULATED, **changed}, START)


def _forwarded(ctx: Context, message: Message, event: Event) -> Reading:
    """The one report of the event."""
    feedback.forward(ctx, message, message_rows.raw(ctx.tx, message.seq), event)
    return _only(ctx)


def _only(ctx: Context) -> Reading:
    """The one mail of SES's own."""
    [reading] = mailbox.page(ctx, Filter(direction="system"), 10).readings
    return reading


def _read(ctx: Context, reading: Reading) -> EmailMessage:
    """The delivered copy of a report."""
    read = message_from_bytes(mailbox.raw(ctx, reading.message), policy=policy.default)
    assert not read.defects
    return read


def _attached(report: EmailMessage, number: int) -> Any:
    """The part of that number, which holds messages: the first of those."""
    return list(report.iter_parts())[number].get_payload(0)


def _settings(ctx: Context, identity: str = DOMAIN) -> Notifications:
    row = identities.get(ctx, identity)
    assert row
    return notification_rows.get(ctx.tx, row.seq)


def _tells(ctx: Context, *events: Event, told_otherwise: bool = False) -> list[bool]:
    message = _sent(ctx)
    return [feedback.forwards(ctx, message, event, told_otherwise=told_otherwise) for event in events]


# ---- whether


def test_bounces_and_complaints_are_forwarded_until_somebody_says_otherwise(contexts: Contexts) -> None:
    with opened(contexts, write=True) as ctx:
        assert _tells(ctx, _bounce(), _complaint(BOB)) == [True, True]
        assert _tells(ctx, _bounce(), _complaint(BOB), told_otherwise=True) == [True, True]


@pytest.mark.parametrize("topics", [{}, {"Bounce": BOUNCES}, {"Complaint": COMPLAINTS}])
def test_to_switch_it_off_counts_only_where_there_is_another_way_to_hear_of_them(
    contexts: Contexts, topics: dict[str, str]
) -> None:
    with opened(contexts, write=True) as ctx:
        notifications.set_forwarding(ctx, DOMAIN, enabled=False)
        for kind, topic in topics.items():
            notifications.set_topic(ctx, DOMAIN, kind, topic)
        assert _tells(ctx, _bounce(), _complaint(BOB)) == [True, True]
        assert _tells(ctx, _bounce(), _complaint(BOB), told_otherwise=True) == [False, False]


def test_topics_for_both_are_such_a_way(contexts: Contexts) -> None:
    with opened(contexts, write=True) as ctx:
        notifications.set_topic(ctx, DOMAIN, "Bounce", BOUNCES)
        notifications.set_topic(ctx, DOMAIN, "Complaint", COMPLAINTS)
        assert _tells(ctx, _bounce(), _complaint(BOB)) == [True, True]
        notifications.set_forwarding(ctx, DOMAIN, enabled=False)
        assert _tells(ctx, _bounce(), _complaint(BOB)) == [False, False]


def test_the_settings_are_those_of_the_identity_that_let_the_message_be_sent(contexts: Contexts) -> None:
    with opened(contexts, write=True) as ctx:
        lender = ctx._replace(account_id=LENDER)
        identities.verify_domain(lender, DOMAIN)
        notifications.set_forwarding(lender, DOMAIN, enabled=False)
        own = _sent(ctx)
        lent = own._replace(source_arn=arns.identity_arn(REGION, LENDER, DOMAIN))
        nobodys = own._replace(source_arn=arns.identity_arn(REGION, ACCOUNT, "elsewhere.example.com"))
        unknown = own._replace(source_arn=None)
        told = [feedback.forwards(ctx, each, _bounce(), told_otherwise=True) for each in (own, lent, nobodys, unknown)]
        assert told == [True, False, True, True]


@pytest.mark.parametrize("event_type", ["Send", "Delivery", "Reject", "DeliveryDelay", "Open", "Relay"])
def test_nothing_else_is_ever_forwarded(contexts: Contexts, event_type: str) -> None:
    with opened(contexts, write=True) as ctx:
        assert _tells(ctx, Event(0, event_type, (BOB,), {}, START)) == [False]


def test_nobody_is_told_of_mail_without_a_return_path_or_of_mail_of_ses_itself(contexts: Contexts) -> None:
    with opened(contexts, write=True) as ctx:
        message = _sent(ctx)
        report = _forwarded(ctx, message, _bounce()).message
        for each in (message._replace(return_path=""), report, report._replace(return_path=ANN)):
            assert not feedback.forwards(ctx, each, _bounce(), told_otherwise=False)


# ---- bounces


def test_a_bounce_is_a_mail_of_ses_to_the_return_path(contexts: Contexts) -> None:
    with opened(contexts, write=True) as ctx:
        sent = _sent(ctx, "Return-Path: <bounces@example.com>", f"From: Ann <{ANN}>")
        reading = _forwarded(ctx, sent, _bounce(reporting_mta="dns; a8-40.smtp-out.amazonses.com"))
        report, message = _read(ctx, reading), reading.message
    assert [each.address for each in message.recipients] == ["bounces@example.com"]
    assert (message.account_id, message.region, message.direction) == (ACCOUNT, REGION, "system")
    assert (message.source, message.subject, message.return_path) == (
        "MAILER-DAEMON@amazonses.com",
        "Delivery Status Notification (Failure)",
        "",
    )
    assert report.items() == [
        ("Return-Path", "<>"),
        ("DKIM-Signature", report["DKIM-Signature"]),
        ("Date", "Thu, 01 Jan 2026 12:00:00 +0000"),
        ("From", "MAILER-DAEMON@amazonses.com"),
        ("To", f"Ann <{ANN}>"),
        ("Message-ID", f"<{message.id}@email.amazonses.com>"),
        ("Subject", "Delivery Status Notification (Failure)"),
        ("MIME-Version", "1.0"),
        ("Content-Type", report["Content-Type"]),
        ("Feedback-ID", report["Feedback-ID"]),
        ("X-SES-Outgoing", "2026.01.01-54.240.8.40"),
    ]
    assert reading.text == f"An error occurred while trying to deliver the mail to the following recipients:\n{BOB}"
    assert [each.content_type for each in reading.attachments] == ["message/delivery-status", "message/rfc822"]


def test_a_report_is_signed_by_ses_alone_and_its_feedback_id_is_not_the_accounts(contexts: Contexts) -> None:
    with opened(contexts, write=True) as ctx:
        sent = _sent(ctx)
        report = mailbox.raw(ctx, _forwarded(ctx, sent, _bounce()).message)
        feedback_ids = [message_from_bytes(each)["Feedback-ID"] for each in (report, mailbox.raw(ctx, sent))]
    [signature] = dkim.signatures(report, lambda _name: "p=")
    assert signature.domain == "amazonses.com"
    assert ":".join(signature.headers) == "Date:From:To:Message-ID:Subject:MIME-Version:Content-Type:Feedback-ID"
    assert feedback_ids[0] != feedback_ids[1]


def test_a_bounce_names_what_is_known_of_each_address(contexts: Contexts) -> None:
    with opened(contexts, write=True) as ctx:
        answered = {"email_address": "zoe@example.net"}
        sent = _sent(ctx, to=f"{BOB}, zoe@example.net")
        report = _read(ctx, _forwarded(ctx, sent, _bounce(FAILED, answered, reporting_mta="dns; mta.example")))
    status: Any = list(report.iter_parts())[1].get_payload()
    assert [dict(group.items()) for group in status if group.items()] == [
        {"Reporting-MTA": "dns; mta.example"},
        {
            "Action": "failed",
            "Final-Recipient": f"rfc822; {BOB}",
            "Diagnostic-Code": DIAGNOSTIC,
            "Status": "5.1.1",
        },
        {"Action": "failed", "Final-Recipient": "rfc822; zoe@example.net", "Status": "5.0.0"},
    ]


@pytest.mark.parametrize(
    ("bounce_type", "status"), [("Permanent", "5.0.0"), ("Transient", "4.0.0"), ("Undetermined", "4.0.0")]
)
def test_without_a_report_the_status_says_what_the_type_does(contexts: Contexts, bounce_type: str, status: str) -> None:
    with opened(contexts, write=True) as ctx:
        event = _bounce({"email_address": BOB}, bounce_type=bounce_type)
        report = _read(ctx, _forwarded(ctx, _sent(ctx), event))
    groups: Any = list(report.iter_parts())[1].get_payload()
    assert groups[0]["Reporting-MTA"] == "dns; a8-40.smtp-out.amazonses.com"
    assert (groups[1]["Status"], groups[1]["Diagnostic-Code"]) == (status, None)


def test_what_comes_back_is_what_was_sent_signatures_and_all(contexts: Contexts) -> None:
    with opened(contexts, write=True) as ctx:
        sent = _sent(ctx)
        report = _read(ctx, _forwarded(ctx, sent, _bounce(reporting_mta="dns; mta.example")))
        original = _attached(report, 2)
        copy = message_from_bytes(mailbox.raw(ctx, sent), policy=policy.default)
    assert original.keys() == ["From", "To", "Subject", "Message-ID", "Date", "Feedback-ID", "DKIM-Signature"]
    assert all(original[name] == copy[name] for name in original.keys())  # noqa: SIM118 - no mapping
    assert original.get_content() == copy.get_content()


def test_what_was_never_sent_comes_back_with_its_id_only(contexts: Contexts) -> None:
    with opened(contexts, write=True) as ctx:
        sent = _sent(ctx)
        report = _read(ctx, _forwarded(ctx, sent, _bounce(reporting_mta=outcomes.SUPPRESSING_MTA)))
    assert _attached(report, 2).keys() == ["From", "To", "Subject", "Message-ID"]


@pytest.mark.parametrize(
    ("lines", "source", "named"),
    [
        (("From: a@example.com, Ben <b@example.com>",), ANN, "a@example.com, Ben <b@example.com>"),
        (("From: =?utf-8?q?J=C3=BCrgen?= <j@example.com>",), None, "Jürgen <j@example.com>"),
        (("X-Own: 1",), f"Ann <{ANN}>", f"Ann <{ANN}>"),
    ],
)
def test_a_report_is_addressed_to_the_author(
    contexts: Contexts, lines: tuple[str, ...], source: str | None, named: str
) -> None:
    with opened(contexts, write=True) as ctx:
        assert _read(ctx, _forwarded(ctx, _sent(ctx, *lines, source=source), _bounce()))["To"] == named


@pytest.mark.parametrize(
    ("region", "prefix", "host"), [("us-east-1", "", "email"), ("eu-west-2", "eu-west-2.", "eu-west-2")]
)
def test_who_reports_is_named_after_the_region(contexts: Contexts, region: str, prefix: str, host: str) -> None:
    with contexts.open(ACCOUNT, region, write=True) as ctx:
        sent = _sent(ctx)
        for event in (_bounce(), _complaint(BOB)):
            feedback.forward(ctx, sent, message_rows.raw(ctx.tx, sent.seq), event)
        found = [_read(ctx, each) for each in mailbox.page(ctx, Filter(direction="system"), 2).readings]
    assert [report["From"] for report in found] == [
        f"complaints@{prefix}email-abuse.amazonses.com",
        f"MAILER-DAEMON@{prefix}amazonses.com",
    ]
    assert all(report["Message-ID"].endswith(f"@{host}.amazonses.com>") for report in found)


# ---- complaints


def test_a_complaint_of_the_simulator_says_what_it_says(contexts: Contexts) -> None:
    with opened(contexts, write=True) as ctx:
        sent = _sent(ctx, to=COMPLAINER)
        reading = _forwarded(ctx, sent, _complaint(COMPLAINER))
        report = _read(ctx, reading)
        copy = mailbox.raw(ctx, sent).partition(b"\r\n")[2]
        raw = mailbox.raw(ctx, reading.message)
    assert (report["Return-Path"], report["Subject"]) == ("<no-reply@amazonses.com>", "FW:Hi")
    assert report["Content-Type"].params["report-type"] == "feedback-report"
    text, told, _ = report.iter_parts()
    assert text.get_content().splitlines()[-1] == "-Amazon SES Mailbox Simulator"
    assert told.get_content_type() == "message/feedback-report"
    assert _attached(report, 1).items() == [
        ("Feedback-Type", "abuse"),
        ("User-Agent", "Amazon SES Mailbox Simulator"),
        ("Version", "3.0"),
        ("Original-Envelope-Id", f"<{sent.id}@email.amazonses.com>"),
        ("Original-Mail-From", f"{sent.id}@amazonses.com"),
        ("Original-Rcpt-to", COMPLAINER),
        ("Source-IP", "54.240.8.40"),
    ]
    received = " ".join(_attached(report, 2)["Received"].split())
    assert received.startswith("from a8-40.smtp-out.amazonses.com ([54.240.8.40])")
    assert received.endswith(f" for {COMPLAINER}; Thu, 01 Jan 2026 12:00:00 +0000 (UTC)")
    assert b"+0000 (UTC)\r\n" + copy in raw


def test_anybody_elses_complaint_says_when_the_message_was_sent(contexts: Contexts) -> None:
    with opened(contexts, write=True) as ctx:
        event = _complaint(BOB, user_agent="Yahoo!-Mail-Feedback/2.0", complaint_feedback_type="fraud")
        reading = _forwarded(ctx, _sent(ctx), event)
        raw = mailbox.raw(ctx, reading.message)
    assert reading.text == (
        "This is an email abuse report for an email message from amazonses.com on Thu, 1 Jan 2026 12:00:00 +0000\n"
    )
    assert b"\r\nFeedback-Type: fraud\r\nUser-Agent: Yahoo!-Mail-Feedback/2.0\r\nVersion: 1\r\n" in raw


def test_a_complaint_knows_the_mail_from_domain(contexts: Contexts) -> None:
    with opened(contexts, write=True) as ctx:
        sent = _sent(ctx)._replace(mail_from_domain="bounce.example.com")
        raw = mailbox.raw(ctx, _forwarded(ctx, sent, _complaint(BOB)).message)
    assert f"\r\nOriginal-Mail-From: {sent.id}@bounce.example.com\r\n".encode() in raw


def test_who_complained_before_is_reported_by_the_suppression_list(contexts: Contexts) -> None:
    with opened(contexts, write=True) as ctx:
        sent = _sent(ctx)._replace(source_ip="198.51.100.7")
        event = Event(0, "Complaint", (BOB,), {"complaint_sub_type": outcomes.ON_ACCOUNT_LIST}, START)
        reading = _forwarded(ctx, sent, event)
        report = _read(ctx, reading)
    assert (report["Return-Path"], report["Subject"]) == (
        "<no-reply@amazonses.com>",
        "Email Feedback Report (Complaint)",
    )
    assert reading.text
    assert reading.text.startswith("Amazon SES did not send the message to this address because it is on the ")
    assert _attached(report, 1).items() == [
        ("Feedback-Type", "abuse"),
        ("User-Agent", "Simple Email Service - SES"),
        ("Version", "0.1"),
        ("Received-Date", "Thu, 01 Jan 26 12:00:00 UTC"),
        ("Original-Mail-From", f"Ann <{ANN}>"),
        ("Original-Rcpt-To", f"[{BOB}]"),
        ("Source-IP", "198.51.100.7"),
    ]
    assert _attached(report, 2).keys() == ["From", "To", "Subject", "Message-ID"]


# ---- topics that are gone


@pytest.mark.parametrize(("kind", "topic"), [("Bounce", BOUNCES), ("Complaint", COMPLAINTS)])
def test_a_topic_that_cannot_be_published_to_is_given_up_and_feedback_is_mailed_again(
    contexts: Contexts, kind: str, topic: str
) -> None:
    with opened(contexts, write=True) as ctx:
        notifications.set_topic(ctx, DOMAIN, "Bounce", BOUNCES)
        notifications.set_topic(ctx, DOMAIN, "Complaint", COMPLAINTS)
        notifications.set_forwarding(ctx, DOMAIN, enabled=False)
        before = _settings(ctx)
        feedback.topic_lost(ctx, DOMAIN, kind, topic)
        feedback.topic_lost(ctx, DOMAIN, kind, topic)
        changed: dict[str, Any] = {f"{kind.lower()}_topic": None, "forwarding": True}
        assert _settings(ctx) == before._replace(**changed)
        reading = _only(ctx)
    assert reading.message.recipients[0].address == f"postmaster@{DOMAIN}"
    assert reading.text
    assert reading.text.startswith(
        f'An error occurred while trying to publish a notification of type "{kind}" to Amazon SNS topic "{topic}"'
    )


def test_the_owner_of_an_address_is_told_there(contexts: Contexts) -> None:
    with opened(contexts, write=True) as ctx:
        identities.begin_address(ctx, ANN)
        notifications.set_topic(ctx, ANN, "Bounce", BOUNCES)
        feedback.topic_lost(ctx, ANN, "Bounce", BOUNCES)
        reading = _only(ctx)
    assert reading.message.recipients[0].address == ANN
    assert "sent to you by email again" in (reading.text or "")


def test_a_topic_of_deliveries_stays_and_so_does_another_one(contexts: Contexts) -> None:
    with opened(contexts, write=True) as ctx:
        notifications.set_topic(ctx, DOMAIN, "Delivery", BOUNCES)
        notifications.set_topic(ctx, DOMAIN, "Bounce", COMPLAINTS)
        before = _settings(ctx)
        feedback.topic_lost(ctx, DOMAIN, "Delivery", BOUNCES)
        feedback.topic_lost(ctx, DOMAIN, "Bounce", BOUNCES)
        feedback.topic_lost(ctx, "unknown.example.com", "Bounce", BOUNCES)
        assert _settings(ctx) == before
        assert mailbox.page(ctx, Filter(direction="system"), 1).total == 0


def test_a_topic_of_another_account_is_given_up_there(contexts: Contexts) -> None:
    with opened(contexts, write=True) as ctx:
        lender = ctx._replace(account_id=LENDER)
        identities.verify_domain(lender, DOMAIN)
        for each in (ctx, lender):
            notifications.set_topic(each, DOMAIN, "Bounce", BOUNCES)
        feedback.topic_lost(ctx, arns.identity_arn(REGION, LENDER, DOMAIN), "Bounce", BOUNCES)
        assert (_settings(ctx).bounce_topic, _settings(lender).bounce_topic) == (BOUNCES, None)
        assert _only(ctx).message.account_id == LENDER
