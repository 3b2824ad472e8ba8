"""Receipt rules and filters against plain definitions of what they mean, and the order of rules against a list."""

import ipaddress
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emulator.context import Context, Contexts
from emulator.ses import receipt_filters, receipt_rule_sets, receipt_rules
from emulator.ses.receipt_filters import Filter
from emulator.store.receipt_rules import ReceiptRule
from tests.support import workers

relaxed = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])

# ---- which recipients a rule matches

_DOMAIN = st.lists(st.sampled_from(["a", "b", "example"]), min_size=2, max_size=4).map(".".join)
_LOCAL = st.sampled_from(["a", "b", "a+x", "a+x+y", "b+", "+a"])
_ADDRESS = st.builds("{}@{}".format, _LOCAL, _DOMAIN)
_CONDITION = st.one_of(_ADDRESS, _DOMAIN, _DOMAIN.map(".{}".format))
_RULE = st.builds(
    ReceiptRule,
    name=st.just("rule"),
    enabled=st.booleans(),
    tls_policy=st.just("Optional"),
    scan_enabled=st.booleans(),
    recipients=st.lists(_CONDITION, max_size=4, unique=True).map(tuple),
    actions=st.just(()),
)


def _matches(condition: str, address: str) -> bool:
    local, domain = address.lower().split("@")
    if condition.startswith("."):
        return domain.endswith(condition)
    if "@" not in condition:
        return domain == condition
    return address.lower() == condition or (
        "+" not in condition and local.startswith(f"{condition.split('@')[0]}+") and domain == condition.split("@")[1]
    )


@given(condition=_CONDITION, address=st.one_of(_ADDRESS, _ADDRESS.map(str.upper)))
def test_a_condition_means_an_address_a_domain_or_all_below_it(condition: str, address: str) -> None:
    assert receipt_rules.matches(condition, address) == _matches(condition, address)


@given(rules=st.lists(_RULE, max_size=6), recipients=st.lists(_ADDRESS, max_size=6, unique=True))
def test_a_plan_has_for_each_enabled_rule_in_order_the_recipients_that_a_condition_of_it_matches(
    rules: list[ReceiptRule], recipients: list[str]
) -> None:
    expected = []
    for rule in rules:
        matched = [
            each
            for each in recipients
            if not rule.recipients or any(_matches(condition, each) for condition in rule.recipients)
        ]
        if rule.enabled and matched:
            expected.append((rule, tuple(matched)))
    assert [tuple(match) for match in receipt_rules.plan(rules, recipients)] == expected


# ---- whom filters admit

_IPV4 = st.integers(0, 2**32 - 1).map(ipaddress.IPv4Address)
_NEAR = st.integers(0, 1023).map(lambda number: ipaddress.IPv4Address(0x0A000000 + number))
_IPV6 = st.integers(2**64, 2**128 - 1).map(ipaddress.IPv6Address)  # none that is an IPv4 address in disguise
_IP = st.one_of(_NEAR, _IPV4, _IPV6)


@st.composite
def _cidrs(draw: st.DrawFn) -> str:
    address = draw(_IP)
    mask = draw(st.none() | st.integers(0, address.max_prefixlen))
    return str(address) if mask is None else f"{address}/{mask}"


def _holds(cidr: str, ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    base, _, mask = cidr.partition("/")
    address = ipaddress.ip_address(base)
    bits = address.max_prefixlen - int(mask or address.max_prefixlen)
    return address.version == ip.version and int(address) >> bits == int(ip) >> bits


@given(policies=st.lists(st.tuples(st.sampled_from(["Allow", "Block"]), _cidrs()), max_size=5), ip=_IP)
def test_an_allowed_address_is_admitted_and_of_the_others_those_that_are_not_blocked(
    policies: list[tuple[str, str]], ip: ipaddress.IPv4Address | ipaddress.IPv6Address
) -> None:
    filters = []
    for policy, cidr in policies:
        network = receipt_filters.network(cidr)
        assert network is not None
        filters.append(Filter(policy, network))
    said = {policy for policy, cidr in policies if _holds(cidr, ip)}
    assert receipt_filters.admits(filters, str(ip)) == ("Allow" in said or "Block" not in said)


@given(text=st.text("0123456789abcdefABCDEF:./%[] \u0661", max_size=20))
def test_a_text_is_a_network_or_none(text: str) -> None:
    found = receipt_filters.network(text)
    if found is not None:
        assert ("." in text) != (":" in text)
        assert set(text) <= set("0123456789abcdefABCDEF:./")
        base, _, mask = text.partition("/")
        assert ipaddress.ip_address(base) in found
        assert found.prefixlen == int(mask or found.max_prefixlen)


# ---- the order of rules

_NAMES = ["a", "b", "c", "d", "e", "f"]
_STEP = st.tuples(
    st.sampled_from(["create", "move", "delete", "reorder"]), st.integers(0, 2**16), st.integers(0, 2**16)
)


@pytest.fixture(scope="module")
def contexts(tmp_path_factory: pytest.TempPathFactory) -> Contexts:
    """Contexts on a scratch database."""
    path: Path = tmp_path_factory.mktemp("database") / "ses.db"
    return workers.contexts(f"sqlite:///{path}", workers.OwnClock())


@pytest.fixture(scope="module")
def set_names() -> Iterator[str]:
    """Names of sets that nobody has used."""
    return (f"set{number}" for number in range(10**6))


@relaxed
@given(steps=st.lists(_STEP, max_size=25))
def test_rules_stand_as_in_a_list_that_is_treated_likewise(
    contexts: Contexts, set_names: Iterator[str], steps: list[tuple[str, int, int]]
) -> None:
    order: list[str] = []
    name = next(set_names)
    with workers.opened(contexts, write=True) as ctx:
        receipt_rule_sets.create(ctx, name)
    for kind, which, where in steps:
        with workers.opened(contexts, write=True) as ctx:
            _step(ctx, name, order, kind, which, where)
        with workers.opened(contexts) as ctx:
            _, rules = receipt_rule_sets.describe(ctx, name)
            assert [rule.name for rule in rules] == order
            assert len({rule.position for rule in rules}) == len(order)
    with workers.opened(contexts, write=True) as ctx:
        receipt_rule_sets.delete(ctx, name)


def _step(ctx: Context, rule_set: str, order: list[str], kind: str, which: int, where: int) -> None:
    """The step is done to the rules and to the list; one that there is nothing for is left out."""
    free = [each for each in _NAMES if each not in order]
    after = ([None, *order])[where % (len(order) + 1)]
    if kind == "create" and free:
        new = free[which % len(free)]
        receipt_rules.create(ctx, rule_set, ReceiptRule(new, True, "Optional", False, (), ()), after)
        order.insert(order.index(after) + 1 if after else 0, new)
    elif kind == "move" and order:
        moved = order[which % len(order)]
        receipt_rules.move(ctx, rule_set, moved, after)
        if after != moved:
            order.remove(moved)
            order.insert(order.index(after) + 1 if after else 0, moved)
    elif kind == "delete" and order:
        receipt_rules.delete(ctx, rule_set, order.pop(which % len(order)))
    elif kind == "reorder":
        order[:] = order[::-1] if which % 2 else order[where % (len(order) + 1) :] + order[: where % (len(order) + 1)]
        receipt_rule_sets.reorder(ctx, rule_set, order)
