"""Refusals of the inspection API, as problem documents (RFC 9457)."""

import json
from collections.abc import Mapping

from flask import Response

TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    408: "Request Timeout",
    422: "Unprocessable Content",
    500: "Internal Server Error",
    503: "Service Unavailable",
}


class Problem(Exception):
    """A request that inspection refuses; the detail is for people."""

    def __init__(
        self, status: int, detail: str, *, code: str | None = None, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.code = code  # of SES, where it refused
        self.headers = headers

    def response(self) -> Response:
        """The document."""
        title = TITLES.get(self.status, "Error")
        document = {"type": "about:blank", "title": title, "status": self.status, "detail": self.detail}
        if self.code:
            document["code"] = self.code
        return Response(json.dumps(document), self.status, self.headers, content_type="application/problem+json")


def no_such(kind: str, name: str) -> Problem:
    """Nothing of that name is here."""
    return Problem(404, f"There is no {kind} {name!r}.")
