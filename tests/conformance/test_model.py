"""The program against the botocore that is installed: nothing misspelt, nothing missing, nothing unknown."""

import importlib
import inspect
import itertools
import re
from collections.abc import Iterator
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

import botocore.session
import pytest
from botocore import xform_name
from botocore.model import ServiceModel

from emulator import dispatch
from emulator.operations import v1
from emulator.ses import errors, regions
from emulator.ses.errors import SesError
from emulator.wire import model, query
from emulator.wire.common_errors import STATUS
from emulator.wire.model import Shape
from emulator.wire.overlays import OVERLAYS
from tests.support.aws import Account

SERVICE = model.load("ses", "2010-12-01")
OPERATIONS = dispatch.Operations(v1)
BUILT = sorted(name for name in SERVICE.operation_names if xform_name(name) in OPERATIONS)
APIS = {"v1": ("ses", "2010-12-01"), "v2": ("sesv2", "2019-09-27")}


def _botocore(service: str) -> ServiceModel:
    return botocore.session.get_session().get_service_model(service)


def _functions(module: ModuleType) -> Iterator[str]:
    for name, function in inspect.getmembers(module, inspect.isfunction):
        if not name.startswith("_") and function.__module__ == module.__name__:
            yield name


def _refusals() -> list[type[SesError]]:
    return [
        each
        for _, each in inspect.getmembers(errors, inspect.isclass)
        if issubclass(each, SesError) and each is not SesError
    ]


# ---- operations


def test_no_operation_drifted_from_the_installed_model() -> None:
    assert OPERATIONS.drift(SERVICE) == []


def test_every_function_of_the_operations_is_listed_and_none_twice() -> None:
    modules = {each.name: importlib.import_module(f"{v1.__name__}.{each.name}") for each in iter_modules(v1.__path__)}
    assert {noun: set(names) for noun, names in v1.OPERATIONS.items()} == {
        noun: set(_functions(module)) for noun, module in modules.items()
    }
    assert sorted(xform_name(name) for name in BUILT) == sorted(itertools.chain(*v1.OPERATIONS.values()))


@pytest.mark.parametrize("name", BUILT)
def test_a_function_demands_what_the_model_demands(name: str) -> None:
    called, implementation = SERVICE.operation(name), OPERATIONS.get(xform_name(name))
    assert called
    assert implementation
    parameters = list(inspect.signature(implementation.function).parameters.values())[1:]
    demanded = {each.name for each in parameters if each.default is inspect.Parameter.empty}
    assert demanded == (called.input.required if called.input else frozenset())


def test_coverage_lists_every_operation_of_both_apis_and_those_that_are_built(account: Account) -> None:
    coverage = account.inspect("GET", "/coverage", account=None)
    listed = {(each["api"], each["operation"]): each["implemented"] for each in coverage["operations"]}
    named = {(api, str(name)) for api, (service, _) in APIS.items() for name in _botocore(service).operation_names}
    assert set(listed) == named
    built = {name for (api, name), implemented in listed.items() if api == "v1" and implemented}
    assert built == set(BUILT)
    assert (coverage["implemented"], coverage["total"]) == (sum(listed.values()), len(named))
    assert coverage["drift"] == []


# ---- the model as we read it


@pytest.mark.parametrize(("service", "version"), APIS.values())
def test_we_spell_methods_as_boto3_does(service: str, version: str) -> None:
    for name in model.load(service, version).operation_names:
        assert model.method_name(name) == xform_name(name)


def test_we_read_the_operations_as_botocore_does() -> None:
    theirs = _botocore("ses")
    assert SERVICE.api_version == theirs.api_version
    assert SERVICE.namespace == theirs.metadata["xmlNamespace"]
    assert SERVICE.operation_names == tuple(sorted(theirs.operation_names))
    for name in SERVICE.operation_names:
        mine, their = SERVICE.operation(name), theirs.operation_model(name)
        assert mine
        _compare(mine.input, their.input_shape)
        _compare(mine.output, their.output_shape)
        assert sorted(mine.errors) == sorted(error.name for error in their.error_shapes)


