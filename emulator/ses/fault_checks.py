"""Faults as somebody asks for them, and whether they make sense: what can never happen is refused in words."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import NamedTuple

from emulator.ses.fault_presets import ANY, ANY_STAGE, PRESETS
from emulator.store.faults import Failure

BEFORE, AFTER = "before", "after"
LISTENERS = SUBMISSION, INBOUND = "submission", "inbound"

# What can be known of a call, and of a session of SMTP at each of its stages.
OF_CALLS = ("identity", "source", "recipient", "configuration_set", "template")
_SENDER = ("listener", "identity", "source")
STAGES = {
    "SMTP:CONNECT": ("listener",),
    "SMTP:EHLO": ("listener",),
    "SMTP:AUTH": ("listener",),
    "SMTP:MAIL": _SENDER,
    "SMTP:RCPT": (*_SENDER, "recipient"),
    "SMTP:DATA": (*_SENDER, "recipient"),
    ANY_STAGE: (*_SENDER, "recipient"),
}

MOST_TIMES = 1_000_000
LONGEST_DELAY_MS = 600_000
LARGEST_SEED = 2**63 - 1
LONGEST_MESSAGE = 2_000
LONGEST_REPLY = 400  # with its code and line end no more than the 512 octets of RFC 5321
LONGEST_PATTERN = 500

# The errors that each operation may answer with, by code and by the name of their shape: code and HTTP status.
Known = Mapping[str, Mapping[str, tuple[str, int]]]


class Senseless(ValueError):
    """A fault that cannot be; `str()` says why."""


class Asked(NamedTuple):
    """A fault as somebody asks for it; None: not said. Without account or region it is for all of them."""

    account_id: str | None = None
    region: str | None = None
    preset: str | None = None
    operation: str | None = None
    code: str | None = None
    status: int | None = None
    message: str | None = None
    delay_ms: int | None = None
    drop: str | None = None
    truncate: bool | None = None
    times: int | None = None
    probability: float | None = None
    seed: int | None = None
    match: Mapping[str, str] = {}


_NOT_OF_PRESETS = ("operation", "code", "status", "message", "drop", "truncate")
_NOT_OF_ACCOUNTS = (*_NOT_OF_PRESETS, "delay_ms", "times", "probability", "seed")


def checked(asked: Asked, known: Known) -> Asked:
    """The same with its operation and code as AWS spells them, and the code's status, if it can be; else Senseless."""
    if asked.preset is not None:
        _check_preset(asked)
    elif asked.operation is None:
        raise Senseless("operation is missing: an operation of SES, * for any of them, or a stage such as SMTP:DATA.")
    else:
        asked = _with_operation(asked, known)
    _check_lifetime(asked)
    _check_match(asked)
    return asked


def failures(asked: Asked) -> tuple[Failure, ...]:
    """How what is asked for fails, which was checked before."""
    if asked.preset is None:
        said = (asked.code, asked.status, asked.message, asked.delay_ms or 0, asked.drop, bool(asked.truncate))
        return (Failure(asked.operation or ANY, *said),)
    usual = PRESETS[asked.preset].failures
    return usual if asked.delay_ms is None else tuple(each._replace(delay_ms=asked.delay_ms) for each in usual)


def _check_preset(asked: Asked) -> None:
    preset = PRESETS.get(asked.preset or "")
    if preset is None:
        raise Senseless(f"There is no preset {asked.preset!r}{_instead(asked.preset or '', PRESETS)}")
    for name in _NOT_OF_ACCOUNTS if preset.account else _NOT_OF_PRESETS:
        if getattr(asked, name) is not None:
            raise Senseless(f"The preset {asked.preset} says for itself what happens: it takes no {name}.")
    if preset.account and asked.match:
        raise Senseless(f"The preset {asked.preset} concerns the whole account: it takes no match.")


def _with_operation(asked: Asked, known: Known) -> Asked:
    operation = asked.operation or ""
    stage = operation.upper()
    if stage in STAGES:
        asked = asked._replace(operation=stage)
        _check_stage(asked)
    elif operation in known:
        asked = _with_code(asked, known)
    else:
        raise Senseless(f"There is no operation {operation!r}{_instead(operation, (*known, *STAGES))}")
    kinds = [name for name in ("code", "status", "drop", "truncate") if getattr(asked, name)]
    if not kinds and not asked.delay_ms:
        raise Senseless("The fault does nothing: give code, status, delay_ms, drop or truncate.")
    if len(kinds) > 1 and kinds != ["code", "status"]:
        raise Senseless(f"A fault has one kind of failure, not {' and '.join(kinds)}; delay_ms goes with any.")
    return asked


