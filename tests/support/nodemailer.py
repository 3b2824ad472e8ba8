"""Sending with nodemailer."""

from typing import Any

from tests.support import node


def send(transport: dict[str, Any], mail: dict[str, Any] | None) -> dict[str, Any]:
    """What nodemailer says of this mail: `messageId` and `response`, or `error`; without one, whether SES `works`."""
    return node.run("nodemailer", transport | {"mail": mail})  # type: ignore[no-any-return]
