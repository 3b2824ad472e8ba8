"""Policies of identities through boto3: put, get, list, delete, and what is refused in which order."""

import json
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support import mail, policies, xml
from tests.support.aws import Account, refusal
from tests.support.policies import DELEGATE, arn, document, statement

Start = Callable[..., Account]

INVALID = "InvalidParameterValue"
DOMAIN = "example.com"
LONG = f"{random.Random(1).randbytes(1500).hex()}.com"  # nothing that a database could compress


def put(account: Account, name: str = "mine", identity: str = DOMAIN, **changed: Any) -> None:
    """The identity has a policy."""
    policies.put(account, identity, name, document(statement(account, identity, **changed)))


def texts(account: Account, *names: str, identity: str = DOMAIN) -> dict[str, str]:
    found = account.client().get_identity_policies(Identity=identity, PolicyNames=list(names))
    return found["Policies"]  # type: ignore[no-any-return]


def names(account: Account, identity: str = DOMAIN) -> list[str]:
    return account.client().list_identity_policies(Identity=identity)["PolicyNames"]  # type: ignore[no-any-return]


def refused(account: Account, policy: str, identity: str = DOMAIN, name: str = "mine") -> tuple[str, str]:
    """Code and message with which a policy is refused; nothing has changed then."""
    before = texts(account, "mine", identity=identity), names(account, identity)
    found = refusal(account.client().put_identity_policy, Identity=identity, PolicyName=name, Policy=policy)
    assert (texts(account, "mine", identity=identity), names(account, identity)) == before
    assert found[2] == 400
    return found[:2]


# ---- put, get, list, delete


def test_a_policy_is_kept_without_its_white_space_in_the_order_it_was_written(account: Account) -> None:
    resource = arn(account, DOMAIN)
    written = (
        '{\n  "Version" : "2008-10-17",\n\t"Statement":[ {"Sid": "stmt 1469123904194", "Effect":"Allow",\r\n'
        f'"Principal":{{ "AWS":"arn:aws:iam::123456789012:root"}}, "Resource": "{resource}",\n'
        '"Action": ["ses:SendEmail" ,"ses:SendRawEmail"] } ], "Id":"\\u00e9 é" }\n'
    )
    kept = (
        '{"Version":"2008-10-17","Statement":[{"Sid":"stmt 1469123904194","Effect":"Allow",'
        f'"Principal":{{"AWS":"arn:aws:iam::123456789012:root"}},"Resource":"{resource}",'
        '"Action":["ses:SendEmail","ses:SendRawEmail"]}],"Id":"\\u00e9 é"}'
    )
    account.client().put_identity_policy(Identity=DOMAIN, PolicyName="mine", Policy=written)
    assert texts(account, "mine") == {"mine": kept}


def test_a_policy_of_the_same_name_takes_the_place_of_the_first(account: Account) -> None:
    put(account, Sid="one")
    put(account, Sid="two")
    assert names(account) == ["mine"]
    assert '"Sid":"two"' in texts(account, "mine")["mine"]


def test_names_are_case_sensitive_and_listed_in_their_order(account: Account) -> None:
    for name in ("b", "a", "B", "0", "_-", "n" * 64):
        put(account, name)
    assert names(account) == ["0", "B", "_-", "a", "b", "n" * 64]
    assert sorted(texts(account, "b", "B", "N", "a")) == ["B", "a", "b"]


def test_policies_are_of_one_identity_in_one_region_of_one_account(account: Account) -> None:
    put(account)
    put(account, "other", "ann@example.com")
    assert names(account) == ["mine"]
    assert names(account, "ann@example.com") == ["other"]
    assert names(account, "Ann@example.com") == []
    assert names(account.elsewhere("eu-west-1")) == []
    assert texts(account.elsewhere("eu-west-1"), "mine") == {}


def test_an_identity_may_be_given_as_its_arn_and_a_domain_in_any_case(account: Account) -> None:
    spellings = [DOMAIN, "Example.COM", arn(account, DOMAIN), arn(account, "EXAMPLE.com")]
    for spelling in spellings:
        for other in spellings:
            policies.put(account, spelling, "mine", document(statement(account, "EXAMPLE.com")))
            assert names(account, other) == ["mine"]
            assert list(texts(account, "mine", identity=other)) == ["mine"]
            account.client().delete_identity_policy(Identity=other, PolicyName="mine")
            assert names(account, spelling) == []


def test_the_arn_of_an_identity_elsewhere_names_none_here(account: Account) -> None:
    put(account)
    for there in (arn(account, DOMAIN, region="eu-west-1"), arn(account, DOMAIN).replace(account.account_id, DELEGATE)):
        assert names(account, there) == []
        assert texts(account, "mine", identity=there) == {}
        account.client().delete_identity_policy(Identity=there, PolicyName="mine")
        assert refused(account, document(statement(account, DOMAIN)), identity=there)[0] == "InvalidPolicy"
    assert names(account) == ["mine"]


