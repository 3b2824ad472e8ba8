"""What SES's template language makes of templates and data."""

from typing import Any

import pytest

from emulator.ses import errors, rendering
from emulator.store.templates import Template

ANN = {"contact": {"firstName": "Ann"}, "list": [{"x": 1}, {"x": 2}]}
BEST = {"items": [{"name": "Tom", "best": True}, {"name": "Bob", "type": "dog"}]}
PARTIAL = '{{#* inline "name"}}{{first}}{{#if last}} {{last}}{{/if}}{{/inline}}'

FALSE: list[Any] = [False, None, "", 0, 0.0, []]
TRUE: list[Any] = [True, "0", 1, [0], {}]
NO_ITEMS: list[Any] = [[], {}, None, "text", 5]

RENDERED: list[tuple[str, dict[str, Any], str]] = [
    # paths
    ("Hello {{name}}!", {"name": "Ann", "age": 7}, "Hello Ann!"),
    ("{{contact.firstName}} {{contact/firstName}}", ANN, "Ann Ann"),
    ("{{list.0.x}}{{list.[1].x}}", ANN, "12"),
    ("{{this.a}}{{./a}}{{[a]}}", {"a": "x"}, "xxx"),
    ("{{[first name]}}", {"first name": "Ann"}, "Ann"),
    ("{{#each list}}{{this.x}}{{../contact.firstName}}{{@root.contact.firstName}}{{/each}}", ANN, "1AnnAnn2AnnAnn"),
    ("{{1}}{{true}}", {"1": "one ", "true": "yes"}, "one yes"),
    # values
    ("{{x}} {{{x}}} {{&x}}", {"x": "<b>&\"'"}, "<b>&\"' <b>&\"' <b>&\"'"),
    (
        "{{i}} {{f}} {{t}} {{no}} {{z}} {{e}}.",
        {"i": 7, "f": 1.5, "t": True, "no": False, "z": 0, "e": ""},
        "7 1.5 true false 0 .",
    ),
    ("{{a}} {{o}}", {"a": [1, "b"], "o": {"k": "é"}}, '[1,"b"] {"k":"é"}'),
    # conditions
    ("{{#if a}}yes{{else}}no{{/if}}", {}, "no"),
    ("{{#if a.b.c}}yes{{else}}no{{/if}}", {"a": "x"}, "no"),
    *[("{{#if a}}yes{{else}}no{{/if}}", {"a": value}, "no") for value in FALSE],
    *[("{{#if a}}yes{{else}}no{{/if}}", {"a": value}, "yes") for value in TRUE],
    ("{{#if a includeZero=true}}yes{{/if}}", {"a": 0}, "yes"),
    ("{{#unless a}}no{{else}}yes{{/unless}}", {}, "no"),
    ("{{#unless a}}no{{else}}yes{{/unless}}", {"a": 1}, "yes"),
    ("{{#if a}}1{{else if b}}2{{else if c}}3{{else}}4{{/if}}", {"b": 1}, "2"),
    ("{{#if a}}1{{else if b}}2{{else if c}}3{{else}}4{{/if}}", {"c": 1}, "3"),
    ("{{#if a}}1{{else if b}}2{{else if c}}3{{else}}4{{/if}}", {}, "4"),
    ("{{#if a}}1{{^}}2{{/if}}", {}, "2"),
    # lists and objects
    (
        "{{#each items}} {{name}} is {{#if best}}the best{{else}}a {{type}}{{/if}}, {{/each}}",
        BEST,
        " Tom is the best,  Bob is a dog, ",
    ),
    (
        "{{#each a}}{{@index}}{{this}}{{#unless @last}}, {{/unless}}{{#if @first}}!{{/if}}{{/each}}",
        {"a": ["xyz"]},
        "0xyz!",
    ),
    ("{{#each a}}{{@index}}{{.}}{{#unless @last}}, {{/unless}}{{/each}}", {"a": ["x", "y"]}, "0x, 1y"),
    ("{{#each a}}{{@key}}={{this}};{{/each}}", {"a": {"k": 1, "l": 2}}, "k=1;l=2;"),
    *[("{{#each a}}x{{else}}none{{/each}}", {"a": value}, "none") for value in NO_ITEMS],
    ("{{#each a}}x{{else}}none{{/each}}", {}, "none"),
    (
        "{{#each a}}{{#each this}}{{@../index}}{{@index}}{{this}} {{/each}}{{/each}}",
        {"a": [["x"], ["y", "z"]]},
        "00x 10y 11z ",
    ),
    ("{{#each a as |item place|}}{{place}}{{item.x}}{{/each}}", {"a": [{"x": "p"}, {"x": "q"}]}, "0p1q"),
    (
        "{{#each a as |item|}}{{#each item as |inner|}}{{inner}}{{@root.b}}{{item.[0]}} {{/each}}{{/each}}",
        {"a": [[1, 2]], "b": "-"},
        "1-1 2-1 ",
    ),
    ("{{#with a as |it|}}{{b}}{{it.b}}{{../c}}{{/with}}", {"a": {"b": 1}, "c": 2}, "112"),
    ("{{#with a}}x{{else}}none{{/with}}", {}, "none"),
    # sections
    ("{{#x}}yes{{/x}}{{^x}}no{{/x}}", {}, "no"),
    ("{{#x}}yes{{/x}}{{^x}}no{{/x}}", {"x": True}, "yes"),
    ("{{#x}}yes{{else}}no{{/x}}", {"x": []}, "no"),
    ("{{#x}}{{y}} {{/x}}", {"x": [{"y": 1}, {"y": 2}]}, "1 2 "),
    ("{{#x}}{{y}}{{/x}}", {"x": {"y": 1}}, "1"),
    ("{{#x}}{{.}}{{/x}}", {"x": "text"}, "text"),
    # helpers that print
    ("{{lookup list 1}}", {"list": ["a", "b"]}, "b"),
    ("{{lookup names (lookup keys 0)}}", {"names": {"k": "found"}, "keys": ["k"]}, "found"),
    ("[{{lookup a 'b'}}{{lookup a}}]", {"a": {}}, "[]"),
    ("[{{log a 'b' level=\"warn\"}}]", {}, "[]"),
    # comments, escapes, braces
    ("a{{! note }}b{{!-- }} {{x}} --}}c", {}, "abc"),
    ("\\{{x}} \\\\{{x}}", {"x": 1}, "{{x}} \\1"),
    ("b{color:{{c}}}", {"c": "red"}, "b{color:red}"),
    # whitespace
    ("a  {{~x~}}  b {{~{x}~}} c", {"x": "-"}, "a-b-c"),
    ("{{#each a~}}\n  {{this}}\n{{~/each}}", {"a": [1, 2]}, "12"),
    ("<ul>\n  {{#each a}}\n  <li>{{this}}\n  {{/each}}\n</ul>", {"a": [1, 2]}, "<ul>\n  <li>1\n  <li>2\n</ul>"),
    ("a\r\n{{#if x}}\r\nb\r\n{{else}}\r\nc\r\n{{/if}}\r\nd", {}, "a\r\nc\r\nd"),
    ("a\n{{! alone }}\nb {{! not }}\n", {}, "a\nb \n"),
    # inline partials
    (f"{PARTIAL}\nHello {{{{> name}}}}", {"first": "Ann"}, "Hello Ann"),
    (PARTIAL.replace("{{/inline}}", "{{/inline~}}") + "  Hi {{> name}}", {"first": "Ann", "last": "Lee"}, "Hi Ann Lee"),
    (
        PARTIAL.replace("#* ", "#*") + "\n{{#each people}}{{> name}};{{/each}}",
        {"people": [{"first": "A"}, {"first": "B"}]},
        "A;B;",
    ),
    (
        f"{PARTIAL}\n{{{{> name person}}}} {{{{> name first='Tom' last=person.last}}}}",
        {"person": {"first": "Ann", "last": "Lee"}},
        "Ann Lee Tom Lee",
    ),
    ('{{#*inline "p"}}\na\nb\n{{/inline}}\n<\n  {{> p}}\n>', {}, "<\n  a\n  b\n>"),
    ("{{> later}}{{#*inline 'later'}}x{{/inline}}", {}, "x"),
    (
        "{{#*inline 'box'}}[{{> @partial-block}}]{{/inline}}{{#> box}}{{x}}{{/box}}{{#> none}}-{{/none}}",
        {"x": 1},
        "[1]-",
    ),
]

