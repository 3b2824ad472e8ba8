"""Which function does which task.

Inside tasks are applied in the transaction that takes them off the queue: exactly once. Outside tasks have three steps,
`load`, `send` with no transaction open, and `settle`: at least once.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from emulator.context import Context
from emulator.outside import Outside
from emulator.ses import delivery, dns, identities, tasks


class InsideHandler(NamedTuple):
    """The two steps of a task that only changes rows: the slow one before the write lock is held, the other with it."""

    prepare: Callable[[Context, Sequence[Any]], Any]
    apply: Callable[[Context, Any], None]


class OutsideHandler(NamedTuple):
    """The three steps of a task that reaches out, or takes long."""

    load: Callable[[Context, Any], Any]
    send: Callable[[Outside, Any], Any]
    settle: Callable[[Context, Any, Any], None]


def _load_domain(_ctx: Context, task: tasks.LookUpDomain) -> tuple[str, ...]:
    return (f"_amazonses.{task.domain}", task.domain)


def _look_up(outside: Outside, names: tuple[str, ...]) -> dict[str, list[str] | None]:
    return {name: outside.resolver.txt(name) for name in names}


def _settle_domain(ctx: Context, task: tasks.LookUpDomain, answers: dict[str, list[str] | None]) -> None:
    for name, values in answers.items():
        if values is not None:  # no answer is no news
            dns.remember_answers(ctx, name, values)
    wait = identities.look_up_again_after(ctx, task.domain)
    if wait is not None:
        tasks.add(ctx, task, ctx.now + wait)


INSIDE: dict[type[tasks.Task], InsideHandler] = {
    tasks.DeliverMessage: InsideHandler(delivery.prepare, delivery.deliver),
}
OUTSIDE: dict[type[tasks.Task], OutsideHandler] = {
    tasks.LookUpDomain: OutsideHandler(_load_domain, _look_up, _settle_domain),
}
