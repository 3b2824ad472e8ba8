"""The tags in documents: SES's own beside the sender's, in the order of a hash table."""

import pytest

from emulator.ses import event_tags, events
from tests.unit.ses.event_samples import message

OWN = [
    "ses:source-tls-version", "ses:operation", "ses:configuration-set", "ses:source-ip", "ses:from-domain",
    "ses:caller-identity",
]  # fmt: skip


@pytest.mark.parametrize("event_type", [events.SEND, events.BOUNCE, events.COMPLAINT, events.OPEN, events.CLICK])
def test_nothing_is_known_of_the_way_out_but_at_delivery(event_type: str) -> None:
    assert list(event_tags.of(message(tags=()), event_type)) == OWN
    delivered = event_tags.of(message(tags=()), events.DELIVERY)
    assert delivered.keys() - set(OWN) == {"ses:outgoing-ip", "ses:outgoing-tls-version"}


def test_tags_stand_where_java_puts_them() -> None:
    # As recorded, with the tags of two senders.
    assert event_tags.ordered([*OWN, "empresa", "stage"]) == [*OWN[:3], "stage", *OWN[3:], "empresa"]
    assert event_tags.ordered([*OWN, "type"]) == [*OWN, "type"]
    assert event_tags.ordered([*OWN, "campaign"]) == [*OWN[:5], "campaign", OWN[5]]


def test_two_in_one_bucket_come_in_the_order_they_were_given() -> None:
    assert event_tags.ordered(["custom-tag", "campaign", "ses:operation"]) == [
        "ses:operation", "custom-tag", "campaign",
    ]  # fmt: skip


def test_the_table_grows_with_the_thirteenth_tag() -> None:
    letters = [*"abcdefghijkl"]  # buckets 1 to 12 of 16, and of 32 too
    assert event_tags.ordered([*letters, "p"]) == [*letters, "p"]
    assert event_tags.ordered([*letters[:-1], "p"]) == ["p", *letters[:-1]]


def test_a_tag_given_twice_has_both_values() -> None:
    sent = message(tags=(("campaign", "a"), ("campaign", "b")))
    assert event_tags.of(sent, events.SEND)["campaign"] == ["a", "b"]


@pytest.mark.parametrize(
    ("from_header", "domain"),
    [
        ("=?UTF-8?Q?Caf=C3=A9?= <a@Mail.Example.com>, b@example.org", ["Mail.Example.com"]),
        ("nobody at all <", None),
        (" ", None),
        (None, None),
    ],
)
def test_the_domain_is_that_of_the_first_author(from_header: str | None, domain: list[str] | None) -> None:
    assert event_tags.of(message(from_header=from_header), events.SEND).get("ses:from-domain") == domain
