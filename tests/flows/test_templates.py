"""The life of templated mail: accepted, rendered, delivered, and what comes in between."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from emulator.context import Context, Contexts
from emulator.jobs import handlers
from emulator.jobs.worker import Worker
from emulator.ses import sending, tasks, templated_sending
from emulator.ses import templates as ses_templates
from emulator.store import messages as message_rows
from emulator.store.templates import Template
from tests.support import mail, outcomes, templates, workers
from tests.support.aws import Account
from tests.support.templates import NAME
from tests.support.workers import OwnClock, opened

FIRST = Template("news", "News for {{name}}", "Hello {{name}}", None)


@pytest.fixture
def contexts(new_database_url: str) -> Contexts:
    """Contexts on a database of the test's own, with a template in it."""
    made = workers.contexts(new_database_url, OwnClock())
    with opened(made, write=True) as ctx:
        ses_templates.create(ctx, FIRST)
    return made


def accept(on: Contexts, *names: str) -> None:
    """A message to each, accepted, not rendered."""
    for name in names:
        email = sending.TemplatedEmail("a@example.com", (f"{name}@example.net",), (), (), (), None)
        named = templated_sending.Named("news", None)
        options = sending.Options("SendTemplatedEmail")
        with opened(on, write=True) as ctx:
            templated_sending.send_templated_email(ctx, email, named, json.dumps({"name": name}), options)


def change(on: Contexts, action: Callable[[Context], None]) -> None:
    with opened(on, write=True) as ctx:
        action(ctx)


def failure(on: Contexts, seq: int) -> dict[str, Any]:
    """What the timeline says of a message that was not rendered."""
    from emulator.store import events as event_rows

    with opened(on) as ctx:
        happened = event_rows.of_message(ctx.tx, seq)
    assert [event.type for event in happened] == ["Send", "Rendering Failure"]
    return happened[1].detail


# ---- stories


def test_a_newsletter_fails_for_one_reader_until_its_template_is_mended(account: Account) -> None:
    client = mail.client(account)
    client.create_template(
        Template=templates.simple("news", '{{#* inline "who"}}{{first}} {{last}}{{/inline}}\nDear {{> who}}, {{offer}}')
    )
    readers: list[dict[str, Any]] = [{"first": "Bo", "last": "Lee"}, {"first": "Cy"}]
    destinations = [
        {
            "Destination": {"ToAddresses": [f"{reader['first']}@example.net"]},
            "ReplacementTemplateData": json.dumps(reader),
        }
        for reader in readers
    ]

    def send() -> list[str]:
        answer = client.send_bulk_templated_email(
            Source=mail.ANN,
            Template="news",
            DefaultTemplateData='{"offer": "all is free"}',
            Destinations=destinations,
        )
        return [each["MessageId"] for each in answer["Status"]]

    first, second = send()
    assert templates.rendering_failure(account, second) == "Attribute 'last' is not present in the rendering data."
    assert mail.shown(account, first)["text"] == "Dear Bo Lee, all is free"
    mended = '{{#* inline "who"}}{{first}}{{#if last}} {{last}}{{/if}}{{/inline}}\nDear {{> who}}, {{offer}}'
    client.update_template(Template=templates.simple("news", mended))
    _, second = send()
    account.drain()
    assert mail.shown(account, second)["text"] == "Dear Cy, all is free"
    assert len(account.messages(template="news")) == 4


def test_whoever_waits_for_a_rendered_message_gets_it(account: Account) -> None:
    client = mail.client(account)
    templates.create(client)
    message_id = templates.send(client)
    found = account.inspect("GET", "/messages/wait", subject="Greetings, Alejandro", template=NAME)
    assert [message["id"] for message in found["messages"]] == [message_id]
    assert found["messages"][0]["html"].startswith("<h1>Hello Alejandro</h1>")


# ---- between acceptance and rendering


def test_a_message_is_kept_with_its_data_until_it_is_rendered(contexts: Contexts) -> None:
    accept(contexts, "bob")
    (message,) = workers.messages(contexts)
    assert (message.template, message.template_data, message.subject) == ("news", '{"name": "bob"}', None)
    assert workers.statuses(message) == ["pending"]
    assert workers.event_types(contexts, message) == ["Send"]
    Worker(contexts, 0).drain()
    (message,) = workers.messages(contexts)
    assert (message.subject, workers.statuses(message)) == ("News for bob", ["delivered"])
    assert workers.event_types(contexts, message) == ["Send", "Delivery"]
    assert workers.jobs(contexts) == []


