"""Contents of any length are kept as they are, on both databases."""

import random

import pytest

from emulator.outside.clock import Clock
from emulator.store import messages as message_rows
from emulator.store.engine import LONG_BYTES
from tests.support import workers


@pytest.mark.parametrize("size", [0, LONG_BYTES - 1, LONG_BYTES, LONG_BYTES + 1, 3 * LONG_BYTES, 3 * LONG_BYTES + 7])
@pytest.mark.parametrize("kind", [bytes, bytearray])
def test_contents_are_kept_as_they_are(new_database_url: str, size: int, kind: type) -> None:
    contexts = workers.contexts(new_database_url, Clock())
    (message_id,) = workers.send(contexts)
    data = kind(random.Random(size).randbytes(size))
    with workers.opened(contexts) as ctx:
        message = message_rows.get(ctx.tx, message_id)
    assert message
    with workers.opened(contexts, write=True) as ctx:
        seq = message_rows.insert(ctx.tx, message._replace(id=f"{message_id}-copy"), data, None)
    with workers.opened(contexts) as ctx:
        assert message_rows.raw(ctx.tx, seq) == data


def test_a_rollback_takes_them_away(new_database_url: str) -> None:
    contexts = workers.contexts(new_database_url, Clock())
    (message_id,) = workers.send(contexts)
    with workers.opened(contexts) as ctx:
        message = message_rows.get(ctx.tx, message_id)
    assert message
    with pytest.raises(ZeroDivisionError), workers.opened(contexts, write=True) as ctx:
        seq = message_rows.insert(ctx.tx, message._replace(id="copy"), b"x" * (2 * LONG_BYTES), None)
        assert 1 / 0
    with workers.opened(contexts) as ctx:
        assert message_rows.raw(ctx.tx, seq) == b""
