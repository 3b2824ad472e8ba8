"""Webhooks in Node check the signatures of what they are told, with sns-validator."""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from tests.support import configuration_sets, mail, node, tls, webhook
from tests.support.aws import Account

Start = Callable[..., Account]


@pytest.mark.parametrize("version", ["1", "2"])
def test_sns_validator_takes_all_messages_and_no_other(start: Start, version: str) -> None:
    with tls.serving("127.0.0.1") as front, webhook.serving() as hook:
        hook.confirms = False
        account = start(
            sns_webhooks=f"*={hook.url}",
            sns_signature_version=version,
            public_url=front.url,  # only HTTPS is good enough for sns-validator
            verified_identities="*",
        )
        front.behind = account.url
        configuration_sets.create(account)
        configuration_sets.add(account, "all", "send", "delivery", **configuration_sets.SNS)
        account.drain()
        token = hook.told[0].envelope["Token"]
        sns = Account(f"{account.url}/sns", account.account_id).client("sns")
        sns.confirm_subscription(TopicArn=configuration_sets.TOPIC, Token=token)
        mail.send(account.client(), ConfigurationSetName=configuration_sets.NAME, Message=mail.message("Grüße", "✈"))
        account.drain()
        messages = [each.body.decode() for each in hook.told]
        assert len(messages) == 4
        forged = messages[-1].replace("Delivery", "Complaint")
        found = node.run(
            "sns_validator",
            {"host": urlsplit(front.url).netloc, "messages": [*messages, forged]},
            NODE_EXTRA_CA_CERTS=str(front.authority),
        )
    assert found == [None] * 4 + ["The message signature is invalid."]