def test_the_identity_need_not_exist(account: Account) -> None:
    assert names(account) == []
    assert texts(account, "mine") == {}
    account.client().delete_identity_policy(Identity=DOMAIN, PolicyName="mine")
    put(account)
    assert names(account) == ["mine"]
    assert account.client().list_identities()["Identities"] == []


def test_deleting_a_policy_leaves_the_others_and_a_missing_one_is_no_fault(account: Account) -> None:
    put(account)
    put(account, "other")
    for _ in range(2):
        account.client().delete_identity_policy(Identity=DOMAIN, PolicyName="mine")
        assert names(account) == ["other"]


@pytest.mark.parametrize("identity", ["Example.com", "ann@example.com"])
def test_the_policies_go_with_the_identity_and_do_not_come_back_with_it(account: Account, identity: str) -> None:
    client = mail.client(account, identity, "other.example")
    put(account, identity=identity)
    put(account, identity="other.example")
    client.delete_identity(Identity=identity)
    assert names(account, identity) == []
    mail.verify(account, identity)
    assert names(account, identity) == []
    assert names(account, "other.example") == ["mine"]


def test_the_policies_go_with_a_verified_address_that_is_deleted_by_the_old_call(account: Account) -> None:
    put(account, identity="ann@example.com")
    account.client().delete_verified_email_address(EmailAddress="ann@example.com")
    assert names(account, "ann@example.com") == []


def test_a_reset_of_the_account_takes_its_policies(account: Account) -> None:
    put(account)
    put(account.elsewhere("eu-west-1"))
    account.inspect("POST", "/reset", region="us-east-1")
    assert names(account) == []
    assert names(account.elsewhere("eu-west-1")) == ["mine"]


def test_the_answers_have_the_elements_of_aws(account: Account) -> None:
    given = {"Identity": DOMAIN, "PolicyName": "mine"}
    answer = account.query("PutIdentityPolicy", {**given, "Policy": document(statement(account, DOMAIN, Sid="<&>"))})
    assert answer.text.splitlines()[1] == "  <PutIdentityPolicyResult/>"
    answer = account.query("GetIdentityPolicies", {"Identity": DOMAIN, "PolicyNames.member.1": "mine"})
    assert "<key>mine</key>" in answer.text
    assert '"Sid":"&lt;&amp;&gt;"' in answer.text
    answer = account.query("ListIdentityPolicies", {"Identity": DOMAIN})
    assert xml.members(answer) == ["mine"]
    answer = account.query("DeleteIdentityPolicy", given)
    assert answer.text.splitlines()[1] == "  <DeleteIdentityPolicyResult/>"
    answer = account.query("ListIdentityPolicies", {"Identity": DOMAIN})
    assert "<PolicyNames/>" in answer.text
    answer = account.query("GetIdentityPolicies", {"Identity": DOMAIN, "PolicyNames.member.1": "mine"})
    assert "<Policies/>" in answer.text


# ---- refusals


def violation(*texts: str) -> tuple[int, str, str]:
    many = "s" * (len(texts) > 1)
    failed = "; ".join(f"Value at '{text}" for text in texts)
    return 400, "ValidationError", f"{len(texts)} validation error{many} detected: {failed}"


def test_missing_and_empty_members_and_long_names_are_violations_of_the_model(account: Account) -> None:
    good = {"Identity": DOMAIN, "PolicyName": "mine", "Policy": document(statement(account, DOMAIN))}
    null = "' failed to satisfy constraint: Member must not be null"
    empty = "' failed to satisfy constraint: Member must have length greater than or equal to 1"
    long = "' failed to satisfy constraint: Member must have length less than or equal to 64"

    def put_with(**changed: str) -> tuple[int, str | None, str | None]:
        return xml.refusal(account.query("PutIdentityPolicy", good | changed))

    def put_without(*left_out: str) -> tuple[int, str | None, str | None]:
        return xml.refusal(
            account.query("PutIdentityPolicy", {name: good[name] for name in good if name not in left_out})
        )

    assert put_with(PolicyName="n" * 65) == violation(f"policyName{long}")
    assert put_with(PolicyName="!" * 65) == violation(f"policyName{long}")
    assert put_with(PolicyName="") == violation(f"policyName{empty}")
    assert put_with(Policy="") == violation(f"policy{empty}")
    assert put_without("Policy") == violation(f"policy{null}")
    code, text = put_without("Identity", "PolicyName")[1:]
    assert (code, str(text)[:29]) == ("ValidationError", "2 validation errors detected:")
    for operation in ("GetIdentityPolicies", "ListIdentityPolicies", "DeleteIdentityPolicy"):
        found = xml.refusal(account.query(operation, {"PolicyName": "mine", "PolicyNames.member.1": "mine"}))
        assert found == violation(f"identity{null}")
    found = xml.refusal(account.query("DeleteIdentityPolicy", {"Identity": DOMAIN, "PolicyName": "n" * 65}))
    assert found == violation(f"policyName{long}")
    assert names(account) == []


