"""What LocalStack, aws-ses-v2-local and moto's server answer beside AWS's API, so that tests that ask them can ask us.

It is as LocalStack documents it, and as aws-ses-v2-local 2.10 and moto 5.2 answered. Theirs is mail that was sent, in
every account and region unless one is named; what SES itself sends, and what it receives, is at `/_emulator` only.
"""

import base64
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from flask import Blueprint, Response

from emulator.context import Context
from emulator.http.inspection import filters, system
from emulator.http.inspection.filters import MessageFilter, Scope
from emulator.http.inspection.routes import Routes, register
from emulator.http.parts import Parts
from emulator.mime.view import Attachment
from emulator.ses import mailbox
from emulator.ses.mailbox import Reading
from emulator.store import messages as message_rows
from emulator.store.message_filters import Filter

routes = Routes()

SENT = "outbound"
RAW = ("SendRawEmail", "SendSmtpEmail")
MOST = 1_000  # messages in an answer, the newest; all are at `/_emulator/messages`, page by page
PAGE = 100


@dataclass(frozen=True, slots=True)
class SentQuery(Scope):
    """Which of the messages that were sent."""

    id: str | None = field(default=None, metadata={"help": "id of the message"})
    email: str | None = field(default=None, metadata={"help": "source of the message"})


@dataclass(frozen=True, slots=True)
class StoreQuery(Scope):
    """The messages since a moment."""

    since: int = field(default=0, metadata={"help": "seconds since 1970"})


def blueprint(parts: Parts) -> Blueprint:
    """The routes, at the paths that the others have them at."""
    aliases = Blueprint("aliases", __name__)
    register(aliases, parts, routes.routes)
    return aliases


# ---- LocalStack


@routes.route("GET", "/_aws/ses", query=SentQuery)
def list_sent(parts: Parts, query: SentQuery) -> dict[str, Any]:
    """The messages, the oldest first."""
    with parts.context(query.account, query.region) as ctx:
        found = [_saved(ctx, each) for each in islice(_chosen(ctx, query), MOST)]
    return {"messages": found[::-1]}


@routes.route("DELETE", "/_aws/ses", query=SentQuery)
def delete_sent(parts: Parts, query: SentQuery) -> None:
    """The messages are gone; it is no fault if there are none."""
    with parts.context(query.account, query.region, write=True) as ctx:
        if query.id is None and query.email is None:
            mailbox.delete_all(ctx, _wanted(query))
        else:
            for each in list(_chosen(ctx, query, bodies=False)):
                mailbox.delete(ctx, each.message)


def _chosen(ctx: Context, query: SentQuery, *, bodies: bool = True) -> Iterator[Reading]:
    wanted = _wanted(query, query.email)
    if query.id is None:
        found = _newest(ctx, wanted, bodies=bodies)
    else:
        message = mailbox.find(ctx, query.id, wanted)
        found = iter([mailbox.read(ctx, message)] if message and message.direction == SENT else [])
    return (each for each in found if query.email in (None, each.message.source, each.message.source_text))


def _saved(ctx: Context, reading: Reading) -> dict[str, Any]:
    """Of raw and templated mail the documentation shows none: there, names are taken from the calls that send it."""
    message = reading.message
    lists = {"ToAddresses": message.to, "CcAddresses": message.cc, "BccAddresses": message.bcc}
    if message.operation in RAW:
        said: dict[str, Any] = {"RawData": message_rows.raw(ctx.tx, message.seq).decode("utf-8", "replace")}
    elif message.template:
        said = {"Template": message.template, "TemplateData": message.template_data}
    else:
        said = {"Subject": message.subject, "Body": {"text_part": reading.text, "html_part": reading.html}}
    return {
        "Id": message.id,
        "Region": message.region,
        "Timestamp": f"{message.created_at:%Y-%m-%dT%H:%M:%S}",
        "Destination": {name: addresses for name, addresses in lists.items() if addresses},
        "Source": message.source_text or message.source,
        **said,
    }


# ---- aws-ses-v2-local


@routes.route("GET", "/store", query=StoreQuery)
def get_store(parts: Parts, query: StoreQuery) -> dict[str, Any]:
    """The messages, the oldest first, and the templates of SES v2, of which there are none."""
    with parts.context(query.account, query.region) as ctx:
        sent = _newest(ctx, _wanted(query))
        since = (each for each in sent if each.message.created_at.timestamp() >= query.since)
        emails = [_stored(ctx, each) for each in islice(since, MOST)]
    return {"templates": {}, "emails": emails[::-1]}


@routes.route("POST", "/clear-store", query=Scope)
def clear_store(parts: Parts, query: Scope) -> dict[str, str]:
    """The messages are gone."""
    with parts.context(query.account, query.region, write=True) as ctx:
        mailbox.delete_all(ctx, _wanted(query))
    return {"message": "Store cleared"}


@routes.route("GET", "/health-check")
def check_health(parts: Parts) -> Response:
    """200 when the server and its database answer, else 503."""
    system.health(parts)
    return Response()


def _stored(ctx: Context, reading: Reading) -> dict[str, Any]:
    message = reading.message
    body = {"text": reading.text, "html": reading.html}
    found = (mailbox.attachment(ctx, message, each.index) for each in reading.attachments)
    return {
        "messageId": message.id,
        "from": message.from_header or message.source,
        "replyTo": message.reply_to,
        "destination": {"to": message.to, "cc": message.cc, "bcc": message.bcc},
        "subject": message.subject,
        "body": {name: text for name, text in body.items() if text is not None},
        "attachments": [_attachment(*each) for each in found if each],
        "at": int(message.created_at.timestamp()),
    }


def _attachment(described: Attachment, content: bytes) -> dict[str, Any]:
    return {
        "type": "attachment",
        "filename": described.filename,
        "contentType": described.content_type,
        "cid": described.content_id,
        "content": base64.b64encode(content).decode(),
        "size": described.size,
    }


# ---- moto


@routes.route("POST", "/moto-api/reset", query=system.Scope)
def reset(parts: Parts, query: system.Scope) -> dict[str, str]:
    """Everything is gone."""
    system.reset(parts, query)
    return {"status": "ok"}


# ---- all of them


def _wanted(query: Scope, source: str | None = None) -> Filter:
    return filters.wanted(MessageFilter(account=query.account, region=query.region, direction=SENT, from_=source))


def _newest(ctx: Context, wanted: Filter, *, bodies: bool = True) -> Iterator[Reading]:
    """All messages that match, the newest first, read a page at a time."""
    before = None
    while True:
        page = mailbox.page(ctx, wanted, PAGE, before, bodies=bodies)
        yield from page.readings
        if page.cursor is None:
            return
        before = int(page.cursor)
