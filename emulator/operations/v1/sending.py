"""Sending a message."""

from typing import Any

from emulator.context import Context
from emulator.mime import compose
from emulator.ses import raw_sending, sending, templated_sending


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
    email = raw_sending.RawEmail(RawMessage["Data"], Source or None, Destinations or ())
    options = sending.Options(
        operation="SendRawEmail",
        tags=Tags or (),
        configuration_set=ConfigurationSetName or None,
        source_arn=SourceArn,
        from_arn=FromArn,
        return_path_arn=ReturnPathArn,
    )
    return {"MessageId": raw_sending.send_raw_email(ctx, email, options)}


def send_templated_email(
    ctx: Context,
    Source: str,
    Destination: dict[str, Any],
    Template: str,
    TemplateData: str,
    ReplyToAddresses: list[str] | None = None,
    ReturnPath: str | None = None,
    SourceArn: str | None = None,
    ReturnPathArn: str | None = None,
    Tags: list[dict[str, str]] | None = None,
    ConfigurationSetName: str | None = None,
    TemplateArn: str | None = None,
) -> dict[str, Any]:
    """The message is accepted, and rendered and delivered soon."""
    email = _templated(Source, Destination, ReplyToAddresses, ReturnPath)
    options = sending.Options(
        operation="SendTemplatedEmail",
        tags=Tags or (),
        configuration_set=ConfigurationSetName or None,
        source_arn=SourceArn,
        return_path_arn=ReturnPathArn,
    )
    named = templated_sending.Named(Template, TemplateArn)
    return {"MessageId": templated_sending.send_templated_email(ctx, email, named, TemplateData, options)}


def send_bulk_templated_email(
    ctx: Context,
    Source: str,
    Template: str,
    DefaultTemplateData: str,
    Destinations: list[dict[str, Any]],
    SourceArn: str | None = None,
    ReplyToAddresses: list[str] | None = None,
    ReturnPath: str | None = None,
    ReturnPathArn: str | None = None,
    ConfigurationSetName: str | None = None,
    DefaultTags: list[dict[str, str]] | None = None,
    TemplateArn: str | None = None,
) -> dict[str, Any]:
    """The messages are accepted, one a destination, as far as its status says so."""
    options = sending.Options(
        operation="SendBulkTemplatedEmail",
        tags=DefaultTags or (),
        configuration_set=ConfigurationSetName or None,
        source_arn=SourceArn,
        return_path_arn=ReturnPathArn,
    )
    outcomes = templated_sending.send_bulk_templated_email(
        ctx,
        _templated(Source, {}, ReplyToAddresses, ReturnPath),
        templated_sending.Named(Template, TemplateArn),
        DefaultTemplateData,
        [_destination(each) for each in Destinations],
        options,
    )
    return {"Status": [{"Status": each.status, "Error": each.error, "MessageId": each.message_id} for each in outcomes]}


def _templated(
    source: str, destination: dict[str, Any], reply_to: list[str] | None, return_path: str | None
) -> sending.TemplatedEmail:
    return sending.TemplatedEmail(
        source=source,
        to=destination.get("ToAddresses", ()),
        cc=destination.get("CcAddresses", ()),
        bcc=destination.get("BccAddresses", ()),
        reply_to=reply_to or (),
        return_path=return_path,
    )


def _destination(described: dict[str, Any]) -> templated_sending.Destination:
    destination = described["Destination"]
    return templated_sending.Destination(
        to=destination.get("ToAddresses", ()),
        cc=destination.get("CcAddresses", ()),
        bcc=destination.get("BccAddresses", ()),
        tags=described.get("ReplacementTags", ()),
        data=described.get("ReplacementTemplateData"),
    )


def _content(part: dict[str, str]) -> compose.Content:
    return compose.Content(part["Data"], part.get("Charset") or None)
