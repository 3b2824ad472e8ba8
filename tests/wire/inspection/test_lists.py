"""What an account has set up, all at once: for who wants to look at it rather than to ask AWS's API for each part."""

from typing import Any

import pytest

from tests.support import aws, configuration_sets, dkim, inspection, mail, receipt_rules, templates, zone
from tests.support.aws import Account
from tests.support.mail import BOB


def bounce(account: Account, message_id: str) -> None:
    account.inspect("POST", f"/messages/{message_id}/outcomes", {"recipient": BOB, "type": "bounce"})


def test_accounts_and_regions_that_have_anything_are_listed_those_of_most_mail_first(account: Account) -> None:
    there = account.elsewhere("eu-west-1")
    mail.send(mail.client(account))
    mail.client(there)
    account.elsewhere("eu-central-1").client().create_configuration_set(ConfigurationSet={"Name": "news"})
    account.inspect("PUT", "/suppression/bob@example.com", {"reason": "BOUNCE"}, region="ap-south-1")
    assert account.inspect("GET", "/scopes")["scopes"] == [
        {"account": account.account_id, "region": "us-east-1", "messages": 2},
        {"account": account.account_id, "region": "eu-west-1", "messages": 1},
        {"account": account.account_id, "region": "ap-south-1", "messages": 0},
        {"account": account.account_id, "region": "eu-central-1", "messages": 0},
    ]
    assert account.inspect("GET", "/scopes", region="ap-northeast-1") == {"scopes": []}


def test_identities_are_listed_with_the_state_of_their_parts(account: Account) -> None:
    domain = dkim.set_up(account)
    client = account.client()
    client.set_identity_mail_from_domain(Identity=domain, MailFromDomain=f"bounce.{domain}")
    client.verify_email_identity(EmailAddress=f"ann@{domain}")
    client.create_configuration_set(ConfigurationSet={"Name": "news"})
    account.inspect("PUT", f"/identities/{domain}/configuration-set", {"configuration_set": "news"})
    first, second = account.inspect("GET", "/identities")["identities"]
    assert first.pop("created_at") <= second.pop("created_at")
    assert first == {
        "identity": domain,
        "type": "Domain",
        "status": "Success",
        "dkim_status": "Success",
        "mail_from_domain": f"bounce.{domain}",
        "mail_from_status": "Pending",
        "configuration_set": "news",
    }
    assert second == {
        "identity": f"ann@{domain}",
        "type": "EmailAddress",
        "status": "Pending",
        "dkim_status": "Success",
        "mail_from_domain": None,
        "mail_from_status": None,
        "configuration_set": None,
    }
    assert account.inspect("GET", "/identities", region="eu-west-1") == {"identities": []}


def test_configuration_sets_are_listed_with_their_destinations(account: Account) -> None:
    client = configuration_sets.create(account, "one", "two")
    configuration_sets.add(account, "topic", to="one")
    client.update_configuration_set_sending_enabled(ConfigurationSetName="two", Enabled=False)
    client.put_configuration_set_delivery_options(ConfigurationSetName="two", DeliveryOptions={"TlsPolicy": "Require"})
    one, two = account.inspect("GET", "/configuration-sets")["configuration_sets"]
    assert one.pop("created_at") <= two.pop("created_at")
    assert one == {
        "name": "one",
        "sending_enabled": True,
        "reputation_metrics_enabled": False,
        "custom_redirect_domain": None,
        "tls_policy": None,
        "bounce_rate": 0,
        "complaint_rate": 0,
        "destinations": [
            {
                "name": "topic",
                "enabled": True,
                "matching_event_types": ["bounce", "send"],
                "destination": configuration_sets.SNS,
            }
        ],
    }
    assert (two["sending_enabled"], two["tls_policy"], two["destinations"]) == (False, "Require", [])


def test_the_rates_of_a_configuration_set_are_fractions(account: Account) -> None:
    configuration_sets.create(account, "one")
    sender = mail.client(account)
    ids = [mail.send(sender, ConfigurationSetName="one") for _ in range(2)]
    account.drain()
    bounce(account, ids[0])
    (found,) = account.inspect("GET", "/configuration-sets")["configuration_sets"]
    assert (found["bounce_rate"], found["complaint_rate"]) == (0.5, 0)


def test_templates_are_listed_whole_and_in_pages(account: Account) -> None:
    client = account.client()
    for name in ("one", "two", "three"):
        templates.create(client, name, HtmlPart=None)
    page = account.inspect("GET", "/templates", limit=2)
    assert [each["name"] for each in page["templates"]] == ["one", "two"]
    assert page["templates"][0]["subject"] == templates.GREETING["SubjectPart"]
    assert page["templates"][0]["text"] == templates.GREETING["TextPart"]
    assert page["templates"][0]["html"] is None
    rest = account.inspect("GET", "/templates", limit=2, cursor=page["cursor"])
    assert ([each["name"] for each in rest["templates"]], rest["cursor"]) == (["three"], None)
    inspection.problem(inspection.ask(account, "GET", "/templates?limit=0"), 400)


@pytest.mark.parametrize(
    ("trial", "expected"),
    [
        (
            {"subject": "Hi {{name}}", "text": "{{{name}}}", "html": "<b>{{name}}</b>", "data": '{"name": "<Ann>"}'},
            {"subject": "Hi <Ann>", "text": "<Ann>", "html": "<b><Ann></b>"},
        ),
        ({"subject": "Hi"}, {"subject": "Hi"}),
        ({}, {"subject": ""}),
        (
            {"subject": "Hi", "text": "{{name}}"},
            {"error": "Attribute 'name' is not present in the rendering data.", "part": "text"},
        ),
        (
            {"subject": "{{a}}", "html": "{{b}}"},
            {"error": "Attribute 'a' is not present in the rendering data.", "part": "subject"},
        ),
        ({"subject": "Hi", "data": "[]"}, {"error": "The template data is invalid.", "part": "data"}),
    ],
)
def test_a_template_can_be_tried_before_it_is_kept(
    account: Account, trial: dict[str, Any], expected: dict[str, Any]
) -> None:
    nothing = dict.fromkeys(("subject", "text", "html", "error", "part"))
    answer = account.inspect("POST", "/templates/preview", trial)
    assert answer == {**nothing, **expected}


