"""Seeds become the state: once, whole, and by SES's own rules."""

from datetime import timedelta
from typing import Any

import pytest

from emulator.outside import aws
from emulator.seed import identity_states
from emulator.seed.applying import Seeded
from emulator.seed.flaws import SeedError
from emulator.ses import accounts, dns, identities, proofs, verification
from emulator.store import identities as identity_rows
from tests.unit.seed.planting import REGION, Garden, rows

TOPIC = "arn:aws:sns:us-east-1:123456789012:mail"
EVERYTHING = f"""
account_settings: {{sandbox: true, max_send_rate: 5}}
identities:
  example.com: {{dkim: verified, mail_from: bounce.example.com}}
  shop@example.com:
    state: pending
    notifications: {{bounce_topic: "{TOPIC}", headers_in_bounce_notifications_enabled: true}}
    configuration_set: shop
configuration_sets:
  shop:
    reputation_metrics_enabled: true
    custom_redirect_domain: example.com
    tls_policy: Require
    event_destinations:
      to-sns: {{matching_event_types: [send], sns_destination: {{topic_arn: "{TOPIC}"}}}}
templates: {{hi: {{subject: "Hi {{{{name}}}}", text: Hello}}}}
custom_verification_templates:
  please:
    from_email_address: us@example.com
    subject: Please
    content: <p>
    success_redirection_url: https://example.com/yes
    failure_redirection_url: https://example.com/no
receipt_rule_sets:
  inbound:
    active: true
    rules:
      one: {{actions: [{{s3_action: {{bucket_name: mail}}}}, {{sns_action: {{topic_arn: "{TOPIC}"}}}}]}}
      two: {{recipients: [Example.com], enabled: false}}
receipt_filters: {{office: {{policy: Block, cidr: 10.0.0.0/8}}}}
suppression: {{gone@example.net: COMPLAINT}}
recipients: {{"@example.org": bounce, ann@example.net: {{outcome: delay, delay_type: General}}}}
"""
TABLES = ["messages", "publications", "jobs", "receipt_rules", "event_destinations", "identities", "faults"]


def refusal(garden: Garden, text: str) -> tuple[str, str | None]:
    with pytest.raises(SeedError) as caught:
        garden.plant(text)
    return str(caught.value), caught.value.code


def states(garden: Garden) -> dict[str, Any]:
    """The state of each identity, and of its parts."""
    found = garden.look(identity_states.every)
    parts = {each.identity: (each.state, each.dkim, each.mail_from) for each in found}
    return {
        name: tuple(part if isinstance(part, str) else getattr(part, "state", None) for part in each)
        for name, each in parts.items()
    }


def test_a_seed_that_is_applied_again_changes_nothing(garden: Garden) -> None:
    assert garden.plant(EVERYTHING) == Seeded(11, 11)
    before = garden.exported(), [garden.look(rows, table) for table in TABLES]
    assert garden.plant(EVERYTHING) == Seeded(11, 0)
    assert (garden.exported(), [garden.look(rows, table) for table in TABLES]) == before


def test_what_a_seed_says_is_so_and_what_it_does_not_mention_stays(garden: Garden) -> None:
    garden.plant(EVERYTHING)
    more = """
    identities: {shop@example.com: {notifications: {forwarding_enabled: false}}}
    configuration_sets:
      shop:
        tls_policy: null
        event_destinations: {more: {matching_event_types: [open], sns_destination: {topic_arn: "%s"}}}
    templates: {hi: {subject: Bye}}
    suppression: [gone@example.net]
    """
    assert garden.plant(more % TOPIC) == Seeded(4, 4)
    found = garden.state()
    assert found["account_settings"] == {"sandbox": True, "max_send_rate": 5}
    assert found["identities"][1] == {
        "identity": "shop@example.com",
        "notifications": {
            "forwarding_enabled": False,
            "bounce_topic": TOPIC,
            "headers_in_bounce_notifications_enabled": True,
        },
        "configuration_set": "shop",
    }
    (configuration_set,) = found["configuration_sets"]
    assert [each["name"] for each in configuration_set["event_destinations"]] == ["to-sns", "more"]
    assert configuration_set["custom_redirect_domain"] == "example.com"
    assert "tls_policy" not in configuration_set
    assert found["templates"] == [{"name": "hi", "subject": "Bye"}]
    assert found["suppression"] == ["gone@example.net"]


def test_null_takes_away(garden: Garden) -> None:
    garden.plant(EVERYTHING)
    garden.plant("""
    account_settings: {sandbox: null, max_send_rate: null}
    identities:
      example.com: {mail_from: null}
      shop@example.com: {notifications: {bounce_topic: null}, configuration_set: null}
    configuration_sets: {shop: {custom_redirect_domain: null}}
    """)
    found = garden.state()
    assert "account_settings" not in found
    assert found["identities"] == [
        {"identity": "example.com", "dkim": "verified"},
        {"identity": "shop@example.com", "notifications": {"headers_in_bounce_notifications_enabled": True}},
    ]
    assert "custom_redirect_domain" not in found["configuration_sets"][0]


