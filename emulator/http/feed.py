"""What happens in the database, whichever process does it, told to all who listen: server-sent events.

One thread looks for all of them, and only while somebody listens.
"""

import asyncio
import json
import logging
import threading
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import NamedTuple

from emulator.context import Contexts
from emulator.store import changes
from emulator.store.changes import NewEvent, NewMessage
from emulator.store.engine import DatabaseUnavailable, Transaction

log = logging.getLogger("emulator.inspection")

LOOK_SECONDS = 0.05
COUNT_EVERY = 10  # looks
MOST_AT_ONCE = 2_000  # of what is new
MOST_WAITING = 1_000  # pieces, until a client that does not read is left alone
HEARTBEAT_SECONDS = 15.0
# How far back is looked again: with several writers, what got its number first may be there last.
OVERLAP = 200

GREETING = b"retry: 1000\n\n"
HEARTBEAT = b": \n\n"


class Change(NamedTuple):
    """One thing to tell. Without account and region it concerns everybody."""

    event: str
    data: dict[str, str]
    account_id: str | None = None
    region: str | None = None


class Listener:
    """One client: what it wants to hear of, and what it was not sent yet."""

    def __init__(self, loop: asyncio.AbstractEventLoop, account: str | None, region: str | None) -> None:
        self._loop = loop
        self._account = account
        self._region = region
        self._waiting: asyncio.Queue[bytes | None] = asyncio.Queue()

    @property
    def is_slow(self) -> bool:
        """Whether it does not read what it is sent."""
        return self._waiting.qsize() >= MOST_WAITING

    def tell(self, told: list[Change]) -> None:
        """What concerns it is on its way."""
        pieces = [_text(each) for each in told if self._wants(each)]
        if pieces:
            self._put(b"".join(pieces))

    def end(self) -> None:
        """Nothing more comes."""
        self._put(None)

    async def next(self) -> bytes | None:
        """What it is told, or a sign of life where that is nothing for long; None at the end."""
        try:
            return await asyncio.wait_for(self._waiting.get(), HEARTBEAT_SECONDS)
        except TimeoutError:
            return HEARTBEAT

    def _wants(self, change: Change) -> bool:
        wanted = ((self._account, change.account_id), (self._region, change.region))
        return all(None in pair or pair[0] == pair[1] for pair in wanted)

    def _put(self, piece: bytes | None) -> None:
        self._loop.call_soon_threadsafe(self._waiting.put_nowait, piece)


class Feed:
    """All who listen in this process."""

    def __init__(self, contexts: Contexts, stopping: threading.Event) -> None:
        self._database = contexts.database
        self._stopping = stopping
        self._lock = threading.Lock()
        self._listeners: list[Listener] = []
        self._watched = False

    def join(self, listener: Listener) -> AsyncIterator[bytes]:
        """The listener is told of all that happens from now on: by what is returned, until that is closed."""
        with self._lock:
            if not self._watched:
                with self._database.transaction() as tx:
                    watch = Watch(tx)
                threading.Thread(target=self._look, args=(watch,), name="feed", daemon=True).start()
                self._watched = True
            self._listeners.append(listener)
        return self._hear(listener)

    async def _hear(self, listener: Listener) -> AsyncIterator[bytes]:
        try:
            yield GREETING
            while piece := await listener.next():
                yield piece
        finally:
            self._leave(listener)

    def _leave(self, listener: Listener) -> None:
        with self._lock:
            if listener in self._listeners:
                self._listeners.remove(listener)

    def _look(self, watch: "Watch") -> None:
        """The life of the thread."""
        try:
            while not self._stopping.wait(LOOK_SECONDS):
                if not self._is_wanted():
                    return
                try:
                    with self._database.transaction() as tx:
                        told = list(watch.look(tx))
                except DatabaseUnavailable as error:
                    log.debug("the database did not answer: %s", error)
                    continue
                self._tell(told)
            self._end()
        except BaseException:
            self._end()
            raise
        finally:
            self._database.disconnect()

    def _is_wanted(self) -> bool:
        with self._lock:
            self._watched = bool(self._listeners)  # else who joins from here on has another thread look
            return self._watched

    def _tell(self, told: list[Change]) -> None:
        for listener in list(self._listeners):
            listener.tell(told)
            if listener.is_slow:
                self._leave(listener)
                listener.end()

    def _end(self) -> None:
        with self._lock:
            self._watched = False
            for listener in self._listeners:
                listener.end()


class Watch:
    """What was seen of the database until now."""

    def __init__(self, tx: Transaction) -> None:
        self._looks = self._there = self._message_seq = self._event_seq = 0
        self._seen: set[NewMessage | NewEvent] = set()
        self._begin(tx)

    def look(self, tx: Transaction) -> Iterator[Change]:
        """What is new. That some are gone is told without their names."""
        self._looks += 1
        if self._looks % COUNT_EVERY == 0 and (there := changes.count(tx)) < self._there:
            self._there = there
            yield Change("deleted", {})
        messages, events = self._after(tx)
        if _last(messages) < self._message_seq or _last(events) < self._event_seq:
            self._begin(tx)  # the newest are gone, and their numbers may be given again
            yield Change("deleted", {})
            return
        for message in messages:
            if message not in self._seen:
                self._there += 1
                place = {"account": message.account_id, "region": message.region}
                data = {"id": message.id, **place, "direction": message.direction}
                yield Change("message", data, message.account_id, message.region)
        for event in events:
            if event not in self._seen:
                place = {"account": event.account_id, "region": event.region}
                data = {"id": str(event.seq), "type": event.type, "message_id": event.message_id, **place}
                yield Change("event", data, event.account_id, event.region)
        self._seen = {*messages, *events}
        self._message_seq, self._event_seq = _last(messages), _last(events)

    def _begin(self, tx: Transaction) -> None:
        """All that is there was seen."""
        self._there = changes.count(tx)  # or more: who came later is counted when seen
        self._message_seq, self._event_seq = changes.newest(tx)
        messages, events = self._after(tx)
        self._seen = {*messages, *events}
        self._message_seq, self._event_seq = _last(messages), _last(events)

    def _after(self, tx: Transaction) -> tuple[list[NewMessage], list[NewEvent]]:
        return (
            changes.messages_after(tx, self._message_seq - OVERLAP, MOST_AT_ONCE),
            changes.events_after(tx, self._event_seq - OVERLAP, MOST_AT_ONCE),
        )


def _last(rows: Sequence[NewMessage | NewEvent]) -> int:
    return rows[-1].seq if rows else 0


def _text(change: Change) -> bytes:
    data = json.dumps(change.data, ensure_ascii=False, separators=(",", ":"))
    return f"event: {change.event}\ndata: {data}\n\n".encode()
