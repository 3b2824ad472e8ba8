"""What SES tells other services: a row for each call, made by the worker, at least once.

A message for a topic goes to SNS, where the settings say where that is, and to each webhook of the topic. With nowhere
to go, a publication stays where it can be looked at.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import ModuleType
from typing import Any, NamedTuple

from emulator.context import Context
from emulator.outside import Outside, aws
from emulator.publishing import cloudwatch, firehose, sns, webhooks
from emulator.ses import sns_subscriptions, tasks
from emulator.ses.listeners import IDENTITY_NOTIFICATION
from emulator.ses.tasks import PostToWebhook, Publish
from emulator.store import events as event_rows
from emulator.store import messages as message_rows
from emulator.store import publications as rows
from emulator.store.events import Event
from emulator.store.messages import Message
from emulator.store.publications import DEAD, PENDING, PUBLISHED, RECORDED, Attempt, Publication

SERVICES: dict[str, ModuleType] = {each.SERVICE: each for each in (sns, firehose, cloudwatch)}
# Refusals of what is said, whoever hears it.
_SENSELESS = frozenset({"InvalidParameter", "InvalidParameterValue", "InvalidArgumentException", "ValidationError"})
# Source: developer guide (documented): a topic that was deleted, or that SES may not publish to any more.
_TOPIC_LOST = frozenset({"NotFound", "AuthorizationError", "AccessDenied", "KMSAccessDenied", "KMSDisabled"})
# Source: developer guide of SNS (documented), of HTTP endpoints.
WEBHOOK_TRIES, WEBHOOK_WAIT = 4, timedelta(seconds=20)


class Hopeless(NamedTuple):
    """Why it will never be published; the code of the refusal, if it was one."""

    reason: str
    code: str = ""


class Outbox(NamedTuple):
    """Publications that go somewhere, and rows of those that only stay."""

    leaving: list[Publication]
    staying: list[dict[str, Any]]


class Outgoing(NamedTuple):
    """A call, and the refusals of it that another try would meet again."""

    call: aws.Call
    hopeless: frozenset[str]


def record(
    ctx: Context,
    *,
    channel: str,
    name: str,
    service: str,
    target: str,
    content: Mapping[str, Any],
    message_seq: int | None = None,
    event_seq: int | None = None,
    published: bool = False,
) -> None:
    """The call is published, or was already; `content` are its parameters, by boto3's names.

    Calls to S3 and Lambda are only kept, as whoever makes them needs their answers.
    """
    new = _new(ctx, message_seq, event_seq, channel, name, service, target, {"content": dict(content)})
    if published:
        endpoint = ctx.outside.aws.endpoint(service)
        made = new._replace(via=endpoint, state=PUBLISHED, attempts=(Attempt(ctx.now, None),))
        rows.keep(ctx.tx, [rows.row(made)])
        tell_webhooks(ctx, new)
    else:
        publish(ctx, [new])


def of_event(
    ctx: Context, message_seq: int, event_seq: int, channel: str, name: str, destination: Mapping[str, Any]
) -> Publication:
    """What tells a destination of a configuration set, or an identity's topic, of the event; it is not kept yet."""
    detail: dict[str, Any] = {}
    match destination:
        case {"SNSDestination": {"TopicARN": topic_arn}}:
            service, target = sns.SERVICE, topic_arn
        case {"KinesisFirehoseDestination": {"DeliveryStreamARN": stream_arn}}:
            service, target = firehose.SERVICE, stream_arn
        case {"CloudWatchDestination": {"DimensionConfigurations": dimensions}}:
            service, target, detail = cloudwatch.SERVICE, cloudwatch.NAMESPACE, {"dimensions": dimensions}
        case {"NotificationTopic": topic_arn, "headers": headers}:
            service, target, detail = sns.SERVICE, topic_arn, {"headers": headers}
        case _:
            raise ValueError(f"{sorted(destination)} is no destination")
    return _new(ctx, message_seq, event_seq, channel, name, service, target, detail)


def publish(ctx: Context, publications: Sequence[Publication]) -> None:
    """The publications are kept, once for each place that they go to, and on their way there.

    Each is of the account and region that it says.
    """
    post(ctx, sort(ctx, publications))


def sort(ctx: Context, publications: Sequence[Publication]) -> Outbox:
    """Which of them go somewhere, as the settings say; nothing is written."""
    outbox = Outbox([], [])
    for each in publications:
        leaves = each.service in SERVICES and ctx.outside.aws.endpoint(each.service)
        if leaves or (each.service == sns.SERVICE and sns_subscriptions.receivers(ctx, each.target)):
            outbox.leaving.append(each)
        else:
            outbox.staying.append(rows.row(each))
    return outbox


