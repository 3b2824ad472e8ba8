"""Rows of messages and their contents."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, func, or_, select, union_all, update
from sqlalchemy import delete as sql_delete

from emulator.store import documents, message_filters, times
from emulator.store.engine import Transaction
from emulator.store.message_filters import Filter
from emulator.store.schema import message_contents, message_views, messages

BEGINNING = 65_536  # characters of a body from which a preview is made


class Recipient(NamedTuple):
    """One address of the envelope, and what became of the message there."""

    address: str
    kind: str
    status: str


class View(NamedTuple):
    """What a reader sees of a message; `attachments` are dicts of plain values."""

    text: str | None
    html: str | None
    attachments: tuple[dict[str, Any], ...] = ()


class Tracking(NamedTuple):
    """What of the delivered copy is tracked, and the domain that its links and its pixel are at, if not SES's own."""

    opens: bool
    clicks: bool
    domain: str | None


class Envelope(NamedTuple):
    """Whom one kept message goes to, from where, and since when."""

    seq: int
    id: str
    account_id: str
    region: str
    accepted_at: datetime
    configuration_set: str | None
    source_arn: str | None
    recipients: tuple[Recipient, ...]
    viewed: bool  # whether its view is known
    marked: bool  # whether that view holds what was looked for


class Message(NamedTuple):
    """One message, without its contents. `seq` is 0 until it is kept."""

    id: str
    account_id: str
    region: str
    direction: str
    operation: str
    source: str
    from_header: str | None
    return_path: str | None
    subject: str | None
    to: tuple[str, ...]
    cc: tuple[str, ...]
    bcc: tuple[str, ...]
    reply_to: tuple[str, ...]
    recipients: tuple[Recipient, ...]
    tags: tuple[tuple[str, str], ...]
    configuration_set: str | None
    size_bytes: int
    created_at: datetime
    template: str | None = None
    template_data: str | None = None
    mail_from_domain: str | None = None  # of the envelope; None: SES's own
    dkim_key_seq: int | None = None  # that signs it beside SES's own
    source_text: str | None = None  # as the caller gave it, with the name
    source_arn: str | None = None  # the identity that lets the source send
    source_ip: str | None = None
    caller_identity: str | None = None  # the user's name
    tracking: Tracking | None = None
    read_at: datetime | None = None  # somebody looked at it
    seq: int = 0


# Built once: to build a statement takes longer than to run it.
_ENVELOPES = (
    select(
        messages.c.seq,
        messages.c.id,
        messages.c.account_id,
        messages.c.region,
        messages.c.created_at,
        messages.c.configuration_set,
        messages.c.source_arn,
        messages.c.recipients,
        message_views.c.message_seq.label("viewed"),
        or_(message_views.c.text.contains(bindparam("mark")), message_views.c.html.contains(bindparam("mark"))).label(
            "marked"
        ),
    )
    .outerjoin(message_views, message_views.c.message_seq == messages.c.seq)
    .where(messages.c.seq.in_(bindparam("seqs", expanding=True)))
)
_LOCKED_ENVELOPES = _ENVELOPES.with_for_update(of=messages)
_VIEW = (message_views.c.text, message_views.c.html, message_views.c.attachments)
_VIEW_BEGINNING = (
    *(func.substr(column, 1, BEGINNING).label(column.name) for column in _VIEW[:2]),
    message_views.c.attachments,
)
_SEVERAL = select(messages).where(messages.c.seq.in_(bindparam("seqs", expanding=True)))
_FILL = (
    update(messages)
    .where(messages.c.seq == bindparam("this"))
    .values(subject=bindparam("subject"), size_bytes=bindparam("size_bytes"))
)
_SET_RECIPIENTS = update(messages).where(messages.c.seq == bindparam("this")).values(recipients=bindparam("recipients"))


def insert(tx: Transaction, message: Message, raw: bytes | bytearray | None, view: View | None) -> int:
    """The message is kept, with its contents and its view where they are known already; its `seq`."""
    addresses = (recipient.address for recipient in message.recipients)
    row = {
        "id": message.id,
        "account_id": message.account_id,
        "region": message.region,
        "direction": message.direction,
        "operation": message.operation,
        "source": message.source,
        "source_text": message.source_text,
        "source_arn": message.source_arn,
        "source_ip": message.source_ip,
        "caller_identity": message.caller_identity,
        "from_header": message.from_header,
        "return_path": message.return_path,
        "mail_from_domain": message.mail_from_domain,
        "dkim_key_seq": message.dkim_key_seq,
        "subject": message.subject,
        "headers": documents.text(
            {"to": message.to, "cc": message.cc, "bcc": message.bcc, "reply_to": message.reply_to}
        ),
        "recipients": _recipients_json(message.recipients),
        "addressed": "\n".join(dict.fromkeys((*addresses, *message.to, *message.cc, *message.bcc))),
        "tags": documents.text(message.tags),
        "configuration_set": message.configuration_set,
        "tracking": documents.text(message.tracking._asdict()) if message.tracking else None,
        "template": message.template,
        "template_data": message.template_data,
        "size_bytes": message.size_bytes,
        "created_at": times.to_row(message.created_at),
    }
    seq = tx.insert(messages, row, key="seq")
    if raw is not None:
        tx.insert_long(message_contents, "message_seq", seq, "raw", raw)
    if view:
        insert_view(tx, seq, view)
    return seq


