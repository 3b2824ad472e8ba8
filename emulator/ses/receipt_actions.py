"""The actions of receipt rules: what each must say, and what is said of it."""

import re
from collections.abc import Mapping, Sequence

from emulator.ses import errors, limits
from emulator.store.receipt_rules import Action

# Source: RFC 5322, whose rule SES was seen to follow, recorded. Unverified: the length, which is documented.
_HEADER_NAME = re.compile(rf"[!-9;-~]{{1,{limits.HEADER_NAME_LENGTH}}}\Z")
# Source: recorded of the encoding; AWS's model of the type. Unverified: that the type is told of a rule.
_DEFAULTS: Mapping[str, Mapping[str, str]] = {
    "SNSAction": {"Encoding": "UTF-8"},
    "LambdaAction": {"InvocationType": "Event"},
}
# What notifications call an action, and the members of it that they show after its topic. Source: recorded of the
# first two, developer guide (documented) of the others.
_TOLD: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "S3Action": ("S3", ("BucketName", "ObjectKeyPrefix")),
    "SNSAction": ("SNS", ("Encoding",)),
    "BounceAction": ("Bounce", ("SmtpReplyCode", "StatusCode", "Message", "Sender")),
    "LambdaAction": ("Lambda", ("FunctionArn", "InvocationType")),
    "StopAction": ("Stop", ()),
    "WorkmailAction": ("WorkMail", ("OrganizationArn",)),
}
_ENCODINGS = {"UTF-8": "UTF8", "Base64": "BASE64"}  # as notifications spell them. Source: recorded


def check_syntax(actions: Sequence[Action]) -> None:
    """Nothing, where header fields can be added and nothing follows a stop. Unverified: which of the two is first."""
    for action in actions:
        if action.type == "AddHeaderAction":
            _check_header(action.members["HeaderName"], action.members["HeaderValue"])
    if any(action.type == "StopAction" for action in actions[:-1]):
        raise errors.StopActionNotLast


def with_defaults(actions: Sequence[Action]) -> tuple[Action, ...]:
    """The actions with what SES adds to them."""
    return tuple(Action(each.type, {**_DEFAULTS.get(each.type, {}), **each.members}) for each in actions)


def told(action: Action, message_id: str) -> dict[str, str]:
    """The action as notifications about a message tell of it."""
    kind, shown = _TOLD[action.type]
    values = {name: action.members[name] for name in ("TopicArn", *shown) if name in action.members}
    found = {"type": kind, **{f"{name[0].lower()}{name[1:]}": value for name, value in values.items()}}
    if "encoding" in found:
        found["encoding"] = _ENCODINGS[found["encoding"]]
    if action.type == "S3Action":
        found["objectKey"] = object_key(action.members.get("ObjectKeyPrefix", ""), message_id)
    return found


def object_key(prefix: str, message_id: str) -> str:
    """The key under which a message is put into a bucket. Source: recorded."""
    return f"{prefix}{'/' if prefix and not prefix.endswith('/') else ''}{message_id}"


def _check_header(name: str, value: str) -> None:
    if not _HEADER_NAME.match(name):
        raise errors.InvalidHeaderName(name=name)
    if len(value) > limits.HEADER_VALUE_LENGTH or "\r" in value or "\n" in value:
        raise errors.InvalidHeaderValue(value=value.replace("\n", "0x000a").replace("\r", "0x000d"))
