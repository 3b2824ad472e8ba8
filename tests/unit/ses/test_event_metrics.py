"""What CloudWatch counts: metrics by type of event, with the dimensions of an event destination."""

import pytest

from emulator.ses import event_metrics, events
from emulator.store.events import Event
from tests.unit.ses import event_samples as samples
from tests.unit.ses.event_samples import RAW, event, message, templated

CONFIGURED = [
    {"DimensionName": "campaign", "DimensionValueSource": "messageTag", "DefaultDimensionValue": "none"},
    {"DimensionName": "X-List", "DimensionValueSource": "emailHeader", "DefaultDimensionValue": "none"},
    {"DimensionName": "product", "DimensionValueSource": "linkTag", "DefaultDimensionValue": "none"},
]
LISTED = b"x-list: weekly\r\nX-List: daily\r\n" + RAW
CLICKED = event(events.CLICK, link="https://example.com", link_tags={"product": ["book"]})


def of_source(source: str, name: str) -> list[dict[str, str]]:
    return [{"DimensionName": name, "DimensionValueSource": source, "DefaultDimensionValue": "none"}]


@pytest.mark.parametrize(
    ("event_type", "metric"),
    [
        (events.SEND, "Send"),
        (events.REJECT, "Reject"),
        (events.BOUNCE, "Bounce"),
        (events.COMPLAINT, "Complaint"),
        (events.DELIVERY, "Delivery"),
        (events.OPEN, "Open"),
        (events.CLICK, "Click"),
        (events.RENDERING_FAILURE, "RenderingFailure"),
        (events.DELIVERY_DELAY, "DeliveryDelay"),
    ],
)
def test_each_event_has_its_metric(event_type: str, metric: str) -> None:
    assert event_metrics.metric(event_type) == metric


def test_a_dimension_has_the_value_of_the_tag_the_header_or_the_link_in_the_order_of_the_configuration() -> None:
    expected = [("campaign", "book"), ("X-List", "weekly"), ("product", "book")]
    assert event_metrics.dimensions(CONFIGURED, message(), LISTED, CLICKED) == expected
    assert event_metrics.dimensions(CONFIGURED[::-1], message(), LISTED, CLICKED) == expected[::-1]


@pytest.mark.parametrize("happened", [event(events.SEND), CLICKED._replace(detail={"link_tags": None})])
def test_what_the_event_does_not_have_has_the_default_value(happened: Event) -> None:
    expected = [("campaign", "none"), ("X-List", "none"), ("product", "none")]
    assert event_metrics.dimensions(CONFIGURED, message(tags=()), RAW, happened) == expected


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ses:configuration-set", "my-set"),
        ("ses:from-domain", "example.com"),
        ("ses:caller-identity", "ses_user"),
        ("ses:source-ip", "2001:db8::1"),
        ("ses:outgoing-ip", "54.240.8.40"),
        ("ses:outgoing-tls-version", "TLSv1.3"),
    ],
)
def test_tags_of_ses_are_tags_too(name: str, value: str) -> None:
    sent = message(source_ip="2001:db8::1")
    configured = of_source("messageTag", name)
    assert event_metrics.dimensions(configured, sent, RAW, samples.delivery()) == [(name, value)]


def test_nothing_goes_out_before_delivery() -> None:
    configured = of_source("messageTag", "ses:outgoing-ip")
    assert event_metrics.dimensions(configured, message(), RAW, event(events.SEND)) == [("ses:outgoing-ip", "none")]


@pytest.mark.parametrize("name", ["Received", "To", "From", "DKIM-Signature", "CC", "message-id", "Return-Path"])
def test_some_headers_give_no_value(name: str) -> None:
    raw = f"{name}: value\r\nSubject: s\r\n\r\n".encode()
    configured = of_source("emailHeader", name)
    assert event_metrics.dimensions(configured, message(), raw, event(events.SEND)) == [(name, "none")]


@pytest.mark.parametrize("value", ["two words", "caf\u00e9", "=?UTF-8?Q?caf=C3=A9?=", "a:b", "a/b", "x" * 1025])
def test_a_header_or_link_tag_with_other_characters_is_not_counted(value: str) -> None:
    raw = f"X-List: {value}\r\n".encode() + RAW
    assert event_metrics.dimensions(CONFIGURED, message(), raw, CLICKED) is None
    clicked = CLICKED._replace(detail={"link_tags": {"product": [value]}})
    assert event_metrics.dimensions(CONFIGURED, message(), LISTED, clicked) is None


def test_an_empty_header_is_none() -> None:
    configured = of_source("emailHeader", "X-List")
    raw = b"X-List:\r\n" + RAW
    assert event_metrics.dimensions(configured, message(), raw, event(events.SEND)) == [("X-List", "none")]


def test_headers_of_a_template_are_not_there_before_it_is_rendered() -> None:
    configured = of_source("emailHeader", "Subject")
    raw = b"Subject: Welcome\r\n\r\n"
    assert event_metrics.dimensions(configured, templated(), raw, event(events.SEND)) == [("Subject", "none")]
    assert event_metrics.dimensions(configured, templated(), raw, samples.delivery()) == [("Subject", "Welcome")]
