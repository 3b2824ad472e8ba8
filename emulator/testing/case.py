"""unittest's way to the emulator."""

from __future__ import annotations

import atexit
import unittest
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

from emulator.testing.environment import client, environment, surroundings
from emulator.testing.servers import Servers, account_of_its_own, wanted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emulator.testing.mailbox import Mailbox


class SesTestCase(unittest.TestCase):
    """Each test has an account of its own, `ses_mailbox` and `ses_client` of it, and an environment that leads there.

    Before another TestCase it serves as a mixin: `class SignUp(SesTestCase, django.test.TestCase)`.
    """

    ses_settings: ClassVar[Mapping[str, object]] = {}  # as of the marker `ses` in pytest

    ses_mailbox: Mailbox

    def setUp(self) -> None:
        """The account is there."""
        super().setUp()
        asked = wanted(self.ses_settings)
        running = _servers().get(asked.server)
        self.ses_mailbox = self.enterContext(account_of_its_own(running, asked))
        self.enterContext(surroundings(environment(running.url, self.ses_mailbox.account, asked.region)))

    @property
    def ses_client(self) -> Any:
        """A boto3 SES client of the test's account."""
        return client("ses", self.ses_mailbox.url, self.ses_mailbox.account, self.ses_mailbox.region)


@cache
def _servers() -> Servers:
    """Those of this process, until it ends."""
    servers = Servers()
    atexit.register(servers.close)
    return servers
