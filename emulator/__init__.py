"""Amazon SES on your own machine. `running()` starts one for the length of a `with` block."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from emulator.testing.mailbox import Mailbox

__all__ = ["Running", "running"]


class Running(NamedTuple):
    """A running emulator; `url` is what an SDK takes as `endpoint_url`, `submission_port` that of its SMTP.

    Mail that SES is to receive goes to `smtp_port`. `pid` is None where it was started elsewhere.
    """

    url: str
    pid: int | Any = None
    submission_port: int | None = None
    smtp_port: int | None = None

    def mailbox(self, account: str | None = None, region: str = "us-east-1") -> "Mailbox":
        """What was sent and received, and what tests do to it: of one account, or of all."""
        from emulator.testing.mailbox import Mailbox

        return Mailbox(self.url, account, region, self.submission_port)

    def client(
        self, service: str = "ses", account: str | None = None, region: str = "us-east-1", **options: Any
    ) -> Any:
        """A boto3 client of the account, or of the default one; options are those of `boto3.client`."""
        from emulator.testing.environment import client

        return client(service, self.url, account, region, **options)


@contextmanager
def running(**settings: object) -> Iterator[Running]:
    """An emulator on a free port with a database that is gone afterwards, in processes of its own.

    Settings are those of `ses-emulator serve`, with `_` for `-`: `running(strict=True)`. RuntimeError, with what
    the server said, when it does not start.
    """
    from emulator import launcher

    with launcher.launched(settings) as launched:
        yield Running(*launched)
