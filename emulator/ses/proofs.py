"""What the owner of an identity does to prove each part of it, and what inspection does in the owner's place."""

from datetime import datetime, timedelta
from typing import NamedTuple

from emulator.context import Context
from emulator.outside import ids
from emulator.ses import confirmations, dkim, dns, identities, mail_from, tasks, verification
from emulator.store import dkim as dkim_rows
from emulator.store import identities as identity_rows
from emulator.store import mail_from as mail_from_rows
from emulator.store import times
from emulator.store.identities import Identity


class Part(NamedTuple):
    """One of the things to prove: its state, the records to publish, and where SES looks."""

    status: str
    started_at: datetime
    records: tuple[dns.Record, ...]
    places: tuple[dns.Place, ...]


class Proof(NamedTuple):
    """What proves an identity and its parts, a link to follow or records to publish, and how that stands."""

    identity: str
    identity_type: str
    status: str
    link: str | None
    token: str | None
    dkim: dkim.Attributes
    mail_from: mail_from.Attributes
    records: tuple[dns.Record, ...]


def proof(ctx: Context, identity: str) -> Proof | None:
    """What would prove the identity; None where there is none of that name."""
    row = identities.get(ctx, identity)
    if row is None:
        return None
    name = row.identity
    is_address = row.identity_type == identities.ADDRESS
    return Proof(
        identity=name,
        identity_type=row.identity_type,
        status=identities.status(ctx, row),
        link=confirmations.link(ctx, name) if is_address else None,
        token=None if is_address else _token(row),
        dkim=dkim.attributes(ctx, [name])[name],
        mail_from=mail_from.attributes(ctx, [name])[name],
        records=tuple(record for part in _parts(ctx, row).values() for record in part.records),
    )


def confirm(ctx: Context, identity: str, part: str | None = None) -> bool:
    """The part of the identity (all that is set up, where none is named) is verified from now on, whatever its state.

    False where there is none.
    """
    return _set_facts(ctx, identity, part, verification.confirmed(ctx.now))


def fail(ctx: Context, identity: str, part: str | None = None) -> bool:
    """The verification of the part, or of all that is set up, has failed; False where there is none."""
    return _set_facts(ctx, identity, part, verification.failed(ctx.now))


def begin_anew(ctx: Context, identity: str, part: str) -> bool:
    """The part of the identity is Pending from now on, for its owner alone to prove; False where there is none."""
    return _set_facts(ctx, identity, part, verification.begun(ctx.now, None))


# ---- a real resolver

_WAITS = {
    verification.PENDING: timedelta(seconds=10),
    verification.TEMPORARY_FAILURE: timedelta(seconds=10),
    verification.SUCCESS: timedelta(minutes=5),
}


def places(ctx: Context, look: tasks.LookUpRecords) -> tuple[dns.Place, ...]:
    """Where a real resolver is to look."""
    part = _awaited(ctx, look)
    return part.places if part else ()


def look_again(ctx: Context, look: tasks.LookUpRecords) -> None:
    """A real resolver is asked again in a while, unless the part has failed, is gone, or begun anew."""
    part = _awaited(ctx, look)
    wait = part and _WAITS.get(part.status)
    if wait:
        tasks.add(ctx, look, ctx.now + wait)


def _awaited(ctx: Context, look: tasks.LookUpRecords) -> Part | None:
    row = identities.get(ctx, look.identity)
    part = _parts(ctx, row).get(look.part) if row else None
    return part if part and times.to_row(part.started_at) == look.started_at else None


def _parts(ctx: Context, row: Identity) -> dict[str, Part]:
    """The parts of an identity that are set up, by name."""
    found = {verification.IDENTITY: _identity(ctx, row)}
    signing = dkim_rows.get(ctx.tx, row.seq)
    if signing and signing.window:
        records = dkim.records(row)
        found[verification.DKIM] = Part(
            dkim.status(ctx, row), signing.window.started_at, records, tuple(dns.place(record) for record in records)
        )
    setting = mail_from_rows.get(ctx.tx, row.seq)
    if setting:
        records = dns.mail_from_records(setting.mail_from_domain, row.region)
        found[verification.MAIL_FROM] = Part(
            mail_from.status(ctx, row, setting), setting.started_at, records, (dns.place(records[0]),)
        )
    return found


def _identity(ctx: Context, row: Identity) -> Part:
    if row.identity_type == identities.ADDRESS:
        return Part(identities.status(ctx, row), row.started_at, (), ())
    record = dns.verification_record(row.identity, _token(row))
    return Part(identities.status(ctx, row), row.started_at, (record,), dns.verification_places(row.identity))


def _set_facts(ctx: Context, identity: str, part: str | None, facts: dict[str, datetime | None]) -> bool:
    ctx.tx.changed()  # before the look, so nobody deletes the identity meanwhile
    row = identities.get(ctx, identity)
    found = list(_parts(ctx, row)) if row else []
    chosen = found if part is None else [name for name in found if name == part]
    if row and verification.IDENTITY in chosen:
        identity_rows.set_facts(ctx.tx, row.account_id, row.region, row.identity, **facts)
    if row and verification.DKIM in chosen:
        dkim_rows.put(ctx.tx, row.seq, **facts)
    if row and verification.MAIL_FROM in chosen:
        mail_from_rows.put(ctx.tx, row.seq, **facts)
    return bool(chosen)


def _token(row: Identity) -> str:
    return ids.verification_token(row.account_id, row.region, row.identity)
