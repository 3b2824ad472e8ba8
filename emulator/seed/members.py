"""What the classes of the format say of their members, in one place for who reads, describes and writes them.

A member's name is in snake case; AWS's own spelling of it, `aws` where that is another word, is understood as well.
"""

import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from functools import cache
from typing import Any, ClassVar, NamedTuple, Self, Union, get_args, get_origin, get_type_hints

from emulator.seed.flaws import NOWHERE, Place
from emulator.wire import model

UNSAID: Any = object()  # what is not said stays as it is


class Check(NamedTuple):
    """What a value must be, in words, whether it is, and the same in JSON Schema as far as that can say it."""

    wanted: str
    holds: Callable[[Any], object]
    schema: Mapping[str, Any] = {}


class Member(NamedTuple):
    """One member of a class: its type without `None`, and how it is written."""

    name: str
    help: str
    kind: Any
    nullable: bool
    default: Any  # MISSING: it must be there
    choices: tuple[str, ...]
    check: Check | None
    block: str  # the shape of AWS's model that it is
    from_file: bool  # `<name>_file` may name a file that holds it


class Form(NamedTuple):
    """How a class is written."""

    members: Mapping[str, Member]
    spellings: Mapping[str, str]  # a member's name by each that is understood, in snake case
    key: str  # the member by which mappings name things of this class
    word: str  # the member that a single word stands for, where the key is given
    wrappers: frozenset[str]  # structures that AWS puts around some members
    ignored: frozenset[str]  # what AWS tells besides


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """A part of a seed, and where it was read."""

    KEY: ClassVar[str] = ""
    WORD: ClassVar[str] = ""
    WRAPPERS: ClassVar[frozenset[str]] = frozenset()
    IGNORED: ClassVar[frozenset[str]] = frozenset()
    IN_ORDER: ClassVar[bool] = False  # in a list, one stands behind the other

    at: Place = field(default=NOWHERE, compare=False, repr=False)

    @property
    def unique(self) -> object:
        """What no other of a list has; None where it may be there twice."""
        return getattr(self, self.KEY) if self.KEY else None

    def fault(self) -> str | None:
        """What is wrong with it as a whole, whose members are right each by itself."""
        return None

    def normal(self) -> Self:
        """The same as SES keeps it."""
        return self


def member(
    text: str,
    *,
    default: Any = MISSING,
    aws: str = "",
    choices: tuple[str, ...] = (),
    check: Check | None = None,
    block: str = "",
    from_file: bool = False,
) -> Any:
    """A field of a class of the format."""
    said = {"text": text, "aws": aws, "choices": choices, "check": check, "block": block, "from_file": from_file}
    if default in ([], {}):
        return field(default_factory=type(default), metadata=said)
    return field(default=default, metadata=said)


def form(kind: Any) -> Form:
    """How the class is written."""
    return _form(kind)


@cache
def _form(kind: Any) -> Form:
    hints = get_type_hints(kind)
    members: dict[str, Member] = {}
    spellings: dict[str, str] = {}
    for each in fields(kind):
        if each.name == "at":
            continue
        said = each.metadata
        default = each.default if each.default_factory is MISSING else each.default_factory()
        hint, nullable = _without_none(hints[each.name])
        members[each.name] = Member(
            each.name,
            said["text"],
            hint,
            nullable,
            default,
            said["choices"],
            said["check"],
            said["block"],
            said["from_file"],
        )
        spellings |= {each.name: each.name, snake(said["aws"] or each.name): each.name}
    return Form(members, spellings, kind.KEY, kind.WORD, kind.WRAPPERS, kind.IGNORED)


def item(kind: Any) -> Any:
    """The type of a list's items; None where the type is no list."""
    return get_args(kind)[0] if get_origin(kind) in (list, tuple) else None


def is_thing(kind: Any) -> bool:
    """Whether the type is a class of the format."""
    return isinstance(kind, type) and is_dataclass(kind) and issubclass(kind, Thing)


def snake(name: str) -> str:
    """AWS's name in snake case; one that is already stays."""
    return model.method_name(name)


def merged(found: Any, wanted: Any) -> Any:
    """What is wanted, and as it is found where nothing is said; what stands in lists and mappings stays there."""
    if wanted is UNSAID:
        return found
    kind: Any = type(wanted)
    if isinstance(wanted, Thing) and isinstance(found, kind):
        values = {name: merged(getattr(found, name), getattr(wanted, name)) for name in form(kind).members}
        return kind(**values, at=wanted.at)
    if isinstance(wanted, dict) and isinstance(found, dict):
        return found | wanted
    if isinstance(wanted, list) and isinstance(found, list) and all(isinstance(each, Thing) for each in wanted):
        there, new = {each.unique: each for each in found}, {each.unique: each for each in wanted}
        in_order = not any(each.IN_ORDER for each in wanted) or [key for key in there if key in new] == list(new)
        keys = there | new if in_order else new | there
        return [merged(there.get(key), new.get(key, there.get(key))) for key in keys]
    return wanted


@cache
def service() -> model.Service:
    """SES as AWS's model has it."""
    return model.load("ses", "2010-12-01")


def _without_none(hint: Any) -> tuple[Any, bool]:
    parts = [part for part in get_args(hint) if part is not type(None)]
    is_union = get_origin(hint) in (Union, types.UnionType)
    return (parts[0], True) if is_union and len(parts) < len(get_args(hint)) else (hint, False)


def enum(shape: str) -> tuple[str, ...]:
    """The values of an enumeration of AWS's model."""
    return service().shape(shape).enum


def trimmed(thing: Any, new: Thing) -> Any:
    """The thing without what every new one has, as far as that may be left unsaid."""
    values = {}
    for name, each in form(type(thing)).members.items():
        value, usual = getattr(thing, name), getattr(new, name)
        if isinstance(value, Thing) and isinstance(usual, Thing):
            value = trimmed(value, usual) if value != usual else UNSAID
        values[name] = UNSAID if each.default is UNSAID and value == usual else value
    return type(thing)(**values, at=thing.at)
