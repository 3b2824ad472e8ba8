"""Amazon SES on your own machine. `running()` starts one for the length of a `with` block."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

__all__ = ["Running", "running"]


class Running(NamedTuple):
    """A running emulator; `url` is what an SDK takes as `endpoint_url`, `submission_port` that of its SMTP.

    Mail that SES is to receive goes to `smtp_port`.
    """

    url: str
    pid: int
    submission_port: int | None
    smtp_port: int | None


@contextmanager
def running(**settings: object) -> Iterator[Running]:
    """An emulator on a free port with a database that is gone afterwards, in processes of its own.

    Settings are those of `ses-emulator serve`, with `_` for `-`: `running(strict=True)`. RuntimeError, with what
    the server said, when it does not start.
    """
    from emulator import launcher

    with launcher.launched(settings) as (url, pid, submission_port, smtp_port):
        yield Running(url, pid, submission_port, smtp_port)
