"""Policies of identities, which let others send through them. The identity need not exist. Source: recorded."""

import re

from emulator.context import Context
from emulator.ses import addresses, arns, domains, errors, limits, policy_documents
from emulator.ses.policy_documents import Request, Statement
from emulator.store import identity_policies as policy_rows

_NAME = re.compile(r"[A-Za-z0-9_-]+\Z")


def put(ctx: Context, identity: str, policy_name: str, policy: str) -> None:
    """The identity has the policy, in place of one of that name.

    Unverified: whether the document or the count is looked at first; that a name which can be no identity is refused.
    """
    if not _NAME.match(policy_name):
        raise errors.InvalidPolicyName
    name = _key(ctx, identity)
    _check_resources(ctx, name, policy_documents.read(policy))
    if not addresses.is_identity_address(name) and not domains.is_domain(name):
        raise errors.InvalidIdentity(identity=identity)
    ctx.tx.changed()  # before the look: of two callers with the last free place, the second finds it taken
    there = policy_rows.of(ctx.tx, ctx.account_id, ctx.region, name)
    if len(there.keys() | {policy_name}) > limits.POLICIES_PER_IDENTITY:
        raise errors.TooManyPolicies(identity=name)
    policy_rows.put(ctx.tx, ctx.account_id, ctx.region, name, policy_name, policy_documents.compact(policy))


def get(ctx: Context, identity: str, policy_names: list[str]) -> dict[str, str]:
    """The texts of the policies that are there, by name."""
    if len(policy_names) > limits.POLICIES_PER_CALL:
        raise errors.TooManyPolicyNames(maximum=str(limits.POLICIES_PER_CALL))
    there = policy_rows.of(ctx.tx, ctx.account_id, ctx.region, _key(ctx, identity))
    return {name: there[name] for name in policy_names if name in there}


def names(ctx: Context, identity: str) -> list[str]:
    """The names of the identity's policies. Unverified: their order."""
    return sorted(policy_rows.of(ctx.tx, ctx.account_id, ctx.region, _key(ctx, identity)))


def delete(ctx: Context, identity: str, policy_name: str) -> None:
    """The policy is gone, if it was there."""
    policy_rows.delete(ctx.tx, ctx.account_id, ctx.region, _key(ctx, identity), policy_name)


def effect(ctx: Context, owner: str, identity: str, request: Request) -> str | None:
    """What all policies of an account's identity together say to a request: Allow, Deny or None."""
    texts = policy_rows.of(ctx.tx, owner, ctx.region, arns.key(identity)).values()
    return policy_documents.effect([each for text in texts for each in policy_documents.read(text)], request)


def _check_resources(ctx: Context, name: str, statements: tuple[Statement, ...]) -> None:
    for statement in statements:
        named = arns.parse_identity(statement.resource)
        if not named or (named.region, named.account_id, arns.key(named.identity)) != (
            ctx.region,
            ctx.account_id,
            name,
        ):
            raise errors.InvalidPolicy(f"The resource '{statement.resource}' is not the identity '{name}'.")


def _key(ctx: Context, identity: str) -> str:
    return arns.key_of(identity, ctx.region, ctx.account_id)
