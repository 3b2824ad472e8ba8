"""An engine that answers as Docker's does, as far as one container needs it; that is a process on this machine."""

import json
import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

ID = "c0ffee" * 10
SERVE = [sys.executable, "-m", "emulator", "serve"]
OWN = "SES_EMULATOR_"
INSIDE = {8005: "PORT", 2525: "SMTP_PORT", 2587: "SUBMISSION_PORT"}


@dataclass
class Engine:
    """Where it listens, and the container that it was asked for."""

    url: str = ""
    asked: dict[str, Any] = field(default_factory=dict)
    ports: dict[int, int] = field(default_factory=dict)  # of the host, by those of the container
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def variables(self) -> dict[str, str]:
        """The container's environment."""
        return dict(each.split("=", 1) for each in self.asked["Env"])

    def start(self) -> None:
        """The container runs, on ports of the host, as nothing is between it and them."""
        bound = self.asked["HostConfig"]["PortBindings"]
        for inside in INSIDE:
            (binding,) = bound.get(f"{inside}/tcp") or [{}]
            self.ports[inside] = int(binding.get("HostPort") or _free_port())
        environ = {name: value for name, value in os.environ.items() if not name.startswith(OWN)}
        given = {f"{OWN}{name}": str(self.ports[inside]) for inside, name in INSIDE.items()}
        self.process = subprocess.Popen(SERVE, env=environ | self.variables | given, stdout=subprocess.DEVNULL)

    def described(self) -> dict[str, Any]:
        """The container as `docker inspect` has it."""
        published = {
            f"{inside}/tcp": [{"HostIp": "127.0.0.1", "HostPort": f"{port}"}] for inside, port in self.ports.items()
        }
        state = {"Status": "running", "Running": True, "ExitCode": 0}
        return {"Id": ID, "Name": "/ses", "State": state, "Config": self.asked, "NetworkSettings": {"Ports": published}}

    def remove(self) -> None:
        """The container is gone."""
        if self.process:
            self.process.kill()
            self.process.wait(30)
            self.process = None


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def serving() -> Iterator[Engine]:
    """The engine; it is gone afterwards, with its container."""
    engine = Engine()

    class Handler(BaseHTTPRequestHandler):
        """The routes of the engine."""

        def do_GET(self) -> None:
            if self.path.endswith("/version"):
                self._answer({"ApiVersion": "1.47", "Version": "27.0", "MinAPIVersion": "1.24"})
            elif "/images/" in self.path:
                self._answer({"Id": "sha256:1", "RepoTags": ["ses-emulator:latest"], "Config": {}})
            else:
                self._answer(engine.described())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if self.path.endswith("/containers/create"):
                engine.asked = json.loads(body)
                self._answer({"Id": ID, "Warnings": []}, 201)
            elif re.search(rf"/containers/{ID}/start$", self.path):
                engine.start()
                self._answer(None, 204)

        def do_DELETE(self) -> None:
            engine.remove()
            self._answer(None, 204)

        def log_message(self, *_: Any) -> None:
            """Nothing is said."""

        def _answer(self, document: Any, status: int = 200) -> None:
            content = b"" if document is None else json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    engine.url = f"tcp://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield engine
    finally:
        server.shutdown()
        engine.remove()
