"""The inspection API as raw HTTP, for what a well-behaved client does not send."""

import json
from typing import Any

from tests.support import aws
from tests.support.aws import Account, Answer


def ask(account: Account, method: str, target: str, body: bytes | None = None, **headers: str) -> Answer:
    """The answer of `/_emulator` to a target that is sent as it stands."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return aws.request(account.url, method, f"/_emulator{target}", body, given)


def problem(answer: Answer, status: int) -> str:
    """The detail of a problem document, which the answer must be."""
    assert answer.status == status
    assert answer.headers["content-type"] == "application/problem+json"
    document: dict[str, Any] = json.loads(answer.body)
    assert set(document) == {"type", "title", "status", "detail"}
    assert (document["type"], document["status"]) == ("about:blank", status)
    return str(document["detail"])
