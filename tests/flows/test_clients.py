"""Other clients than boto3 with one account: the AWS CLI, and accounts and regions side by side."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import emulator
from tests.support import aws, mail
from tests.support.aws import Account
from tests.support.mail import ANN, BOB

Aws = Callable[..., Any]


@pytest.fixture(scope="module")
def account() -> Iterator[Account]:
    """An account on a server of this file's own."""
    with emulator.running(verification="manual") as running:
        yield aws.new_account(running.url)


@pytest.fixture
def aws_cli(account: Account) -> Aws:
    """Runs `aws ses ...` as the account; its answer."""
    environ = {
        **os.environ,
        "AWS_ACCESS_KEY_ID": account.account_id,
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }

    def run(*arguments: str, status: int = 0) -> Any:
        command = [sys.executable, "-m", "awscli", "--endpoint-url", account.url, "--output", "json", "ses"]
        found = subprocess.run(
            [*command, *arguments], env=environ, capture_output=True, text=True, timeout=60, check=False
        )
        assert found.returncode == status, found.stderr
        return found.stderr if status else json.loads(found.stdout or "null")

    return run


def test_the_aws_cli_verifies_sends_lists_and_deletes(account: Account, aws_cli: Aws) -> None:
    aws_cli("verify-email-identity", "--email-address", ANN)
    message = ["--from", ANN, "--to", BOB, "--subject", "Hi", "--text", "Hello"]
    refused = aws_cli("send-email", *message, status=255 if _is_version_1() else 254)
    assert "(MessageRejected) when calling the SendEmail operation: Email address is not verified." in refused
    account.inspect("POST", f"/identities/{ANN}/verify")
    message_id = aws_cli("send-email", *message)["MessageId"]
    assert mail.shown(account, message_id)["text"] == "Hello"
    assert aws_cli("list-identities") == {"Identities": [ANN]}
    aws_cli("delete-identity", "--identity", ANN)
    assert aws_cli("list-identities") == {"Identities": []}


def test_the_aws_cli_creates_clones_orders_and_activates_receipt_rules(aws_cli: Aws) -> None:
    def names(rule_set: str) -> list[str]:
        return [each["Name"] for each in aws_cli("describe-receipt-rule-set", "--rule-set-name", rule_set)["Rules"]]

    inbound = ["--rule-set-name", "inbound"]
    aws_cli("create-receipt-rule-set", *inbound)
    actions = [{"S3Action": {"BucketName": "mails", "ObjectKeyPrefix": "in"}}, {"StopAction": {"Scope": "RuleSet"}}]
    store = {
        "Name": "store",
        "Enabled": True,
        "TlsPolicy": "Require",
        "Recipients": ["example.com"],
        "Actions": actions,
    }
    aws_cli("create-receipt-rule", *inbound, "--rule", json.dumps(store))
    aws_cli("create-receipt-rule", *inbound, "--after", "store", "--rule", "Name=last")
    aws_cli("create-receipt-rule", *inbound, "--rule", "Name=first,ScanEnabled=true")
    assert names("inbound") == ["first", "store", "last"]
    described = aws_cli("describe-receipt-rule", *inbound, "--rule-name", "store")
    assert described == {"Rule": {**store, "ScanEnabled": False}}
    aws_cli("clone-receipt-rule-set", "--rule-set-name", "copy", "--original-rule-set-name", "inbound")
    aws_cli("reorder-receipt-rule-set", "--rule-set-name", "copy", "--rule-names", "last", "first", "store")
    aws_cli("set-receipt-rule-position", "--rule-set-name", "copy", "--rule-name", "first", "--after", "store")
    aws_cli("set-active-receipt-rule-set", "--rule-set-name", "copy")
    active = aws_cli("describe-active-receipt-rule-set")
    assert (active["Metadata"]["Name"], [each["Name"] for each in active["Rules"]]) == (
        "copy", ["last", "store", "first"],
    )  # fmt: skip
    assert names("inbound") == ["first", "store", "last"]
    filters = {"Name": "office", "IpFilter": {"Policy": "Allow", "Cidr": "10.0.0.1/24"}}
    aws_cli("create-receipt-filter", "--filter", json.dumps(filters))
    assert aws_cli("list-receipt-filters") == {"Filters": [filters]}
    aws_cli("set-active-receipt-rule-set")
    assert aws_cli("describe-active-receipt-rule-set") in (None, {})
    for name in ("inbound", "copy"):
        aws_cli("delete-receipt-rule-set", "--rule-set-name", name)
    assert aws_cli("list-receipt-rule-sets") == {"RuleSets": []}


def _is_version_1() -> bool:
    import awscli  # type: ignore[import-untyped]

    return bool(awscli.__version__.startswith("1."))


def test_accounts_and_regions_do_not_see_each_others_identities_and_mail(account: Account) -> None:
    here, there = account, account.elsewhere("eu-west-1")
    other = aws.new_account(account.url)
    mail.verify(here, "here@example.com")
    mail.verify(there, "there@example.com")
    mail.verify(other, "other@example.com")
    senders = {"here": here, "there": there, "other": other}
    for name, place in senders.items():
        for source in senders:
            sent_from = f"{source}@example.com"
            region = place.region.upper()
            if source == name:
                mail.send(place.client(), Source=sent_from)
            else:
                found = mail.refused(place.client(), Source=sent_from)
                assert found == mail.unverified(sent_from, region=region)
    for name, place in senders.items():
        (message,) = place.messages(direction="outbound", region=place.region, from_=f"{name}@")
        assert message["account"] == place.account_id
    assert other.messages(from_="here@") == []
