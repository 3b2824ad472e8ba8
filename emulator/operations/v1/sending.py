"""Sending a message."""

from typing import Any

from emulator.context import Context
from emulator.mime import compose
from emulator.ses import sending


def send_email(
    ctx: Context,
    Source: str,
    Destination: dict[str, Any],
    Message: dict[str, Any],
    ReplyToAddresses: list[str] | None = None,
    ReturnPath: str | None = None,
    SourceArn: str | None = None,
    ReturnPathArn: str | None = None,
    Tags: list[dict[str, str]] | None = None,
    ConfigurationSetName: str | None = None,
) -> dict[str, Any]:
    """The message is accepted, and delivered soon."""
    body = Message["Body"]
    email = sending.Email(
        source=Source,
        to=Destination.get("ToAddresses", ()),
        cc=Destination.get("CcAddresses", ()),
        bcc=Destination.get("BccAddresses", ()),
        reply_to=ReplyToAddresses or (),
        return_path=ReturnPath,
        subject=_content(Message["Subject"]),
        text=_content(body["Text"]) if "Text" in body else None,
        html=_content(body["Html"]) if "Html" in body else None,
    )
    options = sending.Options(
        operation="SendEmail",
        tags=Tags or (),
        configuration_set=ConfigurationSetName or None,
        source_arn=SourceArn,
        return_path_arn=ReturnPathArn,
    )
    return {"MessageId": sending.send_email(ctx, email, options)}


def send_raw_email(
    ctx: Context,
    RawMessage: dict[str, Any],
    Source: str | None = None,
    Destinations: list[str] | None = None,
    FromArn: str | None = None,
    SourceArn: str | None = None,
    ReturnPathArn: str | None = None,
    Tags: list[dict[str, str]] | None = None,
    ConfigurationSetName: str | None = None,
) -> dict[str, Any]:
    """The MIME document is accepted, and delivered soon."""
    email = sending.RawEmail(RawMessage["Data"], Source or None, Destinations or ())
    options = sending.Options(
        operation="SendRawEmail",
        tags=Tags or (),
        configuration_set=ConfigurationSetName or None,
        source_arn=SourceArn,
        from_arn=FromArn,
        return_path_arn=ReturnPathArn,
    )
    return {"MessageId": sending.send_raw_email(ctx, email, options)}


def _content(part: dict[str, str]) -> compose.Content:
    return compose.Content(part["Data"], part.get("Charset") or None)