def page(
    tx: Transaction, wanted: Filter, *, before_seq: int | None = None, limit: int = 50, bodies: bool = True
) -> list[tuple[Message, View | None]]:
    """Messages that match, newest first, each with its view where that is known already, or the beginnings of it."""
    # The sorting is done in the index, before anything long is read.
    return _rows(tx, _newest(wanted, before_seq, limit), bodies)


def page_and_total(
    tx: Transaction, wanted: Filter, *, before_seq: int | None = None, limit: int = 50, bodies: bool = True
) -> tuple[list[tuple[Message, View | None]], int]:
    """The same, and how many match in all; all texts that must be looked through are so once."""
    if not any(term.kind == message_filters.WORD for term in wanted.terms):
        rows = page(tx, wanted, before_seq=before_seq, limit=limit, bodies=bodies)
        if before_seq is None and len(rows) < limit:
            return rows, len(rows)
        # Counted at a later instant than the page was read: never say that there are fewer than it shows.
        return rows, max(len(rows), count(tx, wanted))
    statement = select(messages.c.seq).where(*message_filters.conditions(wanted)).order_by(messages.c.seq.desc())
    found = list(tx.execute(statement).scalars())
    shown = [seq for seq in found if before_seq is None or seq < before_seq][:limit]
    return _rows(tx, shown, bodies), len(found)


def count(tx: Transaction, wanted: Filter) -> int:
    """How many messages match."""
    statement = select(func.count()).select_from(messages).where(*message_filters.conditions(wanted))
    return int(tx.execute(statement).scalar_one())


def get(tx: Transaction, message_id: str) -> Message | None:
    """The message of an id."""
    row = tx.execute(select(messages).where(messages.c.id == message_id)).one_or_none()
    return None if row is None else _message(row)


def of_seq(tx: Transaction, seq: int) -> Message | None:
    """The message of a `seq`."""
    row = tx.execute(select(messages).where(messages.c.seq == seq)).one_or_none()
    return None if row is None else _message(row)


def envelopes(tx: Transaction, seqs: Sequence[int], mark: str, *, lock: bool = False) -> list[Envelope]:
    """The envelopes of the messages that are still there, and whether their texts hold the mark (letters and `-`).

    Locked ones change no more before this commits.
    """
    found = tx.execute(_LOCKED_ENVELOPES if lock else _ENVELOPES, {"seqs": seqs, "mark": mark})
    return [
        Envelope(
            row.seq,
            row.id,
            row.account_id,
            row.region,
            times.from_row(row.created_at),
            row.configuration_set,
            row.source_arn,
            _recipients(row.recipients),
            row.viewed is not None,
            bool(row.marked),
        )
        for row in found
    ]


def several(tx: Transaction, seqs: Sequence[int]) -> list[Message]:
    """The messages that are still there."""
    return [_message(row) for row in tx.execute(_SEVERAL, {"seqs": seqs})]


def raw(tx: Transaction, seq: int) -> bytes:
    """The message as composed or submitted; empty when it is gone, or not composed yet."""
    statement = select(message_contents.c.raw).where(message_contents.c.message_seq == seq)
    return bytes(tx.execute(statement).scalar() or b"")


def view(tx: Transaction, seq: int) -> View | None:
    """What a reader sees of the message, if that is known already."""
    row = tx.execute(select(*_VIEW).where(message_views.c.message_seq == seq)).one_or_none()
    return None if row is None else _view(row)


def newest_id(tx: Transaction) -> str | None:
    """The id of the message kept last."""
    return tx.execute(select(messages.c.id).order_by(messages.c.seq.desc()).limit(1)).scalar()


def set_recipients(tx: Transaction, changes: Iterable[tuple[int, Sequence[Recipient]]]) -> None:
    """The recipients of each `seq` stand as given."""
    rows = [{"this": seq, "recipients": _recipients_json(recipients)} for seq, recipients in changes]
    if rows:
        tx.execute(_SET_RECIPIENTS, rows)


def insert_view(tx: Transaction, seq: int, view: View) -> None:
    """What a reader sees of the message is known."""
    row = {"message_seq": seq, "text": view.text, "html": view.html, "attachments": documents.text(view.attachments)}
    tx.insert(message_views, row)


def fill(tx: Transaction, seq: int, raw: bytes, view: View, subject: str) -> None:
    """A message that was kept without contents has them."""
    tx.insert(message_contents, {"message_seq": seq, "raw": raw})
    insert_view(tx, seq, view)
    tx.execute(_FILL, {"this": seq, "subject": subject, "size_bytes": len(raw)})


