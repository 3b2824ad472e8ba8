"""Sites that use django-ses or django-anymail hear of what became of their mail, signatures checked."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.support import configuration_sets, django_site, mail, tls
from tests.support.aws import Account
from tests.support.configuration_sets import SNS, TOPIC
from tests.support.django_site import Site
from tests.support.mail import ANN, BOB

pytestmark = pytest.mark.outside

Start = Callable[..., Account]
BOUNCE, COMPLAINT = "bounce@simulator.amazonses.com", "complaint@simulator.amazonses.com"


@contextmanager
def site(start: Start, library: str, **settings: Any) -> Iterator[tuple[Account, Site]]:
    """An account whose topics a site's webhook is subscribed to, and that site."""
    with tls.serving(django_site.HOST) as front, django_site.serving(front.url, front.authority) as serving:
        webhook = getattr(serving, library)
        account = start(sns_webhooks=f"*={webhook}", public_url=front.url, log_level="error", **settings)
        front.behind = account.url
        yield account, serving


def publish_events(account: Account) -> Any:
    """A client of the account, in whose set a destination has all that becomes of a mail."""
    ses = mail.client(account)
    configuration_sets.create(account)
    configuration_sets.add(account, "all", "send", "delivery", "bounce", "complaint", **SNS)
    return ses


def send(ses: Any, address: str) -> str:
    to = {"ToAddresses": [address]}
    return mail.send(ses, Destination=to, ConfigurationSetName=configuration_sets.NAME)


def happened(signals: list[dict[str, Any]], message_id: str) -> list[tuple[str, list[str]]]:
    """Type and recipients of what was told of a message."""
    return [(each["type"], each["to"]) for each in signals if each["id"] == message_id]


def test_django_ses_sends_its_signals_for_events(start: Start) -> None:
    with site(start, "django_ses") as (account, serving):
        ses = publish_events(account)
        ids = {address: send(ses, address) for address in (BOB, BOUNCE, COMPLAINT)}
        account.drain()
        signals = serving.signals("django-ses")
        assert happened(signals, ids[BOB]) == [("send", [BOB]), ("delivery", [BOB])]
        assert happened(signals, ids[BOUNCE]) == [("send", [BOUNCE]), ("bounce", [BOUNCE])]
        assert happened(signals, ids[COMPLAINT])[::2] == [("send", [COMPLAINT]), ("complaint", [COMPLAINT])]


def test_django_ses_sends_its_signals_for_notifications_of_identities(start: Start) -> None:
    with site(start, "django_ses") as (account, serving):
        ses = mail.client(account)
        for kind in ("Bounce", "Complaint"):
            ses.set_identity_notification_topic(Identity=ANN, NotificationType=kind, SnsTopic=TOPIC)
        for address in (BOUNCE, COMPLAINT):
            mail.send(ses, Destination={"ToAddresses": [address]})
        account.drain()
        signals = serving.signals("django-ses")
        assert [(each["type"], each["to"]) for each in signals] == [("bounce", [BOUNCE]), ("complaint", [COMPLAINT])]


def test_django_ses_is_not_told_what_is_not_signed(start: Start) -> None:
    with site(start, "django_ses") as (account, serving):
        publish_events(account)
        account.drain()
        (envelope,) = account.inspect("GET", "/publications", channel="sns_subscription")["publications"]
        assert envelope["state"] == "published"
        forged = b'{"Type": "Notification", "Message": "{}", "MessageId": "1", "Timestamp": "t", "TopicArn": "a"}'
        assert serving.told(forged) == 400


def test_django_anymail_confirms_its_subscription_and_sends_its_signals(start: Start) -> None:
    with site(start, "anymail") as (account, serving):
        ses = publish_events(account)
        ids = {address: send(ses, address) for address in (BOB, BOUNCE, COMPLAINT)}
        account.drain()
        signals = serving.signals("anymail")
        assert happened(signals, ids[BOB]) == [("sent", [BOB]), ("delivered", [BOB])]
        assert happened(signals, ids[BOUNCE]) == [("sent", [BOUNCE]), ("bounced", [BOUNCE])]
        assert happened(signals, ids[COMPLAINT])[::2] == [("sent", [COMPLAINT]), ("complained", [COMPLAINT])]
