"""E-mail templates: created, changed, listed and deleted."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import create_engine, insert

from emulator.store import schema
from tests.support import aws, mail, templates, xml
from tests.support.aws import Account, refusal
from tests.support.templates import GREETING, NAME, simple, template

INVALID = "InvalidParameterValue"
CALLS = ["create_template", "update_template"]
FAULTY = ["{{#if name}}", "{{> nobody}}", "{{name", "{{#if a}}{{/each}}", "{{#if a}}" * 1000 + "{{/if}}" * 1000]


def names(account: Account) -> list[str]:
    found: list[str] = []
    for page in account.client().get_paginator("list_templates").paginate():
        found += [each["Name"] for each in page["TemplatesMetadata"]]
    return found


def unknown(name: str) -> tuple[str, str, int]:
    return "TemplateDoesNotExist", f"Template {name} does not exist", 400


# ---- GetTemplate of what was created


def test_a_template_is_given_back_as_it_was_given(account: Account) -> None:
    account.client().create_template(Template=GREETING)
    assert account.client().get_template(TemplateName=NAME)["Template"] == GREETING


@pytest.mark.parametrize("left_out", [("HtmlPart",), ("TextPart",), ("HtmlPart", "TextPart")])
def test_parts_may_be_missing_and_stay_so(account: Account, left_out: tuple[str, ...]) -> None:
    given = template(**dict.fromkeys(left_out))
    account.client().create_template(Template=given)
    assert account.client().get_template(TemplateName=NAME)["Template"] == given


def test_the_answers_of_changes_have_an_empty_result(account: Account) -> None:
    parts = {"Template.TemplateName": "t", "Template.SubjectPart": "s"}
    for action, given in (
        ("CreateTemplate", parts),
        ("UpdateTemplate", parts),
        ("DeleteTemplate", {"TemplateName": "t"}),
    ):
        answer = account.query(action, given)
        assert answer.status == 200
        result = xml.root(answer).find(f"{{*}}{action}Result")
        assert result is not None
        assert len(result) == 0


def test_characters_of_any_kind_survive(account: Account) -> None:
    given = template(SubjectPart="Zürich 😀", TextPart="a\r\nb\tc <&> \"'", HtmlPart="<p>ünï</p>\n")
    account.client().create_template(Template=given)
    assert account.client().get_template(TemplateName=NAME)["Template"] == given


# ---- CreateTemplate and UpdateTemplate


@pytest.mark.parametrize("call", CALLS)
def test_a_template_without_a_name_is_no_template(account: Account, call: str) -> None:
    action = "".join(word.title() for word in call.split("_"))
    answer = account.query(action, {"Template.SubjectPart": "Hi"})
    text = (
        "1 validation error detected: Value at 'template.templateName' failed to satisfy constraint: "
        "Member must not be null"
    )
    assert xml.refusal(answer) == (400, "ValidationError", text)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("subject", [None, ""])
def test_the_subject_must_be_specified(account: Account, call: str, subject: str | None) -> None:
    given = template(SubjectPart=subject)
    answer = refusal(getattr(account.client(), call), Template=given)
    assert answer == (INVALID, "The subject must be specified.", 400)
    assert names(account) == []


def test_a_name_can_be_taken_only_once(account: Account) -> None:
    templates.create(account.client())
    answer = refusal(account.client().create_template, Template=simple(NAME, "other"))
    assert answer == ("AlreadyExists", f"Template {NAME} already exists", 400)
    assert account.client().get_template(TemplateName=NAME)["Template"] == GREETING


@pytest.mark.parametrize("name", ["", "a b", "a.b", "é", "a\n", "n" * 65, "a/b"])
def test_a_name_has_letters_digits_and_dashes(account: Account, name: str) -> None:
    text = f"Invalid template name <{name}>: only 64 ASCII letters, digits, '_' and '-' are allowed."
    assert refusal(account.client().create_template, Template=simple(name, "x")) == (INVALID, text, 400)
    for fine in ("Abc-9_z", "n" * 64):
        templates.create(account.client(), fine)
        account.client().delete_template(TemplateName=fine)


@pytest.mark.parametrize("part", ["SubjectPart", "TextPart", "HtmlPart"])
@pytest.mark.parametrize("source", FAULTY, ids=range(len(FAULTY)))
@pytest.mark.parametrize("call", CALLS)
def test_what_is_not_handlebars_is_refused(account: Account, call: str, part: str, source: str) -> None:
    if call == "update_template":
        templates.create(account.client())
    code, text, status = refusal(getattr(account.client(), call), Template=template(**{part: source}))
    assert (code, status) == ("InvalidTemplate", 400)
    assert text.startswith(f"Template {NAME} is invalid: {part}: ")
    assert names(account) == ([NAME] if call == "update_template" else [])
    if call == "update_template":
        assert account.client().get_template(TemplateName=NAME)["Template"] == GREETING


def test_a_template_has_at_most_500_kb(account: Account) -> None:
    half = "x" * 256_000
    account.client().create_template(Template=template("fits", SubjectPart="s", TextPart=half, HtmlPart=half[:-1]))
    given = template("not", SubjectPart="s", TextPart=half, HtmlPart=half)
    answer = refusal(account.client().create_template, Template=given)
    assert answer == ("InvalidTemplate", "Template not is invalid: it is larger than 512000 bytes", 400)
    assert names(account) == ["fits"]


def test_an_update_replaces_all_parts(account: Account) -> None:
    templates.create(account.client())
    account.client().update_template(Template=simple(NAME, "only text"))
    assert account.client().get_template(TemplateName=NAME)["Template"] == simple(NAME, "only text")
    assert names(account) == [NAME]


def test_an_unknown_template_is_told_by_name(account: Account) -> None:
    client = account.client()
    assert refusal(client.update_template, Template=simple("nobody", "x")) == unknown("nobody")
    assert refusal(client.get_template, TemplateName="nobody") == unknown("nobody")
    assert refusal(client.test_render_template, TemplateName="No Body", TemplateData="{}") == unknown("No Body")


def test_callers_who_create_the_same_template_at_once_succeed_once(start: Callable[..., Account]) -> None:
    account = start(workers=2)

    def create(number: int) -> str | None:
        given = {"Template.TemplateName": f"t{number // 8}", "Template.SubjectPart": "Hi"}
        return xml.code(account.query("CreateTemplate", given))

    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(create, range(64)))
    assert sorted(filter(None, codes)) == ["AlreadyExists"] * 56
    assert sorted(names(account)) == [f"t{number}" for number in range(8)]


# ---- DeleteTemplate


def test_a_deleted_template_is_unknown_and_its_name_is_free(account: Account) -> None:
    mail.verify(account, mail.ANN)
    templates.create(account.client())
    templates.send(account.client())
    account.client().delete_template(TemplateName=NAME)
    assert refusal(account.client().get_template, TemplateName=NAME) == unknown(NAME)
    assert templates.refused(account.client()) == unknown(NAME)[:2]
    account.client().create_template(Template=simple(NAME, "new"))
    assert account.client().get_template(TemplateName=NAME)["Template"]["TextPart"] == "new"


def test_deleting_an_unknown_template_succeeds(account: Account) -> None:
    answer = account.client().delete_template(TemplateName="nobody")
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200


# ---- ListTemplates


def test_an_account_without_templates_has_an_empty_list(account: Account) -> None:
    found = account.client().list_templates()
    assert found["TemplatesMetadata"] == []
    assert "NextToken" not in found


def test_a_template_is_listed_with_the_time_of_its_creation(start: Callable[..., Account]) -> None:
    account = start()
    moment = "2023-08-25T18:33:54.123Z"
    account.inspect("PUT", "/clock", {"now": moment, "frozen": True})
    templates.create(account.client())
    account.advance("PT1H")
    account.client().update_template(Template=simple(NAME, "x"))
    answer = account.query("ListTemplates")
    entry = xml.root(answer).find(".//{*}member")
    assert entry is not None
    assert [(part.tag.partition("}")[2], part.text) for part in entry] == [("Name", NAME), ("CreatedTimestamp", moment)]
    listed = account.client().list_templates()["TemplatesMetadata"]
    assert listed == [{"Name": NAME, "CreatedTimestamp": datetime(2023, 8, 25, 18, 33, 54, 123_000, UTC)}]


def test_templates_come_ten_at_a_time_if_not_said_otherwise(account: Account) -> None:
    for number in range(23):
        templates.create(account.client(), f"t{number}")
    expected = [f"t{number}" for number in range(23)]
    assert names(account) == expected
    first = account.client().list_templates()
    assert [each["Name"] for each in first["TemplatesMetadata"]] == expected[:10]
    second = account.client().list_templates(NextToken=first["NextToken"], MaxItems=12)
    assert [each["Name"] for each in second["TemplatesMetadata"]] == expected[10:22]
    last = account.client().list_templates(NextToken=second["NextToken"], MaxItems=1)
    assert [each["Name"] for each in last["TemplatesMetadata"]] == ["t22"]
    assert "NextToken" not in last


def test_more_than_a_hundred_are_never_listed_at_once(start: Callable[..., Account], new_database_url: str) -> None:
    account = start()
    row = {"account_id": account.account_id, "region": "us-east-1", "subject_part": "Hi", "created_at": 0}
    rows = [{**row, "template_name": f"t{number}"} for number in range(20_000)]
    engine = create_engine(new_database_url)
    with engine.begin() as connection:
        connection.execute(insert(schema.templates), rows)
    engine.dispose()
    for asked in (100, 101, 5_000):
        assert len(account.client().list_templates(MaxItems=asked)["TemplatesMetadata"]) == 100
    answer = refusal(account.client().create_template, Template=simple("one-more", "x"))
    assert answer == ("LimitExceeded", "Cannot have more than 20000 templates.", 400)


@pytest.mark.parametrize("asked", [0, -1])
def test_less_than_one_cannot_be_listed(account: Account, asked: int) -> None:
    text = f"Value {asked} for parameter MaxItems is invalid. MaxItems must be between 1 and 100."
    assert refusal(account.client().list_templates, MaxItems=asked) == (INVALID, text, 400)


def test_a_token_of_another_list_does_not_continue_this_one(account: Account) -> None:
    for number in range(2):
        account.client().verify_email_identity(EmailAddress=f"{number}@example.com")
        templates.create(account.client(), f"t{number}")
    other = account.client().list_identities(MaxItems=1)["NextToken"]
    for token in (other, "nonsense"):
        answer = refusal(account.client().list_templates, NextToken=token)
        assert answer == (INVALID, f"Invalid NextToken <{token}>.", 400)


# ---- whose templates


def test_templates_belong_to_one_account_in_one_region(account: Account) -> None:
    templates.create(account.client())
    for stranger in (account.elsewhere("eu-west-1"), aws.new_account(account.url)):
        assert names(stranger) == []
        assert refusal(stranger.client().get_template, TemplateName=NAME) == unknown(NAME)
        templates.create(stranger.client())
        stranger.client().delete_template(TemplateName=NAME)
    assert names(account) == [NAME]


def test_a_reset_takes_the_templates_along(account: Account) -> None:
    templates.create(account.client())
    account.inspect("POST", "/reset")
    assert names(account) == []
