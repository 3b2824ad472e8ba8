"""Telling of an event: to destinations and topics, to CloudWatch, and by mail to whoever sent the message."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from emulator.context import Context
from emulator.ses import event_metrics, feedback, listeners, publications, reputation
from emulator.ses.listeners import EVENT_DESTINATION, Listener
from emulator.ses.publications import Outbox
from emulator.ses.reputation import Reputation
from emulator.ses.tasks import AnnounceEvent
from emulator.store import events as event_rows
from emulator.store import messages as message_rows
from emulator.store.events import Event, News
from emulator.store.messages import Message
from emulator.store.publications import Publication

METRICS = "metrics"
NAMESPACE = "AWS/SES"
_REPUTATION = ("Delivery", "Bounce", "Complaint")  # what changes it


class Announcements(NamedTuple):
    """What is to be told of some events: to whom, of which metrics, and what goes back to its sender."""

    outbox: Outbox
    metered: list[News]
    returned: list[tuple[Message, bytes, Event]]


def prepare(ctx: Context, wanted: Sequence[AnnounceEvent]) -> Announcements:
    """What there is to tell, in the order of the events; nothing is written. A deleted message is passed over."""
    ids = {task.event_seq: task.message_id for task in wanted}
    found = [news for news in event_rows.news(ctx.tx, list(ids)) if news.id == ids[news.event_seq]]
    publishing: list[Publication] = []
    metered, returned = [], []
    for news in found:
        there = _at(ctx, news)
        told = listeners.of(there, news, news.type)
        publishing += [
            publications.of_event(there, news.message_seq, news.event_seq, each.channel, each.name, each.destination)
            for each in told
        ]
        if listeners.metered(there, news, news.type):
            metered.append(news)
        if news.type in listeners.FEEDBACK:
            returned += _returned(there, news, told)
    return Announcements(publications.sort(ctx, publishing), metered, returned)


def apply(ctx: Context, announcements: Announcements) -> None:
    """All that is to be published is in the queue, and the sender has feedback in the mailbox."""
    publications.post(ctx, announcements.outbox)
    for news in announcements.metered:
        _meter(_at(ctx, news), news)
    for message, raw, event in announcements.returned:
        there = ctx._replace(account_id=message.account_id, region=message.region)
        feedback.forward(there, message, raw, event)


def _at(ctx: Context, news: News) -> Context:
    return ctx._replace(account_id=news.account_id, region=news.region)


def _returned(ctx: Context, news: News, told: Sequence[Listener]) -> list[tuple[Message, bytes, Event]]:
    """What goes back to the sender, if it does."""
    message = message_rows.of_seq(ctx.tx, news.message_seq)
    event = next(iter(event_rows.several(ctx.tx, [news.event_seq])), None)
    otherwise = any(each.channel == EVENT_DESTINATION for each in told)
    if not message or not event or not feedback.forwards(ctx, message, event, told_otherwise=otherwise):
        return []
    return [(message, message_rows.raw(ctx.tx, message.seq), event)]


def _meter(ctx: Context, news: News) -> None:
    """CloudWatch's metrics of the account, and the reputation of the account and the set, are in the queue.

    Source: developer guide (documented): namespace, names, dimension. Unverified: when; here whenever one changes.
    """
    data: list[dict[str, Any]] = []
    changes = news.type in _REPUTATION
    if ctx.outside.aws.endpoint(listeners.CLOUDWATCH):
        data.append({"MetricName": event_metrics.metric(news.type), "Value": 1.0, "Unit": "Count"})
        data += _rates(reputation.of_account(ctx), []) if changes else []
    named = listeners.configuration_set(ctx, news)
    if named and named.reputation_metrics_enabled and changes:
        dimension = {"Name": "ses:configuration-set", "Value": named.name}
        data += _rates(reputation.of_set(ctx, named), [dimension])
    if data:
        publications.record(
            ctx,
            channel=METRICS,
            name=named.name if named else "",
            service=listeners.CLOUDWATCH,
            target=NAMESPACE,
            content={
                "Namespace": NAMESPACE,
                "MetricData": [{**each, "Timestamp": news.created_at.isoformat()} for each in data],
            },
            message_seq=news.message_seq,
            event_seq=news.event_seq,
        )


def _rates(rates: Reputation, dimensions: list[dict[str, str]]) -> list[dict[str, Any]]:
    named = {"Reputation.BounceRate": rates.bounce_rate, "Reputation.ComplaintRate": rates.complaint_rate}
    return [
        {"MetricName": name, "Value": value, "Unit": "None", **({"Dimensions": dimensions} if dimensions else {})}
        for name, value in named.items()
    ]
