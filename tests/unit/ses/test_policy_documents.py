"""Policies without a server: what is read, what is refused, what they say to a request."""

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.ses import policy_conditions, policy_documents
from emulator.ses.errors import InvalidPolicy, UnknownConditionField
from emulator.ses.policy_documents import Request, Statement

ARN = "arn:aws:ses:us-east-1:111111111111:identity/example.com"
CALLER, USER = "222222222222", "arn:aws:iam::222222222222:user/jane"
VALUES = {
    "ses:fromaddress": ["sales@example.com"],
    "ses:recipients": ["a@example.net", "b@example.org"],
    "aws:currenttime": ["2026-03-01T12:00:00+00:00"],
    "aws:epochtime": ["1772366400"],
    "aws:sourceip": ["192.0.2.7"],
    "aws:securetransport": ["false"],
    "aws:principalarn": [USER],
}


def statement(**changed: Any) -> dict[str, Any]:
    """A statement that allows the caller to send; a member that is None is left out."""
    members = {"Effect": "Allow", "Principal": {"AWS": CALLER}, "Action": "ses:SendEmail", "Resource": ARN} | changed
    return {name: value for name, value in members.items() if value is not None}


def policy(*statements: Any, **changed: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements) or [statement()]} | changed)


def effect(*statements: Any, action: str = "ses:SendEmail", values: Any = VALUES, user: str = USER) -> str | None:
    return policy_documents.effect(
        policy_documents.read(policy(*statements)), Request(user.split(":")[4], user, action, values)
    )


def holds(operator: str, key: str, wanted: Any, values: Any = VALUES) -> bool:
    return policy_conditions.hold(policy_conditions.read({operator: {key: wanted}}), values)


# ---- what is read


