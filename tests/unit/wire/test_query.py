"""The Query codec's details: how leaves are read and written."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from urllib.parse import unquote_plus

import pytest
from lxml import etree

from emulator.wire import query
from emulator.wire.common_errors import Fault
from emulator.wire.model import Operation, Service, Shape

NAMESPACE = "http://example.com/doc/"
SERVICE = Service({"metadata": {"apiVersion": "1", "xmlNamespace": NAMESPACE}, "operations": {}, "shapes": {}}, {})


def _structure(**members: Shape) -> Shape:
    return Shape("Structure", "structure", members=members)


def _leaf(kind: str) -> Shape:
    return Shape(kind.title(), kind)


def _list(member: Shape) -> Shape:
    return Shape("List", "list", member=member)


def _map(value: Shape) -> Shape:
    return Shape("Map", "map", key=_leaf("string"), value=value)


def _decoded(shape: Shape, **form: str) -> Any:
    return query.decode(_structure(Value=shape), {name.replace("__", "."): value for name, value in form.items()})


def _read(kind: str, text: str) -> Any:
    return _decoded(_leaf(kind), Value=text)["Value"]


def _malformed(shape: Shape, **form: str) -> str | None:
    with pytest.raises(Fault) as caught:
        _decoded(shape, **form)
    assert (caught.value.code, caught.value.status) == ("MalformedInput", 400)
    return caught.value.message


def _written(shape: Shape, value: Any) -> str:
    """The lines between the Result's tags."""
    output = _structure(Value=shape)
    called = Operation("Do", "do", None, output, ())
    lines = query.encode_result(SERVICE, called, {"Value": value}, "id").decode().split("\n")
    return "\n".join(line.removeprefix("    ") for line in lines[2:-6])


def _text(kind: str, value: Any) -> str:
    return _written(_leaf(kind), value).removeprefix("<Value>").removesuffix("</Value>")


# ---- reading


def _form(body: bytes) -> query.Form:
    return query.read("POST", query.FORM, b"", body)


def test_a_pair_is_split_at_its_first_equal_sign_and_may_have_none() -> None:
    assert _form(b"a=b=c&d&=e&&f=") == {"a": "b=c", "d": "", "": "e", "f": ""}


def test_escapes_and_pluses_are_read_in_names_and_values_and_nothing_else_is() -> None:
    assert _form(b"a+%41=%3D%25+%2B;x%0A%0d") == {"a A": "=% +;x\n\r"}
    assert _form(b"a==3D&b=_%3d\n=") == {"a": "=3D", "b": "_=\n="}


def test_a_query_string_comes_before_the_body_of_a_post_and_alone_in_a_get() -> None:
    assert query.read("POST", query.FORM, b"a=1", b"a=2&b=3") == {"a": "1", "b": "3"}
    assert query.read("GET", "", b"a=1", b"b=3") == {"a": "1"}


@pytest.mark.parametrize(("text", "value"), [("true", True), ("1", True), ("0", False), ("false", False)])
def test_booleans_are_words_or_digits(text: str, value: bool) -> None:
    assert _read("boolean", text) is value


@pytest.mark.parametrize("text", ["", "TRUE", "False", "yes", " true", "01", "on", "\u0661"])
def test_no_other_text_is_a_boolean(text: str) -> None:
    assert _malformed(_leaf("boolean"), Value=text) == "boolean must follow xsd1.1 definition"


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("integer", "1.0"),
        ("integer", "\u0661"),
        ("long", "1_000"),
        ("double", "x"),
        ("timestamp", ""),
        ("timestamp", "yesterday"),
        ("timestamp", "2026-13-01T00:00:00Z"),
        ("timestamp", "0001-01-01T00:00:00+05:00"),
    ],
)
def test_a_leaf_that_cannot_be_read_is_malformed_without_a_message(kind: str, text: str) -> None:
    with pytest.raises(Fault) as caught:
        _read(kind, text)
    assert (caught.value.code, caught.value.message, caught.value.status) == ("MalformedInput", None, 400)


def test_an_empty_integer_is_malformed_with_a_message() -> None:
    with pytest.raises(Fault) as caught:
        _read("integer", "")
    assert caught.value.message == "missing value for decimal type"


