"""Templates read into trees.

The language is that of Handlebars.js 4, without what SES does not allow (helpers and partials of one's own) and without
raw blocks, decorators and partials named by an expression.
"""

from typing import Final, NamedTuple

from emulator.handlebars import expressions, tags
from emulator.handlebars.expressions import Call, Expression, Path, Reading
from emulator.handlebars.tags import Budget, Tag

MAX_DEPTH: Final = 100  # of blocks in each other
BLOCK_HELPERS: Final = frozenset({"if", "unless", "each", "with"})
PARTIAL_BLOCK: Final = "@partial-block"


class Output(NamedTuple):
    """`{{x}}`."""

    call: Call


class Body(NamedTuple):
    """Nodes in their order, and the partials that are defined among them.

    `cost` is what it takes to evaluate its own texts and tags, in steps; `characters` is how many the texts have.
    """

    nodes: "tuple[Node, ...]"
    partials: "dict[str, Body]"
    cost: int
    characters: int


class Block(NamedTuple):
    """`{{#x}} body {{else}} inverse {{/x}}`; `params` are the names between bars."""

    call: Call
    params: tuple[str, ...]
    body: Body
    inverse: Body


class Partial(NamedTuple):
    """`{{> x}}`; `indent` is what stood before it on a line of its own, `fallback` what it encloses."""

    name: str
    context: "Expression | None"
    named: "dict[str, Expression]"
    indent: str
    fallback: Body | None


Node = str | Output | Block | Partial

EMPTY: Final = Body((), {}, 0, 0)


def parse(source: str, budget: Budget | None = None) -> Body:
    """The template's tree; SyntaxFault for the first thing that is wrong with it."""
    budget = budget or Budget()
    texts, found = tags.split(source, budget)
    return _Parser(tags.trimmed(texts, found), found, budget).template()


class _Parser:
    """Walks along texts and tags once."""

    def __init__(self, texts: list[tuple[str, str]], tags: list[Tag], budget: Budget) -> None:
        self._texts = texts
        self._tags = tags
        self._budget = budget
        self._at = 0
        self._defined: set[str] = set()
        self._used: list[tuple[str, Tag]] = []

    def template(self) -> Body:
        body = self._body(0)
        if self._at < len(self._tags):
            tag = self._tags[self._at]
            raise tag.fault(f"'{tag.content or 'else'}' belongs to no block")
        for name, tag in self._used:
            if name not in self._defined:
                raise tag.fault(f"the partial '{name}' is not defined")
        return body

    def _body(self, depth: int) -> Body:
        """All up to the tag that ends it, which is left to the caller."""
        nodes: list[Node] = []
        partials: dict[str, Body] = {}
        cost = characters = 0
        while True:
            text, indent = self._texts[self._at]
            if text:
                nodes.append(text)
                characters += len(text)
                cost += 1
            if self._at == len(self._tags) or self._tags[self._at].kind in ("/", "else"):
                return Body(tuple(nodes), partials, cost, characters)
            tag = self._tags[self._at]
            self._at += 1
            if depth >= MAX_DEPTH:
                raise tag.fault("blocks are nested too deep")
            node: Node | None = None
            steps = 0
            if tag.kind == "#*":
                partials[self._inline_name(tag)] = self._enclosed(tag, "inline", depth)
            elif tag.kind in (">", "#>"):
                node, steps = self._partial(tag, indent, depth)
            elif tag.kind in ("#", "^"):
                node, steps = self._block(tag, depth)
            elif tag.kind != "!":
                node, steps = self._output(tag)
            if node is not None:
                nodes.append(node)
                cost += steps

    def _output(self, tag: Tag) -> tuple[Output, int]:
        call, params, cost = expressions.read(tag, self._budget)
        if params:
            raise tag.fault("only a block has block parameters")
        return Output(call), cost

    def _block(self, tag: Tag, depth: int) -> tuple[Block, int]:
        call, params, cost = self._opening(tag)
        body, inverse = self._body(depth + 1), self._inverse(depth + 1)
        self._close(tag, call.path.text)
        if tag.kind == "^":
            body, inverse = inverse, body
        return Block(call, params, body, inverse), cost + 1

    def _opening(self, tag: Tag) -> Reading:
        read = expressions.read(tag, self._budget)
        helper = read.call.path.text
        if helper in BLOCK_HELPERS and len(read.call.arguments) != 1:
            raise tag.fault(f"'{helper}' needs exactly one argument")
        return read

    def _inverse(self, depth: int) -> Body:
        """What stands behind `else`, if anything; `{{else if x}}` is a block in there that ends with the outer one."""
        if self._at == len(self._tags) or self._tags[self._at].kind != "else":
            return EMPTY
        tag = self._tags[self._at]
        self._at += 1
        if not tag.content:
            return self._body(depth)
        if depth >= MAX_DEPTH:
            raise tag.fault("blocks are nested too deep")
        call, params, cost = self._opening(tag)
        return Body((Block(call, params, self._body(depth + 1), self._inverse(depth + 1)),), {}, cost + 1, 0)

    def _partial(self, tag: Tag, indent: str, depth: int) -> tuple[Partial, int]:
        call, _, cost = expressions.read(tag, self._budget, name_as_written=True)
        if len(call.arguments) > 1:
            raise tag.fault("a partial has one context")
        name = call.path.text
        fallback = self._enclosed(tag, name, depth) if tag.kind == "#>" else None
        if fallback is None and name != PARTIAL_BLOCK:
            self._used.append((name, tag))
        context = call.arguments[0] if call.arguments else None
        return Partial(name, context, call.named, indent, fallback), cost + 1

    def _inline_name(self, tag: Tag) -> str:
        call = expressions.read(tag, self._budget).call
        if call.path.text != "inline" or len(call.arguments) != 1 or isinstance(call.arguments[0], Call):
            raise tag.fault("only inline partials can be defined, by one name")
        given = call.arguments[0]
        name = given.text if isinstance(given, Path) else str(given.value)
        self._defined.add(name)
        return name

    def _enclosed(self, tag: Tag, name: str, depth: int) -> Body:
        body = self._body(depth + 1)
        self._close(tag, name)
        return body

    def _close(self, opened: Tag, name: str) -> None:
        if self._at == len(self._tags):
            raise opened.fault(f"'{name}' is not closed")
        tag = self._tags[self._at]
        if tag.kind != "/" or tag.content.strip("\"'") != name:
            raise tag.fault(f"'{tag.content or 'else'}' stands where '{name}' should be closed")
        self._at += 1
