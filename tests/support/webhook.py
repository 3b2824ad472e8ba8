"""A webhook: a web server that is told things, remembers them, and answers as a test says."""

import json
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from tests.support import aws


@dataclass(frozen=True, slots=True)
class Told:
    """One request: its path, its headers in lower case, its body."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def envelope(self) -> dict[str, str]:
        """The JSON that SNS sends."""
        return json.loads(self.body)  # type: ignore[no-any-return]

    @property
    def type(self) -> str:
        """What kind of message it is."""
        return self.headers["x-amz-sns-message-type"]

    @property
    def event(self) -> dict[str, Any]:
        """What SES tells in it."""
        return json.loads(self.envelope["Message"])  # type: ignore[no-any-return]


@dataclass
class Webhook:
    """What the server was told, and what it says to that."""

    port: int = 0
    told: list[Told] = field(default_factory=list)
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    confirms: bool = True
    released: threading.Event = field(default_factory=threading.Event)
    hangs: bool = False  # no answer before it is released

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}/hook"

    def of_type(self, kind: str) -> list[Told]:
        """What it was told in messages of that kind."""
        return [each for each in self.told if each.type == kind]

    @property
    def notifications(self) -> list[Told]:
        """The messages of topics."""
        return self.of_type("Notification")

    def hang(self, until: ExitStack) -> None:
        """No request is answered before the end."""
        self.hangs = True
        until.callback(self.released.set)

    def answer(self, told: Told) -> tuple[int, dict[str, str]]:
        """Status and headers; a subscription is confirmed before, as most do."""
        self.told.append(told)
        if self.hangs:
            self.released.wait(60)
        if self.confirms and self.status == 200 and told.type == "SubscriptionConfirmation":
            visit(told.envelope["SubscribeURL"])
        return self.status, self.headers


def visit(url: str) -> aws.Answer:
    """What is at the URL."""
    parts = urlsplit(url)
    return aws.request(url, "GET", f"{parts.path}?{parts.query}", None, {})


@contextmanager
def serving(port: int = 0) -> Iterator[Webhook]:
    """A server; it is gone afterwards."""
    webhook = Webhook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, more = webhook.answer(Told(self.path, headers, body))
            self.send_response(status)
            for name, value in more.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing is logged."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    webhook.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield webhook
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
