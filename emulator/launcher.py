"""Starts `ses-emulator serve` as a child process and stops it again."""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import IO, cast

from emulator import banner
from emulator import settings as emulator_settings

STOP_SECONDS = 10
_URL = re.compile(r"^ +API +(\S+)", re.MULTILINE)
_SUBMISSION_PORT = re.compile(r"^ +SMTP +\S+:([0-9]+)", re.MULTILINE)
_SMTP_PORT = re.compile(r"^ +Inbound +\S+:([0-9]+)", re.MULTILINE)
_OWN_PORTS = {"port": 0, "smtp_port": 0, "submission_port": 0}


@contextmanager
def launched(
    settings: Mapping[str, object], meanwhile: Callable[[], object] = lambda: None
) -> Iterator[tuple[str, int, int | None, int | None]]:
    """URL, process id and both SMTP ports of a server that answers; it is gone afterwards.

    It lives no longer than we do, however we die: its standard input ends with us. `meanwhile` is done while it starts.
    """
    given = _OWN_PORTS | {"ephemeral": "database_url" not in settings, "log_level": "warning"} | dict(settings)
    flags = [f"--{name.replace('_', '-')}={text(value)}" for name, value in given.items()]
    own = emulator_settings.PREFIX
    environ = {name: value for name, value in os.environ.items() if not name.startswith(own)}
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "emulator", "serve", *flags],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            env=environ | {emulator_settings.LIFELINE: "stdin"},
            text=True,
            start_new_session=True,  # a Ctrl-C meant for the tests reaches the server as their end, not before
        )
        lifeline, output = cast("IO[str]", process.stdin), cast("IO[str]", process.stdout)
        try:
            meanwhile()
            found = _banner(output, log)
            submission, smtp = (pattern.search(found) for pattern in (_SUBMISSION_PORT, _SMTP_PORT))
            ports = (int(port[1]) if port else None for port in (submission, smtp))
            yield _URL.findall(found)[0], process.pid, *ports
        finally:
            lifeline.close()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            output.close()


def text(value: object) -> str:
    """The value of a setting as a flag has it."""
    if isinstance(value, list | tuple | set | frozenset):
        return ",".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _banner(output: IO[str], log: IO[str]) -> str:
    lines = []
    for line in output:
        lines.append(line)
        if line.rstrip() == banner.READY:
            return "".join(lines)
    log.seek(0)
    said = f"{''.join(lines)}{log.read()}".strip().removeprefix("ses-emulator: ")
    raise RuntimeError(f"ses-emulator did not start: {said}")
