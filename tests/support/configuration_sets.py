"""Configuration sets and their event destinations, and what SES says of them."""

from typing import Any

from tests.support.aws import Account

NAME = "my-set"
DESTINATION = "my-destination"
TOPIC = "arn:aws:sns:us-east-1:123456789012:my-topic"
ROLE = "arn:aws:iam::123456789012:role/ses-to-firehose"
STREAM = "arn:aws:firehose:us-east-1:123456789012:deliverystream/my-stream"
ATTRIBUTES = ["eventDestinations", "trackingOptions", "deliveryOptions", "reputationOptions"]
SNS: dict[str, Any] = {"SNSDestination": {"TopicARN": TOPIC}}
FIREHOSE: dict[str, Any] = {"KinesisFirehoseDestination": {"IAMRoleARN": ROLE, "DeliveryStreamARN": STREAM}}


def create(account: Account, *names: str) -> Any:
    """A boto3 client of the account, which has these configuration sets (or one)."""
    client = account.client()
    for name in names or (NAME,):
        client.create_configuration_set(ConfigurationSet={"Name": name})
    return client


def names(account: Account) -> list[str]:
    """The names of the account's sets, in the order in which they are listed."""
    listed: list[str] = []
    for page in account.client().get_paginator("list_configuration_sets").paginate():
        listed += [each["Name"] for each in page["ConfigurationSets"]]
    return listed


def described(account: Account, name: str = NAME, *attributes: str) -> dict[str, Any]:
    """All that is said of a set, or as much as is asked for."""
    asked = list(attributes) or ATTRIBUTES
    answer = account.client().describe_configuration_set(
        ConfigurationSetName=name, ConfigurationSetAttributeNames=asked
    )
    return {member: value for member, value in answer.items() if member != "ResponseMetadata"}


def cloudwatch(*dimensions: tuple[str, str, str]) -> dict[str, Any]:
    """A CloudWatch destination with these dimensions: name, source of the value, value without one."""
    members = ("DimensionName", "DimensionValueSource", "DefaultDimensionValue")
    configured = [dict(zip(members, each, strict=True)) for each in dimensions]
    return {"CloudWatchDestination": {"DimensionConfigurations": configured}}


def destination(name: str = DESTINATION, *types: str, **blocks: Any) -> dict[str, Any]:
    """The `EventDestination` of a call: enabled, for sends and bounces if not said otherwise, and SNS."""
    return {"Name": name, "Enabled": True, "MatchingEventTypes": list(types or ("send", "bounce")), **(blocks or SNS)}


def add(account: Account, name: str = DESTINATION, *types: str, to: str = NAME, **blocks: Any) -> None:
    """The set has the destination."""
    account.client().create_configuration_set_event_destination(
        ConfigurationSetName=to, EventDestination=destination(name, *types, **blocks)
    )


def destinations(account: Account, name: str = NAME) -> list[dict[str, Any]]:
    """The set's destinations, with the event types in alphabetical order."""
    found = described(account, name, "eventDestinations")["EventDestinations"]
    return [{**each, "MatchingEventTypes": sorted(each["MatchingEventTypes"])} for each in found]


def missing(name: str) -> tuple[str, str, int]:
    """The refusal of a set that does not exist."""
    return "ConfigurationSetDoesNotExist", f"Configuration set <{name}> does not exist.", 400


def constraint(path: str, text: str) -> tuple[str, str, int]:
    """The refusal of a value that does not fit AWS's model."""
    message = f"1 validation error detected: Value at '{path}' failed to satisfy constraint: {text}"
    return "ValidationError", message, 400
