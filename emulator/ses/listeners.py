"""Who is told of an event: destinations of the message's configuration set, its identity's topics, its sender.

Whether there is anybody is asked for each event of each message, so all of it is remembered.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

from emulator.context import Context
from emulator.ses import arns, event_destinations
from emulator.store import configuration_sets as configuration_set_rows
from emulator.store import identities as identity_rows
from emulator.store import identity_notifications as notification_rows
from emulator.store.configuration_sets import ConfigurationSet
from emulator.store.identity_notifications import Notifications

EVENT_DESTINATION, IDENTITY_NOTIFICATION = "event_destination", "identity_notification"
CLOUDWATCH = "cloudwatch"

# What event destinations call the events that they can have. Source: AWS's model.
V1_TYPES = {
    "Send": "send",
    "Reject": "reject",
    "Bounce": "bounce",
    "Complaint": "complaint",
    "Delivery": "delivery",
    "Open": "open",
    "Click": "click",
    "Rendering Failure": "renderingFailure",
}
# What comes back by mail.
FEEDBACK = ("Bounce", "Complaint")
_NOTIFIED = ("Bounce", "Complaint", "Delivery")


class Origin(Protocol):
    """Where a message came from, which says who is told of its events."""

    @property
    def id(self) -> str:
        """Its id."""

    @property
    def account_id(self) -> str:
        """Who sent it."""

    @property
    def region(self) -> str:
        """And where."""

    @property
    def configuration_set(self) -> str | None:
        """Its set, if it has one."""

    @property
    def source_arn(self) -> str | None:
        """The identity that let its source send."""


class Listener(NamedTuple):
    """One who is told: as what, by which name, and where."""

    channel: str
    name: str
    destination: Mapping[str, Any]


class Topics(NamedTuple):
    """What an identity's owner set up."""

    identity: str
    owner: str
    notifications: Notifications


def any_of(ctx: Context, origin: Origin, event_type: str) -> bool:
    """Whether anybody is told, or anything is counted, when that happens to the message."""
    if event_type not in V1_TYPES:
        return False
    return event_type in FEEDBACK or metered(ctx, origin, event_type) or bool(of(ctx, origin, event_type))


def of(ctx: Context, origin: Origin, event_type: str) -> list[Listener]:
    """All who are told of that, now: the set's destinations first.

    Source: developer guide (documented): each channel is independent of the others.
    """
    named = configuration_set(ctx, origin)
    wanting = event_destinations.wanting(ctx, named.seq, V1_TYPES[event_type]) if named else []
    found = [
        Listener(EVENT_DESTINATION, f"{origin.configuration_set}/{each.name}", each.destination) for each in wanting
    ]
    topics = topics_of(ctx, origin) if event_type in _NOTIFIED else None
    if topics:
        topic, headers = _topic(topics.notifications, event_type)
        if topic:
            destination = {"NotificationTopic": topic, "headers": headers}
            found.append(Listener(IDENTITY_NOTIFICATION, topics.identity, destination))
    return found


def metered(ctx: Context, origin: Origin, event_type: str) -> bool:
    """Whether CloudWatch has metrics of it beside those of destinations: the account's own, or a set's reputation.

    Ours: the account's are published only where there is a CloudWatch.
    """
    if ctx.outside.aws.endpoint(CLOUDWATCH):
        return True
    named = configuration_set(ctx, origin) if event_type in ("Delivery", *FEEDBACK) else None
    return named is not None and named.reputation_metrics_enabled


def configuration_set(ctx: Context, origin: Origin) -> ConfigurationSet | None:
    """The message's configuration set, while it exists."""
    name = origin.configuration_set
    return configuration_set_rows.get(ctx.tx, origin.account_id, origin.region, name) if name else None


def topics_of(ctx: Context, origin: Origin) -> Topics | None:
    """What the owner of the message's identity set up; None where nobody asked to verify it.

    Source: developer guide (documented): the address's own settings count, else those of its domain. Unverified: that
    they are those of the identity that let the message be sent.
    """
    named = arns.parse_identity(origin.source_arn or "")
    row = named and identity_rows.get(ctx.tx, named.account_id, named.region, arns.key(named.identity))
    return Topics(row.identity, named.account_id, notification_rows.get(ctx.tx, row.seq)) if named and row else None


def _topic(notifications: Notifications, event_type: str) -> tuple[str | None, bool]:
    match event_type:
        case "Bounce":
            return notifications.bounce_topic, notifications.bounce_headers
        case "Complaint":
            return notifications.complaint_topic, notifications.complaint_headers
        case _:
            return notifications.delivery_topic, notifications.delivery_headers
