"""What SES says to SNS, Firehose and CloudWatch."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from emulator.outside.aws import Answer, Aws, Call, Refused, Unreachable
from emulator.publishing import cloudwatch, firehose, sns

ACCOUNT, REGION = "123456789012", "eu-west-1"
TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:topic"
STREAM = f"arn:aws:firehose:{REGION}:{ACCOUNT}:deliverystream/stream"


class Answering(Aws):
    """Services that say this."""

    def __init__(self, result: Mapping[str, Any], code: str | None = None) -> None:
        super().__init__({})
        self.answered = Answer(result, code, "Reason")
        self.calls: list[Call] = []

    def answer(self, call: Call) -> Answer:
        """Always the same."""
        self.calls.append(call)
        return self.answered


def test_an_event_for_a_topic_has_a_subject_and_ends_with_a_newline() -> None:
    parameters = sns.event(TOPIC, '{"eventType":"Send"}')
    assert parameters == {
        "TopicArn": TOPIC,
        "Message": '{"eventType":"Send"}\n',
        "Subject": "Amazon SES Email Event Notification",
    }
    services = Answering({"MessageId": "1"})
    sns.send(services, sns.call(ACCOUNT, REGION, parameters))
    assert services.calls == [Call(ACCOUNT, REGION, "sns", "publish", tuple(parameters.items()))]


def test_a_notification_of_an_identity_has_neither() -> None:
    assert sns.notification(TOPIC, "{}") == {"TopicArn": TOPIC, "Message": "{}"}


def test_sns_takes_256_kilobytes_and_no_more() -> None:
    most = "ü" * (128 * 1024)
    assert not sns.too_long({"Message": most})
    assert sns.too_long({"Message": f"{most}x"})


def test_an_event_for_a_stream_is_one_record_that_ends_with_a_newline() -> None:
    parameters = firehose.event(STREAM, '{"eventType":"Send"}')
    assert parameters == {"DeliveryStreamName": "stream", "Records": [{"Data": '{"eventType":"Send"}\n'}]}
    services = Answering({"FailedPutCount": 0, "RequestResponses": [{"RecordId": "1"}]})
    firehose.send(services, firehose.call(ACCOUNT, REGION, parameters))
    assert services.calls[0][:4] == (ACCOUNT, REGION, "firehose", "put_record_batch")


def test_a_stream_can_take_the_call_and_refuse_the_record() -> None:
    failure = {"ErrorCode": "ServiceUnavailableException", "ErrorMessage": "Slow down."}
    services = Answering({"FailedPutCount": 1, "RequestResponses": [failure]})
    with pytest.raises(Refused, match=r"ServiceUnavailableException: Slow down\.") as caught:
        firehose.send(services, firehose.call(ACCOUNT, REGION, firehose.event(STREAM, "{}")))
    assert caught.value.code == "ServiceUnavailableException"


def test_an_event_is_counted_once_with_all_its_dimensions() -> None:
    at = datetime(2026, 3, 12, 17, 13, 22, 240_000, UTC)
    assert cloudwatch.event("RenderingFailure", [("campaign", "spring"), ("x-team", "none")], at) == {
        "Namespace": "AWS/SES",
        "MetricData": [
            {
                "MetricName": "RenderingFailure",
                "Dimensions": [{"Name": "campaign", "Value": "spring"}, {"Name": "x-team", "Value": "none"}],
                "Timestamp": "2026-03-12T17:13:22.240000+00:00",
                "Value": 1.0,
                "Unit": "Count",
            }
        ],
    }


def test_an_event_that_has_no_dimensions_for_cloudwatch_is_not_counted() -> None:
    assert cloudwatch.event("Send", None, datetime(2026, 1, 1, tzinfo=UTC))["MetricData"] == []


@pytest.mark.parametrize("code", ["NotFound", "AuthorizationError", "InvalidParameter"])
def test_a_refusal_says_its_code(code: str) -> None:
    with pytest.raises(Refused, match=f"{code}: Reason") as caught:
        sns.send(Answering({}, code), sns.call(ACCOUNT, REGION, sns.notification(TOPIC, "")))
    assert (caught.value.code, caught.value.message) == (code, "Reason")


def test_a_service_that_is_not_there_is_unreachable() -> None:
    with pytest.raises(Unreachable, match=r"127\.0\.0\.1:1"):
        sns.send(Aws({"sns": "http://127.0.0.1:1"}), sns.call(ACCOUNT, REGION, sns.notification(TOPIC, "")))


def test_a_profile_that_is_not_there_is_no_bug_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobodys")
    with pytest.raises(Unreachable, match="nobodys"):
        Aws({"sns": "http://127.0.0.1:1"}).answer(sns.call(ACCOUNT, "eu-west-3", sns.notification(TOPIC, "")))
