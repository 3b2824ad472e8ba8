"""Mail that AWS itself sends: the request to confirm an address, reports of what became of mail."""

from emulator.context import Context
from emulator.mime.reports import Heading
from emulator.ses import addresses, loopback
from emulator.store import messages as message_rows
from emulator.store.messages import Message, Recipient, View


def keep(ctx: Context, sender: str, recipient: str, subject: str, text: str, raw: bytes) -> None:
    """A mail that AWS itself sends is in the recipient's mailbox."""
    heading = heading_of(ctx, sender, recipient, subject)
    _insert(ctx, heading, recipient, addresses.parse(sender).address, raw, View(text, None))


def heading_of(ctx: Context, sender: str, to: str, subject: str) -> Heading:
    """The heading of a mail that AWS sends now, whose To header is this; the mail has an id of its own."""
    message_id, boundary = ctx.outside.ids.message_id(ctx.region, ctx.now), ctx.outside.ids.boundary(ctx.now)
    return Heading(message_id, ctx.region, ctx.now, sender, to, subject, boundary)


def keep_report(
    ctx: Context, heading: Heading, recipient: str, raw: bytes, return_path: str = "", view: View | None = None
) -> None:
    """The report is in the recipient's mailbox; what bounces of it goes nowhere, or to the return path.

    What a reader sees of it may be known.
    """
    from emulator.ses import mailbox  # with all that reads mail: not before there is some to read

    _insert(ctx, heading, recipient, return_path, raw, view or mailbox.view_of(raw))


def _insert(ctx: Context, heading: Heading, recipient: str, return_path: str, raw: bytes, view: View) -> None:
    message = Message(
        id=heading.message_id,
        account_id=ctx.account_id,
        region=ctx.region,
        direction="system",
        operation="",
        source=addresses.parse(heading.sender).address,
        from_header=heading.sender,
        return_path=return_path,
        subject=heading.subject,
        to=(heading.to,),
        cc=(),
        bcc=(),
        reply_to=(),
        recipients=(Recipient(recipient, "to", "delivered"),),
        tags=(),
        configuration_set=None,
        size_bytes=len(raw),
        created_at=ctx.now,
    )
    seq = message_rows.insert(ctx.tx, message, raw, view)
    inside = loopback.wanted(ctx, (recipient,))
    if inside:
        loopback.queue(ctx, seq, message.id, inside)
