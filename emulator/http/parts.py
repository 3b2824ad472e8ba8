"""What the routes work with."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from emulator.context import Context
from emulator.dispatch import Dispatcher

DEFAULT_REGION = "us-east-1"


@dataclass(frozen=True, slots=True)
class Parts:
    """The dispatcher, and the worker's `drain`: runs all due work, answers how much that was."""

    dispatcher: Dispatcher
    drain: Callable[[], int]
    version: str

    @contextmanager
    def context(self, account: str | None, region: str | None, *, write: bool = False) -> Iterator[Context]:
        """A context of that account and region, else of the defaults."""
        account_id = account or self.dispatcher.account_id
        with self.dispatcher.contexts.open(account_id, region or DEFAULT_REGION, write=write) as ctx:
            yield ctx
