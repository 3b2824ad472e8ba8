"""Mail sent by Django, in a process of its own: takes backends with their settings as JSON from stdin, says as JSON how
each sent a mail.
"""

import json
import ssl
import sys
from typing import Any

import django
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends import smtp

FILE = bytes(range(256))


class SmtpBackend(smtp.EmailBackend):  # type: ignore[misc]
    """Django's own, which takes a server's certificate whoever vouches for it."""

    ssl_context = ssl._create_unverified_context()


def _sent(backend: str, options: dict[str, Any], mail: dict[str, Any]) -> dict[str, Any]:
    message = EmailMultiAlternatives(**mail, connection=get_connection(backend, **options))
    message.attach_alternative("<p>Schöne Grüße</p>", "text/html")
    message.attach("Übersicht.bin", FILE, "application/octet-stream")
    try:
        sent = message.send()
    except Exception as error:  # noqa: BLE001 - whatever the backend raises
        return {"error": type(error).__name__, "message": str(error)}
    return {"sent": sent, "id": message.extra_headers.get("message_id")}


if __name__ == "__main__":
    given = json.load(sys.stdin)
    settings.configure(LOGGING_CONFIG=None, INSTALLED_APPS=["anymail", "django_ses"], **given["settings"])
    django.setup()
    json.dump([_sent(backend, options, given["mail"]) for backend, options in given["backends"]], sys.stdout)
