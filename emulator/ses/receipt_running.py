"""Running rules: what they do with a received message, one action after another.

What needs nobody else is done in one go, for many messages together. An action that calls another service is work of
its own, in a lane that the message has to itself: a function that hangs holds up no other message. Either queues what
comes next, so order, stops and retries outlive a crash.

Source: developer guide (documented): what each action does and what stops the others, and that one that fails is
retried for four hours. Unverified: then the next one runs.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from emulator.context import Context
from emulator.outside import Outside, aws
from emulator.ses import receipt_calls, receipt_metrics, receipt_positions, receipt_steps, tasks
from emulator.ses.receipt_steps import Ran, Step
from emulator.ses.tasks import RunReceiptAction, RunReceiptRules
from emulator.store import messages as message_rows
from emulator.store import receipts as receipt_rows
from emulator.store.messages import Message
from emulator.store.receipts import Receipt

# Ours: a longer message has its actions run one by one, so that many messages together do not take much memory.
TOGETHER_BYTES = 256 * 1024
_MOST_TOLD = 1_000  # characters of what a function returned


class Run(NamedTuple):
    """What some actions in a row do to a message, each with where its rules stand behind it."""

    message: Message
    before: Receipt
    steps: list[tuple[Ran, Receipt]]


def start(ctx: Context, message: Message, receipt: Receipt) -> None:
    """The message's next action is queued, if it has one."""
    action = receipt_positions.next_action(receipt)
    if action is None:
        return
    task = (message.seq, message.id)
    if message.size_bytes <= TOGETHER_BYTES and not receipt_calls.leaves(ctx, action):
        tasks.add(ctx, RunReceiptRules(*task), message_seq=message.seq)
    else:
        tasks.add(ctx, RunReceiptAction(*task), lane=f"receipt {message.id}", message_seq=message.seq)


# ---- as far as no other service is needed


def prepare(ctx: Context, wanted: Sequence[RunReceiptRules]) -> list[Run]:
    """What the rules of the messages do until they need somebody else, worked out; nothing is written."""
    ids = {task.message_seq: task.message_id for task in wanted}
    receipts = {each.message_seq: each for each in receipt_rows.several(ctx.tx, list(ids))}
    messages = (each for each in message_rows.several(ctx.tx, list(receipts)) if each.id == ids[each.seq])
    return [_run(_at(ctx, message), message, receipts[message.seq]) for message in messages]


def apply(ctx: Context, runs: Sequence[Run]) -> None:
    """That is done, and what comes next is queued."""
    seqs = [run.message.seq for run in runs]
    now = {each.message_seq: each for each in receipt_rows.several(ctx.tx, seqs, lock=True)}
    for message, receipt, steps in runs:
        if now.get(message.seq) == receipt:  # else it is gone, or somebody was quicker
            here = _at(ctx, message)
            for ran, after in steps:
                _settle(here, ran, receipt, after)
                receipt = after
            _go_on(here, message, receipt)


def alone(ctx: Context, task: RunReceiptRules) -> None:
    """The next action is run by itself, so that it is known what fails: it is on record, and tried again."""
    lane = f"receipt {task.message_id}"
    tasks.add(ctx, RunReceiptAction(*task), lane=lane, message_seq=task.message_seq)


# ---- the steps of an action that calls another service


def load(ctx: Context, task: RunReceiptAction) -> Step | None:
    """The next action of the message; None where it is gone, or all of its rules have run."""
    found = _found(ctx, task)
    return receipt_steps.of(ctx, *found) if found else None


def send(outside: Outside, step: Step | None) -> Ran | None:
    """The other service did what it was told, if any was.

    Source: a function has 30 seconds, AWS's model. Unverified: one that takes longer, or fails, has the mail go on.
    """
    if step is None:
        return None
    call = step.call.call if step.call else None
    if call is None or step.refusal:
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
    if ran is None or receipt is None or receipt_positions.of(receipt) != ran.step.position:
        return
    after = receipt_positions.behind(receipt, ran.disposition)
    _settle(ctx, ran, receipt, after)
    _go_on(ctx, ran.step.message, after)


def failed(ctx: Context, task: RunReceiptAction, error: Exception, next_try: datetime | None) -> None:
    """The attempt is on record. After the last one the sender has a bounce, and the next action is queued."""
    receipt_rows.get(ctx.tx, task.message_seq, lock=True)
    found = _found(ctx, task)
    if found is None:
        return
    message, receipt, _ = found
    # What is no receiver's failure is a bug of ours, which may be met again by working out what was to be done.
    step = receipt_steps.of(ctx, *found) if isinstance(error, OSError) else receipt_steps.unprepared(ctx, *found)
    receipt_steps.attempted(ctx, step, str(error) or type(error).__name__, over=next_try is None)
    if next_try is None:
        after = receipt_positions.behind(receipt)
        receipt_metrics.went_on(ctx, message, receipt, after)
        _go_on(ctx, message, after)


# ---- within


def _found(ctx: Context, task: RunReceiptAction) -> tuple[Message, Receipt, bytes] | None:
    """The message, its receipt and the mail, as far as the next action needs it; None where there is none."""
    receipt = receipt_rows.get(ctx.tx, task.message_seq)
    action = receipt_positions.next_action(receipt) if receipt else None
    message = message_rows.of_seq(ctx.tx, task.message_seq) if action else None
    if receipt is None or action is None or message is None or message.id != task.message_id:
        return None
    return message, receipt, message_rows.raw(ctx.tx, message.seq) if receipt_steps.needs_mail(action) else b""


def _run(ctx: Context, message: Message, receipt: Receipt) -> Run:
    steps: list[tuple[Ran, Receipt]] = []
    left = (action for rule in receipt.plan[receipt.rule :] for action in rule.actions)
    mail = message_rows.raw(ctx.tx, message.seq) if any(map(receipt_steps.needs_mail, left)) else b""
    now = receipt
    while (action := receipt_positions.next_action(now)) and not receipt_calls.leaves(ctx, action):
        ran = Ran(receipt_steps.of(ctx, message, now, mail))
        now = receipt_positions.behind(now)
        steps.append((ran, now))
    return Run(message, receipt, steps)


def _settle(ctx: Context, ran: Ran, before: Receipt, after: Receipt) -> None:
    receipt_steps.settle(ctx, ran)
    receipt_metrics.went_on(ctx, ran.step.message, before, after)


def _go_on(ctx: Context, message: Message, receipt: Receipt) -> None:
    """The rules stand there, and the next action, if there is any, is queued."""
    receipt_rows.proceed(ctx.tx, message.seq, receipt.rule, receipt.action, receipt.added_headers)
    start(ctx, message, receipt)


def _at(ctx: Context, message: Message) -> Context:
    return ctx._replace(account_id=message.account_id, region=message.region)
