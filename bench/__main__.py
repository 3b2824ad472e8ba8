#!/usr/bin/env python3
"""Measures this server and moto side by side and prints the ratios. Loopback only; bounded in count and time.

Needs wrk, this package and its boto3, and a moto server in a virtual environment of its own (`make bench` makes it).
Every figure is taken of each server in turn, so that a machine that drifts drifts for both: believe the ratios.
"""

import argparse
import shutil
import smtplib
import ssl
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from bench import publishing
from bench.servers import RECIPIENT, SENDER, Server, form, load
from bench.workloads import BULK, bulk_form, raw_form, send_form, templated_form
from emulator.smtp.credentials import password as smtp_password

STORED = 150_000


# ---- figures


@dataclass
class Figure:
    """One row of the table: a value of each server, and what it should be as a ratio to moto's."""

    name: str
    unit: str
    ours: float
    moto: float
    bar: str

    def row(self) -> str:
        """The row in Markdown."""
        digits = 1 if self.ours < 100 else 0
        ratio = self.ours / self.moto
        ours, moto = (f"{value:,.{digits}f} {self.unit}" for value in (self.ours, self.moto))
        return f"| {self.name} | {ours} | {moto} | {ratio:.2f} x | {self.bar} |"


def throughput(servers: tuple[Server, Server], options: argparse.Namespace) -> Iterator[Figure]:
    """Requests a second and tail latency of the workloads, servers taking turns."""
    send, raw, listing = send_form(), raw_form(), form("ListIdentities")
    templated, bulk = templated_form(), bulk_form()
    for name, body, expected, connections, bar, slow_bar in (
        ("SendEmail 2 KB, 8 connections", send, "MessageId>", 8, ">= 4", "<= 0.4"),
        ("SendEmail 2 KB, 32 connections", send, "MessageId>", 32, ">= 4", ""),
        ("SendRawEmail 100 KB, 8 connections", raw, "MessageId>", 8, ">= 3", ""),
        ("ListIdentities, 8 connections", listing, SENDER, 8, ">= 5", ""),
        ("SendTemplatedEmail, 8 connections", templated, "MessageId>", 8, "", ""),
        (f"SendBulkTemplatedEmail to {BULK}, 8 connections", bulk, "MessageId>", 8, f">= {2000 // BULK} /s", ""),
    ):
        rates: dict[str, list[float]] = {"ours": [], "moto": []}
        slows: dict[str, list[float]] = {"ours": [], "moto": []}
        for number in range(options.repeat):
            for server in servers if number % 2 == 0 else servers[::-1]:
                with server.running():
                    load(server, body, expected, connections, 1)  # warm
                    rate, slow = load(server, body, expected, connections, options.seconds)
                rates[server.name].append(rate)
                slows[server.name].append(slow)
        yield Figure(name, "/s", _median(rates["ours"]), _median(rates["moto"]), bar)
        if slow_bar:
            yield Figure(f"{name}, p99", "ms", _median(slows["ours"]), _median(slows["moto"]), slow_bar)


def boto3_call(servers: tuple[Server, Server], options: argparse.Namespace) -> Iterator[Figure]:
    """Milliseconds of one SendEmail through boto3, one thread."""
    import boto3

    def once(server: Server) -> float:
        with server.running():
            client = boto3.client(
                "ses",
                endpoint_url=f"http://127.0.0.1:{server.port}",
                region_name="us-east-1",
                aws_access_key_id="test",
                aws_secret_access_key="test",
            )
            message = {"Subject": {"Data": "Hi"}, "Body": {"Text": {"Data": "x" * 700}, "Html": {"Data": "y" * 1300}}}
            times = []
            for _ in range(options.calls):
                began = time.perf_counter()
                client.send_email(Source=SENDER, Destination={"ToAddresses": [RECIPIENT]}, Message=message)
                times.append(time.perf_counter() - began)
            return _median(times) * 1000

    yield Figure("boto3 SendEmail, one thread", "ms", *_in_turn(servers, once, options.repeat), "<= 0.5")


def cold_start(servers: tuple[Server, Server], options: argparse.Namespace) -> Iterator[Figure]:
    """Milliseconds from the start of the process to its first answer."""

    def once(server: Server) -> float:
        with tempfile.TemporaryDirectory(prefix="ses-bench-") as server.folder:
            began = time.perf_counter()
            server.start()
            took = time.perf_counter() - began
            server.stop()
        return took * 1000

    yield Figure("cold start to the first answer", "ms", *_in_turn(servers, once, 2 * options.repeat + 1), "<= 0.75")


def memory(servers: tuple[Server, Server], options: argparse.Namespace) -> Iterator[Figure]:
    """Resident memory of all processes, idle and after many sends."""
    idle: dict[str, float] = {}
    growth: dict[str, float] = {}
    for server in servers:
        with server.running():
            load(server, send_form(), "MessageId>", 1, 1)  # what is loaded at first use belongs to idle
            time.sleep(0.5)
            before = server.resident_bytes()
            sent, seconds = 0.0, 3
            while sent < options.sends:
                rate, _ = load(server, send_form(), "MessageId>", 8, seconds)
                sent += rate * seconds
            time.sleep(0.5)
            idle[server.name] = before / 2**20
            growth[server.name] = max(0.0, server.resident_bytes() - before) / sent / 1024
    yield Figure("resident memory idle, all processes", "MiB", idle["ours"], idle["moto"], "<= 1.3")
    yield Figure("memory a stored message", "KiB", growth["ours"], growth["moto"], "<= 0.6 KiB")


