"""Servers under test: started fresh on a folder of their own, loaded over loopback, gone afterwards."""

import contextlib
import os
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlencode

HERE = Path(__file__).parent
SENDER, RECIPIENT = "sender@example.com", "to@example.com"
AUTHORIZATION = (
    "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/ses/aws4_request, SignedHeaders=host, Signature=" + "0" * 64
)
HEADERS = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8", "Authorization": AUTHORIZATION}
START_SECONDS = 30
TEMPLATE = {
    "Template.TemplateName": "order",
    "Template.SubjectPart": "Your order {{order.number}}",
    "Template.TextPart": "Dear {{name}},\n{{#each order.items}}{{title}}: {{price}}\n{{/each}}Thank you!",
    "Template.HtmlPart": "<p>Dear {{name}},</p><ul>{{#each order.items}}<li>{{title}}: {{price}}</li>{{/each}}</ul>",
}


@dataclass
class Server:
    """One server under test: how to start it, and its process while it runs."""

    name: str
    command: str
    port: int = 0
    submission_port: int = 0
    folder: str = ""
    process: "subprocess.Popen[bytes] | None" = None

    @contextlib.contextmanager
    def running(self) -> Iterator["Server"]:
        """The server answers, with a verified sender; it and its files are gone afterwards."""
        with tempfile.TemporaryDirectory(prefix="ses-bench-") as self.folder:
            self.start()
            try:
                self.call("VerifyEmailIdentity", EmailAddress=SENDER)
                self.call("CreateTemplate", **TEMPLATE)
                yield self
            finally:
                self.stop()

    @contextlib.contextmanager
    def restarted(self, command: str) -> Iterator["Server"]:
        """The server runs by another command, on the folder that is there."""
        before, self.command = self.command, command
        if not self.folder:
            raise ValueError("there is no folder yet")
        self.start()
        try:
            yield self
        finally:
            self.stop()
            self.command = before

    def start(self) -> None:
        """The process runs and answers."""
        self.port, self.submission_port = _free_port(), _free_port()
        places = {"port": self.port, "submission_port": self.submission_port, "folder": self.folder}
        command = shlex.split(self.command.format(**places))
        with (Path(self.folder) / "log").open("wb") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError, HTTPException):
                if b"<ListIdentitiesResult" in self.call("ListIdentities"):
                    return
            time.sleep(0.005)
        raise SystemExit(f"{self.name} did not start; see {self.command}")

    def stop(self) -> None:
        """Exactly what `start` started is gone."""
        assert self.process
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def call(self, action: str, **parameters: str) -> bytes:
        """One call on a connection of its own."""
        return self.post(form(action, **parameters))

    def post(self, body: bytes) -> bytes:
        """The answer to a form."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("POST", "/", body, HEADERS)
            return connection.getresponse().read()
        finally:
            connection.close()

    def resident_bytes(self) -> int:
        """What the process and its children hold in memory."""
        assert self.process
        pages = sum(int((Path("/proc") / str(pid) / "statm").read_text().split()[1]) for pid in _tree(self.process.pid))
        return pages * os.sysconf("SC_PAGESIZE")


def form(action: str, **parameters: str) -> bytes:
    """A Query request."""
    return urlencode({"Action": action, "Version": "2010-12-01", **parameters}).encode()


def load(server: Server, body: bytes, expected: str, connections: int, seconds: int) -> tuple[float, float]:
    """Good answers a second, and the 99th percentile of their time in milliseconds."""
    path = Path(server.folder) / "form"
    path.write_bytes(body)
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "--timeout", "30s"]
    command += ["-s", str(HERE / "ses.lua"), f"http://127.0.0.1:{server.port}/", "--", str(path), expected]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    result = next(line for line in printed.splitlines() if line.startswith("RESULT "))
    good, bad, microseconds, slow = map(float, result.split()[1:])
    if bad:
        sys.stderr.write(f"{server.name}: {bad:.0f} bad answers\n")
    return good / (microseconds / 1e6), slow / 1000


def _tree(pid: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                children.setdefault(parent, []).append(int(entry.name))
    found, todo = [], [pid]
    while todo:
        found.append(todo.pop())
        todo += children.get(found[-1], [])
    return found


def _free_port() -> int:
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
