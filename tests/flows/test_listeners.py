"""Who is told of what becomes of a message: destinations of its set, topics of its identity, its sender by mail."""

import json
import re
from collections.abc import Callable
from itertools import product
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from emulator import Running
from tests.support import aws, configuration_sets, mail, outcomes, policies, published, templates
from tests.support.aws import Account
from tests.support.configuration_sets import FIREHOSE, NAME, cloudwatch, destination
from tests.support.mail import ANN, BOB
from tests.support.published import IDENTITY_NOTIFICATION

Start = Callable[..., Account]
DOMAIN, BEN = "example.com", "ben@example.com"
BOUNCING, COMPLAINING = "bounce@simulator.amazonses.com", "complaint@simulator.amazonses.com"
FEEDBACK = "arn:aws:sns:us-east-1:123456789012:feedback"
REPORTS = {"MAILER-DAEMON@amazonses.com": "Bounce", "complaints@email-abuse.amazonses.com": "Complaint"}
EVERYTHING = ("send", "reject", "bounce", "complaint", "delivery", "open", "click", "renderingFailure")


def to(*addresses: str) -> dict[str, list[str]]:
    return {"ToAddresses": list(addresses)}


def told(account: Account, message_id: str | None = None) -> list[tuple[str, str]]:
    """Which destination was told of which events, in order."""
    found = published.messages(account, message_id=message_id)
    return [(each.name.rpartition("/")[2], each.document["eventType"]) for each in found]


def mailed(account: Account) -> list[str]:
    """The kinds of the reports in the account's mailboxes."""
    account.drain()
    senders = [each["from"] for each in account.messages(direction="system")]
    return sorted(REPORTS[each] for each in senders if each in REPORTS)


def set_topics(account: Account, *kinds: str, identity: str = ANN, topic: str = FEEDBACK) -> None:
    for kind in kinds:
        account.client().set_identity_notification_topic(Identity=identity, NotificationType=kind, SnsTopic=topic)


# ---- destinations of a set


def test_each_enabled_destination_that_wants_an_event_is_told_of_it(account: Account) -> None:
    client = mail.client(account)
    configuration_sets.create(account, NAME, "other")
    configuration_sets.add(account, "some", "send", "bounce")
    configuration_sets.add(account, "more", "bounce", "delivery")
    off = destination("off", *EVERYTHING) | {"Enabled": False}
    client.create_configuration_set_event_destination(ConfigurationSetName=NAME, EventDestination=off)
    configuration_sets.add(account, "others", *EVERYTHING, to="other")
    mail.send(client, ConfigurationSetName=NAME, Destination=to(BOB, BOUNCING))
    mail.send(client, Destination=to(BOB, BOUNCING))
    delivered, bounced = [("more", "Delivery")], [("some", "Bounce"), ("more", "Bounce")]
    assert told(account) == [("some", "Send"), *delivered, *bounced]


@pytest.mark.parametrize("blocks", [FIREHOSE, cloudwatch(("campaign", "messageTag", "none"))])
def test_streams_and_metrics_are_told_of_the_same_events(account: Account, blocks: dict[str, Any]) -> None:
    client = mail.client(account)
    configuration_sets.create(account)
    configuration_sets.add(account, "all", *EVERYTHING, **blocks)
    mail.send(client, ConfigurationSetName=NAME, Destination=to(COMPLAINING))
    account.drain()
    found = account.inspect("GET", "/publications", channel="event_destination")["publications"]
    contents = [each["content"] for each in reversed(found)]
    if blocks is FIREHOSE:
        records = [record["Data"] for each in contents for record in each["Records"]]
        assert [json.loads(record)["eventType"] for record in records] == ["Send", "Delivery", "Complaint"]
        assert all(re.fullmatch(r"\{[^\n]*\}\n", record) for record in records)
    else:
        data = [datum for each in contents for datum in each["MetricData"]]
        assert [datum["MetricName"] for datum in data] == ["Send", "Delivery", "Complaint"]
        assert {(datum["Value"], datum["Unit"]) for datum in data} == {(1.0, "Count")}


