"""One action of a rule: what it is about to do to a message, what it did, and the event that says so.

Source: developer guide (documented): what each action does.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from emulator.context import Context
from emulator.ses import bounce_reports, events, publications, receipt_actions, receipt_calls
from emulator.ses.receipt_calls import CONTINUE, Place, ReceiptCall
from emulator.ses.receipt_documents import Reception
from emulator.store import events as event_rows
from emulator.store.events import Event
from emulator.store.messages import Message
from emulator.store.publications import DEAD, PENDING
from emulator.store.receipt_rules import Action

# What became of an action: it was done, kept as there was nowhere to go, passed over, fails yet, or failed.
DONE, RECORDED, SKIPPED, RETRYING, FAILED = "done", "recorded", "skipped", "retrying", "failed"
# Whom an action is about.
_TARGETS = {
    "SNSAction": "TopicArn",
    "LambdaAction": "FunctionArn",
    "WorkmailAction": "OrganizationArn",
    "ConnectAction": "InstanceARN",
    "AddHeaderAction": "HeaderName",
}


class Position(NamedTuple):
    """Which action of which rule of the plan."""

    rule: int
    action: int


class Step(NamedTuple):
    """An action to run on a message: what it says to another service, and to a topic afterwards."""

    reception: Reception
    position: Position
    action: Action
    call: ReceiptCall | None
    alert: Mapping[str, Any] | None

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


def is_too_long(step: Step) -> bool:
    """Whether the action's topic takes no mail of that length."""
    return step.call is not None and receipt_calls.too_long(step.reception, step.call)


def settle(ctx: Context, ran: Ran) -> None:
    """The timeline says what the action did, and its topic is told, where it has one."""
    event_seq = _EFFECTS.get(ran.step.action.type, _call)(ctx, ran)
    alert = ran.step.alert
    if alert and ran.error is None:
        publications.record(
            ctx,
            channel=receipt_calls.CHANNEL,
            name=ran.step.rule_name,
            service=receipt_calls.TOPICS,
            target=alert["TopicArn"],
            content=alert,
            message_seq=ran.step.message.seq,
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
        bounced = _report(ctx, step, bounce_reports.GIVEN_UP_REPLY, explanation=bounce_reports.GIVEN_UP)
        _note(ctx, step, FAILED, error, bounce_message_id=bounced)


# ---- what actions do, and the event in the timeline that says so


def _call(ctx: Context, ran: Ran) -> int:
    """The call, if there was one, is on record. Source: mail that is too long for a topic bounces, documented."""
    step, call = ran.step, ran.step.call
    if call is None:  # it is a matter of SES alone
        return _note(ctx, step, DONE, None)
    if is_too_long(step):
        bounced = _report(ctx, step, bounce_reports.TOO_LONG)
        return _note(ctx, step, FAILED, bounce_reports.TOO_LONG, bounce_message_id=bounced)
    since = _failing_since(ctx, step)
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


def _bounce(ctx: Context, ran: Ran) -> int:
    said = ran.step.action.members
    reply = " ".join(said[name] for name in ("SmtpReplyCode", "StatusCode", "Message") if name in said)
    bounced = _report(ctx, ran.step, reply, sender=said["Sender"])
    if bounced is None:
        return _note(ctx, ran.step, SKIPPED, "the message has no sender to tell")
    return _note(ctx, ran.step, DONE, None, bounce_message_id=bounced)


def _note_recorded(ctx: Context, ran: Ran) -> int:
    return _note(ctx, ran.step, RECORDED, None)


_EFFECTS: Mapping[str, Callable[[Context, Ran], int]] = {
    "BounceAction": _bounce,
    "WorkmailAction": _note_recorded,
    "ConnectAction": _note_recorded,
}


def _report(
    ctx: Context, step: Step, reply: str, *, sender: str | None = None, explanation: str | None = None
) -> str | None:
    """The bounce to the message's sender, if it has one."""
    message, _, rule, mail, _ = step.reception
    return bounce_reports.keep(ctx, message, mail, rule.recipients, reply, sender=sender, explanation=explanation)


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
