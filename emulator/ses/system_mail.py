"""Mail that AWS itself sends, such as the request to confirm an address."""

from emulator.context import Context
from emulator.ses import addresses
from emulator.store import messages as message_rows
from emulator.store.messages import Message, Recipient


def keep(ctx: Context, sender: str, recipient: str, subject: str, text: str, raw: bytes) -> None:
    """A mail that AWS itself sends is in the recipient's mailbox."""
    source = addresses.parse(sender).address
    message = Message(
        id=ctx.outside.ids.message_id(ctx.region, ctx.now),
        account_id=ctx.account_id,
        region=ctx.region,
        direction="system",
        operation="",
        source=source,
        from_header=sender,
        return_path=source,
        subject=subject,
        to=(recipient,),
        cc=(),
        bcc=(),
        reply_to=(),
        recipients=(Recipient(recipient, "to", "delivered"),),
        tags=(),
        configuration_set=None,
        size_bytes=len(raw),
        created_at=ctx.now,
    )
    message_rows.insert(ctx.tx, message, raw, message_rows.View(text, None))
