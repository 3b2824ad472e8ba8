"""The door of the AWS API: POST / and GET /?Action=..., as Query/XML."""

from flask import Blueprint, Response, request

from emulator.dispatch import Dispatcher, Elsewhere
from emulator.http.asgi import ELSEWHERE
from emulator.wire.request import HttpRequest


def blueprint(dispatcher: Dispatcher) -> Blueprint:
    """The routes of SES v1."""
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
            answered = dispatcher.call(called, environ.get(ELSEWHERE))
        except Elsewhere as elsewhere:
            environ[ELSEWHERE] = elsewhere.seen
            return Response()
        headers = {"Content-Type": "text/xml", "x-amzn-RequestId": answered.request_id}
        return Response(answered.body, answered.status, headers)

    @routes.get("/")
    def query_by_get() -> Response:
        if not request.args:
            return Response(WELCOME, content_type="text/html; charset=utf-8")
        return answer(b"")

    return routes


def _key(header: str) -> str:
    """A header's name in a WSGI environment."""
    key = header.upper().replace("-", "_")
    return key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"


WELCOME = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>ses-emulator</title>
<h1>ses-emulator is running</h1>
<p>Point your SDK's <code>endpoint_url</code> here. The mail it caught is at
<a href="/_emulator/messages">/_emulator/messages</a>, everything else at
<a href="/_emulator/openapi.json">/_emulator/openapi.json</a>.</p>
"""
