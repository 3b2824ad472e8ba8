"""Templates read into trees: tags, expressions, and the whitespace that goes with them.

The language is that of Handlebars.js 4, without what SES does not allow (helpers and partials of one's own) and without
raw blocks, decorators and partials named by an expression.
"""

import re
from typing import Any, Final, NamedTuple

MAX_DEPTH: Final = 100  # of blocks and expressions in each other
MAX_SHOWN: Final = 200  # characters of a fault

BLOCK_HELPERS: Final = frozenset({"if", "unless", "each", "with"})
PARTIAL_BLOCK: Final = "@partial-block"
_PRINTING: Final = ("", "{", "&")

# A broken template costs no more than a good one: a run of characters is possessive, and the choices of a group begin
# with different ones. (A possessive group would say it all, but Python before 3.11.5 matches those wrongly.)
_STRING: Final = r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'"""
_COMMENT: Final = re.compile(r"\{\{~?!(?:--.*?--~?\}\}|(?!--).*?\}\})", re.DOTALL)
_TAG: Final = re.compile(
    rf"\{{\{{(?P<before>~?)(?P<kind>(?P<braced>\{{)|\#>|\#\*|[#^/>&])?"
    rf"(?P<content>(?:[^\"'\[\]{{}}~]++|{_STRING}|\[[^\]]*+\])*)(?P<end>(?(braced)\}})~?\}}\}})",
    re.DOTALL,
)
_NAME: Final = r"(?:[^\s!\"#%-,./;->@\[-^`{-~]++|\[[^\]]*+\])"
_PATH: Final = re.compile(
    rf"(?P<data>@?)(?P<up>(?:\.\./)*)(?:(?P<itself>\.\.|\.|this)|(?P<local>(?:\./|this[./])?)"
    rf"(?P<names>{_NAME}(?:[./]{_NAME})*))"
)
_WORD: Final = re.compile(
    rf"\s*+(?:(?P<string>{_STRING})|as\s+\|(?P<params>[^|]*+)\|\s*\Z|(?P<paren>[()])"
    r"|(?P<key>[^\s()\[\]\"'|=./@]++)\s*+=|(?P<word>(?:[^\s()\[\]\"'|=]|\[[^\]]*+\])+)|(?P<end>\Z))",
    re.DOTALL,
)
_NUMBER: Final = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,15})?")
_LITERALS: Final[dict[str, Any]] = {"true": True, "false": False, "null": None, "undefined": None}
_LINE_REST: Final = re.compile(r"[ \t]*\r?\n?")


class SyntaxFault(ValueError):
    """A template that is not Handlebars; `str()` says why, and in which line."""

    def __init__(self, text: str, line: int) -> None:
        shown = text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}..."
        super().__init__(f"{shown} (line {line})")


class Path(NamedTuple):
    """Where a value is: so many contexts up, then name by name. `text` is it as written."""

    text: str
    data: bool  # `@index` and the like
    up: int
    local: bool  # `this.x`: no block parameter
    names: tuple[str, ...]


class Literal(NamedTuple):
    """A value that stands in the template."""

    value: Any


class Call(NamedTuple):
    """A name with what follows it: a helper's call or, with nothing behind it, a value."""

    path: Path
    arguments: "tuple[Expression, ...]"
    named: "dict[str, Expression]"


class Output(NamedTuple):
    """`{{x}}`; as for every tag, `cost` is what it takes to evaluate at most, in steps."""

    call: Call
    cost: int


class Body(NamedTuple):
    """Nodes in their order, and the partials that are defined among them."""

    nodes: "tuple[Node, ...]"
    partials: "dict[str, Body]"


class Block(NamedTuple):
    """`{{#x}} body {{else}} inverse {{/x}}`; `params` are the names between bars."""

    call: Call
    params: tuple[str, ...]
    body: Body
    inverse: Body
    cost: int


class Partial(NamedTuple):
    """`{{> x}}`; `indent` is what stood before it on a line of its own, `fallback` what it encloses."""

    name: str
    context: "Expression | None"
    named: "dict[str, Expression]"
    indent: str
    fallback: Body | None
    cost: int


Expression = Path | Literal | Call
Node = str | Output | Block | Partial

EMPTY: Final = Body((), {})


class _Tag(NamedTuple):
    kind: str  # "" and "{" and "&": output
    content: str
    line: int
    before: bool  # whitespace goes on this side
    after: bool

    @property
    def cost(self) -> int:
        return 1 + len(self.content) // 16

    def fault(self, text: str) -> SyntaxFault:
        return SyntaxFault(text, self.line)


def parse(source: str) -> Body:
    """The template's tree; SyntaxFault for the first thing that is wrong with it."""
    texts, tags = _split(source)
    return _Parser(_trimmed(texts, tags), tags).template()


