"""Templates and data of any kind: the text is what a plain model says, and nothing ever breaks."""

import json
from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.handlebars import evaluate, syntax
from emulator.ses import errors, rendering
from emulator.store.templates import Template

NAMES = st.sampled_from(["a", "b", "c"])
SCALARS = st.none() | st.booleans() | st.integers(-5, 5) | st.floats(-2, 2) | st.text(max_size=5)
VALUES: st.SearchStrategy[Any] = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=8
)
DATA = st.dictionaries(NAMES, VALUES, max_size=3)
PLAIN = st.text(st.characters(exclude_characters="{}\\ \t\r\n", exclude_categories=["Cs"]), max_size=8)

# A template as a tree: text, a value, or a block; what it is as source, and what a plain model makes of it.
Tree = list[Any]
TREES: st.SearchStrategy[Tree] = st.recursive(
    st.lists(PLAIN | st.tuples(st.just("value"), NAMES), max_size=3),
    lambda inner: st.lists(
        st.tuples(st.sampled_from(["if", "unless", "each", "with"]), NAMES, inner, inner), max_size=3
    ),
    max_leaves=10,
)
PIECES = st.sampled_from(
    [
        "{{",
        "}}",
        "{{{",
        "}}}",
        "~",
        "#",
        "/",
        "^",
        "&",
        ">",
        "#*",
        "else",
        "if",
        "each",
        "with",
        "inline",
        "lookup",
        "a",
        "b",
        ".",
        "..",
        "../",
        "@index",
        "this",
        " ",
        "\n",
        "\\",
        '"',
        "'",
        "[",
        "]",
        "(",
        ")",
        "|",
        " as |x|",
        "=",
        "!",
        "!--",
        "--}}",
        "1",
        "{{#if a}}",
        "{{/if}}",
        "{{#each b}}",
        "{{/each}}",
        "{{else}}",
        "{{a}}",
        "{{#*inline 'p'}}",
        "{{/inline}}",
        "{{> p}}",
    ]
)


def source(tree: Tree) -> str:
    """The tree as a template."""
    written = []
    for node in tree:
        if isinstance(node, str):
            written.append(node)
        elif node[0] == "value":
            written.append(f"{{{{{node[1]}}}}}")
        else:
            kind, name, body, inverse = node
            written.append(f"{{{{#{kind} {name}}}}}{source(body)}{{{{else}}}}{source(inverse)}{{{{/{kind}}}}}")
    return "".join(written)


def model(tree: Tree, context: Any) -> str:
    """The tree's text, worked out the plain way; KeyError for what is missing."""
    text = ""
    for node in tree:
        value = context.get(node[1]) if not isinstance(node, str) and isinstance(context, dict) else None
        if isinstance(node, str):
            text += node
        elif node[0] == "value":
            if value is None:
                raise KeyError(node[1])
            text += value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        else:
            kind, _, body, inverse = node
            holds = value == {} or bool(value)
            if kind in ("if", "unless"):
                text += model(body if holds == (kind == "if") else inverse, context)
            elif kind == "with" and holds:
                text += model(body, value)
            elif kind == "each" and value and isinstance(value, list | dict):
                items = value.values() if isinstance(value, dict) else value
                text += "".join(model(body, item) for item in items)
            else:
                text += model(inverse, context)
    return text


def outcome(make: Callable[[], str]) -> tuple[str, str]:
    """The text, or the name of what is missing."""
    try:
        return "text", make()
    except KeyError as missing:
        return "missing", missing.args[0]
    except evaluate.AttributeMissing as missing:
        return "missing", missing.name


@given(TREES, DATA)
def test_a_template_becomes_what_a_plain_model_makes_of_it(tree: Tree, data: dict[str, Any]) -> None:
    parsed = syntax.parse(source(tree))
    assert outcome(lambda: evaluate.render(parsed, data)) == outcome(lambda: model(tree, data))


@given(st.lists(PIECES, max_size=25).map("".join), DATA)
@settings(max_examples=400)
def test_whatever_is_written_it_is_refused_or_rendered(text: str, data: dict[str, Any]) -> None:
    template = Template("t", text, None, None)
    try:
        rendering.check(template)
        rendering.render(template, data)
    except (errors.InvalidTemplate, errors.MissingRenderingAttribute, errors.RenderingFailed):
        pass


@given(st.text())
def test_text_without_braces_stays_as_it_is(text: str) -> None:
    plain = text.replace("{{", "{ {")
    assert evaluate.render(syntax.parse(plain), {}) == plain


@given(st.text())
def test_a_value_is_printed_as_it_is_and_never_read_as_a_template(text: str) -> None:
    assert evaluate.render(syntax.parse("<{{a}}>"), {"a": text}) == f"<{text}>"


@given(DATA, DATA)
def test_merged_data_has_the_replacement_and_of_the_default_what_it_does_not_touch(
    default: dict[str, Any], own: dict[str, Any]
) -> None:
    both = rendering.merged(default, own)
    assert rendering.merged(both, own) == both
    assert list(both) == list(dict.fromkeys([*default, *own]))
    for key, value in both.items():
        if key not in own:
            assert value == default[key]
        elif not (isinstance(own[key], dict) and isinstance(default.get(key), dict)):
            assert value == own[key]
        else:
            assert value == rendering.merged(default[key], own[key])


@given(st.text())
def test_any_text_is_data_or_is_refused(text: str) -> None:
    try:
        found = rendering.data_of(text)
    except errors.InvalidTemplateData:
        return
    assert isinstance(found, dict)
