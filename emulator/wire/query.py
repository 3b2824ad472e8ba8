"""The Query protocol: forms in, XML out, both by the model.

Source of the byte layout: recorded Content-Length of answers (an empty ListIdentities has 276 bytes) and probes.
"""

import binascii
import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pybase64
from lxml import etree

from emulator.wire.common_errors import Fault
from emulator.wire.model import Operation, Service, Shape

CONTENT_TYPE = "text/xml"
FORM = "application/x-www-form-urlencoded"
# Every InvalidAction answer is in this namespace. Source: recorded.
FAULT_NAMESPACE = "http://webservices.amazon.com/AWSFault/2005-15-09"
UNKNOWN_OPERATION = b"<UnknownOperationException/>"
TOO_LARGE = b"<RequestEntityTooLargeException/>"  # Unverified: the form of the one above
MAX_PARAMETERS = 10_000  # Unverified: our own bound; a bulk send at every limit of SES has about 5,000
SYNTAX_ERROR = "The query string contains a syntax error."  # Unverified
LARGE_BYTES = 16 * 1024
MAX_DEPTH = 12  # no input shape is nested deeper, so nothing below can be a parameter

MAX_NUMBER_DIGITS = 9  # of a list's member: far more than there can be parameters
# Of a list with the strict grammar. Source: recorded.
MAX_STRICT_NUMBER = 214_748_369
MAX_SKIPPED = 10

Form = dict[str, str]

_Node = dict[str | None, Any]  # the names below a name; None: its own value

_BOOLEANS = {"true": True, "false": False, "1": True, "0": False}
_INTEGER = re.compile(r"[+-]?[0-9]+\Z")
_BAD_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")
_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class UnknownOperation(Exception):
    """No action is named, or a POST is no form: 404 with a body of its own. Source: recorded."""


# ---- requests


def read(method: str, content_type: str, query: bytes, body: bytes) -> Form:
    """The parameters by name; of a name given twice, the first. Source: probes of a sibling service."""
    if method == "POST" and content_type.partition(";")[0].strip().lower() != FORM:
        raise UnknownOperation
    form: Form = {}
    for encoded in (query, body) if method == "POST" else (query,):
        if encoded:
            _read_pairs(encoded, form)
    return form


def _read_pairs(encoded: bytes, form: Form) -> None:
    pairs = encoded.split(b"&", MAX_PARAMETERS)
    if len(pairs) > MAX_PARAMETERS:
        raise Fault("MalformedQueryString", SYNTAX_ERROR)
    for pair in pairs:
        if pair:
            name, _, value = pair.partition(b"=")
            form.setdefault(_text(name), _text(value))


def _text(encoded: bytes) -> str:
    try:
        text = _unescaped(encoded).decode()
    except UnicodeDecodeError:
        raise Fault("MalformedQueryString", SYNTAX_ERROR) from None
    if "\0" in text:  # Unverified: no recording of a NUL; neither our answer nor every database could hold one
        raise Fault("MalformedInput", None)
    return text


def _unescaped(encoded: bytes) -> bytes:
    data = encoded.replace(b"+", b" ")
    if b"%" not in data:
        return data
    # With `=` for `%` this is quoted-printable, whose decoder is one pass in C. unquote_to_bytes makes an object of
    # every escape: 1.4 GB and four seconds for a body that is nothing else.
    data = binascii.a2b_qp(data.replace(b"=", b"=3D").replace(b"%", b"="))
    if _may_be_broken(encoded, data) and _BAD_ESCAPE.search(encoded):
        raise Fault("MalformedQueryString", SYNTAX_ERROR)
    return data


def _may_be_broken(encoded: bytes, decoded: bytes) -> bool:
    """False is certain: a broken escape leaves a `=` behind, where only the end of base64 has any, or breaks a line."""
    if len(encoded) < LARGE_BYTES or b"\n" in encoded or b"\r" in encoded:
        return True
    return decoded.find(b"=", 0, -2) >= 0 or _BAD_ESCAPE.search(encoded[-12:]) is not None


def operation(service: Service, form: Form) -> Operation:
    """The operation that the form names; UnknownOperation, or InvalidAction with the recorded text."""
    action = form.get("Action")
    if action is None:
        raise UnknownOperation
    version = form.get("Version", "NO_VERSION_SPECIFIED")
    found = service.operation(action) if version == service.api_version else None
    if found is None:
        raise Fault("InvalidAction", f"Could not find operation {action} for version {version}")
    return found


