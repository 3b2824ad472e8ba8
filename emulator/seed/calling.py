"""Calls that a seed makes in its author's place: what SES says to them, it says of a place in the file."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from emulator.context import Context
from emulator.seed import members
from emulator.seed.flaws import Flaw, Place, SeedError
from emulator.ses.errors import SesError
from emulator.wire import model, validate
from emulator.wire.common_errors import Fault

_OPERATIONS = {model.method_name(name): name for name in members.service().operation_names}


def call(ctx: Context, at: Place, function: Callable[..., dict[str, Any]], **parameters: Any) -> None:
    """The operation has been called as boto3 would call it; SeedError with SES's words where SES refuses."""
    given = {name: value for name, value in parameters.items() if value is not None}
    called = members.service().operation(_OPERATIONS[function.__name__])
    with told(at):
        validate.check(called.input if called else None, given)
        function(ctx, **given)


@contextmanager
def told(at: Place) -> Iterator[None]:
    """A refusal within is a SeedError about that place."""
    try:
        yield
    except Fault as fault:
        raise SeedError([Flaw(at, f"SES says: {fault.message}")], fault.code) from None
    except SesError as error:
        code, _ = members.service().errors.get(error.v1, (error.v1, 0))
        raise SeedError([Flaw(at, f"SES says: {error.message}")], code) from None