MISSING = [
    ("{{name}}", {}, "name"),
    ("{{name}}", {"Name": "Ann"}, "name"),
    ("{{name}}", {"name": None}, "name"),
    ("{{contact.firstName}}", {"contact": {}}, "contact.firstName"),
    ("{{contact.firstName}}", {}, "contact.firstName"),
    ("{{list.5.x}}", ANN, "list.5.x"),
    ("{{list.[-1]}}", ANN, "list.[-1]"),
    ("{{{name}}}", {}, "name"),
    ("{{#each list}}{{y}}{{/each}}", ANN, "y"),
    ("{{#each list}}{{contact.firstName}}{{/each}}", ANN, "contact.firstName"),
    ("{{../x}}", {"x": 1}, "../x"),
    ("{{@index}}", {}, "@index"),
    ("{{#IF x}}yes{{/IF}}", {"x": 1}, "IF"),
    ("{{upper x}}", {"x": 1}, "upper"),
    ("{{#if (eq x 1)}}yes{{/if}}", {"x": 1}, "eq"),
    ("{{#each a}}{{this}}{{/each}}", {"a": [1, None]}, "this"),
    ("{{#*inline 'p'}}{{x}}{{/inline}}{{> p}}", {}, "x"),
]

# What Python's own objects have, and nobody's data.
INNER = [
    "__class__",
    "__proto__",
    "constructor",
    "items",
    "keys",
    "__init__.__globals__",
    "length",
    "x.upper",
    "l.append",
]

