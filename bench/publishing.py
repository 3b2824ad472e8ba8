"""What it costs to tell others of events: to a send whose set has three destinations, and to the worker."""

import json
import statistics
import tempfile
import time
from argparse import Namespace
from collections.abc import Iterable
from http.client import HTTPConnection
from typing import Any

import boto3

from bench.servers import SENDER, Server, load
from bench.workloads import send_form

EVENTS = 10_000
ALL_TYPES = ("send", "reject", "bounce", "complaint", "delivery", "open", "click", "renderingFailure")
ACCOUNT = "123456789012"  # moto's own
TOPIC = f"arn:aws:sns:us-east-1:{ACCOUNT}:events"
STREAM = f"arn:aws:firehose:us-east-1:{ACCOUNT}:deliverystream/events"
NOBODY = "http://127.0.0.1:9"  # a port on which nothing listens
DESTINATIONS = {
    "SNSDestination": {"TopicARN": TOPIC},
    "KinesisFirehoseDestination": {"IAMRoleARN": f"arn:aws:iam::{ACCOUNT}:role/ses", "DeliveryStreamARN": STREAM},
    "CloudWatchDestination": {
        "DimensionConfigurations.member.1.DimensionName": "campaign",
        "DimensionConfigurations.member.1.DimensionValueSource": "messageTag",
        "DimensionConfigurations.member.1.DefaultDimensionValue": "none",
    },
}


def sends(server: Server, options: Namespace) -> None:
    """Prints what three destinations cost the request path: the same server, taking turns with a set that has none."""
    rates: dict[str, list[float]] = {"none": [], "three": []}
    with server.running():
        for name, blocks in (("none", ()), ("three", tuple(DESTINATIONS))):
            _create_set(server, name, blocks)
        for number in range(2 * options.repeat):
            for name in sorted(rates, reverse=number % 2 == 1):
                body = send_form() + b"&ConfigurationSetName=" + name.encode()
                rates[name].append(load(server, body, "MessageId>", 8, options.seconds)[0])
                _inspect(server, "POST", "/jobs/drain")
    none, three = (statistics.median(rates[name]) for name in ("none", "three"))
    print(
        f"\nSendEmail with a set: {none:,.0f}/s without destinations, {three:,.0f}/s with three ({three / none:.2f} x,"
    )
    print(f">= 0.85: its requests cost {none / three - 1:.0%} more, with the worker publishing beside them).")


def drains(server: Server, moto: Server) -> None:
    """Prints how fast queued events drain: to a topic at moto that comes back, and to the log alone."""
    plain = f"{server.command} --account-id {ACCOUNT}"
    with moto.running(), tempfile.TemporaryDirectory(prefix="ses-bench-") as server.folder:
        there = {"region_name": "us-east-1", "aws_access_key_id": ACCOUNT, "aws_secret_access_key": "test"}
        boto3.client("sns", endpoint_url=f"http://127.0.0.1:{moto.port}", **there).create_topic(Name="events")
        with server.restarted(plain):
            server.call("VerifyEmailIdentity", EmailAddress=SENDER)
            _create_set(server, "queue", ("SNSDestination",))
        with server.restarted(f"{plain} --aws-endpoint-url-sns {NOBODY}"):
            _inspect(server, "PUT", "/clock", {"frozen": True})  # so that all of it is tried again at one instant
            _send(server, "queue", EVENTS // 2)  # each is sent and delivered: two events
        with server.restarted(f"{plain} --aws-endpoint-url-sns http://127.0.0.1:{moto.port}"):
            _send(server, "queue", 1)  # what is loaded at first use
            before = _pending(server)
            began = time.perf_counter()
            _inspect(server, "POST", "/clock/advance", {"duration": "PT1H"})
            while _pending(server):
                _inspect(server, "POST", "/jobs/drain")
            to_moto = before / (time.perf_counter() - began)
    with server.running():
        _create_set(server, "queue", ("SNSDestination",))
        began = time.perf_counter()
        _send(server, "queue", EVENTS // 2)
        _inspect(server, "POST", "/jobs/drain")
        to_log = EVENTS / (time.perf_counter() - began)
    print(f"\n{before:,} queued events go to a topic at moto at {to_moto:,.0f}/s (>= 200); into the log alone they go")
    print(f"at {to_log:,.0f}/s, counted with the sends that caused them.")


def _create_set(server: Server, name: str, blocks: Iterable[str]) -> None:
    server.call("CreateConfigurationSet", **{"ConfigurationSet.Name": name})
    for block in blocks:
        types = {f"MatchingEventTypes.member.{number}": each for number, each in enumerate(ALL_TYPES, 1)}
        members = {
            "Name": block,
            "Enabled": "true",
            **types,
            **{f"{block}.{k}": v for k, v in DESTINATIONS[block].items()},
        }
        parameters = {f"EventDestination.{key}": value for key, value in members.items()}
        server.call("CreateConfigurationSetEventDestination", ConfigurationSetName=name, **parameters)


def _send(server: Server, configuration_set: str, number: int) -> None:
    body = send_form() + b"&ConfigurationSetName=" + configuration_set.encode()
    for _ in range(number):
        assert b"MessageId>" in server.post(body)


def _pending(server: Server) -> int:
    return int(_inspect(server, "GET", "/health")["pending_jobs"])


def _inspect(server: Server, method: str, path: str, body: object = None) -> dict[str, Any]:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=300)
    connection.request(method, f"/_emulator{path}", json.dumps(body) if body else None)
    answer = json.loads(connection.getresponse().read() or b"{}")
    connection.close()
    return answer  # type: ignore[no-any-return]
