"""The door of the AWS API: POST / and GET /?Action=..., as Query/XML."""

import json
from collections.abc import Callable

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as BaseResponse

from emulator.dispatch import Delayed, Dispatcher, Elsewhere
from emulator.http.asgi import BREAKS_OFF, DELAY, RESUMED
from emulator.wire.request import HttpRequest

JSON = "application/json"
NO_VERSION_2 = "ses-emulator does not implement SES v2 yet; /_emulator/coverage lists what it does."


def blueprint(dispatcher: Dispatcher, inbox: Callable[[], BaseResponse]) -> Blueprint:
    """The routes of SES v1; who comes to the same place without a call sees the inbox."""
    routes = Blueprint("aws", __name__)

    @routes.post("/")
    def query_by_post() -> Response:
        return answer(request.get_data(cache=False))

    def answer(body: bytes) -> Response:
        environ = request.environ
        called = HttpRequest(
            method=environ["REQUEST_METHOD"],
            path=environ.get("RAW_URI", "/"),
            query=environ.get("QUERY_STRING", "").encode("latin-1"),
            header=lambda name: environ.get(_key(name), ""),
            body=body,
            source_ip=environ.get("REMOTE_ADDR", ""),
            secure=environ.get("wsgi.url_scheme") == "https",
        )
        try:
            answered = dispatcher.call(called, environ.pop(RESUMED, None))
        except Elsewhere as elsewhere:
            environ[RESUMED] = elsewhere.seen
            return Response()
        except Delayed as delayed:
            environ[RESUMED], environ[DELAY] = delayed.seen, delayed.seconds
            return Response()
        environ[BREAKS_OFF] = answered.breaks_off
        headers = {"Content-Type": answered.content_type}
        if answered.request_id:
            headers["x-amzn-RequestId"] = answered.request_id
        return Response(answered.body, answered.status or 200, headers)  # 0: it is not sent

    @routes.get("/")
    def query_by_get() -> BaseResponse:
        args = request.args
        if not args or ("Action" not in args and "text/html" in request.headers.get("Accept", "")):
            return inbox()
        return answer(b"")

    @routes.route("/v2/email/<path:_path>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    def version_2(_path: str) -> Response:
        return Response(json.dumps({"message": NO_VERSION_2}), 501, {"x-amzn-ErrorType": "NotImplemented"}, JSON)

    return routes


def _key(header: str) -> str:
    """A header's name in a WSGI environment."""
    key = header.upper().replace("-", "_")
    return key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