FAULTY = [
    "{{#if a}}",
    "{{#if a}}{{/each}}",
    "{{/if}}",
    "{{else}}",
    "{{#if a}}{{else}}{{else}}{{/if}}",
    "{{#if a}}{{#each b}}{{/if}}",
    "{{a",
    "{{a}",
    "{{{a}}",
    "{{}}",
    "{{#}}{{/}}",
    "{{a.}}",
    "{{.a.}}",
    "{{a b=}}",
    "{{a b=1 c}}",
    "{{a 'b}}",
    "{{don't}}",
    "{{a (b}}",
    "{{a b)}}",
    "{{> nobody}}",
    "{{> }}",
    "{{> a b c}}",
    "{{#*inline}}{{/inline}}",
    "{{#*other 'x'}}{{/other}}",
    "{{*x}}",
    "{{{{raw}}}}{{{{/raw}}}}",
    "{{#if}}{{/if}}",
    "{{#if a b}}{{/if}}",
    "{{#each}}{{/each}}",
    "{{#each a as |x}}{{/each}}",
    "{{a as |x|}}",
    "{{!-- a",
    "{{#if a}}" * 1000 + "{{/if}}" * 1000,
    "{{#if " + "(lookup " * 1000 + "a" + " b)" * 1000 + "}}{{/if}}",
    "{{#if a}}" + "{{else if a}}" * 1000 + "{{/if}}",
    "{{" + "[" * 5000,
]

# Each would take years, or all memory.
BOMBS = [
    (
        "".join(f"{{{{#*inline 'p{n}'}}}}{f'{{{{> p{n + 1}}}}}' * 2}{{{{/inline}}}}" for n in range(60))
        + "{{#*inline 'p60'}}x{{/inline}}{{> p0}}",
        {},
        "too many steps",
    ),
    ("{{#*inline 'p'}}{{> p}}{{/inline}}{{> p}}", {}, "nested too deep"),
    ("{{#each a}}" + "{{#each @root.a}}" * 8 + "{{/each}}" * 9, {"a": [1] * 1000}, "too many steps"),
    ("{{#each a}}{{#each @root.a}}{{@root.b}}{{/each}}{{/each}}", {"a": [1] * 1000, "b": "x" * 1000}, "longer than"),
    ("{{#each a}}{{#if " + "../" * 100_000 + "b}}{{/if}}{{/each}}", {"a": [1] * 10_000}, "too many steps"),
    (
        "{{#each a}}" + "".join(f"{{{{#*inline 'p{n}'}}}}{{{{/inline}}}}" for n in range(5000)) + "{{/each}}",
        {"a": [1] * 10_000},
        "too many steps",
    ),
    ("{{#*inline 'p'}}\n" + "x\n" * 10_000 + "{{/inline}}\n" + " " * 100_000 + "{{> p}}\n", {}, "longer than"),
]


def render(source: str, data: dict[str, Any]) -> str:
    template = Template("t", "s", source, None)
    rendering.check(template)
    text = rendering.render(template, data).text
    assert text
    return text.data


@pytest.mark.parametrize(("source", "data", "text"), RENDERED)
def test_a_template_becomes_text(source: str, data: dict[str, Any], text: str) -> None:
    assert render(source, data) == text


@pytest.mark.parametrize(("source", "data", "name"), MISSING)
def test_what_is_printed_must_be_there_and_is_named_as_it_is_written(
    source: str, data: dict[str, Any], name: str
) -> None:
    with pytest.raises(errors.MissingRenderingAttribute) as caught:
        render(source, data)
    assert caught.value.message == f"Attribute '{name}' is not present in the rendering data."