def decode(shape: Shape | None, form: Form) -> dict[str, Any]:
    """The form's values with the types of boto3's parameters; MalformedInput where one cannot be read.

    Parameters that the shape does not have are ignored. Source: probe of a sibling service.
    """
    if shape is None:
        return {}
    tree: _Node = {}
    for name, value in form.items():
        parts = name.split(".", MAX_DEPTH)
        if parts[0] not in shape.members or len(parts) > MAX_DEPTH:
            continue
        node = tree
        for part in parts[:-1]:
            node = node.setdefault(part, {})
        node.setdefault(parts[-1], {})[None] = value  # a name may have both a value and names below it
    return _structure(shape, tree)


def _structure(shape: Shape, node: _Node) -> dict[str, Any]:
    found = {name: _value(member, node[name]) for name, member in shape.members.items() if name in node}
    return {name: value for name, value in found.items() if value is not None}


def _value(shape: Shape, node: _Node) -> Any:
    """What the node says; None where all it has is names that the shape does not."""
    read_leaf = _LEAVES.get(shape.type)
    if read_leaf:
        return read_leaf(node[None]) if None in node else None
    if shape.type == "list":
        assert shape.member
        if None not in node and "member" not in node:
            return None
        numbered = _NUMBERINGS[shape.numbering](node.get("member", {}))
        values = [_value(shape.member, each) for each in numbered]
        return [value for value in values if value is not None]
    if shape.type == "map":
        assert shape.key
        assert shape.value
        entries = _numbered(node.get("entry", {}))
        return {
            _value(shape.key, each["key"]): _value(shape.value, each["value"])
            for each in entries
            if "key" in each and "value" in each
        }
    return _structure(shape, node)


def _numbered(node: _Node) -> list[_Node]:
    """The numbered nodes in the order of their numbers; gaps do not matter."""
    if len(node) == 1 and "1" in node:
        return [node["1"]]
    numbers = (key for key in node if key and key.isdecimal() and len(key) <= MAX_NUMBER_DIGITS)
    return [node[key] for key in sorted(numbers, key=int)]


def _slots(node: _Node) -> list[_Node]:
    """The numbered nodes, each in the slot of its number; a slot that stays empty makes one empty node.

    Source: the actions of CreateReceiptRule, recorded: numbers are taken by length, then text; the later spelling of
    one number holds; one that is too long, or leaves a slot empty, is told as an empty one, not by its number.
    """
    slots: list[_Node] = []
    gap = False
    numbers = (key for key in node if key and key.isascii() and key.isdigit())
    for key in sorted(numbers, key=lambda key: (len(key), key)):
        number = int(key) if len(key) <= MAX_NUMBER_DIGITS else MAX_PARAMETERS
        if number == 0:
            raise Fault("MalformedInput", "0 is not a valid index")
        if number <= len(slots):
            slots[number - 1] = node[key]
        elif number == len(slots) + 1:
            slots.append(node[key])
        else:
            gap = True
    return [*slots, {}] if gap else slots


def _strict(node: _Node) -> list[_Node]:
    """The numbered nodes, small gaps filled with empty texts; MalformedInput where a number is none.

    Source: the names of ReorderReceiptRuleSet, recorded. Unverified: which of several faults is told.
    """
    numbers = [_strict_number(key) for key in node if key is not None]
    nodes: list[_Node] = []
    previous = 0
    for number in sorted(numbers):
        skipped = number - max(previous, 1)
        if skipped > MAX_SKIPPED:
            raise Fault("MalformedInput", f"Excessively sparse input would skip {skipped:,} list elements")
        nodes += [{None: ""}] * (number - previous - 1)
        nodes.append(node[str(number)])
        previous = number
    return nodes


def _strict_number(key: str) -> int:
    if not (key.isascii() and key.isdigit()):
        raise Fault("MalformedInput", "Start of list found where not expected")
    if key == "0":
        raise Fault("MalformedInput", "0 is not a valid index")
    if key[0] == "0":
        raise Fault("MalformedInput", "Value found where not expected")
    if len(key) > MAX_NUMBER_DIGITS or int(key) > MAX_STRICT_NUMBER:
        raise Fault("MalformedInput", f"Index {key} is illegal")
    return int(key)


_NUMBERINGS = {"": _numbered, "slots": _slots, "strict": _strict}


def _integer(text: str) -> int:
    if not text:
        raise Fault("MalformedInput", "missing value for decimal type")  # Source: recorded
    if not _INTEGER.match(text) or len(text) > 40 or not -(2**31) <= int(text) < 2**31:
        raise Fault("MalformedInput", None)  # Source: recorded, without a message
    return int(text)