def post(ctx: Context, outbox: Outbox) -> None:
    """All of it is kept, and on its way where it goes anywhere."""
    rows.keep(ctx.tx, outbox.staying)
    for new in outbox.leaving:
        there = ctx._replace(account_id=new.account_id, region=new.region)
        endpoint = ctx.outside.aws.endpoint(new.service)
        if endpoint:
            _queue(there, new._replace(via=endpoint, state=PENDING))
        tell_webhooks(there, new)


def tell_webhooks(ctx: Context, new: Publication) -> bool:
    """The webhooks of the topic are on their way to know it too; whether it has any."""
    receivers = sns_subscriptions.receivers(ctx, new.target) if new.service == sns.SERVICE else []
    message_id = ctx.outside.ids.request_id() if receivers else ""
    for receiver in receivers:
        sns_subscriptions.request(ctx, receiver.subscription)
        detail = {**new.detail, "message_id": message_id}
        _queue(ctx, new._replace(via=receiver.subscription.endpoint, state=PENDING, detail=detail))
    return bool(receivers)


def replay(ctx: Context, event_seq: int) -> int:
    """All that was published of the event, or was given up, is due again, as the rest is; how much that is.

    But not the calls that others make.
    """
    kept = rows.of_events(ctx.tx, [event_seq])
    over = [each for each in kept if each.service in SERVICES and each.via and each.state in (PUBLISHED, DEAD)]
    for publication in over:
        there = ctx._replace(account_id=publication.account_id, region=publication.region)
        receiver = sns_subscriptions.receiver(ctx, publication.target, publication.via or "")
        if receiver:
            sns_subscriptions.request(there, receiver.subscription)
        rows.begin_again(ctx.tx, publication)
        tasks.forget_dead(ctx, _task(publication))
        _queue(there, publication)
    return len(over)


def content(ctx: Context, publication: Publication) -> dict[str, Any]:
    """What is published: parameters of the call, by boto3's names; what an endpoint is told of its subscription."""
    detail = publication.detail
    if "content" in detail:
        service = SERVICES.get(publication.service)
        return {**({service.TARGET: publication.target} if service else {}), **detail["content"]}
    if "type" in detail:
        receiver = sns_subscriptions.receiver(ctx, publication.target, publication.via or "")
        return dict(sns_subscriptions.envelope(ctx, publication, receiver.subscription)) if receiver else {}
    return _of_event(ctx, publication)


# ---- the steps of the work


def load_call(ctx: Context, task: Publish) -> Outgoing | Hopeless | None:
    """The call; None where the publication is gone."""
    publication = rows.get(ctx.tx, task.publication_seq)
    if publication is None:
        return None
    if not ctx.outside.aws.endpoint(publication.service):
        return Hopeless(f"the settings do not say any more where {publication.service} is")
    parameters = content(ctx, publication)
    wrong = _fault(publication, parameters)
    if wrong:
        return wrong
    call = SERVICES[publication.service].call(publication.account_id, publication.region, parameters)
    lost = _TOPIC_LOST if publication.channel == IDENTITY_NOTIFICATION else frozenset()
    return Outgoing(call, _SENSELESS | lost)


def load_post(ctx: Context, task: PostToWebhook) -> webhooks.Post | Hopeless | None:
    """The request to the webhook; None where the publication is gone. Undelivered where its owner must act first."""
    publication = rows.get(ctx.tx, task.publication_seq)
    if publication is None:
        return None
    receiver = sns_subscriptions.receiver(ctx, publication.target, publication.via or "")
    if receiver is None:
        return Hopeless("the settings do not name this webhook any more")
    if receiver.subscription.unsubscribed_at and "type" not in publication.detail:
        return Hopeless("the endpoint has unsubscribed")
    parameters = content(ctx, publication)
    wrong = _fault(publication, parameters)
    return wrong or sns_subscriptions.post(ctx, publication, receiver, parameters)


def send(outside: Outside, loaded: Outgoing | webhooks.Post | Hopeless | None) -> Hopeless | None:
    """Whoever is to know it knows it; or nobody ever will."""
    match loaded:
        case Outgoing(call, hopeless):
            try:
                SERVICES[call.service].send(outside.aws, call)
            except aws.Refused as refusal:
                if refusal.code not in hopeless:
                    raise
                return Hopeless(refusal.message, refusal.code)
        case webhooks.Post():
            try:
                webhooks.send(outside.web, loaded)
            except webhooks.Rejected as rejection:
                return Hopeless(str(rejection))
        case Hopeless():
            return loaded
    return None


