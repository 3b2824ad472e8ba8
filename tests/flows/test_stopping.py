"""A server that is told to stop ends what is under way first."""

import os
import signal
from http.client import HTTPConnection
from urllib.parse import urlsplit

import emulator
from tests.support import aws


def test_who_waits_for_mail_is_told_when_the_server_stops() -> None:
    with emulator.running() as running:
        waiting = HTTPConnection(urlsplit(running.url).netloc, timeout=30)
        waiting.request("GET", "/_emulator/messages/wait?timeout=60")
        # Whoever is answered after that request was sent knows that it was read.
        assert aws.request(running.url, "GET", "/_emulator/health", None, {}).status == 200
        os.kill(running.pid, signal.SIGTERM)
        assert waiting.getresponse().status == 503
        waiting.close()
