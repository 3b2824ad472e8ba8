"""Which function does which task.

Inside tasks are applied in the transaction that takes them off the queue: exactly once. Outside tasks have three steps,
`load`, `send` with no transaction open, and `settle`: at least once.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from emulator.context import Context
from emulator.outside import Outside, keys
from emulator.ses import delivery, dkim, dns, proofs, relaying, tasks


class InsideHandler(NamedTuple):
    """The two steps of a task that only changes rows: the slow one before the write lock is held, the other with it."""

    prepare: Callable[[Context, Sequence[Any]], Any]
    apply: Callable[[Context, Any], None]


class OutsideHandler(NamedTuple):
    """The three steps of a task that reaches out, or takes long."""

    load: Callable[[Context, Any], Any]
    send: Callable[[Outside, Any], Any]
    settle: Callable[[Context, Any, Any], None]


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


INSIDE: dict[type[tasks.Task], InsideHandler] = {
    tasks.DeliverMessage: InsideHandler(delivery.prepare, delivery.deliver),
    tasks.RenderMessage: InsideHandler(_compose, _keep_composed),
}
OUTSIDE: dict[type[tasks.Task], OutsideHandler] = {
    tasks.LookUpRecords: OutsideHandler(proofs.places, _look_up, _remember),
    tasks.GenerateDkimKeys: OutsideHandler(_tokens_without_key, _generate, _keep_keys),
    tasks.RelayMessage: OutsideHandler(relaying.load, relaying.send, relaying.settle),
}
