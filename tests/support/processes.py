"""`ses-emulator` as a process, for what only a process shows: banners, signals, exit statuses, crashes."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from emulator import settings

SECONDS = 30
FREE_PORTS = ("--port=0", "--smtp-port=0", "--submission-port=0")


@dataclass(frozen=True, slots=True)
class Process:
    """A server that said it is ready."""

    popen: "subprocess.Popen[str]"
    banner: str

    @property
    def url(self) -> str:
        """Where it answers."""
        found = re.search(r"API +(\S+)", self.banner)
        assert found, self.banner
        return found[1]

    def end(self, number: int) -> int:
        """Its exit status after that signal."""
        self.popen.send_signal(number)
        return self.popen.wait(SECONDS)


def environ(**variables: str) -> dict[str, str]:
    """The tests' environment with these settings and no others."""
    own = settings.PREFIX
    return {name: value for name, value in os.environ.items() if not name.startswith(own)} | variables


def run(*arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    """The command, run to its end."""
    return subprocess.run(
        [sys.executable, "-m", "emulator", *arguments],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        env=environ(**variables),
        check=False,
    )


@contextmanager
def serving(*arguments: str, **variables: str) -> Iterator[Process]:
    """A server; it is gone afterwards."""
    popen = subprocess.Popen(
        [sys.executable, "-m", "emulator", "serve", *FREE_PORTS, "--log-level=error", *arguments],
        stdout=subprocess.PIPE,
        env=environ(**variables),
        text=True,
    )
    try:
        yield Process(popen, _banner(cast("IO[str]", popen.stdout)))
    finally:
        popen.kill()
        popen.wait(SECONDS)
        cast("IO[str]", popen.stdout).close()


def children(pid: int) -> list[int]:
    """The processes that a process started."""
    found = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in found.read_text().split()] if found.exists() else []


def exists(pid: int) -> bool:
    """Whether the process runs still; a zombie does not."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def until(holds: Callable[[], object], seconds: float = SECONDS) -> None:
    """It holds; other processes live outside our clock, so nothing but asking tells when."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


def _banner(output: IO[str]) -> str:
    lines = []
    for line in output:
        lines.append(line)
        if line == "Ready.\n":
            return "".join(lines)
    raise AssertionError(f"it did not start: {''.join(lines)}")
