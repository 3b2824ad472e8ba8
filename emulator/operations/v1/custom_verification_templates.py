"""Verification mails in an account's own words."""

from typing import Any

from emulator.context import Context
from emulator.ses import custom_verification_templates
from emulator.store.custom_verification_templates import Summary, Template


def create_custom_verification_email_template(
    ctx: Context,
    TemplateName: str,
    FromEmailAddress: str,
    TemplateSubject: str,
    TemplateContent: str,
    SuccessRedirectionURL: str,
    FailureRedirectionURL: str,
) -> dict[str, Any]:
    """The template is there."""
    template = Template(
        TemplateName,
        FromEmailAddress,
        TemplateSubject,
        TemplateContent,
        SuccessRedirectionURL,
        FailureRedirectionURL,
    )
    custom_verification_templates.create(ctx, template)
    return {}


def update_custom_verification_email_template(
    ctx: Context,
    TemplateName: str,
    FromEmailAddress: str | None = None,
    TemplateSubject: str | None = None,
    TemplateContent: str | None = None,
    SuccessRedirectionURL: str | None = None,
    FailureRedirectionURL: str | None = None,
) -> dict[str, Any]:
    """The template is as given; what is not given stays."""
    changes = {
        "from_email_address": FromEmailAddress,
        "template_subject": TemplateSubject,
        "template_content": TemplateContent,
        "success_redirection_url": SuccessRedirectionURL,
        "failure_redirection_url": FailureRedirectionURL,
    }
    custom_verification_templates.update(ctx, TemplateName, changes)
    return {}


def delete_custom_verification_email_template(ctx: Context, TemplateName: str) -> dict[str, Any]:
    """The template is gone."""
    custom_verification_templates.delete(ctx, TemplateName)
    return {}


def get_custom_verification_email_template(ctx: Context, TemplateName: str) -> dict[str, Any]:
    """The template, all of it."""
    template = custom_verification_templates.get(ctx, TemplateName)
    return {**_members(template), "TemplateContent": template.template_content}


def list_custom_verification_email_templates(
    ctx: Context, NextToken: str | None = None, MaxResults: int | None = None
) -> dict[str, Any]:
    """The next templates, without their content."""
    page = custom_verification_templates.page(ctx, MaxResults, NextToken)
    return {"CustomVerificationEmailTemplates": [_members(each) for each in page.items], "NextToken": page.next_token}


def send_custom_verification_email(
    ctx: Context, EmailAddress: str, TemplateName: str, ConfigurationSetName: str | None = None
) -> dict[str, Any]:
    """The address is Pending and has mail after the template, with a link."""
    message_id = custom_verification_templates.send(ctx, EmailAddress, TemplateName, ConfigurationSetName or None)
    return {"MessageId": message_id}


def _members(template: Template | Summary) -> dict[str, str]:
    return {
        "TemplateName": template.template_name,
        "FromEmailAddress": template.from_email_address,
        "TemplateSubject": template.template_subject,
        "SuccessRedirectionURL": template.success_redirection_url,
        "FailureRedirectionURL": template.failure_redirection_url,
    }
