"""Documents as trees: what is said stays as it is written, and bombs stay small."""

from typing import Any

import pytest

from emulator.seed import documents
from emulator.seed.documents import JSON, TOML, YAML, Node
from emulator.seed.flaws import SeedError


def tree(text: str, kind: str = YAML) -> Node:
    return documents.parse(text, kind, "seed")


def refusal(text: str, kind: str = YAML) -> str:
    with pytest.raises(SeedError) as caught:
        tree(text, kind)
    return str(caught.value)


def texts(text: str, kind: str = YAML) -> dict[str, str]:
    """The scalars of a mapping as they are written."""
    return {name: node.text for name, node in tree(text, kind).value.items()}


@pytest.mark.parametrize("written", ["no", "012345678901", "000000000000", "2012-10-17", "1_000", "1:30", "~", "0x1F"])
def test_a_scalar_of_yaml_keeps_its_text(written: str) -> None:
    assert texts(f"a: {written}") == {"a": written}


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("yes", True),
        ("off", False),
        ("12", 12),
        ("1.5", 1.5),
        ("1e3", "1e3"),  # no number of YAML 1.1
        ("010", "010"),  # which some read as 8
        ("1:30", "1:30"),  # and some as 90
        (".inf", ".inf"),
        ("null", None),
        ("", None),
        ("'12'", "12"),
        ("2012-10-17", "2012-10-17"),
    ],
)
def test_a_scalar_of_yaml_has_a_type_that_all_agree_on(written: str, value: Any) -> None:
    assert documents.plain(tree(f"a: {written}")) == {"a": value}


def test_what_stands_in_yaml_has_the_line_of_its_key_or_dash() -> None:
    found = tree("a:\n  b: 1\n  c:\n    - 2\n    - d: 3\n").value["a"]
    items = found.value["c"].value
    assert (found.line, found.value["b"].line, found.value["c"].line) == (1, 2, 3)
    assert [each.line for each in items] == [4, 5]


def test_aliases_and_merge_keys_are_what_they_name() -> None:
    found = tree("x-one: &one {a: 1, b: 2}\nx-two: &two {b: 3}\nc: {<<: [*one, *two], a: 4}\nd: {<<: *two}\ne: *one\n")
    assert documents.plain(found) == {
        "x-one": {"a": 1, "b": 2},
        "x-two": {"b": 3},
        "c": {"a": 4, "b": 2},
        "d": {"b": 3},
        "e": {"a": 1, "b": 2},
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [1,\nb: }", "seed:2: this is no YAML: "),
        ("a: 1\na: 2", "seed:2: the key 'a' stands there twice"),
        ("a: *nobody", "seed:1: this is no YAML: found undefined alias"),
        ("a: 1\n---\nb: 2", "seed:2: this is no YAML: but found another document"),
        ("a: \x07", "seed: this is no YAML: unacceptable character"),
        ("a: \ud800", "seed: this is no YAML: "),
        ("a: !python/object:os.system x", "seed:1: the tag !python/object:os.system means nothing here"),
        (
            "a: !!python/object:os.system x",
            "seed:1: the tag tag:yaml.org,2002:python/object:os.system means nothing here",
        ),
        ("? [1, 2]\n: 3", "seed:1: a key must be a text"),
        ("a:\n  <<: 1", "seed:2: << must be given mappings"),
        ("a: &a [*a]", "seed:1: the file is nested more than 40 levels deep"),
    ],
)
def test_what_is_wrong_with_yaml_is_told_with_its_line(text: str, said: str) -> None:
    assert refusal(text).startswith(said)


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_no_depth_of_yaml_is_too_much(opening: str) -> None:
    assert refusal(opening * 100_000) == "seed:1: the file is nested more than 40 levels deep"


def test_aliases_of_aliases_are_counted_as_often_as_they_are_used() -> None:
    lines = ["l0: &l0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 10)]
    assert "the file has more than 200000 parts, aliases included" in refusal("\n".join(lines))
    merges = ["a0: &a0 {x: 1}", *(f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 9)}]}}" for n in range(1, 10))]
    assert "the file has more than 200000 parts, aliases included" in refusal("\n".join(merges))


def test_an_empty_document_is_an_empty_mapping() -> None:
    assert documents.plain(tree("# nothing\n")) == {}


def test_toml_is_the_same_tree() -> None:
    found = tree('a = 1\nat = 2012-10-17\n[[b]]\nc = "x"\nd = true\n', TOML)
    assert documents.plain(found) == {"a": 1, "at": "2012-10-17", "b": [{"c": "x", "d": True}]}
    assert found.value["b"].value[0].value["d"].text == "true"


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        ("a = 1\nb = = 2\n", TOML, "seed:2: this is no TOML: Invalid value"),
        ('{"a": 1,\n "b": }', JSON, "seed:2: this is no JSON: Expecting value"),
        ("9" * 5_000, JSON, "seed: this is no JSON: Exceeds the limit"),
        ('{"a": ' * 5_000, JSON, "seed: the file is nested too deeply"),
        ("[" * 5_000, JSON, "seed: the file is nested too deeply"),
        ('{"a": ' * 50 + "1" + "}" * 50, JSON, "seed: the file is nested more than 40 levels deep"),
    ],
)
def test_what_is_wrong_with_toml_and_json_is_told(text: str, kind: str, said: str) -> None:
    assert refusal(text, kind).startswith(said)
