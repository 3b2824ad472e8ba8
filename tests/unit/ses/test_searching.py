"""The language of searches: words, quotes, operators, negation, and what is said of what cannot be read."""

from datetime import UTC, datetime
from typing import Any

import pytest

from emulator.ses import searching
from emulator.ses.searching import Unreadable


def read(query: str) -> list[tuple[str, Any, bool]]:
    return [tuple(term) for term in searching.terms(query)]


def words(*texts: str) -> list[tuple[str, Any, bool]]:
    return [("word", text, False) for text in texts]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", []),
        ("   ", []),
        ('"', []),
        ('""', []),
        ('"  "', []),
        ("one two", words("one", "two")),
        ('"one two" three', words("one two", "three")),
        ('says "hello"', words("says", "hello")),
        ('a"b"c', words("a", "b", "c")),
        ('"never ended', words("never ended")),
        ("x-y", words("x-y")),
        ("-", words("-")),
        ("--", words("--")),
        ("12:30", words("12:30")),
        ("https://example.com/a?b=c", words("https://example.com/a?b=c")),
        ('"from:ann"', words("from:ann")),
        ("a/b:c", words("a/b:c")),
        ("break\\slash 50%", words("break\\slash", "50%")),
    ],
)
def test_what_is_no_operator_is_a_word(query: str, expected: list[Any]) -> None:
    assert read(query) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("from:ann", ("from", "ann", False)),
        ("FROM:ann", ("from", "ann", False)),
        ("-from:ann", ("from", "ann", True)),
        ('subject:"two words"', ("subject", "two words", False)),
        ('subject:"never ended', ("subject", "never ended", False)),
        ("-word", ("word", "word", True)),
        ('-"two words"', ("word", "two words", True)),
        ("to:@example.org", ("to", "@example.org", False)),
        ("has:attachment", ("attachment", None, False)),
        ("is:read", ("read", True, False)),
        ("is:unread", ("read", False, False)),
        ("-is:unread", ("read", False, True)),
        ("tag:campaign", ("tag", ("campaign", None), False)),
        ("tag:campaign=a=b", ("tag", ("campaign", "a=b"), False)),
        ("tag:campaign=", ("tag", ("campaign", ""), False)),
        ("config-set:news", ("configuration_set", "news", False)),
        ("template:welcome", ("template", "welcome", False)),
        ("identity:example.com", ("identity", "example.com", False)),
        ("identity:arn:aws:ses:us-east-1:1:identity/a@b.c", ("identity", "a@b.c", False)),
        ("event:bounce", ("event", "Bounce", False)),
        ("event:rendering-failure", ("event", "Rendering Failure", False)),
        ('event:"Rendering Failure"', ("event", "Rendering Failure", False)),
        ("direction:Inbound", ("direction", "inbound", False)),
        ("larger:10K", ("larger", 10_240, False)),
        ("larger:1.5kb", ("larger", 1_536, False)),
        ("smaller:100", ("smaller", 100, False)),
        ("smaller:2MiB", ("smaller", 2 * 2**20, False)),
        ("larger:999999999999G", ("larger", 2**63 - 1, False)),
    ],
)
def test_an_operator_says_where_to_look(query: str, expected: tuple[Any, ...]) -> None:
    assert read(query) == [expected]


def test_a_day_begins_at_midnight_in_utc() -> None:
    midnight = datetime(2026, 11, 25, tzinfo=UTC)
    assert read("before:2026-11-25 after:2026-11-25") == [("before", midnight, False), ("since", midnight, False)]


def test_a_time_may_have_a_zone() -> None:
    assert read("after:2026-11-25T10:30+02:00") == [("since", datetime(2026, 11, 25, 8, 30, tzinfo=UTC), False)]


@pytest.mark.parametrize(
    ("query", "part"),
    [
        ("form:ann", 'There is no operator form: (to look for the words, write "form:ann"); known: from:, to:,'),
        ("Re: hello", 'write "Re:"'),
        ("from:", "from: needs a value, as in from:ann@example.com."),
        ('-subject:""', "subject: needs a value"),
        ("has:legs", "has: knows attachment, not 'legs'."),
        ("is:seen", "is: knows unread, read, not 'seen'."),
        ("event:Sent", "event: knows Send, Delivery, Bounce,"),
        ("direction:up", "direction: knows outbound, inbound, system, not 'up'."),
        ("before:yesterday", "before: takes a day or a time, as in before:2026-11-25 or"),
        ("after:0001-01-01T00:00+14:00", "after: takes a day or a time"),
        ("larger:much", "larger: takes a size in bytes, K or M, as in larger:10K, not 'much'."),
        ("smaller:-1", "smaller: takes a size"),
        ("x" * 2_001, "A search has at most 2000 characters, not 2001."),
        ("x " * 31, "A search has at most 30 words, not 31."),
    ],
)
def test_what_cannot_be_read_is_told_with_what_could(query: str, part: str) -> None:
    with pytest.raises(Unreadable) as caught:
        searching.terms(query)
    assert part in str(caught.value)


def test_every_example_can_be_read() -> None:
    for operator in searching.OPERATORS.values():
        assert len(searching.terms(operator.example)) == 1, operator.name
        assert all(searching.terms(f'{operator.name}:"{value}"') for value in operator.values)
