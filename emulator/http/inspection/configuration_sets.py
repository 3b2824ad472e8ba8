"""Configuration sets: their options, their reputation, and whom they tell."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from emulator.context import Context
from emulator.http.inspection.filters import AccountScope
from emulator.http.inspection.routes import Routes
from emulator.http.parts import Parts
from emulator.ses import configuration_sets, event_destinations, limits, reputation
from emulator.store import configuration_sets as configuration_set_rows

routes = Routes()


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a configuration set publishes which events."""

    name: str
    enabled: bool
    matching_event_types: list[str]
    destination: dict[str, Any] = field(metadata={"help": "SNSDestination, or another block of AWS's model"})


@dataclass(frozen=True, slots=True)
class ConfigurationSet:
    """A configuration set; its rates are fractions of the recipients."""

    name: str
    sending_enabled: bool
    reputation_metrics_enabled: bool
    custom_redirect_domain: str | None
    tls_policy: str | None
    bounce_rate: float
    complaint_rate: float
    destinations: list[Destination]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ConfigurationSetList:
    """All configuration sets, in the order of their creation."""

    configuration_sets: list[ConfigurationSet]


@routes.route("GET", "/configuration-sets", query=AccountScope, answer=ConfigurationSetList)
def list_configuration_sets(parts: Parts, query: AccountScope) -> ConfigurationSetList:
    """The configuration sets of an account in a region."""
    with parts.context(query.account, query.region) as ctx:
        rows = configuration_set_rows.after(ctx.tx, ctx.account_id, ctx.region, 0, limits.CONFIGURATION_SETS)
        return ConfigurationSetList([_described(ctx, row.name) for row in rows])


def _described(ctx: Context, name: str) -> ConfigurationSet:
    found = configuration_sets.get(ctx, name)
    return ConfigurationSet(
        found.name,
        found.sending_enabled,
        found.reputation_metrics_enabled,
        found.custom_redirect_domain,
        found.tls_policy,
        *reputation.of_set(ctx, found),
        [
            Destination(each.name, each.enabled, sorted(each.matching_event_types), each.destination)
            for each in event_destinations.of_set(ctx, found)
        ],
        found.created_at,
    )
