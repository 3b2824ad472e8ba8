"""Templates cut into texts and tags, and the whitespace that goes with those."""

import re
from typing import Final, NamedTuple

MAX_STEPS: Final = 80_000  # of reading: each tag is one, and each word in it
MAX_SHOWN: Final = 200  # characters of a fault

_PRINTING: Final = ("", "{", "&")

# A broken template costs no more than a good one: a run of characters is possessive, and the choices of a group begin
# with different ones. (A possessive group would say it all, but Python before 3.11.5 matches those wrongly.)
STRING: Final = r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'"""
_COMMENT: Final = re.compile(r"\{\{~?!(?:--.*?--~?\}\}|(?!--).*?\}\})", re.DOTALL)
_TAG: Final = re.compile(
    rf"\{{\{{(?P<before>~?)(?P<kind>(?P<braced>\{{)|\#>|\#\*|[#^/>&])?"
    rf"(?P<content>(?:[^\"'\[\]{{}}~]++|{STRING}|\[[^\]]*+\])*)(?P<end>(?(braced)\}})~?\}}\}})",
    re.DOTALL,
)
_ELSE: Final = re.compile(r"else(?!\S)")
_LINE_REST: Final = re.compile(r"[ \t]*\r?\n?")


class SyntaxFault(ValueError):
    """A template that is not Handlebars; `str()` says why, and in which line."""

    def __init__(self, text: str, line: int) -> None:
        shown = text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}..."
        super().__init__(f"{shown} (line {line})")


class Tag(NamedTuple):
    """What stands between braces."""

    kind: str  # "" and "{" and "&": output
    content: str
    line: int
    before: bool  # whitespace goes on this side
    after: bool

    def fault(self, text: str) -> SyntaxFault:
        return SyntaxFault(text, self.line)


class Budget:
    """What may still be read: of one template, or of all its parts together."""

    def __init__(self) -> None:
        self._left = MAX_STEPS

    def spend(self, line: int) -> None:
        """One step is taken; SyntaxFault where there is none."""
        self._left -= 1
        if self._left < 0:
            raise SyntaxFault("the template takes too many steps to read", line)


def split(source: str, budget: Budget) -> tuple[list[str], list[Tag]]:
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
        budget.spend(line)
        tag, at = _tag(source, start, line)
        texts.append("".join(pieces))
        tags.append(tag)
        pieces = []
    return [*texts, "".join([*pieces, source[at:]])], tags


def _tag(source: str, start: int, line: int) -> tuple[Tag, int]:
    comment = _COMMENT.match(source, start) if source.startswith(("!", "~!"), start + 2) else None
    if comment:
        return Tag("!", "", line, source[start + 2] == "~", comment[0][-3] == "~"), comment.end()
    found = _TAG.match(source, start)
    if found is None:
        raise SyntaxFault("a tag is not closed or holds what no tag can", line)
    kind, content = found["kind"] or "", found["content"].strip()
    if (kind == "^" and not content) or (not kind and _ELSE.match(content)):
        kind, content = "else", content[4:].strip()
    return Tag(kind, content, line, bool(found["before"]), "~" in found["end"]), found.end()


def trimmed(texts: list[str], tags: list[Tag]) -> list[tuple[str, str]]:
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