# ---- tags


def _split(source: str) -> tuple[list[str], list[_Tag]]:
    """The template as texts and tags in turn: a text, maybe empty, before and after each tag."""
    texts, tags, pieces = [], [], []
    at, line, counted = 0, 1, 0
    while (start := source.find("{{", at)) >= 0:
        text = source[at:start]
        slashes = len(text) - len(text.rstrip("\\"))
        if slashes:  # one keeps the braces as they are; of more, one goes
            text = text[:-1]
        pieces.append(text)
        if slashes == 1:
            pieces.append("{{")
            at = start + 2
            continue
        line += source.count("\n", counted, start)
        counted = start
        tag, at = _tag(source, start, line)
        texts.append("".join(pieces))
        tags.append(tag)
        pieces = []
    return [*texts, "".join([*pieces, source[at:]])], tags


def _tag(source: str, start: int, line: int) -> tuple[_Tag, int]:
    comment = _COMMENT.match(source, start)
    if comment:
        return _Tag("!", "", line, source[start + 2] == "~", comment[0][-3] == "~"), comment.end()
    found = _TAG.match(source, start)
    if found is None:
        raise SyntaxFault("a tag is not closed or holds what no tag can", line)
    kind, content = found["kind"] or "", found["content"].strip()
    if (kind == "^" and not content) or (not kind and re.match(r"else(?!\S)", content)):
        kind, content = "else", content[4:].strip()
    return _Tag(kind, content, line, bool(found["before"]), "~" in found["end"]), found.end()


def _trimmed(texts: list[str], tags: list[_Tag]) -> list[tuple[str, str]]:
    """Each text without the whitespace that a tag beside it takes away; and, before a tag, its indent.

    A tag that prints nothing itself and is alone on its line takes the line with it. Source: developer guide
    (documented): the line end behind an inline partial goes, wherever that began.
    """
    kept, indents = list(texts), [""] * len(texts)
    for number, tag in enumerate(tags):
        left, right = texts[number].rstrip(" \t"), texts[number + 1].lstrip(" \t")
        begins = left.endswith("\n") or (not left and not number)
        ends = right.startswith(("\n", "\r\n")) or (not right and number == len(tags) - 1)
        alone = begins and ends and tag.kind not in _PRINTING
        if alone:
            indents[number] = texts[number][len(left) :]
            kept[number] = kept[number].rstrip(" \t")
        if alone or (ends and tag.kind == "/" and tag.content == "inline"):
            kept[number + 1] = _LINE_REST.sub("", kept[number + 1], count=1)
        if tag.before:
            kept[number] = kept[number].rstrip()
        if tag.after:
            kept[number + 1] = kept[number + 1].lstrip()
    return list(zip(kept, indents, strict=True))


# ---- blocks


class _Parser:
    """Walks along texts and tags once."""

    def __init__(self, texts: list[tuple[str, str]], tags: list[_Tag]) -> None:
        self._texts = texts
        self._tags = tags
        self._at = 0
        self._defined: set[str] = set()
        self._used: list[tuple[str, _Tag]] = []

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
        while True:
            text, indent = self._texts[self._at]
            if text:
                nodes.append(text)
            if self._at == len(self._tags) or self._tags[self._at].kind in ("/", "else"):
                return Body(tuple(nodes), partials)
            tag = self._tags[self._at]
            self._at += 1
            if depth >= MAX_DEPTH:
                raise tag.fault("blocks are nested too deep")
            if tag.kind == "#*":
                name = self._inline_name(tag)
                partials[name] = self._enclosed(tag, "inline", depth)
            elif tag.kind in (">", "#>"):
                nodes.append(self._partial(tag, indent, depth))
            elif tag.kind in ("#", "^"):
                nodes.append(self._block(tag, depth))
            elif tag.kind != "!":
                call, params = _Expressions(tag).call()
                if params:
                    raise tag.fault("only a block has block parameters")
                nodes.append(Output(call, tag.cost))

    def _block(self, tag: _Tag, depth: int) -> Block:
        call, params = _block_call(tag)
        body, inverse = self._body(depth + 1), self._inverse(depth + 1)
        self._close(tag, call.path.text)
        if tag.kind == "^":
            body, inverse = inverse, body
        return Block(call, params, body, inverse, tag.cost)

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
        call, params = _block_call(tag)
        return Body((Block(call, params, self._body(depth + 1), self._inverse(depth + 1), tag.cost),), {})

    def _partial(self, tag: _Tag, indent: str, depth: int) -> Partial:
        call, _ = _Expressions(tag).call(name_as_written=True)
        if len(call.arguments) > 1:
            raise tag.fault("a partial has one context")
        name = call.path.text
        fallback = self._enclosed(tag, name, depth) if tag.kind == "#>" else None
        if fallback is None and name != PARTIAL_BLOCK:
            self._used.append((name, tag))
        context = call.arguments[0] if call.arguments else None
        return Partial(name, context, call.named, indent, fallback, tag.cost)

    def _inline_name(self, tag: _Tag) -> str:
        call, _ = _Expressions(tag).call()
        if call.path.text != "inline" or len(call.arguments) != 1 or isinstance(call.arguments[0], Call):
            raise tag.fault("only inline partials can be defined, by one name")
        given = call.arguments[0]
        name = given.text if isinstance(given, Path) else str(given.value)
        self._defined.add(name)
        return name

    def _enclosed(self, tag: _Tag, name: str, depth: int) -> Body:
        body = self._body(depth + 1)
        self._close(tag, name)
        return body

    def _close(self, opened: _Tag, name: str) -> None:
        if self._at == len(self._tags):
            raise opened.fault(f"'{name}' is not closed")
        tag = self._tags[self._at]
        if tag.kind != "/" or tag.content.strip("\"'") != name:
            raise tag.fault(f"'{tag.content or 'else'}' stands where '{name}' should be closed")
        self._at += 1


