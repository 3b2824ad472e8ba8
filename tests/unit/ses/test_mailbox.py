"""Lists of messages stay quick, however many and however long they are."""

import pytest

from emulator.context import Contexts
from emulator.jobs.worker import Worker
from emulator.ses import mailbox
from emulator.store import messages as message_rows
from emulator.store.message_filters import WORD, Filter, Term
from emulator.store.messages import View
from tests.support import workers
from tests.support.workers import OwnClock, opened


@pytest.fixture
def on(new_database_url: str) -> Contexts:
    """Contexts with seven messages that were delivered."""
    found = workers.contexts(new_database_url, OwnClock())
    workers.send(found, 7)
    Worker(found, 0).drain()
    return found


@pytest.mark.parametrize("terms", [(), (Term(WORD, "hello"),)])
@pytest.mark.parametrize("bodies", [True, False])
def test_a_page_takes_as_many_queries_as_one_message(
    on: Contexts, monkeypatch: pytest.MonkeyPatch, bodies: bool, terms: tuple[Term, ...]
) -> None:
    asked: list[object] = []
    for limit in (1, 6):  # of seven: a page that holds all need not count them
        with opened(on) as ctx:
            execute = ctx.tx.execute
            asked.append(0)

            def counting(*arguments: object) -> object:
                asked[-1] += 1  # type: ignore[operator]
                return execute(*arguments)  # type: ignore[arg-type]  # noqa: B023 - used at once

            monkeypatch.setattr(ctx.tx, "execute", counting)
            page = mailbox.page(ctx, Filter(terms=terms), limit, bodies=bodies)
        assert (len(page.readings), page.total) == (limit, 7)
        assert all(each.outcomes == ("Send", "Delivery") for each in page.readings)
    assert asked == [3, 3]


def test_pages_follow_one_another_whether_words_are_looked_for_or_not(on: Contexts) -> None:
    for wanted in (Filter(), Filter(terms=(Term(WORD, "HELLO"),))):
        seen: list[str] = []
        cursor: int | None = None
        with opened(on) as ctx:
            while True:
                page = mailbox.page(ctx, wanted, 3, cursor)
                seen += [each.message.id for each in page.readings]
                assert page.total == 7
                if page.cursor is None:
                    break
                cursor = int(page.cursor)
        assert seen == [message.id for message in reversed(workers.messages(on))]


def test_some_at_a_time_are_marked_until_all_are(on: Contexts) -> None:
    marked = []
    for _ in range(4):
        with opened(on, write=True) as ctx:
            marked.append(mailbox.mark_some(ctx, Filter(), 3, read=True))
    assert marked == [3, 3, 1, 0]
    assert all(message.read_at for message in workers.messages(on))
    with opened(on, write=True) as ctx:
        assert mailbox.mark_some(ctx, Filter(direction="inbound"), 100, read=False) == 0
        assert mailbox.mark_some(ctx, Filter(), 100, read=False) == 7


def test_a_long_mail_that_nobody_looked_at_is_not_read_for_a_list(on: Contexts) -> None:
    message = workers.messages(on)[-1]
    data = b"Subject: x\r\n\r\n" + b"word " * 300_000
    long = message._replace(id="long", direction="inbound", size_bytes=len(data), subject="x")
    with opened(on, write=True) as ctx:
        message_rows.insert(ctx.tx, long, data, None)
    with opened(on) as ctx:
        quick = mailbox.page(ctx, Filter(), 1, bodies=False).readings[0]
        whole = mailbox.page(ctx, Filter(), 1).readings[0]
    assert (quick.message.id, quick.preview, quick.text) == ("long", "", None)
    assert whole.preview.startswith("word word")


def test_a_list_reads_no_more_of_a_body_than_it_shows(on: Contexts) -> None:
    message = workers.messages(on)[-1]
    with opened(on, write=True) as ctx:
        html = "<p>first" + "x" * message_rows.BEGINNING
        message_rows.insert(ctx.tx, message._replace(id="html"), b"\r\n", View(None, html))
    with opened(on) as ctx:
        (_, seen), *_ = message_rows.page(ctx.tx, Filter(), limit=1, bodies=False)
        assert seen
        assert len(seen.html or "") == message_rows.BEGINNING
        assert mailbox.page(ctx, Filter(), 1, bodies=False).readings[0].preview.startswith("firstxxx")
