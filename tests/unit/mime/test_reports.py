"""Reports have the bytes of recorded ones, and another reader finds in them what was told, and nothing more."""

from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes, policy
from email.message import MIMEPart
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.mime import reports
from emulator.mime.reports import Complaint, Failure, Heading
from tests.support import reports as samples

ID = "010b01a10bd59ab4-0816c2f1-77d0-41a1-8edb-92df76e92a3b-000000"
HEADING = Heading(
    message_id=ID,
    region="eu-west-2",
    date=datetime(2026, 10, 5, 11, 31, 50, tzinfo=UTC),
    sender="MAILER-DAEMON@eu-west-2.amazonses.com",
    to="Sender Name <sender@example.com>",
    subject=reports.FAILURE,
    boundary="----=_Part_94187_1779699454.1791199910604",
)
UNKNOWN = "smtp; 550 5.1.1 As requested: user unknown <bounce@simulator.amazonses.com>"
BOUNCED = Failure("bounce@simulator.amazonses.com", "5.1.1", UNKNOWN)
MTA = "dns; d218-15.smtp-out.eu-west-2.amazonses.com"
ORIGINAL = b"From: Sender Name <sender@example.com>\r\nSubject: Hi\r\n\r\nHello"

SAID = Complaint(
    text=(
        "Hello,\r\n\r\nThis is an example of a complaint email response.\r\n\r\nThank you,\r\n\r\n"
        "-Amazon SES Mailbox Simulator"
    ),
    feedback_type="abuse",
    user_agent="Amazon SES Mailbox Simulator",
    version="3.0",
    mail_from="1-2-3@bounce.example.com",
    recipients=["complaint@simulator.amazonses.com"],
    source_ip="10.0.80.40",
    envelope_id="1-2-3@eu-west-2.amazonses.com",
)


def _parts(raw: bytes) -> list[MIMEPart]:
    """The three parts of a report, as the standard library reads them."""
    message = message_from_bytes(raw, policy=policy.default)
    assert not message.defects
    parts = list(message.iter_parts())
    assert len(parts) == 3
    return parts


def _groups(raw: bytes) -> list[list[tuple[str, Any]]]:
    """The groups of fields in a delivery status."""
    status: Any = message_from_bytes(raw).get_payload(1)
    return [group.items() for group in status.get_payload() if group.items()]


def _received_bounce(*failures: Failure, **changed: Any) -> bytes:
    given: dict[str, Any] = {
        "explanation": None,
        "reporting_mta": None,
        "arrival_date": datetime(2015, 10, 1, 13, 48, 54, tzinfo=UTC),
        "original": ORIGINAL,
        **changed,
    }
    heading = Heading(
        message_id=ID,
        region="us-west-2",
        date=datetime(2015, 10, 1, 13, 48, 55, tzinfo=UTC),
        sender="postmaster@example.com",
        to="author@example.net",
        subject=reports.FAILURE,
        boundary="----=_Part_0_1984813963.1443707337938",
    )
    return reports.received_bounce(heading, failures=failures or (_refused(),), **given)


def _refused(**changed: Any) -> Failure:
    given: dict[str, Any] = {
        "diagnostic_code": "smtp; 550 5.1.1 Mailbox does not exist",
        "original_recipient": "nobody@example.com",
        **changed,
    }
    return Failure("nobody@example.com", "5.1.1", **given)


# ---- bounces of what was sent


def test_a_bounce_has_the_bytes_of_a_recorded_one() -> None:
    assert reports.bounce(HEADING, MTA, [BOUNCED], ORIGINAL) == samples.BOUNCE


def test_several_addresses_have_a_line_and_a_block_each() -> None:
    raw = reports.bounce(HEADING, MTA, [BOUNCED, Failure("b@example.net", "4.0.0")], ORIGINAL)
    text, _, original = _parts(raw)
    assert text.get_content().splitlines()[1:] == ["bounce@simulator.amazonses.com", "b@example.net"]
    assert _groups(raw) == [
        [("Reporting-MTA", MTA)],
        [
            ("Action", "failed"),
            ("Final-Recipient", "rfc822; bounce@simulator.amazonses.com"),
            ("Diagnostic-Code", UNKNOWN),
            ("Status", "5.1.1"),
        ],
        [("Action", "failed"), ("Final-Recipient", "rfc822; b@example.net"), ("Status", "4.0.0")],
    ]
    assert original.get_content()["Subject"] == "Hi"


def test_the_original_is_attached_byte_for_byte() -> None:
    original = bytes(range(256)) + b"\r\n\r\n--x\r\n"
    raw = reports.bounce(HEADING, MTA, [BOUNCED], original)
    assert b"Undelivered Message\r\n\r\n" + original + b"\r\n------=_Part_" in raw


def test_who_is_told_is_named_as_in_the_message_even_if_that_is_not_ascii() -> None:
    raw = reports.bounce(HEADING._replace(to="Jürgen\r\n <j@example.com>"), MTA, [BOUNCED], ORIGINAL)
    assert "To: Jürgen  <j@example.com>\r\nMessage-ID: ".encode() in raw


# ---- bounces of what was received


def test_a_bounce_of_received_mail_has_the_bytes_of_a_recorded_one() -> None:
    assert _received_bounce() == samples.RECEIVED_BOUNCE


