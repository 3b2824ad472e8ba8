"""One AWS call from the door to the commit: who calls, what, whether it may, and the answer's bytes."""

import importlib
import inspect
import logging
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from types import ModuleType
from typing import Any, NamedTuple

from emulator.context import Caller, Contexts
from emulator.operations import v1
from emulator.outside import aws
from emulator.ses import questions, rates
from emulator.ses.errors import SesError
from emulator.store.engine import DatabaseUnavailable
from emulator.wire import model, query, sigv4, validate
from emulator.wire.common_errors import STATUS, Fault
from emulator.wire.request import HttpRequest

log = logging.getLogger("emulator.aws")

Function = Callable[..., dict[str, Any]]

READS = ("Get", "List", "Describe", "Test", "BatchGet")
REQUESTS_KEPT = 1_000
VALUE_KEPT = 400  # characters of a parameter or answer in the list of requests


class Elsewhere(Exception):
    """The call must wait for another service; whoever may not wait has it resumed by somebody who may."""

    def __init__(self, seen: "Request") -> None:
        super().__init__(seen.operation)
        self.seen = seen


class Answer(NamedTuple):
    """What goes back over HTTP."""

    status: int
    body: bytes
    request_id: str


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
    within_rate: bool = False  # it was counted, and may go on
    now: datetime | None = None  # the instant that it sees, however often it runs
    answers: dict[aws.Call, aws.Answer] = field(default_factory=dict)  # of other services


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

    def call(self, request: HttpRequest, resumed: Request | None = None) -> Answer:
        """The answer to a Query request; whatever it changed is committed.

        Elsewhere where it must wait for another service; resumed, it waits here.
        """
        started = self.outside.clock.monotonic()
        seen = resumed or Request(
            self.outside.ids.request_id(), self.outside.clock.wall(), None, "", "", None, {}, 200, None, b"", 0.0
        )
        try:
            answer = self._answer(request, seen, may_wait=resumed is not None)
        except questions.Unanswered:
            raise Elsewhere(seen) from None
        except query.UnknownOperation:
            answer = Answer(404, query.UNKNOWN_OPERATION, seen.request_id)
            seen.code = "UnknownOperationException"
        except Fault as fault:
            seen.code = fault.code
            namespace = query.FAULT_NAMESPACE if fault.code == "InvalidAction" else self.service.namespace
            answer = self._refusal(seen, fault.code, fault.message, fault.status, namespace)
        except SesError as error:
            code, status = self._code_and_status(error)
            answer = self._refusal(seen, code, error.message, status)
        except DatabaseUnavailable as error:
            log.warning("%s the database did not answer: %s", seen.request_id, error)
            answer = self._failure(seen, "ServiceUnavailable")
        except Exception:
            log.exception("%s failed", seen.request_id)
            answer = self._failure(seen, "InternalFailure")
        self._keep(seen, answer, started)
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

    def _answer(self, request: HttpRequest, seen: Request, *, may_wait: bool) -> Answer:
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
                if not may_wait:
                    raise
                seen.answers[unanswered.call] = questions.answer(self.outside, unanswered.call)
        return Answer(200, query.encode_result(self.service, called, result, seen.request_id), seen.request_id)

    def _result(
        self, called: model.Operation, implementation: Implementation, seen: Request, user: Caller
    ) -> dict[str, Any]:
        """What the operation returns; its parameters are not looked at before its rate."""
        where, write = (seen.account_id, seen.region), not called.name.startswith(READS)
        with self.contexts.open(*where, write=write, caller=user, now=seen.now, answers=seen.answers) as ctx:
            seen.now = ctx.now
            if seen.within_rate or not rates.limits_calls(ctx, called.name):
                parameters = query.decode(called.input, seen.form)
                validate.check(called.input, parameters)
                taken = {name: value for name, value in parameters.items() if name in implementation.parameters}
                return implementation.function(ctx, **taken)
        with self.contexts.open(*where, write=True) as ctx:  # its own: a refused call counts too
            rates.take_call(ctx, called.name)
        seen.within_rate = True
        return self._result(called, implementation, seen, user)

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
        return self._refusal(seen, code, "We encountered an internal error. Please try again.", STATUS[code])

    def _refusal(
        self, seen: Request, code: str, message: str | None, status: int, namespace: str | None = None
    ) -> Answer:
        seen.code = code
        body = query.encode_error(namespace or self.service.namespace, code, message, status, seen.request_id)
        return Answer(status, body, seen.request_id)

    def _keep(self, seen: Request, answer: Answer, started: float) -> None:
        seen.status, seen.answer = answer.status, answer.body[: VALUE_KEPT * 4]
        seen.form = {
            name[:VALUE_KEPT]: value if len(value) <= VALUE_KEPT else f"{value[:VALUE_KEPT]}… ({len(value)} characters)"
            for name, value in list(seen.form.items())[:100]
        }
        seen.milliseconds = (self.outside.clock.monotonic() - started) * 1000
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
