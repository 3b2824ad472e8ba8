"""Faults of a seed: failures that tests ask for."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from emulator.context import Context
from emulator.seed.accounts import ACCOUNT_ID, REGION
from emulator.seed.flaws import Flaw, SeedError
from emulator.seed.members import Thing, form, member, service
from emulator.ses import fault_checks, fault_presets, faults
from emulator.store import faults as rows
from emulator.wire import known_errors


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultMatch(Thing):
    """Which calls: all that is given must fit, whatever its case; `*` stands for any characters, `?` for one."""

    identity: str | None = member("the identity that a call names or sends from", default=None)
    source: str | None = member("the sender's address", default=None)
    recipient: str | None = member("the address of one of the recipients", default=None)
    configuration_set: str | None = member("name of the configuration set", default=None)
    template: str | None = member("name of the template", default=None)
    listener: str | None = member("of SMTP", default=None, choices=fault_checks.LISTENERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault(Thing):
    """A failure as `POST /_emulator/faults` has it, of one account and region or of all."""

    account: str | None = member("12 digits; default: all", default=None, check=ACCOUNT_ID)
    region: str | None = member("default: all", default=None, check=REGION)
    preset: str | None = member("several failures by name", default=None, choices=tuple(fault_presets.PRESETS))
    operation: str | None = member("SendEmail, *, SMTP:CONNECT ... SMTP:DATA, SMTP:*", default=None)
    code: str | None = member("of AWS's error, such as Throttling", default=None)
    status: int | None = member("HTTP status without an answer of AWS; SMTP's reply", default=None)
    message: str | None = member("text of the error or reply; default: SES's own", default=None)
    delay_ms: int | None = member("how much later it is, or the call itself", default=None)
    drop: str | None = member("the connection ends: before the call happened, or after", default=None)
    truncate: bool | None = member("the call happens, half of its answer arrives", default=None)
    times: int | None = member("how many calls it hits; default: any number", default=None)
    probability: float | None = member("that it hits a call which it could; default: 1", default=None)
    seed: int | None = member("of the sequence of its chances", default=None)
    match: FaultMatch | None = member("which calls; default: any", default=None)

    def asked(self) -> fault_checks.Asked:
        """The fault as it is asked for, in AWS's spelling; else Senseless."""
        said = {name: getattr(self, name) for name in form(type(self)).members if name in fault_checks.Asked._fields}
        names = form(FaultMatch).members if self.match else ()
        match = {name: value for name in names if (value := getattr(self.match, name)) is not None}
        asked = fault_checks.Asked(**{**said, "account_id": self.account, "match": match})
        return fault_checks.checked(asked, _known())

    def fault(self) -> str | None:
        """It is one that can be."""
        try:
            self.asked()
        except fault_checks.Senseless as senseless:
            return str(senseless).removesuffix(".")
        return None


def find(ctx: Context, wanted: Fault) -> Fault | None:
    """The fault, if there is one like it, however often it has hit."""
    asked = wanted.asked()
    is_of_account = bool(asked.preset and fault_presets.PRESETS[asked.preset].account)
    account_id = asked.account_id or (ctx.account_id if is_of_account else rows.EVERY)
    region = asked.region or (ctx.region if is_of_account else rows.EVERY)
    there = (each for each in rows.of(ctx.tx, account_id, region) if _is_like(each, asked))
    return wanted if next(there, None) else None


def put(ctx: Context, wanted: Fault, _found: Fault | None) -> None:
    """There is such a fault."""
    try:
        faults.create(ctx, wanted.asked(), _known())
    except fault_checks.Senseless as senseless:
        raise SeedError([Flaw(wanted.at, str(senseless))]) from None


def every(ctx: Context, account_id: str | None, region: str | None) -> list[Fault]:
    """The faults of the account and region that can hit something yet, or all of them, oldest first."""
    there = rows.of(ctx.tx, account_id, region)
    return [_described(each) for each in there if each.times is None or each.hits < each.times]


def _is_like(row: rows.Fault, asked: fault_checks.Asked) -> bool:
    preset = fault_presets.PRESETS[asked.preset] if asked.preset else None
    usual = preset.probability if preset else None
    return (
        (row.preset, row.failures, dict(row.matching)) == (asked.preset, fault_checks.failures(asked), asked.match)
        and (row.times, row.probability) == (asked.times, usual if asked.probability is None else asked.probability)
        and asked.seed in (None, row.seed)
    )


def _described(row: rows.Fault) -> Fault:
    preset = fault_presets.PRESETS[row.preset] if row.preset else None
    said: dict[str, Any] = {}
    matching: dict[str, Any] = dict(row.matching)
    if preset is None:
        said = {name: value or None for name, value in row.failures[0]._asdict().items()}
    elif row.failures and row.failures != preset.failures:
        said = {"delay_ms": row.failures[0].delay_ms}
    is_usual = preset is not None and row.probability == preset.probability
    return Fault(
        account=row.account_id or None,
        region=row.region or None,
        preset=row.preset,
        times=row.times,
        probability=None if is_usual else row.probability,
        seed=row.seed if row.probability is not None else None,
        match=FaultMatch(**matching) if matching else None,
        **said,
    )


@cache
def _known() -> fault_checks.Known:
    return known_errors.by_operation(service())
