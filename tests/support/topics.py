"""An SNS that takes messages, as validation messages and events are published to it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

NAMESPACE = "http://sns.amazonaws.com/doc/2010-03-31/"
RESULT = (
    f'<PublishResponse xmlns="{NAMESPACE}"><PublishResult><MessageId>m</MessageId></PublishResult>'
    "<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></PublishResponse>"
)


@dataclass
class Topics:
    """What was published, as it came, and which topics refuse it: with a status and a code."""

    url: str = ""
    published: list[dict[str, str]] = field(default_factory=list)
    refusals: dict[str, tuple[int, str]] = field(default_factory=dict)

    def answer(self, form: dict[str, str]) -> tuple[int, str]:
        """Status and body of the answer to a call."""
        assert form.pop("Action") == "Publish"
        form.pop("Version")
        if form["TopicArn"] in self.refusals:
            status, code = self.refusals[form["TopicArn"]]
            error = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>No</Message></Error>"
            return status, f'<ErrorResponse xmlns="{NAMESPACE}">{error}<RequestId>r</RequestId></ErrorResponse>'
        self.published.append(form)
        return 200, RESULT


@contextmanager
def serving() -> Iterator[Topics]:
    """A server; it is gone afterwards."""
    topics = Topics()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            status, body = topics.answer(dict(parse_qsl(self.rfile.read(length).decode(), keep_blank_values=True)))
            self.send_response(status)
            self.send_header("Content-Type", "text/xml")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        topics.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield topics
        finally:
            server.shutdown()
            thread.join()
