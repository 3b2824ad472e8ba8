"""Mail that an account receives, and what its rules did with it."""

import json
from typing import Any
from urllib.parse import urlencode

from tests.support import aws, mail, receipt_rules, zone
from tests.support.aws import Account

SENDER = "alice@example.org"
MAIL = mail.document("From: Alice <alice@example.org>", "To: support@example.com", "Subject: Hello", body="Hi\r\n")


def receive(account: Account, *rules: dict[str, Any]) -> str:
    """The account receives mail to a domain of its own, by these rules in their order; an address there."""
    domain = zone.domain_of(account)
    mail.verify(account, domain)
    ses = account.client()
    ses.create_receipt_rule_set(RuleSetName=receipt_rules.SET)
    for rule in rules:
        receipt_rules.add(account, rule["Name"], *rule["Actions"], **{"Enabled": True, **_others(rule)})
    ses.set_active_receipt_rule_set(RuleSetName=receipt_rules.SET)
    return f"support@{domain}"


def arrive(account: Account, recipient: str, data: bytes = MAIL, *, sender: str = SENDER) -> str:
    """The id of a mail that was received just now; its rules have not run."""
    query = urlencode({"from": sender, "to": recipient, "account": account.account_id, "region": account.region})
    target = f"/_emulator/inbound?{query}"
    answer = aws.request(account.url, "POST", target, data, {"Content-Type": "message/rfc822"})
    assert answer.status == 200, answer.text
    return str(json.loads(answer.body)["messages"][0]["id"])


def received(account: Account, recipient: str, data: bytes = MAIL, *, sender: str = SENDER) -> str:
    """The id of a mail that was received, and that its rules have run on."""
    message_id = arrive(account, recipient, data, sender=sender)
    account.drain()
    return message_id


def steps(account: Account, message_id: str) -> list[dict[str, Any]]:
    """What the rules did with it, by the timeline: details of events."""
    events = account.inspect("GET", f"/messages/{message_id}/events")["events"]
    return [each["detail"] for each in events if each["type"] == "ReceiptAction"]


def outcomes(account: Account, message_id: str) -> list[tuple[str, str, str]]:
    """The same in short: rule, action, outcome."""
    return [(each["rule"], each["action"], each["outcome"]) for each in steps(account, message_id)]


def publications(account: Account) -> list[dict[str, Any]]:
    """What the rules told other services, oldest first."""
    found = account.inspect("GET", "/publications", channel="receipt_action", region=account.region)
    return found["publications"][::-1]  # type: ignore[no-any-return]


def bounces(account: Account, to: str = SENDER) -> list[dict[str, Any]]:
    """The bounces in the sender's mailbox, oldest first."""
    return account.messages(to=to, subject="Delivery Status Notification")[::-1]


def _others(rule: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in rule.items() if name not in ("Name", "Actions")}
