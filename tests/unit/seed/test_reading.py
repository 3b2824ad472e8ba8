"""Trees as things of SES: what may be written how, and what is wrong, where, and what was meant."""

import json
from typing import Any

import pytest

from emulator.seed import files, reading, writing
from emulator.seed.flaws import SeedError
from emulator.seed.format import Seed

TOPIC = "arn:aws:sns:us-east-1:123456789012:mail"
POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow"}]}


def read(text: str, name: str = "seed.yaml") -> Seed:
    return files.load(name, files.among({name: text})).seeds[0]


def shown(text: str, name: str = "seed.yaml") -> dict[str, Any]:
    """What was read, as it would be written again."""
    return writing.plain(read(text, name))


def flaws(text: str, name: str = "seed.yaml") -> list[str]:
    with pytest.raises(SeedError) as caught:
        read(text, name)
    return str(caught.value).splitlines()


# ---- ways to write


@pytest.mark.parametrize(
    "text",
    [
        "identities: [example.com, {identity: ann@example.net, state: pending}]",
        "identities: [Example.COM, {Identity: ann@example.net, state: pending}]",
        "identities:\n  example.com:\n  ann@example.net: pending",
        "identities: {example.com: {}, ann@example.net: {state: pending}}",
        "identities: {example.com: verified, ann@example.net: {state: pending}}",
    ],
)
def test_things_that_have_names_are_a_list_or_a_mapping_and_may_be_a_word(text: str) -> None:
    assert shown(text) == {"identities": ["example.com", {"identity": "ann@example.net", "state": "pending"}]}


def test_one_thing_needs_no_list() -> None:
    assert shown("identities: example.com\nsuppression: gone@example.net") == {
        "identities": ["example.com"],
        "suppression": ["gone@example.net"],
    }


def test_a_part_of_an_identity_may_be_a_word() -> None:
    text = "identities: [{identity: example.com, dkim: pending, mail_from: Bounce.example.com}]"
    (found,) = shown(text)["identities"]
    assert found == {"identity": "example.com", "dkim": "pending", "mail_from": "bounce.example.com"}


@pytest.mark.parametrize(
    "pasted",
    [
        {"TemplateName": "hi", "SubjectPart": "Hi", "HtmlPart": "<p>"},
        {"Template": {"TemplateName": "hi", "SubjectPart": "Hi", "HtmlPart": "<p>"}},
        {"template_name": "hi", "subject_part": "Hi", "html_part": "<p>"},
        {"name": "hi", "subject": "Hi", "html": "<p>"},
    ],
)
def test_a_template_may_come_from_aws_as_it_is(pasted: dict[str, Any]) -> None:
    document = {"templates": [pasted]}
    assert shown(json.dumps(document), "seed.json") == {"templates": [{"name": "hi", "subject": "Hi", "html": "<p>"}]}


def test_a_configuration_set_may_come_from_aws_as_it_is() -> None:
    described = {
        "ConfigurationSet": {"Name": "shop"},
        "EventDestinations": [
            {
                "Name": "to-sns",
                "Enabled": True,
                "MatchingEventTypes": ["send", "bounce"],
                "SNSDestination": {"TopicARN": TOPIC},
            }
        ],
        "TrackingOptions": {"CustomRedirectDomain": "example.com"},
        "DeliveryOptions": {"TlsPolicy": "Require"},
        "ReputationOptions": {
            "SendingEnabled": True,
            "ReputationMetricsEnabled": False,
            "LastFreshStart": "2026-01-01T00:00:00Z",
        },
        "ResponseMetadata": {"HTTPStatusCode": 200},
    }
    (found,) = shown(json.dumps({"configuration_sets": [described]}), "seed.json")["configuration_sets"]
    assert found == {
        "name": "shop",
        "sending_enabled": True,
        "reputation_metrics_enabled": False,
        "custom_redirect_domain": "example.com",
        "tls_policy": "Require",
        "event_destinations": [
            {
                "name": "to-sns",
                "matching_event_types": ["bounce", "send"],
                "sns_destination": {"topic_arn": TOPIC},
            }
        ],
    }


