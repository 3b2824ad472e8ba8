"""No template holds the server for long, and none that people write is refused. Work is counted, never timed."""

import json
from typing import Any

import pytest

from emulator.handlebars import evaluate, syntax, tags
from emulator.handlebars.evaluate import MAX_CHARACTERS, MAX_STEPS, Budget
from emulator.ses import errors, limits, rendering
from emulator.store.templates import Template

FIELDS = range(10)
NEWS = {"rows": [{f"f{field}": f"value {field}" for field in FIELDS} for _ in range(2000)]}
PLAIN_ROW = "<tr>" + "".join(f"<td>{{{{f{field}}}}}</td>" for field in FIELDS) + "</tr>\n"
CHOOSY_ROW = "".join(
    f"{{{{#if f{field}}}}}<td>{{{{this.f{field}}}}}</td>{{{{else}}}}<td>-</td>{{{{/if}}}}" for field in FIELDS
)
NEWSLETTERS = [
    f"<table>{{{{#each rows}}}}{PLAIN_ROW}{{{{/each}}}}</table>",
    f"<table>{{{{#each rows}}}}{CHOOSY_ROW}{{{{/each}}}}</table>",
    f"{{{{#*inline 'row'}}}}\n  {CHOOSY_ROW}\n{{{{/inline}}}}\n{{{{#each rows}}}}\n  {{{{> row}}}}\n{{{{/each}}}}",
    "".join(f"<td>{{{{rows.{row}.f{field}}}}}</td>" for row in range(2000) for field in FIELDS),
]

# Short templates that do as much as they may: for each, what is done over and over again.
TWICE = "{{#each x}}{{#each @root.x}}%s{{/each}}{{/each}}"
HOSTILE: list[tuple[str, dict[str, Any]]] = [
    (TWICE % "", {}),
    (TWICE % "{{this}}", {}),
    (TWICE % "{{@root.d.0.0.0.0}}", {"d": [[[[1]]]]}),
    (TWICE % "{{#if a}}{{else if b}}{{/if}}", {}),
    (TWICE % ("{{#with @root}}" * 90 + "{{/with}}" * 90), {}),
    (TWICE % "{{#y}}{{/y}}", {}),
    (TWICE % "{{log a b c d e f}}", {}),
    (TWICE % "{{lookup @root.x (lookup @root.x 0)}}", {}),
    (TWICE % "{{#if ../../../../../../a}}{{/if}}", {}),
    ("{{#*inline 'p'}}{{/inline}}" + TWICE % "{{> p}}", {}),
    ("{{#*inline 'p'}}a\n{{/inline}}" + TWICE % "\n  {{> p}}\n", {}),
    (TWICE.replace("}}{{#", " as |a b|}}{{#").replace("}}%", " as |c d|}}%") % "{{a}}", {}),
    ("{{#each x}}" + "".join(f"{{{{#*inline 'p{n}'}}}}{{{{/inline}}}}" for n in range(5000)) + "{{/each}}", {}),
    (
        "{{#*inline 'p'}}{{/inline}}{{#each x}}{{#with @root}}{{> p a=1}}{{/with}}{{/each}}",
        {f"{n}": 1 for n in range(5000)},
    ),
    ("{{#each x}}{{@root.d}}{{/each}}", {"d": [1.5] * 50_000}),
    ("{{#each x}}{{@root.d}}{{/each}}", {"d": [int("9" * 4000)] * 50}),
    ("{{#each x}}{{@root.d}}{{/each}}", {"d": [{}] * 50_000}),
]


def nested(levels: int, text: str) -> str:
    """A template of partials in each other, each of which gives the next one its own value under two names."""
    partials = [f"{{{{#*inline 'p{n}'}}}}{{{{> p{n + 1} a=this b=this}}}}{{{{/inline}}}}" for n in range(levels)]
    return f"{''.join(partials)}{{{{#*inline 'p{levels}'}}}}{text}{{{{/inline}}}}{{{{> p0}}}}"


def check(*parts: str) -> None:
    rendering.check(Template("t", *parts, *[None] * (3 - len(parts))))


def rendered(source: str, data: dict[str, Any], budget: Budget | None = None) -> str:
    return evaluate.render(syntax.parse(source), data, budget)


@pytest.mark.parametrize("source", NEWSLETTERS)
def test_a_newsletter_with_2000_rows_of_10_fields_is_made_as_text_and_as_html(source: str) -> None:
    data = rendering.data_of(json.dumps(NEWS))
    template = Template("t", "News", source, source)
    if "rows.1999" in source:  # written out: one part of it is the most that a template may hold
        template = Template("t", "News", None, source)
    rendering.check(template)
    html = rendering.render(template, data).html
    assert html
    assert html.data.count("value 9") == 2000


@pytest.mark.parametrize(("source", "data"), HOSTILE, ids=range(len(HOSTILE)))
def test_what_is_done_over_and_over_again_comes_to_an_end(source: str, data: dict[str, Any]) -> None:
    budget = Budget()
    with pytest.raises(evaluate.RenderingFault, match=r"\AThe template takes too many steps to render\.\Z"):
        rendered(source, {"x": [0] * 50_000, **data}, budget)
    assert budget.steps > -100_000  # refused before it was done, not afterwards


@pytest.mark.parametrize(("source", "data"), HOSTILE[:12], ids=range(12))
def test_twice_the_work_costs_twice_the_steps_and_the_same_work_the_same(source: str, data: dict[str, Any]) -> None:
    spent = []
    for items in (10, 10, 20):
        budget = Budget()
        rendered(source.replace("{{#each x", "{{#each y", 1), {"x": [0] * 10, "y": [0] * items, **data}, budget)
        spent.append(MAX_STEPS - budget.steps)
    assert spent[0] == spent[1]
    assert 1.8 * spent[0] < spent[2] <= 2 * spent[0]


