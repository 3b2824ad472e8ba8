"""What SES counts in CloudWatch. Source: developer guide (documented); Unverified: the unit."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from emulator.outside.aws import Aws, Call

SERVICE, TARGET = "cloudwatch", "Namespace"
NAMESPACE = "AWS/SES"


def event(metric: str, dimensions: Sequence[tuple[str, str]] | None, at: datetime) -> dict[str, Any]:
    """One event, with all of its dimensions together; nothing, where it has no dimensions that CloudWatch takes."""
    if dimensions is None:
        return {TARGET: NAMESPACE, "MetricData": []}
    datum = {
        "MetricName": metric,
        "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions],
        "Timestamp": at.isoformat(),
        "Value": 1.0,
        "Unit": "Count",
    }
    return {TARGET: NAMESPACE, "MetricData": [datum]}


def call(account_id: str, region: str, parameters: Mapping[str, Any]) -> Call:
    """The call that counts it."""
    return Call(account_id, region, SERVICE, "put_metric_data", tuple(parameters.items()))


def send(aws: Aws, put: Call) -> None:
    """It is counted."""
    aws.result(put)