def test_settings_are_said_of_the_account(garden: Garden) -> None:
    garden.plant("account_settings: {sandbox: yes, verification: auto, verification_delay: 60, sending_enabled: no}")
    account = garden.look(accounts.of)
    assert (account.sandbox, account.sending_enabled, account.auto_verify_after) == (True, False, timedelta(minutes=1))
    assert garden.plant("account_settings: {sending_enabled: null, suspended: null}") == Seeded(1, 1)
    assert garden.look(accounts.of).sending_enabled


# ---- identities


@pytest.mark.parametrize("before", ["verified", "pending", "failed", None])
@pytest.mark.parametrize("state", ["verified", "pending", "failed"])
def test_an_identity_and_its_parts_are_in_the_state_that_is_said(
    garden: Garden, before: str | None, state: str
) -> None:
    seed = (
        "identities: {a.example: {state: %s, dkim: %s, mail_from: {domain: b.a.example, state: %s}}, b@c.example: %s}"
    )
    if before:
        garden.plant(seed % ((before,) * 4))
    assert garden.plant(seed % ((state,) * 4)) == Seeded(2, 2 if state != before else 0)
    assert states(garden) == {"a.example": (state,) * 3, "b@c.example": (state, None, None)}
    assert garden.plant(seed % ((state,) * 4)) == Seeded(2, 0)


def test_a_pending_address_gets_mail_and_a_verified_one_does_not(garden: Garden) -> None:
    before = garden.look(rows, "messages")
    garden.plant("identities: {a@a.example: pending, b@a.example: verified, c@a.example: failed, d.example: pending}")
    assert garden.look(rows, "messages") == before + 1
    garden.plant("identities: {a@a.example: pending, b@a.example: verified, c@a.example: pending}")
    assert garden.look(rows, "messages") == before + 2


def test_pending_is_pending_where_identities_verify_by_themselves(garden: Garden) -> None:
    seed = "account_settings: {verification: auto}\n"
    seed += "identities: {a@a.example: pending, b.example: {state: pending, dkim: pending}}"
    garden.plant(seed)
    assert states(garden) == {"a@a.example": ("pending", None, None), "b.example": ("pending", "pending", None)}
    assert garden.plant(seed) == Seeded(3, 0)


def test_records_that_prove_a_domain_rule_over_its_state(garden: Garden) -> None:
    garden.do(identities.verify_domain, "proven.example")
    (record,) = garden.look(proofs.proof, "proven.example").records
    seed = f"dns_records: [{{name: {record.name}., type: TXT, value: {record.value}}}]\n"
    seed += "identities: {proven.example: pending}"
    assert garden.plant(seed) == Seeded(2, 1)
    assert states(garden) == {"proven.example": ("verified", None, None)}
    assert garden.plant(seed) == Seeded(2, 0)
    row = garden.look(identities.get, "proven.example")
    assert row.confirmed_at is None


def test_a_window_that_passed_begins_anew_where_pending_is_said(garden: Garden) -> None:
    garden.plant("identities: {late.example: pending}")
    with garden.contexts.open(garden.account_id, REGION, write=True) as ctx:
        long_ago = ctx.now - timedelta(days=4)
        identity_rows.set_facts(ctx.tx, garden.account_id, REGION, "late.example", started_at=long_ago)
    assert states(garden)["late.example"][0] == "failed"
    garden.plant("identities: {late.example: pending}")
    assert states(garden)["late.example"][0] == "pending"


def test_the_order_of_identities_does_not_matter_to_a_mail_from_domain(garden: Garden) -> None:
    garden.plant("identities: {a@b.example: {mail_from: c.b.example, state: failed}, b.example: failed}")
    assert states(garden) == {"a@b.example": ("failed", None, "verified"), "b.example": ("failed", None, None)}


def test_a_failed_identity_gets_a_mail_from_domain_and_fails_again(garden: Garden) -> None:
    garden.plant("identities: {b.example: failed}")
    garden.plant("identities: {b.example: {state: failed, mail_from: {domain: c.b.example, state: failed}}}")
    assert states(garden) == {"b.example": ("failed", None, "failed")}


