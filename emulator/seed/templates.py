"""E-mail templates of a seed."""

from dataclasses import dataclass
from typing import ClassVar

from emulator.context import Context
from emulator.operations.v1 import templates as operations
from emulator.seed.calling import call
from emulator.seed.members import Thing, member
from emulator.ses import limits
from emulator.store import templates as rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Template(Thing):
    """An e-mail template."""

    KEY: ClassVar[str] = "name"
    WRAPPERS: ClassVar[frozenset[str]] = frozenset({"Template"})
    IGNORED: ClassVar[frozenset[str]] = frozenset({"ResponseMetadata"})

    name: str = member("unique in its account and region", aws="TemplateName")
    subject: str = member("in Handlebars, as the other parts", aws="SubjectPart")
    text: str | None = member("the text part", default=None, aws="TextPart", from_file=True)
    html: str | None = member("the HTML part", default=None, aws="HtmlPart", from_file=True)


def find(ctx: Context, wanted: Template) -> Template | None:
    """The template of that name."""
    return _named(ctx, wanted.name)


def put(ctx: Context, wanted: Template, found: Template | None) -> None:
    """The template is as given."""
    parts = {
        "TemplateName": wanted.name,
        "SubjectPart": wanted.subject,
        "TextPart": wanted.text,
        "HtmlPart": wanted.html,
    }
    given = {name: value for name, value in parts.items() if value is not None}
    call(ctx, wanted.at, operations.update_template if found else operations.create_template, Template=given)


def every(ctx: Context) -> list[Template]:
    """The templates, in the order of their creation."""
    listed = rows.after(ctx.tx, ctx.account_id, ctx.region, 0, limits.TEMPLATES)
    found = (_named(ctx, each.template_name) for each in listed)
    return [each for each in found if each]


def _named(ctx: Context, name: str) -> Template | None:
    row = rows.get(ctx.tx, ctx.account_id, ctx.region, name)
    if row is None:
        return None
    return Template(name=row.template_name, subject=row.subject_part, text=row.text_part, html=row.html_part)
