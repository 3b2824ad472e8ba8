"""Bytes on a socket, for what no HTTP library would send."""

import socket
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

TIMEOUT_SECONDS = 30


def connect(url: str) -> socket.socket:
    """A connection to the server."""
    parts = urlsplit(url)
    return socket.create_connection((parts.hostname or "", parts.port or 80), timeout=TIMEOUT_SECONDS)


def head(content_type: str = "application/x-www-form-urlencoded", **headers: str) -> bytes:
    """The head of a POST to `/`; `_` in a header's name stands for `-`."""
    lines = ["POST / HTTP/1.1", "Host: localhost", f"Content-Type: {content_type}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def exchange(url: str, sent: Iterable[bytes]) -> bytes:
    """What the server answers to these bytes until it closes, or has nothing more to say after its answer's body."""
    with connect(url) as connection:
        with suppress(BrokenPipeError, ConnectionResetError):
            for part in sent:
                connection.sendall(part)
        return read_answer(connection)


def read_answer(connection: socket.socket) -> bytes:
    """One whole answer, or what came before the connection ended."""
    received = b""
    with suppress(ConnectionResetError):
        while not _whole(received):
            part = connection.recv(65536)
            if not part:
                break
            received += part
    return received


def status(answer: bytes) -> int:
    """The status of an answer."""
    return int(answer.split(b" ", 2)[1])


def body(answer: bytes) -> bytes:
    """The body of an answer."""
    return answer.partition(b"\r\n\r\n")[2]


def peak_memory_bytes(pid: int) -> int:
    """The most memory that the process and its children held since `forget_peak`, each counted whole."""
    return sum(_kilobytes(each, "VmHWM") * 1024 for each in _family(pid))


def forget_peak(pid: int) -> None:
    """The peak counts from now on."""
    for each in _family(pid):
        Path(f"/proc/{each}/clear_refs").write_text("5")


def _family(pid: int) -> list[int]:
    found = [pid]
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += _family(int(child))
    return found


def _kilobytes(pid: int, name: str) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


def _whole(received: bytes) -> bool:
    head, separator, content = received.partition(b"\r\n\r\n")
    if not separator:
        return False
    lengths = [line.split(b":")[1] for line in head.lower().splitlines() if line.startswith(b"content-length:")]
    return bool(lengths) and len(content) >= int(lengths[0])
