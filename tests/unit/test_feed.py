"""What is new in a database, seen by looking again and again."""

import pytest

from emulator.context import Contexts
from emulator.http import feed
from emulator.http.feed import Change, Watch
from emulator.ses import mailbox
from emulator.store.message_filters import Filter
from tests.support import workers
from tests.support.workers import OwnClock, opened


@pytest.fixture
def on(new_database_url: str) -> Contexts:
    """Contexts with three messages."""
    found = workers.contexts(new_database_url, OwnClock())
    workers.send(found, 3)
    return found


def watch(on: Contexts) -> Watch:
    with opened(on) as ctx:
        return Watch(ctx.tx)


def look(on: Contexts, watching: Watch) -> list[Change]:
    with opened(on) as ctx:
        return list(watching.look(ctx.tx))


def ids(changes: list[Change], event: str = "message") -> list[str]:
    return [each.data["id"] for each in changes if each.event == event]


def delete(on: Contexts, *message_ids: str) -> None:
    for message_id in message_ids:
        with opened(on, write=True) as ctx:
            message = mailbox.find(ctx, message_id, Filter())
            assert message
            mailbox.delete(ctx, message)


def test_what_was_there_before_is_not_new(on: Contexts) -> None:
    watching = watch(on)
    assert look(on, watching) == []
    sent = workers.send(on, 2)
    assert ids(told := look(on, watching)) == sent
    assert [each.data["type"] for each in told if each.event == "event"] == ["Send", "Send"]
    assert look(on, watching) == []


def test_that_the_newest_are_gone_is_seen_at_once(on: Contexts) -> None:
    watching = watch(on)
    newest = workers.messages(on)[-1].id
    delete(on, newest)
    assert look(on, watching) == [Change("deleted", {})]
    sent = workers.send(on, 1)  # which may have the number of the one that is gone
    assert ids(look(on, watching)) == sent


def test_a_message_with_the_number_of_one_that_is_gone_is_new(on: Contexts) -> None:
    watching = watch(on)
    delete(on, workers.messages(on)[-1].id)
    sent = workers.send(on, 1)
    assert ids(look(on, watching)) == sent


def test_that_others_are_gone_is_seen_soon(on: Contexts) -> None:
    watching = watch(on)
    delete(on, workers.messages(on)[0].id)
    told = [look(on, watching) for _ in range(feed.COUNT_EVERY)]
    assert [each for each in told if each] == [[Change("deleted", {})]]
    assert [look(on, watching) for _ in range(2 * feed.COUNT_EVERY)] == [[]] * 2 * feed.COUNT_EVERY


def test_nothing_is_told_twice_when_all_is_gone(on: Contexts) -> None:
    watching = watch(on)
    with opened(on, write=True) as ctx:
        mailbox.delete_all(ctx, Filter())
    told = [change for _ in range(2 * feed.COUNT_EVERY) for change in look(on, watching)]
    assert told == [Change("deleted", {})]
    assert ids(look(on, watching)) == []
    sent = workers.send(on, 3)
    assert ids(look(on, watching)) == sent


def test_more_than_one_look_takes_is_told_by_the_next(on: Contexts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed, "MOST_AT_ONCE", 5)
    monkeypatch.setattr(feed, "OVERLAP", 2)
    watching = watch(on)
    sent = workers.send(on, 12)
    told = [each for _ in range(6) for each in ids(look(on, watching))]
    assert told == sent
