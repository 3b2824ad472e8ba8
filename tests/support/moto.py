"""moto's server: the other AWS services, as developers have them."""

import random
import re
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

import boto3
import pytest
from botocore.config import Config

ACCOUNT = "123456789012"  # moto's, whoever calls
REGION = "us-east-1"
_PROGRAM = Path(__file__).parents[2] / ".venv-moto/bin/moto_server"


@dataclass(frozen=True, slots=True)
class Moto:
    """The server; others use it too, so whatever a test makes has a name of its own."""

    url: str

    def client(self, service: str) -> Any:
        """A boto3 client."""
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id=ACCOUNT,
            aws_secret_access_key="test",
            config=Config(s3={"addressing_style": "path"}),
        )

    def topic(self) -> str:
        """A new topic."""
        return str(self.client("sns").create_topic(Name=new_name())["TopicArn"])

    def queue_of(self, topic_arn: str) -> "Queue":
        """A new queue that gets the topic's messages."""
        sqs = self.client("sqs")
        url = sqs.create_queue(QueueName=new_name())["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        self.client("sns").subscribe(TopicArn=topic_arn, Protocol="sqs", Endpoint=arn)
        return Queue(sqs, url)

    def stream(self) -> "Stream":
        """A new stream, and the bucket it fills."""
        name, bucket = new_name(), new_name()
        self.client("s3").create_bucket(Bucket=bucket)
        target = {"RoleARN": f"arn:aws:iam::{ACCOUNT}:role/firehose", "BucketARN": f"arn:aws:s3:::{bucket}"}
        created = self.client("firehose").create_delivery_stream(
            DeliveryStreamName=name, DeliveryStreamType="DirectPut", ExtendedS3DestinationConfiguration=target
        )
        return Stream(self.client("s3"), str(created["DeliveryStreamARN"]), bucket)


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue of SQS."""

    sqs: Any
    url: str

    def messages(self) -> list[str]:
        """All that came, in its order, as SNS wraps it."""
        found: list[str] = []
        while True:
            received = self.sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10).get("Messages", [])
            if not received:
                return found
            for each in received:
                found.append(each["Body"])
                self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=each["ReceiptHandle"])


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream of Firehose, and where it ends."""

    s3: Any
    arn: str
    bucket: str

    def content(self) -> str:
        """All that came through it."""
        objects = self.s3.list_objects_v2(Bucket=self.bucket).get("Contents", [])
        return "".join(
            self.s3.get_object(Bucket=self.bucket, Key=each["Key"])["Body"].read().decode() for each in objects
        )


def new_name() -> str:
    """A name that nothing has."""
    return f"test-{random.SystemRandom().randrange(10**12)}"


@contextmanager
def serving(port: int = 0) -> Iterator[Moto]:
    """A server, which has nothing yet; it is gone afterwards."""
    if not _PROGRAM.exists():
        pytest.skip("moto is not installed (make test does that)")
    popen = subprocess.Popen(
        [_PROGRAM, "--host=127.0.0.1", f"--port={port}"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    output = cast("IO[str]", popen.stderr)
    try:
        url = next(found[0] for line in output if (found := re.search(r"http://127\.0\.0\.1:[0-9]+", line)))
        # It goes on to write a line for each request, which must not fill the pipe.
        threading.Thread(target=output.read, daemon=True).start()
        yield Moto(url)
    finally:
        popen.kill()
        popen.wait(30)
