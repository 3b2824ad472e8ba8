"""The actions of receipt rules: their numbers, their members, and what these must say."""

import pytest

from tests.support import xml
from tests.support.aws import Account
from tests.support.receipt_rules import (
    CHANGES,
    FUNCTION,
    NULL,
    S3,
    SET,
    SNS,
    STOP,
    TOPIC,
    created,
    described,
    invalid,
    malformed,
    names,
    put,
    violations,
)

ONE_TYPE = invalid("Exactly one action type must be specified for each ReceiptAction")
HEADER = "AddHeaderAction"


@pytest.fixture
def account(account: Account) -> Account:
    """An account with a rule set."""
    account.client().create_receipt_rule_set(RuleSetName=SET)
    return account


def test_ses_adds_its_defaults_to_actions(account: Account) -> None:
    found = created(account, Actions=[SNS, {"LambdaAction": {"FunctionArn": FUNCTION}}])["Actions"]
    assert found == [
        {"SNSAction": {"TopicArn": TOPIC, "Encoding": "UTF-8"}},
        {"LambdaAction": {"FunctionArn": FUNCTION, "InvocationType": "Event"}},
    ]


# ---- their numbers


@pytest.mark.parametrize("action", CHANGES)
def test_a_slot_of_an_action_has_one_of_one_type(account: Account, action: str) -> None:
    bucket, topic = "S3Action__BucketName", "SNSAction__TopicArn"
    for given in (
        {f"Actions__member__2__{bucket}": "mails"},
        {"Actions__member__1__Other": "x"},
        {"Actions__member__1": "x"},
        {f"Actions__member__1__{bucket}": "mails", f"Actions__member__1__{topic}": TOPIC},
        {f"Actions__member__01__{bucket}": "mails", f"Actions__member__2__{bucket}": "mails"},
        {f"Actions__member__99999999999999999999__{bucket}": "mails"},
    ):
        assert put(account, action, Name="rule", **given) == ONE_TYPE
        assert put(account, action, "a b", TlsPolicy="x", **given) == ONE_TYPE
    zero = put(account, action, Name="rule", **{f"Actions__member__0__{bucket}": "mails", "Actions__member__3__x": "x"})
    assert zero == malformed("0 is not a valid index")
    both = put(account, action, Name="rule", Actions__member__1__x="x", ScanEnabled="x")
    assert both == malformed("boolean must follow xsd1.1 definition")


def test_an_action_may_have_a_padded_number(account: Account) -> None:
    numbers = {"1": "a", "01": "b", "\u0662": "c"}
    put(account, Name="rule", **{f"Actions__member__{each}__S3Action__BucketName": numbers[each] for each in numbers})
    assert described(account)["Actions"] == [{"S3Action": {"BucketName": "b"}}]


# ---- their members


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("S3Action.TopicArn", ["s3Action.bucketName"]),
        ("BounceAction.TopicArn", ["bounceAction.smtpReplyCode", "bounceAction.sender", "bounceAction.message"]),
        ("WorkmailAction.TopicArn", ["workmailAction.organizationArn"]),
        ("LambdaAction.TopicArn", ["lambdaAction.functionArn"]),
        ("StopAction.TopicArn", ["stopAction.scope"]),
        ("AddHeaderAction", ["addHeaderAction.headerName", "addHeaderAction.headerValue"]),
        ("SNSAction.Encoding", ["sNSAction.topicArn"]),
        ("ConnectAction", ["connectAction.instanceARN", "connectAction.iAMRoleARN"]),
    ],
)
def test_actions_demand_their_members(account: Account, given: str, found: list[str]) -> None:
    answer = put(account, Name="rule", **{f"Actions__member__1__{given.replace('.', '__')}": "UTF-8"})
    assert answer == violations(*((f"rule.actions.1.member.{path}", NULL) for path in found))


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("LambdaAction.InvocationType", ("lambdaAction.invocationType", "[RequestResponse, Event]")),
        ("StopAction.Scope", ("stopAction.scope", "[RuleSet]")),
        ("SNSAction.Encoding", ("sNSAction.encoding", "[Base64, UTF-8]")),
    ],
)
def test_values_that_an_action_does_not_know_are_told_with_those_there_are(
    account: Account, given: str, found: tuple[str, str]
) -> None:
    path, values = found
    answer = put(account, Name="rule", **{f"Actions__member__1__{given.replace('.', '__')}": "event"})
    (_, code, text) = answer
    assert code == "ValidationError"
    constraint = f"Member must satisfy enum value set: {values}"
    told = f"Value at 'rule.actions.1.member.{path}' failed to satisfy constraint: {constraint}"
    assert told in (text or "")


# ---- header fields and stops


@pytest.mark.parametrize("action", CHANGES)
def test_the_name_of_a_header_has_printable_characters_but_no_colon(account: Account, action: str) -> None:
    created(account, Actions=[{HEADER: {"HeaderName": "!#$'*+-.^_`{|}~\"(),/;<=>?@[]x0", "HeaderValue": "x"}}])
    for bad in ("", "X:", "X Y", "Ä", "x" * 51, "X\t", "X\n"):
        header = {f"Actions__member__1__{HEADER}__{each}": bad for each in ("HeaderName", "HeaderValue")}
        assert put(account, action, Name="rule", **header) == invalid(f"Invalid header name: {bad}")


@pytest.mark.parametrize("action", CHANGES)
def test_the_value_of_a_header_is_one_line_of_at_most_2048_characters(account: Account, action: str) -> None:
    for number, fine in enumerate(("", "a\tb", "ünï 😀", "x" * 2048)):
        rule = {"Name": f"r{number}", "Actions": [{HEADER: {"HeaderName": "x" * 50, "HeaderValue": fine}}]}
        account.client().create_receipt_rule(RuleSetName=SET, Rule=rule)
        assert described(account, f"r{number}")["Actions"] == rule["Actions"]
    for bad, told in (("a\nb", "a0x000ab"), ("a\r\n", "a0x000d0x000a"), ("x" * 2049, "x" * 2049)):
        header = {f"Actions__member__1__{HEADER}__HeaderName": "X", f"Actions__member__1__{HEADER}__HeaderValue": bad}
        assert put(account, action, Name="rule", **header) == invalid(f"Invalid header value: {told}")


def test_a_header_that_xml_cannot_hold_cannot_be_described_until_its_rule_is_gone(account: Account) -> None:
    created(account)
    header = {f"Actions__member__1__{HEADER}__HeaderName": "X", f"Actions__member__1__{HEADER}__HeaderValue": "\x01"}
    assert put(account, Name="bad", **header)[0] == 200
    for action, given in (("DescribeReceiptRule", {"RuleName": "bad"}), ("DescribeReceiptRuleSet", {})):
        answer = account.query(action, {"RuleSetName": SET, **given})
        assert xml.refusal(answer) == (500, "InternalFailure", None)
        assert xml.root(answer).findtext(".//{*}Type") == "Receiver"
    assert described(account)["Name"] == "rule"
    account.client().delete_receipt_rule(RuleSetName=SET, RuleName="bad")
    assert names(account) == ["rule"]


@pytest.mark.parametrize("action", CHANGES)
def test_a_stop_is_the_last_action(account: Account, action: str) -> None:
    created(account, Actions=[S3, STOP])
    first = {"Actions__member__1__StopAction__Scope": "RuleSet", "Actions__member__2__S3Action__BucketName": ""}
    text = "Stop action, if any, must be placed at the end of the actions list"
    assert put(account, action, Name="rule", **first) == invalid(text)
    assert put(account, action, "nope", Name="rule", **first) == invalid(text)
