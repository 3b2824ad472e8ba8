"""Sending authorization: through whose identities a send may go.

A send that names nobody's identity, from an account without policies, costs one look into what is remembered.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

from emulator.context import Context
from emulator.mime import headers
from emulator.ses import addresses, arns, errors, identities
from emulator.ses.addresses import Mailbox
from emulator.ses.arns import IdentityArn
from emulator.store import identity_policies as policy_rows

# What a send may name an identity for.
SOURCE, FROM, RETURN_PATH = "SourceArn", "FromArn", "ReturnPathArn"


class Mentions(NamedTuple):
    """The addresses in a message that policies ask about, as they were given; what is no address is passed over."""

    authors: Sequence[str]
    feedback: Sequence[str]
    recipients: Sequence[str]


def check(ctx: Context, operation: str, given: Mapping[str, str | None], message: Callable[[], Mentions]) -> None:
    """Nothing, where the identities' owners allow the send.

    Another account's identity needs a policy there that allows it. Source: developer guide (documented); the refusal
    recorded. One's own needs none. Unverified: that a policy there can still deny it.
    """
    named = _named(given)
    foreign = {arn: each for arn, each in named.items() if not _is_own(ctx, each)}
    own = policy_rows.identities(ctx.tx, ctx.account_id, ctx.region)
    if not foreign and not own:
        return
    from emulator.ses import policies, policy_documents  # with all that reads policies: not before there are some

    mentions = message()
    request = policy_documents.Request(
        ctx.account_id, ctx.caller.arn, f"ses:{operation}", _condition_values(ctx, mentions)
    )
    for arn, each in foreign.items():
        effect = policies.effect(ctx, each.account_id, each.identity, request) if each.region == ctx.region else None
        if effect != policy_documents.ALLOW:
            raise errors.SendNotAuthorized(user=ctx.caller.arn, action=operation, resource=arn)
    sender = given[FROM] or given[SOURCE]
    if sender in foreign:
        return
    for author in _mailboxes(mentions.authors):
        for name in identities.names_covering(author):
            if name in own and policies.effect(ctx, ctx.account_id, name, request) == policy_documents.DENY:
                resource = arns.identity_arn(ctx.region, ctx.account_id, name)
                raise errors.SendNotAuthorized(user=ctx.caller.arn, action=operation, resource=resource)


def covers(ctx: Context, given: Mapping[str, str | None], use: str, mailbox: Mailbox) -> bool:
    """Whether the address is verified: where the send names another account's identity for this use, by that one.

    Source: API reference (documented): where only the source's identity is named, sender and return path use it too.
    Unverified: some users report that a From header needs its own; that the source may use the one of the From header;
    that an own identity does where none is named for the use.
    """
    lent = _lent(ctx, given, use)
    if lent and identities.covers(ctx._replace(account_id=lent.account_id), mailbox, through=arns.key(lent.identity)):
        return True
    return (lent is None or given[use] is None) and identities.covers(ctx, mailbox)


def owner(ctx: Context, given: Mapping[str, str | None], use: str) -> Context:
    """The account whose identity the send names for this use, which is then set up as it says; else the caller's.

    Unverified: that the settings are those of the owner.
    """
    lent = _lent(ctx, given, use)
    return ctx._replace(account_id=lent.account_id) if lent else ctx


def _lent(ctx: Context, given: Mapping[str, str | None], use: str) -> IdentityArn | None:
    """The identity of another account that the send names for this use, or for the source if for this use none."""
    arn = given[use] or given[SOURCE] or given[FROM]
    named = arns.parse_identity(arn) if arn else None
    return named if named and not _is_own(ctx, named) else None


def _named(given: Mapping[str, str | None]) -> dict[str, IdentityArn]:
    found = {}
    for arn in given.values():
        if arn is not None:
            parsed = arns.parse_identity(arn)
            if parsed is None:
                raise errors.InvalidArn(arn=arn)
            found[arn] = parsed
    return found


def _is_own(ctx: Context, named: IdentityArn) -> bool:
    return (named.account_id, named.region) == (ctx.account_id, ctx.region)


def _condition_values(ctx: Context, mentions: Mentions) -> dict[str, list[str]]:
    """What the keys of conditions stand for. A key without a value is absent.

    Unverified: that the display name is read as its reader sees it.
    """
    authors, caller = _mailboxes(mentions.authors), ctx.caller
    values = {
        "ses:fromaddress": [author.address for author in authors],
        "ses:fromdisplayname": [headers.decode_words(each.display_name) for each in authors if each.display_name],
        "ses:feedbackaddress": [each.address for each in _mailboxes(mentions.feedback)],
        "ses:recipients": [each.address for each in _mailboxes(mentions.recipients)],
        "aws:currenttime": [ctx.now.isoformat()],
        "aws:epochtime": [str(int(ctx.now.timestamp()))],
        "aws:sourceip": [caller.source_ip],
        "aws:securetransport": ["true" if caller.secure else "false"],
        "aws:useragent": [caller.user_agent],
        "aws:principalaccount": [ctx.account_id],
        "aws:principalarn": [caller.arn],
        "aws:principaltype": ["User"],
        "aws:username": [caller.arn.rpartition("/")[2]],
        "aws:requestedregion": [ctx.region],
    }
    return {key: [value for value in each if value] for key, each in values.items()}


def _mailboxes(texts: Sequence[str]) -> list[Mailbox]:
    found: list[Mailbox] = []
    for text in texts:
        with suppress(addresses.AddressFault):
            found += addresses.parse_list(text)
    return found
