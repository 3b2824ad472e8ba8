"""Documents of policies: reading their JSON, and what they say to a request.

Source: developer guide (documented): the elements, and that the resource is the identity itself.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from emulator.ses import errors, limits, policy_conditions
from emulator.ses.policy_conditions import Condition, Test

ALLOW, DENY = "Allow", "Deny"

_VERSIONS = ("2008-10-17", "2012-10-17")
_ELEMENTS = {"Sid", "Effect", "Principal", "Action", "NotAction", "Resource", "Condition"}
# What an action may be. Source: developer guide (documented): sends, and what version 2 of the API does with an
# identity; AWS's model of SendBounce, which an identity can be lent for. Unverified: that these are all.
_OPERATIONS = """
    SendEmail SendRawEmail SendTemplatedEmail SendBulkTemplatedEmail SendBounce
    BatchGetMetricData CreateEmailIdentityPolicy DeleteEmailIdentity DeleteEmailIdentityPolicy GetDomainStatisticsReport
    GetEmailIdentity GetEmailIdentityPolicies ListRecommendations PutEmailIdentityConfigurationSetAttributes
    PutEmailIdentityDkimAttributes PutEmailIdentityDkimSigningAttributes PutEmailIdentityFeedbackAttributes
    PutEmailIdentityMailFromAttributes TagResource UntagResource UpdateEmailIdentityPolicy
"""
_ACTIONS = [f"ses:{name.lower()}" for name in _OPERATIONS.split()]
_ACCOUNT = re.compile(r"(?:([0-9]{12})|arn:aws[a-z-]*:iam::([0-9]{12}):root)\Z")
_USER = re.compile(r"arn:aws[a-z-]*:(?:iam|sts)::[0-9]{12}:[a-z-]+/[^*]+\Z")
_SERVICE = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*\.amazonaws\.com(?:\.cn)?\Z")
_BLANK = re.compile(r'("(?:[^"\\]|\\.)*")|\s+')


class Statement(NamedTuple):
    """Who may or may not do what, and when. Principals are `*`, accounts and ARNs."""

    effect: str
    principals: frozenset[str]
    actions: tuple[Test, ...]
    other_actions: bool  # all but those are meant
    resource: str
    conditions: tuple[Condition, ...]


class Request(NamedTuple):
    """What somebody wants to do, and the values of the condition keys, by the keys in lower case."""

    account_id: str
    user: str  # an ARN
    action: str
    values: Mapping[str, Sequence[str]]


def compact(text: str) -> str:
    """The same JSON without its white space. Source: GetIdentityPolicies, recorded."""
    return _BLANK.sub(r"\1", text)


def effect(statements: Iterable[Statement], request: Request) -> str | None:
    """Deny, if a statement says so; else Allow, if one does; else None."""
    effects = {statement.effect for statement in statements if _applies(statement, request)}
    return DENY if DENY in effects else ALLOW if effects else None


@lru_cache(maxsize=1024)
def read(text: str) -> tuple[Statement, ...]:
    """The statements of a policy; InvalidPolicy says what is wrong with it first."""
    if len(text.encode()) > limits.POLICY_BYTES:
        raise errors.InvalidPolicy(f"The policy is longer than {limits.POLICY_BYTES} bytes.")
    document = _json(text)
    if not isinstance(document, dict):
        raise errors.InvalidPolicy("The policy is not a JSON object.")
    _only(document, {"Version", "Id", "Statement"})
    if document.get("Version", _VERSIONS[0]) not in _VERSIONS:
        raise errors.InvalidPolicy(f"Unknown version '{document['Version']}'.")
    statements = _listed(document.get("Statement", []))
    if not statements:
        raise errors.InvalidPolicy("The policy has no statement.")
    return tuple(_statement(each) for each in statements)


def _applies(statement: Statement, request: Request) -> bool:
    action = request.action.lower()
    return (
        not statement.principals.isdisjoint(("*", request.account_id, request.user))
        and any(test(action) for test in statement.actions) != statement.other_actions
        and policy_conditions.hold(statement.conditions, request.values)
    )


# ---- reading


def _json(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_constant)
    except (ValueError, RecursionError):
        raise errors.InvalidPolicy("The policy is not valid JSON.") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise errors.InvalidPolicy("The policy has two elements of one name in one place.")
    return found


def _constant(text: str) -> None:
    raise ValueError(text)  # NaN and Infinity, which Python would take


def _statement(statement: Any) -> Statement:
    if not isinstance(statement, dict):
        raise errors.InvalidPolicy("A statement is not a JSON object.")
    _only(statement, _ELEMENTS)
    if statement.get("Effect") not in (ALLOW, DENY):
        raise errors.InvalidPolicy("The effect of a statement is Allow or Deny.")
    other_actions = "NotAction" in statement
    if other_actions and "Action" in statement:
        raise errors.InvalidPolicy("A statement has Action or NotAction.")
    resources = _listed(statement.get("Resource", []))
    if len(resources) != 1 or not isinstance(resources[0], str):
        raise errors.InvalidPolicy("A statement has one resource, the ARN of the identity.")
    return Statement(
        effect=statement["Effect"],
        principals=_principals(statement.get("Principal")),
        actions=_actions(statement.get("NotAction" if other_actions else "Action", [])),
        other_actions=other_actions,
        resource=resources[0],
        conditions=policy_conditions.read(statement.get("Condition", {})),
    )


def _principals(principal: Any) -> frozenset[str]:
    """Services are known as principals, and none of them calls here."""
    named = {"AWS": "*"} if principal == "*" else principal
    if not isinstance(named, dict) or not named:
        raise errors.InvalidPolicy("A statement has no valid principal.")
    return frozenset(_principal(kind, each) for kind, values in named.items() for each in _texts(values, "principal"))


def _principal(kind: str, text: str) -> str:
    account = _ACCOUNT.match(text)
    if kind == "AWS" and account:
        return account[1] or account[2]
    if (kind == "AWS" and (text == "*" or _USER.match(text))) or (kind == "Service" and _SERVICE.match(text)):
        return text
    raise errors.InvalidPolicy(f"Invalid principal '{text}'.")


def _actions(actions: Any) -> tuple[Test, ...]:
    patterns = _texts(actions, "action")
    tests = tuple(policy_conditions.like(pattern.lower()) for pattern in patterns)
    for pattern, test in zip(patterns, tests, strict=True):
        if not any(test(action) for action in _ACTIONS):
            raise errors.InvalidPolicy(f"Unknown action '{pattern}'.")
    return tests


def _texts(value: Any, what: str) -> list[str]:
    texts = _listed(value)
    if not texts or not all(isinstance(text, str) for text in texts):
        raise errors.InvalidPolicy(f"A statement has no valid {what}.")
    return texts


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _only(element: dict[str, Any], known: set[str]) -> None:
    for name in element:
        if name not in known:
            raise errors.InvalidPolicy(f"Unknown element '{name}'.")
    for name in ("Version", "Id", "Sid"):
        if not isinstance(element.get(name, ""), str):
            raise errors.InvalidPolicy(f"The element '{name}' is no text.")
