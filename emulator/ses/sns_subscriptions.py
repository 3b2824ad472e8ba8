"""SNS as it is played here, for endpoints that the settings name: each confirms its subscription, or gets no message.

An endpoint is asked when there is a message for it, and while it has not confirmed, now and then with another one.
"""

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from emulator.context import Context, Contexts, Webhook
from emulator.outside import keys
from emulator.publishing import sns, webhooks
from emulator.ses import tasks
from emulator.store import jobs as job_rows
from emulator.store import publications as publication_rows
from emulator.store import sns_subscriptions as rows
from emulator.store.publications import Publication
from emulator.store.sns_subscriptions import Subscription

PATH = "/sns/"
CHANNEL = "sns_subscription"
COMMON_NAME = "sns.amazonaws.com"  # Source: SNS's own certificates, recorded
TOKEN_PREFIX = "2336412f37"  # noqa: S105 - Source: tokens in the developer guide and in published messages
ASKED_EVERY = timedelta(minutes=1)  # ours: SNS asks once
NOBODY = ("000000000000", "us-east-1")


class InvalidParameter(Exception):
    """SNS refuses a call. Source: for a token, reported by users of its SDKs."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Invalid parameter: {name}")


class Receiver(NamedTuple):
    """An endpoint of a topic, how the settings have it, and its subscription."""

    webhook: Webhook
    subscription: Subscription


def make_certificate(on: Contexts) -> None:
    """There is a certificate to sign with: before anybody needs one, as to make it takes long."""
    with on.open(*NOBODY, write=False) as ctx:
        if rows.certificate(ctx.tx):
            return
    made = keys.certificate(COMMON_NAME)
    with on.open(*NOBODY, write=True) as ctx:
        rows.keep_certificate(ctx.tx, made)


def receivers(ctx: Context, topic_arn: str) -> list[Receiver]:
    """Who gets the messages of a topic, once he has confirmed that; who has unsubscribed gets none."""
    wanted = _endpoints(ctx, topic_arn).items()
    found = [Receiver(webhook, _subscription(ctx, topic_arn, endpoint)) for endpoint, webhook in wanted]
    return [each for each in found if each.subscription.unsubscribed_at is None]


def receiver(ctx: Context, topic_arn: str, endpoint: str) -> Receiver | None:
    """The one endpoint, by its URL as it is shown; None where it is none any more."""
    subscription = rows.get(ctx.tx, topic_arn, endpoint)
    webhook = _endpoints(ctx, topic_arn).get(endpoint)
    return Receiver(webhook, subscription) if webhook and subscription else None


def request(ctx: Context, subscription: Subscription) -> None:
    """An endpoint that has not confirmed its subscription is asked to, unless it is being asked, or just was."""
    if subscription.confirmed_at or (subscription.requested_at and ctx.now < subscription.requested_at + ASKED_EVERY):
        return
    if not publication_rows.is_pending(ctx.tx, CHANNEL, subscription.endpoint, subscription.topic_arn):
        _tell(ctx, subscription, webhooks.CONFIRMATION)


def told(ctx: Context, publication: Publication) -> None:
    """The endpoint has what was published; a request to confirm is on record as such."""
    if publication.detail.get("type") == webhooks.CONFIRMATION:
        subscription = rows.get(ctx.tx, publication.target, publication.via or "")
        if subscription:
            rows.put(ctx.tx, subscription.seq, requested_at=ctx.now)


def confirm(ctx: Context, topic_arn: str, token: str) -> str:
    """The subscription of the token is confirmed, and what waited for that is due; its ARN.

    Unverified: a token holds for good; SNS's expire after some days.
    """
    subscription = rows.of_token(ctx.tx, token)
    if subscription is None:
        raise InvalidParameter("Token")
    if subscription.topic_arn != topic_arn:
        raise InvalidParameter("TopicArn")
    if subscription.confirmed_at is None:
        rows.put(ctx.tx, subscription.seq, confirmed_at=ctx.now, unsubscribed_at=None)
        lane = publication_rows.lane(subscription.endpoint, topic_arn)
        job_rows.hurry(ctx.tx, lane, ctx.now)
    return subscription.arn


def unsubscribe(ctx: Context, arn: str) -> None:
    """The endpoint gets no message of the topic any more, and is told so.

    Source: API reference of SNS (documented); that no such subscription is no error, too. Unverified: whether it was
    confirmed with `AuthenticateOnUnsubscribe`, which nobody checks here.
    """
    subscription = rows.of_arn(ctx.tx, arn)
    if subscription and subscription.unsubscribed_at is None:
        rows.put(ctx.tx, subscription.seq, confirmed_at=None, unsubscribed_at=ctx.now)
        region, account_id = subscription.topic_arn.split(":")[3:5]
        _tell(ctx._replace(account_id=account_id, region=region), subscription, webhooks.UNSUBSCRIPTION)


# ---- what endpoints are sent


def envelope(ctx: Context, publication: Publication, subscription: Subscription) -> dict[str, str]:
    """What the endpoint is told of its subscription."""
    return webhooks.subscription(
        publication.detail["type"],
        publication.detail["message_id"],
        publication.created_at,
        subscription.topic_arn,
        subscription.arn,
        subscription.token,
        _subscribe_url(ctx, subscription),
    )


def post(ctx: Context, publication: Publication, receiver: Receiver, content: Mapping[str, Any]) -> webhooks.Post:
    """The request that tells the endpoint; Undelivered while it has not confirmed that it wants any."""
    webhook, subscription = receiver
    told = dict(content)
    if "type" not in publication.detail:
        if subscription.confirmed_at is None:
            where = _subscribe_url(ctx, subscription)
            raise webhooks.Undelivered(f"the subscription waits to be confirmed, by a visit of {where}")
        told = webhooks.notification(publication.detail["message_id"], publication.created_at, content)
    certificate = rows.certificate(ctx.tx)
    if certificate is None:
        raise webhooks.Undelivered("there is no certificate to sign with yet")
    here = f"{ctx.policy.public_url}{PATH}"
    signer = webhooks.Signer(certificate.private_key, ctx.policy.sns_signature_version, f"{here}{_file(certificate)}")
    unsubscribe_url = f"{here}?Action=Unsubscribe&SubscriptionArn={subscription.arn}"
    return webhooks.post(webhook.url, subscription.arn, webhooks.signed(told, signer, unsubscribe_url), raw=webhook.raw)


def certificate_file(ctx: Context, name: str) -> str | None:
    """The certificate of that file, in PEM; None where there is no such file."""
    certificate = rows.certificate(ctx.tx)
    return certificate.certificate if certificate and _file(certificate) == name else None


def _endpoints(ctx: Context, topic_arn: str) -> dict[str, Webhook]:
    """The webhooks of the topic, by their URLs as they are shown."""
    return {shown(each.url): each for each in ctx.policy.webhooks if each.topic_arn in ("*", topic_arn)}


def shown(url: str) -> str:
    """The URL of an endpoint without its password. Source: how SNS lists subscriptions (documented)."""
    parts = urlsplit(url)
    if parts.password is None:
        return url
    return parts._replace(netloc=f"{parts.username}:****@{parts.netloc.rpartition('@')[2]}").geturl()


def _subscribe_url(ctx: Context, subscription: Subscription) -> str:
    """Source: developer guide of SNS (documented): colons stand as they are."""
    parameters = f"Action=ConfirmSubscription&TopicArn={subscription.topic_arn}&Token={subscription.token}"
    return f"{ctx.policy.public_url}{PATH}?{parameters}"


def _subscription(ctx: Context, topic_arn: str, endpoint: str) -> Subscription:
    """The endpoint's subscription to the topic; begun now where there was none."""
    found = rows.get(ctx.tx, topic_arn, endpoint)
    if found:
        return found
    token = TOKEN_PREFIX + "".join(ctx.outside.ids.secret() for _ in range(3))
    new = Subscription(topic_arn, endpoint, ctx.outside.ids.request_id(), token)
    rows.add(ctx.tx, new)
    return rows.get(ctx.tx, topic_arn, endpoint) or new


def _tell(ctx: Context, subscription: Subscription, kind: str) -> None:
    publication = Publication(
        account_id=ctx.account_id,
        region=ctx.region,
        message_seq=None,
        event_seq=None,
        channel=CHANNEL,
        name=subscription.arn,
        service=sns.SERVICE,
        target=subscription.topic_arn,
        via=subscription.endpoint,
        detail={"type": kind, "message_id": ctx.outside.ids.request_id()},
        state=publication_rows.PENDING,
        attempts=(),
        created_at=ctx.now,
    )
    seq = publication_rows.insert(ctx.tx, publication)
    tasks.add(ctx, tasks.PostToWebhook(seq), lane=publication.lane)


def _file(certificate: keys.Certificate) -> str:
    """The name of its file, as SNS's own: it changes with the certificate."""
    digest = hashlib.sha256(certificate.certificate.encode()).hexdigest()
    return f"SimpleNotificationService-{digest[:32]}.pem"
