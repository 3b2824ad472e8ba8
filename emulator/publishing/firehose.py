"""What SES puts into streams of Kinesis Data Firehose. Source: developer guide (documented)."""

from collections.abc import Mapping
from typing import Any

from emulator.outside.aws import Aws, Call, Refused

SERVICE, TARGET = "firehose", "DeliveryStreamName"


def event(stream_arn: str, text: str) -> dict[str, Any]:
    """An event as a record: one line, the same JSON that SNS has."""
    return {TARGET: stream_arn.rpartition("/")[2], "Records": [{"Data": f"{text}\n"}]}


def call(account_id: str, region: str, parameters: Mapping[str, Any]) -> Call:
    """The call that puts it there."""
    return Call(account_id, region, SERVICE, "put_record_batch", tuple(parameters.items()))


def send(aws: Aws, put: Call) -> None:
    """The stream has the record; it may refuse one of a call that it takes."""
    result = aws.result(put)
    if result["FailedPutCount"]:
        failed = next(each for each in result["RequestResponses"] if each.get("ErrorCode"))
        raise Refused(failed["ErrorCode"], failed.get("ErrorMessage", ""))