def test_an_identity_that_is_not_started_has_policies_alone(garden: Garden) -> None:
    arn = f"arn:aws:ses:{REGION}:{garden.account_id}:identity/b.example"
    policy = {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "ses:SendEmail", "Resource": arn}]}
    seed = f"identities: {{b.example: {{state: not_started, policies: {{p: {policy}}}}}}}"
    assert garden.plant(seed) == Seeded(1, 1)
    assert garden.look(identities.get, "b.example") is None
    assert garden.state()["identities"] == [
        {"identity": "b.example", "state": "not_started", "policies": {"p": policy}}
    ]
    assert garden.plant("identities: {b.example: verified}") == Seeded(1, 1)
    assert garden.state()["identities"] == [{"identity": "b.example", "policies": {"p": policy}}]


def test_dkim_may_be_off(garden: Garden) -> None:
    garden.plant(
        "identities: {a.example: {dkim: {state: verified, enabled: no}}, b.example: {dkim: {state: not_started}}}"
    )
    first, second = garden.state()["identities"]
    assert first == {"identity": "a.example", "dkim": {"state": "verified", "enabled": False}}
    assert second == "b.example"


# ---- rules


def test_rules_stand_in_the_order_of_the_file_before_those_that_it_does_not_name(garden: Garden) -> None:
    seed = "receipt_rule_sets: {a: {rules: {%s: {}, %s: {}, %s: {}}}}"
    garden.plant(seed % ("one", "two", "three"))
    assert garden.plant("receipt_rule_sets: {a: {rules: {two: {}, four: {}}}}") == Seeded(1, 1)
    assert garden.plant("receipt_rule_sets: {a: {rules: {two: {}, four: {}}}}") == Seeded(1, 0)

    def names() -> list[str]:
        (rule_set,) = garden.state()["receipt_rule_sets"]
        return [each if isinstance(each, str) else each["name"] for each in rule_set["rules"]]

    assert names() == ["one", "two", "four", "three"]
    assert garden.plant(seed % ("three", "two", "one")) == Seeded(1, 1)
    assert names() == ["three", "two", "one", "four"]


def test_a_set_is_active_or_not_or_as_it_was(garden: Garden) -> None:
    def active() -> list[str]:
        return [
            each["name"] for each in garden.state()["receipt_rule_sets"] if not isinstance(each, str) and each["active"]
        ]

    garden.plant("receipt_rule_sets: {a: {active: true}, b: {}}")
    assert active() == ["a"]
    garden.plant("receipt_rule_sets: {a: {}, b: {active: true}}")
    assert active() == ["b"]
    garden.plant("receipt_rule_sets: {a: {active: false}, b: {active: false}}")
    assert active() == []


# ---- SES's rules


@pytest.mark.parametrize(
    ("seed", "path", "said", "code"),
    [
        ("identities: [no domain]", "identities[0]", "Invalid domain name no domain.", "InvalidParameterValue"),
        ("identities: [a@b@c]", "identities[0]", "Invalid email address<a@b@c>.", "InvalidParameterValue"),
        (
            "identities: {a.example: {notifications: {bounce_topic: x}}}",
            "identities.a.example.notifications",
            "SNS topic x is invalid.",
            "InvalidParameterValue",
        ),
        (
            "identities: {a.example: {mail_from: b.example}}",
            "identities.a.example.mail_from",
            "Provided MAIL-FROM domain <b.example> is not subdomain of the domain of the identity <a.example>.",
            "InvalidParameterValue",
        ),
        (
            "identities: {a.example: {configuration_set: nobody}}",
            "identities.a.example",
            "Configuration set <nobody> does not exist.",
            "ConfigurationSetDoesNotExist",
        ),
        (
            "configuration_sets: {a: {custom_redirect_domain: b.example}}",
            "configuration_sets.a",
            "",
            "InvalidTrackingOptions",
        ),
        (
            "configuration_sets: {a: {event_destinations: {b: {matching_event_types: [send]}}}}",
            "configuration_sets.a.event_destinations.b",
            "",
            "InvalidParameterValue",
        ),
        ("templates: {a: {subject: '{{'}}", "templates.a", "", "InvalidTemplate"),
        ("receipt_filters: {a: {policy: Block, cidr: x}}", "receipt_filters.a", "", "InvalidParameterValue"),
        ("receipt_rule_sets: {'a b': {}}", "receipt_rule_sets.a b", "1 validation error detected: ", "ValidationError"),
        (
            "receipt_rule_sets: {a: {rules: {b: {recipients: [x]}}}}",
            "receipt_rule_sets.a.rules.b",
            "",
            "InvalidParameterValue",
        ),
    ],
)
def test_ses_refuses_in_its_own_words_and_nothing_is_applied(
    garden: Garden, seed: str, path: str, said: str, code: str
) -> None:
    text, its_code = refusal(garden, f"templates: {{first: {{subject: Hi}}}}\naccounts: [{{region: {REGION}, {seed}}}]")
    assert text.startswith(f"seed.yaml:2: accounts[0].{path}: SES says: {said}")
    assert its_code == code
    assert garden.state() == {}


