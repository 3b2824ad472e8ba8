"""Event destinations of configuration sets."""

from typing import Any

from emulator.context import Context
from emulator.ses import event_destinations
from emulator.ses.event_destinations import CLOUDWATCH, FIREHOSE, SNS, Wanted


def create_configuration_set_event_destination(
    ctx: Context, ConfigurationSetName: str, EventDestination: dict[str, Any]
) -> dict[str, Any]:
    """The set has the destination."""
    event_destinations.create(ctx, ConfigurationSetName, _wanted(EventDestination))
    return {}


def update_configuration_set_event_destination(
    ctx: Context, ConfigurationSetName: str, EventDestination: dict[str, Any]
) -> dict[str, Any]:
    """The set's destination of that name is as given."""
    event_destinations.update(ctx, ConfigurationSetName, _wanted(EventDestination))
    return {}


def delete_configuration_set_event_destination(
    ctx: Context, ConfigurationSetName: str, EventDestinationName: str
) -> dict[str, Any]:
    """The set has no such destination any more."""
    event_destinations.delete(ctx, ConfigurationSetName, EventDestinationName)
    return {}


def _wanted(destination: dict[str, Any]) -> Wanted:
    """Source: AWS's model (documented): where nothing is said, nothing is published."""
    blocks = {name: destination[name] for name in (FIREHOSE, CLOUDWATCH, SNS) if name in destination}
    return Wanted(destination["Name"], destination.get("Enabled", False), destination["MatchingEventTypes"], blocks)
