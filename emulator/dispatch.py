"""One AWS call from the door to the commit: who calls, what, whether it may, and the answer's bytes."""

import importlib
import inspect
import logging
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from http import HTTPStatus
from types import ModuleType
from typing import Any, NamedTuple

from emulator.context import Caller, Contexts
from emulator.operations import v1
from emulator.outside import aws
from emulator.ses import fault_checks, faults, questions, rates
from emulator.ses.errors import SesError
from emulator.ses.faults import Hit, Suspect
from emulator.store.engine import DatabaseUnavailable
from emulator.store.faults import Failure
from emulator.wire import known_errors, model, query, sigv4, subjects, validate
from emulator.wire.common_errors import STATUS, Fault
from emulator.wire.request import HttpRequest

log = logging.getLogger("emulator.aws")

Function = Callable[..., dict[str, Any]]

READS = ("Get", "List", "Describe", "Test", "BatchGet")
REQUESTS_KEPT = 1_000
VALUE_KEPT = 400  # characters of a parameter or answer in the list of requests
DROP, TRUNCATE = "drop", "truncate"  # how an answer breaks off
INTERNAL_ERROR = "We encountered an internal error. Please try again."
ASKED_FOR = "A fault was asked for that answers this call."  # where SES's own text is not known
# Unverified: like a page of AWS's load balancers.
PAGE = "<html>\r\n<head><title>{0}</title></head>\r\n<body>\r\n<center><h1>{0}</h1></center>\r\n</body>\r\n</html>\r\n"


class Elsewhere(Exception):
    """The call must wait for another service; whoever may not wait has it resumed by somebody who may."""

    def __init__(self, seen: "Request") -> None:
        super().__init__(seen.operation)
        self.seen = seen
        seen.may_wait = True


class Delayed(Exception):
    """The call is to be resumed after so many seconds: a fault holds it up."""

    def __init__(self, seen: "Request", seconds: float) -> None:
        super().__init__(seen.operation)
        self.seen = seen
        self.seconds = seconds


class Answer(NamedTuple):
    """What goes back over HTTP; without a request id, what something between the client and AWS says."""

    status: int
    body: bytes
    request_id: str
    content_type: str = query.CONTENT_TYPE
    breaks_off: str = ""  # DROP or TRUNCATE


@dataclass(slots=True)
class Request:
    """One AWS call as inspection shows it; form and answer as they were on the wire, long values cut."""

    request_id: str
    at: datetime
    operation: str | None
    account_id: str
    region: str
    access_key_id: str | None
    form: query.Form
    status: int
    code: str | None
    answer: bytes
    milliseconds: float
    started: float  # by the monotonic clock
    hit: Hit | None = None  # by the fault that was asked for
    decided: bool = False  # whether it was
    delayed: bool = False  # as the fault wants it
    may_wait: bool = False  # for another service: it holds up nobody
    within_rate: bool = False  # it was counted, and may go on
    now: datetime | None = None  # the instant that it sees, however often it runs
    answers: dict[aws.Call, aws.Answer] = field(default_factory=dict)  # of other services


class Stumbled(Exception):
    """The call fails as a fault wants it, before it has changed anything."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.operation)
        self.failure = failure


class Implementation(NamedTuple):
    """The function that answers an operation, and AWS's members that it takes."""

    function: Function
    parameters: frozenset[str]


class Operations:
    """The implementations by boto3's names, each imported when it is first asked for."""

    def __init__(self, package: ModuleType) -> None:
        self._modules = {
            name: f"{package.__name__}.{noun}" for noun, names in package.OPERATIONS.items() for name in names
        }
        self._loaded: dict[str, Implementation] = {}

    def __contains__(self, method_name: str) -> bool:
        return method_name in self._modules

    def get(self, method_name: str) -> Implementation | None:
        """The implementation of an operation; None where it has none."""
        found = self._loaded.get(method_name)
        if found is None and method_name in self._modules:
            function = getattr(importlib.import_module(self._modules[method_name]), method_name)
            found = Implementation(function, frozenset(list(inspect.signature(function).parameters)[1:]))
            self._loaded[method_name] = found
        return found

    def drift(self, service: model.Service) -> list[str]:
        """Where the implementations and the installed model differ."""
        names = {model.method_name(name): name for name in service.operation_names}
        differences = [f"{name} is no operation" for name in self._modules if name not in names]
        for method_name in sorted(set(self._modules) & set(names)):
            name, implementation = names[method_name], self.get(method_name)
            called = service.operation(name)
            members = frozenset(called.input.members) if called and called.input else frozenset()
            mine = implementation.parameters if implementation else frozenset()
            differences += [f"{name} has no member {member}" for member in sorted(mine - members)]
            differences += [f"{name} has a member {member} that is ignored here" for member in sorted(members - mine)]
        return differences


