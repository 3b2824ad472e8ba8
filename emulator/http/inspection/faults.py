"""Failures that a test asks for."""

import re
from dataclasses import dataclass, field, fields
from datetime import datetime

from emulator.http.inspection.problems import Problem, no_such
from emulator.http.inspection.routes import Routes
from emulator.http.parts import Parts
from emulator.ses import fault_checks, faults, regions
from emulator.ses.fault_presets import PRESETS
from emulator.store.faults import Failure
from emulator.store.faults import Fault as FaultRow

routes = Routes()


@dataclass(frozen=True, slots=True)
class FaultScope:
    """Whose calls."""

    account: str | None = field(default=None, metadata={"help": "12-digit account; default: all"})
    region: str | None = field(default=None, metadata={"help": "region; default: all"})


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultMatch:
    """Which calls: all that is given must fit, whatever its case; `*` stands for any characters, `?` for one."""

    identity: str | None = field(default=None, metadata={"help": "the identity that a call names or sends from"})
    source: str | None = field(default=None, metadata={"help": "the sender's address"})
    recipient: str | None = field(default=None, metadata={"help": "the address of one of the recipients"})
    configuration_set: str | None = field(default=None, metadata={"help": "name of the configuration set"})
    template: str | None = field(default=None, metadata={"help": "name of the template"})
    listener: str | None = field(default=None, metadata={"help": "of SMTP: submission or inbound"})


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFault:
    """A failure: of one kind (code, status, drop or truncate), later by `delay_ms`; or a preset."""

    preset: str | None = field(default=None, metadata={"help": ", ".join(PRESETS)})
    operation: str | None = field(default=None, metadata={"help": "SendEmail, *, SMTP:CONNECT ... SMTP:DATA, SMTP:*"})
    code: str | None = field(default=None, metadata={"help": "of AWS's error, such as Throttling"})
    status: int | None = field(default=None, metadata={"help": "HTTP status without an answer of AWS; SMTP's reply"})
    message: str | None = field(default=None, metadata={"help": "text of the error or reply; default: SES's own"})
    delay_ms: int | None = field(default=None, metadata={"help": "how much later it is, or the call itself"})
    drop: str | None = field(
        default=None, metadata={"help": "the connection ends without an answer: before the call happened, or after"}
    )
    truncate: bool | None = field(default=None, metadata={"help": "the call happens, half of its answer arrives"})
    times: int | None = field(default=None, metadata={"help": "how many calls it hits; default: until it is removed"})
    probability: float | None = field(default=None, metadata={"help": "that it hits a call which it could; default: 1"})
    seed: int | None = field(default=None, metadata={"help": "of the sequence of its chances, to have the same again"})
    match: FaultMatch = field(default=FaultMatch(), metadata={"help": "which calls; default: any"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault(NewFault):
    """A fault that is there; of a preset, with how AWS's calls fail. `hits`: how many calls it hit so far."""

    id: str
    account: str | None
    region: str | None
    hits: int
    remaining: int | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class FaultList:
    """The faults that concern the account and region, oldest first: of several that match a call, the first hits."""

    faults: list[Fault]


@routes.route("GET", "/faults", query=FaultScope, answer=FaultList)
def list_faults(parts: Parts, query: FaultScope) -> FaultList:
    """The faults, everybody's and the account's; one that was used up is there until it is removed."""
    with parts.context(query.account, query.region) as ctx:
        return FaultList([_fault(each) for each in faults.of(ctx, query.account, query.region)])


@routes.route("GET", "/faults/<int:fault_id>", answer=Fault)
def get_fault(parts: Parts, fault_id: int) -> Fault:
    """One fault, and how many calls it hit."""
    with parts.context(None, None) as ctx:
        found = faults.get(ctx, _possible(fault_id))
    if found is None:
        raise no_such("fault", str(fault_id))
    return _fault(found)


@routes.route("POST", "/faults", query=FaultScope, body=NewFault, answer=Fault)
def add_fault(parts: Parts, query: FaultScope, body: NewFault) -> Fault:
    """Calls fail so from now on: those of the account and region, or everybody's where none is named."""
    if query.account is not None and not re.fullmatch("[0-9]{12}", query.account):
        raise Problem(400, f"account must be 12 digits, not {query.account!r}.")
    if query.region is not None and query.region not in regions.DISPLAY_NAMES:
        raise Problem(400, f"There is no region {query.region!r}.")
    said = {each.name: getattr(body, each.name) for each in fields(body) if each.name != "match"}
    match = {each.name: getattr(body.match, each.name) for each in fields(body.match)}
    asked = fault_checks.Asked(
        query.account, query.region, **said, match={name: value for name, value in match.items() if value is not None}
    )
    with parts.context(query.account, query.region, write=True) as ctx:
        try:
            return _fault(faults.create(ctx, asked, parts.dispatcher.known_errors))
        except fault_checks.Senseless as fault:
            raise Problem(400, str(fault)) from None


@routes.route("DELETE", "/faults", query=FaultScope)
def delete_faults(parts: Parts, query: FaultScope) -> None:
    """The account's own faults are gone, or all of them, everybody's too, where no account is named."""
    with parts.context(query.account, query.region, write=True) as ctx:
        faults.remove_all(ctx, query.account, query.region)


@routes.route("DELETE", "/faults/<int:fault_id>")
def delete_fault(parts: Parts, fault_id: int) -> None:
    """The fault is gone, and so is what a preset set of the account."""
    with parts.context(None, None, write=True) as ctx:
        found = faults.get(ctx, _possible(fault_id))
        if found is None:
            raise no_such("fault", str(fault_id))
        faults.remove(ctx, [found])


def _possible(fault_id: int) -> int:
    """The number, which no database holds if it is too large."""
    if fault_id > fault_checks.LARGEST_SEED:
        raise no_such("fault", str(fault_id))
    return fault_id


def _fault(row: FaultRow) -> Fault:
    failure = row.failures[0] if row.failures else None
    said = failure._asdict() if failure else Failure("")._asdict() | {"operation": None}
    return Fault(
        id=str(row.seq),
        account=row.account_id or None,
        region=row.region or None,
        preset=row.preset,
        **said,
        match=FaultMatch(**row.matching),
        times=row.times,
        probability=row.probability,
        seed=row.seed if row.probability is not None else None,
        hits=row.hits,
        remaining=None if row.times is None else row.times - row.hits,
        created_at=row.created_at,
    )
