"""Policies of identities."""

from typing import Any

from emulator.context import Context
from emulator.ses import policies


def put_identity_policy(ctx: Context, Identity: str, PolicyName: str, Policy: str) -> dict[str, Any]:
    """The identity has the policy."""
    policies.put(ctx, Identity, PolicyName, Policy)
    return {}


def get_identity_policies(ctx: Context, Identity: str, PolicyNames: list[str]) -> dict[str, Any]:
    """The texts of those policies that the identity has."""
    return {"Policies": policies.get(ctx, Identity, PolicyNames)}


def list_identity_policies(ctx: Context, Identity: str) -> dict[str, Any]:
    """The names of the identity's policies."""
    return {"PolicyNames": policies.names(ctx, Identity)}


def delete_identity_policy(ctx: Context, Identity: str, PolicyName: str) -> dict[str, Any]:
    """The identity does not have the policy."""
    policies.delete(ctx, Identity, PolicyName)
    return {}
