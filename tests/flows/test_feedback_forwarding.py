"""Bounces and complaints come back by mail: to whom, and as what another reader of mail finds in it."""

from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest

from emulator import Running
from tests.support import aws, configuration_sets, dkim, mail, outcomes, policies, smtp, topics
from tests.support.aws import Account
from tests.support.mail import ANN, BOB

AT = "@simulator.amazonses.com"
BOUNCING, COMPLAINING = f"bounce{AT}", f"complaint{AT}"
DAEMON, COMPLAINTS = "MAILER-DAEMON@amazonses.com", "complaints@email-abuse.amazonses.com"
DOMAIN = "example.com"
TOPIC = "arn:aws:sns:us-east-1:123456789012:feedback"


def _to(*recipients: str) -> dict[str, Any]:
    return {"ToAddresses": list(recipients)}


def _reports(account: Account, **query: str) -> list[dict[str, Any]]:
    """The reports in the mailbox, newest first, once all due work is done."""
    account.drain()
    found = account.messages(direction="system", **query)
    return [each for each in found if each["from"] in (DAEMON, COMPLAINTS)]


def _read(account: Account, report: dict[str, Any]) -> EmailMessage:
    """The report as its recipient's program reads it."""
    read = message_from_bytes(mail.delivered(account, report["id"]), policy=policy.default)
    assert not read.defects
    return read


def _sent_to(account: Account) -> list[str]:
    """Whom the one report went to."""
    [report] = _reports(account)
    return [each["address"] for each in report["recipients"]]


def test_a_bounce_is_in_the_mailbox_of_whoever_sent_the_message(account: Account) -> None:
    sent = mail.send(mail.client(account), Source=f"Ann <{ANN}>", Destination=_to(BOUNCING))
    [report] = _reports(account, to=ANN)
    assert (report["from"], report["return_path"]) == (DAEMON, "")
    assert report["subject"] == "Delivery Status Notification (Failure)"
    assert report["text"] == (
        f"An error occurred while trying to deliver the mail to the following recipients:\n{BOUNCING}"
    )
    assert [each["content_type"] for each in report["attachments"]] == ["message/delivery-status", "message/rfc822"]
    read = _read(account, report)
    assert (read["Return-Path"], read["To"]) == ("<>", f"Ann <{ANN}>")
    assert (read.get_content_type(), read["Content-Type"].params["report-type"]) == (
        "multipart/report",
        "delivery-status",
    )
    _, status, original = read.iter_parts()
    groups: Any = status.get_payload()
    assert groups[1].items() == [
        ("Action", "failed"),
        ("Final-Recipient", f"rfc822; {BOUNCING}"),
        ("Diagnostic-Code", f"smtp; 550 5.1.1 As requested: user unknown <{BOUNCING}>"),
        ("Status", "5.1.1"),
    ]
    attached = original.get_content()
    assert attached["Message-ID"] == f"<{sent}@email.amazonses.com>"
    assert attached.get_content() == "Hello"


def test_reports_are_signed_by_ses_and_so_is_what_comes_back(account: Account) -> None:
    mail.send(mail.client(account), Destination=_to(BOUNCING))
    [report] = _reports(account)
    assert dkim.signers(account, report["id"]) == ["amazonses.com"]
    raw = mail.delivered(account, report["id"])
    original = raw.partition(b"Undelivered Message\r\n\r\n")[2].rpartition(b"\r\n--")[0]
    assert [each.valid for each in dkim.signatures(original, dkim.in_zone(account))] == [True]


def test_the_bounces_of_one_message_come_back_as_one(account: Account) -> None:
    mail.send(mail.client(account), Destination=_to(BOUNCING, f"bounce+2{AT}", BOB))
    [report] = _reports(account)
    assert report["text"].splitlines()[1:] == [BOUNCING, f"bounce+2{AT}"]