def test_a_longer_text_costs_more_steps() -> None:
    budget = Budget()
    source = "{{#each x}}" + "a" * 1000 + "{{/each}}"
    assert len(rendered(source, {"x": [0] * 4000}, budget)) == 4_000_000
    assert MAX_CHARACTERS - budget.characters == 4_000_000
    with pytest.raises(evaluate.RenderingFault, match=r"\AThe template takes too many steps to render\.\Z"):
        rendered("{{#each x}}{{#each @root.x}}{{/each}}{{/each}}", {"x": [0] * 350}, budget)
    assert rendered("{{#each x}}{{#each @root.x}}{{/each}}{{/each}}", {"x": [0] * 350}) == ""


@pytest.mark.parametrize("data", [{}, {"s": "x" * 100_000}, {"x" * 100_000: 1}, {"n": int("9" * 4000)}])
@pytest.mark.parametrize("value", ["this", "lookup this 'a'"])
def test_a_value_that_holds_itself_many_times_is_not_printed(data: dict[str, Any], value: str) -> None:
    source = nested(90, f"{{{{{value}}}}}")
    with pytest.raises(evaluate.RenderingFault, match="too many steps"):
        rendered(source, data)
    assert json.loads(rendered(nested(3, "{{this}}"), {}))["a"]["b"]["a"] == {}


def test_no_key_is_as_long_as_a_number_can_be() -> None:
    data = {"x": [1, 2], "o": {"7": "seven", "-1": "minus"}, "n": int("9" * 4000), "m": -1}
    assert rendered("{{lookup x 1}}{{lookup o 7}}{{lookup o m}}{{lookup x n}}{{lookup o n}}{{lookup x m}}", data) == (
        "2sevenminus"
    )


def test_indented_partials_in_each_other_cost_what_they_copy() -> None:
    partials = "".join(f"{{{{#*inline 'p{n}'}}}}\n {{{{> p{n + 1}}}}}\n{{{{/inline}}}}\n" for n in range(90))
    source = partials + "{{#*inline 'p90'}}{{s}}{{/inline}}\n{{> p0}}\n"
    spent = []
    for size in (1000, 200_000):
        budget = Budget()
        rendered(source, {"s": "x" * size}, budget)
        spent.append(MAX_STEPS - budget.steps)
    assert spent[1] - spent[0] > 90 * 199_000 // 100


# ---- the parts of one template


def test_the_parts_of_a_template_share_what_may_be_done() -> None:
    half = "{{#each x}}{{#each @root.x}}{{#if a}}{{/if}}{{/each}}{{/each}}"
    data = {"x": [0] * 250}
    assert rendering.render(Template("t", "s", None, half), data).html is not None
    with pytest.raises(errors.RenderingFailed, match="too many steps"):
        rendering.render(Template("t", "s", half, half), data)


def test_the_parts_of_a_template_share_how_long_they_may_get() -> None:
    half = "{{#each x}}{{@root.s}}{{/each}}"
    data = {"x": [0] * 25, "s": "x" * 100_000}
    assert rendering.render(Template("t", "s", None, half), data).html is not None
    with pytest.raises(errors.RenderingFailed, match=r"\AThe rendered text is longer than 4194304 characters\.\Z"):
        rendering.render(Template("t", "s", half, half), data)


def test_a_subject_is_shorter_than_a_text() -> None:
    most = limits.RENDERED_SUBJECT_LENGTH
    template = Template("t", "{{s}}", "{{s}}{{s}}", None)
    assert rendering.render(template, {"s": "x" * most}).subject.data == "x" * most
    with pytest.raises(errors.RenderingFailed, match=rf"\AThe rendered text is longer than {most} characters\.\Z"):
        rendering.render(template, {"s": "x" * (most + 1)})


# ---- reading


@pytest.mark.parametrize(
    "unit",
    [
        "{{a}}",
        "{{a.b}}",
        "{{!}}",
        "{{~a~}} ",
        "{{#if a}}{{/if}}",
        "{{> p}}{{#*inline 'p'}}{{/inline}}",
        "{{log a b c}}",
        "\\\\{{a}}",
    ],
)
def test_a_template_of_nothing_but_tags_is_refused(unit: str) -> None:
    source = unit * (limits.TEMPLATE_BYTES // len(unit))
    with pytest.raises(errors.InvalidTemplate, match=r"TextPart: the template takes too many steps to read \(line 1\)"):
        check("s", source)
    check("s", unit * (tags.MAX_STEPS // 10))


@pytest.mark.parametrize("tag", ["{{log %s}}", "{{#if (lookup %s)}}{{/if}}", "{{#if (log %s)}}{{/if}}"])
@pytest.mark.parametrize("word", ["a ", '"" ', "1 ", "(log) ", "k=1 "])
def test_a_tag_of_nothing_but_words_is_refused(tag: str, word: str) -> None:
    with pytest.raises(errors.InvalidTemplate, match="too many steps to read"):
        check("s", tag % (word * 100_000))
    check("s", tag % (word * 10_000))


def test_the_parts_of_a_template_share_what_may_be_read() -> None:
    half = "{{a}}" * (tags.MAX_STEPS // 4)
    check("s", half)
    check("s", half, half[:-5])
    with pytest.raises(errors.InvalidTemplate, match="HtmlPart: the template takes too many steps to read"):
        check("s", half, half + "{{a}}")


def test_a_template_that_was_kept_when_more_could_be_read_fails_to_render() -> None:
    with pytest.raises(errors.RenderingFailed, match="too many steps to read"):
        rendering.render(Template("t", "s", "{{a}}" * tags.MAX_STEPS, None), {"a": 1})
