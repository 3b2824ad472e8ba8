"""Notification attributes: what the owner of an identity is told of its mail, and where.

They belong to an identity that somebody asked to verify: one that only the settings verify has none.
"""

import re

from emulator.context import Context
from emulator.ses import arns, errors, identities, limits, topics
from emulator.store import identity_notifications as rows
from emulator.store.identities import Identity
from emulator.store.identity_notifications import Notifications

# Source: API reference of SNS (documented): a name of up to 256 letters, digits, `-` and `_`; a FIFO topic's ends in
# `.fifo`, and SES does not publish to those.
_TOPIC = re.compile(r"arn:aws[a-z-]*:sns:([a-z0-9-]+):[0-9]{12}:[A-Za-z0-9_-]{1,256}\Z")


def set_topic(ctx: Context, identity: str, notification_type: str, topic: str | None) -> None:
    """Notifications of the type go to the topic, which is told so; None: to none.

    It is in the same region, and of any account. Source: API reference and developer guide (documented); an empty
    topic is no way to clear one, recorded. Unverified: that the identity is looked at before the topic, and need not
    be verified yet.
    """
    ctx.tx.changed()  # before the look, so that the identity is not deleted in between
    row = _named(ctx, identity)
    if row is None:
        raise errors.InvalidIdentity(identity=identity)
    if topic is not None:
        _check_topic(ctx, topic, notification_type, row.identity)
    rows.put(ctx.tx, row.seq, **{f"{notification_type.lower()}_topic": topic})


def set_forwarding(ctx: Context, identity: str, enabled: bool) -> None:
    """Bounces and complaints are forwarded as mail, or not.

    Unverified: that SES takes it without the two topics; its API reference says otherwise, answers of v2 do not.
    """
    ctx.tx.changed()
    row = identities.get(ctx, identity)
    if row is None:
        raise errors.InvalidIdentity(identity=identity)
    rows.put(ctx.tx, row.seq, forwarding=enabled)


def set_headers(ctx: Context, identity: str, notification_type: str, enabled: bool) -> None:
    """Notifications of the type hold the headers of the mail, or not. Unverified: without a topic, too."""
    ctx.tx.changed()
    row = identities.get(ctx, identity)
    if row is None:
        raise errors.InvalidIdentityForHeaders(identity=identity)
    rows.put(ctx.tx, row.seq, **{f"{notification_type.lower()}_headers": enabled})


def attributes(ctx: Context, names: list[str]) -> dict[str, Notifications]:
    """What was set for each identity that exists, by the name it was asked for; nothing is inherited.

    Source: an unknown identity is left out, recorded. Unverified: the key of one asked for by its ARN.
    """
    if len(names) > limits.IDENTITIES_PER_CALL:
        raise errors.TooManyIdentities(maximum=str(limits.IDENTITIES_PER_CALL))
    found = {name: _named(ctx, name) for name in dict.fromkeys(names)}
    return {name: rows.get(ctx.tx, row.seq) for name, row in found.items() if row is not None}


def _named(ctx: Context, identity: str) -> Identity | None:
    """The identity of that name or ARN. Source: which operations take an ARN, API reference (documented)."""
    return identities.get(ctx, arns.key_of(identity, ctx.region, ctx.account_id))


def _check_topic(ctx: Context, topic: str, notification_type: str, identity: str) -> None:
    """The topic knows whose it is now.

    Source: what it is told, recorded; developer guide (documented): one whose key SES may not use is refused.
    Unverified: any other that SES cannot publish to as well; it is told at once, and whenever it is set.
    """
    from emulator.ses import event_documents  # with all that reads mail: no send needs it

    found = _TOPIC.match(topic)
    if found is None or found[1] != ctx.region:
        raise errors.InvalidNotificationTopic(topic=topic)
    told = event_documents.topic_subscribed(topic, notification_type, identity)
    if topics.refusal(ctx, identity, topic, f"{event_documents.text(told)}\n") is not None:
        raise errors.InvalidNotificationTopic(topic=topic)
