"""Workers without a server: contexts on a scratch database, with a clock and a resolver that tests own."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from emulator.context import Context, Contexts, Policy
from emulator.outside import Outside
from emulator.outside.clock import Clock
from emulator.outside.dns import Resolver
from emulator.outside.ids import Ids
from emulator.ses import raw_sending, sending
from emulator.store import events as event_rows
from emulator.store import jobs as job_rows
from emulator.store import messages as message_rows
from emulator.store import migration
from emulator.store.engine import Database
from emulator.store.message_filters import Filter
from emulator.store.messages import Message

ACCOUNT, REGION = "123456789012", "us-east-1"
START = datetime(2026, 1, 1, 12, tzinfo=UTC)


class OwnClock(Clock):
    """A clock that moves when it is told, or paused."""

    def __init__(self) -> None:
        self.now = START
        self.seconds = 1_000.0

    def wall(self) -> datetime:
        """What the test says."""
        return self.now

    def monotonic(self) -> float:
        """What the test says."""
        return self.seconds

    def pause(self, seconds: float) -> None:
        """So much later, at once."""
        self.advance(seconds)

    def advance(self, seconds: float) -> None:
        """So much later."""
        self.now += timedelta(seconds=seconds)
        self.seconds += seconds


class OwnResolver(Resolver):
    """A resolver that does what the test says, and remembers what it was asked."""

    def __init__(self, answer: Callable[[str, str], list[str] | None] = lambda _name, _type: []) -> None:
        self.answer = answer
        self.asked: list[str] = []

    def ask(self, name: str, record_type: str, seconds: float = 5.0) -> list[str] | None:
        """The test's answer."""
        self.asked.append(name)
        return self.answer(name, record_type)


def contexts(url: str, clock: Clock, resolver: Resolver | None = None) -> Contexts:
    """Contexts on the database, which is made where it is new; any sender is verified."""
    database = Database(url)
    migration.migrate(database, "s" * 64)
    policy = Policy(
        auto_verify_after=None,
        verified_identities=frozenset("*"),
        sandbox=False,
        enforce_limits=False,
        max_24_hour_send=None,
        max_send_rate=None,
        api_rate_limit=None,
        public_url="http://localhost",
        system_dns=resolver is not None,
        webhooks=(),
        sns_signature_version="1",
    )
    return Contexts(database, Outside(clock, Ids(), resolver or OwnResolver()), policy)


def opened(on: Contexts, *, write: bool = False) -> "Opened":
    """A context of the one account."""
    return Opened(on, write)


class Opened:
    """A context manager that is easy to type."""

    def __init__(self, on: Contexts, write: bool) -> None:
        self._manager = on.open(ACCOUNT, REGION, write=write)

    def __enter__(self) -> Context:
        return self._manager.__enter__()

    def __exit__(self, *error: object) -> None:
        self._manager.__exit__(*error)  # type: ignore[arg-type]


def send(on: Contexts, count: int = 1) -> list[str]:
    """The ids of so many raw messages: each has one job."""
    email = raw_sending.RawEmail(b"From: a@example.com\r\nTo: b@example.net\r\n\r\nHello", None, ())
    ids = []
    for _ in range(count):
        with opened(on, write=True) as ctx:
            ids.append(raw_sending.send_raw_email(ctx, email, sending.Options("SendRawEmail")))
    return ids


def messages(on: Contexts) -> list[Message]:
    """Every message, oldest first."""
    with opened(on) as ctx:
        return [message for message, _ in message_rows.page(ctx.tx, Filter(), limit=10_000)][::-1]


def jobs(on: Contexts) -> list[job_rows.Job]:
    """Every job."""
    with opened(on) as ctx:
        return job_rows.page(ctx.tx, None, None, None, 10_000)


def event_types(on: Contexts, message: Message) -> list[str]:
    """The message's timeline."""
    with opened(on) as ctx:
        return [event.type for event in event_rows.of_message(ctx.tx, message.seq)]


def statuses(message: Message) -> Sequence[str]:
    """What became of the message at each recipient."""
    return [recipient.status for recipient in message.recipients]


def damage(on: Contexts, message_id: str) -> None:
    """The message's row cannot be read any more, so no job about it can succeed."""
    _set_recipients(on, message_id, "broken")


def repair(on: Contexts, message_id: str) -> None:
    """It can be read again."""
    _set_recipients(on, message_id, '[["b@example.net","to","pending"]]')


def end_leases(url: str) -> None:
    """The minute is over for which work is whoever's took it, such as a server's that died."""
    with Database(url).transaction(write=True) as tx:
        tx.execute(text("UPDATE jobs SET leased_until = NULL"))


def _set_recipients(on: Contexts, message_id: str, value: str) -> None:
    with opened(on, write=True) as ctx:
        ctx.tx.execute(
            text("UPDATE messages SET recipients = :value WHERE id = :id"), {"value": value, "id": message_id}
        )
