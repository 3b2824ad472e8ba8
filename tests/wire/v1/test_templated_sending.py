"""SendTemplatedEmail: accepted at once, rendered later; what cannot be rendered reaches nobody."""

import email
import email.policy
import json
import re
from typing import Any

import pytest

from tests.support import aws, mail, templates
from tests.support.aws import Account
from tests.support.mail import ANN, BOB, invalid
from tests.support.templates import DATA, NAME, simple

UNKNOWN = ("TemplateDoesNotExist", f"Template {NAME} does not exist")
DATA_INVALID = ("InvalidParameterValue", "The template data is invalid.")


def arn(account: Account, name: str = NAME, region: str = "us-east-1") -> str:
    return f"arn:aws:ses:{region}:{account.account_id}:template/{name}"


def ready(account: Account, **parts: str | None) -> Any:
    """A client of an account in which Ann is verified and there is a greeting."""
    client = mail.client(account)
    templates.create(client, **parts)
    return client


def delivered(account: Account, message_id: str) -> bytes:
    account.drain()
    return mail.delivered(account, message_id)


# ---- what arrives


def test_the_rendered_message_arrives(account: Account) -> None:
    message_id = templates.send(ready(account))
    assert [event["type"] for event in templates.events(account, message_id)] == ["Send", "Delivery"]
    shown = mail.shown(account, message_id)
    assert shown["operation"] == "SendTemplatedEmail"
    assert (shown["subject"], shown["text"], shown["html"]) == (
        "Greetings, Alejandro!",
        "Dear Alejandro,\r\nYour favourite animal is zebra.",
        "<h1>Hello Alejandro</h1><p>Your favourite animal is zebra.</p>",
    )
    assert (shown["template"], json.loads(shown["template_data"])) == (NAME, DATA)
    assert [each["status"] for each in shown["recipients"]] == ["delivered"]
    assert shown["size"] > 0


def test_the_date_comes_first_and_is_that_of_the_delivery(account: Account) -> None:
    raw = delivered(
        account,
        templates.send(
            ready(account),
            Destination={
                "ToAddresses": [BOB, "Cy <c@example.net>"],
                "CcAddresses": ["d@d.org"],
                "BccAddresses": ["e@e.org"],
            },
            ReplyToAddresses=["help@example.org"],
        ),
    )
    lines = mail.header_lines(raw)
    lines = lines[next(number for number, line in enumerate(lines) if line.startswith("Date: ")) :]
    assert lines[1:8] == [
        f"From: {ANN}",
        "Reply-To: help@example.org",
        f"To: {BOB}, Cy <c@example.net>",
        "Cc: d@d.org",
        "Subject: Greetings, Alejandro!",
        "MIME-Version: 1.0",
        "Content-Type: multipart/alternative; ",
    ]
    assert re.fullmatch(r"Date: \w{3}, \d{1,2} \w{3} \d{4} \d\d:\d\d:\d\d \+0000", lines[0])
    assert sum(line.startswith("Date:") for line in mail.header_lines(raw)) == 1
    assert re.fullmatch(r'\tboundary="----=_Part_\d+_\d+\.\d{13}"', lines[8])
    text, html = (part for part in email.message_from_bytes(raw).walk() if not part.is_multipart())
    assert (text["Content-Type"], html["Content-Type"]) == ("text/plain; charset=UTF-8", "text/html; charset=UTF-8")


@pytest.mark.parametrize(("left_out", "kind"), [("HtmlPart", "text/plain"), ("TextPart", "text/html")])
def test_a_single_part_is_the_whole_message(account: Account, left_out: str, kind: str) -> None:
    raw = delivered(account, templates.send(ready(account, **{left_out: None})))
    assert f"Content-Type: {kind}; charset=UTF-8" in mail.header_lines(raw)
    assert "Content-Transfer-Encoding: 7bit" in mail.header_lines(raw)


def test_a_template_without_parts_makes_an_empty_message(account: Account) -> None:
    raw = delivered(account, templates.send(ready(account, TextPart=None, HtmlPart=None)))
    assert mail.body(raw) == b""
    assert "Subject: Greetings, Alejandro!" in mail.header_lines(raw)