def test_what_is_wrong_with_a_template_is_told_as_ses_tells_it(account: Account) -> None:
    trial = {"name": "greeting", "subject": "Hi", "html": "{{#if}}"}
    preview = account.inspect("POST", "/templates/preview", trial)
    refusal = aws.refusal(account.client().create_template, Template=templates.template(HtmlPart="{{#if}}"))
    assert (preview["part"], preview["error"]) == ("html", refusal[1])


def test_receipt_rule_sets_are_listed_with_their_rules_and_filters(account: Account) -> None:
    client = account.client()
    client.create_receipt_rule_set(RuleSetName=receipt_rules.SET)
    client.create_receipt_rule_set(RuleSetName="empty")
    receipt_rules.add(account, "first", receipt_rules.S3, Recipients=["example.com"], Enabled=True, TlsPolicy="Require")
    receipt_rules.add(account, "second", receipt_rules.STOP)
    client.set_active_receipt_rule_set(RuleSetName=receipt_rules.SET)
    client.create_receipt_filter(
        Filter={"Name": "office", "IpFilter": {"Policy": "Allow", "Cidr": "10.0.0.0/8"}},
    )
    found = account.inspect("GET", "/receipt-rule-sets")
    assert [(each["name"], each["active"]) for each in found["rule_sets"]] == [("empty", False), ("inbound", True)]
    first, second = found["rule_sets"][1]["rules"]
    assert first == {
        "name": "first",
        "enabled": True,
        "tls_policy": "Require",
        "scan_enabled": False,
        "recipients": ["example.com"],
        "actions": [receipt_rules.S3],
    }
    assert (second["name"], second["enabled"], second["recipients"]) == ("second", False, [])
    assert found["filters"] == [{"name": "office", "policy": "Allow", "cidr": "10.0.0.0/8"}]


def test_which_rules_an_address_matches_is_told_with_why_nobody_has_its_mail(account: Account) -> None:
    def match(address: str, **query: object) -> tuple[bool, list[str], str | None]:
        found = account.inspect("GET", "/receipt-rule-sets/match", address=address, **query)
        return found["admitted"], found["rules"], found["reason"]

    domain, client = zone.domain_of(account), account.client()
    there = f"help@{domain}"
    assert match(there) == (False, [], "No receipt rule set is active.")
    client.create_receipt_rule_set(RuleSetName=receipt_rules.SET)
    receipt_rules.add(account, "one", receipt_rules.STOP, Recipients=[domain], Enabled=True)
    receipt_rules.add(account, "off", receipt_rules.STOP, Recipients=[domain])
    receipt_rules.add(account, "two", receipt_rules.STOP, Recipients=[there], Enabled=True, TlsPolicy="Require")
    client.set_active_receipt_rule_set(RuleSetName=receipt_rules.SET)
    assert match("help@example.net") == (False, [], "No enabled rule of the active rule set matches the address.")
    assert match(there) == (False, ["one", "two"], f"Neither {domain} nor a domain above it is verified.")
    mail.verify(account, domain)
    assert match(there) == (True, ["one", "two"], None)
    assert match(f"sales@{domain}", tls="false") == (True, ["one"], None)
    assert match(there, tls="false") == (False, ["one", "two"], "A rule that matches the address requires TLS.")
    client.create_receipt_filter(Filter={"Name": "no", "IpFilter": {"Policy": "Block", "Cidr": "192.0.2.0/24"}})
    assert match(there, ip="192.0.2.7") == (False, ["one", "two"], "An IP address filter blocks 192.0.2.7.")
    assert match(there, ip="198.51.100.7") == (True, ["one", "two"], None)


@pytest.mark.parametrize("query", ["", "address=nobody", "address=a@b.com&ip=nowhere"])
def test_only_an_address_is_matched(account: Account, query: str) -> None:
    inspection.problem(inspection.ask(account, "GET", f"/receipt-rule-sets/match?{query}"), 400)


def test_statistics_have_the_quota_and_a_point_for_each_quarter_of_an_hour(account: Account) -> None:
    sender = mail.client(account)
    message_id = mail.send(sender, Destination={"ToAddresses": [BOB, "cy@example.net"]})
    account.drain()
    bounce(account, message_id)
    found = account.inspect("GET", "/statistics")
    (point,) = found.pop("points")
    assert found == {"sent_last_24_hours": 2, "max_24_hour_send": 50_000, "max_send_rate": 14}
    assert point.pop("at")[14:] in ("00:00.000Z", "15:00.000Z", "30:00.000Z", "45:00.000Z")
    assert point == {"delivery_attempts": 2, "bounces": 1, "complaints": 0, "rejects": 0}


def test_what_another_account_set_up_is_not_listed(account: Account) -> None:
    client = configuration_sets.create(account)
    templates.create(client)
    mail.client(account)
    client.create_receipt_rule_set(RuleSetName=receipt_rules.SET)
    other = aws.new_account(account.url)
    for path in ("/identities", "/templates", "/configuration-sets", "/receipt-rule-sets", "/statistics"):
        answer = other.inspect("GET", path)
        assert not any(value for value in answer.values() if isinstance(value, list)), path
