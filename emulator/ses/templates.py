"""E-mail templates: kept, listed, and tried out."""

import re
from typing import NamedTuple

from emulator.context import Context
from emulator.mime import compose, delivered
from emulator.ses import errors, limits, paging, rendering
from emulator.store import templates as template_rows
from emulator.store.templates import Summary, Template

LIST = "templates"
# Unverified: the model has no pattern; this is what the names of other things of SES may hold.
_NAME = re.compile(r"[A-Za-z0-9_-]+\Z")


class Preview(NamedTuple):
    """A template's parts, filled in; else what is wrong, and with which `part`: subject, text, html or data."""

    subject: str | None
    text: str | None
    html: str | None
    error: str | None
    part: str | None


def create(ctx: Context, template: Template) -> None:
    """The template is there."""
    _check(template)
    ctx.tx.changed()  # before the look: of two callers with the same new name, the second finds the first one's
    if template_rows.exists(ctx.tx, ctx.account_id, ctx.region, template.template_name):
        raise errors.TemplateAlreadyExists(Name=template.template_name)
    if template_rows.count(ctx.tx, ctx.account_id, ctx.region) >= limits.TEMPLATES:
        raise errors.TemplateLimitExceeded(maximum=str(limits.TEMPLATES))
    template_rows.insert(ctx.tx, ctx.account_id, ctx.region, template, ctx.now)


def update(ctx: Context, template: Template) -> None:
    """The template is as given. Unverified: a part that is left out is gone."""
    _check(template)
    if not template_rows.replace(ctx.tx, ctx.account_id, ctx.region, template):
        raise errors.TemplateDoesNotExist(TemplateName=template.template_name)


def delete(ctx: Context, template_name: str) -> None:
    """The template is gone. Unverified: an unknown one is no fault, as the model has no error for it."""
    template_rows.delete(ctx.tx, ctx.account_id, ctx.region, template_name)


def get(ctx: Context, template_name: str) -> Template:
    """The template of that name, as it was given."""
    template = template_rows.get(ctx.tx, ctx.account_id, ctx.region, template_name)
    if template is None:
        raise errors.TemplateDoesNotExist(TemplateName=template_name)
    return template


def page(ctx: Context, max_items: int | None, next_token: str | None) -> paging.Page[Summary]:
    """The next templates, 10 if not said otherwise, 100 at most. Source: API reference (documented).

    Unverified: they come in the order of their creation; less than one is refused as ListIdentities does.
    """
    limit = limits.TEMPLATES_PER_PAGE if max_items is None else min(max_items, limits.TEMPLATES_PER_LONGEST_PAGE)
    if limit < 1:
        raise errors.InvalidMaxItems(value=str(limit), maximum=str(limits.TEMPLATES_PER_LONGEST_PAGE))
    after = paging.position(ctx, LIST, next_token)
    rows = template_rows.after(ctx.tx, ctx.account_id, ctx.region, after, limit + 1)
    more = paging.token(ctx, LIST, rows[limit - 1].seq) if len(rows) > limit else None
    return paging.Page(rows[:limit], more)


def test_render(ctx: Context, template_name: str, template_data: str) -> str:
    """The message that the template makes of the data, without what only a send can know.

    Unverified: which header fields these are.
    """
    template = get(ctx, template_name)
    try:
        data = rendering.data_of(template_data)
    except errors.InvalidTemplateData:
        raise errors.InvalidRenderingParameter from None
    rendered = rendering.render(template, data)
    message = compose.compose(
        date=delivered.date_header(ctx.now),
        source=None,
        reply_to=(),
        to=(),
        cc=(),
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        boundary=ctx.outside.ids.boundary(ctx.now),
    )
    return message.decode("utf-8", "replace")


def preview(template: Template, template_data: str) -> Preview:
    """What the template, which need not be there, makes of the data, or the first fault that SES would find in it."""
    trials = {
        "subject": template._replace(text_part=None, html_part=None),
        "text": template._replace(subject_part="", html_part=None),
        "html": template._replace(subject_part="", text_part=None),
    }
    rendered = {}
    part = "data"
    try:
        data = rendering.data_of(template_data)
        for part, trial in trials.items():
            rendering.check(trial)
            rendered[part] = rendering.render(trial, data)
    except errors.SesError as fault:
        return Preview(None, None, None, fault.message, part)
    text_content, html_content = rendered["text"].text, rendered["html"].html
    return Preview(
        rendered["subject"].subject.data,
        text_content and text_content.data,
        html_content and html_content.data,
        error=None,
        part=None,
    )


def _check(template: Template) -> None:
    """Its parts can be rendered. Unverified: the order of these checks, and that a name is looked at."""
    name = template.template_name
    if not template.subject_part:
        raise errors.SubjectNotSpecified
    if not _NAME.match(name) or len(name) > limits.TEMPLATE_NAME_LENGTH:
        raise errors.InvalidTemplateName(TemplateName=name, maximum=str(limits.TEMPLATE_NAME_LENGTH))
    parts = (template.subject_part, template.text_part or "", template.html_part or "")
    if sum(len(part.encode()) for part in parts) > limits.TEMPLATE_BYTES:
        raise errors.TemplateTooLarge(TemplateName=name, maximum=str(limits.TEMPLATE_BYTES))
    rendering.check(template)
