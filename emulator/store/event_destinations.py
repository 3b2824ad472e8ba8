"""Rows of event destinations."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Executable, bindparam, select, update
from sqlalchemy import delete as sql_delete

from emulator.store.engine import Transaction
from emulator.store.schema import event_destinations as table


class EventDestination(NamedTuple):
    """Where a configuration set publishes which events; `destination` is a block of the model by its name."""

    seq: int
    name: str
    enabled: bool
    matching_event_types: frozenset[str]
    destination: dict[str, Any]


_COLUMNS = tuple(table.c[field] for field in EventDestination._fields)
_THIS = table.c.seq == bindparam("this")
# Built once: to build a statement takes longer than to run it.
_GET = select(*_COLUMNS).where(_THIS)
_OF_SET = select(*_COLUMNS).where(table.c.configuration_set_seq == bindparam("of_set")).order_by(table.c.seq)


def get(tx: Transaction, seq: int) -> EventDestination | None:
    """The destination, remembered until any configuration changes."""
    return tx.remembered(("event destination", seq), lambda tx: next(_load(tx, _GET, {"this": seq}), None))


def of_set(tx: Transaction, configuration_set_seq: int) -> tuple[EventDestination, ...]:
    """The set's destinations in the order of their creation, remembered until any configuration changes."""
    wanted = {"of_set": configuration_set_seq}
    return tx.remembered(("event destinations", configuration_set_seq), lambda tx: tuple(_load(tx, _OF_SET, wanted)))


def insert(
    tx: Transaction,
    configuration_set_seq: int,
    name: str,
    enabled: bool,
    matching_event_types: Iterable[str],
    destination: Mapping[str, Any],
) -> None:
    """The set has the destination."""
    tx.changed()
    named = {"configuration_set_seq": configuration_set_seq, "name": name}
    tx.insert(table, {**named, **_values(enabled, matching_event_types, destination)})


def replace(
    tx: Transaction, seq: int, enabled: bool, matching_event_types: Iterable[str], destination: Mapping[str, Any]
) -> None:
    """All that is known of the destination but its name is this."""
    tx.changed()
    values = _values(enabled, matching_event_types, destination)
    tx.execute(update(table).where(_THIS).values(**values), {"this": seq})


def delete(tx: Transaction, seq: int) -> None:
    """The destination is gone."""
    tx.changed()
    tx.execute(sql_delete(table).where(_THIS), {"this": seq})


def _values(enabled: bool, matching_event_types: Iterable[str], destination: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "enabled": enabled,
        "matching_event_types": json.dumps(sorted(set(matching_event_types))),
        "destination": json.dumps(destination),
    }


def _load(tx: Transaction, statement: Executable, wanted: dict[str, int]) -> Iterator[EventDestination]:
    for row in tx.execute(statement, wanted):
        types = frozenset(json.loads(row.matching_event_types))
        yield EventDestination(row.seq, row.name, row.enabled, types, json.loads(row.destination))