def test_receiving_may_come_from_aws_as_it_is() -> None:
    rule_set = {
        "Metadata": {"Name": "inbound", "CreatedTimestamp": "2026-01-01T00:00:00Z"},
        "Rules": [
            {
                "Name": "support",
                "Enabled": False,
                "TlsPolicy": "Optional",
                "Recipients": ["B.example.com", "a.example.com"],
                "Actions": [{"SNSAction": {"TopicArn": TOPIC}}, {"StopAction": {"Scope": "RuleSet"}}],
                "ScanEnabled": True,
            }
        ],
    }
    address_filter = {"Name": "office", "IpFilter": {"Policy": "Allow", "Cidr": "10.0.0.0/8"}}
    document = {"receipt_rule_sets": [rule_set], "receipt_filters": [address_filter]}
    assert shown(json.dumps(document), "seed.json") == {
        "receipt_filters": [{"name": "office", "policy": "Allow", "cidr": "10.0.0.0/8"}],
        "receipt_rule_sets": [
            {
                "name": "inbound",
                "rules": [
                    {
                        "name": "support",
                        "enabled": False,
                        "scan_enabled": True,
                        "recipients": ["a.example.com", "b.example.com"],
                        "actions": [
                            {"sns_action": {"encoding": "UTF-8", "topic_arn": TOPIC}},
                            {"stop_action": {"scope": "RuleSet"}},
                        ],
                    }
                ],
            }
        ],
    }


@pytest.mark.parametrize("policy", [POLICY, json.dumps(POLICY), json.dumps(POLICY, indent=2)])
def test_a_policy_is_a_mapping_or_json(policy: object) -> None:
    document = {"identities": [{"identity": "example.com", "policies": {"p": policy}}]}
    assert shown(json.dumps(document), "seed.json")["identities"][0]["policies"] == {"p": POLICY}


def test_toml_says_the_same() -> None:
    text = """
        [account_settings]
        sandbox = true
        [[identities]]
        identity = "example.com"
        policies.p = {Version = "2012-10-17", Statement = [{Effect = "Allow"}]}
        [templates.hi]
        subject = "Hi"
        [[accounts]]
        account = 111122223333
        recipients = {"@example.net" = "bounce"}
    """
    assert shown(text, "seed.toml") == {
        "account_settings": {"sandbox": True},
        "identities": [{"identity": "example.com", "policies": {"p": POLICY}}],
        "templates": [{"name": "hi", "subject": "Hi"}],
        "accounts": [{"account": "111122223333", "recipients": [{"address": "@example.net", "outcome": "bounce"}]}],
    }


def test_texts_that_yaml_takes_for_something_else_are_texts() -> None:
    text = "templates: [{name: 1.10, subject: no, text: 2026-01-01}]\naccounts: {000000000012: {}}"
    assert shown(text) == {
        "templates": [{"name": "1.10", "subject": "no", "text": "2026-01-01"}],
        "accounts": ["000000000012"],
    }


def test_anchors_may_stand_under_names_that_begin_with_x() -> None:
    assert shown(
        f"x-topic: &topic {TOPIC}\nidentities: [{{identity: a.example, notifications: {{bounce_topic: *topic}}}}]"
    ) == {"identities": [{"identity": "a.example", "notifications": {"bounce_topic": TOPIC}}]}


# ---- what is wrong