def _compare(mine: Shape | None, their: Any) -> None:
    assert (mine is None) == (their is None)
    if mine is None:
        return
    assert (mine.name, mine.type) == (their.name, their.type_name)
    assert set(mine.enum) == set(getattr(their, "enum", ()))
    if mine.type == "structure":
        first = OVERLAYS["ses"].get(mine.name, {}).get("order", [])  # AWS's answers are not always in the model's order
        assert list(mine.members) == list(dict.fromkeys([*first, *their.members]))
        if "required" not in OVERLAYS["ses"].get(mine.name, {}):  # SES does not demand all that the model demands
            assert mine.required == frozenset(their.required_members)
        for name, member in mine.members.items():
            _compare(member, their.members[name])
    elif mine.type == "list":
        _compare(mine.member, their.member)
    elif mine.type == "map":
        _compare(mine.key, their.key)
        _compare(mine.value, their.value)


def test_no_list_is_flattened_and_no_member_has_another_name_on_the_wire() -> None:
    theirs = _botocore("ses")
    for name in theirs.shape_names:
        shape: Any = theirs.shape_for(name)
        members = list(shape.members.values()) if shape.type_name == "structure" else []
        for each in [shape, *members, *([shape.member] if shape.type_name == "list" else [])]:
            assert not set(each.serialization) - {"resultWrapper"}, name


def test_every_pattern_can_be_compiled_and_every_type_of_leaf_be_read() -> None:
    for name in SERVICE.operation_names:
        called = SERVICE.operation(name)
        assert called
        for shape in _within(called.input):
            if shape.pattern:
                re.compile(shape.pattern)
            assert shape.type in query._LEAVES or shape.type in ("structure", "list", "map")


def test_no_name_of_a_parameter_is_deeper_than_we_read() -> None:
    depths = [_depth(called.input) for name in SERVICE.operation_names if (called := SERVICE.operation(name))]
    assert 5 < max(depths) <= query.MAX_DEPTH


def _within(shape: Shape | None) -> Iterator[Shape]:
    if shape:
        yield shape
        for each in (*shape.members.values(), shape.member, shape.key, shape.value):
            yield from _within(each)


def _depth(shape: Shape | None) -> int:
    """How many parts the longest name below a shape has."""
    if shape is None:
        return 0
    below = [1 + _depth(member) for member in shape.members.values()]
    numbered = [2 + _depth(shape.member)] if shape.member else [3 + _depth(shape.value)] if shape.value else []
    return max([*below, *numbered], default=0)


# ---- regions


def test_regions_have_the_names_that_botocore_gives_them() -> None:
    session = botocore.session.get_session()
    for partition in session.get_data("endpoints")["partitions"]:
        of_ses = session.get_available_regions("ses", partition["partition"])
        theirs = {name: partition["regions"][name]["description"] for name in of_ses}
        assert {name: regions.display_name(name) for name in of_ses} == theirs


# ---- refusals


@pytest.mark.parametrize("refusal", _refusals(), ids=lambda each: each.__name__)
def test_every_refusal_has_a_code_of_the_model_or_of_aws_common_ones(refusal: type[SesError]) -> None:
    assert refusal.v1 in SERVICE.errors or refusal.v1 in STATUS


def test_codes_and_statuses_of_errors_are_the_models() -> None:
    theirs = _botocore("ses")
    found = {}
    for name in theirs.shape_names:
        metadata = theirs.shape_for(name).metadata
        if metadata.get("exception"):
            error: dict[str, Any] = dict(metadata.get("error", {}))
            found[name] = (error.get("code", name), error.get("httpStatusCode", 400))
    assert SERVICE.errors == found
    # Source: the model: most codes are not the names of their shapes, some are.
    assert SERVICE.errors["InvalidPolicyException"] == ("InvalidPolicy", 400)
    assert SERVICE.errors["LimitExceededException"] == ("LimitExceeded", 400)
    assert SERVICE.errors["AccountSendingPausedException"] == ("AccountSendingPausedException", 400)
    assert SERVICE.errors["MessageRejected"] == ("MessageRejected", 400)


def test_no_common_code_hides_one_of_the_model() -> None:
    assert not set(STATUS) & set(SERVICE.errors)
