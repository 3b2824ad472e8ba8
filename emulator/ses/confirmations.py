"""The mail that asks the owner of an address for confirmation, and the link in it.

Source: verification mails and their links as published by recipients (recorded): sender, subject, order of the
paragraphs, the link's parameters, 24 hours; the paragraph below a custom mail is documented, and so are the pages that
its link leads to. The other sentences are ours.
"""

import hashlib
import hmac
import html
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import quote

from emulator.context import Context
from emulator.mime import compose
from emulator.ses import limits, regions, system_mail, verification
from emulator.store import custom_verification_templates as template_rows
from emulator.store import identities as identity_rows
from emulator.store.custom_verification_templates import Template

PATH = "/email-verification"
SUCCESS_PATH, FAILURE_PATH = "/ses/verifysuccess", "/ses/verifyfailure"
SENDER = "Amazon Web Services <no-reply-aws@amazon.com>"
ABUSE_DESK = "aws-email-domain-verification@amazon.com"
_DATE = "%Y%m%dT%H%M%SZ"
_BODY_END = re.compile("</body", re.IGNORECASE)


class Link(NamedTuple):
    """What a link in a mail says: whose address it verifies, and after which template the mail was made, if any."""

    account_id: str
    region: str
    address: str
    sent_at: datetime
    template_name: str


def link(ctx: Context, address: str, template_name: str = "") -> str:
    """The URL that verifies the address when it is followed in time."""
    parameters = _parameters(ctx.account_id, ctx.region, address, ctx.now.strftime(_DATE), template_name)
    signature = _signature(ctx.secret, parameters)
    return f"{ctx.policy.public_url}{PATH}?{_query(parameters)}&X-Amz-Signature={signature}"


def follow(ctx: Context, followed: Link) -> str:
    """The URL that the click leads to; the address is verified if the link was still good.

    Unverified: that a template which is gone leaves it to AWS's own pages.
    """
    confirmed = _confirm(ctx, followed.address, followed.sent_at)
    template = template_rows.get(ctx.tx, ctx.account_id, ctx.region, followed.template_name)
    if template is None:
        return f"{ctx.policy.public_url}{SUCCESS_PATH if confirmed else FAILURE_PATH}"
    return template.success_redirection_url if confirmed else template.failure_redirection_url


def _confirm(ctx: Context, address: str, sent_at: datetime) -> bool:
    """Whether the address is verified now that its link was followed.

    It is when the link belongs to the present window and comes within 24 hours of its beginning, or again later.
    """
    row = identity_rows.get(ctx.tx, ctx.account_id, ctx.region, address)
    if row is None or sent_at < row.started_at.replace(microsecond=0):
        return False
    status = verification.address_status(row, ctx.now)
    if status == verification.PENDING:
        identity_rows.set_facts(ctx.tx, ctx.account_id, ctx.region, address, confirmed_at=ctx.now)
    return status in (verification.PENDING, verification.SUCCESS)


def read(secret: str, parameters: Mapping[str, str]) -> Link | None:
    """What a link says; None unless it is one of ours, untouched.

    The signature is over every parameter; one that we did not give counts for nothing.
    """
    credential = parameters.get("X-Amz-Credential", "").split("/")
    if len(credential) != 5:
        return None
    account_id, region = parameters.get("Context", ""), credential[2]
    address, date = parameters.get("Identity.IdentityName", ""), parameters.get("X-Amz-Date", "")
    template_name = parameters.get("TemplateName", "")
    expected = _parameters(account_id, region, address, date, template_name)
    if any(parameters.get(name) != value for name, value in expected.items()):
        return None
    signature = parameters.get("X-Amz-Signature", "")
    if not hmac.compare_digest(_signature(secret, expected).encode(), signature.encode("utf-8", "surrogatepass")):
        return None
    return Link(account_id, region, address, datetime.strptime(date, _DATE).replace(tzinfo=UTC), template_name)


def send_mail(ctx: Context, address: str) -> None:
    """The mail with the link is in the mailbox of the address."""
    region = regions.display_name(ctx.region)
    subject = f"Amazon Web Services \u2013 Email Address Verification Request in region {region}"
    text = _text(region, link(ctx, address))
    raw = compose.compose(
        source=SENDER,
        reply_to=(),
        to=(address,),
        cc=(),
        subject=compose.Content(subject, "UTF-8"),
        text=compose.Content(text, "UTF-8"),
        html=None,
        boundary="",
    )
    system_mail.keep(ctx, SENDER, address, subject, text, raw)


def custom_html(ctx: Context, address: str, template: Template) -> str:
    """The template's content, and at the end of its body the link and a paragraph that no template can leave out.

    Unverified: how the link is presented, and that it stands within the body.
    """
    url = html.escape(link(ctx, address, template.template_name))
    added = f"""<p><a href="{url}">{url}</a></p>
<p>If you did not request to verify this email address, please disregard this message. If you have any concerns, \
please forward this message to the following <a href="mailto:{ABUSE_DESK}">email address</a> along with your \
questions or comments.</p>
"""
    content = template.template_content
    end = max((found.start() for found in _BODY_END.finditer(content)), default=len(content))
    return f"{content[:end]}\n{added}{content[end:]}"


def _text(region: str, url: str) -> str:
    hours = limits.EMAIL_VERIFICATION_WINDOW.total_seconds() / 3600
    return f"""Dear Amazon Web Services Customer,

Somebody asked for permission to send mail from this address with Amazon SES and Amazon Pinpoint
in region {region}. If it was you, please open the following URL to confirm it:

{url}

Your request will not be processed unless you confirm the address using this URL.
This link expires {hours:.0f} hours after your original verification request.

If it was not you, do not click on the link. Such requests are often a misunderstanding. If you think
that somebody means harm, please forward this mail to {ABUSE_DESK}.

To learn more about sending mail, see the guides of Amazon SES
(https://docs.aws.amazon.com/ses/latest/dg/) and of Amazon Pinpoint
(https://docs.aws.amazon.com/pinpoint/latest/userguide/).

Sincerely,

The Amazon Web Services Team.
"""


def _parameters(account_id: str, region: str, address: str, date: str, template_name: str) -> dict[str, str]:
    """All but the signature. Unverified: how AWS's link knows its template; ours names it."""
    return {
        "Context": account_id,
        "X-Amz-Date": date,
        "Identity.IdentityName": address,
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
        "Identity.IdentityType": "EmailAddress",
        "X-Amz-SignedHeaders": "host",
        "X-Amz-Credential": f"AKIAEMULATED/{date[:8]}/{region}/ses/aws4_request",
        "Operation": "ConfirmVerification",
        "Namespace": "Bacon",
        **({"TemplateName": template_name} if template_name else {}),
    }


def _query(parameters: Mapping[str, str]) -> str:
    return "&".join(f"{name}={quote(value, safe='')}" for name, value in parameters.items())


def _signature(secret: str, parameters: Mapping[str, str]) -> str:
    return hmac.new(secret.encode(), _query(parameters).encode(), hashlib.sha256).hexdigest()
