"""The emulators that the tests of one process run on, and what a test asks of its own."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from emulator import Running, launcher, settings
from emulator.testing.environment import REGION, default_session, new_account
from emulator.testing.mailbox import Mailbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

# What is an account's own business, by the names that settings and `PATCH /_emulator/account` have for it.
ACCOUNT = (
    "sandbox",
    "sending_enabled",
    "suspended",
    "enforce_limits",
    "max_24_hour_send",
    "max_send_rate",
    "api_rate_limit",
    "verification",
    "verification_delay",
)


_Key = tuple[tuple[str, str], ...]


class Wanted(NamedTuple):
    """What a test wants: settings of a server, which it shares with others that want the same, and of its account."""

    server: dict[str, Any]
    account: dict[str, Any]
    region: str
    seed: str | None


def wanted(given: Mapping[str, Any]) -> Wanted:
    """Settings of `ses-emulator serve`, a region and a seed; what can be set for one account is not set for all."""
    said = {name: value for name, value in given.items() if name not in ("region", "seed", "strict")}
    if given.get("strict"):
        said = settings.STRICT | said
    account = {name: value for name, value in said.items() if name in ACCOUNT}
    server = {name: value for name, value in said.items() if name not in ACCOUNT}
    return Wanted(server, account, given.get("region", REGION), given.get("seed"))


class Servers:
    """One server for each set of settings, started when it is first asked for."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._running: dict[_Key, Running] = {}

    def get(self, given: Mapping[str, object], meanwhile: Callable[[], object] = lambda: None) -> Running:
        """The server of these settings. `meanwhile` is done while it starts."""
        key = _key(given)
        if key not in self._running:
            self._running[key] = Running(*self._stack.enter_context(launcher.launched(given, meanwhile)))
        return self._running[key]

    def has(self, given: Mapping[str, object], running: Running) -> bool:
        """Whether it is the server of these settings."""
        return self._running.get(_key(given)) == running

    def close(self) -> None:
        """They are gone."""
        self._running.clear()
        self._stack.close()


@contextmanager
def account_of_its_own(running: Running, asked: Wanted) -> Iterator[Mailbox]:
    """The mailbox of an account that nobody else has, which is that of boto3's default session, too.

    Afterwards no fault is left and the clock is right.
    """
    mailbox = running.mailbox(new_account(), asked.region)
    try:
        if asked.account:
            mailbox.change_account(**asked.account)
        if asked.seed:
            mailbox.seed(asked.seed)
        with default_session(mailbox.account):
            yield mailbox
    finally:
        mailbox.close()


def _key(given: Mapping[str, object]) -> _Key:
    return tuple(sorted((name, launcher.text(value)) for name, value in given.items()))
