"""Bounces of received mail: reports to its sender that it is not taken.

Source: bounces of received mail, recorded: their layout, and what they say.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from emulator.context import Context
from emulator.mime import reports
from emulator.mime.reports import Failure, Heading
from emulator.ses import mailbox, receipt_documents, system_mail
from emulator.store.messages import Message, View

# Source: recorded, but for the second. Unverified: that they tell of these.
TOO_LONG = "552 5.2.3 Message length exceeds limit set by recipient"
TOO_MANY_ATTACHMENTS = "552 5.3.4 Message too large"
GIVEN_UP = "This message could not be delivered due to a recipient error. Please try again later."
GIVEN_UP_REPLY = f"451 4.3.0 {GIVEN_UP}"
# Source: the templates of the console (documented). Unverified: that the like-named types say the same.
REPLIES = {
    "DoesNotExist": "550 5.1.1 Mailbox does not exist",
    "MessageTooLarge": "552 5.3.4 Message too large",
    "ExceededQuota": "552 5.2.2 Mailbox full",
    "ContentRejected": "550 5.6.1 Message content rejected",
    "Undefined": "554 5.0.0 Unknown failure",
    "TemporaryFailure": "450 4.0.0 Temporary failure",
}
_STATUS = re.compile(r"[0-9]\.[0-9]{1,3}\.[0-9]{1,3}\Z")


class Report(NamedTuple):
    """A bounce on its way to whoever sent the message, and what a reader sees of it."""

    heading: Heading
    recipient: str
    raw: bytes
    view: View


def of(
    ctx: Context,
    original: Message,
    mail: bytes,
    recipients: Sequence[str],
    reply: str,
    *,
    sender: str | None = None,
    explanation: str | None = None,
) -> Report | None:
    """The bounce of the message; None where the envelope names nobody.

    The reply is what an SMTP server would have said, such as `550 5.1.1 Mailbox does not exist`.
    """
    if not original.source:
        return None
    heading = system_mail.heading_of(ctx, sender or _mailer_daemon(ctx.region), original.source, reports.FAILURE)
    raw = reports.received_bounce(
        heading,
        explanation=explanation,
        reporting_mta=None,
        arrival_date=original.created_at,
        failures=[failure(each, reply) for each in recipients],
        original=receipt_documents.header(mail),
    )
    return Report(heading, original.source, raw, mailbox.view_of(raw))


def keep(ctx: Context, report: Report | None) -> str | None:
    """Whoever sent the message has the bounce in the mailbox; its id, if there is one."""
    if report is None:
        return None
    system_mail.keep_report(ctx, report.heading, report.recipient, report.raw, view=report.view)
    return report.heading.message_id


def failure(recipient: str, reply: str) -> Failure:
    """What the reply says of a recipient. Unverified: the status, where the reply has none."""
    code, _, text = reply.partition(" ")
    status = text.partition(" ")[0]
    if not _STATUS.match(status):
        status = f"{code[:1]}.0.0"
    return Failure(recipient, status, f"smtp; {reply}", original_recipient=recipient)


def _mailer_daemon(region: str) -> str:
    """Unverified: as of bounces of sent mail."""
    return f"MAILER-DAEMON@{'' if region == 'us-east-1' else f'{region}.'}amazonses.com"