def test_a_change_of_destinations_counts_for_later_events(account: Account) -> None:
    client = mail.client(account)
    configuration_sets.create(account)
    message_id = mail.send(client, ConfigurationSetName=NAME)
    assert told(account) == []
    configuration_sets.add(account, "late", *EVERYTHING)
    outcomes.happen(account, message_id, BOB, "complaint")
    assert told(account) == [("late", "Complaint")]
    client.update_configuration_set_event_destination(
        ConfigurationSetName=NAME, EventDestination=destination("late", "send")
    )
    outcomes.happen(account, message_id, BOB, "bounce", bounce_type="Transient")
    assert told(account) == [("late", "Complaint")]
    client.delete_configuration_set(ConfigurationSetName=NAME)
    outcomes.happen(account, message_id, BOB, "complaint")
    assert told(account) == [("late", "Complaint")]


def test_of_what_is_refused_nobody_is_told(account: Account) -> None:
    client = mail.client(account)
    configuration_sets.create(account, NAME, "paused")
    configuration_sets.add(account, "all", *EVERYTHING)
    configuration_sets.add(account, "all", *EVERYTHING, to="paused")
    client.update_configuration_set_sending_enabled(ConfigurationSetName="paused", Enabled=False)
    refused = [
        mail.refused(client, ConfigurationSetName="paused"),
        mail.refused(client, ConfigurationSetName="nobody"),
        mail.refused(client, ConfigurationSetName=NAME, Source="eve@example.org"),
        mail.refused(client, ConfigurationSetName=NAME, Tags=[{"Name": "a b", "Value": "c"}]),
        templates.refused(client, ConfigurationSetName=NAME),
    ]
    client.update_account_sending_enabled(Enabled=False)
    refused.append(mail.refused(client, ConfigurationSetName=NAME))
    assert [code for code, _ in refused] == [
        "ConfigurationSetSendingPausedException",
        "ConfigurationSetDoesNotExist",
        "MessageRejected",
        "InvalidParameterValue",
        "TemplateDoesNotExist",
        "AccountSendingPausedException",
    ]
    assert told(account) == []


def test_a_delay_cannot_be_subscribed_to_and_what_follows_can(start: Start) -> None:
    account = start()
    client = mail.client(account)
    configuration_sets.create(account)
    configuration_sets.add(account, "all", *EVERYTHING)
    outcomes.standing(account, BOB, "delay")
    mail.send(client, ConfigurationSetName=NAME)
    assert told(account) == [("all", "Send")]
    account.advance("PT14H")
    assert told(account) == [("all", "Send"), ("all", "Bounce")]
    bounce = published.documents(account)[-1]["bounce"]
    assert (bounce["bounceType"], bounce["bounceSubType"]) == ("Transient", "General")
    assert bounce["bouncedRecipients"][0]["status"] == "4.4.7"


@pytest.mark.parametrize(
    ("reason", "kind", "sub_type"),
    [("BOUNCE", "bounce", "bounceSubType"), ("COMPLAINT", "complaint", "complaintSubType")],
)
def test_why_an_address_is_suppressed_says_what_is_told(
    account: Account, reason: str, kind: str, sub_type: str
) -> None:
    client = mail.client(account)
    configuration_sets.create(account)
    configuration_sets.add(account, "all", *EVERYTHING)
    account.inspect("PUT", f"/suppression/{BOB}", {"reason": reason})
    message_id = mail.send(client, ConfigurationSetName=NAME, Destination=to(BOB, ANN))
    events = {each["eventType"]: each for each in published.documents(account, message_id)}
    assert sorted(events) == sorted(["Send", kind.title(), "Delivery"])
    assert events["Delivery"]["delivery"]["recipients"] == [ANN]
    event = events[kind.title()][kind]
    assert event[sub_type] == "OnAccountSuppressionList"
    people = "bouncedRecipients" if kind == "bounce" else "complainedRecipients"
    assert [each["emailAddress"] for each in event[people]] == [BOB]
    assert not {"remoteMtaIp", "userAgent", "complaintFeedbackType", "arrivalDate"} & set(event)
    assert event.get("reportingMTA") == ("dns; amazonses.com" if kind == "bounce" else None)
    assert all(each["mail"]["destination"] == [BOB, ANN] for each in events.values())


