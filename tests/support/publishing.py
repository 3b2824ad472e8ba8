"""Publications on contexts: made, worked, looked at."""

from typing import Any

from emulator.context import Contexts
from emulator.jobs.worker import Worker
from emulator.ses import publications, raw_sending, sending, sns_subscriptions
from emulator.store import events as event_rows
from emulator.store import publications as rows
from emulator.store import sns_subscriptions as subscription_rows
from emulator.store.messages import Message
from emulator.store.publications import Publication
from emulator.store.sns_subscriptions import Subscription
from tests.support import workers
from tests.support.receivers import HOOK
from tests.support.workers import ACCOUNT, REGION, opened

TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:topic"


def sent(on: Contexts, *headers: str) -> Message:
    """A message that was sent, with these headers too."""
    head = "\r\n".join(("From: a@example.com", "To: b@example.net", *headers))
    email = raw_sending.RawEmail(f"{head}\r\n\r\nHello".encode(), None, ())
    with opened(on, write=True) as ctx:
        raw_sending.send_raw_email(ctx, email, sending.Options("SendRawEmail"))
    return workers.messages(on)[-1]


def announce(on: Contexts, message: Message, *destinations: dict[str, Any], channel: str = "event_destination") -> int:
    """The message's last event is announced to these destinations; its `seq`."""
    with opened(on, write=True) as ctx:
        event = event_rows.of_message(ctx.tx, message.seq)[-1]
        for destination in destinations:
            publications.publish(
                ctx, [publications.of_event(ctx, message.seq, event.seq, channel, "name", destination)]
            )
    return event.seq


def publish(on: Contexts, text: str, message: Message | None = None, **more: Any) -> None:
    """The text is published to the topic, about the message."""
    given = {"service": "sns", "target": TOPIC, "content": {"Message": text}} | more
    with opened(on, write=True) as ctx:
        publications.record(ctx, channel="test", name=text, message_seq=message and message.seq, **given)


def drain(on: Contexts) -> None:
    """All due work is done."""
    Worker(on, 0).drain()


def kept(on: Contexts) -> list[Publication]:
    """All publications, oldest first."""
    with opened(on) as ctx:
        return rows.page(ctx.tx, None, None, None, None, None, 1000)[::-1]


def states(on: Contexts) -> list[str]:
    """What became of each."""
    return [each.state for each in kept(on)]


def errors(publication: Publication) -> list[str | None]:
    """What was wrong at each attempt."""
    return [attempt.error for attempt in publication.attempts]


def subscription(on: Contexts, endpoint: str = HOOK) -> Subscription:
    """The endpoint's subscription to the topic; there is one."""
    with opened(on) as ctx:
        found = subscription_rows.get(ctx.tx, TOPIC, endpoint)
        assert found
        return found


def confirm(on: Contexts, endpoint: str = HOOK) -> None:
    """The endpoint wants messages of the topic."""
    with opened(on, write=True) as ctx:
        sns_subscriptions.receivers(ctx, TOPIC)
    token = subscription(on, endpoint).token
    with opened(on, write=True) as ctx:
        sns_subscriptions.confirm(ctx, TOPIC, token)
