"""What the routes work with."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from emulator.context import Context
from emulator.dispatch import Dispatcher

DEFAULT_REGION = "us-east-1"


class Access(NamedTuple):
    """Who may open the inbox and `/_emulator`: by which names, and with which `user:password`, if any."""

    public_url: str
    allowed_hosts: frozenset[str] = frozenset()  # `*`: any
    password: str = ""


class Parts(NamedTuple):
    """The dispatcher, and the worker's `drain`: runs all due work, answers how much that was."""

    dispatcher: Dispatcher
    drain: Callable[[], int]
    version: str
    access: Access
    stopping: threading.Event  # who waits for something waits no longer
    seed_file: str = ""  # applied again when all starts over

    @contextmanager
    def context(self, account: str | None, region: str | None, *, write: bool = False) -> Iterator[Context]:
        """A context of that account and region, else of the defaults."""
        account_id = account or self.dispatcher.account_id
        with self.dispatcher.contexts.open(account_id, region or DEFAULT_REGION, write=write) as ctx:
            yield ctx

    @contextmanager
    def mail_context(self, account: str | None, region: str | None) -> Iterator[Context]:
        """The same, and delivered copies can be read: SES has the key to sign them, made when it is first needed."""
        from emulator.ses import dkim  # not before there is a mail to read

        with self.context(account, region) as ctx:
            ready = dkim.has_own_key(ctx)
        if not ready:
            with self.context(account, region, write=True) as ctx:
                dkim.make_own_key(ctx)
        with self.context(account, region) as ctx:
            yield ctx
