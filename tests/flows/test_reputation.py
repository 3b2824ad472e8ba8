"""Bounces and complaints as fractions of what was sent: of an account, and of the sets that say so, in CloudWatch."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support import configuration_sets, mail, moto, outcomes, templates
from tests.support.aws import Account
from tests.support.configuration_sets import NAME
from tests.support.mail import BOB
from tests.support.moto import Moto
from tests.support.viruses import EICAR

Start = Callable[..., Account]
SIMULATOR = "simulator.amazonses.com"
BOUNCE_RATE, COMPLAINT_RATE = "Reputation.BounceRate", "Reputation.ComplaintRate"


def ready(account: Account) -> Any:
    """A client of the account, which has a set whose reputation is published; three addresses are not as others."""
    client = mail.client(account)
    configuration_sets.create(account)
    client.update_configuration_set_reputation_metrics_enabled(ConfigurationSetName=NAME, Enabled=True)
    outcomes.standing(account, "gone@example.net", "bounce")
    outcomes.standing(account, "full@example.net", "bounce", bounce_type="Transient", bounce_sub_type="MailboxFull")
    outcomes.standing(account, "angry@example.net", "complaint")
    return client


def send(account: Account, *to: str, configuration_set: str | None = NAME) -> None:
    """A message to these, all at example.net if not said otherwise; they have met it."""
    given = {"ConfigurationSetName": configuration_set} if configuration_set else {}
    addresses = [each if "@" in each else f"{each}@example.net" for each in to]
    mail.send(account.client(), Destination={"ToAddresses": addresses}, **given)
    account.drain()


def published(account: Account) -> list[dict[str, Any]]:
    """The metrics that are not those of a destination, oldest first."""
    found = account.inspect("GET", "/publications", channel="metrics", limit=500)["publications"]
    assert {(each["service"], each["target"], each["content"]["Namespace"]) for each in found} <= {
        ("cloudwatch", "AWS/SES", "AWS/SES")
    }
    return [datum for each in reversed(found) for datum in each["content"]["MetricData"]]


def rates(account: Account, name: str | None = NAME) -> tuple[float, float]:
    """The two rates of the set, or of the account, as they were published last."""
    dimensions = [{"Name": "ses:configuration-set", "Value": name}] if name else []
    found = {
        each["MetricName"]: each["Value"] for each in published(account) if each.get("Dimensions", []) == dimensions
    }
    return found[BOUNCE_RATE], found[COMPLAINT_RATE]


def test_a_set_has_rates_of_its_own_as_fractions(account: Account) -> None:
    ready(account)
    configuration_sets.create(account, "other")
    send(account, "gone", "a", "b", "c")
    assert rates(account) == (0.25, 0.0)
    send(account, "angry", "a", "b", "c")
    assert rates(account) == (0.125, 0.125)
    for name in ("other", None):  # neither of these counts for it
        send(account, "b", "c", configuration_set=name)
    send(account, "a", "b")
    assert rates(account) == (0.1, 0.1)


def test_nothing_is_published_of_a_set_until_somebody_wants_it_or_of_an_account_without_a_cloudwatch(
    account: Account,
) -> None:
    client = ready(account)
    client.update_configuration_set_reputation_metrics_enabled(ConfigurationSetName=NAME, Enabled=False)
    send(account, "gone", "a")
    assert published(account) == []
    client.update_configuration_set_reputation_metrics_enabled(ConfigurationSetName=NAME, Enabled=True)
    send(account, "a", "b")
    assert rates(account) == (0.25, 0.0)  # it was counted all the while


def test_soft_bounces_the_simulator_and_who_is_on_the_accounts_list_do_not_count(account: Account) -> None:
    ready(account)
    account.inspect("PUT", "/suppression/listed@example.net", {"reason": "BOUNCE"})
    account.inspect("PUT", "/suppression/complained@example.net", {"reason": "COMPLAINT"})
    for each in ("bounce", "complaint", "suppressionlist", "ooto", "success"):
        send(account, f"{each}@{SIMULATOR}")
    send(account, "listed", "complained", "full", "gone")
    assert rates(account) == (0.5, 0.0)


def test_who_is_on_the_list_of_all_accounts_bounces_and_counts(start: Start) -> None:
    account = start()
    ready(account)
    account.inspect("PUT", f"/suppression/{BOB}", {"reason": "BOUNCE"}, list="global")
    for _ in range(2):
        send(account, BOB)
        assert rates(account) == (1.0, 0.0)
    send(account, "a", "b")
    assert rates(account) == (0.5, 0.0)


def test_feedback_that_comes_later_counts_for_what_was_sent(account: Account) -> None:
    ready(account)
    message_id = mail.send(account.client(), ConfigurationSetName=NAME)
    send(account, "a", "b", "c")
    outcomes.happen(account, message_id, BOB, "complaint")
    account.drain()
    assert rates(account) == (0.0, 0.25)


def test_a_fresh_start_begins_anew_for_the_set_alone(start: Start) -> None:
    account = start()
    client = ready(account)
    configuration_sets.create(account, "other")
    client.update_configuration_set_reputation_metrics_enabled(ConfigurationSetName="other", Enabled=True)
    outcomes.standing(account, "lost@example.net", "bounce")
    for name, address in ((NAME, "gone"), ("other", "lost")):
        send(account, address, "a", configuration_set=name)
        assert rates(account, name) == (0.5, 0.0)
    account.advance("PT2M")
    for enabled in (True, False, True):
        client.update_configuration_set_sending_enabled(ConfigurationSetName=NAME, Enabled=enabled)
    for name in (NAME, "other"):
        send(account, "a", "b", configuration_set=name)
    assert (rates(account), rates(account, "other")) == ((0.0, 0.0), (0.25, 0.0))


@pytest.fixture
def cloudwatch(start: Start) -> Account:
    """An account that CloudWatch is for, although it does not answer now."""
    return start(aws_endpoint_url_cloudwatch="http://127.0.0.1:1", log_level="error")


def test_the_account_has_metrics_of_every_event_and_rates_without_a_dimension(cloudwatch: Account) -> None:
    ready(cloudwatch)
    send(cloudwatch, "gone", "angry", "a", f"bounce@{SIMULATOR}", configuration_set=None)
    counted = [each for each in published(cloudwatch) if each["Unit"] == "Count"]
    assert sorted(each["MetricName"] for each in counted) == ["Bounce", "Bounce", "Complaint", "Delivery", "Send"]
    assert all(set(each) == {"MetricName", "Value", "Unit", "Timestamp"} for each in counted)
    assert {each["Value"] for each in counted} == {1.0}
    assert rates(cloudwatch, None) == (1 / 3, 1 / 3)


def test_what_readers_do_and_what_is_rejected_or_not_rendered_is_counted_for_the_account(cloudwatch: Account) -> None:
    client = mail.client(cloudwatch)
    templates.create(client)
    message_id = mail.send(client)
    outcomes.happen(cloudwatch, message_id, BOB, "open")
    outcomes.happen(cloudwatch, message_id, BOB, "click", link="https://example.com")
    mail.send(client, Message=mail.message(EICAR))
    templates.send(client, TemplateData="{}")
    cloudwatch.drain()
    names = {each["MetricName"] for each in published(cloudwatch) if each["Unit"] == "Count"}
    assert names == {"Send", "Delivery", "Open", "Click", "Reject", "RenderingFailure"}


def test_the_account_and_a_set_have_the_same_metric_with_and_without_its_dimension(
    start: Start, other_aws: Moto
) -> None:
    account = start(aws_endpoint_url_cloudwatch=other_aws.url)
    name = moto.new_name()
    client = ready(account)
    configuration_sets.create(account, name)
    client.update_configuration_set_reputation_metrics_enabled(ConfigurationSetName=name, Enabled=True)
    send(account, "gone", "a", configuration_set=name)
    found = other_aws.client("cloudwatch").list_metrics(Namespace="AWS/SES", MetricName=BOUNCE_RATE)["Metrics"]
    assert [] in [each["Dimensions"] for each in found]
    assert [{"Name": "ses:configuration-set", "Value": name}] in [each["Dimensions"] for each in found]