# A seed; the line and path of what is wrong in it; and how what is said of that begins.
WRONG = [
    ("identites: []", "1: identites", "there is no such key; did you mean identities?"),
    ("policies: {}", "1: policies", "there is no such key; known: account, region, "),
    ("- example.com", "1", "must be a mapping"),
    ("region: eu-wst-1", "1: region", "must be a region of AWS such as eu-west-1, not 'eu-wst-1'"),
    ("accounts: {1234: {}}", "1: accounts.1234.account", "must be 12 digits, not '1234'"),
    (
        "accounts: [{region: eu-west-1}, {region: eu-west-1}]",
        "1: accounts[1]",
        "is there already: accounts[0] in line 1",
    ),
    # identities
    (
        "identities:\n  - identity: a.b\n    sate: x",
        "3: identities[0].sate",
        "there is no such key; did you mean state?",
    ),
    (
        "identities:\n  a.b: {state: verifed}",
        "2: identities.a.b.state",
        "must be one of verified, pending, failed, not_",
    ),
    ("identities: {a.b: Pending}", "1: identities.a.b.state", ""),
    ("identities: [{state: pending}]", "1: identities[0]", "identity is missing"),
    ("identities:\n  - a.b\n\n  - A.B", "4: identities[1]", "is there already: identities[0] in line 2"),
    ("identities:\n  a.b:\n  A.B:", "3: identities.A.B", "is there already: identities.a.b in line 2"),
    ("identities: [{identity: b.c, Identity: c.d}]", "1: identities[0]", "identity is there twice"),
    (
        "identities: [{identity: a@b.c, dkim: verified}]",
        "1: identities[0]",
        "dkim is of domains: an address has that of",
    ),
    (
        "identities: {b.c: {state: not_started, dkim: verified}}",
        "1: identities.b.c",
        "an identity that is not_started can",
    ),
    ("identities: {b.c: {policies: []}}", "1: identities.b.c.policies", "must be a mapping of names to documents"),
    # settings
    ("account_settings: {sandbox: maybe}", "1: account_settings.sandbox", "must be true or false, not 'maybe'"),
    ("account_settings: {max_send_rate: fast}", "1: account_settings.max_send_rate", "must be a number, not 'fast'"),
    ("account_settings: {max_send_rate: true}", "1: account_settings.max_send_rate", "must be a number, not 'true'"),
    (
        f"account_settings: {{max_send_rate: {'9' * 400}}}",
        "1: account_settings.max_send_rate",
        "must be a number, not '999",
    ),
    (
        "account_settings: {max_send_rate: 1.0e+999}",
        "1: account_settings.max_send_rate",
        "must be a positive number, not",
    ),
    ("account_settings: {max_send_rate: 0}", "1: account_settings.max_send_rate", "must be a positive number, not 0"),
    (
        "account_settings: {verification: off}",
        "1: account_settings.verification",
        "must be one of auto, manual, not 'off'",
    ),
    # templates, records
    ("templates: [{name: hi}]", "1: templates[0]", "subject is missing"),
    ("templates: [hi]", "1: templates[0]", "subject is missing"),
    ("templates: {hi: Hello}", "1: templates.hi", "must be a mapping"),
    ("templates: [{name: hi, subject: [x]}]", "1: templates[0].subject", "must be a text"),
    ("templates: [{name: hi, subject: }]", "1: templates[0].subject", "must be a text, not 'nothing'"),
    ('templates: [{name: hi, subject: "\\0"}]', "1: templates[0].subject", "holds a character that is no text"),
    ("dns_records: {name: x}", "1: dns_records", "must be a list"),
    ("dns_records: [{name: ., type: TXT, value: x}]", "1: dns_records[0].name", "must be a name, not '.'"),
    # blocks of AWS's model
    (
        "configuration_sets: {a: {event_destinations: {b: {matching_event_types: [bonce]}}}}",
        "1: configuration_sets.a.event_destinations.b.matching_event_types[0]",
        "must be one of click, bounce, send, open, complaint, delivery, renderingFailure, reject, not 'bonce'",
    ),
    (
        "configuration_sets: [{name: a, event_destinations: {b: {matching_event_types: [], SNSDestination: {}}}}]",
        "1: configuration_sets[0].event_destinations.b.sns_destination",
        "topic_arn is missing",
    ),
    (
        "receipt_rule_sets: {a: {rules: {b: {actions: [{S3Acton: {}}]}}}}",
        "1: receipt_rule_sets.a.rules.b.actions[0].S3Acton",
        "there is no such key; did you mean s3_action?",
    ),
    (
        "receipt_rule_sets: {a: {rules: {b: {actions: [{}]}}}}",
        "1: receipt_rule_sets.a.rules.b.actions[0]",
        "must be exactly one of ",
    ),
    (
        "receipt_rule_sets: {a: {rules: {b: {actions: [{stop_action: {scope: Rules}}]}}}}",
        "1: receipt_rule_sets.a.rules.b.actions[0].stop_action.scope",
        "must be one of RuleSet, not 'Rules'",
    ),
    ("receipt_rule_sets: {a: {active: yes}, b: {active: yes}}", "1", "of the rule sets a and b one can be active"),
    # what becomes of mail
    (
        "recipients: {a@b.c: bonce}",
        "1: recipients.a@b.c.outcome",
        "must be one of delivery, bounce, complaint, delay, rej",
    ),
    (
        "recipients: {a@b.c: {outcome: bounce, bounce_type: Soft}}",
        "1: recipients.a@b.c",
        "the outcome has type Soft/General",
    ),
    ("recipients: {ann: bounce}", "1: recipients.ann", "'ann' is no e-mail address"),
    (
        "suppression: {a@b.c: {reason: COMPLAINT, list: global}}",
        "1: suppression.a@b.c",
        "the global list has no reason but",
    ),
    ("suppression: [Ann <ann@b.c>]", "1: suppression[0]", "'Ann <ann@b.c>' is no e-mail address"),
    (
        "faults: [{operation: SendMail, code: Throttling}]",
        "1: faults[0]",
        "There is no operation 'SendMail'; did you mean S",
    ),
]


