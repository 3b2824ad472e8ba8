"""TestRenderTemplate: the message that a template makes of data, or why it makes none."""

import email
import json
from email.message import Message
from typing import Any

import pytest

from tests.support import templates
from tests.support.aws import Account, refusal
from tests.support.templates import DATA, NAME, simple

BOMB = "{{#*inline 'p'}}{{> p}}{{> p}}{{/inline}}{{> p}}"


def rendered(account: Account, data: dict[str, Any] | str = DATA, name: str = NAME) -> Message:
    given = data if isinstance(data, str) else json.dumps(data)
    answer = account.client().test_render_template(TemplateName=name, TemplateData=given)
    return email.message_from_string(answer["RenderedTemplate"])


def body(account: Account, source: str, data: dict[str, Any]) -> str:
    account.client().create_template(Template=simple("t", source))
    text = rendered(account, data, "t").get_payload(decode=True)
    assert isinstance(text, bytes)
    return text.decode()


def refused(account: Account, source: str, data: str) -> tuple[str, str, int]:
    account.client().create_template(Template=simple("t", source))
    return refusal(account.client().test_render_template, TemplateName="t", TemplateData=data)


def test_the_whole_message_is_rendered(account: Account) -> None:
    templates.create(account.client())
    message = rendered(account, {**DATA, "more": "is ignored"})
    assert message.keys() == ["Date", "Subject", "MIME-Version", "Content-Type"]
    assert message["Subject"] == "Greetings, Alejandro!"
    assert message.get_content_type() == "multipart/alternative"
    text, html = (part.get_payload() for part in message.walk() if not part.is_multipart())
    assert text == "Dear Alejandro,\r\nYour favourite animal is zebra."
    assert html == "<h1>Hello Alejandro</h1><p>Your favourite animal is zebra.</p>"


@pytest.mark.parametrize(("left_out", "kind"), [("HtmlPart", "text/plain"), ("TextPart", "text/html")])
def test_a_single_part_has_no_boundary(account: Account, left_out: str, kind: str) -> None:
    templates.create(account.client(), **{left_out: None})
    message = rendered(account)
    assert message.keys() == ["Date", "Subject", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"]
    assert message["Content-Type"] == f"{kind}; charset=UTF-8"
    assert message["Content-Transfer-Encoding"] == "7bit"


def test_the_message_has_network_line_ends_and_the_date_of_delivered_mail(account: Account) -> None:
    templates.create(account.client(), TextPart="a\nb {{name}}", HtmlPart=None)
    answer = account.client().test_render_template(TemplateName=NAME, TemplateData=json.dumps(DATA))
    lines = answer["RenderedTemplate"].split("\r\n")
    assert lines[0].startswith("Date: ")
    assert lines[0].endswith(" +0000")
    assert lines[-3:] == ["", "a", "b Alejandro"]


def test_a_subject_that_is_not_ascii_is_encoded(account: Account) -> None:
    templates.create(account.client())
    message = rendered(account, {**DATA, "name": "Zoë"})
    assert message["Subject"].startswith("=?UTF-8?Q?Greetings,_Zo=C3=AB!?=")


def test_a_line_end_in_a_subject_begins_no_header(account: Account) -> None:
    templates.create(account.client())
    message = rendered(account, {**DATA, "name": "x\r\nBcc: eve@example.com"})
    assert message["Bcc"] is None


@pytest.mark.parametrize(
    ("source", "data", "text"),
    [
        ("{{x}}{{{x}}}", {"x": "<b>"}, "<b><b>"),
        ("{{a.b}} {{l.0}} {{l.[1]}}", {"a": {"b": 1}, "l": ["x", "y"]}, "1 x y"),
        (
            "{{#each items}} {{name}} is {{#if best}}the best{{else}}a {{type}}{{/if}}, {{/each}}",
            {"items": [{"name": "Tom", "best": True}, {"name": "Bob", "type": "dog"}]},
            " Tom is the best,  Bob is a dog, ",
        ),
        ("{{#if x}}a{{else if y}}b{{else}}c{{/if}}{{#unless x}}d{{/unless}}", {"y": 1}, "bd"),
        ("{{#with p}}{{q}}{{/with}}{{lookup p 'q'}}{{log p}}", {"p": {"q": 1}}, "11"),
        ("{{#x}}a{{/x}}{{^x}}b{{/x}}{{! c }}{{!-- {{d}} --}}", {}, "b"),
        ("{{#* inline 'n'}}{{x}}!{{/inline}}\n{{#each l}}{{> n}}{{/each}}", {"l": [{"x": 1}, {"x": 2}]}, "1!2!"),
        ("{{#each l as |i n|}}{{n}}{{i}}{{@first}}{{@last}}{{/each}}", {"l": ["x"]}, "0xtruetrue"),
        ("{{#each o}}{{@key}}{{@index}}{{~/each}}", {"o": {"k": 1}}, "k0"),
        ("a {{~x~}} b", {"x": "-"}, "a-b"),
    ],
)
def test_the_template_language_is_handlebars_without_escaping(
    account: Account, source: str, data: dict[str, Any], text: str
) -> None:
    assert body(account, source, data) == text


@pytest.mark.parametrize(
    ("source", "data", "name"),
    [
        ("{{name}}", "{}", "name"),
        ("{{name}}", '{"Name": "Ann"}', "name"),
        ("{{name}}", '{"name": null}', "name"),
        ("{{contact.firstName}}", '{"contact": {}}', "contact.firstName"),
        ("{{#each l}}{{x}}{{/each}}", '{"l": [{"x": 1}, {}], "x": 2}', "x"),
        ("{{#IF x}}y{{/IF}}", '{"x": 1}', "IF"),
        ("{{__class__}}", "{}", "__class__"),
    ],
)
def test_an_attribute_that_is_missing_or_null_is_named(account: Account, source: str, data: str, name: str) -> None:
    text = f"Attribute '{name}' is not present in the rendering data."
    assert refused(account, source, data) == ("MissingRenderingAttribute", text, 400)


@pytest.mark.parametrize("data", ["", "{", "[1]", "null", '"x"', '{"x": NaN}', "{'x': 1}", '{"a":' * 20_000])
def test_data_must_be_a_json_object(account: Account, data: str) -> None:
    code, text = "InvalidRenderingParameter", "Template rendering data is invalid"
    assert refused(account, "{{x}}", data) == (code, text, 400)


def test_data_has_at_most_262144_characters(account: Account) -> None:
    most = json.dumps({"x": "y" * 262_135})
    assert len(most) == 262_144
    assert body(account, "{{x}}", json.loads(most)) == "y" * 262_135
    code, text, status = refusal(
        account.client().test_render_template, TemplateName="t", TemplateData=most.replace("}", " }")
    )
    constraint = "Member must have length less than or equal to 262144"
    violation = f"Value at 'templateData' failed to satisfy constraint: {constraint}"
    assert (code, text, status) == ("ValidationError", f"1 validation error detected: {violation}", 400)


def test_a_template_that_would_never_end_is_refused(account: Account) -> None:
    assert refused(account, BOMB, "{}")[0] == "InvalidRenderingParameter"
    assert account.client().list_templates()["TemplatesMetadata"][0]["Name"] == "t"


def test_nothing_is_sent(account: Account) -> None:
    templates.create(account.client())
    rendered(account)
    assert account.messages() == []
