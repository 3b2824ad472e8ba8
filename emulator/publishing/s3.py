"""What SES puts into S3 buckets: mail it received. Source: stored mail, recorded; Unverified: the content type."""

from collections.abc import Mapping
from typing import Any

from emulator.outside.aws import Aws, Call

SERVICE = "s3"


def mail(bucket: str, key: str, content: bytes) -> dict[str, Any]:
    """A mail as an object."""
    return {"Bucket": bucket, "Key": key, "Body": content, "ContentType": "application/octet-stream"}


def call(account_id: str, region: str, parameters: Mapping[str, Any]) -> Call:
    """The call that puts it there."""
    return Call(account_id, region, SERVICE, "put_object", tuple(parameters.items()))


def send(aws: Aws, put: Call) -> None:
    """The bucket has the object."""
    aws.result(put)