@pytest.mark.parametrize(
    ("text", "value"), [("+5", 5), ("007", 7), ("-0", 0), ("-2147483648", -(2**31)), ("2147483647", 2**31 - 1)]
)
def test_integers_may_have_a_sign_and_zeros(text: str, value: int) -> None:
    assert _read("integer", text) == value


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-02T03:04:05Z",
        "2026-01-02T03:04:05.000Z",
        "2026-01-02T03:04:05",
        "2026-01-02T05:04:05+02:00",
        "20260102T030405Z",
    ],
)
def test_timestamps_are_read_in_utc(text: str) -> None:
    read = _read("timestamp", text)
    assert read == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert read.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", b""),
        ("aGVsbG8=", b"hello"),
        ("aGVsbG8", b"hello"),
        ("aGVs\r\nbG8=", b"hello"),
        (" a G V s b G 8 = ", b"hello"),
        ("aGVs!bG8=", b"hello"),
        ("aGVsbG8==", b"hello"),
        ("aGVsbG8=====", b"hello"),
        ("a", b""),
        ("aGVsbG8a", b"hello\x1a"),
        ("é\ud7ff", b""),
    ],
)
def test_blobs_are_read_past_what_is_no_base64(text: str, value: bytes) -> None:
    assert _read("blob", text) == value


def test_any_text_is_some_blob() -> None:
    assert isinstance(_read("blob", "From: ann@example.com\r\n\r\nHello=="), bytes)


def test_a_map_has_numbered_entries_with_key_and_value() -> None:
    form = {
        "Value__entry__2__key": "b",
        "Value__entry__2__value": "2",
        "Value__entry__1__key": "a",
        "Value__entry__1__value": "1",
        "Value__entry__3__key": "no value",
        "Value__entry__4__value": "no key",
    }
    assert _decoded(_map(_leaf("integer")), **form) == {"Value": {"a": 1, "b": 2}}


def test_structures_and_lists_may_be_nested() -> None:
    shape = _structure(Name=_leaf("string"), Inner=_list(_structure(Flag=_leaf("boolean"))))
    form = {"Value__Name": "x", "Value__Inner__member__1__Flag": "true", "Value__Inner__member__2__Other": "1"}
    assert _decoded(shape, **form) == {"Value": {"Name": "x", "Inner": [{"Flag": True}, {}]}}


def test_a_list_is_empty_by_its_bare_name_and_absent_without_it() -> None:
    shape = _list(_leaf("string"))
    assert _decoded(shape, Value="") == {"Value": []}
    assert _decoded(shape, Value__1="x") == {}
    assert _decoded(shape) == {}
    assert _decoded(shape, Value="", Value__member__1="x") == {"Value": ["x"]}


# ---- lists with a grammar of their own


def _slots(**form: str) -> Any:
    shape = Shape("List", "list", member=_structure(A=_leaf("string")), numbering="slots")
    return _decoded(shape, **{f"Value__member__{number}": text for number, text in form.items()})


def _strict_list() -> Shape:
    return Shape("List", "list", member=_leaf("string"), numbering="strict")


def _strict(numbers: str) -> Any:
    return _decoded(_strict_list(), **{f"Value__member__{number}": number for number in numbers.split()})["Value"]


@pytest.mark.parametrize(
    ("numbers", "values"),
    [
        (["1", "2", "3"], ["1", "2", "3"]),
        (["3", "2", "1"], ["1", "2", "3"]),
        (["01"], ["01"]),
        (["1", "01"], ["01"]),
        (["01", "1", "001"], ["001"]),
        (["1", "02"], ["1", "02"]),
        (["1", "\u0662", "x", "-1", "+2", ""], ["1"]),
        # A slot stays empty: it has a member of its own.
        (["2"], [None]),
        (["1", "3"], ["1", None]),
        (["01", "2"], ["01", None]),
        (["1", "9" * 10], ["1", None]),
        (["1", "9" * 5_000], ["1", None]),
    ],
)
def test_members_go_into_slots(numbers: list[str], values: list[str | None]) -> None:
    read = _slots(**{f"{number}__A": number for number in numbers})["Value"]
    assert [each.get("A") for each in read] == values


