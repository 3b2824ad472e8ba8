"""What CloudWatch counts of received mail, by rule and by rule set. Ours: only where there is a CloudWatch.

Source: developer guide (documented): names and dimensions, what is counted, and that all sets that are active count
together too. Unverified: the unit; that an attempt which is the last counts as a failure as well.
"""

from collections.abc import Iterable, Iterator

from emulator.context import Context
from emulator.publishing import cloudwatch
from emulator.ses import publications, receipt_positions
from emulator.store import events as event_rows
from emulator.store.messages import Message
from emulator.store.receipts import PlannedRule, Receipt

CHANNEL = "metrics"
RECEIVED, SUCCESS, FAILURE, EXPIRED = "Received", "PublishSuccess", "PublishFailure", "PublishExpired"
RULE, RULE_SET = "RuleName", "RuleSetName"
ANY_SET = "[Active]"

_Count = tuple[str, str, str]  # a metric, the name of its dimension, the value of that


def received(ctx: Context, message: Message, receipt: Receipt) -> None:
    """The message counts for each rule that will run, and for their set. Rules without actions have run already."""
    if not _is_there(ctx) or not receipt.plan:
        return
    name = receipt.plan[0].rule_set
    counts = [*_of_set(RECEIVED, name), *((RECEIVED, RULE, rule.rule) for rule in receipt.plan)]
    _count(ctx, message, name, [*counts, *_successes(receipt, receipt_positions.ended(receipt), receipt, ())])


def went_on(ctx: Context, message: Message, receipt: Receipt, after: Receipt) -> None:
    """Each rule that ended with its next action, behind which the receipt is that, counts if nothing failed in it.

    With the last one the set does, if nothing failed in any.
    """
    ended = receipt_positions.ended(receipt, after)
    if not _is_there(ctx) or not ended:
        return
    happened = event_rows.of_message(ctx.tx, message.seq)
    failed = {each.detail["rule"] for each in happened if each.detail.get("outcome") == receipt_positions.FAILED}
    _count(ctx, message, receipt.plan[0].rule_set, list(_successes(receipt, ended, after, failed)))


def failed(
    ctx: Context, message: Message, rule: PlannedRule, event_seq: int, *, rule_over: bool, set_over: bool
) -> None:
    """An attempt failed; it was the rule's last, or the set's."""
    if not _is_there(ctx):
        return
    counts = [(FAILURE, RULE, rule.rule), *_of_set(FAILURE, rule.rule_set)]
    counts += [(EXPIRED, RULE, rule.rule)] if rule_over else []
    counts += _of_set(EXPIRED, rule.rule_set) if set_over else []
    _count(ctx, message, f"{rule.rule_set}/{rule.rule}", counts, event_seq)


def _successes(receipt: Receipt, ended: Iterable[int], after: Receipt, failed: Iterable[str]) -> Iterator[_Count]:
    bad = set(failed)
    for index in ended:
        if receipt.plan[index].rule not in bad:
            yield SUCCESS, RULE, receipt.plan[index].rule
    if receipt_positions.of(after) is None and not bad:
        yield from _of_set(SUCCESS, receipt.plan[0].rule_set)


def _of_set(metric: str, name: str) -> list[_Count]:
    return [(metric, RULE_SET, each) for each in (name, ANY_SET)]


def _count(ctx: Context, message: Message, name: str, counts: list[_Count], event_seq: int | None = None) -> None:
    if not counts:
        return
    data = [
        datum
        for metric, dimension, value in counts
        for datum in cloudwatch.event(metric, [(dimension, value)], ctx.now)["MetricData"]
    ]
    publications.record(
        ctx,
        channel=CHANNEL,
        name=name,
        service=cloudwatch.SERVICE,
        target=cloudwatch.NAMESPACE,
        content={cloudwatch.TARGET: cloudwatch.NAMESPACE, "MetricData": data},
        message_seq=message.seq,
        event_seq=event_seq,
    )


def _is_there(ctx: Context) -> bool:
    return ctx.outside.aws.endpoint(cloudwatch.SERVICE) is not None
