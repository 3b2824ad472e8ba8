"""What inspection reads: every message that was sent or received here, as its recipient got it."""

import re
from dataclasses import asdict
from typing import NamedTuple

from emulator.context import Context
from emulator.mime import delivered, extract, view
from emulator.outside import ids
from emulator.ses import signing, tracking
from emulator.store import events as event_rows
from emulator.store import messages as message_rows
from emulator.store.message_filters import Filter
from emulator.store.messages import Message, View

LATEST = "latest"
# Source: delivered mails (recorded) end in the date and address of the server that sent them.
OUTGOING_IP = "54.240.8.40"

_WORD = re.compile(r'"([^"]+)"|([^\s"]+)')


class Reading(NamedTuple):
    """A message and what a reader sees of it."""

    message: Message
    text: str | None
    html: str | None
    attachments: tuple[view.Attachment, ...]


class Readings(NamedTuple):
    """Some messages, newest first, how many match in all, and where older ones begin."""

    readings: list[Reading]
    total: int
    cursor: str | None


def page(ctx: Context, wanted: Filter, limit: int, before_seq: int | None = None) -> Readings:
    """The newest messages that match, or those before a cursor."""
    rows = message_rows.page(ctx.tx, wanted, before_seq=before_seq, limit=limit + 1)
    cursor = str(rows[limit - 1][0].seq) if len(rows) > limit else None
    readings = [_reading(ctx, message, known) for message, known in rows[:limit]]
    # Counted at a later instant than the page was read: never say that there are fewer than it shows.
    total = max(len(readings), message_rows.count(ctx.tx, wanted))
    return Readings(readings, total, cursor)


def find(ctx: Context, message_id: str, wanted: Filter) -> Message | None:
    """The message of an id within what is wanted; `latest` is the newest of them."""
    if message_id == LATEST:
        rows = message_rows.page(ctx.tx, wanted, limit=1)
        return rows[0][0] if rows else None
    message = message_rows.get(ctx.tx, message_id)
    if message is None or wanted.account_id not in (None, message.account_id):
        return None
    return message if wanted.region in (None, message.region) else None


def read(ctx: Context, message: Message) -> Reading:
    """What a reader sees of the message."""
    return _reading(ctx, message, message_rows.view(ctx.tx, message.seq))


def raw(ctx: Context, message: Message) -> bytes:
    """The message as its recipient got it: with the headers that SES adds, replaces and takes away.

    Empty while a template is not rendered. One that SES received is kept as it was received.
    """
    contents = message_rows.raw(ctx.tx, message.seq)
    if message.direction == "inbound" or (not contents and message.template_data):
        return contents
    return copy(ctx, message, contents)


def copy(ctx: Context, message: Message, contents: bytes) -> bytes:
    """The same, of contents that are known."""
    contents = tracking.tracked(ctx, message, contents)
    return delivered.delivered(contents, envelope(message), signing.signers(ctx, message))


def returned(ctx: Context, message: Message, contents: bytes, *, sent: bool) -> bytes:
    """The message as SES has it when it comes back, or when it was never sent."""
    contents = tracking.tracked(ctx, message, contents) if sent else contents
    return delivered.returned(contents, envelope(message), signing.signers(ctx, message) if sent else ())


def header_fields(ctx: Context, message: Message) -> tuple[tuple[str, str], ...]:
    """The header fields of the delivered message, decoded."""
    return view.header_fields(raw(ctx, message))


def attachment(ctx: Context, message: Message, index: int) -> tuple[view.Attachment, bytes] | None:
    """An attachment and its bytes; None where there is none of that number."""
    return view.attachment(tracking.tracked(ctx, message, message_rows.raw(ctx.tx, message.seq)), index)


def timeline(ctx: Context, message: Message) -> list[event_rows.Event]:
    """What SES did with the message, oldest first."""
    return event_rows.of_message(ctx.tx, message.seq)


def links(ctx: Context, message: Message) -> list[extract.Link]:
    """The links a reader could follow."""
    reading = read(ctx, message)
    return extract.links(reading.text, reading.html)


def codes(ctx: Context, message: Message) -> list[str]:
    """The one-time codes a reader could copy, likeliest first."""
    reading = read(ctx, message)
    return extract.codes(reading.text, reading.html, message.subject)


def delete(ctx: Context, message: Message) -> None:
    """The message is gone, with its timeline."""
    message_rows.delete_one(ctx.tx, message.seq)


def delete_all(ctx: Context, wanted: Filter) -> int:
    """The matching messages are gone; how many they were."""
    return message_rows.delete(ctx.tx, wanted)


def view_of(raw_message: bytes, parts: list[view.Leaf] | None = None) -> View:
    """What is kept of a reader's view of a message, whose leaves may be known: bodies and attachments."""
    seen = view.view(raw_message, parts)
    text, html = (body and body.replace("\0", "\ufffd") for body in (seen.text, seen.html))  # no database holds a NUL
    return View(text, html, tuple(asdict(each) for each in seen.attachments))


def _reading(ctx: Context, message: Message, known: View | None) -> Reading:
    """From the view that is kept, or worked out now where nobody did yet; what is kept has no tracked HTML."""
    if known and known.html is not None and message.tracking:
        known = None
    contents = b"" if known else tracking.tracked(ctx, message, message_rows.raw(ctx.tx, message.seq))
    unrendered = View(None, None) if message.template_data and not contents else None
    seen = known or unrendered or view_of(contents)
    attachments = tuple(view.Attachment(**each) for each in seen.attachments)
    return Reading(message, seen.text, seen.html, attachments)


def envelope(message: Message) -> delivered.Envelope:
    """What SES knows of the message beside its contents.

    Source: the Feedback-ID of a report is not that of the account whose mail it reports on, recorded.
    """
    tags, own = dict(message.tags), message.direction == "system"
    told_elsewhere = message.return_path == "" or (own and message.return_path != message.source)
    return delivered.Envelope(
        message_id=message.id,
        region=message.region,
        accepted_at=message.created_at,
        feedback_key=ids.feedback_key("" if own else message.account_id, message.region),
        feedback_id_a=tags.get("ses:feedback-id-a"),
        feedback_id_b=tags.get("ses:feedback-id-b"),
        return_path_domain=message.mail_from_domain,
        outgoing_ip=OUTGOING_IP,
        return_path=message.return_path if told_elsewhere else None,
    )


def words(query: str) -> tuple[str, ...]:
    """The words of a search; `"quotes"` hold some together."""
    return tuple(quoted or plain for quoted, plain in _WORD.findall(query))
