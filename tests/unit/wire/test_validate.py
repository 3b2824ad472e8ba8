"""Parameters against shapes: what is said of each violation, and in which order."""

import re
from typing import Any

import pytest

from emulator.wire import validate
from emulator.wire.common_errors import Fault
from emulator.wire.model import Service, Shape

NULL = "Member must not be null"


def _shape(kind: str = "string", **constraints: Any) -> Shape:
    return Shape("Shape", kind, constrained=True, **constraints)


def _list(**constraints: Any) -> Shape:
    return _shape("list", member=Shape("S", "string"), **constraints)


def _violations(shape: Shape, value: Any, name: str = "PolicyName") -> str:
    holder = Shape("Input", "structure", members={name: shape}, constrained=True)
    return _message(holder, {name: value})


def _message(shape: Shape, parameters: dict[str, Any]) -> str:
    with pytest.raises(Fault) as caught:
        validate.check(shape, parameters)
    assert (caught.value.code, caught.value.status) == ("ValidationError", 400)
    return caught.value.message or ""


def _one(path: str, constraint: str) -> str:
    return f"1 validation error detected: Value at '{path}' failed to satisfy constraint: {constraint}"


def test_without_a_shape_or_a_constraint_everything_fits() -> None:
    validate.check(None, {"A": 1})
    validate.check(Shape("Input", "structure"), {"A": 1})


@pytest.mark.parametrize(
    ("shape", "bad", "constraint", "good"),
    [
        (_shape(maximum=4), "12345", "Member must have length less than or equal to 4", ["", "1234"]),
        (_shape(minimum=2), "1", "Member must have length greater than or equal to 2", ["12"]),
        (_shape(enum=("B", "A")), "C", "Member must satisfy enum value set: [B, A]", ["A", "B"]),
        (_shape(enum=("B", "A")), "", "Member must satisfy enum value set: [B, A]", []),
        (_shape(enum=("B", "A")), "a", "Member must satisfy enum value set: [B, A]", []),
        (_shape(pattern="^[a-z]+$"), "a1", "Member must satisfy regular expression pattern: ^[a-z]+$", ["ab"]),
        (_shape(pattern="[a-z]+"), "1a1", "Member must satisfy regular expression pattern: [a-z]+", ["ab"]),
        (_shape("integer", minimum=1), 0, "Member must have value greater than or equal to 1", [1]),
        (_shape("integer", maximum=50), 51, "Member must have value less than or equal to 50", [50]),
        (_list(minimum=1), [], "Member must have length greater than or equal to 1", [["a"]]),
        (_list(maximum=1), ["a", "b"], "Member must have length less than or equal to 1", [[]]),
    ],
)
def test_each_constraint_has_its_words(shape: Shape, bad: Any, constraint: str, good: list[Any]) -> None:
    assert _violations(shape, bad) == _one("policyName", constraint)
    holder = Shape("Input", "structure", members={"PolicyName": shape}, constrained=True)
    for value in [*good, None]:
        validate.check(holder, {"PolicyName": value})


def test_length_is_counted_in_utf_16_code_units() -> None:
    validate.check(Shape("I", "structure", members={"A": _shape(maximum=4)}, constrained=True), {"A": "ü日😀"})
    assert _violations(_shape(maximum=4), "😀😀a") == _one(
        "policyName", "Member must have length less than or equal to 4"
    )


def test_of_one_member_the_length_comes_before_the_enumeration_and_the_pattern() -> None:
    shape = _shape(minimum=1, enum=("A",), pattern="[a-z]+")
    where = "Value at 'policyName' failed to satisfy constraint: "
    assert _violations(shape, "") == (
        f"3 validation errors detected: {where}Member must have length greater than or equal to 1; "
        f"{where}Member must satisfy enum value set: [A]; "
        f"{where}Member must satisfy regular expression pattern: [a-z]+"
    )


def test_a_missing_required_member_is_null_whatever_else_it_must_satisfy() -> None:
    shape = Shape("I", "structure", members={"A": _shape(minimum=1)}, required=frozenset({"A"}), constrained=True)
    assert _message(shape, {}) == _message(shape, {"A": None}) == _one("a", NULL)


