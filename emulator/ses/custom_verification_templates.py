"""Verification mails in an account's own words: their templates, and the mail that asks an address for confirmation.

The order of checks is partly recorded (address before template, template before sender), the rest is Unverified:
production access first, the configuration set last; of a template the sender, the two URLs, then its name.
"""

import re
from urllib.parse import urlsplit

from emulator.context import Context
from emulator.mime import compose, images
from emulator.ses import (
    accounts,
    addresses,
    configuration_sets,
    confirmations,
    errors,
    identities,
    limits,
    paging,
    sending,
)
from emulator.store import custom_verification_templates as template_rows
from emulator.store.custom_verification_templates import Summary, Template

LIST = "custom-verification-email-templates"
OPERATION = "SendCustomVerificationEmail"
_NOT_IN_URL = re.compile(r"[\s\x00-\x1f\x7f]")


def create(ctx: Context, template: Template) -> None:
    """The template is there. What its content holds is not looked at. Source: recorded."""
    for member, value in (
        ("TemplateName", template.template_name),
        ("TemplateSubject", template.template_subject),
        ("TemplateContent", template.template_content),
    ):
        if not value:
            raise errors.TemplateMemberRequired(member=member)
    if len(template.template_name) > limits.CUSTOM_VERIFICATION_TEMPLATE_NAME_LENGTH:
        raise errors.VerificationTemplateNameTooLong(maximum=str(limits.CUSTOM_VERIFICATION_TEMPLATE_NAME_LENGTH))
    _check(ctx, template._asdict())
    ctx.tx.changed()  # before the look: of two callers with the same new name, the second finds the first one's
    names = [each.template_name for each in template_rows.summaries(ctx.tx, ctx.account_id, ctx.region)]
    if template.template_name in names:
        raise errors.CustomVerificationTemplateExists(CustomVerificationEmailTemplateName=template.template_name)
    if len(names) >= limits.CUSTOM_VERIFICATION_TEMPLATES:
        raise errors.CustomVerificationTemplateLimitExceeded(maximum=str(limits.CUSTOM_VERIFICATION_TEMPLATES))
    template_rows.insert(ctx.tx, ctx.account_id, ctx.region, template)


def update(ctx: Context, template_name: str, changes: dict[str, str | None]) -> None:
    """The template has these fields; one that is not given, or empty, stays. Unverified: an empty one."""
    given = {field: value for field, value in changes.items() if value}
    _check(ctx, given)
    get(ctx, template_name)
    if given:
        template_rows.set_values(ctx.tx, ctx.account_id, ctx.region, template_name, given)


def delete(ctx: Context, template_name: str) -> None:
    """The template is gone. Source: recorded: an unknown one is refused, although the model has no such error."""
    if not template_rows.delete(ctx.tx, ctx.account_id, ctx.region, template_name):
        raise errors.CustomVerificationTemplateDoesNotExist(CustomVerificationEmailTemplateName=template_name)


def get(ctx: Context, template_name: str) -> Template:
    """The template of that name."""
    template = template_rows.get(ctx.tx, ctx.account_id, ctx.region, template_name)
    if template is None:
        raise errors.CustomVerificationTemplateDoesNotExist(CustomVerificationEmailTemplateName=template_name)
    return template


def page(ctx: Context, max_results: int | None, next_token: str | None) -> paging.Page[Summary]:
    """The next templates by name; up to 50 where no number from 1 to 50 is asked for.

    Source: API reference (documented). Unverified: the order.
    """
    most = limits.CUSTOM_VERIFICATION_TEMPLATES
    limit = max_results if max_results is not None and 1 <= max_results <= most else most
    after = paging.name(ctx, LIST, next_token)
    rows = sorted(template_rows.summaries(ctx.tx, ctx.account_id, ctx.region))
    rest = [row for row in rows if row.template_name > after]
    more = paging.name_token(ctx, LIST, rest[limit - 1].template_name) if len(rest) > limit else None
    return paging.Page(rest[:limit], more)


def send(ctx: Context, address: str, template_name: str, configuration_set: str | None) -> str:
    """The address is Pending (Success stays Success) and a mail after the template is on its way to it; the mail's id.

    Source: recorded: the identity is there at once, not only when the link is followed. Unverified: that the mail is
    a message like any other, with events, and counts as one.
    """
    if accounts.of(ctx).sandbox:
        raise errors.ProductionAccessNotGranted
    identities.check_address(address)
    template = template_rows.get(ctx.tx, ctx.account_id, ctx.region, template_name)
    if template is None:
        raise errors.VerificationTemplateDoesNotExist(CustomVerificationEmailTemplateName=template_name)
    sender = template.from_email_address
    if not identities.covers(ctx, addresses.bare(sender)):
        raise errors.TemplateSenderNotVerified(FromEmailAddress=sender, region=ctx.region.upper())
    configuration_sets.for_send(ctx, configuration_set, None)
    identities.begin_address(ctx, address)
    html, attached = images.detached(confirmations.custom_html(ctx, address, template))
    email = sending.Email(
        source=sender,
        to=(address,),
        cc=(),
        bcc=(),
        reply_to=(),
        return_path=None,
        subject=compose.Content(template.template_subject, "UTF-8"),
        text=None,
        html=compose.Content(html, "UTF-8"),
        attached=attached,
    )
    options = sending.Options(OPERATION, configuration_set=configuration_set, template=template_name)
    return sending.send_verification(ctx, email, options)


def _check(ctx: Context, fields: dict[str, str]) -> None:
    """The sender is verified and the URLs are such, as far as they are among the fields.

    Source: developer guide (documented): a sender below a verified domain will do, one with a display name will not.
    """
    sender = fields.get("from_email_address")
    if sender is not None and not (
        addresses.is_identity_address(sender) and identities.covers(ctx, addresses.bare(sender))
    ):
        raise errors.FromEmailAddressNotVerified(FromEmailAddress=sender)
    for outcome in ("success", "failure"):
        url = fields.get(f"{outcome}_redirection_url")
        if url is not None and not _is_web_address(url):
            raise errors.InvalidRedirectionUrl(outcome=outcome)


def _is_web_address(url: str) -> bool:
    """Whether a browser can be sent there. Unverified: what SES demands beyond `http` or `https` and a host."""
    try:
        parts = urlsplit(url)
        host, _ = (parts.hostname or "").encode("idna"), parts.port  # faulty ones are found only here
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(host) and not _NOT_IN_URL.search(url)
