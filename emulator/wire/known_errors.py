"""The errors that each operation can answer with: its own, which the model declares, and the common ones."""

from collections.abc import Mapping

from emulator.ses.fault_presets import ANY
from emulator.wire.common_errors import STATUS
from emulator.wire.model import Service

OURS = "NotImplemented"  # which AWS never says

Error = tuple[str, int]


def by_operation(service: Service) -> dict[str, dict[str, Error]]:
    """Code and HTTP status by code and by the name of the shape, for each operation and for any."""
    common = {code: (code, status) for code, status in STATUS.items() if code != OURS}
    modelled = service.errors
    found = {ANY: common | _named(modelled)}
    for name in service.operation_names:
        called = service.operation(name)
        found[name] = common | _named({shape: modelled[shape] for shape in (called.errors if called else ())})
    return found


def _named(modelled: Mapping[str, Error]) -> dict[str, Error]:
    return {**modelled, **{code: (code, status) for code, status in modelled.values()}}