def _block_call(tag: _Tag) -> tuple[Call, tuple[str, ...]]:
    call, params = _Expressions(tag).call()
    if call.path.text in BLOCK_HELPERS and len(call.arguments) != 1:
        raise tag.fault(f"'{call.path.text}' needs exactly one argument")
    return call, params


# ---- expressions


class _Expressions:
    """Walks along the words of one tag once."""

    def __init__(self, tag: _Tag) -> None:
        self._tag = tag
        self._position = 0

    def call(self, *, name_as_written: bool = False) -> tuple[Call, tuple[str, ...]]:
        """The whole tag as a call, and its block parameters."""
        name = self._next()
        path = self._head(name, as_written=name_as_written)
        arguments, named, last = self._arguments(0)
        if last["paren"]:
            raise self._tag.fault("a bracket is closed that was not opened")
        return Call(path, arguments, named), tuple((last["params"] or "").split())

    def _arguments(self, depth: int) -> tuple[tuple[Expression, ...], dict[str, Expression], re.Match[str]]:
        """All up to a closing bracket, block parameters or the end, which is given back."""
        arguments: list[Expression] = []
        named: dict[str, Expression] = {}
        while True:
            word = self._next()
            if word["paren"] == ")" or word["params"] is not None or word["end"] is not None:
                return tuple(arguments), named, word
            if word["key"]:
                named[word["key"]] = self._expression(self._next(), depth)
            elif named:
                raise self._tag.fault("an argument without a name follows one with a name")
            else:
                arguments.append(self._expression(word, depth))

    def _expression(self, word: re.Match[str], depth: int) -> Expression:
        if word["paren"] == "(":
            if depth >= MAX_DEPTH:
                raise self._tag.fault("expressions are nested too deep")
            path = self._head(self._next(), as_written=False)
            arguments, named, last = self._arguments(depth + 1)
            if last["paren"] != ")":
                raise self._tag.fault("a bracket is not closed")
            return Call(path, arguments, named)
        if word["string"]:
            return Literal(_unquoted(word["string"]))
        text = word["word"]
        if text and _NUMBER.fullmatch(text):
            return Literal(float(text) if "." in text else int(text))
        return Literal(_LITERALS[text]) if text in _LITERALS else self._path(text)

    def _head(self, word: re.Match[str], *, as_written: bool) -> Path:
        text = word["word"]
        if word["string"]:
            text = _unquoted(word["string"])
        if text and (word["string"] or as_written):
            return Path(text, False, 0, False, (text,))
        return self._path(text)

    def _path(self, text: str | None) -> Path:
        found = _PATH.fullmatch(text or "")
        if text is None or found is None:
            raise self._tag.fault(f"'{text}' is no name" if text else "a name is missing")
        up = len(found["up"]) // 3 + (found["itself"] == "..")
        names = tuple(name[1:-1] if name[0] == "[" else name for name in re.findall(_NAME, found["names"] or ""))
        return Path(text, bool(found["data"]), up, bool(found["local"]), names)

    def _next(self) -> re.Match[str]:
        found = _WORD.match(self._tag.content, self._position)
        if found is None:
            raise self._tag.fault(f"'{self._tag.content[self._position :][:20].strip()}' cannot be read")
        self._position = found.end()
        return found


def _unquoted(text: str) -> str:
    return text[1:-1].replace(f"\\{text[0]}", text[0])