@pytest.mark.parametrize("name", ["a b", "a.b", "a/b", "ä", "mine\n", " ", "*"])
def test_a_name_of_other_characters_is_refused(account: Account, name: str) -> None:
    text = "PolicyName is invalid. Policy names must only include alpha-numeric characters, dashes, and underscores."
    assert refused(account, document(statement(account, DOMAIN)), name=name) == (INVALID, text)


@pytest.mark.parametrize("identity", ["%", "foobar", "example.com.", "a b@example.com", LONG])
def test_what_can_be_no_identity_has_no_policies(account: Account, identity: str) -> None:
    text = f"Identity {identity} is invalid. Must be a verified email address or domain."
    assert refused(account, document(statement(account, identity)), identity) == (INVALID, text)


def test_an_identity_has_twenty_policies_at_most(account: Account) -> None:
    for number in range(20):
        put(account, f"p{number}")
    text = f"Number of policies for <{DOMAIN}> exceeds max allowed number of policies per resource"
    assert refused(account, document(statement(account, DOMAIN)), name="more") == (INVALID, text)
    put(account, "p7", Sid="changed")
    put(account, identity="ann@example.com")
    account.client().delete_identity_policy(Identity=DOMAIN, PolicyName="p0")
    put(account, "more")
    assert len(names(account)) == 20


def test_of_callers_at_once_none_gets_a_twenty_first(account: Account) -> None:
    def attempt(number: int) -> bool:
        try:
            put(account, f"p{number}")
        except ClientError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(26))) == 20
    assert len(names(account)) == 20


def test_twenty_names_are_asked_for_at_most(account: Account) -> None:
    put(account)
    assert list(texts(account, *(["mine"] * 20))) == ["mine"]
    code, _, status = refusal(
        account.client().get_identity_policies, Identity=DOMAIN, PolicyNames=[f"p{number}" for number in range(21)]
    )
    assert (code, status) == (INVALID, 400)


def test_a_condition_field_that_is_unknown_is_refused_in_the_words_of_ses(account: Account) -> None:
    faulty = document(statement(account, DOMAIN, Condition={"StringEquals": {"AWS:SourceAccount": account.account_id}}))
    assert refused(account, faulty) == ("InvalidPolicy", "Unknown or unapplicable condition field 'AWS:SourceAccount'.")
    put(account, Condition={"StringEquals": {"aws:SourceAccount": account.account_id}})


def test_what_is_no_policy_is_invalid_and_changes_nothing(account: Account) -> None:
    put(account)
    good = document(statement(account, DOMAIN))
    for faulty in (
        "{",
        "policy",
        good[:-1],
        "[]",
        '{"Statement": []}',
        '{"Version": "2012-10-17"}',
        good.replace("2012-10-17", "2012"),
        good.replace('"Effect"', '"Effect": "Deny", "Effect"'),
        good.replace('"Allow"', '"Maybe"'),
        good.replace('"AWS"', '"Federated"'),
        good.replace(DELEGATE, "nobody"),
        good.replace("ses:SendEmail", "ses:Dance"),
        "[" * 4000,
        good + " " * (4097 - len(good)),
        " " * 5_000_000,
        json.dumps("\x01\ud800"),
        '{"Version": "\\u0001\\ud800 \ufffe"}',
    ):
        assert refused(account, faulty)[0] == "InvalidPolicy", faulty[:80]


@pytest.mark.parametrize(
    "resource",
    [
        "*",
        "example.com",
        "arn:aws:ses:us-east-1:{account}:identity/*",
        "arn:aws:ses:us-east-1:{account}:identity/other.example",
        "arn:aws:ses:us-east-1:{account}:identity/sub.example.com",
        "arn:aws:ses:eu-west-1:{account}:identity/example.com",
        "arn:aws:ses:us-east-1:123456789012:identity/example.com",
        "arn:aws:sns:us-east-1:{account}:example.com",
    ],
)
def test_the_resource_must_be_the_identity_itself(account: Account, resource: str) -> None:
    good = statement(account, DOMAIN)
    faulty = statement(account, DOMAIN, Resource=resource.format(account=account.account_id))
    assert refused(account, document(faulty))[0] == "InvalidPolicy"
    assert refused(account, document(good, faulty))[0] == "InvalidPolicy"


def test_a_policy_has_4096_bytes_at_most(account: Account) -> None:
    longest = document(statement(account, DOMAIN))
    longest += " " * (4096 - len(longest))
    policies.put(account, DOMAIN, "mine", longest)
    assert refused(account, f"{longest} ")[0] == "InvalidPolicy"


def test_the_name_is_looked_at_before_the_policy_and_that_before_the_number(account: Account) -> None:
    for number in range(20):
        put(account, f"p{number}")
    good = document(statement(account, DOMAIN))
    assert refused(account, "{", name="a b")[1].startswith("PolicyName is invalid.")
    assert refused(account, "{", name="more")[0] == "InvalidPolicy"
    assert refused(account, good, name="more")[0] == INVALID


def test_verified_identities_of_the_settings_have_policies_too(start: Start) -> None:
    account = start(verified_identities="*")
    put(account)
    assert names(account) == ["mine"]