def test_html_is_not_escaped_and_other_data_is_ignored(account: Account) -> None:
    client = mail.client(account)
    client.create_template(Template=simple(NAME, "{{x}}"))
    message_id = templates.send(client, TemplateData='{"x": "<b>&\\"", "y": 1}')
    account.drain()
    assert mail.shown(account, message_id)["text"] == '<b>&"'


def test_characters_of_any_kind_arrive(account: Account) -> None:
    message_id = templates.send(ready(account), TemplateData=json.dumps({"name": "Zoë 😀", "animal": "\ud800\0?"}))
    account.drain()
    shown = mail.shown(account, message_id)
    assert shown["subject"] == "Greetings, Zoë 😀!"
    assert shown["text"] == "Dear Zoë 😀,\r\nYour favourite animal is \ufffd\ufffd?."
    decoded = email.message_from_bytes(mail.delivered(account, message_id), policy=email.policy.default)
    assert decoded["Subject"] == "Greetings, Zoë 😀!"


def test_a_line_end_in_the_data_begins_no_header(account: Account) -> None:
    message_id = templates.send(ready(account), TemplateData=json.dumps({**DATA, "name": "x\r\nBcc: eve@example.com"}))
    raw = delivered(account, message_id)
    assert not [line for line in mail.header_lines(raw) if line.startswith("Bcc")]
    assert len(mail.shown(account, message_id)["recipients"]) == 1


def test_rendered_messages_are_found_by_template_and_by_words(account: Account) -> None:
    client = ready(account)
    message_id = templates.send(client, Tags=[{"Name": "campaign", "Value": "x"}])
    mail.send(client)
    account.drain()
    for query in ({"template": NAME}, {"q": "zebra"}, {"subject": "greetings"}, {"tag": "campaign=x"}):
        assert [message["id"] for message in account.messages(**query)] == [message_id]
    assert account.messages(template="other") == []


def test_tags_return_path_and_blind_copies_are_kept(account: Account) -> None:
    client = ready(account)
    mail.verify(account, "bounces@example.com")
    message_id = templates.send(
        client,
        Destination={"BccAddresses": [BOB]},
        ReturnPath="bounces@example.com",
        Tags=[{"Name": "a", "Value": "b"}],
    )
    shown = mail.shown(account, message_id)
    assert (shown["return_path"], shown["tags"], shown["bcc"]) == ("bounces@example.com", {"a": ["b"]}, [BOB])
    assert not [line for line in mail.header_lines(delivered(account, message_id)) if line.startswith(("Bcc", "To"))]


def test_a_template_counts_as_it_is_when_it_is_rendered(account: Account) -> None:
    client = ready(account)
    client.update_template(Template=simple(NAME, "new {{name}}"))
    message_id = templates.send(client)
    account.drain()
    assert mail.shown(account, message_id)["text"] == "new Alejandro"


# ---- what cannot be rendered


@pytest.mark.parametrize("data", [{}, {"name": None}, {"Name": "Ann"}, {"NAME": "Ann"}])
def test_a_missing_or_null_attribute_is_a_rendering_failure(account: Account, data: dict[str, Any]) -> None:
    message_id = templates.send(ready(account), TemplateData=json.dumps({"animal": "zebra", **data}))
    text = "Attribute 'name' is not present in the rendering data."
    assert templates.rendering_failure(account, message_id) == text


def test_a_missing_attribute_in_a_condition_is_none(account: Account) -> None:
    client = mail.client(account)
    client.create_template(Template=simple(NAME, "{{#if name}}{{name}}{{else}}you{{/if}}"))
    message_id = templates.send(client, TemplateData="{}")
    account.drain()
    assert mail.shown(account, message_id)["text"] == "you"


def test_a_helper_in_capitals_is_a_missing_attribute(account: Account) -> None:
    client = mail.client(account)
    client.create_template(Template=simple(NAME, "{{#IF name}}x{{/IF}}"))
    text = "Attribute 'IF' is not present in the rendering data."
    assert templates.rendering_failure(account, templates.send(client)) == text


