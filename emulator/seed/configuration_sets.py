"""Configuration sets of a seed, and their event destinations."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

from emulator.context import Context
from emulator.operations.v1 import configuration_sets as operations
from emulator.operations.v1 import event_destinations as destination_operations
from emulator.seed.calling import call
from emulator.seed.members import UNSAID, Thing, enum, member, merged, trimmed
from emulator.ses import limits
from emulator.store import configuration_sets as rows
from emulator.store import event_destinations as destination_rows

_BLOCKS = {
    "SNSDestination": "sns_destination",
    "KinesisFirehoseDestination": "kinesis_firehose_destination",
    "CloudWatchDestination": "cloud_watch_destination",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class EventDestination(Thing):
    """Where a configuration set publishes which events: one of the three services."""

    KEY: ClassVar[str] = "name"

    name: str = member("unique in its configuration set")
    enabled: bool = member("it publishes", default=True)
    matching_event_types: list[str] = member("which events", choices=enum("EventType"))
    sns_destination: dict[str, Any] | None = member("a topic of SNS", default=None, block="SNSDestination")
    kinesis_firehose_destination: dict[str, Any] | None = member(
        "a delivery stream of Firehose", default=None, block="KinesisFirehoseDestination"
    )
    cloud_watch_destination: dict[str, Any] | None = member(
        "metrics of CloudWatch", default=None, block="CloudWatchDestination"
    )

    def normal(self) -> Self:
        """Its events in order."""
        return replace(self, matching_event_types=sorted(set(self.matching_event_types)))


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigurationSet(Thing):
    """A configuration set. Event destinations that are not named stay."""

    KEY: ClassVar[str] = "name"
    WRAPPERS: ClassVar[frozenset[str]] = frozenset(
        {"ConfigurationSet", "TrackingOptions", "DeliveryOptions", "ReputationOptions"}
    )
    IGNORED: ClassVar[frozenset[str]] = frozenset({"LastFreshStart", "ResponseMetadata"})

    name: str = member("unique in its account and region")
    sending_enabled: bool = member("sends with it are accepted", default=UNSAID)
    reputation_metrics_enabled: bool = member("its reputation is published", default=UNSAID)
    custom_redirect_domain: str | None = member("a verified domain for links and pixels; null: none", default=UNSAID)
    tls_policy: str | None = member("whether mail needs TLS; null: as usual", default=UNSAID, choices=enum("TlsPolicy"))
    event_destinations: list[EventDestination] = member("whom it tells of events", default=[])


_NEW = ConfigurationSet(
    name="", sending_enabled=True, reputation_metrics_enabled=False, custom_redirect_domain=None, tls_policy=None
)


def find(ctx: Context, wanted: ConfigurationSet) -> ConfigurationSet | None:
    """The set of that name."""
    return _named(ctx, wanted.name)


def put(ctx: Context, wanted: ConfigurationSet, found: ConfigurationSet | None) -> None:
    """The set has these options and destinations."""
    if found is None:
        call(ctx, wanted.at, operations.create_configuration_set, ConfigurationSet={"Name": wanted.name})
    before = found or _NEW
    meant = merged(before, wanted)

    def change(function: Callable[..., dict[str, Any]], **parameters: Any) -> None:
        call(ctx, wanted.at, function, ConfigurationSetName=wanted.name, **parameters)

    if meant.sending_enabled != before.sending_enabled:
        change(operations.update_configuration_set_sending_enabled, Enabled=meant.sending_enabled)
    if meant.reputation_metrics_enabled != before.reputation_metrics_enabled:
        is_enabled = meant.reputation_metrics_enabled
        change(operations.update_configuration_set_reputation_metrics_enabled, Enabled=is_enabled)
    if meant.tls_policy != before.tls_policy:
        options = {} if meant.tls_policy is None else {"TlsPolicy": meant.tls_policy}
        change(operations.put_configuration_set_delivery_options, DeliveryOptions=options)
    if meant.custom_redirect_domain != before.custom_redirect_domain:
        _set_tracking(change, before.custom_redirect_domain, meant.custom_redirect_domain)
    there = {each.name: each for each in before.event_destinations}
    for each in wanted.event_destinations:
        if there.get(each.name) != each:
            _put_destination(ctx, wanted.name, each, is_there=each.name in there)


def every(ctx: Context) -> list[ConfigurationSet]:
    """The sets, in the order of their creation."""
    listed = rows.after(ctx.tx, ctx.account_id, ctx.region, 0, limits.CONFIGURATION_SETS)
    found = (_named(ctx, each.name) for each in listed)
    return [trimmed(each, _NEW) for each in found if each]


def _set_tracking(change: Callable[..., None], before: str | None, domain: str | None) -> None:
    if domain is None:
        change(operations.delete_configuration_set_tracking_options)
        return
    create, update = (
        operations.create_configuration_set_tracking_options,
        operations.update_configuration_set_tracking_options,
    )
    change(create if before is None else update, TrackingOptions={"CustomRedirectDomain": domain})


def _put_destination(ctx: Context, set_name: str, wanted: EventDestination, *, is_there: bool) -> None:
    blocks = {name: getattr(wanted, own) for name, own in _BLOCKS.items() if getattr(wanted, own) is not None}
    described = {
        "Name": wanted.name,
        "Enabled": wanted.enabled,
        "MatchingEventTypes": wanted.matching_event_types,
        **blocks,
    }
    create, update = (
        destination_operations.create_configuration_set_event_destination,
        destination_operations.update_configuration_set_event_destination,
    )
    call(ctx, wanted.at, update if is_there else create, ConfigurationSetName=set_name, EventDestination=described)


def _named(ctx: Context, name: str) -> ConfigurationSet | None:
    row = rows.get(ctx.tx, ctx.account_id, ctx.region, name)
    if row is None:
        return None
    return ConfigurationSet(
        name=row.name,
        sending_enabled=row.sending_enabled,
        reputation_metrics_enabled=row.reputation_metrics_enabled,
        custom_redirect_domain=row.custom_redirect_domain,
        tls_policy=row.tls_policy,
        event_destinations=[_destination(each) for each in destination_rows.of_set(ctx.tx, row.seq)],
    )


def _destination(row: destination_rows.EventDestination) -> EventDestination:
    blocks: dict[str, Any] = {_BLOCKS[name]: block for name, block in row.destination.items()}
    types = sorted(row.matching_event_types)
    return EventDestination(name=row.name, enabled=row.enabled, matching_event_types=types, **blocks)
