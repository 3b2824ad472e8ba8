"""Receipt rules: created, described, changed and deleted; what of their own they must say."""

import pytest

from tests.support import receipt_rules, xml
from tests.support.aws import Account
from tests.support.receipt_rules import (
    CHANGES,
    FUNCTION,
    NULL,
    PATTERN,
    S3,
    SET,
    STOP,
    TOO_SHORT,
    TOPIC,
    Refusal,
    created,
    described,
    invalid,
    malformed,
    names,
    put,
    unknown,
    violations,
)

UNKNOWN_SET = (400, "RuleSetDoesNotExist", "Rule set does not exist: nope")
HEADER = "AddHeaderAction"
# Calls with the name of a rule: what else they need, the member and its path.
NAMED: list[tuple[str, dict[str, str], str, str]] = [
    ("CreateReceiptRule", {}, "Rule.Name", "rule.name"),
    ("UpdateReceiptRule", {}, "Rule.Name", "rule.name"),
    ("DeleteReceiptRule", {}, "RuleName", "ruleName"),
    ("DescribeReceiptRule", {}, "RuleName", "ruleName"),
    ("SetReceiptRulePosition", {}, "RuleName", "ruleName"),
]


@pytest.fixture
def account(account: Account) -> Account:
    """An account with a rule set."""
    account.client().create_receipt_rule_set(RuleSetName=SET)
    return account


# ---- what is described


def test_a_rule_of_nothing_but_a_name_has_the_defaults(account: Account) -> None:
    expected = {"Name": "rule", "Enabled": False, "TlsPolicy": "Optional", "Actions": [], "ScanEnabled": False}
    assert created(account) == expected
    text = account.query("DescribeReceiptRule", RuleSetName=SET, RuleName="rule").text
    assert "Recipients" not in text
    assert "<Actions/>" in text


def test_a_rule_is_given_back_as_it_was_given(account: Account) -> None:
    account.client().verify_email_identity(EmailAddress="postmaster@example.com")
    account.inspect("POST", "/identities/postmaster@example.com/verify")
    role = "arn:aws:iam::123456789012:role/mails"
    instance = "arn:aws:connect:us-east-1:123456789012:instance/11111111-2222-3333-4444-555555555555"
    bounce = {"SmtpReplyCode": "550", "StatusCode": "5.1.1", "Message": "No", "Sender": "postmaster@example.com"}
    actions = [
        {"AddHeaderAction": {"HeaderName": "X-Seen", "HeaderValue": "yes, 1"}},
        {
            "S3Action": {
                "TopicArn": TOPIC,
                "BucketName": "mails",
                "ObjectKeyPrefix": "in/",
                "KmsKeyArn": receipt_rules.KEY,
                "IamRoleArn": role,
            }
        },
        {"SNSAction": {"TopicArn": TOPIC, "Encoding": "Base64"}},
        {"LambdaAction": {"TopicArn": TOPIC, "FunctionArn": FUNCTION, "InvocationType": "RequestResponse"}},
        {"BounceAction": {"TopicArn": TOPIC, **bounce}},
        {"WorkmailAction": {"OrganizationArn": "arn:aws:workmail:us-east-1:123456789012:organization/m-0"}},
        {"ConnectAction": {"InstanceARN": instance, "IAMRoleARN": role}},
        {"StopAction": {"Scope": "RuleSet", "TopicArn": TOPIC}},
    ]
    recipients = [".example.com", "ann@example.com", "example.com"]
    given = {"Enabled": True, "TlsPolicy": "Require", "Recipients": recipients, "Actions": actions, "ScanEnabled": True}
    assert created(account, **given) == {"Name": "rule", **given}


def test_members_come_in_the_order_of_the_model(account: Account) -> None:
    created(account, Actions=[S3], Recipients=["example.com"])
    answer = account.query("DescribeReceiptRule", RuleSetName=SET, RuleName="rule")
    rule = xml.root(answer).find(".//{*}Rule")
    assert rule is not None
    parts = ["Name", "Enabled", "TlsPolicy", "Recipients", "Actions", "ScanEnabled"]
    assert [part.tag.partition("}")[2] for part in rule] == parts


def test_recipients_are_sorted_in_lower_case_and_none_twice(account: Account) -> None:
    given = ["example.com", "Bob@Example.com", ".EXAMPLE.com", "ann+x@example.com", "bob@example.com"]
    expected = [".example.com", "ann+x@example.com", "bob@example.com", "example.com"]
    assert created(account, Recipients=given)["Recipients"] == expected


def test_more_than_a_hundred_recipients_are_taken(account: Account) -> None:
    given = [f"u{number:03}@example.com" for number in range(501)]
    assert created(account, Recipients=given)["Recipients"] == given


# ---- names


