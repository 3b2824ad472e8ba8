"""Identities: what their owners do to verify them, done from here."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from emulator.context import Context
from emulator.http.inspection.dns import Record
from emulator.http.inspection.filters import AccountScope
from emulator.http.inspection.problems import Problem, no_such
from emulator.http.inspection.routes import Routes
from emulator.http.parts import Parts
from emulator.ses import configuration_sets, dkim, identities, mail_from, proofs, verification
from emulator.ses.errors import ConfigurationSetDoesNotExist
from emulator.store import identities as identity_rows
from emulator.store.identities import Identity

routes = Routes()


@dataclass(frozen=True, slots=True)
class PartScope(AccountScope):
    """Which part of whose identity."""

    part: str | None = field(
        default=None, metadata={"help": "identity, dkim or mail_from; default: all that is set up"}
    )


@dataclass(frozen=True, slots=True)
class ListedIdentity:
    """An identity and how its parts stand; `dkim_status` is that of the very domain, where it is an address."""

    identity: str
    type: str
    status: str
    dkim_status: str
    mail_from_domain: str | None
    mail_from_status: str | None
    configuration_set: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class IdentityList:
    """All identities, in the order of their creation."""

    identities: list[ListedIdentity]


@dataclass(frozen=True, slots=True)
class Dkim:
    """The state of DKIM: that of the very domain, where the identity is an address."""

    status: str
    enabled: bool
    tokens: list[str]


@dataclass(frozen=True, slots=True)
class MailFrom:
    """The state of the identity's own MAIL FROM domain, where it has one."""

    domain: str | None
    status: str | None
    behavior_on_mx_failure: str


@dataclass(frozen=True, slots=True)
class Verification:
    """The state of an identity, and what would verify it and its parts: a link to follow, or DNS records to publish."""

    identity: str
    type: str
    status: str
    link: str | None
    token: str | None
    dkim: Dkim
    mail_from: MailFrom
    records: list[Record]


@dataclass(frozen=True, slots=True)
class DefaultConfigurationSet:
    """The configuration set of an identity's sends that name none."""

    configuration_set: str | None = field(metadata={"help": "name of a set; null: none"})


@routes.route("GET", "/identities", query=AccountScope, answer=IdentityList)
def list_identities(parts: Parts, query: AccountScope) -> IdentityList:
    """The identities of an account in a region, whatever their state."""
    with parts.context(query.account, query.region) as ctx:
        return IdentityList(
            [_listed(ctx, row) for row in identity_rows.after(ctx.tx, ctx.account_id, ctx.region, None)]
        )


@routes.route("GET", "/identities/<path:identity>/verification", query=AccountScope, answer=Verification)
def get_verification(parts: Parts, identity: str, query: AccountScope) -> Verification:
    """The state of an identity, and what would verify it."""
    return _verification(parts, identity, query)


@routes.route("POST", "/identities/<path:identity>/verify", query=PartScope, answer=Verification)
def verify(parts: Parts, identity: str, query: PartScope) -> Verification:
    """The identity is verified from now on, with its DKIM and MAIL FROM domain; or the one `part` of it."""
    return _decided(parts, identity, query, proofs.confirm)


@routes.route("POST", "/identities/<path:identity>/fail", query=PartScope, answer=Verification)
def fail(parts: Parts, identity: str, query: PartScope) -> Verification:
    """The identity's verification has failed, with that of its DKIM and MAIL FROM domain; or of the one `part`."""
    return _decided(parts, identity, query, proofs.fail)


@routes.route(
    "GET", "/identities/<path:identity>/configuration-set", query=AccountScope, answer=DefaultConfigurationSet
)
def get_configuration_set(parts: Parts, identity: str, query: AccountScope) -> DefaultConfigurationSet:
    """The configuration set of the identity's sends that name none; it may be deleted by now, and then they fail."""
    with parts.context(query.account, query.region) as ctx:
        found = identities.get(ctx, identity)
    if found is None:
        raise no_such("identity", identity)
    return DefaultConfigurationSet(found.configuration_set)


@routes.route(
    "PUT",
    "/identities/<path:identity>/configuration-set",
    query=AccountScope,
    body=DefaultConfigurationSet,
    answer=DefaultConfigurationSet,
)
def put_configuration_set(
    parts: Parts, identity: str, query: AccountScope, body: DefaultConfigurationSet
) -> DefaultConfigurationSet:
    """The identity's sends that name no configuration set have this one, as SES v2 sets it; null: none."""
    with parts.context(query.account, query.region, write=True) as ctx:
        try:
            if not configuration_sets.set_default(ctx, identity, body.configuration_set):
                raise no_such("identity", identity)
        except ConfigurationSetDoesNotExist as fault:
            raise Problem(400, fault.message) from None
    return body


def _listed(ctx: Context, row: Identity) -> ListedIdentity:
    name = row.identity
    return ListedIdentity(
        name,
        row.identity_type,
        identities.status(ctx, row),
        dkim.attributes(ctx, [name])[name].status,
        *mail_from.attributes(ctx, [name])[name][:2],
        row.configuration_set,
        row.created_at,
    )


def _decided(
    parts: Parts, identity: str, query: PartScope, decide: Callable[[Context, str, str | None], bool]
) -> Verification:
    if query.part not in (None, *verification.PARTS):
        raise Problem(400, f"part must be one of {', '.join(verification.PARTS)}, not {query.part!r}.")
    with parts.context(query.account, query.region, write=True) as ctx:
        if not decide(ctx, identity, query.part):
            raise no_such(f"identity with {query.part}" if query.part else "identity", identity)
    return _verification(parts, identity, query)


def _verification(parts: Parts, identity: str, query: AccountScope) -> Verification:
    with parts.context(query.account, query.region) as ctx:
        proof = proofs.proof(ctx, identity)
    if proof is None:
        raise no_such("identity", identity)
    return Verification(
        proof.identity,
        proof.identity_type,
        proof.status,
        proof.link,
        proof.token,
        Dkim(proof.dkim.status, proof.dkim.enabled, list(proof.dkim.tokens or ())),
        MailFrom(*proof.mail_from),
        [Record(*record) for record in proof.records],
    )
