"""What every rule is given first: who calls, where, when, and the one transaction."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import NamedTuple

from emulator.outside import Outside
from emulator.outside.aws import Answer, Call
from emulator.store import instance
from emulator.store.engine import Database, Transaction


class Webhook(NamedTuple):
    """An endpoint that is subscribed to a topic, or to every one (`*`); a raw one gets messages without envelope."""

    topic_arn: str
    url: str
    raw: bool


class Policy(NamedTuple):
    """How this emulator plays AWS; of what an account can say otherwise for itself, `ses.accounts` knows."""

    auto_verify_after: timedelta | None  # None: nobody plays the owner of an identity
    verified_identities: frozenset[str]  # `*`: any
    sandbox: bool
    enforce_limits: bool
    max_24_hour_send: float | None  # recipients; -1: no limit; None: as in the sandbox or out of it
    max_send_rate: float | None  # recipients a second
    api_rate_limit: float | None  # calls a second of each operation that SES limits so
    public_url: str
    system_dns: bool
    webhooks: tuple[Webhook, ...]
    sns_signature_version: str
    loopback: bool = True  # mail to whom an active receipt rule set wants is received here


class Caller(NamedTuple):
    """Who calls, as far as policies ask."""

    arn: str = ""
    source_ip: str = ""
    user_agent: str = ""
    secure: bool = False


NOBODY = Caller()


class Context(NamedTuple):
    """One call, one inspection request or some jobs: it sees one instant."""

    account_id: str
    region: str
    caller: Caller
    now: datetime
    tx: Transaction
    outside: Outside
    policy: Policy
    secret: str
    answers: Mapping[Call, Answer] = {}  # of other services, to what the operation asked of them


class Contexts(NamedTuple):
    """Opens contexts on one database."""

    database: Database
    outside: Outside
    policy: Policy

    def now(self) -> datetime:
        """The emulated instant."""
        with self.database.transaction() as tx:
            return instance.get(tx).emulated(self.outside.clock.wall())

    @contextmanager
    def open(
        self,
        account_id: str,
        region: str,
        *,
        write: bool,
        caller: Caller = NOBODY,
        now: datetime | None = None,
        answers: Mapping[Call, Answer] | None = None,
    ) -> Iterator[Context]:
        """A context whose transaction commits at the end, and leaves nothing after an exception.

        `now` is given where an earlier one goes on.
        """
        with self.database.transaction(write=write) as tx:
            here = instance.get(tx)
            now = now or here.emulated(self.outside.clock.wall())
            yield Context(account_id, region, caller, now, tx, self.outside, self.policy, here.secret, answers or {})
