"""MAIL FROM domains: where the bounces of an identity go, by way of the identity's own domain."""

from typing import NamedTuple

from emulator.context import Context
from emulator.ses import accounts, dns, domains, errors, identities, limits, tasks, verification
from emulator.ses.addresses import Mailbox
from emulator.store import identities as identity_rows
from emulator.store import mail_from as mail_from_rows
from emulator.store.identities import Identity
from emulator.store.mail_from import MailFrom

USE_DEFAULT_VALUE, REJECT_MESSAGE = "UseDefaultValue", "RejectMessage"


class Attributes(NamedTuple):
    """An identity's MAIL FROM domain, its state, and what happens to a send while it is not in order."""

    domain: str | None
    status: str | None
    behavior_on_mx_failure: str


def set_domain(ctx: Context, identity: str, mail_from_domain: str | None, behavior_on_mx_failure: str | None) -> None:
    """The identity has that MAIL FROM domain, Pending until its record is seen; without a domain, it has none.

    Unverified: another call with the same domain leaves its state alone, unless it has Failed; one that names no
    behaviour keeps what was said before.
    """
    ctx.tx.changed()  # before the look, so nobody deletes the identity meanwhile
    row = identities.get(ctx, identity)
    if row is None:
        raise errors.IdentityDoesNotExist(identity=identity)
    if not mail_from_domain:
        mail_from_rows.delete(ctx.tx, row.seq)
        return
    _check_domain(ctx, row, identity, mail_from_domain)
    name = mail_from_domain.lower()
    before = mail_from_rows.get(ctx.tx, row.seq)
    behavior = behavior_on_mx_failure or (before.behavior_on_mx_failure if before else USE_DEFAULT_VALUE)
    if before and before.mail_from_domain == name and status(ctx, row, before) != verification.FAILED:
        mail_from_rows.put(ctx.tx, row.seq, behavior_on_mx_failure=behavior)
        return
    window = verification.begun(ctx.now, accounts.of(ctx).auto_verify_after)
    mail_from_rows.put(ctx.tx, row.seq, mail_from_domain=name, behavior_on_mx_failure=behavior, **window)
    tasks.look_up(ctx, row.identity, verification.MAIL_FROM)


def attributes(ctx: Context, names: list[str]) -> dict[str, Attributes]:
    """What each identity that exists has of its own.

    Unverified: an unknown identity is left out, and one without a domain has nothing but the default behaviour.
    """
    if len(names) > limits.IDENTITIES_PER_CALL:
        raise errors.TooManyIdentities(maximum=str(limits.IDENTITIES_PER_CALL))
    found = {name: identities.get(ctx, name) for name in names}
    return {name: _attributes(ctx, row) for name, row in found.items() if row is not None}


def status(ctx: Context, identity: Identity, setting: MailFrom) -> str:
    """The state of a MAIL FROM domain at this instant: whether its one MX record is SES's."""
    return verification.domain_status(setting, _presences(ctx, identity, setting), ctx.now)


def of_sender(ctx: Context, sender: Mailbox) -> str | None:
    """The domain that mail from the sender carries in its envelope; None: SES's own.

    It is that of the most specific identity that has one. Source: developer guide (documented). Unverified: where
    bounces go to another address than the source, it is that address's.
    """
    if not mail_from_rows.any_of(ctx.tx, ctx.account_id, ctx.region):
        return None
    for name in identities.names_covering(sender):
        row = identity_rows.get(ctx.tx, ctx.account_id, ctx.region, name)
        setting = row and mail_from_rows.get(ctx.tx, row.seq)
        if not row or not setting:
            continue
        if status(ctx, row, setting) == verification.SUCCESS:
            return setting.mail_from_domain
        if setting.behavior_on_mx_failure == REJECT_MESSAGE:
            raise errors.MailFromDomainNotVerified
        return None
    return None


def _check_domain(ctx: Context, row: Identity, identity: str, mail_from_domain: str) -> None:
    """It is below the domain of the identity, and somebody verifies that one.

    Source: the texts, recorded. Unverified: the order, and when the last one is given; a domain that is none is
    refused as VerifyDomainIdentity refuses it.
    """
    given = {"mail_from_domain": mail_from_domain, "identity": identity}
    if not mail_from_domain.strip():
        raise errors.BlankMailFromDomain
    parent = row.identity.rpartition("@")[2].lower()
    if not mail_from_domain.lower().endswith(f".{parent}"):
        raise errors.MailFromDomainNotSubdomain(**given)
    if not domains.is_domain(mail_from_domain):
        raise errors.InvalidDomainName(domain=mail_from_domain)
    found = [identities.attributes_of(ctx, name) for name in domains.itself_and_parents(parent)]
    states = {each.status for each in found if each is not None}
    if identities.status(ctx, row) == verification.FAILED or states <= {verification.FAILED}:
        raise errors.MailFromDomainNotVerifiedForIdentity(**given)


def _attributes(ctx: Context, row: Identity) -> Attributes:
    setting = mail_from_rows.get(ctx.tx, row.seq)
    if setting is None:
        return Attributes(None, None, USE_DEFAULT_VALUE)
    return Attributes(setting.mail_from_domain, status(ctx, row, setting), setting.behavior_on_mx_failure)


def _presences(ctx: Context, identity: Identity, setting: MailFrom) -> tuple[verification.Presence, ...]:
    def load(_tx: object) -> tuple[verification.Presence, ...]:
        wanted, _ = dns.mail_from_records(setting.mail_from_domain, identity.region)
        return dns.presences(ctx, [dns.place(wanted)], lambda there: [each.value for each in there] == [wanted.value])

    return ctx.tx.remembered(("mail from presences", identity.seq), load)
