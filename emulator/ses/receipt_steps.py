"""One action of a rule: what it is about to do to a message, what it did, and the event that says so.

Source: developer guide (documented): what each action does; that mail which is too long for a topic bounces, and mail
with more than ten attachments that is for Connect, AWS's model.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from emulator.context import Context
from emulator.ses import (
    bounce_reports,
    events,
    limits,
    mailbox,
    publications,
    receipt_actions,
    receipt_calls,
    receipt_documents,
    receipt_metrics,
    receipt_positions,
)
from emulator.ses.bounce_reports import Report
from emulator.ses.receipt_calls import Place, ReceiptCall
from emulator.ses.receipt_documents import Reception
from emulator.ses.receipt_positions import CONTINUE, DONE, FAILED, RECORDED, RETRYING, SKIPPED, Position
from emulator.store import events as event_rows
from emulator.store.events import Event
from emulator.store.messages import Message
from emulator.store.publications import DEAD, PENDING
from emulator.store.receipt_rules import Action
from emulator.store.receipts import Receipt

_OF_MAIL = ("S3Action", "SNSAction", "LambdaAction", "BounceAction")  # they need it
# Whom an action is about.
_TARGETS = {
    "SNSAction": "TopicArn",
    "LambdaAction": "FunctionArn",
    "WorkmailAction": "OrganizationArn",
    "ConnectAction": "InstanceARN",
    "AddHeaderAction": "HeaderName",
}


class Step(NamedTuple):
    """An action to run on a message: what it says to another service, and to a topic afterwards.

    Where it does not take the message, `refusal` says why, as an SMTP server would; the sender has the bounce.
    """

    reception: Reception
    position: Position
    action: Action
    call: ReceiptCall | None
    alert: Mapping[str, Any] | None
    refusal: str | None
    bounce: Report | None

    @property
    def message(self) -> Message:
        """Whose it is."""
        return self.reception.message

    @property
    def rule_name(self) -> str:
        """The rule's, and its set's."""
        return f"{self.reception.rule.rule_set}/{self.reception.rule.rule}"

    @property
    def waits(self) -> bool:
        """Whether what a function returns is waited for."""
        return self.action.members.get("InvocationType") == receipt_calls.SYNCHRONOUS


class Ran(NamedTuple):
    """How it went, what becomes of the mail, and what a function returned."""

    step: Step
    error: str | None = None
    disposition: str = CONTINUE
    returned: str | None = None


def needs_mail(action: Action) -> bool:
    """Whether the action, or the alert about it, is about what the message says."""
    return action.type in _OF_MAIL or _alerts(action)


def of(ctx: Context, message: Message, receipt: Receipt, mail: bytes) -> Step:
    """The next action of the message, all of which is worked out; the mail is as it was received."""
    bare = unprepared(ctx, message, receipt, mail)
    reception, action = bare.reception, bare.action
    call = receipt_calls.of(ctx, reception, action)
    refusal = _refusal(ctx, reception, action, call)
    alert = receipt_calls.notification(reception, action) if _alerts(action) else None
    return bare._replace(call=call, alert=alert, refusal=refusal, bounce=_bounce(ctx, reception, action, refusal))


def unprepared(ctx: Context, message: Message, receipt: Receipt, mail: bytes) -> Step:
    """The same without all that has to be worked out, in case that this is what fails."""
    at = receipt_positions.of(receipt)
    if at is None:
        raise LookupError("all of the message's rules have run")
    rule = receipt.plan[at.rule]
    reception = Reception(message, receipt.facts, rule, receipt_documents.topped(mail, receipt.added_headers), ctx.now)
    return Step(reception, at, rule.actions[at.action], None, None, None, None)


def settle(ctx: Context, ran: Ran) -> None:
    """The timeline says what the action did, and its topic is told, where it has one."""
    step, alert = ran.step, ran.step.alert
    settle_it = _settle_refusal if step.refusal else _EFFECTS.get(step.action.type, _settle_call)
    event_seq = settle_it(ctx, ran)
    if step.refusal or ran.error:
        receipt_metrics.failed(ctx, step.message, step.reception.rule, event_seq, rule_over=False, set_over=True)
    if alert and not ran.error:
        publications.record(
            ctx,
            channel=receipt_calls.CHANNEL,
            name=step.rule_name,
            service=receipt_calls.TOPICS,
            target=alert["TopicArn"],
            content=alert,
            message_seq=step.message.seq,
            event_seq=event_seq,
        )


def attempted(ctx: Context, step: Step, error: str, *, over: bool) -> None:
    """The action failed; it is tried again, or it is over and the message's sender has a bounce."""
    event_seq = _failing_since(ctx, step) or _note(ctx, step, RETRYING, error)
    if step.call:
        before = receipt_calls.tried_before(ctx, event_seq)
        place = Place(step.rule_name, step.message.seq, event_seq)
        receipt_calls.attempted(ctx, step.call, place, before, DEAD if over else PENDING, error)
    if over:
        message, _, rule, mail, _ = step.reception
        reply, text = bounce_reports.GIVEN_UP_REPLY, bounce_reports.GIVEN_UP
        report = bounce_reports.of(ctx, message, mail, rule.recipients, reply, explanation=text)
        event_seq = _note(ctx, step, FAILED, error, bounce_message_id=bounce_reports.keep(ctx, report))
    receipt_metrics.failed(ctx, step.message, step.reception.rule, event_seq, rule_over=over, set_over=over)


