"""Receipt rules: making them, naming what is wrong with them."""

from typing import Any

from tests.support import xml
from tests.support.aws import Account

Refusal = tuple[int, str | None, str | None]
SET = "inbound"
TOPIC = "arn:aws:sns:us-east-1:123456789012:inbound"
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:inbound"
KEY = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
PATTERN = "Member must satisfy regular expression pattern: ^[a-zA-Z0-9_.-]+$"
TOO_SHORT = "Member must have length greater than or equal to 1"
NULL = "Member must not be null"
CHANGES = ["CreateReceiptRule", "UpdateReceiptRule"]
STOP: dict[str, Any] = {"StopAction": {"Scope": "RuleSet"}}
S3: dict[str, Any] = {"S3Action": {"BucketName": "mails"}}
SNS: dict[str, Any] = {"SNSAction": {"TopicArn": TOPIC}}


def rule(name: str = "rule", *actions: dict[str, Any], **members: Any) -> dict[str, Any]:
    """The `Rule` of CreateReceiptRule."""
    return {"Name": name, "Actions": list(actions), **members}


def s3(bucket: str = "mails", **members: str) -> dict[str, Any]:
    """The action that puts mail into a bucket."""
    return {"S3Action": {"BucketName": bucket, **members}}


def add(account: Account, name: str, *actions: dict[str, Any], to: str = SET, **members: Any) -> None:
    """The rule stands behind all others of the set."""
    present = names(account, to)
    after = {"After": present[-1]} if present else {}
    account.client().create_receipt_rule(RuleSetName=to, Rule=rule(name, *actions, **members), **after)


def names(account: Account, rule_set: str = SET) -> list[str]:
    """The names of the set's rules in their order."""
    return [each["Name"] for each in account.client().describe_receipt_rule_set(RuleSetName=rule_set)["Rules"]]


def described(account: Account, name: str = "rule", rule_set: str = SET) -> dict[str, Any]:
    """The rule as SES tells of it."""
    answer = account.client().describe_receipt_rule(RuleSetName=rule_set, RuleName=name)
    return dict(answer["Rule"])


def violations(*found: tuple[str, str]) -> tuple[int, str, str]:
    """The refusal of a call that breaks these constraints, each at its path."""
    told = "; ".join(f"Value at '{path}' failed to satisfy constraint: {constraint}" for path, constraint in found)
    errors = "error" if len(found) == 1 else "errors"
    return 400, "ValidationError", f"{len(found)} validation {errors} detected: {told}"


def invalid(text: str) -> tuple[int, str, str]:
    """The refusal of a value that SES does not take."""
    return 400, "InvalidParameterValue", text


def malformed(text: str) -> tuple[int, str, str]:
    """The refusal of a request that cannot be read."""
    return 400, "MalformedInput", text


def unknown(name: str) -> Refusal:
    """The refusal of a call about a rule that is not there."""
    return 400, "RuleDoesNotExist", f"Rule does not exist: {name}"


# ---- in the set that most tests have


def put(account: Account, action: str = "CreateReceiptRule", name: str = SET, **members: str) -> Refusal:
    """What is said of a rule of these members, `__` for a dot; of one that is right nothing."""
    given = {f"Rule.{member.replace('__', '.')}": value for member, value in members.items()}
    return xml.refusal(account.query(action, {"RuleSetName": name, **given}))


def created(account: Account, **members: Any) -> dict[str, Any]:
    """The rule as it is described after it was created so."""
    account.client().create_receipt_rule(RuleSetName=SET, Rule={"Name": "rule", **members})
    return described(account)


def told(account: Account) -> list[dict[str, Any]]:
    """What buckets and topics were told when rules were set up, or would have been, in its order."""
    found: list[dict[str, Any]] = account.inspect("GET", "/publications", channel="receipt_rule")["publications"]
    return found[::-1]