@pytest.mark.parametrize("numbers", [["0"], ["0", "1"], ["1", "00"], ["0", "7"]])
def test_there_is_no_slot_zero(numbers: list[str]) -> None:
    shape = Shape("List", "list", member=_structure(A=_leaf("string")), numbering="slots")
    form = {f"Value__member__{number}__A": "x" for number in numbers}
    assert _malformed(shape, **form) == "0 is not a valid index"


def test_an_empty_list_has_no_slots() -> None:
    shape = Shape("List", "list", member=_structure(A=_leaf("string")), numbering="slots")
    assert _decoded(shape, Value="") == {"Value": []}
    assert _decoded(shape) == {}


def test_small_gaps_between_strict_numbers_are_filled_with_empty_texts() -> None:
    assert _strict("1 2") == ["1", "2"]
    assert _strict("4 2") == ["", "2", "", "4"]
    assert _strict("11") == [*[""] * 10, "11"]
    assert _strict("1 11") == ["1", *[""] * 9, "11"]
    assert _decoded(_strict_list(), Value="") == {"Value": []}


@pytest.mark.parametrize(
    ("numbers", "text"),
    [
        (["0"], "0 is not a valid index"),
        (["01"], "Value found where not expected"),
        (["00"], "Value found where not expected"),
        (["1", "02"], "Value found where not expected"),
        (["x"], "Start of list found where not expected"),
        ([""], "Start of list found where not expected"),
        (["-1"], "Start of list found where not expected"),
        (["\u0661"], "Start of list found where not expected"),
        (["214748370"], "Index 214748370 is illegal"),
        (["9" * 5_000], f"Index {'9' * 5_000} is illegal"),
        (["12"], "Excessively sparse input would skip 11 list elements"),
        (["1500"], "Excessively sparse input would skip 1,499 list elements"),
        (["1", "2", "13"], "Excessively sparse input would skip 11 list elements"),
        (["214748369"], "Excessively sparse input would skip 214,748,368 list elements"),
    ],
)
def test_a_strict_number_is_one_or_the_request_is_malformed(numbers: list[str], text: str) -> None:
    form = {f"Value.member.{number}": "a" for number in numbers}
    assert _malformed(_strict_list(), **form) == text


def test_a_leaf_with_only_names_below_it_is_absent() -> None:
    for kind in ("string", "integer", "boolean", "timestamp", "blob"):
        assert _decoded(_leaf(kind), Value__x="1", Value__="2") == {}
        assert _decoded(_list(_leaf(kind)), Value__member__1__x="1") == {"Value": []}


def test_an_operation_without_input_takes_nothing() -> None:
    assert query.decode(None, {"Value": "x"}) == {}


# ---- writing


@pytest.mark.parametrize(
    ("value", "text"),
    [
        # Source: recorded.
        (200, "200.0"),
        (1.0, "1.0"),
        (0.0, "0.0"),
        (-1.0, "-1.0"),
        (50000, "50000.0"),
        # As Java prints a double.
        (0.001, "0.001"),
        (9999999.0, "9999999.0"),
        (1e7, "1.0E7"),
        (12345678.9, "1.23456789E7"),
        (-1.5e10, "-1.5E10"),
        (1e22, "1.0E22"),
        (0.00099, "9.9E-4"),
        (5e-324, "5.0E-324"),  # older versions of Java print 4.9E-324, which is the same number
    ],
)
def test_doubles_are_written_as_java_prints_them(value: float, text: str) -> None:
    assert _text("double", value) == text
    assert float(text) == value


def test_timestamps_are_written_in_utc_with_milliseconds_where_there_are_any() -> None:
    zone = timezone(timedelta(hours=2))
    assert _text("timestamp", datetime(2011, 8, 3, 21, 23, 0, 123_999, tzinfo=zone)) == "2011-08-03T19:23:00.123Z"
    assert _text("timestamp", datetime(2011, 8, 3, 21, 23, tzinfo=zone)) == "2011-08-03T19:23:00Z"


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("boolean", True, "true"),
        ("boolean", False, "false"),
        ("integer", -5, "-5"),
        ("long", 2**40, "1099511627776"),
        ("blob", b"hello", "aGVsbG8="),
        ("string", "<a&b>\"'", "&lt;a&amp;b&gt;\"'"),
        ("string", "a\r\nb\t", "a&#13;\nb\t"),
    ],
)
def test_other_leaves_have_their_plain_forms(kind: str, value: Any, text: str) -> None:
    assert _text(kind, value) == text


