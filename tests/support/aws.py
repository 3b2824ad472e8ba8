"""Calling an emulator: boto3 for what it can say, raw HTTP for what it cannot."""

import http.client
import random
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from emulator.remote import Server

VERSION = "2010-12-01"
FORM = "application/x-www-form-urlencoded; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Answer:
    """A raw answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()


@dataclass(frozen=True, slots=True)
class Account:
    """One AWS account of an emulator, which no other test has."""

    url: str
    account_id: str
    region: str = "us-east-1"

    def client(self, service: str = "ses", **options: Any) -> Any:
        """A boto3 client of the account; no retries."""
        given = {"region_name": self.region, "aws_access_key_id": self.account_id, **options}
        config = Config(retries={"total_max_attempts": 1, "mode": "standard"})
        return boto3.client(service, endpoint_url=self.url, aws_secret_access_key="test", config=config, **given)

    def elsewhere(self, region: str) -> "Account":
        """The same account in another region."""
        return Account(self.url, self.account_id, region)

    def query(self, action: str | None = None, parameters: dict[str, str] | None = None, **named: str) -> Answer:
        """The answer to a form, sent as it is; `Action` and `Version` come first."""
        pairs = [("Action", action), ("Version", VERSION)] if action is not None else []
        return self.post(urlencode([*pairs, *(parameters or {}).items(), *named.items()]).encode())

    def post(self, body: bytes, content_type: str | None = FORM, target: str = "/", method: str = "POST") -> Answer:
        """The answer to these very bytes."""
        scope = f"{self.account_id}/20260101/{self.region}/ses/aws4_request"
        headers = {
            "Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature={'0' * 64}",
            **({"Content-Type": content_type} if content_type is not None else {}),
        }
        return request(self.url, method, target, body, headers)

    def inspect(self, method: str, path: str, body: object = None, **query: Any) -> Any:
        """The inspection API's answer, about this account and region."""
        named = {name.rstrip("_"): value for name, value in query.items()}
        return Server(self.url).ask(method, path, {"account": self.account_id, **named}, body)

    def messages(self, **query: Any) -> list[dict[str, Any]]:
        """The account's messages, newest first."""
        return self.inspect("GET", "/messages", **query)["messages"]  # type: ignore[no-any-return]

    def drain(self) -> None:
        """All due work is done."""
        Server(self.url).ask("POST", "/jobs/drain")

    def advance(self, duration: str) -> None:
        """The emulated clock has moved on, for all accounts: only for a test with a server of its own."""
        Server(self.url).ask("POST", "/clock/advance", body={"duration": duration})


def new_account(url: str, region: str = "us-east-1") -> Account:
    """An account that nobody has used."""
    return Account(url, f"{random.SystemRandom().randrange(10**11, 10**12)}", region)


def request(url: str, method: str, target: str, body: bytes | None, headers: dict[str, str]) -> Answer:
    """One HTTP request on a connection of its own."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    try:
        connection.request(method, target, body, headers)
        response = connection.getresponse()
        return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
    finally:
        connection.close()


def refusal(call: Any, **parameters: Any) -> tuple[str, str, int]:
    """Code, message and HTTP status with which a boto3 call is refused."""
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    response = caught.value.response
    return (
        response["Error"]["Code"],
        response["Error"]["Message"],
        response["ResponseMetadata"]["HTTPStatusCode"],
    )
