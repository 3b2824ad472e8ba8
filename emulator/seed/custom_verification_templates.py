"""Custom verification e-mail templates of a seed."""

from dataclasses import dataclass
from typing import ClassVar

from emulator.context import Context
from emulator.operations.v1 import custom_verification_templates as operations
from emulator.seed.calling import call
from emulator.seed.members import Thing, member
from emulator.store import custom_verification_templates as rows


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomVerificationTemplate(Thing):
    """A verification mail in the account's own words."""

    KEY: ClassVar[str] = "name"
    IGNORED: ClassVar[frozenset[str]] = frozenset({"ResponseMetadata"})

    name: str = member("unique in its account and region", aws="TemplateName")
    from_email_address: str = member("a verified address")
    subject: str = member("of the mail", aws="TemplateSubject")
    content: str = member("HTML", aws="TemplateContent", from_file=True)
    success_redirection_url: str = member("where the link leads, once the address is verified")
    failure_redirection_url: str = member("where it leads if the address is not")


def find(ctx: Context, wanted: CustomVerificationTemplate) -> CustomVerificationTemplate | None:
    """The template of that name."""
    return _named(ctx, wanted.name)


def put(ctx: Context, wanted: CustomVerificationTemplate, found: CustomVerificationTemplate | None) -> None:
    """The template is as given."""
    create = operations.create_custom_verification_email_template
    call(
        ctx,
        wanted.at,
        operations.update_custom_verification_email_template if found else create,
        TemplateName=wanted.name,
        FromEmailAddress=wanted.from_email_address,
        TemplateSubject=wanted.subject,
        TemplateContent=wanted.content,
        SuccessRedirectionURL=wanted.success_redirection_url,
        FailureRedirectionURL=wanted.failure_redirection_url,
    )


def every(ctx: Context) -> list[CustomVerificationTemplate]:
    """The templates, by name."""
    names = sorted(each.template_name for each in rows.summaries(ctx.tx, ctx.account_id, ctx.region))
    found = (_named(ctx, name) for name in names)
    return [each for each in found if each]


def _named(ctx: Context, name: str) -> CustomVerificationTemplate | None:
    row = rows.get(ctx.tx, ctx.account_id, ctx.region, name)
    if row is None:
        return None
    return CustomVerificationTemplate(
        name=row.template_name,
        from_email_address=row.from_email_address,
        subject=row.template_subject,
        content=row.template_content,
        success_redirection_url=row.success_redirection_url,
        failure_redirection_url=row.failure_redirection_url,
    )
