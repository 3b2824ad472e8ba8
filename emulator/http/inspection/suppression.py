"""Suppression lists: the account's own, and the one that all accounts share."""

from dataclasses import dataclass, field
from datetime import datetime

from emulator.http.inspection.problems import Problem, no_such
from emulator.http.inspection.recipients import check_address
from emulator.http.inspection.routes import Routes
from emulator.http.parts import Parts
from emulator.ses import suppression
from emulator.store.suppressed_destinations import SHARED, SuppressedDestination

routes = Routes()

ACCOUNT, GLOBAL = "account", "global"


@dataclass(frozen=True, slots=True)
class ListScope:
    """Which suppression list."""

    account: str | None = field(default=None, metadata={"help": "12-digit account; default: the default one"})
    region: str | None = field(default=None, metadata={"help": "region; default: us-east-1"})
    list: str = field(default=ACCOUNT, metadata={"help": "account, or global: the one that all accounts share"})


@dataclass(frozen=True, slots=True)
class Suppression:
    """Why an address is to be suppressed."""

    reason: str = field(default=suppression.BOUNCE, metadata={"help": "BOUNCE, or COMPLAINT (account list only)"})


@dataclass(frozen=True, slots=True)
class SuppressedAddress:
    """An address on a suppression list, and what put it there, where mail did."""

    address: str
    reason: str
    list: str
    message_id: str | None
    feedback_id: str | None
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class SuppressionList:
    """The addresses of a list, in the order in which they came to it."""

    suppressed: list[SuppressedAddress]


@routes.route("GET", "/suppression", query=ListScope, answer=SuppressionList)
def list_suppressed(parts: Parts, query: ListScope) -> SuppressionList:
    """The addresses that are suppressed."""
    shared = _shared(query)
    with parts.context(query.account, query.region) as ctx:
        return SuppressionList([_address(each) for each in suppression.of_list(ctx, shared=shared)])


@routes.route("GET", "/suppression/<path:address>", query=ListScope, answer=SuppressedAddress)
def get_suppressed(parts: Parts, address: str, query: ListScope) -> SuppressedAddress:
    """Why the address is suppressed."""
    shared = _shared(query)
    with parts.context(query.account, query.region) as ctx:
        found = suppression.get(ctx, address, shared=shared)
    if found is None:
        raise no_such("suppressed address", address)
    return _address(found)


@routes.route("PUT", "/suppression/<path:address>", query=ListScope, body=Suppression, answer=SuppressedAddress)
def suppress(parts: Parts, address: str, query: ListScope, body: Suppression) -> SuppressedAddress:
    """The address is suppressed from now on."""
    shared = _shared(query)
    check_address(address)
    reasons = (suppression.BOUNCE,) if shared else (suppression.BOUNCE, suppression.COMPLAINT)
    if body.reason not in reasons:
        raise Problem(400, f"reason must be {' or '.join(reasons)} on the {query.list} list, not {body.reason!r}.")
    with parts.context(query.account, query.region, write=True) as ctx:
        return _address(suppression.suppress(ctx, address, body.reason, shared=shared))


@routes.route("DELETE", "/suppression/<path:address>", query=ListScope)
def lift_suppression(parts: Parts, address: str, query: ListScope) -> None:
    """The address is no longer on the list."""
    shared = _shared(query)
    with parts.context(query.account, query.region, write=True) as ctx:
        if not suppression.lift(ctx, address, shared=shared):
            raise no_such("suppressed address", address)


def _shared(query: ListScope) -> bool:
    if query.list not in (ACCOUNT, GLOBAL):
        raise Problem(400, f"list must be {ACCOUNT} or {GLOBAL}, not {query.list!r}.")
    return query.list == GLOBAL


def _address(each: SuppressedDestination) -> SuppressedAddress:
    kept_by = GLOBAL if each.account_id == SHARED else ACCOUNT
    return SuppressedAddress(each.address, each.reason, kept_by, each.message_id, each.feedback_id, each.updated_at)
