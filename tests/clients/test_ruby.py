"""Version 1 of the AWS SDK for Ruby, as Debian packages it."""

import shutil

import pytest

from tests.support import mail, programs, story
from tests.support.aws import Account


def test_the_aws_sdk_for_ruby_sends_reads_and_is_refused(account: Account) -> None:
    ruby = shutil.which("ruby")
    if not ruby:
        pytest.skip("Ruby is not installed (Debian: apt-get install ruby ruby-aws-sdk)")
    account.client().create_configuration_set(ConfigurationSet={"Name": story.SET})
    said = programs.run([ruby, "-W0", programs.HERE / "client_ses.rb"], story.given(account))
    account.drain()
    email, raw = (mail.shown(account, said["sent"][each]) for each in ("SendEmail", "SendRawEmail"))
    assert (email["subject"], email["text"], email["html"]) == (story.SUBJECT, story.TEXT, story.HTML)
    assert (raw["subject"], raw["text"], raw["configuration_set"]) == ("Raw", "raw", story.SET)
    assert [each["recipients"][0]["status"] for each in (email, raw)] == ["delivered", "delivered"]
    assert said["quota"] == [50000, 14]
    assert said["identities"] == [mail.ANN]
    assert said["refused"] == {"code": "MessageRejected", "message": mail.unverified(story.EVE)[1]}