@pytest.mark.parametrize(
    ("source", "data", "text"),
    [
        ("{{#*inline 'p'}}{{> p}}{{> p}}{{/inline}}{{> p}}", "{}", "The template is nested too deep."),
        (
            "{{#each a}}{{#each @root.a}}{{@root.b}}{{/each}}{{/each}}",
            json.dumps({"a": [1] * 1000, "b": "x" * 10_000}),
            "The rendered text is longer than 4194304 characters.",
        ),
        (
            "{{#each a}}{{@root.b}}{{/each}}",
            json.dumps({"a": [1] * 400, "b": "ü" * 10_000}),
            "Message length is more than 10485760 bytes long: ",
        ),
    ],
)
def test_a_message_that_grows_without_end_is_given_up(account: Account, source: str, data: str, text: str) -> None:
    client = mail.client(account)
    client.create_template(Template=simple(NAME, source))
    assert templates.rendering_failure(account, templates.send(client, TemplateData=data)).startswith(text)


def test_what_was_not_rendered_can_be_looked_at_and_deleted(account: Account) -> None:
    message_id = templates.send(ready(account), TemplateData="{}", Destination={"ToAddresses": [BOB, "c@c.org"]})
    templates.rendering_failure(account, message_id)
    assert [message["id"] for message in account.messages(template=NAME)] == [message_id]
    assert [message["id"] for message in account.messages(q="bob")] == [message_id]
    assert mail.delivered(account, message_id) == b""
    path = f"/_emulator/messages/{message_id}"
    statuses = {
        part: aws.request(account.url, "GET", f"{path}/{part}", None, {}).status
        for part in ("raw", "text", "html", "attachments/0", "events", "links", "codes")
    }
    assert statuses == {
        "raw": 200,
        "text": 404,
        "html": 404,
        "attachments/0": 404,
        "events": 200,
        "links": 200,
        "codes": 200,
    }
    account.inspect("DELETE", f"/messages/{message_id}")
    assert account.messages(template=NAME) == []


# ---- what is refused


def test_an_unknown_template_is_refused_before_anything_is_rendered(account: Account) -> None:
    client = mail.client(account)
    assert templates.refused(client) == UNKNOWN
    assert templates.refused(client, Template="") == ("TemplateDoesNotExist", "Template  does not exist")
    templates.create(client)
    assert templates.refused(client, Template=NAME.upper())[0] == "TemplateDoesNotExist"
    assert account.messages(template=NAME) == []


@pytest.mark.parametrize(
    "data", ["", "{", "[]", '["a"]', '"text"', "1", "null", "{name: 1}", '{"a": NaN}', '{"a":' * 20_000]
)
def test_data_that_is_no_json_object_is_refused(account: Account, data: str) -> None:
    client = ready(account)
    assert templates.refused(client, TemplateData=data) == DATA_INVALID
    assert account.messages(template=NAME) == []


def test_data_has_at_most_262144_characters(account: Account) -> None:
    client = ready(account)
    longest = json.dumps({**DATA, "x": ""})
    longest = longest[:-2] + "y" * (262_144 - len(longest)) + '"}'
    templates.send(client, TemplateData=longest)
    text = (
        "1 validation error detected: Value at 'templateData' failed to satisfy constraint: "
        "Member must have length less than or equal to 262144"
    )
    assert templates.refused(client, TemplateData=longest + " ") == ("ValidationError", text)


def test_of_a_key_given_twice_the_last_counts(account: Account) -> None:
    message_id = templates.send(ready(account), TemplateData='{"name": "A", "animal": "b", "name": "C"}')
    account.drain()
    assert mail.shown(account, message_id)["subject"] == "Greetings, C!"


@pytest.mark.parametrize(
    ("changed", "answer"),
    [
        ({"Destination": {"ToAddresses": []}}, invalid("Missing required header 'To'.")),
        ({"Destination": {"ToAddresses": [f"{n}@x.org" for n in range(51)]}}, invalid("Recipient count exceeds 50.")),
        ({"Destination": {"ToAddresses": ["bob"]}}, invalid("Missing final '@domain'")),
        ({"Source": "ann"}, invalid("Missing final '@domain'")),
        ({"ReplyToAddresses": ["a b@c.org"]}, invalid("Local address contains control or whitespace")),
        ({"SourceArn": ""}, invalid("Invalid ARN <>.")),
        ({"TemplateArn": "arn"}, invalid("Invalid ARN <arn>.")),
        ({"TemplateArn": ""}, invalid("Invalid ARN <>.")),
        ({"Source": "eve@example.com"}, mail.unverified("eve@example.com")),
        ({"ReturnPath": "eve@example.com"}, mail.unverified("eve@example.com")),
        (
            {"ConfigurationSetName": "none"},
            ("ConfigurationSetDoesNotExist", "Configuration set <none> does not exist."),
        ),
    ],
)
def test_other_faults_are_those_of_every_send(
    account: Account, changed: dict[str, Any], answer: tuple[str, str]
) -> None:
    assert templates.refused(ready(account), **changed) == answer
    assert account.messages(template=NAME) == []