def test_what_needs_a_verified_identity_needs_it_in_a_seed_too(garden: Garden) -> None:
    template = "custom_verification_templates: {a: {from_email_address: a@b.example, subject: a, content: a, "
    template += "success_redirection_url: 'https://a.example', failure_redirection_url: 'https://a.example'}}"
    _, code = refusal(garden, f"identities: {{b.example: pending}}\n{template}")
    assert code == "FromEmailAddressNotVerified"
    assert garden.plant(f"identities: [b.example]\n{template}") == Seeded(2, 2)


class Topics(aws.Aws):
    """An SNS that has one topic."""

    def __init__(self) -> None:
        super().__init__({"sns": "http://sns"})
        self.told: list[str] = []

    def answer(self, call: aws.Call) -> aws.Answer:
        """As SNS answers."""
        topic = dict(call.parameters)["TopicArn"]
        self.told.append(topic)
        return aws.Answer({}) if topic == TOPIC else aws.Answer({}, "NotFound", "Topic does not exist")


def test_other_services_are_asked_once_for_each_topic(garden: Garden) -> None:
    topics = Topics()
    outside = garden.contexts.outside._replace(aws=topics)
    garden = garden._replace(contexts=garden.contexts._replace(outside=outside))
    seed = """
    identities: {a.example: {notifications: {bounce_topic: "%s", complaint_topic: "%s"}}}
    configuration_sets:
      a: {event_destinations: {b: {matching_event_types: [send], sns_destination: {topic_arn: "%s"}}}}
    """
    assert garden.plant(seed % ((TOPIC,) * 3)) == Seeded(2, 2)
    assert garden.plant(seed % ((TOPIC,) * 3)) == Seeded(2, 0)
    assert topics.told == [TOPIC] * 3
    text, _ = refusal(garden, "    templates: {c: {subject: Hi}}" + seed % (TOPIC, f"{TOPIC}s", TOPIC))
    assert text == f"seed.yaml:2: identities.a.example.notifications: SES says: SNS topic {TOPIC}s is invalid."
    assert "templates" not in garden.state()


# ---- what all share


def test_records_and_faults_are_there_once(garden: Garden) -> None:
    seed = f"""
    dns_records: [{{name: x{garden.account_id}.Example., type: TXT, value: '"hi"'}}]
    faults:
      - {{account: "{garden.account_id}", operation: SendEmail, code: Throttling, times: 2, match: {{source: a@b.c}}}}
      - {{account: "{garden.account_id}", operation: "*", delay_ms: 5, probability: 0.5, seed: 7}}
      - {{account: "{garden.account_id}", preset: slow-network}}
    """
    assert garden.plant(seed) == Seeded(4, 4)
    assert garden.plant(seed) == Seeded(4, 0)
    zone = garden.look(dns.zone)
    assert [each.value for each in zone if each.name == f"x{garden.account_id}.example"] == ["hi"]
    account = {"account": garden.account_id}
    assert garden.state()["faults"] == [
        account
        | {"operation": "SendEmail", "code": "Throttling", "status": 400, "times": 2, "match": {"source": "a@b.c"}},
        account | {"operation": "*", "delay_ms": 5, "probability": 0.5, "seed": 7},
        account | {"preset": "slow-network"},
    ]


def test_an_address_may_be_on_both_lists(garden: Garden) -> None:
    address = f"x{garden.account_id}@example.net"
    seed = f"suppression: [{{address: {address}}}, {{address: {address}, list: global}}]"
    assert garden.plant(seed) == Seeded(2, 2)
    assert garden.plant(seed) == Seeded(2, 0)
    assert garden.state()["suppression"] == [address]


def test_each_part_is_of_its_account_and_region(garden: Garden) -> None:
    other = f"9{garden.account_id[1:]}"
    garden.plant(f"""
    templates: {{here: {{subject: x}}}}
    accounts:
      - {{region: eu-west-1, templates: {{there: {{subject: x}}}}}}
      - {{account: "{other}", templates: {{elsewhere: {{subject: x}}}}}}
    """)
    assert garden.state() == {
        "templates": [{"name": "here", "subject": "x"}],
        "accounts": [{"region": "eu-west-1", "templates": [{"name": "there", "subject": "x"}]}],
    }
    assert Garden(garden.contexts, other).state() == {"templates": [{"name": "elsewhere", "subject": "x"}]}


def test_the_state_words_are_those_of_ses() -> None:
    assert set(identity_states.STATES) == {
        verification.SUCCESS,
        verification.TEMPORARY_FAILURE,
        verification.PENDING,
        verification.FAILED,
        verification.NOT_STARTED,
    }