@pytest.mark.parametrize(
    "text",
    [
        policy(),
        policy(Id="any", Version="2008-10-17"),
        json.dumps({"Statement": statement(Sid="one")}),
        policy(statement(Principal="*")),
        policy(statement(Principal={"AWS": "*"})),
        policy(statement(Principal={"AWS": [CALLER, USER], "Service": "cognito-idp.amazonaws.com"})),
        policy(statement(Principal={"AWS": "arn:aws:sts::222222222222:assumed-role/sender/session"})),
        policy(statement(Action=["SES:SendEmail", "ses:Send*", "ses:*", "*", "ses:GetEmailIdentity"])),
        policy(statement(Action=None, NotAction="ses:SendRawEmail")),
        policy(statement(Resource=[ARN])),
        policy(statement(Condition={})),
        policy(statement(Condition={"Bool": {"aws:SecureTransport": True}, "Null": {"aws:sourcearn": [False]}})),
        policy(statement(Condition={"StringEquals": {"aws:PrincipalTag/team": "mail", "aws:SourceAccount": CALLER}})),
    ],
)
def test_a_policy_of_iams_grammar_is_read(text: str) -> None:
    assert policy_documents.read(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not valid JSON"),
        ("{", "not valid JSON"),
        ('{"Statement": NaN}', "not valid JSON"),
        ("[" * 4000, "not valid JSON"),
        ('{"a":' * 600, "not valid JSON"),
        (policy() + " " * 4096, "longer than 4096 bytes"),
        ('{"Id": "' + "é" * 2048 + '"}', "longer than 4096 bytes"),
        ("[]", "not a JSON object"),
        ('"text"', "not a JSON object"),
        ('{"Statement": [], "Statement": []}', "two elements of one name"),
        (policy(Statements=[]), "Unknown element 'Statements'"),
        (policy(Version="2012-10-18"), "Unknown version '2012-10-18'"),
        (policy(Version=["2012-10-17"]), "'Version' is no text"),
        (policy(Id=1), "'Id' is no text"),
        ('{"Version": "2012-10-17"}', "no statement"),
        ('{"Statement": []}', "no statement"),
        (policy("Allow"), "not a JSON object"),
        (policy(statement(Sid=1)), "'Sid' is no text"),
        (policy(statement(Effect=None)), "effect"),
        (policy(statement(Effect="allow")), "effect"),
        (policy(statement(Effect=["Allow"])), "effect"),
        (policy(statement(Principal=None)), "no valid principal"),
        (policy(statement(Principal=CALLER)), "no valid principal"),
        (policy(statement(Principal={})), "no valid principal"),
        (policy(statement(Principal={"AWS": []})), "no valid principal"),
        (policy(statement(Principal={"AWS": 222222222222})), "no valid principal"),
        (policy(statement(Principal=None, NotPrincipal={"AWS": CALLER})), "Unknown element 'NotPrincipal'"),
        (policy(statement(Principal={"AWS": "22222222222"})), "Invalid principal '22222222222'"),
        (policy(statement(Principal={"AWS": "arn:aws:iam::222222222222:user/*"})), "Invalid principal"),
        (policy(statement(Principal={"AWS": "arn:aws:iam::222222222222:group"})), "Invalid principal"),
        (policy(statement(Principal={"Service": CALLER})), "Invalid principal"),
        (policy(statement(Principal={"Federated": "accounts.google.com"})), "Invalid principal"),
        (policy(statement(Action=None)), "no valid action"),
        (policy(statement(Action=[])), "no valid action"),
        (policy(statement(Action=[["ses:SendEmail"]])), "no valid action"),
        (policy(statement(Action=["ses:SendEmail", "s3:GetObject"])), "Unknown action 's3:GetObject'"),
        (policy(statement(Action="SendEmail")), "Unknown action"),
        (policy(statement(NotAction="ses:SendRawEmail")), "Action or NotAction"),
        (policy(statement(Resource=None)), "one resource"),
        (policy(statement(Resource=[ARN, ARN])), "one resource"),
        (policy(statement(Resource={"a": ARN})), "one resource"),
        (policy(statement(Resource=None, NotResource=ARN)), "Unknown element 'NotResource'"),
        (policy(statement(Condition=[])), "object of operators"),
        (policy(statement(Condition={"StringMatches": {"ses:FromAddress": "a"}})), "operator 'StringMatches'"),
        (policy(statement(Condition={"ForEach:StringLike": {"ses:FromAddress": "a"}})), "Unknown condition operator"),
        (policy(statement(Condition={"NullIfExists": {"ses:FromAddress": "true"}})), "operator 'NullIfExists'"),
        (policy(statement(Condition={"StringLike": {}})), "no condition field"),
        (policy(statement(Condition={"StringLike": {"ses:FromAddress": []}})), "no value"),
        (policy(statement(Condition={"StringLike": {"ses:FromAddress": None}})), "no value"),
        (policy(statement(Condition={"StringLike": {"ses:FromAddress": {"a": 1}}})), "no value"),
        (policy(statement(Condition={"DateLessThan": {"aws:CurrentTime": "tomorrow"}})), "Invalid value 'tomorrow'"),
        (policy(statement(Condition={"DateLessThan": {"aws:CurrentTime": "2026-13"}})), "Invalid value '2026-13'"),
        (policy(statement(Condition={"IpAddress": {"aws:SourceIp": "192.0.2.0/33"}})), "Invalid value"),
        (policy(statement(Condition={"NumericEquals": {"aws:EpochTime": "nan"}})), "Invalid value"),
        (policy(statement(Condition={"Bool": {"aws:SecureTransport": "yes"}})), "Invalid value"),
    ],
)
def test_any_other_policy_is_refused_for_its_first_fault(text: str, said: str) -> None:
    with pytest.raises(InvalidPolicy, match=re.escape(said)):
        policy_documents.read(text)