@pytest.mark.parametrize(("text", "place", "said"), WRONG)
def test_what_is_wrong_is_told_with_line_path_and_what_would_be_right(text: str, place: str, said: str) -> None:
    (found,) = flaws(text)
    assert found.startswith(f"seed.yaml:{place}: {said}")


def test_the_nearest_word_is_named() -> None:
    assert flaws("identities: {a.b: Pending}")[0].endswith("not 'Pending'; did you mean pending?")
    assert flaws("recipients: {a@b.c: bonce}")[0].endswith("not 'bonce'; did you mean bounce?")


def test_all_that_is_wrong_is_told_at_once() -> None:
    found = flaws("identities: [{sate: 1}]\naccount_settings: {sandbox: x}\n")
    assert len(found) == 3
    many = flaws(f"identities: [{', '.join(['{}'] * 30)}]")
    assert many[20:] == ["and 10 more"]


def test_without_lines_the_path_remains() -> None:
    assert flaws('identities = [{identity = "a.example", state = "x"}]', "seed.toml") == [
        "seed.toml: identities[0].state: must be one of verified, pending, failed, not_started, not 'x'"
    ]


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("aws_secret_access_key: x", "aws_secret_access_key"),
        ("accounts: [{password: x}]", "accounts[0].password"),
        ("identities: [{identity: a.example, SmtpPassword: x}]", "identities[0].SmtpPassword"),
        ("identities: [{identity: a.example, dkim: {private_key: x}}]", "identities[0].dkim.private_key"),
        ("identities: [{identity: a.example, policies: {p: {Statement: [{client-secret: x}]}}}]",
         "identities[0].policies.p.Statement[0].client-secret"),
        ("x-mine: {passwd: x}", "x-mine.passwd"),
    ],
)  # fmt: skip
def test_a_key_that_names_a_secret_is_refused(text: str, path: str) -> None:
    assert f"seed.yaml:1: {path}: {reading.NO_SECRETS}" in flaws(text)


@pytest.mark.parametrize(
    "value", ["AKIAIOSFODNN7EXAMPLE", "key=ASIAIOSFODNN7EXAMPLE;", "-----BEGIN RSA PRIVATE KEY-----"]
)
@pytest.mark.parametrize("place", ["templates: [{{name: a, subject: '{0}'}}]", "x-mine: ['{0}']"])
def test_a_value_that_is_a_secret_is_refused(value: str, place: str) -> None:
    (found,) = flaws(place.format(value))
    assert found.endswith(f": looks like a secret; {reading.NO_SECRETS}")


def test_names_that_users_chose_may_speak_of_secrets() -> None:
    text = "templates: {password-reset: {subject: Your new password}}\nrecipients: {secret@example.net: bounce}"
    assert [each["name"] for each in shown(text)["templates"]] == ["password-reset"]
