"""The link in a verification mail, and the two pages it leads to where no template names others.

Source: the recorded link answers 302, to `/ses/verifysuccess` or `/ses/verifyfailure` of AWS's own site. Unverified:
that the link of a custom mail answers 302 too.
"""

from flask import Blueprint, Response, redirect, request

from emulator.dispatch import Dispatcher
from emulator.ses import confirmations
from emulator.store.engine import DatabaseUnavailable

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<body style="font: 16px/1.5 system-ui, sans-serif; max-width: 40rem; margin: 4rem auto; padding: 0 1rem">
<h1>{title}</h1>
<p>{text}</p>
"""
SUCCESS = PAGE.format(
    title="Congratulations!",
    text="This address is now verified with Amazon Simple Email Service. You may send mail from it. "
    "An account in the sandbox still sends to verified addresses only. Thank you!",
)
FAILURE = PAGE.format(
    title="The address was not verified",
    text="This link is not valid, or more than 24 hours have passed since the request. Ask for a new mail.",
)


def blueprint(dispatcher: Dispatcher) -> Blueprint:
    """The routes behind a verification mail."""
    routes = Blueprint("verification", __name__)

    @routes.get(confirmations.PATH)
    def follow() -> Response:
        if request.method == "HEAD":  # programs that look at links in mails follow none
            return Response()
        try:
            return redirect(destination(), 302)  # type: ignore[return-value]
        except DatabaseUnavailable as error:
            return Response(f"The database does not answer: {error}\n", 503, content_type="text/plain; charset=utf-8")

    def destination() -> str:
        with dispatcher.contexts.open(dispatcher.account_id, "us-east-1", write=False) as ctx:
            followed = confirmations.read(ctx.secret, request.args)
        if followed is None:
            return f"{dispatcher.contexts.policy.public_url}{confirmations.FAILURE_PATH}"
        with dispatcher.contexts.open(followed.account_id, followed.region, write=True) as ctx:
            return confirmations.follow(ctx, followed)

    @routes.get(confirmations.SUCCESS_PATH)
    def success() -> str:
        return SUCCESS

    @routes.get(confirmations.FAILURE_PATH)
    def failure() -> str:
        return FAILURE

    return routes
