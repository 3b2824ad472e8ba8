"""Which function does which task.

Inside tasks are applied in the transaction that takes them off the queue: exactly once. Outside tasks have three steps,
`load`, `send` with no transaction open, and `settle`, or else `failed`: at least once.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from emulator.context import Context
from emulator.outside import Outside, keys
from emulator.ses import delivery, dkim, dns, loopback, proofs, publications, relaying, tasks


class InsideHandler(NamedTuple):
    """The two steps of a task that only changes rows: the slow one before the write lock is held, the other with it.

    What fails is tried again, unless there is something to do instead.
    """

    prepare: Callable[[Context, Sequence[Any]], Any]
    apply: Callable[[Context, Any], None]
    instead: Callable[[Context, Any], None] | None = None


class OutsideHandler(NamedTuple):
    """The three steps of a task that reaches out, or takes long, and what becomes of one that failed.

    An OSError out of `load` or `send` says that the receiver is down, and all of the lane waits; any other exception
    is the task's own. What was sent shortly one after another is settled together, so the next `load` may come before
    that. A `send` takes 40 seconds at most.
    """

    load: Callable[[Context, Any], Any]
    send: Callable[[Outside, Any], Any]
    settle: Callable[[Context, Any, Any], None]
    failed: Callable[[Context, Any, Exception, datetime | None], None] | None = None  # with the next try, if any
    next_try: Callable[[int, datetime], datetime | None] = tasks.next_try  # after that many failures


def _look_up(outside: Outside, places: Sequence[dns.Place]) -> dict[dns.Place, list[str] | None]:
    return {place: outside.resolver.ask(place.name, place.type) for place in places}


def _remember(ctx: Context, task: tasks.LookUpRecords, answers: dict[dns.Place, list[str] | None]) -> None:
    for place, values in answers.items():
        if values is not None:  # no answer is no news
            dns.remember_answers(ctx, place, values)
    proofs.look_again(ctx, task)


def _tokens_without_key(ctx: Context, task: tasks.GenerateDkimKeys) -> list[str]:
    return dkim.tokens_without_key(ctx, task.domain)


def _generate(_outside: Outside, tokens: list[str]) -> dict[str, keys.KeyPair]:
    return {token: keys.rsa() for token in tokens}


def _keep_keys(ctx: Context, task: tasks.GenerateDkimKeys, pairs: dict[str, keys.KeyPair]) -> None:
    dkim.keep_keys(ctx, task.domain, pairs)


def _compose(ctx: Context, wanted: Sequence[tasks.RenderMessage]) -> object:
    from emulator.ses import composition  # with all that renders: not before there is a template

    return composition.prepare(ctx, wanted)


def _keep_composed(ctx: Context, results: Any) -> None:
    from emulator.ses import composition

    composition.apply(ctx, results)


def _announce(ctx: Context, wanted: Sequence[tasks.AnnounceEvent]) -> object:
    from emulator.ses import announcing  # with all that tells of events: not before there is somebody to tell

    return announcing.prepare(ctx, wanted)


def _announced(ctx: Context, announcements: Any) -> None:
    from emulator.ses import announcing

    announcing.apply(ctx, announcements)


def _as_looked_at(_outside: Outside, reception: object) -> object:
    return reception  # a resolver was asked already, in a context that holds nothing


def _run_rules(ctx: Context, wanted: Sequence[tasks.RunReceiptRules]) -> object:
    from emulator.ses import receipt_running  # with all that reads and tells of mail: not before some was received

    return receipt_running.prepare(ctx, wanted)


def _rules_ran(ctx: Context, runs: Any) -> None:
    from emulator.ses import receipt_running

    receipt_running.apply(ctx, runs)


def _run_alone(ctx: Context, task: tasks.RunReceiptRules) -> None:
    from emulator.ses import receipt_running

    receipt_running.alone(ctx, task)


def _next_action(ctx: Context, task: tasks.RunReceiptAction) -> Any:
    from emulator.ses import receipt_running

    return receipt_running.load(ctx, task)


def _run_action(outside: Outside, step: Any) -> Any:
    from emulator.ses import receipt_running

    return receipt_running.send(outside, step)


def _action_ran(ctx: Context, task: tasks.RunReceiptAction, ran: Any) -> None:
    from emulator.ses import receipt_running

    receipt_running.settle(ctx, task, ran)


def _action_failed(ctx: Context, task: tasks.RunReceiptAction, error: Exception, next_try: datetime | None) -> None:
    from emulator.ses import receipt_running

    receipt_running.failed(ctx, task, error, next_try)


INSIDE: dict[type[tasks.Task], InsideHandler] = {
    tasks.DeliverMessage: InsideHandler(delivery.prepare, delivery.deliver),
    tasks.RenderMessage: InsideHandler(_compose, _keep_composed),
    tasks.AnnounceEvent: InsideHandler(_announce, _announced),
    tasks.RunReceiptRules: InsideHandler(_run_rules, _rules_ran, _run_alone),
}
OUTSIDE: dict[type[tasks.Task], OutsideHandler] = {
    tasks.LookUpRecords: OutsideHandler(proofs.places, _look_up, _remember),
    tasks.GenerateDkimKeys: OutsideHandler(_tokens_without_key, _generate, _keep_keys),
    tasks.RelayMessage: OutsideHandler(relaying.load, relaying.send, relaying.settle),
    tasks.ReceiveInside: OutsideHandler(loopback.load, _as_looked_at, loopback.settle),
    tasks.Publish: OutsideHandler(publications.load_call, publications.send, publications.settle, publications.failed),
    tasks.PostToWebhook: OutsideHandler(
        publications.load_post,
        publications.send,
        publications.settle,
        publications.failed,
        publications.next_webhook_try,
    ),
    tasks.RunReceiptAction: OutsideHandler(
        _next_action, _run_action, _action_ran, _action_failed, tasks.next_action_try
    ),
}
