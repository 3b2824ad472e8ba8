"""Rows of configuration sets and their destinations, which every send that names a set reads."""

from typing import Any

import pytest

from emulator.context import Contexts
from emulator.ses import configuration_sets, event_destinations
from emulator.store import configuration_sets as set_rows
from emulator.store import event_destinations as destination_rows
from emulator.store.engine import Transaction
from tests.support import workers
from tests.support.workers import ACCOUNT, REGION, OwnClock, opened

NAME = "my-set"
SNS = {"SNSDestination": {"TopicARN": "arn:aws:sns:us-east-1:123456789012:my-topic"}}


@pytest.fixture
def contexts(new_database_url: str) -> Contexts:
    """Contexts on a database with one set that has two destinations."""
    contexts = workers.contexts(new_database_url, OwnClock())
    with opened(contexts, write=True) as ctx:
        configuration_sets.create(ctx, NAME)
        found = configuration_sets.get(ctx, NAME)
        destination_rows.insert(ctx.tx, found.seq, "a", True, ["open", "send", "open"], SNS)
        destination_rows.insert(ctx.tx, found.seq, "b", False, ["send"], SNS)
    return contexts


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The statements that were run, but for the look at the clock."""
    run: list[Any] = []
    execute = Transaction.execute

    def counted(tx: Transaction, statement: Any, parameters: Any = None) -> Any:
        if "FROM instance" not in str(statement):
            run.append(statement)
        return execute(tx, statement, parameters)

    monkeypatch.setattr(Transaction, "execute", counted)
    return run


def _read(contexts: Contexts) -> list[str]:
    with opened(contexts) as ctx:
        found = configuration_sets.for_send(ctx, NAME, None)
        assert found
        return [each.name for each in event_destinations.wanting(ctx, found.seq, "send")]


def test_a_set_and_its_destinations_are_read_once(contexts: Contexts, statements: list[Any]) -> None:
    assert _read(contexts) == ["a"]
    assert len(statements) == 2
    assert [_read(contexts) for _ in range(10)] == [["a"]] * 10
    assert len(statements) == 2


def test_that_a_set_is_not_there_is_known_as_well(contexts: Contexts, statements: list[Any]) -> None:
    for _ in range(10):
        with opened(contexts) as ctx:
            assert set_rows.get(ctx.tx, ACCOUNT, "eu-west-1", NAME) is None
    assert len(statements) == 1


def test_a_change_by_another_process_is_seen_by_the_next_reader(contexts: Contexts, new_database_url: str) -> None:
    assert _read(contexts) == ["a"]
    other = workers.contexts(new_database_url, OwnClock())
    with opened(other, write=True) as ctx:
        (first, second) = destination_rows.of_set(ctx.tx, configuration_sets.get(ctx, NAME).seq)
        destination_rows.replace(ctx.tx, first.seq, True, ["open"], SNS)
        destination_rows.replace(ctx.tx, second.seq, True, ["click", "send"], SNS)
    assert _read(contexts) == ["b"]


def test_a_destination_is_found_by_its_number_while_it_is_there(contexts: Contexts) -> None:
    with opened(contexts, write=True) as ctx:
        (first, second) = destination_rows.of_set(ctx.tx, configuration_sets.get(ctx, NAME).seq)
        assert destination_rows.get(ctx.tx, second.seq) == second
        assert first.matching_event_types == {"open", "send"}
        destination_rows.delete(ctx.tx, first.seq)
        assert destination_rows.get(ctx.tx, first.seq) is None
        configuration_sets.delete(ctx, NAME)
        assert destination_rows.get(ctx.tx, second.seq) is None
        assert set_rows.get(ctx.tx, ACCOUNT, REGION, NAME) is None


def test_the_number_of_a_destination_that_is_gone_is_not_given_again(contexts: Contexts) -> None:
    with opened(contexts, write=True) as ctx:
        found = configuration_sets.get(ctx, NAME)
        last = destination_rows.of_set(ctx.tx, found.seq)[-1]
        destination_rows.delete(ctx.tx, last.seq)
        destination_rows.insert(ctx.tx, found.seq, "c", True, ["send"], SNS)
        assert destination_rows.of_set(ctx.tx, found.seq)[-1].seq > last.seq