def set_read(tx: Transaction, wanted: Filter, read_at: datetime | None, limit: int) -> int:
    """At most `limit` of the matching messages were read then, or not at all; of how many the opposite was true."""
    opposite = messages.c.read_at.is_(None) if read_at else messages.c.read_at.is_not(None)
    found = select(messages.c.seq).where(opposite, *message_filters.conditions(wanted)).limit(limit)
    statement = update(messages).where(messages.c.seq.in_(found))
    return tx.execute(statement.values(read_at=read_at and times.to_row(read_at))).rowcount


def set_one_read(tx: Transaction, seq: int, read_at: datetime | None) -> None:
    """The message was read then, or not at all."""
    tx.execute(update(messages).where(messages.c.seq == seq).values(read_at=read_at and times.to_row(read_at)))


def delete(tx: Transaction, wanted: Filter) -> int:
    """The matching messages are gone, with contents and events; how many they were."""
    return tx.execute(sql_delete(messages).where(*message_filters.conditions(wanted))).rowcount


def delete_one(tx: Transaction, seq: int) -> None:
    """The message is gone, with contents and events."""
    tx.execute(sql_delete(messages).where(messages.c.seq == seq))


def exceed(tx: Transaction, keep: int) -> bool:
    """Whether there may be more than `keep` messages: false is certain, and cheap to know."""
    oldest = tx.execute(select(func.min(messages.c.seq))).scalar()
    newest = tx.execute(select(func.max(messages.c.seq))).scalar()
    return oldest is not None and newest is not None and newest - oldest >= keep


def trim(tx: Transaction, keep: int, limit: int) -> int:
    """At most `limit` of the oldest messages beyond the newest `keep` are gone; how many they were."""
    oldest_kept = tx.execute(select(messages.c.seq).order_by(messages.c.seq.desc()).limit(1).offset(keep)).scalar()
    if oldest_kept is None:
        return 0
    beyond = select(messages.c.seq).where(messages.c.seq <= oldest_kept).order_by(messages.c.seq).limit(limit)
    return tx.execute(sql_delete(messages).where(messages.c.seq.in_(beyond))).rowcount


def _newest(wanted: Filter, before_seq: int | None, limit: int) -> Select[tuple[int]]:
    """The `seq` of the newest that match; of one account, from the newest of each direction, as the index has them."""
    apart = wanted.account_id is not None and wanted.region is not None and wanted.direction is None
    each = []
    for direction in message_filters.DIRECTIONS if apart else (wanted.direction,):
        found = select(messages.c.seq).where(*message_filters.conditions(wanted._replace(direction=direction)))
        if before_seq is not None:
            found = found.where(messages.c.seq < before_seq)
        each.append(found.order_by(messages.c.seq.desc()).limit(limit))
    if len(each) == 1:
        return each[0]
    found_apart = union_all(*(select(one.subquery()) for one in each)).subquery()
    return select(found_apart.c.seq).order_by(found_apart.c.seq.desc()).limit(limit)


def _rows(tx: Transaction, seqs: Select[tuple[int]] | Sequence[int], bodies: bool) -> list[tuple[Message, View | None]]:
    statement = (
        select(messages, *(_VIEW if bodies else _VIEW_BEGINNING))
        .outerjoin(message_views, message_views.c.message_seq == messages.c.seq)
        .where(messages.c.seq.in_(seqs))
        .order_by(messages.c.seq.desc())
    )
    return [(_message(row), _view(row)) for row in tx.execute(statement)]


def _view(row: Any) -> View | None:
    if row.attachments is None:
        return None
    return View(row.text, row.html, tuple(json.loads(row.attachments)))


def _message(row: Any) -> Message:
    headers = json.loads(row.headers)
    return Message(
        id=row.id,
        account_id=row.account_id,
        region=row.region,
        direction=row.direction,
        operation=row.operation,
        source=row.source,
        from_header=row.from_header,
        return_path=row.return_path,
        subject=row.subject,
        to=tuple(headers["to"]),
        cc=tuple(headers["cc"]),
        bcc=tuple(headers["bcc"]),
        reply_to=tuple(headers["reply_to"]),
        recipients=_recipients(row.recipients),
        tags=tuple((name, value) for name, value in json.loads(row.tags)),
        configuration_set=row.configuration_set,
        size_bytes=row.size_bytes,
        created_at=times.from_row(row.created_at),
        template=row.template,
        template_data=row.template_data,
        mail_from_domain=row.mail_from_domain,
        dkim_key_seq=row.dkim_key_seq,
        source_text=row.source_text,
        source_arn=row.source_arn,
        source_ip=row.source_ip,
        caller_identity=row.caller_identity,
        tracking=Tracking(**json.loads(row.tracking)) if row.tracking else None,
        read_at=times.maybe(row.read_at),
        seq=row.seq,
    )


def _recipients(text: str) -> tuple[Recipient, ...]:
    return tuple(Recipient(*each) for each in json.loads(text))


def _recipients_json(recipients: Sequence[Recipient]) -> str:
    return documents.text([[each.address, each.kind, each.status] for each in recipients])
