"""What becomes of messages at an address: of every one from now on, or of one that is there."""

from contextlib import suppress
from dataclasses import dataclass, field, fields

from emulator.http.inspection.filters import AccountScope, Scope
from emulator.http.inspection.messages import Event
from emulator.http.inspection.problems import Problem, no_such
from emulator.http.inspection.routes import Routes
from emulator.http.parts import Parts
from emulator.ses import addresses, mailbox, outcomes, recipients
from emulator.store.message_filters import Filter
from emulator.store.recipient_outcomes import RecipientOutcome

routes = Routes()


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """How the outcome comes about; what is not given is as usual."""

    bounce_type: str | None = field(default=None, metadata={"help": "Permanent, Transient or Undetermined"})
    bounce_sub_type: str | None = field(default=None, metadata={"help": "General, NoEmail, MailboxFull, ..."})
    status: str | None = field(default=None, metadata={"help": "of a bounce or delay: 5.1.1"})
    diagnostic_code: str | None = field(default=None, metadata={"help": "of a bounce or delay: smtp; 550 5.1.1 ..."})
    smtp_response: str | None = field(default=None, metadata={"help": "of a delivery: 250 2.0.0 OK"})
    complaint_feedback_type: str | None = field(default=None, metadata={"help": "abuse, fraud, not-spam, ..."})
    user_agent: str | None = field(default=None, metadata={"help": "of a complaint, open or click"})
    delay_type: str | None = field(default=None, metadata={"help": "General, MailboxFull, ..."})


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingOutcome(Details):
    """What becomes of every message to an address from now on."""

    outcome: str = field(metadata={"help": ", ".join(recipients.STANDING)})


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientState(StandingOutcome):
    """An address, or a domain as `@domain`, and its standing outcome."""

    address: str


@dataclass(frozen=True, slots=True)
class RecipientList:
    """The standing outcomes, by address."""

    recipients: list[RecipientState]


@dataclass(frozen=True, slots=True, kw_only=True)
class OneOutcome(Details):
    """What happens to one message at one of its recipients now. A rejection is of the whole message."""

    recipient: str
    type: str = field(metadata={"help": ", ".join(recipients.DEFAULTS)})
    ip_address: str | None = field(default=None, metadata={"help": "of an open or click"})
    link: str | None = field(default=None, metadata={"help": "of a click"})


@routes.route("GET", "/recipients", query=AccountScope, answer=RecipientList)
def list_recipients(parts: Parts, query: AccountScope) -> RecipientList:
    """The standing outcomes of an account in a region."""
    with parts.context(query.account, query.region) as ctx:
        return RecipientList([_state(row) for row in recipients.every(ctx)])


@routes.route("GET", "/recipients/<path:address>", query=AccountScope, answer=RecipientState)
def get_recipient(parts: Parts, address: str, query: AccountScope) -> RecipientState:
    """The standing outcome of an address, or of a domain as `@domain`."""
    with parts.context(query.account, query.region) as ctx:
        row = recipients.get(ctx, address)
    if row is None:
        raise no_such("standing outcome of", address)
    return _state(row)


@routes.route("PUT", "/recipients/<path:address>", query=AccountScope, body=StandingOutcome, answer=RecipientState)
def put_recipient(parts: Parts, address: str, query: AccountScope, body: StandingOutcome) -> RecipientState:
    """Every message to the address, or to all of `@domain`, has this outcome from now on."""
    check_address(f"x{address}" if address.startswith("@") else address)
    outcome = _checked("outcome", body.outcome, body, recipients.STANDING)
    with parts.context(query.account, query.region, write=True) as ctx:
        return _state(recipients.standing(ctx, address, outcome))


@routes.route("DELETE", "/recipients/<path:address>", query=AccountScope)
def delete_recipient(parts: Parts, address: str, query: AccountScope) -> None:
    """The address has no standing outcome any more."""
    with parts.context(query.account, query.region, write=True) as ctx:
        if not recipients.end(ctx, address):
            raise no_such("standing outcome of", address)


@routes.route("POST", "/messages/<message_id>/outcomes", query=Scope, body=OneOutcome, answer=Event)
def add_outcome(parts: Parts, message_id: str, query: Scope, body: OneOutcome) -> Event:
    """This has happened to the message at the recipient, after all that was due; the event."""
    from emulator.ses import delivery

    outcome = _checked("type", body.type, body, tuple(recipients.DEFAULTS))
    parts.drain()  # what was on its way has arrived first
    with parts.context(query.account, query.region, write=True) as ctx:
        message = mailbox.find(ctx, message_id, Filter(account_id=query.account, region=query.region))
        if message is None:
            raise no_such("message", message_id)
        if message.direction != "outbound":
            raise Problem(400, "Only mail that was sent by an account has outcomes.")
        if any(each.status == outcomes.RENDERING_FAILED for each in message.recipients):
            raise Problem(400, "The message was never made, as its template and data do not fit.")
        event = delivery.happen(ctx, message.seq, body.recipient, outcome)
    if event is None:
        raise no_such("recipient", body.recipient)
    return Event(str(event.seq), event.type, event.recipients, event.detail, event.created_at)


def check_address(address: str) -> None:
    """The address is one, and nothing else; else a Problem."""
    with suppress(addresses.AddressFault):
        if addresses.parse(address).address == address:
            return
    raise Problem(400, f"{address!r} is no e-mail address.")


def _checked(member: str, kind: str, body: Details, kinds: tuple[str, ...]) -> recipients.Outcome:
    said = {each.name: getattr(body, each.name) for each in fields(body) if each.name not in (member, "recipient")}
    try:
        return recipients.checked(kind, said, kinds)
    except recipients.Senseless as fault:
        raise Problem(400, f"{member} {fault}") from None


def _state(row: RecipientOutcome) -> RecipientState:
    return RecipientState(address=row.address, outcome=row.outcome, **row.detail)
