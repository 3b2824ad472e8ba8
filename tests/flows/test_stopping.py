"""A server that is told to stop ends what is under way first."""

import os
import signal
import subprocess
import sys
from http.client import HTTPConnection
from urllib.parse import urlsplit

import emulator
from tests.support import aws, processes

BUSY = """
import threading
from concurrent.futures import ThreadPoolExecutor
from emulator import server, settings

def run(supervisor):
    ThreadPoolExecutor().submit(threading.Event().wait)
    return 7

server._Supervisor.run = run
server.serve(settings.load({"port": "0", "smtp-port": "off", "submission-port": "off", "ephemeral": "true"}, {}))
"""


def test_who_waits_for_mail_is_told_when_the_server_stops() -> None:
    with emulator.running() as running:
        waiting = HTTPConnection(urlsplit(running.url).netloc, timeout=30)
        waiting.request("GET", "/_emulator/messages/wait?timeout=60")
        # Whoever is answered after that request was sent knows that it was read.
        assert aws.request(running.url, "GET", "/_emulator/health", None, {}).status == 200
        os.kill(running.pid, signal.SIGTERM)
        assert waiting.getresponse().status == 503
        waiting.close()


def test_a_thread_that_a_resolver_holds_is_not_waited_for() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", BUSY], env=processes.environ(), timeout=processes.SECONDS, check=False
    )
    assert ended.returncode == 7
