"""boto3 as an application has it: where SES is, and who asks, comes from the environment."""

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.support import smtp, story
from tests.support.aws import Account
from tests.support.mail import ANN


@pytest.fixture
def environment(account: Account, monkeypatch: pytest.MonkeyPatch) -> Account:
    """The account, which boto3 finds by itself."""
    variables = {
        "AWS_ENDPOINT_URL_SES": account.url,
        "AWS_ACCESS_KEY_ID": account.account_id,
        "AWS_SECRET_ACCESS_KEY": smtp.SECRET,
        "AWS_DEFAULT_REGION": account.region,
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return account


def test_boto3_makes_sends_reads_and_is_refused(environment: Account) -> None:
    told = story.given(environment)
    ses = boto3.session.Session().client("ses")
    ses.get_waiter("identity_exists").wait(Identities=[ANN])
    ses.create_configuration_set(ConfigurationSet={"Name": told["set"]})
    ses.create_template(Template=told["template"])
    quota = ses.get_send_quota()
    sent = {
        "SendEmail": ses.send_email(**told["email"]),
        "SendRawEmail": ses.send_raw_email(RawMessage={"Data": story.RAW}),
        "SendTemplatedEmail": ses.send_templated_email(**told["templated"]),
    }
    with pytest.raises(ses.exceptions.MessageRejected) as refused:
        ses.send_email(**told["refused"])
    error = refused.value.response["Error"]
    said = {
        "quota": [quota["Max24HourSend"], quota["MaxSendRate"]],
        "identities": list(ses.get_paginator("list_identities").paginate().search("Identities")),
        "sent": {operation: output["MessageId"] for operation, output in sent.items()},
        "refused": {"code": error["Code"], "message": error["Message"]},
    }
    story.check(environment, said)


def test_boto3_tries_again_when_it_is_throttled(environment: Account) -> None:
    environment.inspect("PATCH", "/account", {"api_rate_limit": 0.001})
    config = Config(retries={"mode": "standard", "total_max_attempts": 2})
    ses = boto3.session.Session().client("ses", config=config)
    assert ses.list_identities()["ResponseMetadata"]["RetryAttempts"] == 0
    with pytest.raises(ClientError, match="Rate exceeded") as throttled:
        ses.list_identities()
    assert throttled.value.response["Error"]["Code"] == "Throttling"
    assert throttled.value.response["ResponseMetadata"]["RetryAttempts"] == 1


def test_boto3_is_told_that_version_2_of_ses_is_not_here(account: Account) -> None:
    with pytest.raises(ClientError, match="ses-emulator does not implement SES v2 yet") as refused:
        account.client("sesv2").get_account()
    assert refused.value.response["Error"]["Code"] == "NotImplemented"
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501
