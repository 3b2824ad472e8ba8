"""The door of the AWS API: POST / and GET /?Action=..., as Query/XML."""

from flask import Blueprint, Response, request

from emulator.dispatch import Dispatcher


def blueprint(dispatcher: Dispatcher) -> Blueprint:
    """The routes of SES v1."""
    routes = Blueprint("aws", __name__)

    @routes.post("/")
    def query_by_post() -> Response:
        return answer(request.get_data(cache=False))

    def answer(body: bytes) -> Response:
        environ = request.environ
        answered = dispatcher.call(
            request.method,
            environ.get("CONTENT_TYPE", ""),
            environ.get("HTTP_AUTHORIZATION", ""),
            environ.get("QUERY_STRING", "").encode("latin-1"),
            body,
        )
        headers = {"Content-Type": "text/xml", "x-amzn-RequestId": answered.request_id}
        return Response(answered.body, answered.status, headers)

    @routes.get("/")
    def query_by_get() -> Response:
        if not request.args:
            return Response(WELCOME, content_type="text/html; charset=utf-8")
        return answer(b"")

    return routes


WELCOME = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>ses-emulator</title>
<h1>ses-emulator is running</h1>
<p>Point your SDK's <code>endpoint_url</code> here. The mail it caught is at
<a href="/_emulator/messages">/_emulator/messages</a>, everything else at
<a href="/_emulator/openapi.json">/_emulator/openapi.json</a>.</p>
"""