class Dispatcher:
    """The AWS APIs over one database."""

    def __init__(self, contexts: Contexts, account_id: str, authenticator: sigv4.Authenticator | None = None) -> None:
        self.contexts = contexts
        self.outside = contexts.outside
        self.account_id = account_id
        self.authenticator = authenticator  # None: signatures are not checked
        self.service = model.load("ses", "2010-12-01")
        self.operations = Operations(v1)
        self.requests: deque[Request] = deque(maxlen=REQUESTS_KEPT)
        self.calls: Counter[tuple[str, str]] = Counter()  # by operation and code, since the process began

    @cached_property
    def known_errors(self) -> fault_checks.Known:
        """What faults can answer with."""
        return known_errors.by_operation(self.service)

    def call(self, request: HttpRequest, resumed: Request | None = None) -> Answer:
        """The answer to a Query request; whatever it changed is committed.

        Elsewhere where it must wait for another service, which it does here once it is resumed; Delayed where a fault
        holds it up.
        """
        clock, ids = self.outside.clock, self.outside.ids
        seen = resumed or Request(
            ids.request_id(), clock.wall(), None, "", "", None, {}, 200, None, b"", 0.0, clock.monotonic()
        )
        try:
            answer = self._answer(request, seen)
        except questions.Unanswered:
            raise Elsewhere(seen) from None
        except Delayed:
            raise
        except Stumbled as stumbled:
            answer = self._stumbled(seen, stumbled.failure)
        except query.UnknownOperation:
            answer = Answer(404, query.UNKNOWN_OPERATION, seen.request_id)
            seen.code = "UnknownOperationException"
        except Fault as fault:
            answer = self._refusal(seen, fault.code, fault.message, fault.status)
        except SesError as error:
            code, status = self._code_and_status(error)
            answer = self._refusal(seen, code, error.message, status)
        except DatabaseUnavailable as error:
            log.warning("%s the database did not answer: %s", seen.request_id, error)
            answer = self._failure(seen, "ServiceUnavailable")
        except Exception:
            log.exception("%s failed", seen.request_id)
            answer = self._failure(seen, "InternalFailure")
        if seen.hit:
            answer = self._broken_off(seen, answer, seen.hit.failure)
        self._keep(seen, answer)
        return answer

    def coverage(self) -> Iterator[tuple[str, str, bool]]:
        """API, operation and whether it is implemented, for every operation of SES v1 and v2."""
        for name in self.service.operation_names:
            yield "v1", name, model.method_name(name) in self.operations
        for name in model.load("sesv2", "2019-09-27").operation_names:
            yield "v2", name, False

    def drift(self) -> list[str]:
        """Where the operations and the installed model differ."""
        return self.operations.drift(self.service)

    def _answer(self, request: HttpRequest, seen: Request) -> Answer:
        seen.form = form = query.read(request.method, request.header("Content-Type"), request.query, request.body)
        called = query.operation(self.service, form)
        seen.operation = called.name
        caller = self._caller(request, form, seen)
        account_id = seen.account_id
        implementation = self.operations.get(called.method_name)
        if implementation is None:
            text = f"ses-emulator does not implement {called.name} yet; /_emulator/coverage lists what it does."
            raise Fault("NotImplemented", text)
        user = Caller(
            arn=f"arn:aws:iam::{account_id}:user/{caller.access_key_id or 'anonymous'}",
            source_ip=request.source_ip,
            user_agent=request.header("User-Agent"),
            secure=request.secure,
        )
        while True:
            try:
                result = self._result(called, implementation, seen, user)
                break
            except questions.Unanswered as unanswered:
                if not seen.may_wait:
                    raise
                seen.answers[unanswered.call] = questions.answer(self.outside, unanswered.call)
        return Answer(200, query.encode_result(self.service, called, result, seen.request_id), seen.request_id)

    def _result(
        self, called: model.Operation, implementation: Implementation, seen: Request, user: Caller
    ) -> dict[str, Any]:
        """What the operation returns; its parameters are not looked at before its rate, nor before faults that do not
        ask for them."""
        where, write = (seen.account_id, seen.region), not called.name.startswith(READS)
        if seen.hit:
            self._stumble(seen, seen.hit.failure)
        with self.contexts.open(*where, write=write, caller=user, now=seen.now, answers=seen.answers) as ctx:
            seen.now = ctx.now
            suspects = () if seen.decided else faults.suspects(ctx, called.name)
            if not suspects and (seen.within_rate or not rates.limits_calls(ctx, called.name)):
                parameters = query.decode(called.input, seen.form)
                validate.check(called.input, parameters)
                taken = {name: value for name, value in parameters.items() if name in implementation.parameters}
                return implementation.function(ctx, **taken)
        if suspects:
            self._decide(suspects, called, seen)
        else:
            with self.contexts.open(*where, write=True) as ctx:  # its own: a refused call counts too
                rates.take_call(ctx, called.name)
            seen.within_rate = True
        return self._result(called, implementation, seen, user)

    def _decide(self, suspects: Sequence[Suspect], called: model.Operation, seen: Request) -> None:
        """It is known which fault hits the call, and counted; that stands, however often the call runs."""
        if any(each.fault.matching for each in suspects):
            concerned = subjects.of_call(query.decode(called.input, seen.form))
            suspects = [each for each in suspects if faults.fits(each, concerned)]
        if suspects:
            seen.hit = faults.decide(self.contexts, (seen.account_id, seen.region), suspects)
        seen.decided = True

    def _stumble(self, seen: Request, failure: Failure) -> None:
        """The call goes on, unless it is first held up, or does not happen."""
        if failure.delay_ms and not seen.delayed:
            seen.delayed, seen.now = True, None
            raise Delayed(seen, failure.delay_ms / 1000)
        if failure.status or failure.drop == fault_checks.BEFORE:
            raise Stumbled(failure)

    def _caller(self, request: HttpRequest, form: query.Form, seen: Request) -> sigv4.Caller:
        """Who calls, by what the request says; where signatures are checked, by what it proves."""
        caller = sigv4.caller(request.header("Authorization"), form)
        self._identify(seen, caller)
        if self.authenticator:
            caller = self.authenticator.caller(request, self.contexts.now())
            self._identify(seen, caller)
        return caller

    def _identify(self, seen: Request, caller: sigv4.Caller) -> None:
        seen.access_key_id, seen.region = caller
        seen.account_id = self._account(caller.access_key_id)

    def _account(self, access_key_id: str | None) -> str:
        """A 12-digit access key id is the account itself."""
        if access_key_id and len(access_key_id) == 12 and access_key_id.isascii() and access_key_id.isdigit():
            return access_key_id
        return self.account_id

    def _code_and_status(self, error: SesError) -> tuple[str, int]:
        return self.service.errors.get(error.v1) or (error.v1, STATUS[error.v1])

    def _failure(self, seen: Request, code: str) -> Answer:
        return self._refusal(seen, code, INTERNAL_ERROR, STATUS[code])

    def _refusal(self, seen: Request, code: str, message: str | None, status: int) -> Answer:
        seen.code = code
        namespace = query.FAULT_NAMESPACE if code == "InvalidAction" else self.service.namespace
        body = query.encode_error(namespace, code, message, status, seen.request_id)
        return Answer(status, body, seen.request_id)

    def _stumbled(self, seen: Request, failure: Failure) -> Answer:
        """The answer that the fault wants; where there is to be none, what is kept of it."""
        if failure.status is None:
            return Answer(0, b"", seen.request_id)
        if failure.code:
            text = failure.message or faults.text(failure.code, seen.operation or "", seen.form)
            usual = INTERNAL_ERROR if failure.status >= 500 else ASKED_FOR
            return self._refusal(seen, failure.code, text or usual, failure.status)
        seen.code = f"HTTP {failure.status}"
        page = PAGE.format(_title(failure.status))
        return Answer(failure.status, page.encode(), "", "text/html")

    def _broken_off(self, seen: Request, answer: Answer, failure: Failure) -> Answer:
        """The answer as far as the fault lets it reach the client."""
        if failure.drop:
            seen.code = "Dropped"
            return answer._replace(breaks_off=DROP)
        if failure.truncate:
            seen.code = "Truncated"
            return answer._replace(breaks_off=TRUNCATE)
        return answer

    def _keep(self, seen: Request, answer: Answer) -> None:
        seen.status, seen.answer = answer.status, answer.body[: VALUE_KEPT * 4]
        seen.form = {
            name[:VALUE_KEPT]: value if len(value) <= VALUE_KEPT else f"{value[:VALUE_KEPT]}… ({len(value)} characters)"
            for name, value in list(seen.form.items())[:100]
        }
        seen.milliseconds = (self.outside.clock.monotonic() - seen.started) * 1000
        self.requests.append(seen)
        self.calls[seen.operation or "-", seen.code or "OK"] += 1
        log.info(
            "%s %s %s %s %d %s %.1f ms",
            seen.operation or "-",
            seen.account_id or "-",
            seen.region or "-",
            seen.request_id,
            answer.status,
            seen.code or "OK",
            seen.milliseconds,
        )


def _title(status: int) -> str:
    """A status as pages name it."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
