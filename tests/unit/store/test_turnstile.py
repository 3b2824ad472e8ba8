"""Writers take turns: threads of one process, and processes however they were started."""

import fcntl
import multiprocessing
import time
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection

import pytest

from emulator.store.turnstile import Turnstile


def test_threads_take_turns() -> None:
    turnstile, count = Turnstile(), 0

    def add() -> None:
        nonlocal count
        for _ in range(200):
            with turnstile:
                seen = count
                time.sleep(0)  # others may run
                count = seen + 1

    with ThreadPoolExecutor(4) as threads:
        for done in [threads.submit(add) for _ in range(4)]:
            done.result()
    assert count == 800


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_processes_share_a_turnstile(method: str) -> None:
    processes = multiprocessing.get_context(method)
    turnstile = Turnstile()
    ours, theirs = processes.Pipe()
    with turnstile:
        child = processes.Process(target=_try, args=(turnstile, theirs))  # type: ignore[attr-defined]
        child.start()
        assert ours.recv() == "taken"
    ours.send("again")
    assert ours.recv() == "free"
    child.join()


def _try(turnstile: Turnstile, connection: Connection) -> None:
    connection.send(_state(turnstile))
    connection.recv()
    connection.send(_state(turnstile))


def _state(turnstile: Turnstile) -> str:
    assert turnstile._file
    try:
        fcntl.lockf(turnstile._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return "taken"
    return "free"
