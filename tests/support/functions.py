"""Lambda's Invoke API: functions that say what a test wants, and remember their events."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import unquote

_PREFIX, _SUFFIX = "/2015-03-31/functions/", "/invocations"


def arn(name: str, account_id: str = "123456789012") -> str:
    """The function of that name."""
    return f"arn:aws:lambda:us-east-1:{account_id}:function:{name}"


class Invocation(NamedTuple):
    """One call of a function."""

    function: str
    type: str
    event: dict[str, Any]


class Says(NamedTuple):
    """What comes back: the status of the API, the function's JSON, and the kind of its error, if it failed."""

    body: bytes = b"null"
    status: int = 200
    error: str | None = None


@dataclass
class Functions:
    """All functions; those that a test says nothing of return null."""

    url: str = ""
    invoked: list[Invocation] = field(default_factory=list)
    says: dict[str, Says] = field(default_factory=dict)
    hangs: dict[str, threading.Event] = field(default_factory=dict)  # no answer before this is set

    def dispose(self, name: str, disposition: object) -> None:
        """The function returns this as its disposition."""
        self.says[name] = Says(json.dumps({"disposition": disposition}).encode())

    def of(self, name: str) -> list[Invocation]:
        """The calls of one function."""
        return [each for each in self.invoked if each.function == arn(name)]

    def answer(self, invocation: Invocation) -> Says:
        """What the function says."""
        name = invocation.function.rpartition(":")[2]
        if invocation.type == "DryRun":
            return Says(b"", 204)
        self.invoked.append(invocation)
        if name in self.hangs:
            self.hangs[name].wait(60)
        said = self.says.get(name, Says())
        return said if invocation.type == "RequestResponse" or said.status >= 400 else Says(b"", 202)


@contextmanager
def serving() -> Iterator[Functions]:
    """The functions; they are gone afterwards."""
    functions = Functions()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            """An invocation."""
            path = unquote(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            kind = self.headers.get("X-Amz-Invocation-Type", "RequestResponse")
            said = functions.answer(
                Invocation(path.removeprefix(_PREFIX).removesuffix(_SUFFIX), kind, json.loads(body or b"{}"))
            )
            self.send_response(said.status)
            if said.error:
                self.send_header("X-Amz-Function-Error", said.error)
            if said.status >= 400:
                self.send_header("x-amzn-ErrorType", "ServiceException")
            self.send_header("Content-Length", str(len(said.body)))
            self.end_headers()
            self.wfile.write(said.body)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        functions.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield functions
        finally:
            for event in functions.hangs.values():
                event.set()
            server.shutdown()
            thread.join()
