"""Requests over Query: which operation they name, and how their parameters are read."""

import botocore.session
import pytest

from tests.support import aws, xml
from tests.support.aws import FORM, Account

UNKNOWN = b"<UnknownOperationException/>"
# Source: recorded, each without a Message element; the last ones are none of what SES documents as an integer.
NO_INTEGERS = ["abc", "900.0", "2147483648", "-2147483649", " 5", "5 ", "1e3", "0x10", "--5", "+", "\u0665", "9" * 5000]


def _operation_names() -> list[str]:
    model = botocore.session.get_session().get_service_model("ses")
    return list(model.operation_names)


# ---- which operation


@pytest.mark.parametrize(
    ("body", "message"),
    [
        # Source: recorded answers of SES.
        (b"Action=SendRawEmailAsync&Version=2010-12-01", "SendRawEmailAsync for version 2010-12-01"),
        (b"Action=GetSendStatistics&Version=2012-12-01", "GetSendStatistics for version 2012-12-01"),
        (b"Action=ListIdentities&Version=2009-10-16", "ListIdentities for version 2009-10-16"),
        # Source: recorded on a sibling service of the same front end.
        (b"Action=ListIdentities", "ListIdentities for version NO_VERSION_SPECIFIED"),
        (b"Action=ListIdentities&Version=", "ListIdentities for version "),
        (b"Action=&Version=2010-12-01", " for version 2010-12-01"),
        (b"Action=&Version=", " for version "),
        # Source: the model: names are case-sensitive.
        (b"Action=listIdentities&Version=2010-12-01", "listIdentities for version 2010-12-01"),
        (b"Action=%20ListIdentities&Version=2010-12-01", " ListIdentities for version 2010-12-01"),
    ],
)
def test_an_action_that_the_version_does_not_have_is_invalid(account: Account, body: bytes, message: str) -> None:
    answer = account.post(body)
    text = f"Could not find operation {message}"
    expected = xml.error_body(xml.request_id(answer), "InvalidAction", text, ns=xml.FAULT_NAMESPACE)
    assert (answer.status, answer.body) == (400, expected)


@pytest.mark.parametrize("body", [b"", b"Version=2010-12-01", b"action=ListIdentities&Version=2010-12-01", b"&&&"])
def test_without_an_action_ses_knows_no_operation(account: Account, body: bytes) -> None:
    answer = account.post(body)
    assert (answer.status, answer.body, answer.headers["content-type"]) == (404, UNKNOWN, "text/xml")
    assert len(answer.headers["x-amzn-requestid"]) == 36


@pytest.mark.parametrize("content_type", [None, "text/plain", "application/json", "multipart/form-data; boundary=x"])
def test_a_post_that_is_no_form_names_no_operation(account: Account, content_type: str | None) -> None:
    answer = account.post(b"Action=ListIdentities&Version=2010-12-01", content_type=content_type)
    assert (answer.status, answer.body) == (404, UNKNOWN)


@pytest.mark.parametrize(
    "content_type",
    [
        "application/x-www-form-urlencoded",
        "application/x-www-form-urlencoded; charset=utf-8",
        "application/x-www-form-urlencoded;charset=UTF-8",
        "Application/X-WWW-Form-Urlencoded",
    ],
)
def test_a_form_may_name_its_charset(account: Account, content_type: str) -> None:
    assert account.post(b"Action=ListIdentities&Version=2010-12-01", content_type=content_type).status == 200


def test_a_get_takes_the_same_parameters_from_its_query_string(account: Account) -> None:
    account.query("VerifyEmailIdentity", EmailAddress="ann@example.com")
    target = "/?Action=ListIdentities&Version=2010-12-01&IdentityType=EmailAddress"
    answer = account.post(b"", content_type=None, target=target, method="GET")
    assert (answer.status, xml.members(answer)) == (200, ["ann@example.com"])


def test_a_get_without_an_action_names_no_operation(account: Account) -> None:
    answer = account.post(b"", content_type=None, target="/?Version=2010-12-01", method="GET")
    assert (answer.status, answer.body) == (404, UNKNOWN)


def test_a_url_presigned_by_boto3_works_for_its_account_and_region(account: Account) -> None:
    there = account.elsewhere("eu-west-1")
    there.client().verify_email_identity(EmailAddress="ann+1@example.com")
    url = there.client().generate_presigned_url("list_identities", {"IdentityType": "EmailAddress"})
    assert url.startswith(f"{account.url}/?")
    answer = aws.request(account.url, "GET", url.removeprefix(account.url), None, {})
    assert xml.members(answer) == ["ann+1@example.com"]
    with_session = there.client(aws_session_token="token").generate_presigned_url("list_identities")
    answer = aws.request(account.url, "GET", with_session.removeprefix(account.url), None, {})
    assert xml.members(answer) == ["ann+1@example.com"]


