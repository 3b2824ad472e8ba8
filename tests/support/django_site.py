"""A Django site with the webhooks of django-ses and of django-anymail, set up as their documentation says.

`serving()` runs it in a process of its own, which trusts one certificate, and finds SNS where a name server would say.
"""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast
from urllib.parse import urlsplit

from tests.support import aws

HOST = "sns.us-east-1.amazonaws.com"  # the only kind of host whose subscriptions django-ses confirms
SECRET = "webhooks:secret"


@dataclass(frozen=True, slots=True)
class Site:
    """The site; its webhooks are what the setting takes."""

    url: str

    @property
    def django_ses(self) -> str:
        """The webhook of django-ses."""
        return f"{self.url}/django-ses/"

    @property
    def anymail(self) -> str:
        """The webhook of django-anymail."""
        return f"{self.url.replace('//', f'//{SECRET}@')}/anymail/amazon_ses/tracking/"

    @property
    def anymail_inbound(self) -> str:
        """Its webhook for mail that was received."""
        return self.anymail.replace("/tracking/", "/inbound/")

    def signals(self, library: str) -> list[dict[str, Any]]:
        """The signals that the library sent."""
        sent = json.loads(aws.request(self.url, "GET", "/signals", None, {}).body)
        return [each for each in sent if each.pop("library") == library]

    def told(self, body: bytes) -> int:
        """The status with which django-ses answers to that."""
        headers = {"Content-Type": "text/plain; charset=UTF-8"}
        return aws.request(self.url, "POST", "/django-ses/", body, headers).status


@contextmanager
def serving(sns_url: str, authority: Path) -> Iterator[Site]:
    """The site, with SNS there; it is gone afterwards."""
    trust = dict.fromkeys(("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "AWS_CA_BUNDLE"), str(authority))
    popen = subprocess.Popen(
        [sys.executable, "-m", __name__, sns_url], stdout=subprocess.PIPE, text=True, env=os.environ | trust
    )
    output = cast("IO[str]", popen.stdout)
    try:
        yield Site(output.readline().strip())
    finally:
        popen.kill()
        popen.wait(30)
        output.close()


def _serve(sns_url: str) -> None:
    """The life of the process."""
    import django
    from django.conf import settings
    from django.core.wsgi import get_wsgi_application
    from werkzeug.serving import make_server

    settings.configure(
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF=_Urls,
        INSTALLED_APPS=["anymail"],
        LOGGING_CONFIG=None,
        AWS_SNS_EVENT_CERT_TRUSTED_DOMAINS=[urlsplit(sns_url).netloc],
        ANYMAIL={
            "WEBHOOK_SECRET": SECRET,
            "AMAZON_SES_CLIENT_PARAMS": {
                "endpoint_url": f"{sns_url}/sns",
                "aws_access_key_id": "test",
                "aws_secret_access_key": "test",
            },
        },
    )
    django.setup()
    _Urls.urlpatterns = _routes()
    found = socket.getaddrinfo

    def at_home(host: Any, *rest: Any, **more: Any) -> Any:
        return found("127.0.0.1" if host == HOST else host, *rest, **more)

    socket.getaddrinfo = at_home
    server = make_server("127.0.0.1", 0, get_wsgi_application(), threaded=True)
    sys.stdout.write(f"http://127.0.0.1:{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()


class _Urls:
    """Where Django looks for routes, once they can be imported."""

    urlpatterns: list[Any] = []  # noqa: RUF012 - Django's own name


def _routes() -> list[Any]:
    import anymail.signals
    import django_ses.signals
    from anymail.webhooks.amazon_ses import AmazonSESInboundWebhookView, AmazonSESTrackingWebhookView
    from django.http import HttpRequest, JsonResponse
    from django.urls import path
    from django_ses.views import SESEventWebhookView

    sent: list[dict[str, Any]] = []

    def hear(name: str) -> Any:
        def heard(mail_obj: dict[str, Any], **more: Any) -> None:
            detail = more.get(f"{name}_obj") or {}
            recipients = detail.get("bouncedRecipients", detail.get("complainedRecipients", []))
            addresses = [each["emailAddress"] for each in recipients] or mail_obj["destination"]
            sent.append({"library": "django-ses", "type": name, "id": mail_obj["messageId"], "to": addresses})

        return heard

    def tracked(event: Any, **_: object) -> None:
        about = {"type": event.event_type, "id": event.message_id, "to": [event.recipient]}
        sent.append({"library": "anymail", **about})

    def came(event: Any, **_: object) -> None:
        received = event.message
        about = {"type": event.event_type, "id": event.event_id, "to": [each.addr_spec for each in received.to]}
        contents = {"from": received.envelope_sender, "subject": received.subject, "text": received.text}
        spam = {"spam": received.spam_detected}
        sent.append({"library": "anymail-inbound", **about, **contents, **spam})

    for name in ("send", "delivery", "bounce", "complaint"):
        getattr(django_ses.signals, f"{name}_received").connect(hear(name), weak=False)
    anymail.signals.tracking.connect(tracked, weak=False)
    anymail.signals.inbound.connect(came, weak=False)

    def signals(_request: HttpRequest) -> JsonResponse:
        return JsonResponse(sent, safe=False)

    return [
        path("django-ses/", SESEventWebhookView.as_view()),
        path("anymail/amazon_ses/tracking/", AmazonSESTrackingWebhookView.as_view()),
        path("anymail/amazon_ses/inbound/", AmazonSESInboundWebhookView.as_view()),
        path("signals", signals),
    ]


if __name__ == "__main__":
    _serve(sys.argv[1])
