"""The calls that actions of rules make to other services: mail for buckets, topics and functions.

Each has a row with all that is said and every attempt. Where a service has no endpoint it is not made, and the row is
all there is of it.
"""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from emulator.context import Context
from emulator.outside import Outside, aws
from emulator.publishing import lambda_, s3, sns
from emulator.publishing.lambda_ import Returned
from emulator.ses import limits, publications, receipt_actions, receipt_documents, setup_notifications
from emulator.ses.receipt_documents import Reception
from emulator.ses.receipt_positions import CONTINUE, STOP_RULE, STOP_RULE_SET
from emulator.store import publications as rows
from emulator.store.publications import PENDING, PUBLISHED, Attempt, Publication
from emulator.store.receipt_rules import Action

CHANNEL = "receipt_action"
TOPICS, SYNCHRONOUS = sns.SERVICE, lambda_.SYNCHRONOUS
MOST_SHOWN_BYTES = 256 * 1024  # of an object in its row; the mail is in the mailbox

_DISPOSITIONS = (CONTINUE, STOP_RULE, STOP_RULE_SET)
_SERVICES = {"S3Action": s3.SERVICE, "SNSAction": sns.SERVICE, "LambdaAction": lambda_.SERVICE}


class ReceiptCall(NamedTuple):
    """A call that an action makes: what of the service it is for, its parameters as they are shown, and itself."""

    service: str
    target: str
    content: Mapping[str, Any]
    call: aws.Call | None  # None: there is nowhere to go


class Place(NamedTuple):
    """Where in its message's timeline a call belongs, and the rule that makes it: `set/rule`."""

    name: str
    message_seq: int
    event_seq: int


class Undone(OSError):
    """The service did not do it, and may do it later."""


def leaves(ctx: Context, action: Action) -> bool:
    """Whether the action calls another service: one that is there."""
    service = _SERVICES.get(action.type)
    return service is not None and ctx.outside.aws.endpoint(service) is not None


def of(ctx: Context, reception: Reception, action: Action) -> ReceiptCall | None:
    """The call that the action makes; None where it makes none.

    Ours: an object is never encrypted. SES encrypts it itself, with the S3 Encryption Client, where a key is named.
    """
    members, message_id = action.members, reception.message.id
    match action.type:
        case "S3Action":
            bucket = members["BucketName"]
            key = receipt_actions.object_key(members.get("ObjectKeyPrefix", ""), message_id)
            put = s3.mail(bucket, key, reception.mail)
            shown = {**put, "Body": _shown(reception.mail)}
            made = s3.call(ctx.account_id, ctx.region, put)
            return _to(ctx, s3.SERVICE, f"arn:aws:s3:::{bucket}", shown, made)
        case "SNSAction":
            parameters = notification(reception, action)
            made = sns.call(ctx.account_id, ctx.region, parameters)
            return _to(ctx, sns.SERVICE, members["TopicArn"], parameters, made)
        case "LambdaAction":
            function = members["FunctionArn"]
            event = receipt_documents.text(receipt_documents.event(reception, action))
            invoke = lambda_.invocation(function, members["InvocationType"], event)
            made = lambda_.call(ctx.account_id, ctx.region, invoke)
            return _to(ctx, lambda_.SERVICE, function, invoke, made)
    return None


def notification(reception: Reception, action: Action) -> dict[str, Any]:
    """What the action's topic is told."""
    text = receipt_documents.text(receipt_documents.notification(reception, action))
    return {"TopicArn": action.members["TopicArn"], "Subject": setup_notifications.TOPIC_SUBJECT, "Message": text}


def too_long(reception: Reception, made: ReceiptCall) -> bool:
    """Whether a topic takes no mail of that length. Unverified: so too where only its JSON is too long for SNS."""
    if made.service != sns.SERVICE:
        return False
    return len(reception.mail) > limits.MAIL_IN_NOTIFICATION_BYTES or sns.too_long(made.content)


def make(outside: Outside, call: aws.Call) -> Returned | None:
    """The service did it; what a function returned. Undone, or Unreachable, where it did not."""
    try:
        if call.service == lambda_.SERVICE:
            return lambda_.send(outside.aws, call)
        (s3 if call.service == s3.SERVICE else sns).send(outside.aws, call)
    except aws.Refused as refusal:
        raise Undone(str(refusal)) from refusal
    return None


def disposition(returned: Returned | None) -> str:
    """What becomes of the mail. Source: developer guide (documented): it goes on unless the function says otherwise.

    Unverified: in whatever case, as AWS's own sample has it.
    """
    try:
        said = json.loads(returned.payload) if returned else None
    except (ValueError, RecursionError):
        return CONTINUE
    found = str(said.get("disposition")).upper() if isinstance(said, dict) else CONTINUE
    return found if found in _DISPOSITIONS else CONTINUE


# ---- rows


def done(ctx: Context, made: ReceiptCall, place: Place, before: Publication | None) -> None:
    """The call was made, or there was nowhere to go; a topic's webhooks are on their way to know."""
    if made.call is None:
        publications.record(
            ctx,
            channel=CHANNEL,
            name=place.name,
            service=made.service,
            target=made.target,
            content=made.content,
            message_seq=place.message_seq,
            event_seq=place.event_seq,
        )
        return
    kept = attempted(ctx, made, place, before, PUBLISHED, None)
    said = {"content": dict(made.content)}  # now, which may differ from what was said first: it says how long it took
    publications.tell_webhooks(ctx, kept._replace(attempts=(), created_at=ctx.now, detail=said, seq=0))


def attempted(
    ctx: Context, made: ReceiptCall, place: Place, before: Publication | None, state: str, error: str | None
) -> Publication:
    """The call was tried, and that is its state; the row is the one of the tries before, if there were any."""
    attempt = Attempt(ctx.now, error)
    if before:
        rows.attempted(ctx.tx, before, state, attempt)
        return before
    new = Publication(
        account_id=ctx.account_id,
        region=ctx.region,
        message_seq=place.message_seq,
        event_seq=place.event_seq,
        channel=CHANNEL,
        name=place.name,
        service=made.service,
        target=made.target,
        via=ctx.outside.aws.endpoint(made.service),
        detail={"content": dict(made.content)},
        state=state,
        attempts=(attempt,),
        created_at=ctx.now,
    )
    rows.insert(ctx.tx, new)
    return new


def tried_before(ctx: Context, event_seq: int) -> Publication | None:
    """The call that is tried since that event."""
    return next((each for each in rows.of_events(ctx.tx, [event_seq]) if each.state == PENDING), None)


# ---- within


def _to(ctx: Context, service: str, target: str, content: Mapping[str, Any], call: aws.Call) -> ReceiptCall:
    return ReceiptCall(service, target, content, call if ctx.outside.aws.endpoint(service) else None)


def _shown(mail: bytes) -> str:
    """Ours: an object as text, not all of a long one."""
    text = mail[:MOST_SHOWN_BYTES].decode("utf-8", "replace")
    return text if len(mail) <= MOST_SHOWN_BYTES else f"{text}\r\n[of {len(mail)} bytes, {MOST_SHOWN_BYTES} are shown]"