# ---- what actions do, and the event in the timeline that says so


def _settle_call(ctx: Context, ran: Ran) -> int:
    """The call, if there was one, is on record."""
    step, call = ran.step, ran.step.call
    if call is None:  # it is a matter of SES alone
        return _note(ctx, step, DONE, None)
    since = _failing_since(ctx, step) if call.call else None
    before = receipt_calls.tried_before(ctx, since) if since else None
    outcome = FAILED if ran.error else DONE if call.call else RECORDED
    more = {"disposition": ran.disposition, "returned": ran.returned} if step.waits else {}
    event_seq = _note(ctx, step, outcome, ran.error, **more)
    place = Place(step.rule_name, step.message.seq, event_seq)
    if ran.error:
        receipt_calls.attempted(ctx, call, place, before, DEAD, ran.error)
    else:
        receipt_calls.done(ctx, call, place, before)
    return event_seq


def _settle_refusal(ctx: Context, ran: Ran) -> int:
    bounced = bounce_reports.keep(ctx, ran.step.bounce)
    return _note(ctx, ran.step, FAILED, ran.step.refusal, bounce_message_id=bounced)


def _settle_bounce(ctx: Context, ran: Ran) -> int:
    bounced = bounce_reports.keep(ctx, ran.step.bounce)
    if bounced is None:
        return _note(ctx, ran.step, SKIPPED, "the message has no sender to tell")
    return _note(ctx, ran.step, DONE, None, bounce_message_id=bounced)


def _note_recorded(ctx: Context, ran: Ran) -> int:
    return _note(ctx, ran.step, RECORDED, None)


_EFFECTS: Mapping[str, Callable[[Context, Ran], int]] = {
    "BounceAction": _settle_bounce,
    "WorkmailAction": _note_recorded,
    "ConnectAction": _note_recorded,
}


# ---- within


def _alerts(action: Action) -> bool:
    """Whether a topic is told that the action ran; the one of an SNS action has the mail itself."""
    return "TopicArn" in action.members and action.type != "SNSAction"


def _refusal(ctx: Context, reception: Reception, action: Action, call: ReceiptCall | None) -> str | None:
    if call and receipt_calls.too_long(reception, call):
        return bounce_reports.TOO_LONG
    if action.type == "ConnectAction":
        attachments = mailbox.read(ctx, reception.message).attachments
        return bounce_reports.TOO_MANY_ATTACHMENTS if len(attachments) > limits.ATTACHMENTS_FOR_CONNECT else None
    return None


def _bounce(ctx: Context, reception: Reception, action: Action, refusal: str | None) -> Report | None:
    """The bounce to the message's sender, if there is to be one and the message has a sender."""
    message, _, rule, mail, _ = reception
    if refusal:
        return bounce_reports.of(ctx, message, mail, rule.recipients, refusal)
    if action.type != "BounceAction":
        return None
    said = action.members
    reply = " ".join(said[name] for name in ("SmtpReplyCode", "StatusCode", "Message") if name in said)
    return bounce_reports.of(ctx, message, mail, rule.recipients, reply, sender=said["Sender"])


def _note(ctx: Context, step: Step, outcome: str, error: str | None, **more: Any) -> int:
    rule = step.reception.rule
    detail = {
        "rule_set": rule.rule_set,
        "rule": rule.rule,
        "action": step.action.type.removesuffix("Action"),
        "outcome": outcome,
        "target": _target(step),
        "error": error,
        **more,
    }
    if "KmsKeyArn" in step.action.members:  # ours: that the object is not encrypted with it, and which one it was
        detail["kms_key"] = step.action.members["KmsKeyArn"]
    return event_rows.insert(ctx.tx, Event(step.message.seq, events.RECEIPT_ACTION, rule.recipients, detail, ctx.now))


def _failing_since(ctx: Context, step: Step) -> int | None:
    """The event that says that the action fails yet."""
    timeline = event_rows.of_message(ctx.tx, step.message.seq)
    last = next((each for each in reversed(timeline) if each.type == events.RECEIPT_ACTION), None)
    return last.seq if last and last.detail["outcome"] == RETRYING else None


def _target(step: Step) -> str | None:
    members = step.action.members
    match step.action.type:
        case "S3Action":
            key = receipt_actions.object_key(members.get("ObjectKeyPrefix", ""), step.message.id)
            return f"arn:aws:s3:::{members['BucketName']}/{key}"
        case "BounceAction":
            return step.message.source
        case kind:
            return members.get(_TARGETS.get(kind, ""))
