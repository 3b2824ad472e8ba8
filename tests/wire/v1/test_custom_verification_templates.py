"""Custom verification e-mail templates through boto3."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.support import aws, mail, verifying, xml
from tests.support.aws import Account, refusal
from tests.support.mail import ANN

INVALID = "InvalidParameterValue"
UNKNOWN = "CustomVerificationEmailTemplateDoesNotExist"
NOT_VERIFIED = "FromEmailAddressNotVerified"
URLS = [
    "https://example.com/verified",
    "http://localhost:3000",
    "HTTPS://user@example.com:8443/a%20b?c=d&e=%2F#f",
    "https://[::1]/",
    "https://example.com/ü?ö",
]
NO_URLS = [
    "",
    "example.com",
    "/verified",
    "//example.com/",
    "ftp://example.com/",
    "javascript:alert(1)",
    "mailto:ann@example.com",
    "https://",
    "https:///verified",
    "https:example.com",
    "https://example.com:port/",
    "https://[::1/",
    "https://a..example.com/",
    "https://example.com/a b",
    "https://example.com/\r\nSet-Cookie: a=b",
    " https://example.com/",
    "http",
]


def _get(account: Account, name: str = "welcome") -> dict[str, str]:
    answer = account.client().get_custom_verification_email_template(TemplateName=name)
    del answer["ResponseMetadata"]
    return dict(answer)


def _does_not_exist(name: str) -> tuple[str, str, int]:
    return UNKNOWN, f"Custom verification email template <{name}> does not exist", 400


@pytest.fixture
def client(account: Account) -> Any:
    """A client of the account, in which Ann is verified."""
    return mail.client(account)


# ---- create, get, update, delete


def test_a_template_is_kept_as_it_was_given(account: Account, client: Any) -> None:
    client.create_custom_verification_email_template(**verifying.template())
    assert _get(account) == verifying.template()


def test_get_answers_six_elements_side_by_side_and_writes_answer_without_a_result(account: Account) -> None:
    mail.client(account)
    given = verifying.template()
    calls = [
        ("CreateCustomVerificationEmailTemplate", given),
        ("UpdateCustomVerificationEmailTemplate", {"TemplateName": "welcome", "TemplateSubject": "Hi"}),
        ("GetCustomVerificationEmailTemplate", {"TemplateName": "welcome"}),
        ("DeleteCustomVerificationEmailTemplate", {"TemplateName": "welcome"}),
    ]
    parts = {}
    for action, parameters in calls:
        answer = account.query(action, parameters)
        assert answer.status == 200, answer.text
        root = xml.root(answer)
        assert root.tag == f"{{{xml.NAMESPACE}}}{action}Response"
        parts[action] = [each.tag.rpartition("}")[2] for each in root]
        if action.startswith("Get"):
            found = [(each.tag.rpartition("}")[2], each.text) for each in root[0]]
            assert found == list((given | {"TemplateSubject": "Hi"}).items())
    gets = "GetCustomVerificationEmailTemplate"
    assert parts.pop(gets) == [f"{gets}Result", "ResponseMetadata"]
    assert list(parts.values()) == [["ResponseMetadata"]] * 3


def test_a_name_that_is_taken_is_refused(account: Account, client: Any) -> None:
    verifying.create(account, "welcome", "Welcome")
    answer = refusal(client.create_custom_verification_email_template, **verifying.template(TemplateSubject="Other"))
    message = "Custom verification email template <welcome> already exists"
    assert answer == ("CustomVerificationEmailTemplateAlreadyExists", message, 400)
    assert _get(account)["TemplateSubject"] == "Please confirm"


@pytest.mark.parametrize("call", ["get", "update", "delete"])
def test_an_unknown_template_is_refused_with_its_name_in_brackets(client: Any, call: str) -> None:
    answer = refusal(getattr(client, f"{call}_custom_verification_email_template"), TemplateName="a & b")
    assert answer == _does_not_exist("a & b")


@pytest.mark.parametrize("member", list(verifying.template())[1:])
def test_an_update_changes_what_it_names_and_keeps_the_rest(account: Account, member: str) -> None:
    client = mail.client(account, ANN, "cat@example.com")
    verifying.create(account, "welcome", "other")
    value = "cat@example.com" if member == "FromEmailAddress" else "https://example.org/"
    client.update_custom_verification_email_template(TemplateName="welcome", **{member: value})
    assert _get(account) == verifying.template(**{member: value})
    assert _get(account, "other") == verifying.template("other")


def test_an_update_of_nothing_changes_nothing(account: Account, client: Any) -> None:
    verifying.create(account, "welcome")
    client.update_custom_verification_email_template(TemplateName="welcome")
    client.update_custom_verification_email_template(TemplateName="welcome", TemplateContent="", FromEmailAddress="")
    assert _get(account) == verifying.template()


def test_a_deleted_template_is_gone_and_its_name_free(account: Account, client: Any) -> None:
    verifying.create(account, "a", "b")
    client.delete_custom_verification_email_template(TemplateName="a")
    assert verifying.names(account) == ["b"]
    assert refusal(client.get_custom_verification_email_template, TemplateName="a") == _does_not_exist("a")
    assert refusal(client.delete_custom_verification_email_template, TemplateName="a") == _does_not_exist("a")
    verifying.create(account, "a")
    assert _get(account, "a") == verifying.template("a")


def test_templates_belong_to_one_account_in_one_region(account: Account, client: Any) -> None:
    verifying.create(account, "welcome")
    for stranger in (account.elsewhere("eu-west-1"), aws.new_account(account.url)):
        call = stranger.client().get_custom_verification_email_template
        assert refusal(call, TemplateName="welcome") == _does_not_exist("welcome")
        mail.verify(stranger, ANN)
        stranger.client().create_custom_verification_email_template(**verifying.template(TemplateSubject="Other"))
        stranger.client().delete_custom_verification_email_template(TemplateName="welcome")
    assert _get(account) == verifying.template()


def test_a_reset_of_the_account_takes_its_templates_along(account: Account, client: Any) -> None:
    other = aws.new_account(account.url)
    for each in (account, other):
        mail.verify(each, ANN)
        verifying.create(each, "welcome")
    account.inspect("POST", "/reset")
    assert (verifying.names(account), verifying.names(other)) == ([], ["welcome"])


# ---- what a template must be


def test_every_member_must_be_there(account: Account) -> None:
    answer = xml.refusal(account.query("CreateCustomVerificationEmailTemplate"))
    missing = "; ".join(
        f"Value at '{name[0].lower()}{name[1:]}' failed to satisfy constraint: Member must not be null"
        for name in reversed(verifying.template())
    )
    assert answer == (400, "ValidationError", f"6 validation errors detected: {missing}")


@pytest.mark.parametrize("member", ["TemplateName", "TemplateSubject", "TemplateContent"])
def test_name_subject_and_content_cannot_be_empty(account: Account, client: Any, member: str) -> None:
    answer = refusal(client.create_custom_verification_email_template, **verifying.template(**{member: ""}))
    assert answer == (INVALID, f"{member} is required.", 400)
    assert verifying.names(account) == []


def test_a_name_has_at_most_255_characters(account: Account, client: Any) -> None:
    create = client.create_custom_verification_email_template
    answer = refusal(create, **verifying.template("\u4e00" * 256))
    assert answer == (INVALID, "Template name cannot exceed 255 characters.", 400)
    create(**verifying.template("\u4e00" * 255))
    assert verifying.names(account) == ["\u4e00" * 255]


@pytest.mark.parametrize("sender", ["eve@example.com", "Ann <ann@example.com>", "ann", "ann@example.com "])
def test_the_sender_must_be_a_verified_address_without_a_name(account: Account, client: Any, sender: str) -> None:
    verifying.create(account, "welcome")
    expected = (NOT_VERIFIED, f"The from email address <{sender}> is not verified", 400)
    given = verifying.template("other", FromEmailAddress=sender)
    assert refusal(client.create_custom_verification_email_template, **given) == expected
    update = client.update_custom_verification_email_template
    assert refusal(update, TemplateName="welcome", FromEmailAddress=sender, TemplateSubject="Other") == expected
    assert (verifying.names(account), _get(account)) == (["welcome"], verifying.template())


def test_a_sender_who_is_only_pending_is_not_verified(client: Any) -> None:
    client.verify_email_identity(EmailAddress="eve@example.com")
    answer = refusal(
        client.create_custom_verification_email_template, **verifying.template(FromEmailAddress="eve@example.com")
    )
    assert answer == (NOT_VERIFIED, "The from email address <eve@example.com> is not verified", 400)


def test_a_sender_below_a_verified_domain_will_do(account: Account) -> None:
    mail.verify(account, "example.org")
    given = verifying.template(FromEmailAddress="eve@mail.Example.org")
    account.client().create_custom_verification_email_template(**given)
    assert _get(account) == given


@pytest.mark.parametrize("which", ["Success", "Failure"])
@pytest.mark.parametrize("url", NO_URLS)
def test_a_redirection_url_must_be_absolute_and_lead_to_the_web(account: Account, which: str, url: str) -> None:
    client = mail.client(account)
    member, expected = f"{which}RedirectionURL", (INVALID, f"The {which.lower()} redirection URL is invalid", 400)
    assert refusal(client.create_custom_verification_email_template, **verifying.template(**{member: url})) == expected
    assert verifying.names(account) == []
    if url:  # an empty one would change nothing
        verifying.create(account, "welcome")
        update = client.update_custom_verification_email_template
        assert refusal(update, TemplateName="welcome", TemplateSubject="Other", **{member: url}) == expected
        assert _get(account) == verifying.template()


@pytest.mark.parametrize("url", URLS)
def test_any_address_of_the_web_is_a_redirection_url(account: Account, client: Any, url: str) -> None:
    given = verifying.template(SuccessRedirectionURL=url, FailureRedirectionURL=url)
    client.create_custom_verification_email_template(**given)
    assert _get(account) == given


def test_of_several_faults_the_sender_comes_first_then_the_urls_then_the_name(account: Account, client: Any) -> None:
    verifying.create(account, "taken")
    faults = {
        "FromEmailAddress": ("eve@example.com", "The from email address <eve@example.com> is not verified"),
        "SuccessRedirectionURL": ("x", "The success redirection URL is invalid"),
        "FailureRedirectionURL": ("x", "The failure redirection URL is invalid"),
    }
    bad = {member: value for member, (value, _) in faults.items()}
    for member, (_, message) in faults.items():
        assert (
            refusal(client.create_custom_verification_email_template, **verifying.template("taken", **bad))[1]
            == message
        )
        assert refusal(client.update_custom_verification_email_template, TemplateName="none", **bad)[1] == message
        del bad[member]
    assert refusal(client.create_custom_verification_email_template, **verifying.template("taken"))[1].endswith(
        "already exists"
    )
    assert refusal(client.update_custom_verification_email_template, TemplateName="none") == _does_not_exist("none")


def test_fifty_templates_are_the_most_in_a_region(account: Account, client: Any) -> None:
    for number in range(50):
        assert account.query("CreateCustomVerificationEmailTemplate", verifying.template(f"{number:02}")).status == 200
    full = ("LimitExceeded", "Cannot have more than 50 custom verification email templates.", 400)
    assert refusal(client.create_custom_verification_email_template, **verifying.template("one more")) == full
    assert refusal(client.create_custom_verification_email_template, **verifying.template("07"))[1].endswith(
        "already exists"
    )
    assert verifying.names(account) == [f"{number:02}" for number in range(50)]
    there = account.elsewhere("eu-west-1")
    mail.verify(there, ANN)
    verifying.create(there, "one more")
    client.delete_custom_verification_email_template(TemplateName="07")
    verifying.create(account, "one more")


def test_callers_at_once_make_no_more_than_fifty_and_each_name_once(start: Callable[..., Account]) -> None:
    account = start(workers=3)
    mail.verify(account, ANN)

    def create(number: int) -> str | None:
        return xml.code(account.query("CreateCustomVerificationEmailTemplate", verifying.template(f"{number // 2:02}")))

    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(create, range(120)))
    assert len(verifying.names(account)) == 50
    assert codes.count(None) == 50
    assert set(codes) == {None, "CustomVerificationEmailTemplateAlreadyExists", "LimitExceeded"}


# ---- list


def test_templates_are_listed_by_name_and_without_their_content(account: Account, client: Any) -> None:
    assert verifying.names(account) == []
    verifying.create(account, "b", "ä", "a", "B")
    answer = client.list_custom_verification_email_templates()
    summaries = [verifying.template(name) for name in ("B", "a", "b", "ä")]
    for each in summaries:
        del each["TemplateContent"]
    assert answer["CustomVerificationEmailTemplates"] == summaries
    assert "NextToken" not in answer


@pytest.mark.parametrize("size", ["", "0", "-1", "51", "2147483647", "50"])
def test_a_page_has_up_to_fifty_templates_whatever_number_out_of_bounds_is_asked_for(
    account: Account, client: Any, size: str
) -> None:
    verifying.create(account, "a", "b", "c")
    given = {"MaxResults": size} if size else {}
    answer = account.query("ListCustomVerificationEmailTemplates", given)
    names = [each.findtext("{*}TemplateName") for each in xml.root(answer).iter("{*}member")]
    assert (answer.status, names) == (200, ["a", "b", "c"])
    assert xml.root(answer).find(".//{*}NextToken") is None


@pytest.mark.parametrize("size", [1, 2, 3, 50])
def test_boto3s_paginator_finds_each_template_once(account: Account, client: Any, size: int) -> None:
    verifying.create(account, "c", "a", "b")
    pages = client.get_paginator("list_custom_verification_email_templates").paginate(
        PaginationConfig={"PageSize": size}
    )
    found = [[each["TemplateName"] for each in page["CustomVerificationEmailTemplates"]] for page in pages]
    assert found == [["a", "b", "c"][at : at + size] for at in range(0, 3, size)]


def test_a_token_survives_what_happens_to_the_list(account: Account, client: Any) -> None:
    verifying.create(account, "a", "b", "d", "e")
    token = client.list_custom_verification_email_templates(MaxResults=2)["NextToken"]
    for name in ("a", "b", "d"):
        client.delete_custom_verification_email_template(TemplateName=name)
    verifying.create(account, "aa", "c")
    assert verifying.names(account, NextToken=token) == ["c", "e"]
    assert verifying.names(account, NextToken="") == ["aa", "c", "e"]


def test_a_token_that_this_list_never_gave_is_invalid(account: Account, client: Any) -> None:
    verifying.create(account, "a", "b")
    mail.verify(account, "bob@example.com")
    token = client.list_custom_verification_email_templates(MaxResults=1)["NextToken"]
    foreign = client.list_identities(MaxItems=1)["NextToken"]
    call = client.list_custom_verification_email_templates
    for text in ("garbage", "A" * 32, "ü", foreign, token[:-1], f"B{token[1:]}", f"{token}A"):
        assert refusal(call, NextToken=text) == (INVALID, f"Invalid NextToken <{text}>.", 400)
    there = account.elsewhere("eu-west-1").client().list_custom_verification_email_templates
    assert refusal(there, NextToken=token) == (INVALID, f"Invalid NextToken <{token}>.", 400)
    assert refusal(client.list_identities, NextToken=token) == (INVALID, f"Invalid NextToken <{token}>.", 400)