def test_members_come_in_reverse_order_of_the_model() -> None:
    members = {name: Shape("S", "string") for name in ("Source", "Destination", "Message")}
    shape = Shape("I", "structure", members=members, required=frozenset(members), constrained=True)
    where = ["message", "destination", "source"]
    expected = "; ".join(f"Value at '{path}' failed to satisfy constraint: {NULL}" for path in where)
    assert _message(shape, {}) == f"3 validation errors detected: {expected}"


def test_members_may_be_checked_in_an_order_of_their_own() -> None:
    members = {name: Shape("S", "string") for name in ("A", "B", "C")}
    shape = Shape("I", "structure", members=members, required=frozenset("AB"), checked=("B", "A"), constrained=True)
    where = ["b", "a"]
    expected = "; ".join(f"Value at '{path}' failed to satisfy constraint: {NULL}" for path in where)
    assert _message(shape, {}) == f"2 validation errors detected: {expected}"


def test_members_whose_order_is_not_known_come_after_those_whose_order_is() -> None:
    shapes = {
        "I": {"type": "structure", "members": {name: {"shape": "S"} for name in "ABCD"}, "required": list("ABCD")},
        "S": {"type": "string"},
    }
    description = {"metadata": {"apiVersion": "1"}, "operations": {}, "shapes": shapes}
    shape = Service(description, {"I": {"checked": ["B", "A"]}}).shape("I")
    assert re.findall("'(.)'", _message(shape, {})) == ["b", "a", "d", "c"]


@pytest.mark.parametrize("values", [[""], ["a", "abc", "A"], ["!"], ["", "", "abcdef"]])
def test_a_list_may_tell_of_its_members_once(values: list[str]) -> None:
    each = Shape("List", "string", minimum=1, maximum=2, pattern="^[a-z]+$")
    constraints = (
        "[Member must have length less than or equal to 2, Member must have length greater than or equal to 1, "
        "Member must satisfy regular expression pattern: ^[a-z]+$]"
    )
    told = _shape("list", member=_shape(minimum=1), each=each)
    assert _violations(told, values, "Names") == _one("names", f"Member must satisfy constraint: {constraints}")
    holder = Shape("Input", "structure", members={"Names": told}, constrained=True)
    for fine in ([], ["a"], ["ab", "a"]):
        validate.check(holder, {"Names": fine})


@pytest.mark.parametrize("value", [{}, {"A": {}, "B": {}}])
def test_a_structure_may_have_to_have_just_one_member_which_comes_before_all_violations(value: dict[str, Any]) -> None:
    inner = {name: Shape(name, "structure") for name in ("A", "B")}
    union = _shape("structure", members=inner, exactly_one="Just one.")
    members = {"Name": Shape("S", "string"), "Union": union}
    shape = Shape("I", "structure", members=members, required=frozenset({"Name"}), constrained=True)
    with pytest.raises(Fault) as caught:
        validate.check(shape, {"Union": value})
    assert (caught.value.code, caught.value.message) == ("InvalidParameterValue", "Just one.")
    assert _message(shape, {"Union": {"A": {}}}) == _one("name", NULL)


def test_paths_are_dotted_with_lower_first_letters_and_number_the_members_of_lists() -> None:
    leaf = Shape("L", "structure", members={"TlsPolicy": _shape(enum=("A",))}, constrained=True)
    options = Shape("D", "structure", members={"Rules": _shape("list", member=leaf)}, constrained=True)
    value = {"Rules": [{"TlsPolicy": "A"}, {"TlsPolicy": "B"}]}
    expected = _one("deliveryOptions.rules.2.member.tlsPolicy", "Member must satisfy enum value set: [A]")
    assert _violations(options, value, "DeliveryOptions") == expected


def test_a_required_member_is_only_missed_where_its_structure_is_present() -> None:
    inner = Shape("D", "structure", members={"A": Shape("S", "string")}, required=frozenset({"A"}), constrained=True)
    holder = Shape("I", "structure", members={"Inner": inner}, constrained=True)
    validate.check(holder, {})
    assert _message(holder, {"Inner": {}}) == _one("inner.a", NULL)
