"""Conditions of policies: which keys and operators there are, and whether one holds for a request.

Source: IAM user guide (documented): the operators, negation, keys without a value and keys with several.
"""

import fnmatch
import ipaddress
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from emulator.ses import errors

Test = Callable[[str], bool]  # of one value in a request

# The fields of conditions, with those that no call here has a value for. Source: developer guide (documented): four
# of SES, and all global ones of IAM. Source: PutIdentityPolicy, recorded: `AWS:SourceAccount` is unknown, while
# policies with `aws:SourceAccount` are in use; so the prefix counts as it is spelt. Unverified: behind it case does
# not matter.
_NAMES = """
    ses:fromaddress ses:fromdisplayname ses:recipients ses:feedbackaddress
    aws:currenttime aws:epochtime aws:sourceip aws:securetransport aws:useragent aws:requestedregion aws:username
    aws:principalaccount aws:principalarn aws:principalorgid aws:principalorgpaths aws:principaltype
    aws:principalisawsservice aws:principalservicename aws:principalservicenameslist aws:userid
    aws:sourceaccount aws:sourcearn aws:sourceorgid aws:sourceorgpaths aws:sourceidentity aws:sourcevpc aws:sourcevpce
    aws:vpcsourceip aws:referer aws:tokenissuetime aws:multifactorauthage aws:multifactorauthpresent
    aws:federatedprovider aws:viaawsservice aws:calledvia aws:calledviafirst aws:calledvialast
"""
_KEYS = frozenset(_NAMES.split())
_TAG = "aws:principaltag/"
_OPERATOR = re.compile(r"(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?\Z")
_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?\Z")
_EPOCH = re.compile(r"[0-9]{5,12}(?:\.[0-9]+)?\Z")
_MONTH = re.compile(r"[0-9]{4}(-[0-9]{2})?\Z")


class Condition(NamedTuple):
    """One key of one operator. A value in the request matches if a test does, or none if `negated`."""

    key: str
    tests: tuple[Test, ...]
    negated: bool
    of_absence: bool  # what is tested is whether the key is absent
    quantifier: str | None  # ForAllValues, ForAnyValue
    if_exists: bool


def read(condition: Any) -> tuple[Condition, ...]:
    """What a statement's `Condition` asks; InvalidPolicy for what IAM does not know."""
    if not isinstance(condition, dict):
        raise errors.InvalidPolicy("A condition is an object of operators.")
    conditions = []
    for name, block in condition.items():
        found = _OPERATOR.match(name)
        known = _OPERATORS.get(found[2]) if found else None
        if not found or not known or (found[2] == "Null" and found[3]):
            raise errors.InvalidPolicy(f"Unknown condition operator '{name}'.")
        if not isinstance(block, dict) or not block:
            raise errors.InvalidPolicy(f"The condition operator '{name}' has no condition field.")
        for key, values in block.items():
            tests = tuple(_test(known[0], key, value) for value in _values(key, values))
            conditions.append(Condition(_key(key), tests, known[1], found[2] == "Null", found[1], found[3] is not None))
    return tuple(conditions)


def hold(conditions: Sequence[Condition], values: Mapping[str, Sequence[str]]) -> bool:
    """Whether all of them hold for what a request says, by keys in lower case."""
    return all(_holds(condition, values.get(condition.key, ())) for condition in conditions)


def like(pattern: str) -> Test:
    """Whether a text matches the pattern, where `*` is any text and `?` any character."""
    # fnmatch never tries two ways to read the same text, so no pattern takes exponential time.
    match = re.compile(fnmatch.translate(pattern.replace("[", "[[]"))).match
    return lambda given: match(given) is not None


def _holds(condition: Condition, given: Sequence[str]) -> bool:
    """Whether the condition holds for what the request gives for its key.

    Unverified: of several values and no quantifier, one must match; where the operator is negated, none may.
    """
    if condition.of_absence:
        given = ["false" if given else "true"]
    quantifier = condition.quantifier or ("ForAllValues" if condition.negated else "ForAnyValue")
    if not given:
        return condition.if_exists or quantifier == "ForAllValues"
    matching = (any(test(value) for test in condition.tests) != condition.negated for value in given)
    return all(matching) if quantifier == "ForAllValues" else any(matching)


