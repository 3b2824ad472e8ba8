"""Failures that a test asks for: which there are, and which one hits a call or a session of SMTP.

The oldest that matches hits. What is counted is counted in a transaction of its own, so that a refused call counts too.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import NamedTuple

from emulator.context import Context, Contexts
from emulator.outside import ids
from emulator.ses import accounts, errors, fault_checks, rates
from emulator.ses.fault_checks import Asked, Known, Senseless
from emulator.ses.fault_presets import ANY, ANY_STAGE, PRESETS
from emulator.store import accounts as account_rows
from emulator.store import faults as rows
from emulator.store import instance
from emulator.store.faults import EVERY, Failure, Fault

MOST = 1_000
STAGE = "SMTP:"

Place = tuple[str, str]  # an account and a region
Subjects = Mapping[str, Collection[str]]


class Suspect(NamedTuple):
    """A fault that may hit, and how."""

    fault: Fault
    failure: Failure


class Hit(NamedTuple):
    """What a fault does to a call, and its number."""

    fault_id: int
    failure: Failure


# ---- which there are


def create(ctx: Context, asked: Asked, known: Known) -> Fault:
    """The fault is there; else Senseless. A preset that sets something of an account does so, if it has not already."""
    asked = fault_checks.checked(asked, known)
    if rows.count(ctx.tx) >= MOST:
        rows.delete_spent(ctx.tx)
        if rows.count(ctx.tx) >= MOST:
            raise Senseless(f"There are {MOST} faults already; delete some.")
    preset = PRESETS[asked.preset] if asked.preset else None
    if preset and preset.account:
        return _change_account(ctx, asked, preset.account)
    usual = preset.probability if preset else None
    probability = usual if asked.probability is None else asked.probability
    seed = ctx.outside.ids.seed() if asked.seed is None else asked.seed
    return rows.insert(ctx.tx, _row(ctx, asked)._replace(probability=probability, seed=seed))


def of(ctx: Context, account_id: str | None, region: str | None) -> list[Fault]:
    """The faults that concern the account and region, where these are given, oldest first."""
    return rows.of(ctx.tx, account_id, region, everybodys=True)


def get(ctx: Context, fault_id: int) -> Fault | None:
    """The fault of that number."""
    return rows.get(ctx.tx, fault_id)


def remove(ctx: Context, faults: Collection[Fault]) -> None:
    """They are gone, and so is what they set of accounts, unless somebody said otherwise since."""
    for fault in faults:
        if fault.account_before is not None and fault.preset:
            there = ctx._replace(account_id=fault.account_id, region=fault.region)
            said = account_rows.get(ctx.tx, fault.account_id, fault.region)._asdict()
            still = {name for name, value in PRESETS[fault.preset].account.items() if said[name] == value}
            accounts.change(there, **{name: fault.account_before[name] for name in still})
    rows.delete(ctx.tx, faults)


def remove_all(ctx: Context, account_id: str | None, region: str | None) -> None:
    """Those of the account and region are gone; where neither is given, all of them."""
    remove(ctx, rows.of(ctx.tx, account_id, region))


def _change_account(ctx: Context, asked: Asked, account: Mapping[str, bool]) -> Fault:
    """It is one account's, as accounts are: the one that asks, where none is named."""
    there = ctx._replace(account_id=asked.account_id or ctx.account_id, region=asked.region or ctx.region)
    for fault in rows.of(ctx.tx, there.account_id, there.region):
        if fault.preset == asked.preset:
            return fault
    said = account_rows.get(ctx.tx, there.account_id, there.region)._asdict()
    accounts.change(there, **account)
    row = _row(ctx, asked._replace(account_id=there.account_id, region=there.region))
    return rows.insert(ctx.tx, row._replace(account_before={name: said[name] for name in account}))


def _row(ctx: Context, asked: Asked) -> Fault:
    return Fault(
        seq=0,
        account_id=asked.account_id or EVERY,
        region=asked.region or EVERY,
        preset=asked.preset,
        failures=fault_checks.failures(asked),
        matching=asked.match,
        times=asked.times,
        probability=None,
        seed=0,
        draws=0,
        hits=0,
        account_before=None,
        created_at=ctx.now,
    )


# ---- which one hits


def are_there(contexts: Contexts) -> bool:
    """Whether there is any fault that can hit something."""
    with contexts.database.transaction() as tx:
        return instance.get(tx).has_faults


def suspects(ctx: Context, operation: str, places: Collection[Place] | None = None) -> Sequence[Suspect]:
    """Those that may hit the operation at one of these places, the caller's where none is said, oldest first."""
    if not instance.get(ctx.tx).has_faults:
        return ()
    here = ((ctx.account_id, ctx.region),) if places is None else places
    return [
        Suspect(fault, failure)
        for fault in ctx.tx.remembered("faults", rows.active)
        if _is_for(fault, here)
        for failure in fault.failures
        if _concerns(failure.operation, operation)
    ]


def fits(suspect: Suspect, subjects: Subjects) -> bool:
    """Whether what is known of a call has all that the fault wants of it, whatever the case."""
    return all(
        any(fnmatchcase(value.lower(), _pattern(pattern)) for value in subjects.get(name, ()))
        for name, pattern in suspect.fault.matching.items()
    )


def decide(contexts: Contexts, place: Place, candidates: Iterable[Suspect]) -> Hit | None:
    """What hits, which is counted: the first that there still is, and that chance is for."""
    with contexts.open(*place, write=True) as ctx:
        hit, spent = _hit(ctx, candidates)
    if spent:
        with contexts.open(*place, write=True) as ctx:  # not before: rows of `instance` are held before all others
            ctx.tx.changed()
    return hit


def text(code: str, operation: str, form: Mapping[str, str]) -> str | None:
    """What SES says with an error, as far as it is always the same, or the parameters of the call are all it takes."""
    if code == errors.CallRateExceeded.v1:
        governed = operation in rates.GOVERNED_BY_SEND_RATE
        return (errors.SendRateExceeded if governed else errors.CallRateExceeded).template
    # The name of an error's shape may end so where its code does not.
    of_code = (code, f"{code}Exception")
    texts = {each.template for each in errors.SesError.__subclasses__() if each.v1 in of_code}
    if len(texts) != 1:
        return None
    try:
        return texts.pop().format_map(form)
    except KeyError:
        return None


def _hit(ctx: Context, candidates: Iterable[Suspect]) -> tuple[Hit | None, bool]:
    for fault, failure in candidates:
        number = rows.draw(ctx.tx, fault.seq)
        if number is None or ids.draw(fault.seed, number) >= (fault.probability or 1):
            continue
        return Hit(fault.seq, failure), rows.hit(ctx.tx, fault.seq) == fault.times
    return None, False


def _is_for(fault: Fault, places: Collection[Place]) -> bool:
    if fault.account_id == fault.region == EVERY:
        return True
    return any(
        fault.account_id in (EVERY, account_id) and fault.region in (EVERY, region) for account_id, region in places
    )


def _concerns(failing: str, operation: str) -> bool:
    return failing in (operation, ANY_STAGE if operation.startswith(STAGE) else ANY)


def _pattern(pattern: str) -> str:
    """Only `*` and `?` mean more than themselves."""
    return pattern.lower().replace("[", "[[]")