def test_many_messages_are_rendered_each_with_its_own_data(contexts: Contexts) -> None:
    names = [f"reader{number}" for number in range(120)]
    accept(contexts, *names)
    Worker(contexts, 0).run_due()
    assert [message.subject for message in workers.messages(contexts)] == [f"News for {name}" for name in names]
    assert {status for message in workers.messages(contexts) for status in workers.statuses(message)} == {"delivered"}
    assert workers.jobs(contexts) == []


def test_a_template_that_was_deleted_meanwhile_is_a_rendering_failure(contexts: Contexts) -> None:
    accept(contexts, "bob", "cy")
    change(contexts, lambda ctx: ses_templates.delete(ctx, "news"))
    Worker(contexts, 0).drain()
    for message in workers.messages(contexts):
        assert workers.statuses(message) == ["rendering_failed"]
        text = "Template news does not exist"
        assert failure(contexts, message.seq) == {"template_name": "news", "error_message": text}
    assert workers.jobs(contexts) == []


def test_a_template_that_was_changed_meanwhile_counts_as_it_is_now(contexts: Contexts) -> None:
    accept(contexts, "bob")
    change(contexts, lambda ctx: ses_templates.update(ctx, FIRST._replace(subject_part="{{name}}: {{title}}")))
    Worker(contexts, 0).drain()
    (message,) = workers.messages(contexts)
    assert failure(contexts, message.seq)["error_message"] == "Attribute 'title' is not present in the rendering data."


def test_a_message_that_was_deleted_meanwhile_is_passed_over(contexts: Contexts) -> None:
    accept(contexts, "bob", "cy")
    victim = workers.messages(contexts)[0]
    change(contexts, lambda ctx: message_rows.delete_one(ctx.tx, victim.seq))
    Worker(contexts, 0).drain()
    assert [message.subject for message in workers.messages(contexts)] == ["News for cy"]
    assert workers.jobs(contexts) == []


@pytest.mark.parametrize("broken", [False, True])
def test_a_message_deleted_while_it_is_rendered_does_not_stop_the_others(
    contexts: Contexts, monkeypatch: pytest.MonkeyPatch, broken: bool
) -> None:
    accept(contexts, "bob", "cy", "dan")
    if broken:
        change(contexts, lambda ctx: ses_templates.update(ctx, FIRST._replace(subject_part="{{title}}")))
    victim = workers.messages(contexts)[1]
    real = handlers.INSIDE[tasks.RenderMessage]

    def prepare_and_delete(ctx: Context, due: Sequence[tasks.RenderMessage]) -> object:
        prepared = real.prepare(ctx, due)
        change(contexts, lambda other: message_rows.delete_one(other.tx, victim.seq))
        return prepared

    monkeypatch.setitem(handlers.INSIDE, tasks.RenderMessage, real._replace(prepare=prepare_and_delete))
    Worker(contexts, 0).drain()
    assert workers.jobs(contexts) == []
    left = workers.messages(contexts)
    expected = ["rendering_failed"] if broken else ["delivered"]
    assert [workers.statuses(message) for message in left] == [expected] * 2


# ---- in bulk


def test_what_becomes_of_a_newsletter_adds_up(account: Account) -> None:
    client = mail.client(account)
    templates.create(client)
    fates = ["bounce"] * 10 + ["complaint"] * 5 + ["delivery"] * 30 + ["rendering failure"] * 3 + ["no address"] * 2
    readers = [f"reader{number}@example.net" for number in range(len(fates))]
    for reader, fate in zip(readers, fates, strict=True):
        if fate in ("bounce", "complaint"):
            outcomes.standing(account, reader, fate)
    data = {"name": "Reader", "animal": "zebra"}
    answered = client.send_bulk_templated_email(
        Source=mail.ANN,
        Template=NAME,
        DefaultTemplateData=json.dumps({"animal": "zebra"}),
        Destinations=[
            {
                "Destination": {"ToAddresses": [reader if fate != "no address" else "nobody"]},
                "ReplacementTemplateData": json.dumps({} if fate == "rendering failure" else data),
            }
            for reader, fate in zip(readers, fates, strict=True)
        ],
    )["Status"]
    assert [each["Status"] for each in answered] == ["Success"] * 48 + ["InvalidParameterValue"] * 2
    account.drain()
    sent = account.messages(direction="outbound", limit=100)
    statuses = Counter(recipient["status"] for message in sent for recipient in message["recipients"])
    assert statuses == {"bounced": 10, "complained": 5, "delivered": 30, "rendering_failed": 3}
    assert outcomes.statistics(account) == {"Bounces": 10, "Complaints": 5, "Rejects": 0}
    assert sum(point["DeliveryAttempts"] for point in client.get_send_statistics()["SendDataPoints"]) == 48
    assert client.get_send_quota()["SentLast24Hours"] == 48