@pytest.mark.parametrize("name", INNER)
def test_nothing_can_be_reached_but_keys_and_places(name: str) -> None:
    data = {"x": "text", "l": [1], "o": {}}
    for path in (name, f"x.{name}", f"l.{name}", f"o.{name}"):
        with pytest.raises(errors.MissingRenderingAttribute):
            render(f"{{{{{path}}}}}", data)
    assert render("{{lookup x '__class__'}}{{lookup l 'append'}}{{lookup o 'keys'}}", data) == ""
    assert render("{{__class__}}{{items}}{{o.__proto__}}", {"__class__": 1, "items": 2, "o": {"__proto__": 3}}) == "123"


@pytest.mark.parametrize("source", FAULTY, ids=range(len(FAULTY)))
def test_a_template_that_is_not_handlebars_is_found_out_before_it_is_used(source: str) -> None:
    for parts in ((source, None, None), ("s", source, None), ("s", None, source)):
        with pytest.raises(errors.InvalidTemplate) as caught:
            rendering.check(Template("greeting", *parts))
        assert caught.value.message.startswith("Template greeting is invalid: ")
        assert len(caught.value.message) < 400


def test_the_line_of_a_fault_is_told() -> None:
    with pytest.raises(errors.InvalidTemplate, match=r"HtmlPart: 'each' is not closed \(line 3\)"):
        rendering.check(Template("t", "s", None, "a\n{{#if b}}\n{{#each c}}\n{{! x }}\n"))


def test_partials_belong_to_one_part() -> None:
    with pytest.raises(errors.InvalidTemplate, match="TextPart: the partial 'name' is not defined"):
        rendering.check(Template("t", f"{PARTIAL}{{{{> name}}}}", "{{> name}}", None))


def test_a_partial_of_another_block_is_not_found() -> None:
    with pytest.raises(errors.RenderingFailed, match="The partial p could not be found"):
        render("{{#if a}}{{#*inline 'p'}}x{{/inline}}{{/if}}{{> p}}", {"a": 1})


@pytest.mark.parametrize(("source", "data", "why"), BOMBS, ids=range(len(BOMBS)))
def test_a_template_that_would_never_end_is_given_up(source: str, data: dict[str, Any], why: str) -> None:
    with pytest.raises(errors.RenderingFailed, match=why):
        render(source, data)


def test_blocks_may_be_nested_99_deep() -> None:
    assert render("{{#if a}}" * 99 + "x" + "{{/if}}" * 99, {"a": 1}) == "x"


@pytest.mark.parametrize("depth", [251, 900, 100_000])
@pytest.mark.parametrize(("opening", "closing"), [('{"a":', "}"), ('{"a":[', "]}")])
def test_data_may_be_nested_250_deep(depth: int, opening: str, closing: str) -> None:
    deepest = rendering.data_of('{"a":' * 250 + "1" + "}" * 250)
    assert render("{{a}}", rendering.merged(deepest, deepest)) == '{"a":' * 249 + "1" + "}" * 249
    with pytest.raises(errors.InvalidTemplateData):
        rendering.data_of(opening * depth + "1" + closing * depth)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '"a"',
        "1",
        "null",
        "{'a': 1}",
        '{"a": NaN}',
        '{"a": 1e400}',
        '{"a": -Infinity}',
        '{"a": 1} x',
        "{a: 1}",
        '{"a": "\n"}',
    ],
)
def test_data_must_be_one_json_object(text: str) -> None:
    with pytest.raises(errors.InvalidTemplateData, match=r"\AThe template data is invalid\.\Z"):
        rendering.data_of(text)


def test_of_a_key_given_twice_the_last_counts() -> None:
    assert rendering.data_of('{"a": 1, "b": 2, "a": 3}') == {"a": 3, "b": 2}


def test_what_no_text_can_hold_is_replaced() -> None:
    assert render("{{a}}", rendering.data_of(r'{"a": "x\u0000\ud800y \ud83d\ude00"}')) == "x\ufffd\ufffdy 😀"


def test_replacement_data_lies_over_the_default_key_by_key() -> None:
    default = {"a": {"b": 1, "c": {"d": 2, "e": 3}}, "l": [1, 2], "x": 5, "n": {"k": 1}}
    own = {"a": {"c": {"d": 9}}, "l": [7], "n": None, "y": 6}
    both = rendering.merged(default, own)
    assert both == {"a": {"b": 1, "c": {"d": 9, "e": 3}}, "l": [7], "x": 5, "n": None, "y": 6}
    assert default["a"] == {"b": 1, "c": {"d": 2, "e": 3}}
