"""What the live services check and botocore's models leave out, or order otherwise, by the name of the shape.

The values of an enumeration stand in the order in which AWS's own error messages print them.
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
    },
    "sesv2": {},
}
