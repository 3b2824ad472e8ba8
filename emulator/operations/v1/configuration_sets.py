"""Configuration sets and their options."""

from collections.abc import Sequence
from typing import Any

from emulator.context import Context
from emulator.ses import configuration_sets, event_destinations
from emulator.store.configuration_sets import ConfigurationSet as Row
from emulator.store.event_destinations import EventDestination


def create_configuration_set(ctx: Context, ConfigurationSet: dict[str, str]) -> dict[str, Any]:
    """The set is there."""
    configuration_sets.create(ctx, ConfigurationSet["Name"])
    return {}


def delete_configuration_set(ctx: Context, ConfigurationSetName: str) -> dict[str, Any]:
    """The set is gone with all it has."""
    configuration_sets.delete(ctx, ConfigurationSetName)
    return {}


def describe_configuration_set(
    ctx: Context, ConfigurationSetName: str, ConfigurationSetAttributeNames: Sequence[str] = ()
) -> dict[str, Any]:
    """The set's name, and what else is asked for and there. Source: only the name where nothing is, recorded."""
    found = configuration_sets.get(ctx, ConfigurationSetName)
    asked = frozenset(ConfigurationSetAttributeNames)
    described: dict[str, Any] = {"ConfigurationSet": {"Name": found.name}}
    if "eventDestinations" in asked:
        described["EventDestinations"] = [_destination(each) for each in event_destinations.of_set(ctx, found)]
    if "trackingOptions" in asked and found.custom_redirect_domain is not None:
        described["TrackingOptions"] = {"CustomRedirectDomain": found.custom_redirect_domain}
    if "deliveryOptions" in asked and found.tls_policy is not None:
        described["DeliveryOptions"] = {"TlsPolicy": found.tls_policy}
    if "reputationOptions" in asked:
        described["ReputationOptions"] = _reputation(found)
    return described


def list_configuration_sets(ctx: Context, NextToken: str | None = None, MaxItems: int | None = None) -> dict[str, Any]:
    """The next sets of the account in the region."""
    page = configuration_sets.page(ctx, MaxItems, NextToken)
    return {"ConfigurationSets": [{"Name": each.name} for each in page.items], "NextToken": page.next_token}


def update_configuration_set_sending_enabled(ctx: Context, ConfigurationSetName: str, Enabled: bool) -> dict[str, Any]:
    """Sends with the set are accepted, or not."""
    configuration_sets.set_sending_enabled(ctx, ConfigurationSetName, Enabled)
    return {}


def update_configuration_set_reputation_metrics_enabled(
    ctx: Context, ConfigurationSetName: str, Enabled: bool
) -> dict[str, Any]:
    """The reputation of the set is published, or not."""
    configuration_sets.set_reputation_metrics_enabled(ctx, ConfigurationSetName, Enabled)
    return {}


def put_configuration_set_delivery_options(
    ctx: Context, ConfigurationSetName: str, DeliveryOptions: dict[str, str] | None = None
) -> dict[str, Any]:
    """Mail of the set needs TLS, or not."""
    configuration_sets.set_tls_policy(ctx, ConfigurationSetName, (DeliveryOptions or {}).get("TlsPolicy"))
    return {}


def create_configuration_set_tracking_options(
    ctx: Context, ConfigurationSetName: str, TrackingOptions: dict[str, str]
) -> dict[str, Any]:
    """Links and pixels of the set's mail are at the domain."""
    domain = TrackingOptions.get("CustomRedirectDomain")
    configuration_sets.create_tracking_options(ctx, ConfigurationSetName, domain)
    return {}


def update_configuration_set_tracking_options(
    ctx: Context, ConfigurationSetName: str, TrackingOptions: dict[str, str]
) -> dict[str, Any]:
    """Links and pixels of the set's mail are at another domain."""
    domain = TrackingOptions.get("CustomRedirectDomain")
    configuration_sets.update_tracking_options(ctx, ConfigurationSetName, domain)
    return {}


def delete_configuration_set_tracking_options(ctx: Context, ConfigurationSetName: str) -> dict[str, Any]:
    """Links and pixels of the set's mail are at SES's own domain again."""
    configuration_sets.delete_tracking_options(ctx, ConfigurationSetName)
    return {}


def _destination(found: EventDestination) -> dict[str, Any]:
    return {
        "Name": found.name,
        "Enabled": found.enabled,
        "MatchingEventTypes": sorted(found.matching_event_types),  # Source: an order of its own, recorded
        **found.destination,
    }


def _reputation(found: Row) -> dict[str, Any]:
    """Source: the time only of a set that was paused and is not any more, AWS's model."""
    return {
        "SendingEnabled": found.sending_enabled,
        "ReputationMetricsEnabled": found.reputation_metrics_enabled,
        "LastFreshStart": found.last_fresh_start_at,
    }