def test_temporary_credentials_are_of_the_account_that_their_key_names(account: Account) -> None:
    account.client(aws_session_token="token").verify_email_identity(EmailAddress="ann@example.com")
    assert account.client().list_identities()["Identities"] == ["ann@example.com"]


def test_every_operation_of_the_model_is_known_and_one_that_is_not_built_says_so(account: Account) -> None:
    coverage = account.inspect("GET", "/coverage", account=None)["operations"]
    implemented = {each["operation"] for each in coverage if each["api"] == "v1" and each["implemented"]}
    for name in _operation_names():
        status, code, message = xml.refusal(account.query(name))
        if name in implemented:
            assert code in (None, "ValidationError", "InvalidParameterValue"), name
        else:
            assert (status, code) == (501, "NotImplemented")
            assert name in (message or "")


# ---- the form


def test_the_order_of_parameters_does_not_matter_and_unknown_ones_are_ignored(account: Account) -> None:
    body = b"EmailAddress=ann%40example.com&Colour=blue&EmailAddress.Colour=red&Version=2010-12-01"
    assert account.post(body + b"&Action=VerifyEmailIdentity").status == 200
    assert account.client().list_identities()["Identities"] == ["ann@example.com"]


def test_of_a_parameter_given_twice_the_first_counts(account: Account) -> None:
    body = b"Action=VerifyEmailIdentity&Action=DeleteIdentity&Version=2010-12-01&Version=1999-01-01"
    assert account.post(body + b"&EmailAddress=first%40example.com&EmailAddress=second%40example.com").status == 200
    assert account.client().list_identities()["Identities"] == ["first@example.com"]


@pytest.mark.parametrize("space", ["+", "%20"])
def test_a_space_comes_as_plus_or_as_percent_20(account: Account, space: str) -> None:
    body = f"Action=VerifyDomainIdentity&Version=2010-12-01&Domain=a{space}b.example.com"
    message = "Invalid domain name a b.example.com."
    assert xml.refusal(account.post(body.encode())) == (400, "InvalidParameterValue", message)


def test_a_plus_that_is_meant_comes_as_percent_2b_in_either_case(account: Account) -> None:
    for escaped in ("%2B", "%2b"):
        body = f"Action=VerifyEmailIdentity&Version=2010-12-01&EmailAddress=ann{escaped}{escaped[2]}%40example.com"
        assert account.post(body.encode()).status == 200
    assert account.client().list_identities()["Identities"] == ["ann+B@example.com", "ann+b@example.com"]


def test_names_of_parameters_are_case_sensitive(account: Account) -> None:
    message = (
        "1 validation error detected: Value at 'emailAddress' failed to satisfy constraint: Member must not be null"
    )
    answer = account.query("VerifyEmailIdentity", emailAddress="ann@example.com")
    assert xml.refusal(answer) == (400, "ValidationError", message)


def test_a_value_may_hold_equal_signs_and_letters_of_any_script(account: Account) -> None:
    body = "Action=VerifyEmailIdentity&Version=2010-12-01&EmailAddress=a=ü%C3%BC%40example.com"
    assert account.post(body.encode()).status == 200
    assert account.client().list_identities()["Identities"] == ["a=üü@example.com"]


# ---- integers


def test_an_empty_integer_is_malformed_with_a_message(account: Account) -> None:
    answer = account.query("ListIdentities", MaxItems="")
    assert xml.refusal(answer) == (400, "MalformedInput", "missing value for decimal type")


@pytest.mark.parametrize("text", NO_INTEGERS)
def test_what_is_no_integer_of_32_bits_is_malformed_without_a_message(account: Account, text: str) -> None:
    answer = account.query("ListIdentities", MaxItems=text)
    assert answer.body == xml.error_body(xml.request_id(answer), "MalformedInput", None)


@pytest.mark.parametrize("text", ["+5", "007", "5", "+0000000000000000000000000000005"])
def test_an_integer_may_have_a_sign_and_leading_zeros(account: Account, text: str) -> None:
    assert account.query("ListIdentities", MaxItems=text).status == 200


@pytest.mark.parametrize("text", ["-2147483648", "2147483647"])
def test_an_integer_of_32_bits_is_judged_by_ses_itself(account: Account, text: str) -> None:
    message = f"Value {text} for parameter MaxItems is invalid. MaxItems must be between 1 and 1000."
    answer = account.query("ListIdentities", MaxItems=text)
    assert xml.refusal(answer) == (400, "InvalidParameterValue", message)


def test_an_integer_with_only_a_name_below_it_was_not_given(account: Account) -> None:
    assert account.query("ListIdentities", {"MaxItems.member.1": "abc"}).status == 200


# ---- lists


