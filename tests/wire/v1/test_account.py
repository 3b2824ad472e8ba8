"""The account: its quota, its statistics, its switch, and how SES refuses what exceeds its rates."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support import aws, mail, xml
from tests.support.aws import Account
from tests.support.mail import ANN, BOB

RAW = mail.document(f"From: {ANN}", f"To: {BOB}")
PAUSED = ("AccountSendingPausedException", "Account sending is disabled.")
SUSPENDED_TEXT = (
    "Sending paused for this account. For more information, please check the inbox of the email address "
    "associated with your AWS account."
)
SUSPENDED = ("MessageRejected", SUSPENDED_TEXT)
DAY_IS_OVER = ("Throttling", "Daily message quota exceeded.")
TOO_FAST = ("Throttling", "Maximum sending rate exceeded.")
SELDOM = 0.001  # a second: once in a test


def change(account: Account, **said: Any) -> Any:
    """The account's state after it was changed."""
    return account.inspect("PATCH", "/account", said, region=account.region)


def quota(account: Account) -> dict[str, float]:
    """The answer of GetSendQuota without its metadata."""
    answer = account.client().get_send_quota()
    return {name: answer[name] for name in ("SentLast24Hours", "Max24HourSend", "MaxSendRate")}


# ---- GetSendQuota


@pytest.mark.parametrize(("sandbox", "day", "second"), [(True, 200.0, 1.0), (False, 50000.0, 14.0)])
def test_the_quota_is_that_of_the_sandbox_or_of_production(
    account: Account, sandbox: bool, day: float, second: float
) -> None:
    change(account, sandbox=sandbox)
    assert quota(account) == {"SentLast24Hours": 0.0, "Max24HourSend": day, "MaxSendRate": second}


def test_the_quota_has_the_order_and_form_of_aws(account: Account) -> None:
    answer = account.query("GetSendQuota")
    request_id = answer.headers["x-amzn-requestid"]
    assert answer.text == (
        '<GetSendQuotaResponse xmlns="http://ses.amazonaws.com/doc/2010-12-01/">\n'
        "  <GetSendQuotaResult>\n"
        "    <SentLast24Hours>0.0</SentLast24Hours>\n"
        "    <Max24HourSend>50000.0</Max24HourSend>\n"
        "    <MaxSendRate>14.0</MaxSendRate>\n"
        "  </GetSendQuotaResult>\n"
        "  <ResponseMetadata>\n"
        f"    <RequestId>{request_id}</RequestId>\n"
        "  </ResponseMetadata>\n"
        "</GetSendQuotaResponse>\n"
    )


def test_no_limit_is_minus_one(account: Account) -> None:
    change(account, max_24_hour_send=-1, enforce_limits=True)
    assert "<Max24HourSend>-1.0</Max24HourSend>" in account.query("GetSendQuota").text
    mail.send(mail.client(account))


def test_the_quota_counts_recipients_of_every_kind_once_each(account: Account) -> None:
    sender = mail.client(account)
    mail.send(sender, Destination={"ToAddresses": [BOB, "b@example.net"], "CcAddresses": [ANN], "BccAddresses": [BOB]})
    mail.send_raw(sender, RAW, Destinations=["x@example.net", "y@example.net"])
    mail.send_raw(sender, RAW)
    assert quota(account)["SentLast24Hours"] == 7


def test_mail_to_the_simulator_does_not_use_up_the_quota(account: Account) -> None:
    sender = mail.client(account)
    mail.send(sender, Destination={"ToAddresses": ["success@simulator.amazonses.com", "b@Simulator.AmazonSES.com"]})
    assert quota(account)["SentLast24Hours"] == 0
    mail.send(sender, Destination={"ToAddresses": ["success@simulator.amazonses.com", BOB]})
    assert quota(account)["SentLast24Hours"] == 1
    assert account.client().get_send_statistics()["SendDataPoints"][-1]["DeliveryAttempts"] in (2, 4)


def test_mail_that_aws_itself_sends_counts_nothing(account: Account) -> None:
    mail.client(account)
    assert len(account.messages(direction="system")) == 1
    account.drain()
    assert quota(account)["SentLast24Hours"] == 0
    assert account.client().get_send_statistics()["SendDataPoints"] == []


def test_a_send_that_is_refused_counts_nothing(account: Account) -> None:
    assert mail.refused(mail.client(account), Source="eve@example.org")[0] == "MessageRejected"
    assert quota(account)["SentLast24Hours"] == 0


def test_quota_and_statistics_are_a_regions_own(account: Account) -> None:
    there = account.elsewhere("eu-west-1")
    change(there, sandbox=True)
    mail.send(mail.client(account))
    assert quota(account) == {"SentLast24Hours": 1.0, "Max24HourSend": 50000.0, "MaxSendRate": 14.0}
    assert quota(there) == {"SentLast24Hours": 0.0, "Max24HourSend": 200.0, "MaxSendRate": 1.0}
    assert there.client().get_send_statistics()["SendDataPoints"] == []
    assert quota(aws.new_account(account.url))["SentLast24Hours"] == 0


