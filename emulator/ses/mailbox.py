"""What inspection reads: every message that was sent or received here, as its recipient got it."""

from dataclasses import asdict
from typing import NamedTuple

from emulator.context import Context
from emulator.mime import delivered, embedded, extract, parts, preview, view
from emulator.outside import ids
from emulator.ses import signing, tracking
from emulator.store import events as event_rows
from emulator.store import messages as message_rows
from emulator.store import receipts as receipt_rows
from emulator.store.message_filters import Filter
from emulator.store.messages import Message, View

LATEST = "latest"
READ_FOR_LISTS_BYTES = 2**20  # what is longer, and was read by nobody yet, is not read for a list without bodies
# Source: delivered mails (recorded) end in the date and address of the server that sent them.
OUTGOING_IP = "54.240.8.40"


class Reading(NamedTuple):
    """A message, what a reader sees of it, and what happened to it: the types of its events, each once."""

    message: Message
    text: str | None
    html: str | None
    attachments: tuple[view.Attachment, ...]
    preview: str
    outcomes: tuple[str, ...]


class Readings(NamedTuple):
    """Some messages, newest first, how many match in all, and where older ones begin."""

    readings: list[Reading]
    total: int
    cursor: str | None


def page(ctx: Context, wanted: Filter, limit: int, before_seq: int | None = None, *, bodies: bool = True) -> Readings:
    """The newest messages that match, or those before a cursor; without bodies it is quick, however long they are."""
    rows, total = message_rows.page_and_total(ctx.tx, wanted, before_seq=before_seq, limit=limit + 1, bodies=bodies)
    cursor = str(rows[limit - 1][0].seq) if len(rows) > limit else None
    happened = event_rows.types(ctx.tx, [message.seq for message, _ in rows[:limit]])
    readings = [_reading(ctx, message, known, happened[message.seq], bodies) for message, known in rows[:limit]]
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
    happened = event_rows.types(ctx.tx, [message.seq])
    return _reading(ctx, message, message_rows.view(ctx.tx, message.seq), happened[message.seq])


def raw(ctx: Context, message: Message) -> bytes:
    """The message as its recipient got it: with the headers that SES adds, replaces and takes away.

    Empty while a template is not rendered. One that SES received is as an S3 action would store it now.
    """
    contents = message_rows.raw(ctx.tx, message.seq)
    if message.direction == "inbound":
        return _with_added_headers(ctx, message, contents)
    if not contents and message.template_data:
        return contents
    return copy(ctx, message, contents)


def _with_added_headers(ctx: Context, message: Message, contents: bytes) -> bytes:
    """A received message, with the headers that actions of its rules added."""
    from emulator.ses import receipt_documents  # which itself needs to know of mailboxes

    receipt = receipt_rows.get(ctx.tx, message.seq)
    return receipt_documents.topped(contents, receipt.added_headers) if receipt else contents


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


def html_document(ctx: Context, message: Message, *, dark: bool) -> str | None:
    """The HTML body as a frame shows it, with the message's own images in it; None where there is none."""
    html = read(ctx, message).html
    if html is None:
        return None
    if embedded.refers_to_parts(html):
        html = embedded.with_images(html, view.leaves(_tracked(ctx, message)))
    return embedded.framed(html, dark=dark)


def part_tree(ctx: Context, message: Message) -> list[parts.Part]:
    """The parts of the delivered message, each before those that are within it."""
    return parts.tree(_tracked(ctx, message))


def part(ctx: Context, message: Message, path: str) -> tuple[parts.Part, bytes] | None:
    """A part and its bytes; None where there is none at that path."""
    return parts.content(_tracked(ctx, message), path)


def attachment(ctx: Context, message: Message, index: int) -> tuple[view.Attachment, bytes] | None:
    """An attachment and its bytes; None where there is none of that number."""
    return view.attachment(_tracked(ctx, message), index)


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


def mark(ctx: Context, message: Message, *, read: bool) -> None:
    """Somebody looked at the message, or it is as if nobody had."""
    message_rows.set_one_read(ctx.tx, message.seq, ctx.now if read else None)


def mark_some(ctx: Context, wanted: Filter, limit: int, *, read: bool) -> int:
    """The same of at most so many that match; of how many the opposite was true."""
    return message_rows.set_read(ctx.tx, wanted, ctx.now if read else None, limit)


def delete(ctx: Context, message: Message) -> None:
    """The message is gone, with its timeline."""
    message_rows.delete_one(ctx.tx, message.seq)


def delete_all(ctx: Context, wanted: Filter) -> int:
    """The matching messages are gone; how many they were."""
    return message_rows.delete(ctx.tx, wanted)


def view_of(raw_message: bytes, leaves: list[view.Leaf] | None = None) -> View:
    """What is kept of a reader's view of a message, whose leaves may be known: bodies and attachments."""
    seen = view.view(raw_message, leaves)
    text, html = (body and body.replace("\0", "\ufffd") for body in (seen.text, seen.html))  # no database holds a NUL
    return View(text, html, tuple(asdict(each) for each in seen.attachments))


def _reading(
    ctx: Context, message: Message, known: View | None, happened: tuple[str, ...], bodies: bool = True
) -> Reading:
    """From the view that is kept, or worked out now where nobody did yet; what is kept has no tracked HTML."""
    if known and known.html is not None and message.tracking and bodies:
        known = None
    if known is None and not bodies and message.size_bytes > READ_FOR_LISTS_BYTES:
        known = View(None, None)
    contents = b"" if known else _tracked(ctx, message)
    unrendered = View(None, None) if message.template_data and not contents else None
    seen = known or unrendered or view_of(contents)
    attachments = tuple(view.Attachment(**each) for each in seen.attachments)
    shown = seen if bodies else View(None, None)
    return Reading(message, shown.text, shown.html, attachments, preview.preview(seen.text, seen.html), happened)


def _tracked(ctx: Context, message: Message) -> bytes:
    """The contents, with the pixel and the links of the delivered copy; its other header fields are not of interest."""
    return tracking.tracked(ctx, message, message_rows.raw(ctx.tx, message.seq))


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
