"""Starts `ses-emulator serve` as a child process and stops it again."""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO, cast

from emulator import settings as emulator_settings

STOP_SECONDS = 10
_URL = re.compile(r"^ +API +(\S+)", re.MULTILINE)
_SUBMISSION_PORT = re.compile(r"^ +SMTP +\S+:([0-9]+)", re.MULTILINE)
_SMTP_PORT = re.compile(r"^ +Inbound +\S+:([0-9]+)", re.MULTILINE)


@contextmanager
def launched(settings: Mapping[str, object]) -> Iterator[tuple[str, int, int | None, int | None]]:
    """URL, process id and both SMTP ports of a server that answers; it is gone afterwards."""
    own_ports = {"port": 0, "smtp_port": 0, "submission_port": 0}
    given = own_ports | {"ephemeral": "database_url" not in settings, "log_level": "warning"} | dict(settings)
    flags = [f"--{name.replace('_', '-')}={_text(value)}" for name, value in given.items()]
    own = emulator_settings.PREFIX
    environ = {name: value for name, value in os.environ.items() if not name.startswith(own)}
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "emulator", "serve", *flags],
            stdout=subprocess.PIPE,
            stderr=log,
            stdin=subprocess.DEVNULL,
            env=environ,
            text=True,
            start_new_session=True,  # a Ctrl-C meant for the tests reaches the server as their end, not before
        )
        output = cast("IO[str]", process.stdout)
        try:
            banner = _banner(output, log)
            submission, smtp = (pattern.search(banner) for pattern in (_SUBMISSION_PORT, _SMTP_PORT))
            ports = (int(found[1]) if found else None for found in (submission, smtp))
            yield _URL.findall(banner)[0], process.pid, *ports
        finally:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            output.close()


def _banner(output: IO[str], log: IO[str]) -> str:
    lines = []
    for line in output:
        lines.append(line)
        if line.startswith("Ready."):
            return "".join(lines)
    log.seek(0)
    raise RuntimeError(f"ses-emulator did not start: {''.join(lines)}{log.read()}".strip())


def _text(value: object) -> str:
    if isinstance(value, list | tuple | set | frozenset):
        return ",".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)