# ---- GetSendStatistics


def test_an_account_that_sent_nothing_has_no_points(account: Account) -> None:
    assert "  <GetSendStatisticsResult>\n    <SendDataPoints/>\n" in account.query("GetSendStatistics").text


def test_a_point_has_the_order_and_form_of_aws(account: Account) -> None:
    mail.send(mail.client(account), Destination={"ToAddresses": [BOB, ANN]})
    (point,) = account.client().get_send_statistics()["SendDataPoints"]
    begin = point["Timestamp"]
    now = datetime.fromisoformat(account.inspect("GET", "/clock", account=None)["now"])
    assert (begin.minute % 15, begin.second, begin.microsecond) == (0, 0, 0)
    assert timedelta(0) <= now - begin < timedelta(minutes=16)
    assert (
        "      <member>\n"
        "        <DeliveryAttempts>2</DeliveryAttempts>\n"
        f"        <Timestamp>{begin.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}</Timestamp>\n"
        "        <Rejects>0</Rejects>\n"
        "        <Bounces>0</Bounces>\n"
        "        <Complaints>0</Complaints>\n"
        "      </member>\n"
    ) in account.query("GetSendStatistics").text


# ---- GetAccountSendingEnabled and UpdateAccountSendingEnabled


def test_an_account_sends_until_somebody_says_no(account: Account) -> None:
    client = account.client()
    assert client.get_account_sending_enabled()["Enabled"] is True
    for enabled in (False, False, True, True):
        client.update_account_sending_enabled(Enabled=enabled)
        assert client.get_account_sending_enabled()["Enabled"] is enabled


def test_an_update_that_does_not_say_which_stops_sending(account: Account) -> None:
    account.client().update_account_sending_enabled()
    assert account.client().get_account_sending_enabled()["Enabled"] is False


def test_the_answer_to_an_update_has_no_result(account: Account) -> None:
    answer = account.query("UpdateAccountSendingEnabled", Enabled="true")
    assert [child.tag for child in xml.root(answer)] == [f"{{{xml.NAMESPACE}}}ResponseMetadata"]


def test_what_is_no_boolean_changes_nothing(account: Account) -> None:
    answer = account.query("UpdateAccountSendingEnabled", Enabled="perhaps")
    assert xml.refusal(answer) == (400, "MalformedInput", "boolean must follow xsd1.1 definition")
    assert account.client().get_account_sending_enabled()["Enabled"] is True


def test_a_paused_account_sends_nothing_and_does_all_else(account: Account) -> None:
    sender = mail.client(account)
    sender.update_account_sending_enabled(Enabled=False)
    assert mail.refused(sender) == PAUSED
    assert mail.refused_raw(sender, RAW) == PAUSED
    assert aws.refusal(sender.send_email, **mail.parameters())[2] == 400
    sender.verify_email_identity(EmailAddress=BOB)
    assert len(account.messages(to=BOB, direction="system")) == 1
    assert account.messages(direction="outbound") == []
    sender.update_account_sending_enabled(Enabled=True)
    mail.send(sender)


def test_a_pause_is_a_regions_own(account: Account) -> None:
    account.client().update_account_sending_enabled(Enabled=False)
    mail.send(mail.client(account.elsewhere("eu-west-1")))


def test_a_pause_is_told_after_tags_and_set_and_before_the_message_is_looked_at(account: Account) -> None:
    sender = account.client()
    sender.update_account_sending_enabled(Enabled=False)
    assert mail.refused(sender, Tags=[{"Name": "", "Value": "x"}])[0] == "InvalidParameterValue"
    assert mail.refused(sender, ConfigurationSetName="no-such-set")[0] == "ConfigurationSetDoesNotExist"
    assert mail.refused(sender, Source="nobody") == PAUSED
    assert mail.refused_raw(sender, b"no header") == PAUSED


def test_an_account_that_aws_stopped_is_told_so_and_cannot_help_itself(account: Account) -> None:
    sender = mail.client(account)
    change(account, suspended=True)
    assert mail.refused(sender) == SUSPENDED
    assert mail.refused_raw(sender, RAW) == SUSPENDED
    sender.update_account_sending_enabled(Enabled=True)
    assert mail.refused(sender) == SUSPENDED
    change(account, suspended=False)
    mail.send(sender)


# ---- what exceeds quota and rate


def test_limits_are_told_and_not_enforced_unless_somebody_says_so(account: Account) -> None:
    sender = mail.client(account)
    change(account, max_24_hour_send=1, max_send_rate=SELDOM)
    for _ in range(3):
        mail.send(sender)
    assert quota(account) == {"SentLast24Hours": 3.0, "Max24HourSend": 1.0, "MaxSendRate": SELDOM}
    change(account, enforce_limits=True)
    assert mail.refused(sender) == DAY_IS_OVER