def settle(ctx: Context, task: Publish | PostToWebhook, hopeless: Hopeless | None) -> None:
    """It is published, or given up."""
    publication = rows.get(ctx.tx, task.publication_seq)
    if publication is None:
        return
    if hopeless is None:
        rows.attempted(ctx.tx, publication, PUBLISHED, Attempt(ctx.now, None))
        sns_subscriptions.told(ctx, publication)
        return
    error = f"{hopeless.code}: {hopeless.reason}" if hopeless.code else hopeless.reason
    rows.attempted(ctx.tx, publication, DEAD, Attempt(ctx.now, error))
    if publication.channel == IDENTITY_NOTIFICATION and hopeless.code in _TOPIC_LOST:
        _lose_topic(ctx, publication)


def failed(ctx: Context, task: Publish | PostToWebhook, error: Exception, next_try: datetime | None) -> None:
    """The attempt is on record; after the last one the publication is dead."""
    publication = rows.get(ctx.tx, task.publication_seq)
    if publication:
        attempt = Attempt(ctx.now, str(error) or type(error).__name__)
        rows.attempted(ctx.tx, publication, PENDING if next_try else DEAD, attempt)


def next_webhook_try(attempts: int, now: datetime) -> datetime | None:
    """When a webhook is tried again after that many failures; None after the last."""
    return None if attempts >= WEBHOOK_TRIES else now + WEBHOOK_WAIT


# ---- within


def _new(
    ctx: Context,
    message_seq: int | None,
    event_seq: int | None,
    channel: str,
    name: str,
    service: str,
    target: str,
    detail: dict[str, Any],
) -> Publication:
    return Publication(
        ctx.account_id,
        ctx.region,
        message_seq,
        event_seq,
        channel,
        name,
        service,
        target,
        None,
        detail,
        RECORDED,
        (),
        ctx.now,
    )


def _queue(ctx: Context, publication: Publication) -> None:
    """The publication is kept, where it is new, and there is work to do."""
    kept = publication if publication.seq else publication._replace(seq=rows.insert(ctx.tx, publication))
    tasks.add(ctx, _task(kept), lane=kept.lane, message_seq=kept.message_seq)


def _task(publication: Publication) -> Publish | PostToWebhook:
    """A message for a webhook has an id."""
    kind = PostToWebhook if "message_id" in publication.detail else Publish
    return kind(publication.seq)


def _of_event(ctx: Context, publication: Publication) -> dict[str, Any]:
    from emulator.ses import event_documents, event_metrics  # with all that reads mail: not before there is an event

    message, event = _origin(ctx, publication)
    if message is None or event is None:
        return {}
    raw = message_rows.raw(ctx.tx, message.seq)
    if publication.service == cloudwatch.SERVICE:
        dimensions = event_metrics.dimensions(publication.detail["dimensions"], message, raw, event)
        metric = event_metrics.metric(event.type)
        return cloudwatch.event(metric, dimensions, event.created_at)
    if "headers" in publication.detail:
        told = event_documents.notification(message, raw, event, with_headers=publication.detail["headers"])
        return sns.notification(publication.target, event_documents.text(told))
    text = event_documents.text(event_documents.document(message, raw, event))
    told_to = firehose.event if publication.service == firehose.SERVICE else sns.event
    return told_to(publication.target, text)


def _fault(publication: Publication, parameters: Mapping[str, Any]) -> Hopeless | None:
    """Why nobody can be told that, if so."""
    if publication.service == sns.SERVICE and sns.too_long(parameters):
        return Hopeless("Invalid parameter: Message too long", "InvalidParameter")
    if publication.service == cloudwatch.SERVICE and not parameters["MetricData"]:
        return Hopeless("a header or a tag has characters that CloudWatch does not take in a dimension")
    return None


def _lose_topic(ctx: Context, publication: Publication) -> None:
    """The identity loses the topic. Source: developer guide (documented): at the first failure."""
    from emulator.ses import feedback

    message, event = _origin(ctx, publication)
    if message and event:
        feedback.topic_lost(ctx, message.source_arn or publication.name, event.type, publication.target)


def _origin(ctx: Context, publication: Publication) -> tuple[Message | None, Event | None]:
    """The message and the event that it tells of, if they are still there."""
    message = message_rows.of_seq(ctx.tx, publication.message_seq or 0)
    return message, next(iter(event_rows.several(ctx.tx, [publication.event_seq or 0])), None)