def test_the_first_of_several_faults_is_told(account: Account) -> None:
    faults: list[tuple[dict[str, Any], tuple[str, str]]] = [
        ({"SourceArn": "x"}, invalid("Invalid ARN <x>.")),
        ({"TemplateArn": "y"}, invalid("Invalid ARN <y>.")),
        ({"Tags": [{"Name": "", "Value": ""}]}, invalid("The tag name must be specified.")),
        ({"ConfigurationSetName": "n"}, ("ConfigurationSetDoesNotExist", "Configuration set <n> does not exist.")),
        ({"Template": "nobody"}, ("TemplateDoesNotExist", "Template nobody does not exist")),
        ({"TemplateData": "{"}, DATA_INVALID),
        ({"Destination": {"ToAddresses": []}}, invalid("Missing required header 'To'.")),
        ({"Source": "eve@example.com"}, mail.unverified("eve@example.com")),
    ]
    client = ready(account)
    for number, (_, answer) in enumerate(faults):
        together: dict[str, Any] = {}
        for fault, _ in faults[number:]:
            together |= fault
        assert templates.refused(client, **together) == answer


def test_members_that_the_model_requires_cannot_be_missing(account: Account) -> None:
    answer = account.query("SendTemplatedEmail", {"Source": ANN})
    for member in ("destination", "template", "templateData"):
        assert f"Value at '{member}' failed to satisfy constraint: Member must not be null" in answer.text
    assert "<Code>ValidationError</Code>" in answer.text


def test_a_paused_account_sends_nothing(account: Account) -> None:
    client = ready(account)
    client.update_account_sending_enabled(Enabled=False)
    assert templates.refused(client)[0] == "AccountSendingPausedException"


def test_in_the_sandbox_recipients_must_be_verified(account: Account) -> None:
    client = ready(account)
    account.inspect("PATCH", "/account", {"sandbox": True})
    assert templates.refused(client) == mail.unverified(BOB)
    mail.verify(account, BOB)
    templates.send(client)


# ---- templates by ARN


@pytest.mark.parametrize("name", [NAME, ""])
def test_a_template_may_be_named_by_its_arn(account: Account, name: str) -> None:
    message_id = templates.send(ready(account), Template=name, TemplateArn=arn(account))
    account.drain()
    shown = mail.shown(account, message_id)
    assert (shown["template"], shown["subject"]) == (NAME, "Greetings, Alejandro!")


@pytest.mark.parametrize("name", [NAME, ""])
def test_another_accounts_template_is_named_by_its_arn(account: Account, name: str) -> None:
    owner = aws.new_account(account.url)
    templates.create(owner.client(), SubjectPart="From another account")
    client = mail.client(account)
    message_id = templates.send(client, Template=name, TemplateArn=arn(owner))
    account.drain()
    assert mail.shown(account, message_id)["subject"] == "From another account"
    assert templates.refused(client) == UNKNOWN


def test_a_name_that_is_not_the_arns_is_of_the_callers_own(account: Account) -> None:
    owner = aws.new_account(account.url)
    templates.create(owner.client(), "other")
    client = ready(account)
    message_id = templates.send(client, TemplateArn=arn(owner, "other"))
    assert mail.shown(account, message_id)["template"] == NAME


def test_templates_of_other_regions_do_not_exist_here(account: Account) -> None:
    there = account.elsewhere("eu-west-1")
    templates.create(there.client())
    client = mail.client(account)
    assert templates.refused(client, TemplateArn=arn(account, region="eu-west-1")) == UNKNOWN
    assert templates.refused(client, TemplateArn=arn(account)) == UNKNOWN
