"""Server-sent events as a browser reads them."""

import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode, urlsplit

from tests.support.aws import Account

SECONDS = 20


class Stream:
    """A stream that is open."""

    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.response = response

    def next(self, *events: str) -> tuple[str, dict[str, Any]]:
        """The next event, of these if any are named; EOFError at the end."""
        event = ""
        while True:
            line = self.response.readline().decode()
            if not line:
                raise EOFError
            name, _, value = line.rstrip("\n").partition(": ")
            if name == "event":
                event = value
            elif name == "data" and (not events or event in events):
                return event, json.loads(value)


@contextmanager
def opened(account: Account, /, **query: str) -> Iterator[Stream]:
    """What happens from now on."""
    parts = urlsplit(account.url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=SECONDS)
    try:
        connection.request("GET", f"/_emulator/stream?{urlencode(query)}")
        response = connection.getresponse()
        assert response.status == 200
        yield Stream(response)
    finally:
        connection.close()
