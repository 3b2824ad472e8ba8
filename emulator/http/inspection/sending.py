"""A test mail, sent as by SendEmail."""

from dataclasses import dataclass, field

from flask import request

from emulator.context import Caller
from emulator.http.inspection.filters import AccountScope
from emulator.http.inspection.problems import Problem
from emulator.http.inspection.routes import Routes
from emulator.http.parts import DEFAULT_REGION, Parts
from emulator.mime.compose import Content
from emulator.ses import sending
from emulator.ses.errors import SesError
from emulator.wire.common_errors import STATUS

routes = Routes()

USER = "inbox"


@dataclass(frozen=True, slots=True, kw_only=True)
class TestMail:
    """A mail in parts, as SendEmail has it."""

    from_: str
    to: list[str]
    subject: str = ""
    text: str | None = None
    html: str | None = None
    configuration_set: str | None = field(default=None, metadata={"help": "name of a set; null: none"})


@dataclass(frozen=True, slots=True)
class SentMail:
    """The id of the message."""

    id: str


@routes.route("POST", "/messages/test", query=AccountScope, body=TestMail, answer=SentMail)
def send_test_mail(parts: Parts, query: AccountScope, body: TestMail) -> SentMail:
    """The mail is sent from an account and region, under the rules of SendEmail; a refusal has SES's own words."""
    dispatcher = parts.dispatcher
    account = query.account or dispatcher.account_id
    caller = Caller(
        arn=f"arn:aws:iam::{account}:user/{USER}",
        source_ip=request.remote_addr or "",
        user_agent=request.user_agent.string,
        secure=request.is_secure,
    )
    email = sending.Email(
        source=body.from_,
        to=body.to,
        cc=(),
        bcc=(),
        reply_to=(),
        return_path=None,
        subject=Content(body.subject, None),
        text=None if body.text is None else Content(body.text, None),
        html=None if body.html is None else Content(body.html, None),
    )
    options = sending.Options("SendEmail", configuration_set=body.configuration_set or None)
    try:
        with dispatcher.contexts.open(account, query.region or DEFAULT_REGION, write=True, caller=caller) as ctx:
            return SentMail(sending.send_email(ctx, email, options))
    except SesError as refusal:
        code, status = dispatcher.service.errors.get(refusal.v1) or (refusal.v1, STATUS[refusal.v1])
        raise Problem(status, refusal.message, code=code) from None
