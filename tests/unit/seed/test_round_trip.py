"""A state that is exported and set up elsewhere is the same state, whatever it holds."""

import json
from collections.abc import Iterator
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from emulator.seed import files, writing
from emulator.seed.format import Seed
from emulator.seed.templates import Template
from tests.unit.seed.planting import Garden

PHASES = [Phase.explicit, Phase.reuse, Phase.generate]  # a smaller case would take minutes to find
SLOW = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]  # however busy the machine is
TOPIC = "arn:aws:sns:us-east-1:123456789012:mail"
STATES = st.sampled_from(["verified", "pending", "failed"])
NAMES = st.text("abcXYZ019_-", min_size=1, max_size=8)
RECEIPT_NAMES = st.text("abcXYZ019", min_size=1, max_size=8)
LABELS = st.text("abc019", min_size=1, max_size=6)
# What YAML, JSON and people find hard, but for what Handlebars reads.
TEXT = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0{}")
    | st.sampled_from("\n\r\t \x85\u2028:#'\"-|>&*!%@`"),
    max_size=30,
)
FILLED = TEXT.filter(bool)


def optional(**members: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=members)


def by_name(names: st.SearchStrategy[str], things: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(names, things, max_size=3)


NOTIFICATIONS = optional(
    forwarding_enabled=st.booleans(),
    bounce_topic=st.sampled_from([TOPIC, None]),
    headers_in_delivery_notifications_enabled=st.booleans(),
)
BEHAVIORS = st.sampled_from(["UseDefaultValue", "RejectMessage"])


@st.composite
def identities(draw: st.DrawFn) -> dict[str, Any]:
    found: dict[str, Any] = {"verified.example": {}}
    for label in draw(st.lists(LABELS, max_size=3)):
        domain = f"{label}.example"
        mail_from = {"domain": f"m.{domain}", "state": draw(STATES), "behavior_on_mx_failure": draw(BEHAVIORS)}
        extra = {"mail_from": mail_from} if draw(st.booleans()) else {}
        dkim = {"state": draw(STATES | st.just("not_started")), "enabled": draw(st.booleans())}
        found[domain] = {"state": draw(STATES), "dkim": dkim, "notifications": draw(NOTIFICATIONS), **extra}
        found[f"ann@{domain}"] = {"state": draw(STATES), "configuration_set": draw(st.sampled_from(["shop", None]))}
    return found


ACTIONS = st.lists(
    st.sampled_from(
        [
            {"s3_action": {"bucket_name": "mail", "object_key_prefix": "a/"}},
            {"sns_action": {"topic_arn": TOPIC, "encoding": "Base64"}},
            {"sns_action": {"topic_arn": TOPIC}},
            {"add_header_action": {"header_name": "X-A", "header_value": "yes"}},
        ]
    ),
    max_size=3,
)
RULES = optional(
    enabled=st.booleans(),
    scan_enabled=st.booleans(),
    tls_policy=st.sampled_from(["Optional", "Require"]),
    recipients=st.lists(LABELS.map("{}.Example".format), max_size=3),
    actions=ACTIONS,
)
DESTINATIONS = st.fixed_dictionaries(
    {
        "matching_event_types": st.lists(st.sampled_from(["send", "bounce", "open"]), min_size=1),
        "enabled": st.booleans(),
        "sns_destination": st.just({"topic_arn": TOPIC}),
    }
)
SETS = optional(
    sending_enabled=st.booleans(),
    reputation_metrics_enabled=st.booleans(),
    custom_redirect_domain=st.sampled_from(["verified.example", None]),
    tls_policy=st.sampled_from(["Optional", "Require", None]),
    event_destinations=by_name(NAMES, DESTINATIONS),
)
TEMPLATES = st.fixed_dictionaries({"subject": FILLED}, optional={"text": TEXT, "html": TEXT})
CUSTOM = st.fixed_dictionaries(
    {
        "from_email_address": st.just("us@verified.example"),
        "subject": FILLED,
        "content": FILLED,
        "success_redirection_url": st.just("https://example.com/yes"),
        "failure_redirection_url": st.just("https://example.com/no"),
    }
)
PARTS = st.fixed_dictionaries(
    {
        "account_settings": optional(
            sandbox=st.booleans() | st.none(),
            sending_enabled=st.booleans(),
            max_send_rate=st.floats(0.1, 1e6) | st.none(),
            verification=st.sampled_from(["auto", "manual", None]),
        ),
        "identities": identities(),
        "configuration_sets": by_name(NAMES, SETS).map(lambda sets: {"shop": {}, **sets}),
        "templates": by_name(NAMES, TEMPLATES),
        "custom_verification_templates": by_name(FILLED, CUSTOM),
        "receipt_filters": by_name(RECEIPT_NAMES, st.just({"policy": "Block", "cidr": "10.0.0.0/8"})),
        "receipt_rule_sets": by_name(RECEIPT_NAMES, st.fixed_dictionaries({"rules": by_name(RECEIPT_NAMES, RULES)})),
        "suppression": by_name(LABELS.map("{}@example.net".format), st.sampled_from(["BOUNCE", "COMPLAINT"])),
        "recipients": by_name(LABELS.map("@{}.example".format), st.sampled_from(["bounce", "delay", "reject"])),
    }
)


@settings(max_examples=30, deadline=None, phases=PHASES, suppress_health_check=SLOW)
@given(document=PARTS, elsewhere=PARTS)
def test_what_is_exported_is_the_same_wherever_it_is_applied(
    gardens: Iterator[Garden], document: dict[str, Any], elsewhere: dict[str, Any]
) -> None:
    one, other = next(gardens), next(gardens)
    seed = json.dumps(
        {**document, "accounts": [{"region": "eu-west-1", "receipt_filters": elsewhere["receipt_filters"]}]}
    )
    one.plant(seed, "seed.json")
    assert one.plant(seed, "seed.json").changed == 0
    exported = one.exported()
    assert other.plant(exported).things == one.plant(exported).things
    assert other.exported() == exported
    assert one.plant(exported).changed == 0


@settings(deadline=None, suppress_health_check=SLOW)
@given(text=TEXT)
def test_any_text_is_the_same_in_yaml_and_json(text: str) -> None:
    seed = Seed(templates=[Template(name="a", subject="b", text=text), Template(name=f"{text}c", subject="d")])
    for name, written in (("a.yaml", writing.to_yaml(seed)), ("a.json", writing.to_json(seed))):
        assert files.load(name, files.among({name: written})).seeds == [seed]


def test_several_lines_stand_in_yaml_as_they_are() -> None:
    seed = Seed(templates=[Template(name="a", subject="b", html="<p>\n  Hi: {{name}}\n</p>\n")])
    assert "    html: |\n      <p>\n        Hi: {{name}}\n      </p>\n" in writing.to_yaml(seed)
