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


@contextmanager
def launched(settings: Mapping[str, object]) -> Iterator[tuple[str, int]]:
    """URL and process id of a server that answers; it is gone afterwards."""
    given = {"port": 0, "ephemeral": "database_url" not in settings, "log_level": "warning"} | dict(settings)
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
            yield _url(output, log), process.pid
        finally:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            output.close()


def _url(banner: IO[str], log: IO[str]) -> str:
    lines = []
    for line in banner:
        lines.append(line)
        if line.startswith("Ready."):
            found = _URL.search("".join(lines))
            if found:
                return found[1]
    log.seek(0)
    raise RuntimeError(f"ses-emulator did not start: {''.join(lines)}{log.read()}".strip())


def _text(value: object) -> str:
    if isinstance(value, list | tuple | set | frozenset):
        return ",".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)
