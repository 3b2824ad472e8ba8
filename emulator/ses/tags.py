"""Message tags: which names and values SES takes. Source: sends with bad tags, recorded."""

import re
from collections.abc import Iterable, Mapping

from emulator.ses import errors, limits

Tags = tuple[tuple[str, str], ...]

_NAME = re.compile(r"[A-Za-z0-9_-]+\Z")
_VALUE = re.compile(r"[A-Za-z0-9_.@-]+\Z")


def checked(tags: Iterable[Mapping[str, str]]) -> Tags:
    """The tags of a call, in order; the first fault is raised, a name's before its value's."""
    return tuple(_checked(tag.get("Name") or "", tag.get("Value") or "") for tag in tags)


def of_header(value: str | None) -> Tags:
    """The tags of an `X-SES-MESSAGE-TAGS` header, `name1=value1, name2=value2`, under the same rules."""
    pairs = (pair.partition("=") for pair in (value or "").split(",") if pair.strip())
    return tuple(_checked(name.strip(), text.strip()) for name, _, text in pairs)


def _checked(name: str, value: str) -> tuple[str, str]:
    if not name:
        raise errors.TagNameMissing
    if len(name) > limits.TAG_LENGTH:
        raise errors.TagNameTooLong(maximum=str(limits.TAG_LENGTH))
    if not _NAME.match(name) and name not in limits.FEEDBACK_ID_TAGS:
        raise errors.InvalidTagName(name=name)
    if not value:
        raise errors.TagValueMissing
    if len(value) > limits.TAG_LENGTH:
        raise errors.TagValueTooLong(maximum=str(limits.TAG_LENGTH))
    if not _VALUE.match(value):
        raise errors.InvalidTagValue(value=value)
    return name, value
