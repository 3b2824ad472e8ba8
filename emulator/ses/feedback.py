"""Bounces and complaints that come back by mail, to whoever sent the message.

Source: developer guide (documented): when, and to whom; reports of both (recorded): from whom, and all that they say.
"""

from emulator.context import Context
from emulator.mime import compose, delivered, reports
from emulator.mime.reports import Complaint, Failure, Heading
from emulator.ses import (
    arns,
    confirmations,
    dkim,
    events,
    listeners,
    mailbox,
    outcomes,
    regions,
    simulator,
    system_mail,
)
from emulator.store import identities as identity_rows
from emulator.store import identity_notifications as notification_rows
from emulator.store.events import Event
from emulator.store.identity_notifications import Notifications
from emulator.store.messages import Message

COMPLAINTS_RETURN_PATH = "no-reply@amazonses.com"
_SIMULATED = (
    "Hello,\r\n\r\nThis is an example of a complaint email response.\r\n\r\nThank you,\r\n\r\n"
    "-Amazon SES Mailbox Simulator"
)
_REPORTED = "This is an email abuse report for an email message from amazonses.com on {}"
_SUPPRESSED = (
    "Amazon SES did not send the message to this address because it is on the suppression list for your account. "
    "For more information about removing addresses from the suppression list, see the Amazon SES Developer Guide at "
    "https://docs.aws.amazon.com/ses/latest/dg/sending-email-suppression-list.html"
)


def forwards(ctx: Context, message: Message, event: Event, *, told_otherwise: bool) -> bool:
    """Whether the event comes back by mail; otherwise told is who has a destination for it in the message's set.

    Source: developer guide (documented): to switch it off counts only where there is another way to hear of it, be it
    that destination, or topics of the identity for bounces and complaints both.
    """
    if message.direction != "outbound" or event.type not in listeners.FEEDBACK or not message.return_path:
        return False
    topics = listeners.topics_of(ctx, message)
    settings = topics.notifications if topics else Notifications()
    return settings.forwarding or not (told_otherwise or (settings.bounce_topic and settings.complaint_topic))


def forward(ctx: Context, message: Message, raw: bytes, event: Event) -> None:
    """The report of the event is in the mailbox that the message's feedback goes to; `raw` is the message as kept."""
    dkim.make_own_key(ctx)  # the message that comes back is signed
    recipient = message.return_path or message.source
    if event.type == events.BOUNCE:
        heading = _heading(ctx, message, "MAILER-DAEMON@{}amazonses.com", reports.FAILURE)
        system_mail.keep_report(ctx, heading, recipient, _bounce(ctx, message, raw, event, heading))
        return
    suppressed = event.detail["complaint_sub_type"] is not None
    subject = reports.SUPPRESSION if suppressed else f"FW:{message.subject or ''}"
    heading = _heading(ctx, message, "complaints@{}email-abuse.amazonses.com", subject)
    report = (_suppressed_complaint if suppressed else _complaint)(ctx, message, raw, event, heading)
    system_mail.keep_report(ctx, heading, recipient, report, COMPLAINTS_RETURN_PATH)


def topic_lost(ctx: Context, identity: str, notification_type: str, topic_arn: str) -> None:
    """SES publishes to that topic no more, as it cannot, and mails feedback instead; the identity's owner is told.

    The identity is named, or anyone's by its ARN. Source: developer guide (documented): so for bounces and complaints,
    not for deliveries. One that has another topic by now is left alone.
    """
    if notification_type not in listeners.FEEDBACK:
        return
    named = arns.parse_identity(identity)
    there = ctx._replace(account_id=named.account_id, region=named.region) if named else ctx
    there.tx.changed()  # before the look, so that nobody sets another one in between
    name = arns.key(named.identity if named else identity)
    row = identity_rows.get(there.tx, there.account_id, there.region, name)
    column = f"{notification_type.lower()}_topic"
    if row and getattr(notification_rows.get(there.tx, row.seq), column) == topic_arn:
        notification_rows.put(there.tx, row.seq, **{column: None, "forwarding": True})
        _tell_owner(there, name, notification_type, topic_arn)


# ---- reports


def _bounce(ctx: Context, message: Message, raw: bytes, event: Event, heading: Heading) -> bytes:
    facts = event.detail
    reporting_mta = facts.get("reporting_mta") or f"dns; {outcomes.reporting_mta(message.region)}"
    failures = [_failure(facts["bounce_type"], each) for each in facts["bounced_recipients"]]
    sent = reporting_mta != outcomes.SUPPRESSING_MTA
    return reports.bounce(heading, reporting_mta, failures, mailbox.returned(ctx, message, raw, sent=sent))


