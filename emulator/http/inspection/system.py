"""The server itself: health, what it can do, what it was asked, and starting over."""

from dataclasses import dataclass, field
from datetime import datetime

from emulator.dispatch import Request
from emulator.http.inspection import seed
from emulator.http.inspection.routes import Routes
from emulator.http.parts import Parts
from emulator.ses import resetting
from emulator.store import jobs as job_rows

routes = Routes()


@dataclass(frozen=True, slots=True)
class Health:
    """The server answers, and so does its database."""

    status: str
    version: str
    database: str
    pending_jobs: int


@dataclass(frozen=True, slots=True)
class CoveredOperation:
    """An operation of an AWS API, and whether it is implemented."""

    api: str
    operation: str
    implemented: bool


@dataclass(frozen=True, slots=True)
class Coverage:
    """Every operation of both APIs. `drift` says where the installed model and this program differ."""

    operations: list[CoveredOperation]
    implemented: int
    total: int
    drift: list[str]


@dataclass(frozen=True, slots=True)
class RequestFilter:
    """Whose calls."""

    account: str | None = field(default=None, metadata={"help": "12-digit account; default: all"})
    region: str | None = field(default=None, metadata={"help": "region; default: all"})
    operation: str | None = field(default=None, metadata={"help": "name of the operation"})


@dataclass(frozen=True, slots=True)
class AwsRequest:
    """One call as it was on the wire; long values are cut."""

    request_id: str
    at: datetime
    operation: str | None
    account: str
    region: str
    access_key_id: str | None
    parameters: dict[str, str]
    status: int
    code: str | None
    answer: str
    milliseconds: float
    fault: str | None = field(metadata={"help": "id of the fault that hit the call; status 0: no answer was sent"})


@dataclass(frozen=True, slots=True)
class RequestList:
    """The last 1,000 calls that this process answered, newest first."""

    requests: list[AwsRequest]


@dataclass(frozen=True, slots=True)
class Scope:
    """What to empty."""

    account: str | None = field(default=None, metadata={"help": "12-digit account; default: all of them"})
    region: str | None = field(default=None, metadata={"help": "region; default: all"})


@routes.route("GET", "/health", answer=Health)
def health(parts: Parts) -> Health:
    """200 when the server and its database answer, else 503."""
    with parts.context(None, None) as ctx:
        return Health("ok", parts.version, "ok", job_rows.pending(ctx.tx))


@routes.route("GET", "/coverage", answer=Coverage)
def coverage(parts: Parts) -> Coverage:
    """Every operation of SES v1 and v2, and whether it is implemented."""
    covered = [CoveredOperation(*each) for each in parts.dispatcher.coverage()]
    implemented = sum(each.implemented for each in covered)
    return Coverage(covered, implemented, len(covered), parts.dispatcher.drift())


@routes.route("GET", "/requests", query=RequestFilter, answer=RequestList)
def list_requests(parts: Parts, query: RequestFilter) -> RequestList:
    """The last AWS calls, newest first."""
    wanted = [
        _request(each)
        for each in reversed(list(parts.dispatcher.requests))
        if query.account in (None, each.account_id)
        and query.region in (None, each.region)
        and query.operation in (None, each.operation)
    ]
    return RequestList(wanted)


@routes.route("POST", "/reset", query=Scope)
def reset(parts: Parts, query: Scope) -> None:
    """Everything is gone, clock and DNS zone included; or what one account, or one region, has.

    What the seed file says of it is there again; one that is broken by now is told, and nothing is gone.
    """
    if parts.seed_file:
        seed.plant_anew(parts, query.account, query.region)
    else:
        with parts.context(query.account, query.region, write=True) as ctx:
            resetting.reset(ctx, query.account, query.region)
    requests = parts.dispatcher.requests
    kept = [
        each
        for each in list(requests)
        if query.account not in (None, each.account_id) or query.region not in (None, each.region)
    ]
    requests.clear()
    requests.extend(kept)


def _request(seen: Request) -> AwsRequest:
    return AwsRequest(
        seen.request_id,
        seen.at,
        seen.operation,
        seen.account_id,
        seen.region,
        seen.access_key_id,
        seen.form,
        seen.status,
        seen.code,
        seen.answer.decode("utf-8", "replace"),
        round(seen.milliseconds, 3),
        str(seen.hit.fault_id) if seen.hit else None,
    )
