"""What the worker makes of an accepted message that names a template: the message itself, or a Rendering Failure."""

from collections.abc import Sequence
from typing import NamedTuple

from emulator.context import Context
from emulator.mime import compose, delivered
from emulator.ses import errors, events, limits, rendering, tasks
from emulator.ses.outcomes import PENDING, RENDERING_FAILED
from emulator.ses.tasks import RenderMessage
from emulator.store import messages as message_rows
from emulator.store import templates as template_rows
from emulator.store.events import Event
from emulator.store.messages import Message, View
from emulator.store.templates import Template


class Composed(NamedTuple):
    """A message, and what it is to hold."""

    message: Message
    raw: bytes
    view: View
    subject: str


class Failed(NamedTuple):
    """A message that its template and data do not make, and why."""

    message: Message
    error: str


def prepare(ctx: Context, wanted: Sequence[RenderMessage]) -> list[Composed | Failed]:
    """The messages, composed; nothing is written. A deleted message is passed over.

    Unverified: the template counts as it is now, not as it was when the message was accepted.
    """
    owners = {task.message_seq: task.owner for task in wanted}
    templates: dict[tuple[str, str, str | None], Template | None] = {}
    results: list[Composed | Failed] = []
    for message in message_rows.several(ctx.tx, list(owners)):
        key = (owners[message.seq], message.region, message.template)
        if key not in templates:
            templates[key] = template_rows.get(ctx.tx, key[0], key[1], message.template or "")
        try:
            results.append(_composed(ctx, message, templates[key]))
        except errors.SesError as error:
            results.append(Failed(message, error.message))
    return results


def apply(ctx: Context, results: Sequence[Composed | Failed]) -> None:
    """The composed messages have contents and are on their way; the others go nowhere, and their timeline says why."""
    for result in results:
        message = result.message
        if isinstance(result, Composed):
            message_rows.fill(ctx.tx, message.seq, result.raw, result.view, result.subject)
            there = ctx._replace(account_id=message.account_id, region=message.region)
            tasks.add(there, tasks.DeliverMessage(message.seq))
        else:
            _fail(ctx, message, result.error)


def _composed(ctx: Context, message: Message, template: Template | None) -> Composed:
    if template is None:
        raise errors.TemplateDoesNotExist(TemplateName=message.template or "")
    rendered = rendering.render(template, rendering.data_of(message.template_data or "{}"))
    raw = compose.compose(
        date=delivered.date_header(message.created_at),
        source=message.from_header,
        reply_to=message.reply_to,
        to=message.to,
        cc=message.cc,
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        boundary=ctx.outside.ids.boundary(ctx.now),
    )
    if len(raw) > limits.MESSAGE_BYTES:
        raise errors.MessageTooLong(maximum=str(limits.MESSAGE_BYTES), length=str(len(raw)))
    view = View(rendered.text and rendered.text.data, rendered.html and rendered.html.data)
    return Composed(message, raw, view, rendered.subject.data)


def _fail(ctx: Context, message: Message, error: str) -> None:
    """Source: recorded event: it is for all recipients, and names the template and the attribute."""
    addresses = tuple(each.address for each in message.recipients)
    statuses = [
        each._replace(status=RENDERING_FAILED) if each.status == PENDING else each for each in message.recipients
    ]
    message_rows.set_recipients(ctx.tx, [(message.seq, statuses)])
    detail = {"template_name": message.template, "error_message": error}
    events.keep(ctx, message, Event(message.seq, events.RENDERING_FAILURE, addresses, detail, ctx.now))