@pytest.mark.parametrize(("action", "more", "member", "path"), NAMED)
def test_the_name_of_a_rule_must_be_one(
    account: Account, action: str, more: dict[str, str], member: str, path: str
) -> None:
    def refused(name: str, rule_set: str = SET) -> Refusal:
        return xml.refusal(account.query(action, {"RuleSetName": rule_set, **more, member: name}))

    for bad in ("a b", "é", "a\n"):
        assert refused(bad) == violations((path, PATTERN))
    assert refused("") == violations((path, TOO_SHORT), (path, PATTERN))
    for bad in ("_a", "a_", ".", "a" * 65):
        assert refused(bad) == refused(bad, "nope") == invalid(f"Not a valid ruleName: {bad}")
    assert refused("a_", "b_") == invalid("Not a valid ruleSetName: b_")
    assert refused("a" * 64, "nope") == UNKNOWN_SET


@pytest.mark.parametrize("action", CHANGES)
def test_a_rule_must_be_there_and_have_a_name(account: Account, action: str) -> None:
    assert put(account, action) == violations(("rule", NULL))
    assert put(account, action, Enabled="true") == violations(("rule.name", NULL))
    assert put(account, action, Other="x") == violations(("rule.name", NULL))


@pytest.mark.parametrize("action", ["DeleteReceiptRule", "DescribeReceiptRule", "SetReceiptRulePosition"])
def test_the_name_of_a_rule_must_be_given(account: Account, action: str) -> None:
    assert xml.refusal(account.query(action, RuleSetName=SET)) == violations(("ruleName", NULL))


@pytest.mark.parametrize("action", CHANGES)
@pytest.mark.parametrize("member", ["Enabled", "ScanEnabled"])
def test_booleans_are_spelt_in_four_ways(account: Account, action: str, member: str) -> None:
    for text, value in (("true", True), ("1", True), ("false", False), ("0", False)):
        account.query("CreateReceiptRule", {"RuleSetName": SET, "Rule.Name": "rule"})
        account.query(action, {"RuleSetName": SET, "Rule.Name": "rule", f"Rule.{member}": text})
        if action == "UpdateReceiptRule":
            assert described(account)[member] is value
    for text in ("TRUE", "", "yes", "2"):
        found = put(account, action, name="a b", **{member: text})
        assert found == malformed("boolean must follow xsd1.1 definition")


# ---- the model


@pytest.mark.parametrize("action", CHANGES)
def test_an_unknown_tls_policy_is_told_with_those_there_are(account: Account, action: str) -> None:
    for policy in ("require", ""):
        found = put(account, action, Name="rule", TlsPolicy=policy)
        assert found == violations(("rule.tlsPolicy", "Member must satisfy enum value set: [Optional, Require]"))


def test_all_violations_of_a_rule_are_told_in_their_order(account: Account) -> None:
    given = {
        "RuleSetName": "a b",
        "After": "",
        "Rule.Name": "a b",
        "Rule.TlsPolicy": "x",
        "Rule.Actions.member.1.SNSAction.Encoding": "x",
        "Rule.Actions.member.2.LambdaAction.InvocationType": "x",
    }
    enum = "Member must satisfy enum value set: "
    assert xml.refusal(account.query("CreateReceiptRule", given)) == violations(
        ("ruleSetName", PATTERN),
        ("after", TOO_SHORT),
        ("after", PATTERN),
        ("rule.name", PATTERN),
        ("rule.tlsPolicy", f"{enum}[Optional, Require]"),
        ("rule.actions.1.member.sNSAction.encoding", f"{enum}[Base64, UTF-8]"),
        ("rule.actions.1.member.sNSAction.topicArn", NULL),
        ("rule.actions.2.member.lambdaAction.functionArn", NULL),
        ("rule.actions.2.member.lambdaAction.invocationType", f"{enum}[RequestResponse, Event]"),
    )


@pytest.mark.parametrize("action", CHANGES)
def test_recipients_are_addresses_domains_or_all_below_a_domain(account: Account, action: str) -> None:
    fine = ["a@b.co", "example.com", ".example.com", "A-1.b-2.example.com", "x!y'z+l@example.com", ".a.b.example.com"]
    created(account, Recipients=fine)
    for bad in (
        "", "not valid", "example..com", "example.-com", "example-.com", "foo..example.com", "foo.example-.com",
        "example.com-", "com", ".com", "@example.com", "a@b@example.com", "a b@example.com", "a@.example.com",
        "a@com", "..example.com", "example.com.", "exa_mple.com", "*@example.com ",
    ):  # fmt: skip
        found = put(account, action, Name="rule", Recipients__member__1="fine.example.com", Recipients__member__2=bad)
        assert found == invalid(f"Invalid recipient: {bad}")


# ---- which of two faults wins


@pytest.mark.parametrize("action", CHANGES)
def test_recipients_headers_and_stops_come_in_this_order_and_before_the_set(account: Account, action: str) -> None:
    stop = {"Actions__member__1__StopAction__Scope": "RuleSet", "Actions__member__2__S3Action__BucketName": "b"}
    header = {f"Actions__member__3__{HEADER}__HeaderName": "", f"Actions__member__3__{HEADER}__HeaderValue": ""}
    recipient = {"Recipients__member__1": "x"}
    all_of_them = stop | header | recipient
    assert put(account, action, "nope", Name="a_", **all_of_them) == invalid("Not a valid ruleName: a_")
    assert put(account, action, "nope", Name="a", **all_of_them) == invalid("Invalid recipient: x")
    assert put(account, action, "nope", Name="a", **stop, **header) == invalid("Invalid header name: ")
    assert put(account, action, "nope", Name="a") == UNKNOWN_SET


