"""An emulator that tests started ends with them, however they end, and leaves no file."""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

import emulator
from tests.support import processes

KILLED = """
import os, pathlib, signal

def test_it(ses_emulator, ses_client):
    ses_client.verify_domain_identity(Domain="example.com")
    pathlib.Path({pid!r}).write_text(str(ses_emulator.pid))
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("distributed", [[], ["-n", "1", "--max-worker-restart=0"]])
def test_it_ends_with_a_test_run_that_is_killed(
    pytester: pytest.Pytester, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, distributed: list[str]
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    pytester.makepyfile(KILLED.format(pid=str(tmp_path / "pid")))
    pytester.runpytest_subprocess("-p", "no:cacheprovider", *distributed)
    pid = int((tmp_path / "pid").read_text())
    processes.until(lambda: not processes.exists(pid))
    processes.until(lambda: not list(temporary.glob("ses-emulator-*")))


def test_it_ends_while_it_starts(tmp_path: Path) -> None:
    script = """
import os, signal, emulator.launcher
with emulator.launcher.launched({}, lambda: os.kill(os.getpid(), signal.SIGKILL)):
    pass
"""
    environ = {**os.environ, "TMPDIR": str(tmp_path)}
    started = subprocess.run([sys.executable, "-c", script], env=environ, check=False, timeout=processes.SECONDS)
    assert started.returncode == -signal.SIGKILL
    processes.until(lambda: not _with_variable("TMPDIR", str(tmp_path)))
    assert not list(tmp_path.glob("ses-emulator-*"))


def test_its_processes_and_its_database_are_gone_after_the_block(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with emulator.running() as running:
        pids = [running.pid, *processes.children(running.pid)]
        assert list(tmp_path.glob("ses-emulator-*/ephemeral.db"))
    assert not any(map(processes.exists, pids))
    assert not list(tmp_path.iterdir())


def _with_variable(name: str, value: str) -> list[str]:
    """The processes that have this in their environment."""
    wanted = f"{name}={value}".encode()
    found = []
    for environ in Path("/proc").glob("[0-9]*/environ"):
        try:
            if wanted in environ.read_bytes().split(b"\0"):
                found.append(environ.parent.name)
        except OSError:
            continue
    return found
