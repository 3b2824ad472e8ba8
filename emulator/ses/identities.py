"""Verified identities: addresses and domains, their verification and what it covers."""

from collections.abc import Iterator
from typing import NamedTuple

from emulator.context import Context
from emulator.outside import ids
from emulator.ses import (
    accounts,
    addresses,
    arns,
    dkim,
    dns,
    domains,
    errors,
    limits,
    paging,
    tasks,
    verification,
)
from emulator.store import identities as identity_rows
from emulator.store import identity_policies as policy_rows
from emulator.store.identities import Identity

ADDRESS, DOMAIN = "EmailAddress", "Domain"
LIST = "identities"  # tokens of ListIdentities; v2's list of the same takes them too. Source: recorded


class Attributes(NamedTuple):
    """What SES says of an identity's verification; only a domain has a token."""

    status: str
    token: str | None


def verify_address(ctx: Context, address: str) -> None:
    """The address is Pending (Success stays Success) and a mail with a link is on its way to it.

    The 24 hours run from the first call; after they have passed, from the next one. Source: API reference
    (documented). Unverified: that a verified address gets another mail.
    """
    from emulator.ses import confirmations  # with all that writes mail: a start need not wait for it

    check_address(address)
    begin_address(ctx, address)
    confirmations.send_mail(ctx, address)


def check_address(address: str) -> None:
    """Nothing, where the text may become an address identity."""
    if not address.strip():
        raise errors.EmailAddressNotSpecified
    if not addresses.is_identity_address(address):
        raise errors.InvalidEmailAddress(address=address)


def begin_address(ctx: Context, address: str) -> None:
    """The address is there, Pending unless it is verified; its 24 hours begin if it is new or had Failed."""
    _begin(ctx, address, ADDRESS)


def verify_domain(ctx: Context, domain: str) -> str:
    """The domain is Pending until its TXT record is seen (Success stays Success); the record's value.

    Unverified: that a domain which Failed gets the same token again.
    """
    if not domains.is_domain(domain):
        raise errors.InvalidDomainName(domain=domain)
    _begin(ctx, domain.lower(), DOMAIN)
    return ids.verification_token(ctx.account_id, ctx.region, domain.lower())


def verify_domain_dkim(ctx: Context, domain: str) -> tuple[str, ...]:
    """The domain is an identity, Pending where it is new, and so is its DKIM; the tokens.

    Unverified: the text for a domain that is none.
    """
    if not domains.is_domain(domain):
        raise errors.InvalidDomainName(domain=domain)
    return dkim.begin(ctx, _begin(ctx, domain.lower(), DOMAIN))


def get(ctx: Context, identity: str) -> Identity | None:
    """The identity of that name."""
    return identity_rows.get(ctx.tx, ctx.account_id, ctx.region, _name(identity))


def delete(ctx: Context, identity: str) -> None:
    """The identity is forgotten, if it was there. Source: DeleteIdentity of an unknown and of a malformed name."""
    if "@" not in identity and "." not in identity:
        raise errors.InvalidIdentity(identity=identity)
    ctx.tx.changed()  # before the look, so no key comes in between
    dkim.withdraw_keys(ctx, ctx.account_id, ctx.region, _name(identity))
    identity_rows.delete(ctx.tx, ctx.account_id, ctx.region, _name(identity))
    policy_rows.delete(ctx.tx, ctx.account_id, ctx.region, _name(identity))


def attributes(ctx: Context, names: list[str]) -> dict[str, Attributes]:
    """The verification of each identity that exists; an unknown one is left out. Source: recorded."""
    if len(names) > limits.IDENTITIES_PER_CALL:
        raise errors.TooManyIdentities(maximum=str(limits.IDENTITIES_PER_CALL))
    found = {name: attributes_of(ctx, _name(name)) for name in dict.fromkeys(names)}
    return {name: attributes for name, attributes in found.items() if attributes is not None}


def attributes_of(ctx: Context, name: str) -> Attributes | None:
    """The verification of the identity of that name, or of one that the settings verify; None where there is none."""
    row = identity_rows.get(ctx.tx, ctx.account_id, ctx.region, name)
    if row is None and not _always_verified(ctx, name):
        return None
    token = None if "@" in name else ids.verification_token(ctx.account_id, ctx.region, name)
    return Attributes(verification.SUCCESS if row is None else status(ctx, row), token)


def page(ctx: Context, identity_type: str | None, max_items: int | None, next_token: str | None) -> paging.Page[str]:
    """The next identities in the order of their creation, whatever their state. Unverified: that order."""
    limit = limits.IDENTITIES_PER_PAGE if max_items is None else max_items
    if not 1 <= limit <= limits.IDENTITIES_PER_PAGE:
        raise errors.InvalidMaxItems(value=str(limit), maximum=str(limits.IDENTITIES_PER_PAGE))
    after = paging.position(ctx, LIST, next_token)
    rows = identity_rows.after(ctx.tx, ctx.account_id, ctx.region, identity_type, after_seq=after, limit=limit + 1)
    more = paging.token(ctx, LIST, rows[limit - 1].seq) if len(rows) > limit else None
    return paging.Page([row.identity for row in rows[:limit]], more)