def _with_code(asked: Asked, known: Known) -> Asked:
    errors = known[asked.operation or ANY]
    if asked.message is not None and (not asked.message.strip() or len(asked.message) > LONGEST_MESSAGE):
        raise Senseless(f"message must be a text of at most {LONGEST_MESSAGE} characters.")
    if asked.drop not in (None, BEFORE, AFTER):
        raise Senseless(f"drop must be {BEFORE} or {AFTER} the call has happened, not {asked.drop!r}.")
    if asked.code is None:
        if asked.status is not None and not 400 <= asked.status <= 599:
            raise Senseless(f"status must be between 400 and 599, not {asked.status}.")
        if asked.message is not None:
            raise Senseless("message goes with a code: what has none is a page of something between you and AWS.")
        return asked
    if asked.code not in errors:
        whose = "SES" if asked.operation == ANY else asked.operation
        if asked.code in known[ANY]:
            codes = ", ".join(sorted({code for code, _ in errors.values()}))
            raise Senseless(f"{whose} never answers with {asked.code}; it has {codes}.")
        raise Senseless(f"{whose} has no error {asked.code!r}{_instead(asked.code, errors)}")
    code, status = errors[asked.code]
    if asked.status not in (None, status):
        raise Senseless(f"{code} comes with the status {status}, not {asked.status}.")
    return asked._replace(code=code, status=status)


def _check_stage(asked: Asked) -> None:
    if asked.code is not None or asked.truncate:
        raise Senseless(f"{asked.operation} has neither code nor truncate: SMTP has reply codes, which are its status.")
    if asked.status is not None and not 400 <= asked.status <= 599:
        raise Senseless(f"status must be a reply code between 400 and 599, not {asked.status}.")
    if asked.message is not None:
        if asked.status is None:
            raise Senseless("message goes with a status, the reply code.")
        if not 0 < len(asked.message) <= LONGEST_REPLY or not (asked.message.isascii() and asked.message.isprintable()):
            raise Senseless(f"message must be one line of ASCII with at most {LONGEST_REPLY} characters.")
    moments = (BEFORE, AFTER) if asked.operation == "SMTP:DATA" else (BEFORE,)
    if asked.drop not in (None, *moments):
        raise Senseless(f"drop must be {' or '.join(moments)} at {asked.operation}, not {asked.drop!r}.")


def _check_lifetime(asked: Asked) -> None:
    preset = PRESETS[asked.preset] if asked.preset else None
    for name, most, least in (("times", MOST_TIMES, 1), ("delay_ms", LONGEST_DELAY_MS, 0), ("seed", LARGEST_SEED, 0)):
        value = getattr(asked, name)
        if value is not None and not least <= value <= most:
            raise Senseless(f"{name} must be between {least} and {most}, not {value}.")
    if asked.probability is not None and not 0 < asked.probability <= 1:
        raise Senseless(f"probability must be above 0 and at most 1, not {asked.probability}.")
    if asked.seed is not None and asked.probability is None and not (preset and preset.probability):
        raise Senseless("seed goes with a probability.")


def _check_match(asked: Asked) -> None:
    subjects = (*OF_CALLS, "listener") if asked.preset else STAGES.get(asked.operation or "", OF_CALLS)
    for name, pattern in asked.match.items():
        if name not in subjects:
            whose = asked.operation or asked.preset
            raise Senseless(f"match can name {', '.join(subjects)} of {whose}, not {name!r}.")
        if not 0 < len(pattern) <= LONGEST_PATTERN:
            raise Senseless(f"match.{name} must have between 1 and {LONGEST_PATTERN} characters.")
        if name == "listener" and pattern not in LISTENERS:
            raise Senseless(f"match.listener must be {' or '.join(LISTENERS)}, not {pattern!r}.")


def _instead(word: str, names: Iterable[str]) -> str:
    """The end of a sentence that a name is none: which one was meant, or which there are."""
    plain = {_plain(name): name for name in names}
    if nearest := get_close_matches(_plain(word), plain, 1):
        return f"; did you mean {plain[nearest[0]]}?"
    return f"; there are {', '.join(sorted(plain.values()))}."


def _plain(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")
