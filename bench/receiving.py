"""What it costs to receive mail: beside a bare server on the same library that only stores, while rules act, in memory.

`python -m bench.receiving`; both are started fresh, take turns, and are loaded over loopback.
"""

import argparse
import base64
import contextlib
import random
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import boto3

import emulator

DOMAIN, SENDER, RECIPIENT = "example.com", "alice@example.org", "support@example.com"
CONNECTIONS = 8
WANTED = 300  # messages a second
TOPIC = "arn:aws:sns:us-east-1:123456789012:inbound"
ACTIONS = [{"S3Action": {"BucketName": "mails"}}, {"SNSAction": {"TopicArn": TOPIC, "Encoding": "Base64"}}]
LARGEST_BYTES = 40 * 2**20
MOST_EXTRA = 120  # megabytes
BARE = """
import asyncio, sys
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Mailbox
Controller(Mailbox(sys.argv[1]), hostname="127.0.0.1", port=int(sys.argv[2]), data_size_limit=None).start()
print("Ready.", flush=True)
sys.stdin.read()
"""


def main() -> None:
    """The figures are printed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5.0)
    options = parser.parse_args()
    rates: dict[str, list[float]] = {"ours": [], "acting": [], "bare": []}
    for _ in range(options.repeat):
        for name, actions in (("ours", []), ("acting", ACTIONS)):
            with ours(actions) as running:
                assert running.smtp_port
                rates[name].append(rate(running.smtp_port, options.seconds))
        with bare() as port:
            rates["bare"].append(rate(port, options.seconds))
    mine, acting, other = (statistics.median(rates[name]) for name in ("ours", "acting", "bare"))
    print(f"\n10 KB messages over {CONNECTIONS} connections: {mine:,.0f}/s received (>= {WANTED}),")
    print(f"{acting:,.0f}/s while a rule puts each into a bucket and tells a topic,")
    print(f"{other:,.0f}/s by a bare aiosmtpd that stores them in a maildir ({mine / other:.2f} x).")
    with ours() as running:
        assert running.smtp_port
        extra, seconds = largest(running.smtp_port, running.pid)
    print(f"A message of 40 MB takes {seconds:.2f} s and {extra:.0f} MB of memory (<= {MOST_EXTRA}).")


@contextlib.contextmanager
def ours(actions: Sequence[dict[str, dict[str, str]]] = ()) -> Iterator[emulator.Running]:
    """A server on which one domain's mail is received, by a rule of these actions."""
    with emulator.running(retention=0) as running:
        client = boto3.client(
            "ses",
            endpoint_url=running.url,
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )
        client.verify_domain_identity(Domain=DOMAIN)
        client.create_receipt_rule_set(RuleSetName="all")
        client.create_receipt_rule(RuleSetName="all", Rule={"Name": "all", "Enabled": True, "Actions": actions})
        client.set_active_receipt_rule_set(RuleSetName="all")
        yield running


@contextlib.contextmanager
def bare() -> Iterator[int]:
    """A server that stores what comes, and its port."""
    with tempfile.TemporaryDirectory(prefix="ses-bench-") as folder, socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
        free.close()
        command = [sys.executable, "-c", BARE, f"{folder}/mail", str(port)]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert process.stdin
        assert process.stdout
        process.stdout.readline()
        try:
            yield port
        finally:
            process.stdin.close()
            process.wait(10)


def rate(port: int, seconds: float) -> float:
    """Messages a second that are acknowledged on all connections together."""
    message = text(10_000)
    send(port, message, time.monotonic() + 0.5)  # warm
    began = time.monotonic()
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        counts = list(pool.map(lambda _: send(port, message, began + seconds), range(CONNECTIONS)))
    return sum(counts) / (time.monotonic() - began)


def send(port: int, message: bytes, until: float) -> int:
    """How many messages were acknowledged on one connection until then."""
    count = 0
    conversation = (f"MAIL FROM:<{SENDER}>\r\n".encode(), f"RCPT TO:<{RECIPIENT}>\r\n".encode(), b"DATA\r\n")
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection, connection.makefile("rb") as replies:
        replies.readline()
        connection.sendall(b"HELO x\r\n")
        replies.readline()
        while time.monotonic() < until:
            for said in (*conversation, message + b".\r\n"):
                connection.sendall(said)
                reply = replies.readline()
            if not reply.startswith(b"250 "):
                raise SystemExit(f"refused: {reply!r}")
            count += 1
    return count


def largest(port: int, pid: int) -> tuple[float, float]:
    """By how many megabytes the parent grows for one of the largest messages, and how long that takes."""
    send(port, text(1_000), time.monotonic() + 0.2)
    time.sleep(1)
    line = base64.b64encode(random.Random(7).randbytes(57)) + b"\r\n"
    head = b"MIME-Version: 1.0\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    message = head + line * ((LARGEST_BYTES - 1_000) // len(line))
    Path(f"/proc/{pid}/clear_refs").write_text("5")  # the peak begins anew
    before, began = peak(pid), time.monotonic()
    with socket.create_connection(("127.0.0.1", port)) as connection, connection.makefile("rb") as replies:
        commands = f"EHLO x\r\nMAIL FROM:<{SENDER}>\r\nRCPT TO:<{RECIPIENT}>\r\nDATA\r\n"
        connection.sendall(commands.encode() + message + b".\r\n")
        while not replies.readline().startswith(b"250 OK "):
            pass
    return peak(pid) - before, time.monotonic() - began


def peak(pid: int) -> float:
    """The most megabytes that the process has held."""
    found = re.search(r"VmHWM:\s+([0-9]+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found
    return int(found[1]) / 1024


def text(size: int) -> bytes:
    """A message of about that many bytes."""
    chance = random.Random(7)
    words = ["order", "invoice", "thanks", "account", "reset", "link", "welcome", "team", "price"]
    lines = [" ".join(chance.choices(words, k=10)) for _ in range(size // 65)]
    header = f"From: Alice <{SENDER}>\r\nTo: {RECIPIENT}\r\nSubject: Your order 1234\r\nMessage-ID: <1@example.org>\r\n"
    return (header + "\r\n" + "\r\n".join(lines) + "\r\n").encode()


if __name__ == "__main__":
    main()
