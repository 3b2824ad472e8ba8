"""Running rules: what they do with a received message, one action after another.

Each action is work of its own, and settling it queues the next, so order, stops and retries outlive a crash. A message
has a lane to itself: a function that hangs holds up no other message.

Source: developer guide (documented): what each action does and what stops the others, and that one that fails is
retried for four hours. Unverified: then the next one runs.
"""

from datetime import datetime

from emulator.context import Context
from emulator.outside import Outside, aws
from emulator.ses import receipt_calls, receipt_documents, receipt_steps, tasks
from emulator.ses.receipt_calls import STOP_RULE, STOP_RULE_SET
from emulator.ses.receipt_documents import Reception
from emulator.ses.receipt_steps import Position, Ran, Step
from emulator.ses.tasks import RunReceiptAction
from emulator.store import messages as message_rows
from emulator.store import receipts as receipt_rows
from emulator.store.messages import Message
from emulator.store.receipts import Receipt

_OF_MAIL = ("S3Action", "SNSAction", "LambdaAction", "BounceAction")  # they need it
_MOST_TOLD = 1_000  # characters of what a function returned


# ---- the steps of the work


def load(ctx: Context, task: RunReceiptAction) -> Step | None:
    """The next action of the message; None where it is gone, or all of its rules have run."""
    receipt = receipt_rows.get(ctx.tx, task.message_seq)
    position = _position(receipt) if receipt else None
    message = message_rows.of_seq(ctx.tx, task.message_seq) if position else None
    if receipt is None or position is None or message is None or message.id != task.message_id:
        return None
    rule = receipt.plan[position.rule]
    action = rule.actions[position.action]
    alerts = "TopicArn" in action.members and action.type != "SNSAction"
    mail = message_rows.raw(ctx.tx, message.seq) if alerts or action.type in _OF_MAIL else b""
    mail = receipt_documents.topped(mail, receipt.added_headers)
    reception = Reception(message, receipt.facts, rule, mail, ctx.now)
    alert = receipt_calls.notification(reception, action) if alerts else None
    return Step(reception, position, action, receipt_calls.of(ctx, reception, action), alert)


def send(outside: Outside, step: Step | None) -> Ran | None:
    """The other service did what it was told, if any was.

    Source: a function has 30 seconds, AWS's model. Unverified: one that takes longer, or fails, has the mail go on.
    """
    if step is None:
        return None
    call = step.call.call if step.call else None
    if call is None or receipt_steps.is_too_long(step):
        return Ran(step)
    try:
        returned = receipt_calls.make(outside, call)
    except aws.TimedOut as error:
        if not step.waits:
            raise
        return Ran(step, str(error))
    if returned is None or not step.waits:
        return Ran(step)
    text = returned.payload.decode("utf-8", "replace")[:_MOST_TOLD]
    if returned.error:
        return Ran(step, f"{returned.error}: {text}", returned=text)
    return Ran(step, None, receipt_calls.disposition(returned), text)


def settle(ctx: Context, task: RunReceiptAction, ran: Ran | None) -> None:
    """The action is in the message's timeline, with all that it did, and the next one is queued."""
    receipt = receipt_rows.get(ctx.tx, task.message_seq, lock=True)
    if ran is None or receipt is None or _position(receipt) != ran.step.position:
        return
    receipt_steps.settle(ctx, ran)
    _proceed(ctx, receipt, ran)


def failed(ctx: Context, task: RunReceiptAction, error: Exception, next_try: datetime | None) -> None:
    """The attempt is on record. After the last one the sender has a bounce, and the next action is queued."""
    receipt = receipt_rows.get(ctx.tx, task.message_seq, lock=True)
    step = load(ctx, task)
    if receipt is None or step is None:
        return
    receipt_steps.attempted(ctx, step, str(error) or type(error).__name__, over=next_try is None)
    if next_try is None:
        _proceed(ctx, receipt, Ran(step))


# ---- where the rules stand


def _position(receipt: Receipt) -> Position | None:
    """Which action is next, as rules may have none; None after the last."""
    rule, action = receipt.rule, receipt.action
    while rule < len(receipt.plan):
        if action < len(receipt.plan[rule].actions):
            return Position(rule, action)
        rule, action = rule + 1, 0
    return None


def _proceed(ctx: Context, receipt: Receipt, ran: Ran) -> None:
    """The action lies behind, and the next one, if there is any, is queued."""
    position, action = ran.step.position, ran.step.action
    if action.type == "StopAction" or ran.disposition == STOP_RULE_SET:
        rule, number = len(receipt.plan), 0
    elif ran.disposition == STOP_RULE:
        rule, number = position.rule + 1, 0
    else:
        rule, number = position.rule, position.action + 1
    added = receipt.added_headers
    if action.type == "AddHeaderAction":
        added += ((action.members["HeaderName"], action.members["HeaderValue"]),)
    receipt_rows.proceed(ctx.tx, receipt.message_seq, rule, number, added)
    if _position(receipt._replace(rule=rule, action=number)):
        _start(ctx, ran.step.message)


def _start(ctx: Context, message: Message) -> None:
    """The next action of the message's rules is queued."""
    tasks.add(ctx, RunReceiptAction(message.seq, message.id), lane=f"receipt {message.id}", message_seq=message.seq)
