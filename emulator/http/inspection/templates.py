"""E-mail templates: what they say, and what they would make of data."""

from dataclasses import dataclass, field
from datetime import datetime

from emulator.http.inspection import filters
from emulator.http.inspection.filters import AccountScope
from emulator.http.inspection.routes import Routes
from emulator.http.parts import Parts
from emulator.ses import templates
from emulator.store import templates as template_rows

routes = Routes()


@dataclass(frozen=True, slots=True)
class TemplateQuery(AccountScope):
    """A page of the templates."""

    limit: int = field(default=500, metadata={"help": "templates a page, 1 to 500"})
    cursor: str | None = field(default=None, metadata={"help": "where the page before ended"})


@dataclass(frozen=True, slots=True)
class Template:
    """An e-mail template, as it was given."""

    name: str
    subject: str
    text: str | None
    html: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class TemplatePage:
    """Some templates, in the order of their creation."""

    templates: list[Template]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class TemplateTrial:
    """The parts of a template that may not be there, and `data` as SendTemplatedEmail has it: a text that is JSON."""

    name: str = field(default="preview", metadata={"help": "what it is called in what is wrong with it"})
    subject: str | None = None
    text: str | None = None
    html: str | None = None
    data: str = "{}"


@dataclass(frozen=True, slots=True)
class TemplatePreview:
    """What the template makes of the data; else what SES says, and of which `part`: subject, text, html or data."""

    subject: str | None
    text: str | None
    html: str | None
    error: str | None
    part: str | None


@routes.route("GET", "/templates", query=TemplateQuery, answer=TemplatePage)
def list_templates(parts: Parts, query: TemplateQuery) -> TemplatePage:
    """The templates of an account in a region."""
    filters.check_limit(query.limit)
    after = 0 if query.cursor is None else filters.position(query.cursor)
    with parts.context(query.account, query.region) as ctx:
        rows = template_rows.after(ctx.tx, ctx.account_id, ctx.region, after, query.limit + 1)
        more = str(rows[query.limit - 1].seq) if len(rows) > query.limit else None
        found = [(templates.get(ctx, row.template_name), row.created_at) for row in rows[: query.limit]]
    return TemplatePage([Template(*template, created_at) for template, created_at in found], more)


@routes.route("POST", "/templates/preview", query=AccountScope, body=TemplateTrial, answer=TemplatePreview)
def preview_template(parts: Parts, query: AccountScope, body: TemplateTrial) -> TemplatePreview:
    """What a template with these parts would make of the data, or the first thing that is wrong with it.

    It is the same for every account.
    """
    template = template_rows.Template(body.name, body.subject or "", body.text, body.html)
    return TemplatePreview(*templates.preview(template, body.data))
