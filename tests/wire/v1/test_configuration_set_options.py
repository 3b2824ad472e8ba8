"""Delivery and reputation options of configuration sets, and what a paused set means."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.support import aws, configuration_sets, mail, xml
from tests.support.aws import Account, refusal
from tests.support.configuration_sets import NAME, constraint, described, missing


def _put(account: Account, **given: Any) -> None:
    account.client().put_configuration_set_delivery_options(ConfigurationSetName=NAME, **given)


def _reputation(account: Account) -> dict[str, Any]:
    return dict(described(account, NAME, "reputationOptions")["ReputationOptions"])


def _pause(account: Account, name: str = NAME, *, paused: bool = True) -> None:
    account.client().update_configuration_set_sending_enabled(ConfigurationSetName=name, Enabled=not paused)


def _enable_metrics(account: Account, enabled: bool) -> None:
    account.client().update_configuration_set_reputation_metrics_enabled(ConfigurationSetName=NAME, Enabled=enabled)


# ---- PutConfigurationSetDeliveryOptions


@pytest.mark.parametrize("policy", ["Require", "Optional"])
def test_a_tls_policy_is_given_back_as_it_was_given(account: Account, policy: str) -> None:
    configuration_sets.create(account, NAME, "other")
    _put(account, DeliveryOptions={"TlsPolicy": policy})
    assert described(account, NAME, "deliveryOptions")["DeliveryOptions"] == {"TlsPolicy": policy}
    assert "DeliveryOptions" not in described(account, "other")


def test_a_call_without_options_takes_the_policy_back(account: Account) -> None:
    configuration_sets.create(account)
    nothings: list[dict[str, Any]] = [{}, {"DeliveryOptions": {}}]
    for nothing in nothings:
        _put(account, DeliveryOptions={"TlsPolicy": "Require"})
        _put(account, **nothing)
        assert "DeliveryOptions" not in described(account)


@pytest.mark.parametrize("policy", ["REQUIRE", "require", "", "Optional "])
def test_a_policy_that_is_none_is_refused_before_the_set(account: Account, policy: str) -> None:
    expected = constraint("deliveryOptions.tlsPolicy", "Member must satisfy enum value set: [Optional, Require]")
    configuration_sets.create(account)
    for name in (NAME, "nobody"):
        call = account.client().put_configuration_set_delivery_options
        assert refusal(call, ConfigurationSetName=name, DeliveryOptions={"TlsPolicy": policy}) == expected
    assert "DeliveryOptions" not in described(account)


# ---- UpdateConfigurationSetReputationMetricsEnabled


def test_reputation_metrics_are_off_until_somebody_wants_them(account: Account) -> None:
    configuration_sets.create(account)
    for enabled in (True, True, False, False):
        _enable_metrics(account, enabled)
        assert _reputation(account) == {"SendingEnabled": True, "ReputationMetricsEnabled": enabled}


# ---- UpdateConfigurationSetSendingEnabled


@pytest.mark.parametrize(
    "operation", ["UpdateConfigurationSetSendingEnabled", "UpdateConfigurationSetReputationMetricsEnabled"]
)
def test_whether_it_is_enabled_must_be_said(account: Account, operation: str) -> None:
    configuration_sets.create(account)
    answer = account.query(operation, ConfigurationSetName="nobody")
    code, text, status = constraint("enabled", "Member must not be null")
    assert xml.refusal(answer) == (status, code, text)
    assert xml.code(account.query(operation, ConfigurationSetName=NAME, Enabled="no")) == "MalformedInput"


def test_who_resumes_a_paused_set_makes_a_fresh_start(start: Callable[..., Account]) -> None:
    account = start()
    account.inspect("PUT", "/clock", {"now": "2026-03-12T17:00:00Z", "frozen": True})
    configuration_sets.create(account)
    _pause(account, paused=False)
    account.advance("PT1H")
    _pause(account)
    assert _reputation(account) == {"SendingEnabled": False, "ReputationMetricsEnabled": False}
    account.advance("PT1H")
    for _ in range(2):
        _pause(account, paused=False)
        assert _reputation(account) == {
            "SendingEnabled": True,
            "ReputationMetricsEnabled": False,
            "LastFreshStart": datetime(2026, 3, 12, 19, tzinfo=UTC),
        }
        account.advance("PT1H")
    _pause(account)
    assert _reputation(account)["LastFreshStart"] == datetime(2026, 3, 12, 19, tzinfo=UTC)
    _pause(account, paused=False)
    assert _reputation(account)["LastFreshStart"] == datetime(2026, 3, 12, 21, tzinfo=UTC)


def test_nobody_sends_with_a_paused_set(account: Account) -> None:
    sender = mail.client(account)
    configuration_sets.create(account, NAME, "other")
    _pause(account)
    text = f"Sending is paused for configuration set {NAME}"
    answer = refusal(sender.send_email, **mail.parameters(ConfigurationSetName=NAME))
    assert answer == ("ConfigurationSetSendingPausedException", text, 400)
    raw = mail.document(f"From: {mail.ANN}", f"To: {mail.BOB}", f"X-SES-CONFIGURATION-SET: {NAME}")
    assert mail.refused_raw(sender, raw) == ("ConfigurationSetSendingPausedException", text)
    assert account.messages(direction="outbound") == []
    mail.send(sender, ConfigurationSetName="other")
    mail.send(sender)
    _pause(account, paused=False)
    mail.send(sender, ConfigurationSetName=NAME)
    assert [each["configuration_set"] for each in account.messages(direction="outbound")] == [NAME, None, "other"]


def test_nobody_sends_with_a_set_of_another_account_or_a_deleted_one(account: Account) -> None:
    sender = mail.client(account)
    configuration_sets.create(aws.new_account(account.url))
    assert mail.refused(sender, ConfigurationSetName=NAME) == missing(NAME)[:2]
    configuration_sets.create(account)
    mail.send(sender, ConfigurationSetName=NAME)
    account.client().delete_configuration_set(ConfigurationSetName=NAME)
    assert mail.refused(sender, ConfigurationSetName=NAME) == missing(NAME)[:2]
