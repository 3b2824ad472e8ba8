"""What the live services check and botocore's models leave out, or order otherwise, by the name of the shape.

The values of an enumeration stand in the order in which AWS's own error messages print them; `order` names the members
that AWS's answers begin with.
"""

from typing import Any

OVERLAYS: dict[str, dict[str, dict[str, Any]]] = {
    "ses": {
        # Source: ValidationError of SetIdentityMailFromDomain, recorded.
        "BehaviorOnMXFailure": {"enum": ["RejectMessage", "UseDefaultValue"]},
        # Source: ValidationError of SetIdentityHeadersInNotificationsEnabled, recorded.
        "NotificationType": {"enum": ["Bounce", "Complaint", "Delivery"]},
        # Unverified: the order of the two.
        "IdentityType": {"enum": ["EmailAddress", "Domain"]},
        # Source: a tag without name or value is refused by the rules of tags, not as a null member; recorded.
        "MessageTag": {"required": []},
        # Source: recorded.
        "BulkEmailDestinationStatus": {"order": ["MessageId", "Status"]},
        # Source: API reference (documented): a number out of bounds counts as none.
        "MaxResults": {"min": None, "max": None},
        # Source: AWS's samples of answers, recorded: elements that stand in front of the others.
        "GetSendQuotaResponse": {"order": ["SentLast24Hours", "Max24HourSend", "MaxSendRate"]},
        "SendDataPoint": {"order": ["DeliveryAttempts", "Timestamp", "Rejects", "Bounces", "Complaints"]},
        "IdentityNotificationAttributes": {"order": ["ForwardingEnabled", "BounceTopic", "ComplaintTopic"]},
    },
    "sesv2": {},
}