@pytest.mark.parametrize("character", ["\0", "\x01", "\x0b", "\x1f", "\ufffe", "\uffff", "\ud800"])
def test_a_character_that_xml_cannot_hold_becomes_a_replacement_character(character: str) -> None:
    for document in (
        query.encode_result(
            SERVICE, Operation("Do", "do", None, _structure(V=_leaf("string")), ()), {"V": character}, "id"
        ),
        query.encode_error(NAMESPACE, "Code", f"a{character}b", 400, "id"),
    ):
        texts = "".join(str(text) for text in etree.fromstring(document).itertext())
        assert "\ufffd" in texts


def test_a_text_that_must_be_xml_fails_the_answer_if_it_is_not() -> None:
    shape = Shape("Text", "string", xml_only=True)
    assert _written(shape, "a\tb") == "<Value>a\tb</Value>"
    with pytest.raises(Fault) as caught:
        _written(shape, "a\x01")
    assert (caught.value.code, caught.value.message, caught.value.status) == ("InternalFailure", None, 500)


def test_a_key_that_xml_cannot_hold_is_replaced_too() -> None:
    assert "<key>\ufffd</key>" in _written(_map(_leaf("string")), {"\x01": "x"}).replace("&#65533;", "\ufffd")


def test_containers_are_indented_by_two_spaces_and_closed_in_themselves_when_empty() -> None:
    assert _written(_list(_leaf("string")), []) == "<Value/>"
    assert _written(_map(_leaf("string")), {}) == "<Value/>"
    assert _written(_structure(A=_leaf("string")), {"A": None}) == "<Value/>"
    assert _written(_list(_leaf("string")), ["a", "b"]) == (
        "<Value>\n  <member>a</member>\n  <member>b</member>\n</Value>"
    )
    assert _written(_map(_structure(A=_leaf("integer"))), {"k": {"A": 1}}) == (
        "<Value>\n  <entry>\n    <key>k</key>\n    <value>\n      <A>1</A>\n    </value>\n  </entry>\n</Value>"
    )


def test_members_are_written_in_the_order_of_the_model_and_unknown_ones_not_at_all() -> None:
    shape = _structure(B=_leaf("string"), A=_leaf("string"))
    assert _written(shape, {"A": "1", "B": "2", "C": "3"}) == "<Value>\n  <B>2</B>\n  <A>1</A>\n</Value>"
    assert _written(shape, {"A": "1", "B": None}) == "<Value>\n  <A>1</A>\n</Value>"


@pytest.mark.parametrize(("status", "kind"), [(400, "Sender"), (403, "Sender"), (500, "Receiver"), (503, "Receiver")])
def test_who_is_to_blame_follows_from_the_status(status: int, kind: str) -> None:
    document = etree.fromstring(query.encode_error(NAMESPACE, "Code", None, status, "id"))
    assert document.findtext(".//{*}Type") == kind
    assert document.find(".//{*}Message") is None
    assert document.findtext("{*}RequestId") == "id"


@pytest.mark.parametrize("size", [40, 40_000])
@pytest.mark.parametrize("broken", [b"%", b"%4g", b"%zz", b"%%41", b"%\n41", b"%\r\n", b"% 41", b"%%==", b"%%%3D%3D"])
@pytest.mark.parametrize("at", [0, 17, -1, -3])
def test_a_broken_escape_is_found_wherever_it_stands(size: int, broken: bytes, at: int) -> None:
    value = bytearray(b"QUJD" * (size // 4))
    value[at:at] = broken
    with pytest.raises(Fault):
        query.read("POST", query.FORM, b"", b"Name=" + bytes(value))


@pytest.mark.parametrize("end", [b"", b"%3D", b"%3D%3D", b"==", b"+%2B"])
def test_a_large_value_is_read_as_a_small_one(end: bytes) -> None:
    value = b"QUJD%2B%2f" * 4_000 + end
    (text,) = query.read("POST", query.FORM, b"", b"Name=" + value).values()
    assert text == unquote_plus(value.decode())
