"""Times in rows are whole milliseconds since 1970; everywhere else they are aware datetimes in UTC."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


def to_row(time: datetime) -> int:
    """Milliseconds since 1970."""
    return (time - EPOCH) // MILLISECOND


def from_row(milliseconds: int) -> datetime:
    """The aware datetime of a row's time."""
    return EPOCH + timedelta(milliseconds=milliseconds)


def maybe(milliseconds: int | None) -> datetime | None:
    """The same for a column that may be empty."""
    return None if milliseconds is None else from_row(milliseconds)


def columns(values: Mapping[str, object]) -> dict[str, Any]:
    """The values as a row keeps them: its times in milliseconds."""
    return {name: to_row(value) if isinstance(value, datetime) else value for name, value in values.items()}