def test_a_name_that_is_taken_comes_before_the_place_and_the_actions(account: Account) -> None:
    created(account)
    eleven = {f"Actions__member__{number}__S3Action__BucketName": "" for number in range(1, 12)}
    given = {f"Rule.{name.replace('__', '.')}": value for name, value in eleven.items()}

    def create(name: str, **more: str) -> Refusal:
        call = {"RuleSetName": SET, "Rule.Name": name, **given, **more}
        return xml.refusal(account.query("CreateReceiptRule", call))

    assert create("rule", After="nope") == (400, "AlreadyExists", "Rule already exists: rule")
    assert create("other", After="nope") == unknown("nope")
    assert create("other", After="x" * 65) == unknown("x" * 65)
    assert create("other", After="rule") == (400, "LimitExceeded", "Too many actions")
    assert put(account, "UpdateReceiptRule", Name="nope", **eleven) == unknown("nope")
    assert put(account, "UpdateReceiptRule", Name="rule", **eleven) == (400, "LimitExceeded", "Too many actions")
    ten = {name: "b" for name in eleven if "__11__" not in name}
    assert put(account, "UpdateReceiptRule", Name="rule", **ten)[0] == 200
    assert names(account) == ["rule"]


def test_a_set_has_at_most_200_rules(account: Account) -> None:
    for number in range(200):
        assert account.query("CreateReceiptRule", {"RuleSetName": SET, "Rule.Name": f"r{number}"}).status == 200
    given = {"RuleSetName": SET, "After": "nope"}
    found = xml.refusal(account.query("CreateReceiptRule", {**given, "Rule.Name": "r200"}))
    assert found == (400, "LimitExceeded", "Too many rules")
    assert xml.code(account.query("CreateReceiptRule", {**given, "Rule.Name": "r7"})) == "AlreadyExists"
    assert put(account, "UpdateReceiptRule", Name="r7", Enabled="1")[0] == 200
    assert names(account) == [f"r{number}" for number in reversed(range(200))]
    account.client().delete_receipt_rule(RuleSetName=SET, RuleName="r7")
    assert put(account, Name="r200")[0] == 200


# ---- where rules stand


def create(account: Account, name: str, after: str | None = None) -> None:
    given = {} if after is None else {"After": after}
    account.client().create_receipt_rule(RuleSetName=SET, Rule={"Name": name}, **given)


# ---- UpdateReceiptRule


def test_an_update_replaces_all_of_the_rule_but_its_place(account: Account) -> None:
    for name in "cba":
        create(account, name)
    full = receipt_rules.rule("b", S3, STOP, Enabled=True, TlsPolicy="Require", ScanEnabled=True, Recipients=["a.de"])
    account.client().update_receipt_rule(RuleSetName=SET, Rule=full)
    assert described(account, "b") == full
    account.client().update_receipt_rule(RuleSetName=SET, Rule={"Name": "b"})
    assert described(account, "b") == {**described(account, "a"), "Name": "b"}
    assert names(account) == ["a", "b", "c"]


def test_a_refused_update_changes_nothing(account: Account) -> None:
    before = created(account, Enabled=True, Actions=[S3])
    assert put(account, "UpdateReceiptRule", Name="rule", Actions__member__1__S3Action__BucketName="")[0] == 400
    assert described(account) == before


def test_an_update_needs_the_rule(account: Account) -> None:
    assert put(account, "UpdateReceiptRule", Name="nope") == unknown("nope")
    assert names(account) == []


# ---- DeleteReceiptRule and DescribeReceiptRule


def test_a_deleted_rule_is_gone_and_its_name_is_free(account: Account) -> None:
    for name in "cba":
        create(account, name)
    account.client().delete_receipt_rule(RuleSetName=SET, RuleName="b")
    account.client().delete_receipt_rule(RuleSetName=SET, RuleName="b")
    assert names(account) == ["a", "c"]
    found = account.query("DescribeReceiptRule", RuleSetName=SET, RuleName="b")
    assert xml.refusal(found) == unknown("b")
    create(account, "b", after="c")
    assert names(account) == ["a", "c", "b"]


@pytest.mark.parametrize("action", ["DeleteReceiptRule", "DescribeReceiptRule"])
def test_the_set_must_be_there(account: Account, action: str) -> None:
    assert xml.refusal(account.query(action, RuleSetName="nope", RuleName="rule")) == UNKNOWN_SET


def test_names_of_rules_are_told_apart_by_case_and_by_set(account: Account) -> None:
    account.client().create_receipt_rule_set(RuleSetName="other")
    for name in ("rule", "Rule"):
        create(account, name)
    receipt_rules.add(account, "rule", to="other", Enabled=True)
    assert (names(account), names(account, "other")) == (["Rule", "rule"], ["rule"])
    assert (described(account)["Enabled"], described(account, "rule", "other")["Enabled"]) == (False, True)
