"""Seeds become the state: all that is in their files, or nothing of it."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from emulator.context import Context, Contexts
from emulator.outside import aws
from emulator.seed import (
    accounts,
    configuration_sets,
    custom_verification_templates,
    dns_records,
    faults,
    identity_states,
    receipt_filters,
    receipt_rule_sets,
    recipients,
    suppression,
    templates,
)
from emulator.seed.format import DEFAULT_REGION, Part, Seed
from emulator.seed.members import UNSAID, Thing, merged
from emulator.ses import questions
from emulator.store import instance


class Scope(NamedTuple):
    """An account, or all; and a region of it, or all."""

    account_id: str | None = None
    region: str | None = None

    @property
    def is_all(self) -> bool:
        """Whether nothing is left out."""
        return self.account_id is None and self.region is None


ALL = Scope()


class Seeded(NamedTuple):
    """How many things a seed speaks of, and how many of them were not so before."""

    things: int
    changed: int

    def plus(self, things: int, changed: int) -> "Seeded":
        """With some more."""
        return Seeded(self.things + things, self.changed + changed)


class _Noun(NamedTuple):
    """How things of a kind are found, and put there."""

    find: Callable[[Context, Any], Any]
    put: Callable[[Context, Any, Any], None]


# After identities, as some of them need a verified one.
_NOUNS = {
    "templates": _Noun(templates.find, templates.put),
    "custom_verification_templates": _Noun(custom_verification_templates.find, custom_verification_templates.put),
    "receipt_filters": _Noun(receipt_filters.find, receipt_filters.put),
    "receipt_rule_sets": _Noun(receipt_rule_sets.find, receipt_rule_sets.put),
    "suppression": _Noun(suppression.find, suppression.put),
    "recipients": _Noun(recipients.find, recipients.put),
}


def apply(
    contexts: Contexts,
    seeds: Sequence[Seed],
    account_id: str,
    region: str = DEFAULT_REGION,
    *,
    only: Scope = ALL,
    first: Callable[[Context], None] | None = None,
) -> Seeded:
    """All that the seeds say is so, in one transaction, after what comes `first` in it; SeedError, and nothing is.

    What names no account and region is of those given; of the others nothing is applied where `only` some are wanted.
    """
    answers: dict[aws.Call, aws.Answer] = {}
    while True:
        try:
            with contexts.open(account_id, region, write=True, answers=answers) as ctx:
                if first:
                    first(ctx)
                ctx.tx.changed()  # before the look: of two servers that start, the second finds what the first made
                ctx = ctx._replace(now=instance.get(ctx.tx).emulated(ctx.outside.clock.wall()))
                return _seeded(ctx, seeds, only)
        except questions.Unanswered as unanswered:
            answers[unanswered.call] = questions.answer(contexts.outside, unanswered.call)


def _seeded(ctx: Context, seeds: Sequence[Seed], only: Scope) -> Seeded:
    seeded = Seeded(0, 0)
    for seed in seeds:
        if only.is_all:
            seeded = _all(ctx, seeded, _Noun(dns_records.find, dns_records.put), seed.dns_records)
        for each in (seed, *seed.accounts):
            here = ctx._replace(
                account_id=each.account or seed.account or ctx.account_id,
                region=each.region or seed.region or ctx.region,
            )
            if only.account_id in (None, here.account_id) and only.region in (None, here.region):
                seeded = _part(here, seeded, each, only)
        wanted = [each for each in seed.faults if only.is_all or Scope(each.account, each.region) == only]
        seeded = _all(ctx, seeded, _Noun(faults.find, faults.put), wanted)
    return seeded


def _part(ctx: Context, seeded: Seeded, part: Part, only: Scope) -> Seeded:
    """Settings first, as they say whether identities verify by themselves."""
    if part.account_settings is not UNSAID:
        seeded = _all(ctx, seeded, _Noun(accounts.find, accounts.put), [part.account_settings])
    changed = identity_states.put(ctx, part.identities)
    seeded = _all(ctx, seeded, _Noun(configuration_sets.find, configuration_sets.put), part.configuration_sets)
    changed |= {each.identity for each in part.identities if identity_states.put_configuration_set(ctx, each)}
    seeded = seeded.plus(len(part.identities), len(changed))
    for name, noun in _NOUNS.items():
        seeded = _all(ctx, seeded, noun, list(_wanted(getattr(part, name), only)))
    return seeded


def _wanted(things: Sequence[Thing], only: Scope) -> Iterator[Thing]:
    """Without what all accounts share, where one alone is seeded."""
    for each in things:
        if only.is_all or not (isinstance(each, suppression.SuppressedAddress) and each.list == suppression.GLOBAL):
            yield each


def _all(ctx: Context, seeded: Seeded, noun: _Noun, things: Sequence[Thing]) -> Seeded:
    changed = 0
    for wanted in things:
        found = noun.find(ctx, wanted)
        if found is None or merged(found, wanted) != found:
            noun.put(ctx, wanted, found)
            changed += 1
    return seeded.plus(len(things), changed)
