"""What was published where there is nowhere to go: it is recorded, as it would have been sent."""

import json
from typing import Any, NamedTuple

from tests.support.aws import Account

EVENT_DESTINATION, IDENTITY_NOTIFICATION = "event_destination", "identity_notification"


class Published(NamedTuple):
    """One message for a topic: who wanted it, the topic, and subject and text; an event's document."""

    name: str
    topic: str
    subject: str | None
    text: str

    @property
    def document(self) -> dict[str, Any]:
        """What the text says."""
        return json.loads(self.text)  # type: ignore[no-any-return]


def messages(account: Account, channel: str = EVENT_DESTINATION, message_id: str | None = None) -> list[Published]:
    """All that topics were told by the channel, oldest first, of one message or of any; all due work is done."""
    account.drain()
    found = account.inspect("GET", "/publications", channel=channel, limit=500)["publications"]
    told = [
        Published(each["name"], each["target"], each["content"].get("Subject"), each["content"]["Message"])
        for each in reversed(found)
        if each["service"] == "sns"
    ]
    return [each for each in told if message_id in (None, each.document["mail"]["messageId"])]


def documents(
    account: Account, message_id: str | None = None, channel: str = EVENT_DESTINATION
) -> list[dict[str, Any]]:
    """What the texts say."""
    return [each.document for each in messages(account, channel, message_id)]


def types(account: Account, message_id: str | None = None, channel: str = EVENT_DESTINATION) -> list[str]:
    """Which events they are of."""
    return [each.get("eventType") or each["notificationType"] for each in documents(account, message_id, channel)]