def growth(server: Server, options: argparse.Namespace) -> None:
    """Prints what 150,000 stored messages change for this server."""
    with server.running():
        empty, _ = load(server, send_form(), "MessageId>", 8, options.seconds)
        stored = 0
        while stored < STORED:
            rate, _ = load(server, send_form(), "MessageId>", 8, 20)
            stored += int(rate * 20)
        full, _ = load(server, send_form(), "MessageId>", 8, options.seconds)
        _drained(server)
        times = sorted(_listing(server) for _ in range(21))
    print(f"\nWith {stored:,} messages stored: newest 50 and the count in {times[10]:.1f} ms (median of 21, <= 10);")
    print(f"SendEmail {full:,.0f}/s against {empty:,.0f}/s with none stored ({full / empty:.2f} x, >= 0.85).")


def delivery(server: Server, options: argparse.Namespace) -> None:
    """Prints how fast this server takes mail by SMTP, and how fast its worker delivers, while it takes more."""
    with server.running():
        for name, submit in (("SMTP", _submit_by_smtp), ("SendEmail", _submit_by_http)):
            began = time.perf_counter()
            sent = submit(server, options.seconds)
            accepted = time.perf_counter() - began
            _drained(server)
            delivered = time.perf_counter() - began
            print(f"\n{name}, 8 connections: {sent / accepted:,.0f}/s accepted, {sent / delivered:,.0f}/s delivered.")


def _submit_by_http(server: Server, seconds: int) -> int:
    rate, _ = load(server, send_form(), "MessageId>", 8, seconds)
    return int(rate * seconds)


def _submit_by_smtp(server: Server, seconds: int) -> int:
    password = smtp_password("test", "us-east-1")
    message = f"From: {SENDER}\r\nTo: {RECIPIENT}\r\nSubject: Hi\r\n\r\n{'hello ' * 340}\r\n"
    tls = ssl.create_default_context()
    tls.check_hostname, tls.verify_mode = False, ssl.CERT_NONE
    until = time.monotonic() + seconds

    def submit(_number: int) -> int:
        sent = 0
        with smtplib.SMTP("127.0.0.1", server.submission_port) as connection:
            connection.starttls(context=tls)
            connection.login("test", password)
            while time.monotonic() < until:
                connection.sendmail(SENDER, [RECIPIENT], message)
                sent += 1
        return sent

    with ThreadPoolExecutor(8) as clients:
        return sum(clients.map(submit, range(8)))


def _drained(server: Server) -> None:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=120)
    connection.request("POST", "/_emulator/jobs/drain")
    connection.getresponse().read()
    connection.close()


def _listing(server: Server) -> float:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.connect()
    began = time.perf_counter()
    connection.request("GET", "/_emulator/messages")
    connection.getresponse().read()
    took = time.perf_counter() - began
    connection.close()
    return took * 1000


# ---- small


def _in_turn(servers: tuple[Server, Server], once: Callable[[Server], float], repeat: int) -> tuple[float, float]:
    found: dict[str, list[float]] = {"ours": [], "moto": []}
    for number in range(repeat):
        for server in servers if number % 2 == 0 else servers[::-1]:
            found[server.name].append(once(server))
    return _median(found["ours"]), _median(found["moto"])


def _median(values: list[float]) -> float:
    return statistics.median(values)


def main() -> None:
    """The table is printed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--moto", default=".venv-moto/bin/moto_server", help="the moto_server program")
    parser.add_argument("--seconds", type=int, default=5, help="length of one load")
    parser.add_argument("--repeat", type=int, default=3, help="turns a figure")
    parser.add_argument("--calls", type=int, default=300, help="boto3 calls")
    parser.add_argument("--sends", type=int, default=10_000, help="sends for the memory figure")
    parser.add_argument(
        "--only", default="throughput,boto3,cold,memory,growth,delivery,events", help="figures, by comma"
    )
    options = parser.parse_args()
    if not shutil.which("wrk"):
        raise SystemExit("wrk is not installed (Debian: apt-get install wrk)")
    command = Path(sys.executable).with_name("ses-emulator")
    ours = f"{command} serve --port {{port}} --smtp-port 0 --submission-port {{submission_port}} --retention 0"
    ours += " --database-url sqlite:///{folder}/ses.db"
    servers = (Server("ours", ours), Server("moto", f"{options.moto} -p {{port}}"))
    figures = {"throughput": throughput, "boto3": boto3_call, "cold": cold_start, "memory": memory}
    print("| figure | ses-emulator | moto | ratio | bar |\n| --- | --- | --- | --- | --- |")
    for name in options.only.split(","):
        if name in figures:
            for figure in figures[name](servers, options):
                print(figure.row(), flush=True)
    if "growth" in options.only:
        growth(servers[0], options)
    if "delivery" in options.only:
        delivery(servers[0], options)
    if "events" in options.only:
        publishing.sends(servers[0], options)
        publishing.drains(*servers)


if __name__ == "__main__":
    main()