# ---- opens and clicks


def test_opens_and_clicks_are_told_without_an_identity_and_clicks_in_whole_seconds(start: Start) -> None:
    account = start()
    account.inspect("PUT", "/clock", {"now": "2026-03-12T17:13:21.662Z", "frozen": True})
    client = mail.client(account)
    configuration_sets.create(account)
    configuration_sets.add(account, "all", "send", "open", "click")
    html = '<a href="https://example.com/?a=1&amp;b=2" ses:tags="product:book">x</a><a href="http://example.com">y</a>'
    message_id = mail.send(client, Message=mail.message(None, html), ConfigurationSetName=NAME)
    urls = re.findall(r'(?:href|src)="([^"]+)"', mail.shown(account, message_id)["html"])
    account.advance("PT1M0.755S")
    for url in urls:
        parts = urlsplit(url)
        aws.request(account.url, "GET", parts.path, None, {"Host": parts.netloc, "User-Agent": "Reader/1"})
    send, first, second, opened = published.documents(account, message_id)
    of = {name: value for name, value in send["mail"].items() if name != "sourceArn"}
    assert [list(each) for each in (first, second, opened)] == [
        ["eventType", "mail", "click"],
        ["eventType", "mail", "click"],
        ["eventType", "mail", "open"],
    ]
    assert first["mail"] == second["mail"] == opened["mail"] == of
    whose = {"ipAddress": "127.0.0.1", "userAgent": "Reader/1"}
    click = {"timestamp": "2026-03-12T17:14:22.000Z", **whose}
    tags = {"product": ["book"]}
    assert list(first["click"].items()) == [
        *click.items(),
        ("link", "https://example.com/?a=1&b=2"),
        ("linkTags", tags),
    ]
    assert list(second["click"].items()) == [*click.items(), ("link", "http://example.com"), ("linkTags", None)]
    assert list(opened["open"].items()) == [
        ("timestamp", "2026-03-12T17:14:22.417Z"),
        ("userAgent", "Reader/1"),
        ("ipAddress", "127.0.0.1"),
    ]


# ---- which set


def test_the_call_comes_before_the_header_and_that_before_the_identity(account: Account) -> None:
    client = mail.client(account, DOMAIN, ANN)
    names = ("called", "headed", "of-address", "of-domain")
    configuration_sets.create(account, *names)
    for name in names:
        configuration_sets.add(account, name, "send", to=name)
    for identity, name in ((ANN, "of-address"), (DOMAIN, "of-domain")):
        path = f"/identities/{quote(identity)}/configuration-set"
        account.inspect("PUT", path, {"configuration_set": name})
    head = (f"From: {ANN}", f"To: {BOB}")
    headed = mail.document(*head, "X-SES-CONFIGURATION-SET: headed")
    ids = [
        mail.send_raw(client, headed, ConfigurationSetName="called"),
        mail.send_raw(client, headed),
        mail.send_raw(client, mail.document(*head)),
        mail.send(client),
        mail.send(client, Source=BEN),
    ]
    found = [told(account, message_id) for message_id in ids]
    assert [name for [(name, _)] in found] == ["called", "headed", "of-address", "of-address", "of-domain"]
    tags = [published.documents(account, message_id)[0]["mail"]["tags"] for message_id in ids]
    assert [each["ses:configuration-set"] for each in tags] == [[name] for [(name, _)] in found]


