"""Identities: what their owners do to verify them, done from here."""

from dataclasses import dataclass, field

from emulator.http.inspection.dns import Record
from emulator.http.inspection.problems import no_such
from emulator.http.inspection.routes import Routes
from emulator.http.parts import Parts
from emulator.ses import identities

routes = Routes()


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose identity."""

    account: str | None = field(default=None, metadata={"help": "12-digit account; default: the default one"})
    region: str | None = field(default=None, metadata={"help": "region; default: us-east-1"})


@dataclass(frozen=True, slots=True)
class Verification:
    """The state of an identity, and what would verify it: a link to follow, or DNS records to publish."""

    identity: str
    type: str
    status: str
    link: str | None
    token: str | None
    records: list[Record]


@routes.route("GET", "/identities/<path:identity>/verification", query=Scope, answer=Verification)
def get_verification(parts: Parts, identity: str, query: Scope) -> Verification:
    """The state of an identity, and what would verify it."""
    return _verification(parts, identity, query)


@routes.route("POST", "/identities/<path:identity>/verify", query=Scope, answer=Verification)
def verify(parts: Parts, identity: str, query: Scope) -> Verification:
    """The identity is verified from now on."""
    with parts.context(query.account, query.region, write=True) as ctx:
        if not identities.confirm(ctx, identity):
            raise no_such("identity", identity)
    return _verification(parts, identity, query)


@routes.route("POST", "/identities/<path:identity>/fail", query=Scope, answer=Verification)
def fail(parts: Parts, identity: str, query: Scope) -> Verification:
    """The identity's verification has failed."""
    with parts.context(query.account, query.region, write=True) as ctx:
        if not identities.fail(ctx, identity):
            raise no_such("identity", identity)
    return _verification(parts, identity, query)


def _verification(parts: Parts, identity: str, query: Scope) -> Verification:
    with parts.context(query.account, query.region) as ctx:
        proof = identities.proof(ctx, identity)
    if proof is None:
        raise no_such("identity", identity)
    records = [Record(record.name, record.type, record.value) for record in proof.records]
    return Verification(proof.identity, proof.identity_type, proof.status, proof.link, proof.token, records)