@pytest.mark.parametrize(
    "key", ["AWS:SourceAccount", "aws:Source", "ses:Subject", "FromAddress", "", "aws:PrincipalTag/"]
)
def test_a_condition_field_that_is_unknown_is_named_as_it_was_spelt(key: str) -> None:
    with pytest.raises(UnknownConditionField, match=f"^Unknown or unapplicable condition field '{key}'.$"):
        policy_documents.read(policy(statement(Condition={"StringEquals": {key: "a"}})))


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(), lambda it: st.lists(it) | st.dictionaries(st.text(), it)
    )
)
def test_a_compact_policy_is_the_same_json_without_white_space(document: Any) -> None:
    text = json.dumps(document, indent=3)
    compact = policy_documents.compact(text)
    assert compact == json.dumps(document, separators=(",", ":"))


def test_a_compact_policy_keeps_escapes_and_blanks_in_texts() -> None:
    assert policy_documents.compact('\t{ "a \\" b" :\r\n"\\u0041 \\/ \\\\" , "c": 1.50 }\n') == (
        '{"a \\" b":"\\u0041 \\/ \\\\","c":1.50}'
    )


# ---- what a policy says


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, "Allow"),
        ({"Effect": "Deny"}, "Deny"),
        ({"Principal": "*"}, "Allow"),
        ({"Principal": {"AWS": ["333333333333", "*"]}}, "Allow"),
        ({"Principal": {"AWS": f"arn:aws:iam::{CALLER}:root"}}, "Allow"),
        ({"Principal": {"AWS": USER}}, "Allow"),
        ({"Principal": {"AWS": "333333333333"}}, None),
        ({"Principal": {"AWS": f"arn:aws:iam::{CALLER}:user/john"}}, None),
        ({"Principal": {"Service": "cognito-idp.amazonaws.com"}}, None),
        ({"Action": "SES:SENDEMAIL"}, "Allow"),
        ({"Action": "ses:Send*"}, "Allow"),
        ({"Action": "ses:????Email"}, "Allow"),
        ({"Action": ["ses:SendRawEmail", "ses:SendEmail"]}, "Allow"),
        ({"Action": "ses:SendRawEmail"}, None),
        ({"Action": None, "NotAction": "ses:SendRawEmail"}, "Allow"),
        ({"Action": None, "NotAction": ["ses:SendRawEmail", "ses:Send*"]}, None),
        ({"Condition": {"StringEquals": {"ses:FromAddress": "sales@example.com"}}}, "Allow"),
        ({"Condition": {"StringEquals": {"ses:FromAddress": ["x@y", "sales@example.com"]}}}, "Allow"),
        ({"Condition": {"StringEquals": {"ses:FromAddress": "x@y"}}}, None),
    ],
)
def test_a_statement_speaks_of_whom_and_what_it_names(changed: dict[str, Any], said: str | None) -> None:
    assert effect(statement(**changed)) == said


