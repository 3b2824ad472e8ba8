"""A PostgreSQL of the tests' own: started from its binaries on a scratch folder and a free port."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

STOP_SECONDS = 20


def binaries() -> Path | None:
    """The folder with `initdb` and `postgres`; None where they are not installed."""
    candidates = [Path(found).parent] if (found := shutil.which("initdb")) else []
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    candidates += sorted(Path("/usr/local").glob("pgsql*/bin")) + sorted(
        Path("/opt/homebrew/opt").glob("postgresql*/bin")
    )
    return next(
        (folder for folder in candidates if (folder / "initdb").exists() and (folder / "postgres").exists()), None
    )


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """The URL of a server without databases of ours; it is gone afterwards."""
    user = _owner()
    with tempfile.TemporaryDirectory(prefix="ses-emulator-postgresql-") as scratch:
        if user:
            shutil.chown(scratch, user)
        data = Path(scratch) / "data"
        subprocess.run(
            [
                folder / "initdb",
                "-D",
                data,
                "-U",
                "postgres",
                "--auth=trust",
                "--no-sync",
                "--encoding=UTF8",
                "--locale=C",
            ],
            check=True,
            capture_output=True,
            user=user,
            cwd=scratch,
        )
        port = _free_port()
        options = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", f"unix_socket_directories={scratch}"]
        with (Path(scratch) / "log").open("wb") as log:
            server = subprocess.Popen(
                [
                    *(str(folder / "postgres"), "-D", str(data), "-p", str(port), "-h", "127.0.0.1"),
                    *(part for option in options for part in ("-c", option)),
                ],
                stdout=log,
                stderr=log,
                user=user,
                cwd=scratch,
            )
            try:
                _wait_until_it_answers(server, port)
                yield f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres"
            finally:
                server.send_signal(signal.SIGQUIT)  # at once: nobody wants what a checkpoint would write
                server.wait(STOP_SECONDS)


def _owner() -> str | None:
    """Whom to run it as: it refuses to run as root."""
    if os.getuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    return None


def _wait_until_it_answers(server: "subprocess.Popen[bytes]", port: int) -> None:
    import psycopg

    for _ in range(600):
        if server.poll() is not None:
            raise RuntimeError("PostgreSQL did not start")
        try:
            psycopg.connect(host="127.0.0.1", port=port, user="postgres", connect_timeout=1).close()
        except psycopg.OperationalError:
            time.sleep(0.05)  # a process outside our clock: nothing else tells when it is up
        else:
            return
    raise RuntimeError("PostgreSQL does not answer")


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
