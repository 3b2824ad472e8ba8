"""Verified identities: addresses and domains, their verification and what it covers."""

from datetime import timedelta
from typing import NamedTuple

from emulator.context import Context
from emulator.outside import ids
from emulator.ses import (
    accounts,
    addresses,
    confirmations,
    dns,
    domains,
    errors,
    limits,
    paging,
    tasks,
    verification,
)
from emulator.store import identities as identity_rows
from emulator.store.identities import Identity

ADDRESS, DOMAIN = "EmailAddress", "Domain"
LIST = "identities"  # tokens of ListIdentities; v2's list of the same takes them too. Source: recorded


class Attributes(NamedTuple):
    """What SES says of an identity's verification; only a domain has a token."""

    status: str
    token: str | None


class Proof(NamedTuple):
    """What the owner of an identity does to verify it: follow the link, or publish the records."""

    identity: str
    identity_type: str
    status: str
    link: str | None
    token: str | None
    records: tuple[dns.Record, ...]


def verify_address(ctx: Context, address: str) -> None:
    """The address is Pending (Success stays Success) and a mail with a link is on its way to it.

    The 24 hours run from the first call; after they have passed, from the next one. Source: API reference
    (documented). Unverified: that a verified address gets another mail.
    """
    if not address.strip():
        raise errors.EmailAddressNotSpecified
    if not addresses.is_identity_address(address):
        raise errors.InvalidEmailAddress(address=address)
    _begin(ctx, address, ADDRESS)
    confirmations.send_mail(ctx, address)


def verify_domain(ctx: Context, domain: str) -> str:
    """The domain is Pending until its TXT record is seen (Success stays Success); the record's value.

    Unverified: that a domain which Failed gets the same token again.
    """
    if not domains.is_domain(domain):
        raise errors.InvalidDomainName(domain=domain)
    name = domain.lower()
    begun = _begin(ctx, name, DOMAIN)
    if begun and ctx.policy.system_dns:
        tasks.add(ctx, tasks.LookUpDomain(name))
    return ids.verification_token(ctx.account_id, ctx.region, name)


def delete(ctx: Context, identity: str) -> None:
    """The identity is forgotten, if it was there. Source: DeleteIdentity of an unknown and of a malformed name."""
    if "@" not in identity and "." not in identity:
        raise errors.InvalidIdentity(identity=identity)
    identity_rows.delete(ctx.tx, ctx.account_id, ctx.region, _name(identity))


def attributes(ctx: Context, names: list[str]) -> dict[str, Attributes]:
    """The verification of each identity that exists; an unknown one is left out. Source: recorded."""
    if len(names) > limits.IDENTITIES_PER_CALL:
        raise errors.TooManyIdentities(maximum=str(limits.IDENTITIES_PER_CALL))
    found = {name: _attributes(ctx, _name(name)) for name in dict.fromkeys(names)}
    return {name: attributes for name, attributes in found.items() if attributes is not None}


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
    """The state of an identity at this instant."""
    if _always_verified(ctx, row.identity):
        return verification.SUCCESS
    if row.identity_type == ADDRESS:
        return verification.address_status(row, ctx.now)
    token = ids.verification_token(row.account_id, row.region, row.identity)
    return verification.domain_status(row, dns.presences(ctx, row.identity, token), ctx.now)


def covers(ctx: Context, mailbox: addresses.Mailbox) -> bool:
    """Whether the account may use the address: it, or its domain or a parent of that, is verified here.

    An address is compared as it is, a domain whatever its case; `user+label@` is covered by `user@`. Source:
    developer guide (documented).
    """
    names = [mailbox.address]
    if "+" in mailbox.local:
        names.append(f"{mailbox.local.partition('+')[0]}@{mailbox.domain}")
    names.extend(domains.itself_and_parents(mailbox.domain))
    return any(_may_send(ctx, name) for name in names)


def proof(ctx: Context, identity: str) -> Proof | None:
    """What would verify the identity; None where there is none of that name."""
    name = _name(identity)
    row = identity_rows.get(ctx.tx, ctx.account_id, ctx.region, name)
    if row is None:
        return None
    if row.identity_type == ADDRESS:
        return Proof(name, ADDRESS, status(ctx, row), confirmations.link(ctx, name), None, ())
    token = ids.verification_token(ctx.account_id, ctx.region, name)
    return Proof(name, DOMAIN, status(ctx, row), None, token, (dns.verification_record(name, token),))


def confirm(ctx: Context, identity: str) -> bool:
    """The identity is verified from now on, whatever its state was; False where there is none."""
    return _set_facts(ctx, identity, confirmed_at=ctx.now, failed_at=None)


def fail(ctx: Context, identity: str) -> bool:
    """The identity's verification has failed; False where there is none."""
    return _set_facts(ctx, identity, confirmed_at=None, auto_confirmed_at=None, failed_at=ctx.now)


def look_up_again_after(ctx: Context, domain: str) -> timedelta | None:
    """How long to wait until a real resolver is asked again for the domain's record; None: no more."""
    row = identity_rows.get(ctx.tx, ctx.account_id, ctx.region, domain)
    if row is None:
        return None
    waits = {
        verification.PENDING: timedelta(seconds=10),
        verification.TEMPORARY_FAILURE: timedelta(seconds=10),
        verification.SUCCESS: timedelta(minutes=5),
    }
    return waits.get(status(ctx, row))


def _begin(ctx: Context, name: str, identity_type: str) -> bool:
    """The identity is there; whether its window begins now, as it does for one that is new or had Failed."""
    ctx.tx.changed()  # before the look: of two callers with the same new name, the second finds the first one's
    row = identity_rows.get(ctx.tx, ctx.account_id, ctx.region, name)
    if row is None:
        if identity_rows.count(ctx.tx, ctx.account_id, ctx.region) >= limits.IDENTITIES:
            raise errors.IdentityLimitExceeded(maximum=str(limits.IDENTITIES))
        identity_rows.insert(ctx.tx, ctx.account_id, ctx.region, name, identity_type, ctx.now)
    elif status(ctx, row) == verification.FAILED:
        _set_facts(ctx, name, started_at=ctx.now, confirmed_at=None, auto_confirmed_at=None, failed_at=None)
    else:
        return False
    after = accounts.of(ctx).auto_verify_after
    if after is not None:
        _set_facts(ctx, name, auto_confirmed_at=ctx.now + after)
    return True


def _attributes(ctx: Context, name: str) -> Attributes | None:
    row = identity_rows.get(ctx.tx, ctx.account_id, ctx.region, name)
    if row is None and not _always_verified(ctx, name):
        return None
    token = None if "@" in name else ids.verification_token(ctx.account_id, ctx.region, name)
    return Attributes(verification.SUCCESS if row is None else status(ctx, row), token)


def _may_send(ctx: Context, name: str) -> bool:
    if _always_verified(ctx, name):
        return True
    row = identity_rows.get(ctx.tx, ctx.account_id, ctx.region, name)
    return row is not None and status(ctx, row) in verification.MAY_SEND


def _always_verified(ctx: Context, name: str) -> bool:
    """Whether the emulator's user said so, for every account and region."""
    always = ctx.policy.verified_identities
    return bool(always) and ("*" in always or name in always)


def _set_facts(ctx: Context, identity: str, **facts: object) -> bool:
    return identity_rows.set_facts(ctx.tx, ctx.account_id, ctx.region, _name(identity), **facts)  # type: ignore[arg-type]


def _name(identity: str) -> str:
    """The key of an identity: an address as it is, a domain in lower case."""
    return identity if "@" in identity else identity.lower()