def test_over_the_quota_mail_is_refused_with_400(account: Account) -> None:
    sender = mail.client(account)
    change(account, max_24_hour_send=2, max_send_rate=1000, enforce_limits=True)
    mail.send(sender)
    mail.send_raw(sender, RAW)
    assert aws.refusal(sender.send_email, **mail.parameters()) == (*DAY_IS_OVER, 400)
    assert mail.refused_raw(sender, RAW) == DAY_IS_OVER
    assert quota(account)["SentLast24Hours"] == 2
    mail.send(mail.client(account.elsewhere("eu-west-1")))


def test_while_anything_is_left_of_the_quota_a_message_goes_to_all_its_recipients(account: Account) -> None:
    sender = mail.client(account)
    change(account, max_24_hour_send=2, max_send_rate=1000, enforce_limits=True)
    mail.send(sender)
    mail.send(sender, Destination={"ToAddresses": [f"r{number}@example.net" for number in range(50)]})
    assert quota(account)["SentLast24Hours"] == 51
    assert mail.refused(sender) == DAY_IS_OVER


def test_the_simulator_takes_mail_when_the_quota_is_used_up_but_not_over_the_rate(account: Account) -> None:
    sender = mail.client(account)
    to_the_simulator = {"ToAddresses": ["success@simulator.amazonses.com"]}
    change(account, max_24_hour_send=1, max_send_rate=1000, enforce_limits=True)
    mail.send(sender)
    mail.send(sender, Destination=to_the_simulator)
    assert mail.refused(sender, Destination={"ToAddresses": [*to_the_simulator["ToAddresses"], BOB]}) == DAY_IS_OVER
    change(account.elsewhere("eu-west-1"), max_send_rate=SELDOM, enforce_limits=True)
    sender = mail.client(account.elsewhere("eu-west-1"))
    mail.send(sender, Destination=to_the_simulator)
    assert mail.refused(sender, Destination=to_the_simulator) == TOO_FAST


def test_over_the_rate_mail_is_refused_with_400_and_takes_nothing(account: Account) -> None:
    sender = mail.client(account)
    change(account, max_send_rate=SELDOM, enforce_limits=True)
    mail.send(sender)
    assert aws.refusal(sender.send_email, **mail.parameters()) == (*TOO_FAST, 400)
    assert mail.refused_raw(sender, RAW) == TOO_FAST
    assert quota(account)["SentLast24Hours"] == 1
    assert len(account.messages(direction="outbound")) == 1


def test_limits_are_looked_at_last_and_the_quota_before_the_rate(account: Account) -> None:
    sender = mail.client(account)
    change(account, max_24_hour_send=1, max_send_rate=SELDOM, enforce_limits=True)
    mail.send(sender)
    assert mail.refused(sender) == DAY_IS_OVER
    assert mail.refused(sender, Source="eve@example.org") == mail.unverified("eve@example.org")
    change(account, max_24_hour_send=2)
    assert mail.refused(sender) == TOO_FAST


def test_a_call_that_is_refused_for_another_reason_takes_nothing_from_the_rate(account: Account) -> None:
    sender = mail.client(account)
    change(account, max_send_rate=SELDOM, enforce_limits=True)
    for _ in range(3):
        assert mail.refused(sender, Source="eve@example.org") == mail.unverified("eve@example.org")
    mail.send(sender)


# ---- the rate of each operation


def test_each_operation_but_the_sends_has_a_rate_of_its_own(account: Account) -> None:
    sender = mail.client(account)
    change(account, api_rate_limit=SELDOM)
    sender.list_identities()
    assert aws.refusal(sender.list_identities) == ("Throttling", "Rate exceeded", 400)
    sender.get_send_quota()
    sender.delete_identity(Identity=BOB)
    assert aws.refusal(sender.delete_identity, Identity=BOB)[:2] == ("Throttling", "Rate exceeded")
    account.elsewhere("eu-west-1").client().list_identities()
    aws.new_account(account.url).client().list_identities()
    for _ in range(3):
        mail.send(sender)
        mail.send_raw(sender, RAW)


def test_the_rate_of_an_operation_is_off_by_default_and_can_be_switched_off_again(account: Account) -> None:
    client = account.client()
    for _ in range(5):
        client.list_identities()
    change(account, api_rate_limit=SELDOM)
    client.list_identities()
    assert aws.refusal(client.list_identities)[0] == "Throttling"
    change(account, api_rate_limit=0)
    for _ in range(5):
        client.list_identities()


def test_a_call_that_is_refused_counts_against_the_rate_which_is_looked_at_before_the_parameters(
    account: Account,
) -> None:
    change(account, api_rate_limit=SELDOM)
    assert xml.code(account.query("DeleteIdentity")) == "ValidationError"
    assert xml.refusal(account.query("DeleteIdentity")) == (400, "Throttling", "Rate exceeded")
    assert xml.code(account.query("NoSuchOperation")) == "InvalidAction"
    assert xml.code(account.query("ListIdentities", MaxItems="x")) == "MalformedInput"
    assert xml.code(account.query("ListIdentities", MaxItems="x")) == "Throttling"