def _boolean(text: str) -> bool:
    if text not in _BOOLEANS:  # Source: Enabled and ScanEnabled of rules, recorded. Unverified: of all others
        raise Fault("MalformedInput", "boolean must follow xsd1.1 definition")
    return _BOOLEANS[text]


def _double(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise Fault("MalformedInput", None) from None  # Unverified: like integers


def _blob(text: str) -> bytes:
    """The bytes; characters that are not base64 are passed over.

    Source: data that was not encoded reaches SES's header check, as recorded there, not a decoding error.
    """
    try:
        return pybase64.b64decode(text, validate=True)
    except ValueError:
        data = _NOT_BASE64.sub(b"", text.encode())
        if len(data) % 4 == 1:
            data = data[:-1]
        return pybase64.b64decode(data + b"=" * (-len(data) % 4))


def _timestamp(text: str) -> datetime:
    try:
        time = datetime.fromisoformat(text)
        return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise Fault("MalformedInput", None) from None  # Unverified: like integers


_LEAVES: dict[str, Callable[[str], Any]] = {
    "string": str,
    "integer": _integer,
    "long": _integer,
    "boolean": _boolean,
    "double": _double,
    "blob": _blob,
    "timestamp": _timestamp,
}


# ---- answers


def encode_result(service: Service, called: Operation, result: dict[str, Any], request_id: str) -> bytes:
    """The answer of an operation. One without output in the model has no Result element. Source: model, samples."""
    root = etree.Element(f"{called.name}Response", nsmap={None: service.namespace})  # type: ignore[dict-item]
    if called.output is not None:
        _write(etree.SubElement(root, f"{called.name}Result"), called.output, result)
    metadata = etree.SubElement(root, "ResponseMetadata")
    etree.SubElement(metadata, "RequestId").text = request_id
    return etree.tostring(root, pretty_print=True)


def encode_error(namespace: str, code: str, message: str | None, status: int, request_id: str) -> bytes:
    """The answer that refuses a call. Members that the model gives an error are not sent. Source: recorded."""
    root = etree.Element("ErrorResponse", nsmap={None: namespace})  # type: ignore[dict-item]
    error = etree.SubElement(root, "Error")
    etree.SubElement(error, "Type").text = "Sender" if status < 500 else "Receiver"
    etree.SubElement(error, "Code").text = code
    if message is not None:
        etree.SubElement(error, "Message").text = _xml_text(message)
    etree.SubElement(root, "RequestId").text = request_id
    return etree.tostring(root, pretty_print=True)


def _write(parent: etree._Element, shape: Shape, value: Any) -> None:
    if shape.type == "structure":
        for name, member in shape.members.items():
            if value.get(name) is not None:
                _write(etree.SubElement(parent, name), member, value[name])
    elif shape.type == "list":
        assert shape.member
        for each in value:
            _write(etree.SubElement(parent, "member"), shape.member, each)
    elif shape.type == "map":
        assert shape.key
        assert shape.value
        for key, each in value.items():
            entry = etree.SubElement(parent, "entry")
            _write(etree.SubElement(entry, "key"), shape.key, key)
            _write(etree.SubElement(entry, "value"), shape.value, each)
    else:
        parent.text = _leaf_text(shape, value)


def _leaf_text(shape: Shape, value: Any) -> str:
    kind = shape.type
    if kind == "boolean":
        return "true" if value else "false"
    if kind == "double":
        return _java_double(float(value))
    if kind == "timestamp":
        # Source: with milliseconds for templates, recorded, and without for full minutes, AWS's samples.
        text: str = value.astimezone(UTC).isoformat(timespec="milliseconds")
        return text.replace("+00:00", "Z").replace(".000Z", "Z")
    if kind == "blob":
        return pybase64.b64encode_as_string(value)
    text = str(value)
    if shape.xml_only and _NOT_XML.search(text):
        raise Fault("InternalFailure", None)
    return _xml_text(text)


def _java_double(value: float) -> str:
    """As Java prints a double: `200.0`, `1.0E7`. Source: recorded below ten million; Unverified: above."""
    if value and not 1e-3 <= abs(value) < 1e7:
        number = Decimal(repr(value)).normalize()
        first, *others = number.as_tuple().digits
        sign = "-" if value < 0 else ""
        return f"{sign}{first}.{''.join(map(str, others)) or '0'}E{number.adjusted()}"
    return repr(value)


def _xml_text(text: str) -> str:
    """The text as XML 1.0 can hold it; a character that it cannot becomes U+FFFD."""
    return text if text.isprintable() else _NOT_XML.sub("\ufffd", text)
