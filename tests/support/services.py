"""S3, SNS and Lambda at one endpoint: they keep what they are told, and refuse what a test says."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import parse_qs, unquote


class Told(NamedTuple):
    """One call that came in."""

    service: str
    target: str  # bucket and key, topic, or function
    body: str
    headers: dict[str, str]


@dataclass
class Services:
    """What came in, and which targets are refused: with a status and a code."""

    url: str = ""
    told: list[Told] = field(default_factory=list)
    refusals: dict[str, tuple[int, str]] = field(default_factory=dict)

    def of(self, service: str) -> list[Told]:
        """The calls to one service."""
        return [each for each in self.told if each.service == service]

    def answer(self, told: Told) -> tuple[int, str]:
        """Status and code, which is empty of a success, of the answer to a call."""
        self.told.append(told)
        fine = (204 if told.service == "lambda" else 200, "")
        return next((refusal for part, refusal in self.refusals.items() if part in told.target), fine)


@contextmanager
def serving() -> Iterator[Services]:
    """The services; they are gone afterwards."""
    services = Services()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_PUT(self) -> None:
            """An object for S3."""
            self._answer(Told("s3", unquote(self.path).strip("/"), self._body(), dict(self.headers)))

        def do_POST(self) -> None:
            """A function's invocation, or a message for a topic; CloudWatch takes what it is told, and nobody asks."""
            body = self._body()
            if "GraniteServiceVersion20100801" in self.headers.get("X-Amz-Target", ""):
                self._reply(200, b"{}", {})
                return
            if self.path.startswith("/2015-03-31/functions/"):
                function = unquote(self.path).removeprefix("/2015-03-31/functions/").removesuffix("/invocations")
                self._answer(Told("lambda", function, body, dict(self.headers)))
            else:
                form = {name: values[0] for name, values in parse_qs(body).items()}
                self._answer(Told("sns", form["TopicArn"], form["Message"], {"Subject": form["Subject"]}))

        def log_message(self, *_: object) -> None:
            """Says nothing."""

        def _body(self) -> str:
            return self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()

        def _answer(self, told: Told) -> None:
            status, code = services.answer(told)
            body = b"" if status == 204 else _body_of(told.service, code).encode()
            self._reply(status, body, {"x-amzn-ErrorType": code} if code else {})

        def _reply(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True  # connections are kept open
        services.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield services
        finally:
            server.shutdown()
            thread.join()


def _body_of(service: str, code: str) -> str:
    error = f"<Error><Code>{code}</Code><Message>No</Message></Error>"
    if service == "s3":
        return error if code else ""
    if service == "sns":
        result = "<PublishResponse><PublishResult><MessageId>m</MessageId></PublishResult></PublishResponse>"
        return f"<ErrorResponse>{error}</ErrorResponse>" if code else result
    return '{"Message": "No"}'
