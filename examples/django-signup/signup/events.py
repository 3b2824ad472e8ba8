"""django-ses's webhook, which in development hears the emulator as well.

django-ses takes certificates and confirms subscriptions at hosts of AWS only, and by HTTPS: rightly. The emulator's are
at its own address, so it has to be told; where the setting is empty, this is django-ses's view and nothing else.
"""

from typing import Any
from urllib.request import urlopen

from django.conf import settings
from django_ses.utils import EventMessageVerifier
from django_ses.views import SESEventWebhookView


class Events(SESEventWebhookView):
    """What becomes of our mail; django-ses sends its signals, and keeps its list."""

    def verify_event_message(self, notification: dict[str, str]) -> bool:
        """Whether SNS, or the emulator, signed it."""
        return bool(Verifier(notification).is_verified())

    def handle_subscription_confirmation(self, notification: dict[str, str]) -> None:
        """The topic goes on telling us."""
        if is_of_emulator(notification.get("SubscribeURL", "")):
            urlopen(notification["SubscribeURL"], timeout=10).close()
        else:
            super().handle_subscription_confirmation(notification)


class Verifier(EventMessageVerifier):
    """The check of a signature, by AWS's certificate or the emulator's."""

    def _get_cert_url(self) -> Any:
        url = self._data.get("SigningCertURL", "")
        return url if is_of_emulator(url) else super()._get_cert_url()


def is_of_emulator(url: str) -> bool:
    """Whether it leads to the emulator, if there is one."""
    return bool(settings.SES_EMULATOR_URL) and url.startswith(f"{settings.SES_EMULATOR_URL}/")
