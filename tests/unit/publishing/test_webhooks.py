"""The requests that SNS sends to webhooks: envelopes, signatures, headers, and which answers are failures."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from cryptography.exceptions import InvalidSignature

from emulator.outside import keys
from emulator.outside.keys import Certificate
from emulator.outside.web import Reply, Web
from emulator.publishing import webhooks
from emulator.publishing.webhooks import Post, Rejected, Signer, Undelivered
from tests.support.sns import check_signature

TOPIC = "arn:aws:sns:us-west-2:123456789012:MyTopic"
SUBSCRIPTION = f"{TOPIC}:c9135db0-26c4-47ec-8998-413945fb5a96"
ID = "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324"
AT = datetime(2012, 5, 2, 0, 54, 6, 655_000, UTC)
URL = "http://localhost/sns/?Action=ConfirmSubscription"
UNSUBSCRIBE = f"http://localhost/sns/?Action=Unsubscribe&SubscriptionArn={SUBSCRIPTION}"
CERTIFICATE_URL = "http://localhost/sns/SimpleNotificationService-f3ecfb7224c7233fe7bb5f59f96de52f.pem"


@pytest.fixture(scope="module")
def certificate() -> Certificate:
    """What is signed with."""
    return keys.certificate("sns.amazonaws.com")


def notification(**parameters: str) -> dict[str, str]:
    return webhooks.notification(ID, AT, {"TopicArn": TOPIC, "Message": "Hello world!", **parameters})


def subscription(kind: str) -> dict[str, str]:
    return webhooks.subscription(kind, ID, AT, TOPIC, SUBSCRIPTION, "2336412f37", URL)


def signed(envelope: dict[str, str], certificate: Certificate, version: str = "1") -> dict[str, str]:
    return webhooks.signed(envelope, Signer(certificate.private_key, version, CERTIFICATE_URL), UNSUBSCRIBE)


@pytest.mark.parametrize("version", ["1", "2"])
@pytest.mark.parametrize(
    "envelope",
    [
        notification(),
        notification(Subject="My First Message"),
        notification(Message='{"a":"Grüße 東京 ✈"}\n', Subject="Grüße"),
        subscription("SubscriptionConfirmation"),
        subscription("UnsubscribeConfirmation"),
    ],
    ids=["without_subject", "with_subject", "not_ascii", "subscription", "unsubscription"],
)
def test_the_signature_is_that_of_all_that_sns_signs(
    envelope: dict[str, str], version: str, certificate: Certificate
) -> None:
    finished = signed(envelope, certificate, version)
    check_signature(finished, certificate.certificate)
    assert finished["SignatureVersion"] == version
    with pytest.raises(InvalidSignature):
        check_signature(finished | {"Message": "Hello, world!"}, certificate.certificate)
    other = {"1": "2", "2": "1"}[version]
    with pytest.raises(InvalidSignature):
        check_signature(finished | {"SignatureVersion": other}, certificate.certificate)


def test_a_notification_is_written_as_sns_writes_it(certificate: Certificate) -> None:
    finished = signed(notification(Subject="My First Message", Message='Say "ü"\n'), certificate)
    assert webhooks.post(URL, SUBSCRIPTION, finished, raw=False).body.decode() == (
        "{\n"
        '  "Type" : "Notification",\n'
        f'  "MessageId" : "{ID}",\n'
        f'  "TopicArn" : "{TOPIC}",\n'
        '  "Subject" : "My First Message",\n'
        '  "Message" : "Say \\"ü\\"\\n",\n'
        '  "Timestamp" : "2012-05-02T00:54:06.655Z",\n'
        '  "SignatureVersion" : "1",\n'
        f'  "Signature" : "{finished["Signature"]}",\n'
        f'  "SigningCertURL" : "{CERTIFICATE_URL}",\n'
        f'  "UnsubscribeURL" : "{UNSUBSCRIBE}"\n'
        "}"
    )


def test_what_endpoints_are_told_of_subscriptions_is_in_the_order_and_words_of_sns(certificate: Certificate) -> None:
    order = [
        "Type", "MessageId", "Token", "TopicArn", "Message", "SubscribeURL", "Timestamp", "SignatureVersion",
        "Signature", "SigningCertURL",
    ]  # fmt: skip
    confirmation = signed(subscription("SubscriptionConfirmation"), certificate)
    assert list(confirmation) == order
    assert confirmation["Message"] == (
        f"You have chosen to subscribe to the topic {TOPIC}.\n"
        "To confirm the subscription, visit the SubscribeURL included in this message."
    )
    farewell = signed(subscription("UnsubscribeConfirmation"), certificate)
    assert list(farewell) == order
    assert farewell["Message"] == (
        f"You have chosen to deactivate subscription {SUBSCRIPTION}.\n"
        "To cancel this operation and restore the subscription, visit the SubscribeURL included in this message."
    )


def test_the_headers_say_what_the_message_is(certificate: Certificate) -> None:
    common = {
        "x-amz-sns-message-id": ID,
        "x-amz-sns-topic-arn": TOPIC,
        "Content-Type": "text/plain; charset=UTF-8",
        "User-Agent": "Amazon Simple Notification Service Agent",
    }
    for envelope, more in (
        (notification(), {"x-amz-sns-subscription-arn": SUBSCRIPTION}),
        (subscription("SubscriptionConfirmation"), {}),
        (subscription("UnsubscribeConfirmation"), {"x-amz-sns-subscription-arn": SUBSCRIPTION}),
    ):
        post = webhooks.post(URL, SUBSCRIPTION, signed(envelope, certificate), raw=False)
        assert dict(post.headers) == {"x-amz-sns-message-type": envelope["Type"], **common, **more}


def test_raw_delivery_is_of_messages_only(certificate: Certificate) -> None:
    post = webhooks.post(URL, SUBSCRIPTION, signed(notification(Message="Grüße\n"), certificate), raw=True)
    assert post.body == "Grüße\n".encode()
    assert dict(post.headers)["x-amz-sns-rawdelivery"] == "true"
    post = webhooks.post(URL, SUBSCRIPTION, signed(subscription("SubscriptionConfirmation"), certificate), raw=True)
    assert post.body.startswith(b'{\n  "Type" : "SubscriptionConfirmation",')
    assert "x-amz-sns-rawdelivery" not in dict(post.headers)


class Answering(Web):
    """A web server that says this."""

    def __init__(self, status: int) -> None:
        super().__init__()
        self.status = status

    def post(self, _url: str, _headers: Mapping[str, str], _body: bytes) -> Reply:
        """Always the same."""
        return Reply(self.status, "Reason", "")


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_an_endpoint_takes_a_message_with_any_status_of_success(status: int) -> None:
    webhooks.send(Answering(status), Post(URL, (), b""))


@pytest.mark.parametrize("status", [429, 500, 502, 503, 599])
def test_an_endpoint_that_has_trouble_is_asked_again(status: int) -> None:
    with pytest.raises(Undelivered, match=f"the endpoint answered {status} Reason"):
        webhooks.send(Answering(status), Post(URL, (), b""))


@pytest.mark.parametrize("status", [301, 302, 307, 400, 401, 403, 404, 410])
def test_an_endpoint_that_refuses_or_redirects_is_not_asked_again(status: int) -> None:
    with pytest.raises(Rejected, match=f"the endpoint answered {status} Reason"):
        webhooks.send(Answering(status), Post(URL, (), b""))
