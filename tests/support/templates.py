"""E-mail templates, and sending with them."""

import json
from typing import Any

from tests.support import aws, mail
from tests.support.mail import ANN, BOB

NAME = "greeting"
GREETING = {
    "TemplateName": NAME,
    "SubjectPart": "Greetings, {{name}}!",
    "TextPart": "Dear {{name}},\r\nYour favourite animal is {{animal}}.",
    "HtmlPart": "<h1>Hello {{name}}</h1><p>Your favourite animal is {{animal}}.</p>",
}
DATA = {"name": "Alejandro", "animal": "zebra"}


def template(name: str = NAME, /, **parts: str | None) -> dict[str, str]:
    """A template; of the greeting's parts, those that are not said otherwise (`None`: not at all)."""
    given = {**GREETING, "TemplateName": name, **parts}
    return {member: value for member, value in given.items() if value is not None}


def simple(name: str, source: str) -> dict[str, str]:
    """A template with a plain subject and this text."""
    return template(name, SubjectPart="Hi", TextPart=source, HtmlPart=None)


def create(client: Any, name: str = NAME, /, **parts: str | None) -> None:
    """The template is there."""
    client.create_template(Template=template(name, **parts))


def parameters(**changed: Any) -> dict[str, Any]:
    """What SendTemplatedEmail is given: a greeting from Ann to Bob, but for the changes."""
    plain = {"Source": ANN, "Destination": {"ToAddresses": [BOB]}, "Template": NAME, "TemplateData": json.dumps(DATA)}
    return {**plain, **changed}


def send(client: Any, **changed: Any) -> str:
    """The id of a message that was sent with SendTemplatedEmail."""
    return str(client.send_templated_email(**parameters(**changed))["MessageId"])


def refused(client: Any, **changed: Any) -> tuple[str, str]:
    """Code and message with which SendTemplatedEmail is refused."""
    return aws.refusal(client.send_templated_email, **parameters(**changed))[:2]


def events(account: aws.Account, message_id: str) -> list[dict[str, Any]]:
    """The message's timeline, when all work is done."""
    account.drain()
    return account.inspect("GET", f"/messages/{message_id}/events")["events"]  # type: ignore[no-any-return]


def rendering_failure(account: aws.Account, message_id: str) -> str:
    """What is told of a message that could not be rendered; nobody got it."""
    happened = events(account, message_id)
    assert [event["type"] for event in happened] == ["Send", "Rendering Failure"]
    shown = mail.shown(account, message_id)
    assert {each["status"] for each in shown["recipients"]} == {"rendering_failed"}
    assert (shown["subject"], shown["text"], shown["html"], shown["headers"], shown["size"]) == (
        None,
        None,
        None,
        [],
        0,
    )
    assert happened[1]["recipients"] == [each["address"] for each in shown["recipients"]]
    assert set(happened[1]["detail"]) == {"template_name", "error_message"}
    assert happened[1]["detail"]["template_name"] == shown["template"]
    return str(happened[1]["detail"]["error_message"])
