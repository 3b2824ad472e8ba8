"""Mail for SES to receive, by the road that it takes from the world."""

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from flask import request

from emulator.http.inspection.problems import Problem
from emulator.http.inspection.routes import Routes
from emulator.http.parts import Parts
from emulator.mime import headers, view
from emulator.ses import addresses, receipt_admission, receiving
from emulator.ses.receipt_admission import Owner
from emulator.ses.verdicts import Sender

routes = Routes()

# Why nobody has it, in words; over SMTP they are others.
REFUSALS = {
    receipt_admission.UNKNOWN: "no rule of an active rule set matches it, or its domain is not verified",
    receipt_admission.BLOCKED: "a filter blocks the address that the mail comes from",
    receipt_admission.UNENCRYPTED: "a rule requires TLS",
}
_UNPRINTABLE = re.compile("[^!-~]")


@dataclass(frozen=True, slots=True)
class InboundQuery:
    """The SMTP session by which the mail comes."""

    from_: str | None = field(
        default=None, metadata={"help": "MAIL FROM; empty for none; default: the address in the From header"}
    )
    to: str | None = field(
        default=None, metadata={"help": "comma list of RCPT TO; default: the addresses in To and Cc headers"}
    )
    ip: str | None = field(default=None, metadata={"help": "address of the sending host; default: the caller's"})
    helo: str = field(default="localhost", metadata={"help": "name that the sending host gives itself"})
    tls: bool = field(default=True, metadata={"help": "whether the session is encrypted"})
    account: str | None = field(default=None, metadata={"help": "12-digit account; default: all that want it"})
    region: str | None = field(default=None, metadata={"help": "region; default: all that want it"})


@dataclass(frozen=True, slots=True)
class ReceivedMessage:
    """What one account and region has of the mail."""

    id: str
    account: str
    region: str


@dataclass(frozen=True, slots=True)
class RefusedRecipient:
    """A recipient whose mail nobody has, and why."""

    address: str
    reason: str


@dataclass(frozen=True, slots=True)
class Inbound:
    """What became of the mail."""

    messages: list[ReceivedMessage]
    refused: list[RefusedRecipient]


@routes.route("POST", "/inbound", query=InboundQuery, answer=Inbound, accepts="message/rfc822")
def receive(parts: Parts, query: InboundQuery) -> Inbound:
    """The mail in the body, a MIME document, is received as if it came by SMTP; 422 where nobody wants it."""
    data = headers.normalise(request.get_data())
    sender = Sender(_ip(query.ip or request.remote_addr or ""), query.helo, _sender(query.from_, data))
    recipients = _recipients(query.to, data)
    for text in (query.helo, sender.mail_from, *recipients):
        if _UNPRINTABLE.search(text):
            raise Problem(400, f"{text!r} cannot be said over SMTP.")
    wanted: list[tuple[str, tuple[Owner, ...]]] = []
    refused = []
    with parts.context(query.account, query.region) as ctx:
        for address in recipients:
            decision = receipt_admission.decide(ctx, address, sender.ip, encrypted=query.tls)
            owners = tuple(
                owner
                for owner in decision.owners
                if query.account in (None, owner.account_id) and query.region in (None, owner.region)
            )
            if owners:
                wanted.append((address, owners))
            else:
                reason = REFUSALS[decision.refusal or receipt_admission.UNKNOWN]
                refused.append(RefusedRecipient(address, reason))
    if not wanted:
        raise Problem(422, "; ".join(f"{each.address}: {each.reason}" for each in refused) or "There is no recipient.")
    try:
        copies = receiving.receive(
            parts.dispatcher.contexts, receiving.Mail(sender, wanted, bytearray(data), encrypted=query.tls)
        )
    except receiving.MailLoop:
        raise Problem(422, "The mail was handed on too often.") from None
    return Inbound([ReceivedMessage(copy.message.id, *copy.owner) for copy in copies], refused)


def _ip(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text.partition("%")[0]))
    except ValueError:
        raise Problem(400, f"ip must be an IPv4 or IPv6 address, not {text!r}.") from None


def _sender(given: str | None, data: bytes) -> str:
    if given is not None:
        return given.strip().removeprefix("<").removesuffix(">")
    return next(iter(_named(data, ("from",))), "")


def _recipients(given: str | None, data: bytes) -> tuple[str, ...]:
    if given is None:
        return tuple(dict.fromkeys(_named(data, ("to", "cc"))))
    named = (each.strip().removeprefix("<").removesuffix(">") for each in given.split(","))
    return tuple(dict.fromkeys(each for each in named if each))


def _named(data: bytes, names: Iterable[str]) -> list[str]:
    """The addresses in header fields of these names; a field that is not made of such counts for nothing."""
    found: list[str] = []
    for name, value in view.header_fields(data):
        if name.lower() in names:
            try:
                found += [each.address for each in addresses.parse_list(value)]
            except addresses.AddressFault:
                continue
    return found
