"""What the live services check and botocore's models leave out, or order otherwise, by the name of the shape.

The values of an enumeration stand in the order in which AWS's own error messages print them; `order` names the members
that AWS's answers begin with, `checked` those that AWS's ValidationError begins with. Of a list, `numbering` names the
grammar of its numbers and `each` holds what all its members must satisfy, told once; `exactly_one` is what AWS says of
a structure that does not have just one member; a text with `xml_only` cannot be told if XML cannot hold it.
"""

from typing import Any

# Source: ValidationError of CreateReceiptRuleSet and of CreateReceiptRule, recorded.
_RECEIPT_NAME = "^[a-zA-Z0-9_.-]+$"

OVERLAYS: dict[str, dict[str, dict[str, Any]]] = {
    "ses": {
        # Source: ValidationError of SetIdentityMailFromDomain, recorded.
        "BehaviorOnMXFailure": {"enum": ["RejectMessage", "UseDefaultValue"]},
        # Source: ValidationError of SetIdentityHeadersInNotificationsEnabled, recorded.
        "NotificationType": {"enum": ["Bounce", "Complaint", "Delivery"]},
        # Source: ValidationError of CreateConfigurationSetEventDestination, recorded.
        "EventType": {
            "enum": ["click", "bounce", "send", "open", "complaint", "delivery", "renderingFailure", "reject"]
        },
        # Source: ValidationError of PutConfigurationSetDeliveryOptions, recorded.
        "TlsPolicy": {"enum": ["Optional", "Require"]},
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
        "ReceiptRuleSetName": {"min": 1, "pattern": _RECEIPT_NAME},
        "ReceiptRuleName": {"min": 1, "pattern": _RECEIPT_NAME},
        # Source: ReorderReceiptRuleSet, recorded. Unverified: without names it is a set without rules that fits.
        "ReorderReceiptRuleSetRequest": {"required": ["RuleSetName"], "checked": ["RuleSetName", "RuleNames"]},
        "ReceiptRuleNamesList": {"numbering": "strict", "each": {"min": 1, "max": 100, "pattern": _RECEIPT_NAME}},
        # Source: CreateReceiptRule, SetReceiptRulePosition and CreateReceiptFilter, recorded. Unverified: the place of
        # the rule set's name, and of a filter's.
        "CreateReceiptRuleRequest": {"checked": ["RuleSetName", "After", "Rule"]},
        "UpdateReceiptRuleRequest": {"checked": ["RuleSetName", "Rule"]},
        "SetReceiptRulePositionRequest": {"checked": ["RuleSetName", "RuleName", "After"]},
        "ReceiptRule": {"checked": ["Name", "TlsPolicy", "Actions"]},
        "ReceiptFilter": {"checked": ["Name", "IpFilter"]},
        "ReceiptIpFilter": {"checked": ["Policy", "Cidr"]},
        "ReceiptActionsList": {"numbering": "slots"},
        "ReceiptAction": {"exactly_one": "Exactly one action type must be specified for each ReceiptAction"},
        "BounceAction": {"checked": ["SmtpReplyCode", "Sender", "Message"]},
        "LambdaAction": {"checked": ["FunctionArn", "InvocationType"]},
        "AddHeaderAction": {"checked": ["HeaderName", "HeaderValue"]},
        "ConnectAction": {"checked": ["InstanceARN", "IAMRoleARN"]},
        "InvocationType": {"enum": ["RequestResponse", "Event"]},
        "SNSActionEncoding": {"enum": ["Base64", "UTF-8"]},
        "ReceiptFilterPolicy": {"enum": ["Allow", "Block"]},
        # Source: AWS's model asks for at least one in words. Unverified: that this is how it is refused.
        "BouncedRecipientInfoList": {"min": 1},
        # Source: DescribeReceiptRule of a header with a control character, recorded: InternalFailure.
        "HeaderValue": {"xml_only": True},
    },
    "sesv2": {},
    "sns": {},
}