def test_conditions_hold_together_and_their_values_each() -> None:
    one = {"StringLike": {"ses:FromAddress": "*@example.com"}}
    other = {"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}}
    assert effect(statement(Condition=one)) == "Allow"
    assert effect(statement(Condition=one | other)) is None
    both = {"StringLike": {"ses:FromAddress": "*@example.com", "aws:PrincipalArn": "*john"}}
    assert effect(statement(Condition=both)) is None


PARTS = st.sampled_from(
    [
        statement(),
        statement(Effect="Deny"),
        statement(Principal={"AWS": "333333333333"}),
        statement(Effect="Deny", Action="ses:SendRawEmail"),
        statement(Effect="Deny", Condition={"StringLike": {"ses:FromAddress": "x*"}}),
        statement(Condition={"StringLike": {"ses:FromAddress": "s*"}}),
    ]
)


@given(st.lists(PARTS, min_size=1, max_size=6), st.randoms())
def test_a_denial_wins_and_the_order_of_statements_does_not_matter(parts: list[Any], random: Any) -> None:
    alone = {effect(part) for part in parts}
    expected = "Deny" if "Deny" in alone else "Allow" if "Allow" in alone else None
    assert effect(*parts) == expected
    random.shuffle(parts)
    assert effect(*parts) == expected


# ---- operators


@pytest.mark.parametrize(
    ("operator", "key", "wanted", "expected"),
    [
        ("StringEquals", "ses:FromAddress", "sales@example.com", True),
        ("StringEquals", "ses:fromADDRESS", "Sales@example.com", False),
        ("StringEquals", "ses:FromAddress", "*", False),
        ("StringNotEquals", "ses:FromAddress", ["x@y", "z@y"], True),
        ("StringNotEquals", "ses:FromAddress", ["x@y", "sales@example.com"], False),
        ("StringEqualsIgnoreCase", "ses:FromAddress", "SALES@EXAMPLE.COM", True),
        ("StringNotEqualsIgnoreCase", "ses:FromAddress", "SALES@EXAMPLE.COM", False),
        ("StringLike", "ses:FromAddress", "s*@example.???", True),
        ("StringLike", "ses:FromAddress", "S*", False),
        ("StringLike", "ses:FromAddress", "sales", False),
        ("StringLike", "ses:FromAddress", "[s]ales*", False),
        ("StringNotLike", "ses:FromAddress", "*admin*", True),
        ("StringNotLike", "ses:FromAddress", "sales*", False),
        ("NumericEquals", "aws:EpochTime", 1772366400, True),
        ("NumericEquals", "aws:EpochTime", "1772366400.0", True),
        ("NumericNotEquals", "aws:EpochTime", "1772366400", False),
        ("NumericLessThan", "aws:EpochTime", "1772366400", False),
        ("NumericLessThanEquals", "aws:EpochTime", "1772366400", True),
        ("NumericGreaterThan", "aws:EpochTime", "1772366399.5", True),
        ("NumericGreaterThanEquals", "aws:EpochTime", "1772366401", False),
        ("NumericEquals", "ses:FromAddress", "1", False),
        ("DateEquals", "aws:CurrentTime", "2026-03-01T13:00+01:00", True),
        ("DateNotEquals", "aws:CurrentTime", "2026-03-01T12:00:00Z", False),
        ("DateLessThan", "aws:CurrentTime", "2026-03-01T12:00:00Z", False),
        ("DateLessThan", "aws:CurrentTime", "2027", True),
        ("DateLessThan", "aws:EpochTime", "2026-04", True),
        ("DateLessThanEquals", "aws:CurrentTime", "1772366400", True),
        ("DateGreaterThan", "aws:CurrentTime", "2026-03-01", True),
        ("DateGreaterThan", "aws:CurrentTime", "2026-03-01T12:00:00.5Z", False),
        ("DateGreaterThanEquals", "aws:EpochTime", "2026-03-01T12:00Z", True),
        ("Bool", "aws:SecureTransport", "False", True),
        ("Bool", "aws:SecureTransport", True, False),
        ("IpAddress", "aws:SourceIp", "192.0.2.0/24", True),
        ("IpAddress", "aws:SourceIp", "192.0.2.7", True),
        ("IpAddress", "aws:SourceIp", "192.0.2.1/29", True),
        ("IpAddress", "aws:SourceIp", ["2001:db8::/32", "10.0.0.0/8"], False),
        ("NotIpAddress", "aws:SourceIp", "192.0.2.0/24", False),
        ("NotIpAddress", "aws:SourceIp", "10.0.0.0/8", True),
        ("ArnEquals", "aws:PrincipalArn", "arn:aws:iam::*:user/ja?e", True),
        ("ArnLike", "aws:PrincipalArn", "arn:*:user/jane", False),
        ("ArnLike", "ses:FromAddress", "arn:aws:iam::*:user/*", False),
        ("ArnNotEquals", "aws:PrincipalArn", USER, False),
        ("ArnNotLike", "aws:PrincipalArn", "arn:aws:iam::*:role/*", True),
        ("Null", "ses:FromAddress", "false", True),
        ("Null", "ses:FromAddress", "true", False),
        ("Null", "ses:FromDisplayName", "true", True),
        ("Null", "ses:FromDisplayName", False, False),
    ],
)
def test_an_operator_compares_as_iam_does(operator: str, key: str, wanted: Any, expected: bool) -> None:
    assert holds(operator, key, wanted) is expected


@pytest.mark.parametrize(
    ("operator", "expected"),
    [
        ("StringEquals", False),
        ("StringNotEquals", True),
        ("NotIpAddress", True),
        ("DateLessThan", False),
        ("StringEqualsIfExists", True),
        ("StringNotEqualsIfExists", True),
        ("ForAllValues:StringEquals", True),
        ("ForAnyValue:StringEquals", False),
        ("ForAllValues:StringNotEquals", True),
        ("ForAnyValue:StringNotEquals", False),
        ("ForAnyValue:StringEqualsIfExists", True),
    ],
)
def test_a_key_without_a_value_matches_nothing(operator: str, expected: bool) -> None:
    wanted = "192.0.2.0" if "Ip" in operator else "2026"
    assert holds(operator, "ses:FromDisplayName", wanted) is expected
    assert holds(operator, "ses:FromDisplayName", wanted, {"ses:fromdisplayname": []}) is expected


@pytest.mark.parametrize(
    ("operator", "wanted", "expected"),
    [
        ("StringLike", "*@example.net", True),
        ("StringLike", "*@example.com", False),
        ("StringNotLike", "*@example.net", False),
        ("StringNotLike", "*@example.com", True),
        ("ForAllValues:StringLike", "*@example.net", False),
        ("ForAllValues:StringLike", ["*@example.net", "*@example.org"], True),
        ("ForAnyValue:StringLike", "*@example.net", True),
        ("ForAnyValue:StringLike", "*@example.com", False),
        ("ForAllValues:StringNotLike", "*@example.net", False),
        ("ForAllValues:StringNotLike", "*@example.com", True),
        ("ForAnyValue:StringNotLike", "*@example.net", True),
        ("ForAnyValue:StringNotLike", "*@example.*", False),
        ("ForAllValues:StringLikeIfExists", "*@example.net", False),
    ],
)
def test_of_several_values_all_or_any_must_match(operator: str, wanted: Any, expected: bool) -> None:
    assert holds(operator, "ses:Recipients", wanted) is expected


def _like(pattern: str, text: str) -> bool:
    """The plain model: what the pattern's first character may stand for, and the rest for the rest."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return _like(pattern[1:], text) or (bool(text) and _like(pattern, text[1:]))
    return bool(text) and pattern[0] in ("?", text[0]) and _like(pattern[1:], text[1:])


@given(st.text("ab*?[]!.\n", max_size=8), st.text("ab[]!.\n", max_size=8))
def test_wildcards_match_as_a_plain_model_does(pattern: str, text: str) -> None:
    assert policy_conditions.like(pattern)(text) is _like(pattern, text)


def test_a_pattern_of_many_wildcards_is_no_trap() -> None:
    assert not policy_conditions.like("*a" * 1000 + "b")("a" * 5000)
    assert policy_conditions.like("*a" * 1000 + "*b")("a" * 5000 + "b")


@given(st.datetimes(datetime(1971, 1, 1), datetime(2099, 1, 1)).map(lambda it: it.replace(microsecond=0, tzinfo=UTC)))  # noqa: DTZ001
def test_a_date_is_the_same_as_text_and_as_seconds(moment: datetime) -> None:
    values = {"aws:currenttime": [moment.isoformat()], "aws:epochtime": [str(int(moment.timestamp()))]}
    for wanted in (moment.isoformat(), str(int(moment.timestamp()))):
        assert holds("DateEquals", "aws:CurrentTime", wanted, values)
        assert holds("DateLessThanEquals", "aws:EpochTime", wanted, values)
        assert not holds("DateGreaterThan", "aws:EpochTime", wanted, values)


def test_a_policy_is_read_once() -> None:
    text = policy(statement(Sid="read once"))
    first: tuple[Statement, ...] = policy_documents.read(text)
    assert policy_documents.read(text) is first
