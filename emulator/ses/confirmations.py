"""The mail that asks the owner of an address for confirmation, and the link in it.

Source: verification mails and their links as published by recipients (recorded): sender, subject, order of the
paragraphs, the link's parameters, 24 hours. The sentences are ours.
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import quote

from emulator.context import Context
from emulator.mime import compose
from emulator.ses import limits, regions, system_mail, verification
from emulator.store import identities as identity_rows

PATH = "/email-verification"
SENDER = "Amazon Web Services <no-reply-aws@amazon.com>"
ABUSE_DESK = "aws-email-domain-verification@amazon.com"
_DATE = "%Y%m%dT%H%M%SZ"


def link(ctx: Context, address: str) -> str:
    """The URL that verifies the address when it is followed in time."""
    parameters = _parameters(ctx.account_id, ctx.region, address, ctx.now.strftime(_DATE))
    parameters["X-Amz-Signature"] = _signature(ctx.secret, parameters)
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in parameters.items())
    return f"{ctx.policy.public_url}{PATH}?{query}"


def follow(ctx: Context, address: str, sent_at: datetime) -> bool:
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


def read(secret: str, parameters: Mapping[str, str]) -> tuple[str, str, str, datetime] | None:
    """Account, region, address and time of sending that a link names; None unless it is one of ours, untouched.

    The signature is over every parameter; one that we did not give counts for nothing.
    """
    credential = parameters.get("X-Amz-Credential", "").split("/")
    if len(credential) != 5:
        return None
    account_id, region = parameters.get("Context", ""), credential[2]
    address, date = parameters.get("Identity.IdentityName", ""), parameters.get("X-Amz-Date", "")
    expected = _parameters(account_id, region, address, date)
    if any(parameters.get(name) != value for name, value in expected.items()):
        return None
    signature = parameters.get("X-Amz-Signature", "")
    if not hmac.compare_digest(_signature(secret, expected).encode(), signature.encode("utf-8", "surrogatepass")):
        return None
    return account_id, region, address, datetime.strptime(date, _DATE).replace(tzinfo=UTC)


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


def _parameters(account_id: str, region: str, address: str, date: str) -> dict[str, str]:
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
    }


def _signature(secret: str, parameters: Mapping[str, str]) -> str:
    text = "\n".join(f"{name}={value}" for name, value in parameters.items())
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
