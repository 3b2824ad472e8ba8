"""Other AWS services, where the settings say where they are: SNS, Firehose, CloudWatch, S3, Lambda.

boto3 is loaded at the first call: who sets no endpoint never pays for it.
"""

import threading
from collections.abc import Mapping
from typing import Any, NamedTuple

SECONDS = 5  # to connect, and for each answer but a Lambda's
LAMBDA_SECONDS = 30  # Source: API reference (documented) of a synchronous call
LAMBDA_BYTES = 6 * 1024 * 1024  # of what it returns. Source: developer guide of Lambda (documented)
UNREACHABLE = "Unreachable"


class Call(NamedTuple):
    """One call to a service, by boto3's names."""

    account_id: str
    region: str
    service: str
    operation: str
    parameters: tuple[tuple[str, Any], ...]


class Answer(NamedTuple):
    """What a service answered: a result, or the code and message of a refusal."""

    result: Mapping[str, Any]
    code: str | None = None
    message: str = ""


class Unreachable(OSError):
    """The service gave no answer, or said that it is not able to."""


class TimedOut(Unreachable):
    """The service took the call, and its answer too long."""


class Refused(Exception):
    """The service refused a call."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class Aws:
    """The services at their endpoints; the key `""` is for those that have none of their own."""

    def __init__(self, endpoints: Mapping[str, str]) -> None:
        self._endpoints = dict(endpoints)
        self._clients: dict[tuple[str, str, str], Any] = {}
        self._lock = threading.Lock()

    def endpoint(self, service: str) -> str | None:
        """Where the service is; None where nobody said."""
        return self._endpoints.get(service) or self._endpoints.get("") or None

    def answer(self, call: Call) -> Answer:
        """The service's answer to a call; Unreachable where it gave none, or one of its own failures."""
        from botocore.exceptions import BotoCoreError, ClientError, ReadTimeoutError

        try:
            method = getattr(self._client(call.account_id, call.region, call.service), call.operation)
            return Answer(_read(method(**dict(call.parameters))))
        except ClientError as error:
            refusal, status = error.response["Error"], error.response["ResponseMetadata"].get("HTTPStatusCode", 500)
            if status >= 500:
                raise Unreachable(f"{refusal['Code']}: {refusal['Message']}") from error
            return Answer({}, refusal["Code"], refusal["Message"])
        except ReadTimeoutError as error:
            raise TimedOut(str(error)) from error
        except BotoCoreError as error:
            raise Unreachable(str(error)) from error

    def result(self, call: Call) -> Mapping[str, Any]:
        """The result of a call; Refused where the service does not do it, Unreachable as above."""
        answer = self.answer(call)
        if answer.code is not None:
            raise Refused(answer.code, answer.message)
        return answer.result

    def _client(self, account_id: str, region: str, service: str) -> Any:
        """A client of the account: a 12-digit access key id is the account itself, as with us."""
        key = (account_id, region, service)
        with self._lock:  # sessions are not made for many threads, clients are
            if key not in self._clients:
                import boto3
                from botocore.config import Config

                seconds = LAMBDA_SECONDS if service == "lambda" else SECONDS
                config = Config(
                    connect_timeout=SECONDS,
                    read_timeout=seconds,
                    retries={"total_max_attempts": 1},
                    s3={"addressing_style": "path"},
                )
                self._clients[key] = boto3.client(
                    service,
                    endpoint_url=self.endpoint(service),
                    region_name=region,
                    aws_access_key_id=account_id,
                    aws_secret_access_key="test",  # noqa: S106 - whoever is there takes any
                    config=config,
                )
            return self._clients[key]


def _read(result: dict[str, Any]) -> dict[str, Any]:
    """The result, with all that a function returned; the rest of a result is there at once."""
    return result | {"Payload": result["Payload"].read(LAMBDA_BYTES)} if "Payload" in result else result
