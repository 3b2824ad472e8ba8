"""Who a message is from, for all that its receiver can tell, and what became of one that was received."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from emulator.http.inspection import filters
from emulator.http.inspection.filters import MessageFilter
from emulator.http.inspection.problems import Problem
from emulator.http.inspection.routes import Routes
from emulator.http.parts import Parts
from emulator.ses import authentication, receipt_progress

routes = Routes()


@dataclass(frozen=True, slots=True)
class SignatureResult:
    """A DKIM signature, and whether it is true."""

    domain: str
    selector: str | None
    result: str = field(metadata={"help": "pass, fail, permerror or temperror"})


@dataclass(frozen=True, slots=True)
class DomainResult:
    """What SPF or DMARC says, and of which domain."""

    result: str = field(metadata={"help": "pass, fail, none, ..."})
    domain: str | None


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What SES thought of the message when it came: PASS, FAIL, GRAY, PROCESSING_FAILED, or DISABLED without a scan."""

    spam: str
    virus: str
    spf: str
    dkim: str
    dmarc: str


@dataclass(frozen=True, slots=True)
class Authentication:
    """What a receiver finds by the DNS as it is now; of received mail, what SES found when it came."""

    dkim: list[SignatureResult]
    spf: DomainResult
    dmarc: DomainResult
    verdicts: Verdicts | None


@dataclass(frozen=True, slots=True)
class ReceiptAction:
    """An action of a rule, and what became of it."""

    type: str = field(metadata={"help": "S3Action, or another of AWS's model"})
    members: dict[str, str]
    outcome: str = field(
        metadata={"help": "done, recorded (nowhere to go), skipped, retrying, failed, pending, or not_run"}
    )
    target: str | None
    error: str | None
    at: datetime | None
    detail: dict[str, Any] = field(metadata={"help": "what its event in the timeline says"})


@dataclass(frozen=True, slots=True)
class ReceiptRule:
    """A rule that matched the message, as it was then."""

    rule_set: str
    rule: str
    recipients: tuple[str, ...]
    actions: list[ReceiptAction]


@dataclass(frozen=True, slots=True)
class Receipt:
    """How the message came, and what its rules have done with it."""

    ip: str
    helo: str
    rdns: str | None
    tls: bool
    mail_from: str
    recipients: tuple[str, ...]
    verdicts: Verdicts
    rules: list[ReceiptRule]


@routes.route("GET", "/messages/<message_id>/authentication", query=MessageFilter, answer=Authentication)
def get_authentication(parts: Parts, message_id: str, query: MessageFilter) -> Authentication:
    """DKIM, SPF and DMARC of the message."""
    with parts.mail_context(query.account, query.region) as ctx:
        found = authentication.of(ctx, filters.find(ctx, message_id, query))
    return Authentication(
        [SignatureResult(*each) for each in found.dkim],
        DomainResult(*found.spf),
        DomainResult(*found.dmarc),
        found.verdicts and Verdicts(*found.verdicts),
    )


@routes.route("GET", "/messages/<message_id>/receipt", query=MessageFilter, answer=Receipt)
def get_receipt(parts: Parts, message_id: str, query: MessageFilter) -> Receipt:
    """The rules that a received message matched, their actions, and what became of each."""
    with parts.context(query.account, query.region) as ctx:
        progress = receipt_progress.of(ctx, filters.find(ctx, message_id, query))
    if progress is None:
        raise Problem(404, "The message was not received, but sent.")
    facts = progress.facts
    rules = [
        ReceiptRule(each.rule.rule_set, each.rule.rule, each.rule.recipients, [_action(one) for one in each.actions])
        for each in progress.rules
    ]
    verdicts = Verdicts(*facts.verdicts)
    return Receipt(facts.ip, facts.helo, facts.rdns, facts.tls, facts.mail_from, facts.recipients, verdicts, rules)


def _action(each: receipt_progress.ActionProgress) -> ReceiptAction:
    said = each.detail
    members = dict(each.action.members)
    return ReceiptAction(
        each.action.type, members, each.outcome, said.get("target"), said.get("error"), each.at, dict(said)
    )
