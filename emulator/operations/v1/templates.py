"""E-mail templates."""

from typing import Any

from emulator.context import Context
from emulator.ses import templates
from emulator.store.templates import Template as Row


def create_template(ctx: Context, Template: dict[str, str]) -> dict[str, Any]:
    """The template is there."""
    templates.create(ctx, _row(Template))
    return {}


def update_template(ctx: Context, Template: dict[str, str]) -> dict[str, Any]:
    """The template is as given."""
    templates.update(ctx, _row(Template))
    return {}


def delete_template(ctx: Context, TemplateName: str) -> dict[str, Any]:
    """The template is gone."""
    templates.delete(ctx, TemplateName)
    return {}


def get_template(ctx: Context, TemplateName: str) -> dict[str, Any]:
    """The template, all of it."""
    template = templates.get(ctx, TemplateName)
    return {
        "Template": {
            "TemplateName": template.template_name,
            "SubjectPart": template.subject_part,
            "TextPart": template.text_part,
            "HtmlPart": template.html_part,
        }
    }


def list_templates(ctx: Context, NextToken: str | None = None, MaxItems: int | None = None) -> dict[str, Any]:
    """The next templates of the account in the region."""
    page = templates.page(ctx, MaxItems, NextToken)
    listed = [{"Name": each.template_name, "CreatedTimestamp": each.created_at} for each in page.items]
    return {"TemplatesMetadata": listed, "NextToken": page.next_token}


def test_render_template(ctx: Context, TemplateName: str, TemplateData: str) -> dict[str, Any]:
    """The message that the template makes of the data."""
    return {"RenderedTemplate": templates.test_render(ctx, TemplateName, TemplateData)}


def _row(template: dict[str, str]) -> Row:
    return Row(
        template["TemplateName"], template.get("SubjectPart", ""), template.get("TextPart"), template.get("HtmlPart")
    )
