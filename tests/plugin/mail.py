"""What the tests of the plugin send, and set up to receive."""

import time
from datetime import UTC, datetime
from typing import Any

from botocore.config import Config

from emulator import Running

RESET = """<p>Hello</p>
<a href="https://example.com/reset?token=1">Reset your password</a>
<a href="https://example.com/help">Help</a>"""


def send(
    client: Any, to: str = "bob@example.net", subject: str = "Hi", text: str = "Hello", html: str = "", **others: Any
) -> str:
    """The id of a mail from Ann, whose domain is verified by then."""
    client.verify_domain_identity(Domain="example.com")
    bodies = {"Text": {"Data": text}, **({"Html": {"Data": html}} if html else {})}
    answer = client.send_email(
        Source="ann@example.com",
        Destination={"ToAddresses": to.split(",")},
        Message={"Subject": {"Data": subject}, "Body": bodies},
        **others,
    )
    return str(answer["MessageId"])


def publish_to_topic(client: Any, name: str) -> None:
    """A configuration set whose events go to a topic."""
    client.create_configuration_set(ConfigurationSet={"Name": name})
    client.create_configuration_set_event_destination(
        ConfigurationSetName=name,
        EventDestination={
            "Name": "topic",
            "Enabled": True,
            "MatchingEventTypes": ["send", "delivery", "open", "click"],
            "SNSDestination": {"TopicARN": "arn:aws:sns:us-east-1:123456789012:mail"},
        },
    )


def receive_for(client: Any, domain: str) -> None:
    """Mail for the domain is received."""
    client.verify_domain_identity(Domain=domain)
    client.create_receipt_rule_set(RuleSetName="inbound")
    client.set_active_receipt_rule_set(RuleSetName="inbound")
    client.create_receipt_rule(
        RuleSetName="inbound", Rule={"Name": "all", "Enabled": True, "Recipients": [domain], "Actions": []}
    )


def now() -> datetime:
    """What the clock of this machine shows."""
    return datetime.fromtimestamp(time.time(), UTC)


def other_account(account: str) -> str:
    """One that is not this."""
    return f"{(int(account) + 1) % 10**12:012d}"


def impatient(running: Running, account: str) -> Any:
    """A client that does not try again."""
    return running.client(account=account, config=Config(retries={"total_max_attempts": 1}))