# ---- whose topics


def test_an_address_that_is_verified_has_topics_of_its_own_instead_of_its_domains(account: Account) -> None:
    client = mail.client(account, DOMAIN, ANN)
    set_topics(account, "Bounce", "Delivery", identity=DOMAIN)
    set_topics(account, "Delivery", identity=ANN, topic=f"{FEEDBACK}-2")
    ids = [mail.send(client, Source=source, Destination=to(BOB, BOUNCING)) for source in (ANN, BEN)]
    found = [published.messages(account, IDENTITY_NOTIFICATION, message_id) for message_id in ids]
    told = [[(each.name, each.topic, each.document["notificationType"]) for each in messages] for messages in found]
    assert told[0] == [(ANN, f"{FEEDBACK}-2", "Delivery")]
    assert sorted(told[1]) == [(DOMAIN, FEEDBACK, "Bounce"), (DOMAIN, FEEDBACK, "Delivery")]


def test_through_another_accounts_identity_its_topics_and_the_senders_set_are_told(
    server: Running, account: Account
) -> None:
    owner = aws.new_account(server.url)
    mail.verify(owner, DOMAIN)
    lent = policies.arn(owner, DOMAIN)
    policies.put(owner, DOMAIN, "mine", policies.document(policies.statement(owner, DOMAIN, account.account_id)))
    set_topics(owner, "Bounce", identity=DOMAIN)
    for each in (owner, account):
        configuration_sets.create(each)
        configuration_sets.add(each, "all", "send", "bounce")
    message_id = mail.send(account.client(), SourceArn=lent, ConfigurationSetName=NAME, Destination=to(BOUNCING))
    send, bounce = published.documents(account, message_id)
    for document in (send, bounce, *published.documents(account, message_id, IDENTITY_NOTIFICATION)):
        assert (document["mail"]["sourceArn"], document["mail"]["sendingAccountId"]) == (lent, account.account_id)
    [notification] = published.messages(account, IDENTITY_NOTIFICATION)
    assert (notification.name, notification.topic) == (DOMAIN, FEEDBACK)
    assert (told(owner), mailed(owner), mailed(account)) == ([], [], ["Bounce"])


# ---- by mail, to topics, to destinations: all that there can be together

NO_TOPICS, ONE, BOTH = (), ("Bounce",), ("Bounce", "Complaint")


@pytest.mark.parametrize(("forwarding", "kinds"), [*product((True, False), (NO_TOPICS, ONE, BOTH))])
def test_forwarding_that_is_off_counts_only_where_another_channel_tells_of_it(
    account: Account, forwarding: bool, kinds: tuple[str, ...]
) -> None:
    client = mail.client(account)
    client.set_identity_feedback_forwarding_enabled(Identity=ANN, ForwardingEnabled=forwarding)
    set_topics(account, *kinds)
    sets: dict[str, tuple[str, ...]] = {"sends": ("send",), "bounces": ("bounce",), "all": ("bounce", "complaint")}
    configuration_sets.create(account, *sets)
    for name, types in sets.items():
        configuration_sets.add(account, name, *types, to=name)
    expected: list[str] = []
    for used in (None, *sets):
        given = {"ConfigurationSetName": used} if used else {}
        message_id = mail.send(client, Destination=to(BOUNCING, COMPLAINING), **given)
        published_types = [kind for kind in ("Bounce", "Complaint") if used and kind.lower() in sets[used]]
        assert sorted(kind for _, kind in told(account, message_id) if kind != "Send") == published_types
        assert sorted(published.types(account, message_id, IDENTITY_NOTIFICATION)) == sorted(kinds)
        expected += [
            kind for kind in ("Bounce", "Complaint") if forwarding or not (kind in published_types or kinds == BOTH)
        ]
        assert mailed(account) == sorted(expected)
