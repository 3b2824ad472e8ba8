"""Easy DKIM: the tokens of a domain, the keys behind them, and whether its owner published the records."""

from collections.abc import Mapping
from typing import NamedTuple

from emulator.context import Context
from emulator.outside import ids, keys
from emulator.outside.keys import KeyPair
from emulator.ses import accounts, dns, errors, limits, regions, tasks, verification
from emulator.store import dkim as dkim_rows
from emulator.store import identities as identity_rows
from emulator.store.dkim import Key
from emulator.store.engine import Transaction
from emulator.store.identities import Identity

OWN_DOMAIN = "amazonses.com"
OWN_BITS = 1024  # Source: length of SES's own signatures in delivered mails, recorded


class Attributes(NamedTuple):
    """Whether SES signs for an identity, whether its records are there, and the tokens they are made of."""

    enabled: bool
    status: str
    tokens: tuple[str, ...] | None


NONE = Attributes(enabled=False, status=verification.NOT_STARTED, tokens=None)


def begin(ctx: Context, domain: Identity) -> tuple[str, ...]:
    """The domain's DKIM is Pending until its records are seen, unless it is or was already; its tokens."""
    if status(ctx, domain) in (verification.NOT_STARTED, verification.FAILED):
        window = verification.begun(ctx.now, accounts.of(ctx).auto_verify_after)
        dkim_rows.put(ctx.tx, domain.seq, **window)
        tasks.add(ctx, tasks.GenerateDkimKeys(domain.identity))
        tasks.look_up(ctx, domain.identity, verification.DKIM)
    return tokens(domain)


def set_enabled(ctx: Context, identity: str, enabled: bool) -> None:
    """Mail of the domain is signed or not, whatever the state of its records.

    An address has no say, its domain decides; it must be registered all the same. Source: recorded.
    Unverified: that a domain without tokens may be switched too.
    """
    ctx.tx.changed()
    name = identity.rpartition("@")[2]
    domain = identity_rows.get(ctx.tx, ctx.account_id, ctx.region, name.lower())
    if domain is None:
        raise errors.NotVerifiedForDkim(domain=name)
    if "@" not in identity:
        dkim_rows.put(ctx.tx, domain.seq, enabled=enabled)


def attributes(ctx: Context, names: list[str]) -> dict[str, Attributes]:
    """The DKIM of each domain, and for an address that of the very domain after the `@`. Source: recorded.

    Unverified: an unknown identity is there as one without DKIM.
    """
    if len(names) > limits.IDENTITIES_PER_CALL:
        raise errors.TooManyIdentities(maximum=str(limits.IDENTITIES_PER_CALL))
    return {name: _attributes(ctx, name.rpartition("@")[2].lower()) for name in names}


def status(ctx: Context, domain: Identity) -> str:
    """The state of a domain's DKIM at this instant: whether all its records are there."""
    row = dkim_rows.get(ctx.tx, domain.seq)
    if row is None or row.window is None:
        return verification.NOT_STARTED
    return verification.domain_status(row.window, _presences(ctx, domain), ctx.now)


def signs(ctx: Context, domain: Identity) -> bool:
    """Whether mail of the domain is signed now: it is wanted, and the records are there."""
    row = dkim_rows.get(ctx.tx, domain.seq)
    return row is not None and row.enabled and status(ctx, domain) == verification.SUCCESS


def tokens(domain: Identity) -> tuple[str, ...]:
    """The tokens of a domain, always the same in the same order."""
    return ids.dkim_tokens(domain.account_id, domain.region, domain.identity)


def records(domain: Identity) -> tuple[dns.Record, ...]:
    """What the owner publishes."""
    return tuple(dns.dkim_record(domain.identity, token, domain.region) for token in tokens(domain))


# ---- keys


def tokens_without_key(ctx: Context, name: str) -> list[str]:
    """The tokens of the domain that no key stands behind yet; none where the domain is gone."""
    domain = identity_rows.get(ctx.tx, ctx.account_id, ctx.region, name)
    if domain is None:
        return []
    known = dkim_rows.keys(ctx.tx, domain.seq)
    return [token for token in tokens(domain) if token not in known]


def keep_keys(ctx: Context, name: str, pairs: Mapping[str, KeyPair]) -> None:
    """The keys are kept, their public halves published by SES; but for tokens that have one, or are gone."""
    ctx.tx.changed()  # before the look, which another worker or a deletion must not outrun
    domain = identity_rows.get(ctx.tx, ctx.account_id, ctx.region, name)
    if domain is None:
        return
    for token in tokens_without_key(ctx, name):
        if token in pairs:
            dkim_rows.add_key(ctx.tx, domain, token, pairs[token].private)
            dns.publish_own(ctx, dns.Record(_target(token, ctx.region), "TXT", f"p={pairs[token].public}"))


def signing_key(ctx: Context, domain: Identity) -> int | None:
    """The key that signs the domain's mail; it is made now where the worker has not come to it yet.

    Unverified: that it is the first token's; SES changes from one to another now and then.
    """

    def load(tx: Transaction) -> int | None:
        return dkim_rows.key_seq(tx, domain.seq, tokens(domain)[0])

    seq = ctx.tx.remembered(("dkim signing key", domain.seq), load)
    if seq is None:
        keep_keys(ctx, domain.identity, {tokens(domain)[0]: keys.rsa()})
        seq = load(ctx.tx)
    return seq


def has_own_key(ctx: Context) -> bool:
    """Whether SES has a key of its own, which signs all mail."""
    return dkim_rows.own_key(ctx.tx) is not None


def make_own_key(ctx: Context) -> None:
    """SES has a key of its own."""
    if has_own_key(ctx):
        return
    ctx.tx.changed()  # before the second look: of two who need it first, the later one finds the key of the other
    if not has_own_key(ctx):
        token, pair = ids.dkim_tokens("", "", OWN_DOMAIN)[0], keys.rsa(OWN_BITS)
        dkim_rows.add_own_key(ctx.tx, Key(OWN_DOMAIN, token, pair.private))
        dns.publish_own(ctx, dns.Record(f"{token}._domainkey.{OWN_DOMAIN}", "TXT", f"p={pair.public}"))


def withdraw_keys(ctx: Context, account_id: str | None, region: str | None, name: str | None = None) -> None:
    """SES publishes these keys no more: those of an account, of its region, or of one domain."""
    for token, its_region in dkim_rows.tokens(ctx.tx, account_id, region, name):
        dns.withdraw_own(ctx, dns.Place(_target(token, its_region), "TXT"))


def _attributes(ctx: Context, name: str) -> Attributes:
    domain = identity_rows.get(ctx.tx, ctx.account_id, ctx.region, name)
    row = domain and dkim_rows.get(ctx.tx, domain.seq)
    if not domain or not row:
        return NONE
    return Attributes(row.enabled, status(ctx, domain), tokens(domain) if row.window else None)


def _presences(ctx: Context, domain: Identity) -> tuple[verification.Presence, ...]:
    def load(_tx: object) -> tuple[verification.Presence, ...]:
        wanted = records(domain)
        pairs = {(record.name, record.value) for record in wanted}
        return dns.presences(ctx, map(dns.place, wanted), lambda there: pairs <= {(r.name, r.value) for r in there})

    return ctx.tx.remembered(("dkim presences", domain.seq), load)


def _target(token: str, region: str) -> str:
    return f"{token}.{regions.dkim_domain(region)}"
