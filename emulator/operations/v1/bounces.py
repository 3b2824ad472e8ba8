"""Bounces of received mail."""

from typing import Any

from emulator.context import Context
from emulator.ses import bouncing
from emulator.ses.bouncing import Bounce, BouncedRecipient, DsnFields


def send_bounce(
    ctx: Context,
    OriginalMessageId: str,
    BounceSender: str,
    BouncedRecipientInfoList: list[dict[str, Any]],
    Explanation: str | None = None,
    MessageDsn: dict[str, Any] | None = None,
    BounceSenderArn: str | None = None,
) -> dict[str, Any]:
    """The bounce is accepted, and delivered soon to whoever sent the original."""
    dsn = MessageDsn or {}
    bounce = Bounce(
        original_message_id=OriginalMessageId,
        sender=BounceSender,
        sender_arn=BounceSenderArn,
        recipients=[_recipient(each) for each in BouncedRecipientInfoList],
        explanation=Explanation or None,
        reporting_mta=dsn.get("ReportingMta"),
        arrival_date=dsn.get("ArrivalDate"),
        extension_fields=_extension_fields(dsn),
    )
    return {"MessageId": bouncing.send_bounce(ctx, bounce)}


def _recipient(described: dict[str, Any]) -> BouncedRecipient:
    fields = described.get("RecipientDsnFields")
    return BouncedRecipient(
        described["Recipient"],
        described.get("RecipientArn"),
        described.get("BounceType"),
        _dsn_fields(fields) if fields else None,
    )


def _dsn_fields(described: dict[str, Any]) -> DsnFields:
    return DsnFields(
        described["Action"],
        described["Status"],
        described.get("FinalRecipient"),
        described.get("RemoteMta"),
        described.get("DiagnosticCode"),
        described.get("LastAttemptDate"),
        _extension_fields(described),
    )


def _extension_fields(described: dict[str, Any]) -> list[tuple[str, str]]:
    return [(each["Name"], each["Value"]) for each in described.get("ExtensionFields", ())]
