"""Notification attributes: what an identity's owner is told of its mail, and where."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support import mail, xml
from tests.support.aws import Account, refusal

INVALID = "InvalidParameterValue"
DOMAIN, ADDRESS = "example.com", "ann@example.com"
TYPES = ["Bounce", "Complaint", "Delivery"]
TOPIC = "arn:aws:sns:us-east-1:123456789012:feedback"
NOTHING_SET = {
    "ForwardingEnabled": True,
    "HeadersInBounceNotificationsEnabled": False,
    "HeadersInComplaintNotificationsEnabled": False,
    "HeadersInDeliveryNotificationsEnabled": False,
}
ENUM = (
    "1 validation error detected: Value at 'notificationType' failed to satisfy constraint: "
    "Member must satisfy enum value set: [Bounce, Complaint, Delivery]"
)


@pytest.fixture
def account(account: Account) -> Account:
    """A fresh account with a domain and an address in it, of which nothing is verified."""
    account.client().verify_domain_identity(Domain=DOMAIN)
    account.client().verify_email_identity(EmailAddress=ADDRESS)
    return account


def _attributes(account: Account, *identities: str) -> dict[str, Any]:
    found = account.client().get_identity_notification_attributes(Identities=list(identities))
    return found["NotificationAttributes"]  # type: ignore[no-any-return]


def _arn(account: Account, identity: str, *, region: str = "us-east-1", owner: str = "") -> str:
    return f"arn:aws:ses:{region}:{owner or account.account_id}:identity/{identity}"


def _elsewhere(account: Account) -> list[str]:
    """ARNs of identities that are not of this account and region."""
    return [
        _arn(account, DOMAIN, region="eu-west-1"),
        _arn(account, DOMAIN, owner="210987654321"),
        _arn(account, "other.example.com"),
        _arn(account, DOMAIN).replace(":ses:", ":sns:"),
    ]


# ---- what is set


def test_of_a_new_identity_feedback_is_forwarded_and_no_topic_is_set(account: Account) -> None:
    assert _attributes(account, DOMAIN, ADDRESS) == {DOMAIN: NOTHING_SET, ADDRESS: NOTHING_SET}


@pytest.mark.parametrize("kind", TYPES)
def test_each_type_has_a_topic_and_headers_of_its_own(account: Account, kind: str) -> None:
    client = account.client()
    client.set_identity_notification_topic(Identity=DOMAIN, NotificationType=kind, SnsTopic=TOPIC)
    assert _attributes(account, DOMAIN) == {DOMAIN: {**NOTHING_SET, f"{kind}Topic": TOPIC}}
    for _ in range(2):
        client.set_identity_headers_in_notifications_enabled(Identity=DOMAIN, NotificationType=kind, Enabled=True)
        headers = {f"HeadersIn{kind}NotificationsEnabled": True}
        assert _attributes(account, DOMAIN) == {DOMAIN: {**NOTHING_SET, f"{kind}Topic": TOPIC, **headers}}
    client.set_identity_headers_in_notifications_enabled(Identity=DOMAIN, NotificationType=kind, Enabled=False)
    client.set_identity_notification_topic(Identity=DOMAIN, NotificationType=kind)
    assert _attributes(account, DOMAIN) == {DOMAIN: NOTHING_SET}


@pytest.mark.parametrize("kind", TYPES)
def test_headers_can_be_asked_for_before_there_is_a_topic(account: Account, kind: str) -> None:
    client = account.client()
    client.set_identity_headers_in_notifications_enabled(Identity=ADDRESS, NotificationType=kind, Enabled=True)
    assert _attributes(account, ADDRESS) == {ADDRESS: {**NOTHING_SET, f"HeadersIn{kind}NotificationsEnabled": True}}


def test_forwarding_can_be_off_with_topics_and_without(account: Account) -> None:
    client = account.client()
    client.set_identity_feedback_forwarding_enabled(Identity=DOMAIN, ForwardingEnabled=False)
    assert _attributes(account, DOMAIN) == {DOMAIN: {**NOTHING_SET, "ForwardingEnabled": False}}
    for kind in ("Bounce", "Complaint"):
        client.set_identity_notification_topic(Identity=DOMAIN, NotificationType=kind, SnsTopic=TOPIC)
    client.set_identity_notification_topic(Identity=DOMAIN, NotificationType="Bounce")
    kept = {**NOTHING_SET, "ForwardingEnabled": False, "ComplaintTopic": TOPIC}
    assert _attributes(account, DOMAIN) == {DOMAIN: kept}
    client.set_identity_feedback_forwarding_enabled(Identity=DOMAIN, ForwardingEnabled=True)
    assert _attributes(account, DOMAIN) == {DOMAIN: {**kept, "ForwardingEnabled": True}}


def test_an_address_does_not_inherit_from_its_domain(account: Account) -> None:
    account.client().set_identity_notification_topic(Identity=DOMAIN, NotificationType="Bounce", SnsTopic=TOPIC)
    assert _attributes(account, ADDRESS, f"sub.{DOMAIN}") == {ADDRESS: NOTHING_SET}


def test_verified_or_not_a_registered_identity_will_do(account: Account) -> None:
    mail.verify(account, DOMAIN)
    for identity in (DOMAIN, ADDRESS):
        account.client().set_identity_notification_topic(Identity=identity, NotificationType="Bounce", SnsTopic=TOPIC)
        assert _attributes(account, identity)[identity]["BounceTopic"] == TOPIC


def test_a_domain_is_the_same_in_capitals_and_an_address_is_not(account: Account) -> None:
    client = account.client()
    client.set_identity_feedback_forwarding_enabled(Identity="EXAMPLE.com", ForwardingEnabled=False)
    off = {**NOTHING_SET, "ForwardingEnabled": False}
    assert _attributes(account, "Example.COM", "Ann@example.com") == {"Example.COM": off}


def test_a_topic_may_belong_to_any_account(account: Account) -> None:
    for topic in (TOPIC, f"arn:aws:sns:us-east-1:{account.account_id}:{'a' * 254}-_"):
        account.client().set_identity_notification_topic(Identity=DOMAIN, NotificationType="Bounce", SnsTopic=topic)
        assert _attributes(account, DOMAIN)[DOMAIN]["BounceTopic"] == topic


def test_an_arn_of_the_accounts_own_identity_stands_for_its_name(account: Account) -> None:
    for identity in (DOMAIN, ADDRESS):
        arn = _arn(account, identity)
        account.client().set_identity_notification_topic(Identity=arn, NotificationType="Delivery", SnsTopic=TOPIC)
        expected = {**NOTHING_SET, "DeliveryTopic": TOPIC}
        assert _attributes(account, arn, identity) == {arn: expected, identity: expected}


def test_attributes_go_with_their_identity(account: Account) -> None:
    client = account.client()
    client.set_identity_notification_topic(Identity=DOMAIN, NotificationType="Bounce", SnsTopic=TOPIC)
    client.delete_identity(Identity=DOMAIN)
    assert _attributes(account, DOMAIN) == {}
    client.verify_domain_identity(Domain=DOMAIN)
    assert _attributes(account, DOMAIN) == {DOMAIN: NOTHING_SET}
    client.set_identity_feedback_forwarding_enabled(Identity=DOMAIN, ForwardingEnabled=False)
    account.inspect("POST", "/reset")
    client.verify_domain_identity(Domain=DOMAIN)
    assert _attributes(account, DOMAIN) == {DOMAIN: NOTHING_SET}


def test_each_region_has_attributes_of_its_own(account: Account) -> None:
    there = account.elsewhere("eu-west-1")
    there.client().verify_domain_identity(Domain=DOMAIN)
    account.client().set_identity_feedback_forwarding_enabled(Identity=DOMAIN, ForwardingEnabled=False)
    assert _attributes(there, DOMAIN) == {DOMAIN: NOTHING_SET}
    topic = TOPIC.replace("us-east-1", "eu-west-1")
    there.client().set_identity_notification_topic(Identity=DOMAIN, NotificationType="Bounce", SnsTopic=topic)
    assert "BounceTopic" not in _attributes(account, DOMAIN)[DOMAIN]


# ---- what is refused


def test_an_unknown_identity_is_refused_in_the_words_of_each_operation(account: Account) -> None:
    client = account.client()
    must, it_must = "Must be a verified email address or domain.", "It must be a verified email address or domain."
    for name in ("bob@example.com", "sub.example.com", "foobar", "", "ANN@example.com", *_elsewhere(account)):
        found = refusal(
            client.set_identity_notification_topic, Identity=name, NotificationType="Bounce", SnsTopic=TOPIC
        )
        assert found == (INVALID, f"Identity {name} is invalid. {must}", 400)
        found = refusal(client.set_identity_feedback_forwarding_enabled, Identity=name, ForwardingEnabled=False)
        assert found == (INVALID, f"Identity {name} is invalid. {must}", 400)
        given = {"Identity": name, "NotificationType": "Bounce", "Enabled": True}
        found = refusal(client.set_identity_headers_in_notifications_enabled, **given)
        assert found == (INVALID, f"Identity {name} is invalid. {it_must}", 400)
    assert _attributes(account, DOMAIN, ADDRESS) == {DOMAIN: NOTHING_SET, ADDRESS: NOTHING_SET}


def test_an_identity_that_only_the_settings_verify_has_no_attributes(start: Callable[..., Account]) -> None:
    account = start(verified_identities="*")
    found = refusal(account.client().set_identity_notification_topic, Identity=DOMAIN, NotificationType="Bounce")
    assert found == (INVALID, f"Identity {DOMAIN} is invalid. Must be a verified email address or domain.", 400)
    assert _attributes(account, DOMAIN) == {}


def test_forwarding_and_headers_are_set_by_name_not_by_arn(account: Account) -> None:
    client, arn = account.client(), _arn(account, DOMAIN)
    found = refusal(client.set_identity_feedback_forwarding_enabled, Identity=arn, ForwardingEnabled=False)
    assert found == (INVALID, f"Identity {arn} is invalid. Must be a verified email address or domain.", 400)
    given = {"Identity": arn, "NotificationType": "Bounce", "Enabled": True}
    found = refusal(client.set_identity_headers_in_notifications_enabled, **given)
    assert found == (INVALID, f"Identity {arn} is invalid. It must be a verified email address or domain.", 400)


@pytest.mark.parametrize(
    "topic",
    [
        "",  # recorded: it does not clear
        " ",
        "feedback",
        "arn:aws:sns:us-east-1:123456789012",
        "arn:aws:sns:us-east-1:123456789012:",
        "arn:aws:sns:us-east-1:12345678901:feedback",
        "arn:aws:sqs:us-east-1:123456789012:feedback",
        "arn:aws:sns:us-east-1:123456789012:feedback:0b1e3f2c",  # a subscription
        "arn:aws:sns:us-east-1:123456789012:feed back",
        f"{TOPIC}\n",
        f"arn:aws:sns:us-east-1:123456789012:{'a' * 257}",
        f"{TOPIC}.fifo",
        TOPIC.replace("us-east-1", "eu-west-1"),
    ],
)
def test_a_topic_must_be_a_standard_one_of_the_region(account: Account, topic: str) -> None:
    client = account.client()
    client.set_identity_notification_topic(Identity=DOMAIN, NotificationType="Bounce", SnsTopic=TOPIC)
    given = {"Identity": DOMAIN, "NotificationType": "Bounce", "SnsTopic": topic}
    found = refusal(client.set_identity_notification_topic, **given)
    assert found == (INVALID, f"SNS topic {topic} is invalid.", 400)
    assert _attributes(account, DOMAIN)[DOMAIN]["BounceTopic"] == TOPIC


def test_the_identity_is_looked_at_before_the_topic(account: Account) -> None:
    given = {"Identity": "foobar", "NotificationType": "Bounce", "SnsTopic": ""}
    found = refusal(account.client().set_identity_notification_topic, **given)
    assert found == (INVALID, "Identity foobar is invalid. Must be a verified email address or domain.", 400)


@pytest.mark.parametrize("kind", ["Open", "bounce", ""])
def test_there_are_three_types(account: Account, kind: str) -> None:
    client = account.client()
    for call, given in (
        (client.set_identity_notification_topic, {"SnsTopic": TOPIC}),
        (client.set_identity_headers_in_notifications_enabled, {"Enabled": True}),
    ):
        for identity in (DOMAIN, "foobar"):  # the shape is checked before the identity
            assert refusal(call, Identity=identity, NotificationType=kind, **given) == ("ValidationError", ENUM, 400)


@pytest.mark.parametrize(
    ("operation", "members"),
    [
        ("SetIdentityNotificationTopic", ["notificationType", "identity"]),
        ("SetIdentityFeedbackForwardingEnabled", ["forwardingEnabled", "identity"]),
        ("SetIdentityHeadersInNotificationsEnabled", ["enabled", "notificationType", "identity"]),
        ("GetIdentityNotificationAttributes", ["identities"]),
    ],
)
def test_all_that_is_required_and_missing_is_told_at_once(account: Account, operation: str, members: list[str]) -> None:
    nulls = [f"Value at '{name}' failed to satisfy constraint: Member must not be null" for name in members]
    errors = "error" if len(members) == 1 else "errors"
    text = f"{len(members)} validation {errors} detected: {'; '.join(nulls)}"
    assert xml.refusal(account.query(operation)) == (400, "ValidationError", text)


@pytest.mark.parametrize("value", ["", "TRUE", "yes", "t"])
def test_a_switch_is_true_or_false(account: Account, value: str) -> None:
    forwarding = account.query("SetIdentityFeedbackForwardingEnabled", Identity=DOMAIN, ForwardingEnabled=value)
    given = {"Identity": DOMAIN, "NotificationType": "Bounce", "Enabled": value}
    headers = account.query("SetIdentityHeadersInNotificationsEnabled", given)
    malformed = 400, "MalformedInput", "boolean must follow xsd1.1 definition"
    assert xml.refusal(forwarding) == xml.refusal(headers) == malformed
    assert account.query("SetIdentityFeedbackForwardingEnabled", Identity=DOMAIN, ForwardingEnabled="0").status == 200


# ---- what is answered


def test_unknown_identities_are_left_out(account: Account) -> None:
    names = ["bob@example.com", "foobar", "", *_elsewhere(account)]
    assert _attributes(account, *names) == {}
    assert _attributes(account, *names, DOMAIN) == {DOMAIN: NOTHING_SET}


def test_identities_come_once_in_the_order_they_were_asked_for(account: Account) -> None:
    assert list(_attributes(account, ADDRESS, DOMAIN, "foobar", ADDRESS)) == [ADDRESS, DOMAIN]


def test_a_hundred_identities_can_be_asked_for(account: Account) -> None:
    names = [DOMAIN, *(f"{number}.example.com" for number in range(100))]
    assert _attributes(account, *names[:100]) == {DOMAIN: NOTHING_SET}
    found = refusal(account.client().get_identity_notification_attributes, Identities=names)
    assert found == (INVALID, "Too many identities. The maximum is 100.", 400)


def test_an_empty_list_gets_an_empty_map(account: Account) -> None:
    answer = account.query("GetIdentityNotificationAttributes", Identities="")
    assert answer.status == 200
    assert "  <GetIdentityNotificationAttributesResult>\n    <NotificationAttributes/>\n" in answer.text


def test_the_elements_stand_in_the_order_of_aws_and_unset_topics_are_not_there(account: Account) -> None:
    for kind in TYPES:
        account.client().set_identity_notification_topic(Identity=DOMAIN, NotificationType=kind, SnsTopic=TOPIC)
    parameters = {"Identities.member.1": DOMAIN, "Identities.member.2": ADDRESS}
    full, bare = xml.root(account.query("GetIdentityNotificationAttributes", parameters)).iter("{*}value")
    headers = [f"HeadersIn{kind}NotificationsEnabled" for kind in TYPES]
    names = ["ForwardingEnabled", *(f"{kind}Topic" for kind in TYPES), *headers]
    assert [str(element.tag).rpartition("}")[2] for element in full] == names
    assert [str(element.tag).rpartition("}")[2] for element in bare] == ["ForwardingEnabled", *headers]
    assert [element.text for element in bare] == ["true", "false", "false", "false"]


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("SetIdentityNotificationTopic", {"NotificationType": "Bounce"}),
        ("SetIdentityFeedbackForwardingEnabled", {"ForwardingEnabled": "true"}),
        ("SetIdentityHeadersInNotificationsEnabled", {"NotificationType": "Bounce", "Enabled": "false"}),
    ],
)
def test_what_was_set_is_answered_with_an_empty_result(
    account: Account, operation: str, parameters: dict[str, str]
) -> None:
    answer = account.query(operation, {"Identity": DOMAIN, **parameters})
    assert answer.status == 200
    assert f"\n  <{operation}Result/>\n" in answer.text
    assert _attributes(account, DOMAIN) == {DOMAIN: NOTHING_SET}
