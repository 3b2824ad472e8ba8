"""botocore is the oracle: what its client sends is what we read, and what we write is what its client reads."""

from functools import cache
from urllib.parse import urlencode

import pytest
from botocore.model import Shape as BotocoreShape
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emulator.wire import model, query, validate
from emulator.wire.common_errors import STATUS, Fault
from emulator.wire.model import Service
from tests.support import shapes
from tests.support.shapes import TEXT

REQUEST_ID = "3b1f9c0e-6a44-4d43-8f6b-9f6f9c1f1f4e"
OPERATIONS = shapes.operation_names()
relaxed = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])


@cache
def _service() -> Service:
    return model.load("ses", "2010-12-01")


@pytest.mark.parametrize("name", OPERATIONS)
@relaxed
@given(data=st.data())
def test_what_boto3_sends_is_what_we_read(name: str, data: st.DataObject) -> None:
    parameters = data.draw(shapes.values(shapes.operation(name).input_shape))
    form = query.read("POST", query.FORM, b"", shapes.form_of(name, parameters))
    called = query.operation(_service(), form)
    expected = shapes.pruned(parameters)
    assert called.name == name
    assert query.decode(called.input, form) == ({} if expected is shapes.NOTHING else expected)


@pytest.mark.parametrize("name", OPERATIONS)
@relaxed
@given(data=st.data())
def test_what_we_answer_is_what_boto3_reads(name: str, data: st.DataObject) -> None:
    output = shapes.operation(name).output_shape
    result = data.draw(shapes.values(output, whole_seconds=True))
    called = _service().operation(name)
    assert called
    body = query.encode_result(_service(), called, result, REQUEST_ID)
    read = shapes.parsed(output, body)
    assert read.pop("ResponseMetadata")["RequestId"] == REQUEST_ID
    assert read == result


@pytest.mark.parametrize("shape", shapes.error_shapes(), ids=lambda shape: str(shape.name))
@relaxed
@given(message=TEXT.filter(bool))
def test_every_modelled_error_reaches_boto3_with_its_code_and_message(shape: BotocoreShape, message: str) -> None:
    code, status = _service().errors[shape.name]
    assert code == shape.metadata.get("error", {}).get("code", shape.name)
    assert status == shape.metadata.get("error", {}).get("httpStatusCode", 400)
    body = query.encode_error(_service().namespace, code, message, status, REQUEST_ID)
    read = shapes.parsed(None, body, status)
    assert read["Error"] == {"Type": "Sender", "Code": code, "Message": message}
    assert read["ResponseMetadata"]["RequestId"] == REQUEST_ID


@pytest.mark.parametrize("code", sorted(STATUS))
def test_every_common_error_reaches_boto3_with_its_code_with_and_without_a_message(code: str) -> None:
    for message in ("Text.", None):
        body = query.encode_error(query.FAULT_NAMESPACE, code, message, STATUS[code], REQUEST_ID)
        read = shapes.parsed(None, body, STATUS[code])
        assert (read["Error"]["Code"], read["Error"].get("Message")) == (code, message)
        assert read["Error"]["Type"] == ("Sender" if STATUS[code] < 500 else "Receiver")


# ---- any bytes at all

_WORDS = ["", "member", "entry", "key", "value", "1", "2", "01", "x", "Identities", "Tags", "Message", "Body", "Name"]
_NAMES = st.lists(st.sampled_from(_WORDS), min_size=1, max_size=6).map(".".join)
_REFUSALS = (None, "MalformedQueryString", "MalformedInput", "ValidationError", "InvalidParameterValue")


@relaxed
@given(body=st.binary(max_size=200), name=st.sampled_from(OPERATIONS))
def test_any_bytes_are_parameters_or_refused(body: bytes, name: str) -> None:
    assert _refusal(f"Action={name}&Version=2010-12-01&".encode() + body) in _REFUSALS


@relaxed
@given(pairs=st.lists(st.tuples(_NAMES, TEXT), max_size=8), name=st.sampled_from(OPERATIONS), data=st.data())
def test_names_that_clash_are_parameters_or_refused(
    pairs: list[tuple[str, str]], name: str, data: st.DataObject
) -> None:
    called = _service().operation(name)
    assert called
    members = [*(called.input.members if called.input else ()), "Other"]
    heads = data.draw(st.lists(st.sampled_from(members), max_size=4))
    given_twice = [(f"{head}.{tail}", text) for head, (tail, text) in zip(heads, pairs, strict=False)]
    plain = [(head, "1") for head in heads[:2]]
    form = data.draw(st.permutations([*given_twice, *plain, *pairs]))
    body = urlencode([("Action", name), ("Version", "2010-12-01"), *form]).encode()
    assert _refusal(body) in _REFUSALS


def _refusal(body: bytes) -> str | None:
    try:
        form = query.read("POST", query.FORM, b"", body)
        called = query.operation(_service(), form)
        validate.check(called.input, query.decode(called.input, form))
    except Fault as fault:
        return fault.code
    return None
