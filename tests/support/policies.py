"""Policies of identities."""

import json
from typing import Any

from tests.support.aws import Account

DELEGATE = "210987654321"


def arn(account: Account, identity: str, region: str | None = None) -> str:
    """The identity's ARN."""
    return f"arn:aws:ses:{region or account.region}:{account.account_id}:identity/{identity}"


def statement(owner: Account, identity: str, principal: str = DELEGATE, **changed: Any) -> dict[str, Any]:
    """A statement that allows the principal to send through the owner's identity, but for the changes."""
    return {
        "Effect": "Allow",
        "Principal": {"AWS": principal},
        "Action": ["ses:SendEmail", "ses:SendRawEmail"],
        "Resource": arn(owner, identity),
    } | changed


def document(*statements: dict[str, Any]) -> str:
    """A policy of these statements."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def put(owner: Account, identity: str, name: str, policy: str) -> None:
    """The identity has the policy."""
    owner.client().put_identity_policy(Identity=identity, PolicyName=name, Policy=policy)
