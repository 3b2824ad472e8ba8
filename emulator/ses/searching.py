"""What somebody types to find messages: words, `"words together"`, `name:value`, and `-` before any of them.

All that is said must hold. Days begin at midnight in UTC; 1K is 1024 bytes.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final, NamedTuple

from emulator.ses import events, receiving
from emulator.store import message_filters
from emulator.store.message_filters import Term

DIRECTIONS: Final = message_filters.DIRECTIONS
MOST_TERMS: Final = 30
MOST_CHARACTERS: Final = 2_000  # of all of them; longer ones no database takes
LARGEST: Final = 2**63 - 1
EVENTS: Final = (
    events.SEND,
    events.DELIVERY,
    events.BOUNCE,
    events.COMPLAINT,
    events.REJECT,
    events.OPEN,
    events.CLICK,
    events.DELIVERY_DELAY,
    events.RENDERING_FAILURE,
    events.RELAY,
    events.RELAY_FAILURE,
    receiving.RECEIVED,
    events.RECEIPT_ACTION,
)

_PIECE: Final = re.compile(
    r"""(?P<minus>-(?=[^\s-]))?
        (?:(?P<name>[A-Za-z][A-Za-z-]*):(?!//)(?:"(?P<together>[^"]*)"?|(?P<value>[^\s"]*))
          |"(?P<quoted>[^"]*)"?
          |(?P<word>[^\s"]+))""",
    re.VERBOSE,
)
_SIZE: Final = re.compile(r"(\d{1,12}(?:\.\d{1,3})?)([KMG]?)(?:i?B)?", re.IGNORECASE)
_UNITS: Final = {"": 1, "K": 1024, "M": 1024**2, "G": 1024**3}
_NOT_LETTERS: Final = re.compile("[^a-z]")


class Unreadable(Exception):
    """What was typed cannot be understood; the message says why, and what would do."""


class Operator(NamedTuple):
    """One that can be typed: how, what it finds, and the values it knows, where they are few."""

    name: str
    example: str
    help: str
    read: Callable[["Operator", str], Term]
    values: tuple[str, ...] = ()


def terms(query: str) -> tuple[Term, ...]:
    """What must hold of a message by the query; Unreadable where that cannot be said."""
    if len(query) > MOST_CHARACTERS:
        raise Unreadable(f"A search has at most {MOST_CHARACTERS} characters, not {len(query)}.")
    found = tuple(term for piece in _PIECE.finditer(query) if (term := _term(piece)))
    if len(found) > MOST_TERMS:
        raise Unreadable(f"A search has at most {MOST_TERMS} words, not {len(found)}.")
    return found


def _term(piece: re.Match[str]) -> Term | None:
    name, negated = piece["name"], piece["minus"] is not None
    if name is None:
        word = piece["quoted"] if piece["word"] is None else piece["word"]
        return Term(message_filters.WORD, word, negated) if word.strip() else None
    operator = OPERATORS.get(name.lower())
    if operator is None:
        known = ", ".join(f"{each}:" for each in OPERATORS)
        raise Unreadable(f'There is no operator {name}: (to look for the words, write "{piece[0]}"); known: {known}.')
    value = (piece["value"] if piece["together"] is None else piece["together"]).strip()
    if not value:
        raise Unreadable(f"{operator.name}: needs a value, as in {operator.example}.")
    return operator.read(operator, value)._replace(negated=negated)


def _as_it_is(kind: str) -> Callable[[Operator, str], Term]:
    return lambda _operator, value: Term(kind, value)


def _tag(_operator: Operator, value: str) -> Term:
    return Term(message_filters.TAG, tag(value))


def tag(text: str) -> tuple[str, str | None]:
    """The name of a message tag, and its value where one is given: `name=value`."""
    name, given, value = text.partition("=")
    return name, value if given else None


def _identity(_operator: Operator, value: str) -> Term:
    return Term(message_filters.IDENTITY, value.rpartition(":identity/")[2])


def _has(operator: Operator, value: str) -> Term:
    _one_of(operator, value)
    return Term(message_filters.ATTACHMENT)


def _is(operator: Operator, value: str) -> Term:
    return Term(message_filters.READ, _one_of(operator, value) == "read")


def _named(kind: str) -> Callable[[Operator, str], Term]:
    return lambda operator, value: Term(kind, _one_of(operator, value))


def _one_of(operator: Operator, value: str) -> str:
    """The known value that is meant, however it is written."""
    known = {_letters(each): each for each in operator.values}
    found = known.get(_letters(value))
    if found is None:
        raise Unreadable(f"{operator.name}: knows {', '.join(operator.values)}, not {value!r}.")
    return found


def _letters(text: str) -> str:
    return _NOT_LETTERS.sub("", text.lower())


def _instant(kind: str) -> Callable[[Operator, str], Term]:
    def read(operator: Operator, value: str) -> Term:
        try:
            instant = datetime.fromisoformat(value)
            return Term(kind, (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).astimezone(UTC))
        except (ValueError, OverflowError):
            text = (
                f"{operator.name}: takes a day or a time, as in {operator.example} or 2026-11-25T09:30, not {value!r}."
            )
            raise Unreadable(text) from None

    return read


def _size(kind: str) -> Callable[[Operator, str], Term]:
    def read(operator: Operator, value: str) -> Term:
        found = _SIZE.fullmatch(value)
        if found is None:
            raise Unreadable(
                f"{operator.name}: takes a size in bytes, K or M, as in {operator.example}, not {value!r}."
            )
        return Term(kind, min(int(float(found[1]) * _UNITS[found[2].upper()]), LARGEST))

    return read


def _operators() -> dict[str, Operator]:
    of, kinds = Operator, message_filters
    all_of_them = (
        of("from", "from:ann@example.com", "part of the sender", _as_it_is(kinds.FROM)),
        of("to", "to:@example.org", "part of a recipient", _as_it_is(kinds.TO)),
        of("subject", 'subject:"your order"', "part of the subject", _as_it_is(kinds.SUBJECT)),
        of("has", "has:attachment", "with attachments", _has, ("attachment",)),
        of("is", "is:unread", "whether somebody looked at it", _is, ("unread", "read")),
        of("event", "event:Bounce", "what happened to it", _named(kinds.EVENT), EVENTS),
        of("tag", "tag:campaign=spring", "a message tag, with any value or that one", _tag),
        of("config-set", "config-set:newsletters", "the configuration set", _as_it_is(kinds.CONFIGURATION_SET)),
        of("template", "template:welcome", "the template", _as_it_is(kinds.TEMPLATE)),
        of("identity", "identity:example.com", "the identity that let it be sent", _identity),
        of("before", "before:2026-11-25", "accepted before that day or time, in UTC", _instant(kinds.BEFORE)),
        of("after", "after:2026-11-24", "accepted on that day or later, or since that time", _instant(kinds.SINCE)),
        of("larger", "larger:10K", "of more bytes", _size(kinds.LARGER)),
        of("smaller", "smaller:1M", "of fewer bytes", _size(kinds.SMALLER)),
        of("direction", "direction:inbound", "sent, received, or from AWS", _named(kinds.DIRECTION), DIRECTIONS),
    )
    return {operator.name: operator for operator in all_of_them}


OPERATORS: Final[dict[str, Operator]] = _operators()