def test_a_complaint_comes_back_with_what_was_complained_of(account: Account) -> None:
    sent = mail.send(mail.client(account), Source=f"Ann <{ANN}>", Destination=_to(COMPLAINING))
    [report] = _reports(account, to=ANN)
    assert (report["from"], report["subject"]) == (COMPLAINTS, "FW:Hi")
    read = _read(account, report)
    assert (read["Return-Path"], read["To"]) == ("<no-reply@amazonses.com>", f"Ann <{ANN}>")
    _, told, original = read.iter_parts()
    fields: Any = told.get_payload(0)
    assert (fields["Feedback-Type"], fields["Original-Rcpt-to"]) == ("abuse", COMPLAINING)
    assert fields["Original-Mail-From"] == f"{sent}@amazonses.com"
    copy = mail.delivered(account, sent).partition(b"\r\n")[2]
    assert b"\r\n" + copy in mail.delivered(account, report["id"])
    assert COMPLAINING in original.get_content()["Received"]


def test_deliveries_rejections_and_reports_themselves_bring_no_mail(account: Account) -> None:
    sender = mail.client(account)
    mail.send(sender, Destination=_to(f"success{AT}", BOB))
    outcomes.happen(account, mail.send(sender), BOB, "reject")
    assert _reports(account) == []
    bounced = mail.send(sender, Destination=_to(BOUNCING))
    [report] = _reports(account)
    assert account.inspect("GET", f"/messages/{report['id']}/events")["events"] == []
    assert outcomes.types(account, bounced) == ["Bounce"]


def test_suppressed_recipients_are_reported_too(account: Account) -> None:
    account.inspect("PUT", f"/suppression/{BOB}", {"reason": "COMPLAINT"})
    account.inspect("PUT", "/suppression/zoe@example.net", {"reason": "BOUNCE"})
    mail.send(mail.client(account), Destination=_to(BOB, "zoe@example.net"))
    found = {report["from"]: _read(account, report) for report in _reports(account)}
    assert sorted(found) == sorted([DAEMON, COMPLAINTS])
    assert found[COMPLAINTS]["Subject"] == "Email Feedback Report (Complaint)"
    groups: Any = list(found[DAEMON].iter_parts())[1].get_payload()
    assert groups[0]["Reporting-MTA"] == "dns; amazonses.com"


@pytest.mark.parametrize(("outcome", "sender"), [("bounce", DAEMON), ("complaint", COMPLAINTS)])
def test_what_a_test_says_has_happened_comes_back_as_well(account: Account, outcome: str, sender: str) -> None:
    sent = mail.send(mail.client(account))
    account.drain()
    outcomes.happen(account, sent, BOB, outcome)
    assert [report["from"] for report in _reports(account)] == [sender]


# ---- to whom


def test_feedback_goes_to_the_return_path_and_names_the_author(account: Account) -> None:
    sender = mail.client(account, DOMAIN)
    mail.send(sender, Source=f"Ann <{ANN}>", ReturnPath="bounces@example.com", Destination=_to(BOUNCING))
    assert _sent_to(account) == ["bounces@example.com"]
    assert _read(account, _reports(account)[0])["To"] == f"Ann <{ANN}>"


@pytest.mark.parametrize(
    ("given", "expected"),
    [({"Source": f"Source <source@{DOMAIN}>"}, f"source@{DOMAIN}"), ({}, f"header@{DOMAIN}")],
)
def test_a_source_comes_before_the_return_path_header(account: Account, given: dict[str, str], expected: str) -> None:
    data = mail.document(f"Return-Path: <header@{DOMAIN}>", f"From: Ann <{ANN}>", f"To: {BOUNCING}")
    mail.send_raw(mail.client(account, DOMAIN), data, **given)
    assert _sent_to(account) == [expected]


def test_without_either_it_goes_to_the_author(account: Account) -> None:
    mail.send_raw(mail.client(account), mail.document(f"From: Ann <{ANN}>", f"To: {BOUNCING}"))
    assert _sent_to(account) == [ANN]


def test_over_smtp_it_goes_to_who_the_envelope_says(server: Running, account: Account) -> None:
    mail.verify(account, DOMAIN)
    data = mail.document(f"Return-Path: <header@{DOMAIN}>", f"From: Ann <{ANN}>", f"To: {BOUNCING}")
    assert server.submission_port
    with smtp.client(server.submission_port, account) as client:
        smtp.sent(client, f"envelope@{DOMAIN}", [BOUNCING], data)
    assert _sent_to(account) == [f"envelope@{DOMAIN}"]
    assert _read(account, _reports(account)[0])["To"] == f"Ann <{ANN}>"