def _failure(bounce_type: str, recipient: dict[str, str]) -> Failure:
    """Unverified: where there is no report, such as of an answering machine, a status that says no more than the type.

    SES sends the answer itself.
    """
    return Failure(
        recipient["email_address"],
        status=recipient.get("status") or ("5.0.0" if bounce_type == outcomes.PERMANENT else "4.0.0"),
        diagnostic_code=recipient.get("diagnostic_code") or None,
        action=recipient.get("action") or "failed",
    )


def _complaint(ctx: Context, message: Message, raw: bytes, event: Event, heading: Heading) -> bytes:
    """Unverified: a complaint of anybody but the simulator, in the words of a recorded one from Yahoo."""
    reported = _REPORTED.format(delivered.date_header(message.created_at))
    text, version = (_SIMULATED, "3.0") if all(map(simulator.holds, event.recipients)) else (reported, "1")
    said = Complaint(
        text=text,
        feedback_type=event.detail["complaint_feedback_type"],
        user_agent=event.detail["user_agent"],
        version=version,
        mail_from=delivered.return_path(mailbox.envelope(message)),
        recipients=event.recipients,
        source_ip=mailbox.OUTGOING_IP,
        envelope_id=delivered.message_id_header(message.id, message.region),
    )
    copy = mailbox.copy(ctx, message, raw).partition(b"\r\n")[2]  # all but its Return-Path
    return reports.complaint(heading, said, reports.handed_over(copy, _passage(ctx, message, event)))


def _passage(ctx: Context, message: Message, event: Event) -> list[str]:
    """How the message came to who complained. Unverified: the names of the servers."""
    [recipient, *_] = event.recipients
    return [
        f"from {outcomes.reporting_mta(message.region)} ([{mailbox.OUTGOING_IP}])",
        f"by {recipient.rpartition('@')[2]}",
        f"with SMTP ({event.detail['user_agent']}) id {ctx.outside.ids.smtp_session()}",
        f"for {recipient};",
        f"{reports.long_date(event.created_at)} (UTC)",
    ]


def _suppressed_complaint(ctx: Context, message: Message, raw: bytes, event: Event, heading: Heading) -> bytes:
    said = Complaint(
        text=_SUPPRESSED,
        feedback_type="abuse",
        user_agent="Simple Email Service - SES",
        version="0.1",
        mail_from=heading.to,
        recipients=event.recipients,
        source_ip=message.source_ip or mailbox.OUTGOING_IP,
    )
    return reports.suppressed_complaint(heading, said, mailbox.returned(ctx, message, raw, sent=False))


def _heading(ctx: Context, message: Message, sender: str, subject: str) -> Heading:
    """Source: reports go to whoever the message says it is from, by the whole header, recorded."""
    region = "" if message.region == "us-east-1" else f"{message.region}."
    author = message.from_header or message.source_text or message.source
    return system_mail.heading_of(ctx, sender.format(region), author, subject)


def _tell_owner(ctx: Context, identity: str, notification_type: str, topic_arn: str) -> None:
    """The owner of the identity has a mail. Source: how it begins, documented.

    Unverified: all else; of a domain, its postmaster is the owner. SES writes to the owner of the account.
    """
    owner = identity if "@" in identity else f"postmaster@{identity}"
    subject = "Amazon SES could not publish a notification to an Amazon SNS topic"
    text = f"""An error occurred while trying to publish a notification of type "{notification_type}" to Amazon SNS \
topic "{topic_arn}".

The topic was deleted, or Amazon SES may not publish to it any more. Therefore it is no longer used for notifications
of this type about {identity} in region {regions.display_name(ctx.region)}. Bounces and complaints of mail from this
identity are sent to you by email again.

To be notified through Amazon SNS again, choose a topic for this type that Amazon SES may publish to.
"""
    raw = compose.compose(
        source=confirmations.SENDER,
        reply_to=(),
        to=(owner,),
        cc=(),
        subject=compose.Content(subject, "UTF-8"),
        text=compose.Content(text, "UTF-8"),
        html=None,
        boundary="",
    )
    system_mail.keep(ctx, confirmations.SENDER, owner, subject, text, raw)
