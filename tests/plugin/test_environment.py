"""Code under test needs no change: its environment leads it to the emulator, and all is as it was afterwards."""

import os
import sys
from typing import Any

import boto3
import pytest

from emulator import Running
from emulator.testing import Mailbox, environment
from emulator.testing.environment import default_session, surroundings
from tests.plugin import mail

HOSTILE = {
    "AWS_PROFILE": "not-there",
    "AWS_DEFAULT_PROFILE": "not-there",
    "AWS_SESSION_TOKEN": "token",
    "AWS_USE_FIPS_ENDPOINT": "true",
    "AWS_USE_DUALSTACK_ENDPOINT": "true",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
    "AWS_ENDPOINT_URL_SES": "http://127.0.0.1:1",
    "AWS_CONFIG_FILE": "not-there",
    "AWS_REGION": "nowhere",
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
}


@pytest.fixture
def hostile(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of a developer who works with AWS."""
    for name, value in HOSTILE.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize("number", [1, 2])
def test_a_client_without_arguments_leads_to_the_account(number: int, ses_account: str, ses_mailbox: Mailbox) -> None:
    mail.send(boto3.client("ses"), subject=f"number {number}")
    (message,) = ses_mailbox.messages()  # the default session remembers no other test's account
    assert message.subject == f"number {number}"
    mail.send(boto3.Session().client("ses"), subject="again")
    assert ses_mailbox.wait(subject="again").account == ses_account


def test_what_the_developer_has_set_does_not_matter(hostile: None, ses_client: Any, ses_mailbox: Mailbox) -> None:
    mail.send(boto3.Session().client("ses"))
    mail.send(boto3.client("ses"))
    assert len(ses_mailbox.messages()) == 2
    assert ses_client.meta.region_name == "us-east-1"


@pytest.mark.ses(region="eu-central-1")
def test_the_region_is_the_test_s(ses_mailbox: Mailbox) -> None:
    mail.send(boto3.client("ses"))
    assert ses_mailbox.wait().region == os.environ["AWS_REGION"] == os.environ["AWS_DEFAULT_REGION"] == "eu-central-1"


def test_ses_v2_says_that_it_is_not_there_yet(sesv2_client: Any) -> None:
    with pytest.raises(sesv2_client.exceptions.ClientError, match="NotImplemented"):
        sesv2_client.get_account()


def test_variables_and_session_are_as_they_were_afterwards(hostile: None, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = object()
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", mine)
    before = dict(os.environ)
    with default_session("123456789012"), surroundings(environment("http://127.0.0.1:1", "123456789012")):
        assert boto3.client("ses").meta.endpoint_url == "http://127.0.0.1:1"
        assert boto3.DEFAULT_SESSION.get_credentials().access_key == "123456789012"
        assert "AWS_PROFILE" not in os.environ
    assert dict(os.environ) == before
    assert boto3.DEFAULT_SESSION is mine


def test_the_password_of_the_inbox_is_nothing_to_sdks() -> None:
    assert environment("http://user:password@localhost:8005")["AWS_ENDPOINT_URL_SES"] == "http://localhost:8005"
    assert Running("http://user:password@127.0.0.1:1").client().meta.endpoint_url == "http://127.0.0.1:1"


def test_who_does_without_boto3_is_not_made_to_import_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "boto3")
    with default_session("123456789012"):
        assert "boto3" not in sys.modules


def test_a_test_leaves_nothing_behind(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import os

        def test_first(ses_client, monkeypatch):
            monkeypatch.setenv("AWS_REGION", "eu-west-1")

        def test_second():
            import boto3
            assert "AWS_REGION" not in os.environ
            assert "AWS_ENDPOINT_URL_SES" not in os.environ
            assert boto3.DEFAULT_SESSION is None
        """
    )
    pytester.runpytest_subprocess("-p", "no:randomly").assert_outcomes(passed=2)