def verified_addresses(ctx: Context) -> list[str]:
    """The addresses that are verified now."""
    rows = identity_rows.after(ctx.tx, ctx.account_id, ctx.region, ADDRESS)
    return [row.identity for row in rows if status(ctx, row) == verification.SUCCESS]


def status(ctx: Context, row: Identity) -> str:
    """The state of an identity at this instant; for a domain, its own record or its DKIM suffices.

    Source: API reference of VerifyDomainDkim (documented).
    """
    if _always_verified(ctx, row.identity):
        return verification.SUCCESS
    if row.identity_type == ADDRESS:
        return verification.address_status(row, ctx.now)
    own = verification.domain_status(row, _presences(ctx, row), ctx.now)
    if own == verification.SUCCESS or row.failed_at is not None:
        return own
    return verification.better(own, dkim.status(ctx, row))


def covers(ctx: Context, mailbox: addresses.Mailbox, *, through: str | None = None) -> bool:
    """Whether the account may use the address: an identity that covers it is verified here; the one that is named."""
    return any(_may_send(ctx, name) for name in names_covering(mailbox) if through in (None, name))


def sending(ctx: Context, mailbox: addresses.Mailbox) -> str | None:
    """The identity by which the account may use the address: the most specific one that is verified here.

    One that somebody asked to verify comes before those that only the settings do.
    """
    able = [name for name in names_covering(mailbox) if _may_send(ctx, name)]
    asked = (name for name in able if identity_rows.get(ctx.tx, ctx.account_id, ctx.region, name))
    return next(asked, able[0] if able else None)


def default_configuration_set(ctx: Context, mailbox: addresses.Mailbox) -> str | None:
    """The set of the most specific identity that covers the address and is verified. Source: developer guide."""
    for name in names_covering(mailbox):
        row = identity_rows.get(ctx.tx, ctx.account_id, ctx.region, name)
        if row is not None and row.configuration_set and status(ctx, row) in verification.MAY_SEND:
            return row.configuration_set
    return None


def names_covering(mailbox: addresses.Mailbox) -> Iterator[str]:
    """The names of the identities that cover an address, the most specific first: itself, its domain, parents of that.

    An address is compared as it is, a domain whatever its case; `user+label@` is covered by `user@`. Source:
    developer guide (documented).
    """
    yield mailbox.address
    if "+" in mailbox.local:
        yield f"{mailbox.local.partition('+')[0]}@{mailbox.domain}"
    yield from domains.itself_and_parents(mailbox.domain)


def _begin(ctx: Context, name: str, identity_type: str) -> Identity:
    """The identity is there; its window begins now if it is new or had Failed."""
    ctx.tx.changed()  # before the look: of two callers with the same new name, the second finds the first one's
    row = get(ctx, name)
    if row is not None and status(ctx, row) != verification.FAILED:
        return row
    if row is None:
        if identity_rows.count(ctx.tx, ctx.account_id, ctx.region) >= limits.IDENTITIES:
            raise errors.IdentityLimitExceeded(maximum=str(limits.IDENTITIES))
        row = identity_rows.insert(ctx.tx, ctx.account_id, ctx.region, name, identity_type, ctx.now)
    window = verification.begun(ctx.now, accounts.of(ctx).auto_verify_after)
    identity_rows.set_facts(ctx.tx, ctx.account_id, ctx.region, name, **window)
    if identity_type == DOMAIN:
        tasks.look_up(ctx, name, verification.IDENTITY)
    return row


def _may_send(ctx: Context, name: str) -> bool:
    if _always_verified(ctx, name):
        return True
    row = identity_rows.get(ctx.tx, ctx.account_id, ctx.region, name)
    return row is not None and status(ctx, row) in verification.MAY_SEND


def _always_verified(ctx: Context, name: str) -> bool:
    """Whether the emulator's user said so, for every account and region."""
    always = ctx.policy.verified_identities
    return bool(always) and ("*" in always or name in always)


def _presences(ctx: Context, row: Identity) -> tuple[verification.Presence, ...]:
    """When a record that proves the domain was in the DNS."""

    def load(_tx: object) -> tuple[verification.Presence, ...]:
        token = ids.verification_token(row.account_id, row.region, row.identity)
        places = dns.verification_places(row.identity)
        proving = {(places[0].name, token), (places[1].name, token), (places[1].name, f"amazonses:{token}")}
        return dns.presences(ctx, places, lambda there: any((each.name, each.value) in proving for each in there))

    return ctx.tx.remembered(("presences", row.seq), load)


def _name(identity: str) -> str:
    return arns.key(identity)
