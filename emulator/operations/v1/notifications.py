"""Notification attributes of identities."""

from typing import Any

from emulator.context import Context
from emulator.ses import notifications


def set_identity_notification_topic(
    ctx: Context, Identity: str, NotificationType: str, SnsTopic: str | None = None
) -> dict[str, Any]:
    """Notifications of the type go to the topic; without one, to none."""
    notifications.set_topic(ctx, Identity, NotificationType, SnsTopic)
    return {}


def set_identity_feedback_forwarding_enabled(ctx: Context, Identity: str, ForwardingEnabled: bool) -> dict[str, Any]:
    """Bounces and complaints are forwarded as mail, or not."""
    notifications.set_forwarding(ctx, Identity, ForwardingEnabled)
    return {}


def set_identity_headers_in_notifications_enabled(
    ctx: Context, Identity: str, NotificationType: str, Enabled: bool
) -> dict[str, Any]:
    """Notifications of the type hold the headers of the mail, or not."""
    notifications.set_headers(ctx, Identity, NotificationType, Enabled)
    return {}


def get_identity_notification_attributes(ctx: Context, Identities: list[str]) -> dict[str, Any]:
    """What was set for each identity that exists; a topic that was not set is left out."""
    return {
        "NotificationAttributes": {
            name: {
                "ForwardingEnabled": found.forwarding,
                "BounceTopic": found.bounce_topic,
                "ComplaintTopic": found.complaint_topic,
                "DeliveryTopic": found.delivery_topic,
                "HeadersInBounceNotificationsEnabled": found.bounce_headers,
                "HeadersInComplaintNotificationsEnabled": found.complaint_headers,
                "HeadersInDeliveryNotificationsEnabled": found.delivery_headers,
            }
            for name, found in notifications.attributes(ctx, Identities).items()
        }
    }
