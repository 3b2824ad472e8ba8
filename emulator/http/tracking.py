"""What the pixel and the links in a delivered mail lead to.

Source: a click leads to the target at once, and the pixel is a transparent GIF, documented. Unverified: the status
codes, and what forbids to keep the answers.
"""

import base64

from flask import Blueprint, Response, request

from emulator.dispatch import Dispatcher
from emulator.ses import tracking
from emulator.ses.tracking import Token, Visit, Visitor
from emulator.store.engine import DatabaseUnavailable

GIF = base64.b64decode("R0lGODlhAQABAIAAAAAAAAAAACH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==")
NOT_KEPT = {"Cache-Control": "no-cache, no-store, must-revalidate"}
TEXT = "text/plain; charset=utf-8"


def blueprint(dispatcher: Dispatcher) -> Blueprint:
    """The routes behind pixels and links."""
    routes = Blueprint("tracking", __name__)
    contexts = dispatcher.contexts

    # The URL within a path is one segment of it only as long as nothing is decoded: so the path is read as it came.
    @routes.get("/<any(I0, CI0, L0, CL0):_kind>/<path:_rest>", merge_slashes=False)
    def fetch(_kind: str, _rest: str) -> Response:
        try:
            token, visit = seen(request.environ.get("RAW_URI", ""))
            if visit and request.method != "HEAD":  # programs that look at links in mails follow none
                record(visit)
        except DatabaseUnavailable as error:
            return Response(f"The database does not answer: {error}\n", 503, content_type=TEXT)
        return answer(token)

    def seen(path: str) -> tuple[Token | None, Visit | None]:
        with contexts.open(dispatcher.account_id, "us-east-1", write=False) as ctx:
            token = tracking.read(ctx.secret, path)
            return token, tracking.visit(ctx, token) if token else None

    def record(visit: Visit) -> None:
        visitor = Visitor(request.remote_addr or "", request.user_agent.string)
        message = visit.message
        with contexts.open(message.account_id, message.region, write=True) as ctx:
            if visit.link:
                tracking.clicked(ctx, message, visit.link, visitor)
            else:
                tracking.opened(ctx, message, visitor)

    def answer(token: Token | None) -> Response:
        if token is None:
            return Response("This is no link of a mail that was sent here.\n", 404, content_type=TEXT)
        if token.url:
            return Response(status=302, headers={"Location": token.url, **NOT_KEPT})
        return Response(GIF, content_type="image/gif", headers=NOT_KEPT)

    return routes