# ---- keys and values


def _key(key: str) -> str:
    prefix, _, name = key.partition(":")
    spelt = f"{prefix}:{name.lower()}"
    if spelt not in _KEYS and not (spelt.startswith(_TAG) and spelt != _TAG):
        raise errors.UnknownConditionField(field=key)
    return spelt


def _values(key: str, values: Any) -> list[str]:
    """The texts of one value or several; numbers and truth values are given as such too."""
    listed = values if isinstance(values, list) else [values]
    if not listed or not all(isinstance(value, str | int | float) for value in listed):
        raise errors.InvalidPolicy(f"The condition field '{key}' has no value.")
    return [str(value).lower() if isinstance(value, bool) else str(value) for value in listed]


def _test(prepare: Callable[[str], Test], key: str, value: str) -> Test:
    try:
        return prepare(value)
    except (ValueError, OverflowError):
        raise errors.InvalidPolicy(f"Invalid value '{value}' of the condition field '{key}'.") from None


# ---- operators: from a value in the policy to the test of a value in the request


def _compared(read: Callable[[str], Any], relation: Callable[[Any, Any], bool]) -> Callable[[str], Test]:
    def prepare(value: str) -> Test:
        wanted = read(value)

        def test(given: str) -> bool:
            try:
                return relation(read(given), wanted)
            except (ValueError, OverflowError):
                return False

        return test

    return prepare


def _in_network(value: str) -> Test:
    network = ipaddress.ip_network(value, strict=False)

    def test(given: str) -> bool:
        try:
            return ipaddress.ip_address(given) in network
        except ValueError:
            return False

    return test


def _like_arn(value: str) -> Test:
    """Each of the six parts matches its own pattern; no wildcard reaches over a colon before the last."""
    tests = [like(part) for part in value.split(":", 5)]

    def test(given: str) -> bool:
        parts = given.split(":", 5)
        return len(parts) == len(tests) and all(matches(part) for matches, part in zip(tests, parts, strict=True))

    return test


def _number(text: str) -> float:
    if not _NUMBER.match(text):
        raise ValueError(text)
    return float(text)


def _moment(text: str) -> float:
    """The seconds since 1970 of a date: of a year or month alone, its beginning; UTC where no zone is given."""
    if _EPOCH.match(text):
        return float(text)
    partial = _MONTH.match(text)
    when = datetime.fromisoformat(f"{text}{'-01' if partial[1] else '-01-01'}" if partial else text)
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()


def _truth(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ValueError(text)
    return text.lower() == "true"


def _ordered(kind: str, read: Callable[[str], Any]) -> dict[str, tuple[Callable[[str], Test], bool]]:
    return {
        f"{kind}Equals": (_compared(read, operator.eq), False),
        f"{kind}NotEquals": (_compared(read, operator.eq), True),
        f"{kind}LessThan": (_compared(read, operator.lt), False),
        f"{kind}LessThanEquals": (_compared(read, operator.le), False),
        f"{kind}GreaterThan": (_compared(read, operator.gt), False),
        f"{kind}GreaterThanEquals": (_compared(read, operator.ge), False),
    }


# How a value is tested, and whether it must fail.
_OPERATORS: dict[str, tuple[Callable[[str], Test], bool]] = {
    "StringEquals": (_compared(str, operator.eq), False),
    "StringNotEquals": (_compared(str, operator.eq), True),
    "StringEqualsIgnoreCase": (_compared(str.lower, operator.eq), False),
    "StringNotEqualsIgnoreCase": (_compared(str.lower, operator.eq), True),
    "StringLike": (like, False),
    "StringNotLike": (like, True),
    **_ordered("Numeric", _number),
    **_ordered("Date", _moment),
    "Bool": (_compared(_truth, operator.eq), False),
    "Null": (_compared(_truth, operator.eq), False),
    "IpAddress": (_in_network, False),
    "NotIpAddress": (_in_network, True),
    "ArnEquals": (_like_arn, False),
    "ArnNotEquals": (_like_arn, True),
    "ArnLike": (_like_arn, False),
    "ArnNotLike": (_like_arn, True),
}
