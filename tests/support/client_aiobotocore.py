"""The story of a client, told with aiobotocore: JSON says on stdin what it needs, and on stdout what it was told.

It sends many mails side by side, which is what it is for.
"""

import asyncio
import json
import sys
from typing import Any

from aiobotocore.session import get_session

SIDE_BY_SIDE = 20


async def tell(told: dict[str, Any]) -> dict[str, Any]:
    """What the client was told."""
    keys = {"aws_access_key_id": told["key"], "aws_secret_access_key": told["secret"]}
    async with get_session().create_client(
        "ses", endpoint_url=told["url"], region_name=told["region"], **keys
    ) as client:
        await client.create_configuration_set(ConfigurationSet={"Name": told["set"]})
        await client.create_template(Template=told["template"])
        quota = await client.get_send_quota()
        identities = [each async for each in client.get_paginator("list_identities").paginate().search("Identities")]
        sends = (
            client.send_email(**told["email"]),
            client.send_raw_email(RawMessage={"Data": told["raw"].encode()}),
            client.send_templated_email(**told["templated"]),
        )
        sent = [each["MessageId"] for each in await asyncio.gather(*sends)]
        many = await asyncio.gather(*(client.send_email(**told["email"]) for _ in range(SIDE_BY_SIDE)))
        try:
            await client.send_email(**told["refused"])
        except client.exceptions.MessageRejected as error:
            refused = {name.lower(): error.response["Error"][name] for name in ("Code", "Message")}
    operations = ("SendEmail", "SendRawEmail", "SendTemplatedEmail")
    return {
        "quota": [quota["Max24HourSend"], quota["MaxSendRate"]],
        "identities": identities,
        "sent": dict(zip(operations, sent, strict=True)),
        "many": [each["MessageId"] for each in many],
        "refused": refused,
    }


if __name__ == "__main__":
    json.dump(asyncio.run(tell(json.load(sys.stdin))), sys.stdout)
