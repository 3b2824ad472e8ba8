"""Mail that reports on mail: bounces and complaints that come back, and bounces of mail that is received here.

What a report tells stands on one line, whatever is in it: no value makes a header or a field of its own.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Final, NamedTuple

from emulator.mime import compose, delivered, headers

# Source: reports, recorded.
FAILURE: Final = "Delivery Status Notification (Failure)"
SUPPRESSION: Final = "Email Feedback Report (Complaint)"

_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f]+")


class Heading(NamedTuple):
    """What the header of a report says; `to` is a whole header, with names. The boundary is between its parts."""

    message_id: str
    region: str
    date: datetime
    sender: str
    to: str
    subject: str
    boundary: str


class Failure(NamedTuple):
    """What became of a message at one address; what is None is not told.

    `diagnostic_code` and `remote_mta` begin with their type, as in `smtp; 550 5.1.1 user unknown`.
    """

    recipient: str
    status: str
    diagnostic_code: str | None = None
    action: str = "failed"
    original_recipient: str | None = None
    remote_mta: str | None = None
    last_attempt_date: datetime | None = None
    extension_fields: Sequence[tuple[str, str]] = ()


class Complaint(NamedTuple):
    """Who complained of a message, and by what means; `envelope_id` is of one that was sent."""

    text: str
    feedback_type: str
    user_agent: str
    version: str
    mail_from: str
    recipients: Sequence[str]
    source_ip: str
    envelope_id: str = ""


def bounce(heading: Heading, reporting_mta: str, failures: Sequence[Failure], original: bytes) -> bytes:
    """The report that a message did not arrive, with the message itself.

    Source: reports, recorded, of one address. Unverified: of several, a line and a block each.
    """
    addresses = "\r\n".join(_line(failure.recipient) for failure in failures)
    text = f"An error occurred while trying to deliver the mail to the following recipients:\r\n{addresses}"
    status = _delivery_status([("Reporting-MTA", reporting_mta)], failures)
    undelivered = _part("message/rfc822", original, ("Content-Description", "Undelivered Message"))
    return _delivery_report(heading, text, status, undelivered)


def received_bounce(
    heading: Heading,
    *,
    explanation: str | None,
    reporting_mta: str | None,
    arrival_date: datetime,
    failures: Sequence[Failure],
    original: bytes,
    extension_fields: Sequence[tuple[str, str]] = (),
) -> bytes:
    """The report to its sender that a message which SES received is not taken, with the headers of the message.

    Nothing said, the explanation and the reporting server are SES's usual ones. Source: bounces of received mail,
    recorded. Unverified: Remote-MTA, Last-Attempt-Date and extension fields come last.
    """
    server = reporting_mta or f"dns; inbound-smtp.{heading.region}.amazonaws.com"
    about = [("Reporting-MTA", server), ("Arrival-Date", short_date(arrival_date)), *extension_fields]
    block, _ = headers.header_block(original)
    kept = _part(
        "text/rfc822-headers",
        block + b"\r\n\r\n",
        ("Content-Transfer-Encoding", "7bit"),
        ("Content-Description", "Undelivered Message"),
    )
    text = explanation or "This message could not be delivered."
    return _delivery_report(heading, text, _delivery_status(about, failures), kept)


def complaint(heading: Heading, said: Complaint, original: bytes) -> bytes:
    """The report (RFC 5965) that somebody complained of a message, with the message as that one got it.

    Source: a report of the mailbox simulator, recorded. Unverified: of several, a line each.
    """
    fields = [
        ("Feedback-Type", said.feedback_type),
        ("User-Agent", said.user_agent),
        ("Version", said.version),
        ("Original-Envelope-Id", f"<{said.envelope_id}>"),
        ("Original-Mail-From", said.mail_from),
        *(("Original-Rcpt-to", each) for each in said.recipients),
        ("Source-IP", said.source_ip),
    ]
    parts = [
        _text_part(f"{said.text}\r\n"),
        _part("message/feedback-report", _fields(fields), ("Content-Transfer-Encoding", "7bit")),
        _part("message/rfc822", original if original.endswith(b"\r\n") else original + b"\r\n"),
    ]
    kind = f'multipart/report; \r\n\tboundary="{heading.boundary}";\r\n\treport-type=feedback-report'
    return _report(heading, kind, heading.boundary, parts)


def suppressed_complaint(heading: Heading, said: Complaint, original: bytes) -> bytes:
    """The report that a message was not sent, as its recipient had complained before; with the message.

    Source: a report, recorded, of one address. Unverified: of several, a line each.
    """
    boundary = f"--boundary-{heading.boundary.rpartition('_')[2]}"
    inline = ("Content-Disposition", "inline")
    fields = [
        ("Feedback-Type", said.feedback_type),
        ("User-Agent", said.user_agent),
        ("Version", said.version),
        ("Received-Date", short_date(heading.date)),
        ("Original-Mail-From", said.mail_from),
        *(("Original-Rcpt-To", f"[{each}]") for each in said.recipients),
        ("Source-IP", said.source_ip),
    ]
    in_7bit = ("Content-Transfer-Encoding", "7bit")
    parts = [
        _part("text/plain; charset=us-ascii;", said.text.encode("ascii", "replace"), in_7bit),
        _part("message/feedback-report", _fields(fields), in_7bit, inline),
        _part("message/rfc822", original if original.endswith(b"\r\n") else original + b"\r\n", inline),
    ]
    kind = f"multipart/report; boundary={boundary};\r\n\treport-type=feedback-report"
    return _report(heading, kind, boundary, parts)


def handed_over(message: bytes, lines: Iterable[str]) -> bytes:
    """The message with a Received header on top, in these lines. Source: their folds, recorded complaint."""
    received = "\r\n        ".join(_line(line) for line in lines)
    return f"Received: {received}\r\n".encode("utf-8", "replace") + message


def short_date(moment: datetime) -> str:
    """The moment as reports write it: `Thu, 01 Oct 15 13:48:54 UTC`. Source: recorded."""
    text = long_date(moment)
    return f"{text[:12]}{text[14:25]} UTC"


def long_date(moment: datetime) -> str:
    """The moment as Received headers write it: `Thu, 01 Oct 2015 13:48:54 +0000`. Source: recorded."""
    return format_datetime(moment.astimezone(UTC))


def _delivery_report(heading: Heading, text: str, status: bytes, original: bytes) -> bytes:
    described = (
        ("Content-Transfer-Encoding", "7bit"),
        ("Content-Description", "Delivery Status Notification"),
    )
    parts = [_text_part(text, "Notification"), _part("message/delivery-status", status, *described), original]
    kind = f'multipart/report; \r\n\tboundary="{heading.boundary}"; \r\n\treport-type=delivery-status'
    return _report(heading, kind, heading.boundary, parts)


def _delivery_status(about: Iterable[tuple[str, str | None]], failures: Iterable[Failure]) -> bytes:
    """The fields of the message, then those of each address, each group ended by an empty line."""
    return b"".join(b"%b\r\n" % _fields(each) for each in (about, *map(_outcome, failures)))


def _outcome(failure: Failure) -> Iterable[tuple[str, str | None]]:
    original, attempted = failure.original_recipient, failure.last_attempt_date
    return (
        ("Action", failure.action),
        ("Final-Recipient", f"rfc822; {failure.recipient}"),
        ("Original-Recipient", None if original is None else f"rfc822; {original}"),
        ("Diagnostic-Code", failure.diagnostic_code),
        ("Status", failure.status),
        ("Remote-MTA", failure.remote_mta),
        ("Last-Attempt-Date", None if attempted is None else short_date(attempted)),
        *failure.extension_fields,
    )


def _report(heading: Heading, content_type: str, boundary: str, parts: Iterable[bytes]) -> bytes:
    """The parts below the heading, in the header order and the line ends of JavaMail."""
    top = [
        f"Date: {delivered.date_header(heading.date)}",
        compose.address_header("From", (_line(heading.sender),)),
        compose.address_header("To", (_line(heading.to),)),
        f"Message-ID: <{delivered.message_id_header(heading.message_id, heading.region)}>",
        compose.subject_header(compose.Content(heading.subject, None)),
        "MIME-Version: 1.0",
        f"Content-Type: {content_type}\r\n\r\n",
    ]
    line = f"--{boundary}".encode()
    pieces = [b"%b\r\n%b\r\n" % (line, part) for part in parts]
    return b"".join(("\r\n".join(top).encode("utf-8", "replace"), *pieces, line, b"--\r\n"))


def _part(content_type: str, content: bytes, *fields: tuple[str, str]) -> bytes:
    return b"%b\r\n%b" % (_fields((("Content-Type", content_type), *fields)), content)


def _text_part(text: str, description: str | None = None) -> bytes:
    """Source: us-ascii, recorded. Unverified: a text that is not is UTF-8."""
    header, body = compose.text_part("plain", compose.Content(text, "us-ascii" if text.isascii() else "UTF-8"))
    described = _fields((("Content-Description", description),))
    return b"%b%b\r\n%b" % (header.removesuffix("\r\n").encode(), described, body)


def _fields(fields: Iterable[tuple[str, str | None]]) -> bytes:
    lines = [f"{_line(name)}: {_line(value)}\r\n" for name, value in fields if value is not None]
    return "".join(lines).encode("utf-8", "replace")


def _line(text: str) -> str:
    return _CONTROLS.sub(" ", text)