# ---- whether


def test_forwarding_that_is_off_counts_where_topics_tell_of_it(account: Account) -> None:
    sender = mail.client(account)
    sender.set_identity_feedback_forwarding_enabled(Identity=ANN, ForwardingEnabled=False)
    mail.send(sender, Destination=_to(BOUNCING))
    assert len(_reports(account)) == 1
    for kind in ("Bounce", "Complaint"):
        sender.set_identity_notification_topic(Identity=ANN, NotificationType=kind, SnsTopic=TOPIC)
    mail.send(sender, Destination=_to(BOUNCING, COMPLAINING))
    assert len(_reports(account)) == 1
    sender.set_identity_feedback_forwarding_enabled(Identity=ANN, ForwardingEnabled=True)
    mail.send(sender, Destination=_to(BOUNCING, COMPLAINING))
    assert len(_reports(account)) == 3


def test_a_destination_tells_of_it_only_where_its_set_is_used(account: Account) -> None:
    sender = mail.client(account)
    sender.set_identity_feedback_forwarding_enabled(Identity=ANN, ForwardingEnabled=False)
    configuration_sets.create(account)
    configuration_sets.add(account, "bounces", "bounce", **configuration_sets.FIREHOSE)
    through = {"ConfigurationSetName": configuration_sets.NAME}
    mail.send(sender, Destination=_to(BOUNCING), **through)
    assert _reports(account) == []
    mail.send(sender, Destination=_to(BOUNCING))
    mail.send(sender, Destination=_to(COMPLAINING), **through)  # of which the destination is not told
    assert sorted(report["from"] for report in _reports(account)) == sorted([DAEMON, COMPLAINTS])


def test_a_topic_that_is_gone_is_given_up_and_feedback_is_mailed_again(start: Callable[..., Account]) -> None:
    with topics.serving() as sns:
        account = start(aws_endpoint_url_sns=sns.url, log_level="error")
        sender = mail.client(account, DOMAIN)
        for kind in ("Bounce", "Complaint"):
            sender.set_identity_notification_topic(Identity=DOMAIN, NotificationType=kind, SnsTopic=TOPIC)
        sender.set_identity_feedback_forwarding_enabled(Identity=DOMAIN, ForwardingEnabled=False)
        mail.send(sender, Destination=_to(f"success{AT}"))
        account.drain()
        sns.refusals[TOPIC] = (404, "NotFound")
        mail.send(sender, Destination=_to(BOUNCING))
        assert _reports(account) == []  # it was to be told by the topic
        [told] = account.messages(direction="system", to=f"postmaster@{DOMAIN}", subject="could not publish")
        beginning = 'An error occurred while trying to publish a notification of type "Bounce" to Amazon SNS topic '
        assert told["text"].startswith(f'{beginning}"{TOPIC}"')
        attributes = sender.get_identity_notification_attributes(Identities=[DOMAIN])["NotificationAttributes"][DOMAIN]
        assert attributes["ForwardingEnabled"]
        assert ("BounceTopic" in attributes, attributes["ComplaintTopic"]) == (False, TOPIC)
        mail.send(sender, Destination=_to(BOUNCING))
        assert len(_reports(account)) == 1


def test_whoever_lent_the_identity_decides_and_whoever_sent_is_told(server: Running, account: Account) -> None:
    owner = aws.new_account(server.url)
    lender = mail.client(owner, DOMAIN)
    lent = policies.arn(owner, DOMAIN)
    policies.put(owner, DOMAIN, "mine", policies.document(policies.statement(owner, DOMAIN, account.account_id)))
    mail.send(account.client(), SourceArn=lent, Destination=_to(BOUNCING))
    assert (_sent_to(account), _reports(owner)) == ([ANN], [])
    lender.set_identity_feedback_forwarding_enabled(Identity=DOMAIN, ForwardingEnabled=False)
    for kind in ("Bounce", "Complaint"):
        lender.set_identity_notification_topic(Identity=DOMAIN, NotificationType=kind, SnsTopic=TOPIC)
    mail.send(account.client(), SourceArn=lent, Destination=_to(BOUNCING))
    assert len(_reports(account)) == 1