def test_all_that_may_be_told_of_received_mail_is_told() -> None:
    raw = _received_bounce(
        _refused(
            action="delayed",
            remote_mta="dns; mx.example.com",
            last_attempt_date=datetime(2026, 1, 6, 10, 5, 9, tzinfo=timezone(timedelta(hours=2))),
            extension_fields=[("X-One", "1"), ("X-Two", "2")],
        ),
        _refused(diagnostic_code=None, original_recipient=None),
        explanation="Nobody of that name.\nTry another.",
        reporting_mta="dns; mx.example.org",
        extension_fields=[("X-Whole", "yes")],
    )
    text, _, header = _parts(raw)
    assert text.get_content() == "Nobody of that name.\r\nTry another."
    assert _groups(raw) == [
        [("Reporting-MTA", "dns; mx.example.org"), ("Arrival-Date", "Thu, 01 Oct 15 13:48:54 UTC"), ("X-Whole", "yes")],
        [
            ("Action", "delayed"),
            ("Final-Recipient", "rfc822; nobody@example.com"),
            ("Original-Recipient", "rfc822; nobody@example.com"),
            ("Diagnostic-Code", "smtp; 550 5.1.1 Mailbox does not exist"),
            ("Status", "5.1.1"),
            ("Remote-MTA", "dns; mx.example.com"),
            ("Last-Attempt-Date", "Tue, 06 Jan 26 08:05:09 UTC"),
            ("X-One", "1"),
            ("X-Two", "2"),
        ],
        [("Action", "failed"), ("Final-Recipient", "rfc822; nobody@example.com"), ("Status", "5.1.1")],
    ]
    assert header.get_content_type() == "text/rfc822-headers"


def test_an_explanation_in_any_language_is_read_as_it_was_written() -> None:
    explanation = "宛先がありません。" * 20
    text = _parts(_received_bounce(explanation=explanation))[0]
    assert (text.get_content_charset(), text["Content-Description"]) == ("utf-8", "Notification")
    assert text.get_content() == explanation


@pytest.mark.parametrize("original", [b"", b"\r\nHello", b"Subject: Hi", b"Subject: Hi\r\n"])
def test_a_message_without_header_or_body_can_be_bounced(original: bytes) -> None:
    assert len(_parts(_received_bounce(original=original))) == 3


# ---- complaints


def test_a_complaint_has_the_bytes_of_a_recorded_one() -> None:
    heading = HEADING._replace(sender="complaints@eu-west-2.email-abuse.amazonses.com", subject="FW:Test Message")
    passage = ["from a.example ([10.0.80.40])", "by b.example;", "Mon, 05 Oct 2026 11:32:27 +0000 (UTC)"]
    original = reports.handed_over(ORIGINAL + b"\r\n", passage)
    assert reports.complaint(heading, SAID, original) == samples.COMPLAINT
    assert reports.complaint(heading, SAID, original.removesuffix(b"\r\n")) == samples.COMPLAINT


def test_a_complaint_about_what_was_not_sent_has_the_bytes_of_a_recorded_one() -> None:
    heading = HEADING._replace(
        region="us-east-1",
        date=datetime(2026, 10, 8, 1, 4, tzinfo=UTC),
        sender="complaints@email-abuse.amazonses.com",
        subject=reports.SUPPRESSION,
        boundary="----=_Part_7_335984580.1791421440678",
    )
    said = Complaint(
        text="It was not sent.",
        feedback_type="abuse",
        user_agent="Simple Email Service - SES",
        version="0.1",
        mail_from="Sender Name <sender@example.com>",
        recipients=["jamie@example.net"],
        source_ip="198.51.100.7",
    )
    assert reports.suppressed_complaint(heading, said, ORIGINAL) == samples.SUPPRESSED_COMPLAINT


def test_the_subject_of_a_complaint_may_be_in_any_language() -> None:
    heading = HEADING._replace(subject="FW:Grüße\r\nBcc: evil@example.com")
    message = message_from_bytes(reports.complaint(heading, SAID, ORIGINAL), policy=policy.default)
    assert message["Bcc"] is None
    assert message["Subject"].startswith("FW:Grüße")


# ---- whatever is in it

_HOSTILE = st.text(st.sampled_from("a@:;\r\n\t \0\x0b\x85\u2028ü"), max_size=12)


@given(st.lists(_HOSTILE, min_size=10, max_size=10))
def test_no_value_makes_a_header_or_a_field_of_its_own(values: list[str]) -> None:
    a, b, c, d, e, f, g, h, i, j = values
    failures = [Failure(a, b, c, action=d, original_recipient=e, remote_mta=f, extension_fields=[("X-A", g)])]
    heading = HEADING._replace(sender=h or "x", to=i or "y", subject=j)
    raw = _received_bounce(*failures, reporting_mta=h, extension_fields=[("X-B", i)])
    assert [[name for name, _ in group] for group in _groups(raw)] == [
        ["Reporting-MTA", "Arrival-Date", "X-B"],
        ["Action", "Final-Recipient", "Original-Recipient", "Diagnostic-Code", "Status", "Remote-MTA", "X-A"],
    ]
    said = SAID._replace(feedback_type=a, user_agent=b, version=c, mail_from=d, recipients=[e, f], source_ip=g)
    passage = [a, b, c]
    for whole in (
        reports.bounce(heading, h, failures, ORIGINAL),
        reports.complaint(heading, said, reports.handed_over(ORIGINAL, passage)),
        reports.suppressed_complaint(heading, said, ORIGINAL),
    ):
        message = message_from_bytes(whole)
        assert message.keys() == ["Date", "From", "To", "Message-ID", "Subject", "MIME-Version", "Content-Type"]
        attached: Any = message.get_payload(2)
        assert attached.get_payload(0).keys()[-2:] == ["From", "Subject"]
