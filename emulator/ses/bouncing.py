"""SendBounce: a received message bounces because somebody asks. Source: AWS's model of it."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from emulator.context import Context
from emulator.mime import reports
from emulator.mime.reports import Failure
from emulator.ses import (
    accounts,
    addresses,
    authorization,
    bounce_reports,
    errors,
    events,
    identities,
    limits,
    quotas,
    receipt_documents,
    sending,
    simulator,
    statistics,
    system_mail,
    tasks,
)
from emulator.ses.addresses import Mailbox
from emulator.store import messages as message_rows
from emulator.store import receipts as receipt_rows
from emulator.store.events import Event
from emulator.store.messages import Message, Recipient
from emulator.store.receipts import Receipt

OPERATION = "SendBounce"
_EXTENSION_NAME = re.compile(rf"[A-Za-z0-9-]{{1,{limits.HEADER_NAME_LENGTH}}}\Z")


class DsnFields(NamedTuple):
    """What the caller says of a recipient, by the fields of a report."""

    action: str
    status: str
    final_recipient: str | None
    remote_mta: str | None
    diagnostic_code: str | None
    last_attempt_date: datetime | None
    extension_fields: Sequence[tuple[str, str]]


class BouncedRecipient(NamedTuple):
    """One recipient, and why it bounces: a type, or fields."""

    recipient: str
    recipient_arn: str | None
    bounce_type: str | None
    dsn_fields: DsnFields | None


class Bounce(NamedTuple):
    """What SendBounce is asked for; what is None SES chooses."""

    original_message_id: str
    sender: str
    sender_arn: str | None
    recipients: Sequence[BouncedRecipient]
    explanation: str | None = None
    reporting_mta: str | None = None
    arrival_date: datetime | None = None
    extension_fields: Sequence[tuple[str, str]] = ()


def send_bounce(ctx: Context, bounce: Bounce) -> str:
    """The bounce is accepted, to whoever sent the original; its id.

    Source: identities are looked at before the message, recorded. Unverified: the order of the other checks.
    """
    _check_fields(bounce)
    sender = sending.mailbox(bounce.sender)
    recipients = [(each.recipient_arn, sending.mailbox(each.recipient)) for each in bounce.recipients]
    original = message_rows.get(ctx.tx, bounce.original_message_id)
    receipt = receipt_rows.get(ctx.tx, original.seq) if original and _is_ours(ctx, original) else None
    _check_identities(ctx, bounce, [(bounce.sender_arn, sender), *recipients], original if receipt else None)
    if original is None or receipt is None or ctx.now > original.created_at + limits.BOUNCE_WINDOW:
        raise errors.OriginalMessageNotFound(id=bounce.original_message_id)
    _check_recipients(bounce, receipt)
    if not original.source:
        raise errors.OriginalMessageHasNoSender(id=bounce.original_message_id)
    counted = 0 if simulator.holds(original.source) else 1
    quotas.take(ctx, 1, counted)  # Unverified: that a bounce counts as other mail does
    message_id = _keep(ctx, bounce, sender, original, receipt)
    statistics.count_send(ctx, 1, counted)  # last: whoever counts in this minute waits for the commit
    return message_id


def _keep(ctx: Context, bounce: Bounce, sender: Mailbox, original: Message, receipt: Receipt) -> str:
    """The bounce is kept and goes on its way as any message, but that nobody is told if it bounces."""
    heading = system_mail.heading_of(ctx, bounce.sender, original.source, reports.FAILURE)
    mail = receipt_documents.topped(message_rows.raw(ctx.tx, original.seq), receipt.added_headers)
    raw = reports.received_bounce(
        heading,
        explanation=bounce.explanation,
        reporting_mta=bounce.reporting_mta,
        arrival_date=bounce.arrival_date or original.created_at,
        failures=[_failure(each) for each in bounce.recipients],
        original=receipt_documents.header(mail),
        extension_fields=bounce.extension_fields,
    )
    message = Message(
        id=heading.message_id,
        account_id=ctx.account_id,
        region=ctx.region,
        direction="outbound",
        operation=OPERATION,
        source=sender.address,
        from_header=bounce.sender,
        return_path="",
        subject=heading.subject,
        to=(original.source,),
        cc=(),
        bcc=(),
        reply_to=(),
        recipients=(Recipient(original.source, "to", "pending"),),
        tags=(),
        configuration_set=None,
        size_bytes=len(raw),
        created_at=ctx.now,
        source_ip=ctx.caller.source_ip,
        caller_identity=ctx.caller.arn.rpartition("/")[2],
    )
    seq = message_rows.insert(ctx.tx, message, raw, None)
    events.keep(ctx, message, Event(seq, events.SEND, (original.source,), {}, ctx.now))
    tasks.add(ctx, tasks.DeliverMessage(seq))
    return heading.message_id


def _failure(bounced: BouncedRecipient) -> Failure:
    """What the caller says of the recipient; what the fields leave out the type says. Unverified: where both are."""
    of_type = bounce_reports.failure(bounced.recipient, bounce_reports.REPLIES[bounced.bounce_type or "Undefined"])
    fields = bounced.dsn_fields
    if fields is None:
        return of_type
    return Failure(
        fields.final_recipient or bounced.recipient,
        fields.status,
        fields.diagnostic_code or (of_type.diagnostic_code if bounced.bounce_type else None),
        fields.action,
        bounced.recipient,
        fields.remote_mta,
        fields.last_attempt_date,
        fields.extension_fields,
    )


# ---- what must hold before


def _check_fields(bounce: Bounce) -> None:
    """Source: API reference (documented): what must be there. Unverified: how SES says that it is not."""
    for each in bounce.recipients:
        if each.bounce_type is None and each.dsn_fields is None:
            raise errors.BounceReasonMissing
    extensions = [each.dsn_fields.extension_fields for each in bounce.recipients if each.dsn_fields]
    for name, value in (field for fields in (bounce.extension_fields, *extensions) for field in fields):
        if not _EXTENSION_NAME.match(name):
            raise errors.InvalidHeaderName(name=name)
        if len(value) > limits.HEADER_VALUE_LENGTH or "\r" in value or "\n" in value:
            raise errors.InvalidHeaderValue(value=value.replace("\n", "0x000a").replace("\r", "0x000d"))


def _check_identities(
    ctx: Context, bounce: Bounce, users: Sequence[tuple[str | None, Mailbox]], original: Message | None
) -> None:
    """Sender and recipients are verified, and in the sandbox whoever sent the original.

    Source: recorded; a user's report of the sandbox. Unverified: that recipients are named too.
    """
    failed = []
    mentions = authorization.Mentions([bounce.sender], [], [each.recipient for each in bounce.recipients])
    for arn, mailbox in users:
        given = {authorization.SOURCE: arn, authorization.FROM: None, authorization.RETURN_PATH: None}
        authorization.check(ctx, OPERATION, given, lambda: mentions)
        if not authorization.covers(ctx, given, authorization.SOURCE, mailbox):
            failed.append(mailbox.text)
    if original and original.source and accounts.of(ctx).sandbox and not simulator.holds(original.source):
        failed += [] if identities.covers(ctx, addresses.bare(original.source)) else [original.source]
    if failed:
        named = ", ".join(dict.fromkeys(failed))
        raise errors.BounceIdentitiesNotVerified(id=bounce.original_message_id, identities=named)


def _check_recipients(bounce: Bounce, receipt: Receipt) -> None:
    """Source: AWS's model: each recipient, or the one that it stands for, is one of the original."""
    had = {each.lower() for each in receipt.facts.recipients}
    for each in bounce.recipients:
        final = each.dsn_fields.final_recipient if each.dsn_fields else None
        if had.isdisjoint(address.lower() for address in (each.recipient, final) if address):
            raise errors.NotARecipient(id=bounce.original_message_id, recipient=each.recipient)


def _is_ours(ctx: Context, message: Message) -> bool:
    return (message.account_id, message.region) == (ctx.account_id, ctx.region)