def _keys(account: Account, parameters: dict[str, str]) -> list[str]:
    answer = account.query("GetIdentityVerificationAttributes", parameters)
    assert answer.status == 200, answer.text
    return [key.text or "" for key in xml.root(answer).iter("{*}key")]


def test_a_bare_name_is_an_empty_list(account: Account) -> None:
    assert _keys(account, {"Identities": ""}) == []


def test_members_of_a_list_come_in_the_order_of_their_numbers_whatever_gaps_there_are(account: Account) -> None:
    for name in ("one", "two", "three"):
        account.client().verify_email_identity(EmailAddress=f"{name}@example.com")
    given = {
        "Identities.member.10": "three@example.com",
        "Identities.member.2": "one@example.com",
        "Identities.member.03": "two@example.com",
    }
    assert _keys(account, given) == ["one@example.com", "two@example.com", "three@example.com"]


@pytest.mark.parametrize(
    "name",
    ["Identities.member.x", "Identities.member.-1", "Identities.member.", "Identities.member", "Identities.member.1.x"],
)
def test_a_member_without_a_number_is_none(account: Account, name: str) -> None:
    assert _keys(account, {name: "ann@example.com"}) == []


@pytest.mark.parametrize("number", ["9" * 5_000, "9" * 100, "\u0661" * 5_000])
def test_a_number_that_no_list_can_reach_is_ignored(account: Account, number: str) -> None:
    assert _keys(account, {f"Identities.member.{number}": "ann@example.com", "Identities": ""}) == []


@pytest.mark.parametrize(
    "name", ["EmailAddress.", "EmailAddress..", "EmailAddress..x", ".EmailAddress", "EmailAddress.x"]
)
@pytest.mark.parametrize("first", [True, False])
def test_a_name_with_something_below_it_keeps_its_own_value(account: Account, name: str, first: bool) -> None:
    pairs = [("EmailAddress", "ann@example.com"), (name, "bob@example.com")]
    assert account.query("VerifyEmailIdentity", dict(pairs if first else pairs[::-1])).status == 200
    assert account.client().list_identities()["Identities"] == ["ann@example.com"]


# ---- the schema


def test_a_missing_member_is_a_null_member(account: Account) -> None:
    for operation, path in (
        ("VerifyEmailIdentity", "emailAddress"),
        ("VerifyEmailAddress", "emailAddress"),
        ("VerifyDomainIdentity", "domain"),
        ("DeleteIdentity", "identity"),
        ("DeleteVerifiedEmailAddress", "emailAddress"),
        ("GetIdentityVerificationAttributes", "identities"),
    ):
        text = f"1 validation error detected: Value at '{path}' failed to satisfy constraint: Member must not be null"
        assert xml.refusal(account.query(operation)) == (400, "ValidationError", text)


@pytest.mark.parametrize("value", ["", "domain", "Both"])
def test_a_value_outside_its_enumeration_is_refused_even_if_empty(account: Account, value: str) -> None:
    text = (
        "1 validation error detected: Value at 'identityType' failed to satisfy constraint: "
        "Member must satisfy enum value set: [EmailAddress, Domain]"
    )
    assert xml.refusal(account.query("ListIdentities", IdentityType=value)) == (400, "ValidationError", text)


def test_all_violations_come_in_one_message_the_message_before_the_destination(account: Account) -> None:
    null = "failed to satisfy constraint: Member must not be null"
    text = f"2 validation errors detected: Value at 'message' {null}; Value at 'destination' {null}"
    answer = account.query("SendEmail", Source="ann@example.com")
    assert xml.refusal(answer) == (400, "ValidationError", text)


def test_the_form_is_read_before_the_schema_and_the_schema_before_the_rules(account: Account) -> None:
    both = account.query("ListIdentities", MaxItems="x", IdentityType="x")
    assert xml.code(both) == "MalformedInput"
    both = account.query("ListIdentities", MaxItems="0", IdentityType="x")
    assert xml.code(both) == "ValidationError"


def test_headers_that_sdks_add_do_not_matter(account: Account) -> None:
    headers = {
        "Content-Type": FORM,
        "amz-sdk-invocation-id": "7d4e0a3e-6b3e-4d43-8f6b-9f6f9c1f1f4e",
        "amz-sdk-request": "attempt=1; max=3",
        "Authorization": f"AWS4-HMAC-SHA256 Credential={account.account_id}/20260101/eu-west-3/ses/aws4_request, "
        "SignedHeaders=content-type;host;x-amz-date, Signature=0",
    }
    body = b"Action=VerifyEmailIdentity&Version=2010-12-01&EmailAddress=ann%40example.com"
    assert aws.request(account.url, "POST", "/", body, headers).status == 200
    assert account.elsewhere("eu-west-3").client().list_identities()["Identities"] == ["ann@example.com"]
