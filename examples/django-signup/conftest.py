"""The site on a port of its own, so that the emulator's webhook calls reach it."""

import os
import threading
from collections.abc import Iterator
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import django
import pytest

import emulator
from emulator import Running

TOPIC = "arn:aws:sns:us-east-1:000000000000:mail"


class Quiet(WSGIRequestHandler):
    """A handler that leaves the output to the tests."""

    def log_message(self, *_: Any) -> None:
        """Nothing is said."""


@pytest.fixture(scope="session")
def server() -> Iterator[WSGIServer]:
    """A server for the site, which comes to it later: the emulator must know the port first."""
    with make_server("127.0.0.1", 0, None, handler_class=Quiet) as listening:
        yield listening


@pytest.fixture(scope="session")
def ses_emulator(server: WSGIServer) -> Iterator[Running]:
    """An emulator that tells the site's webhook of everything; it takes the place of the plugin's own fixture."""
    with emulator.running(sns_webhooks=f"*=http://127.0.0.1:{server.server_port}/ses/events") as running:
        yield running


@pytest.fixture(scope="session")
def site(server: WSGIServer, ses_emulator: Running, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The site answers there, and sends through the emulator."""
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "signup.settings",
        "DATABASE": str(tmp_path_factory.mktemp("site") / "members.db"),
        "AWS_ENDPOINT_URL_SES": ses_emulator.url.replace("127.0.0.1", "localhost"),  # as its own links have it
    }
    django.setup()
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application

    call_command("migrate", verbosity=0)
    server.set_app(get_wsgi_application())
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield
    server.shutdown()


@pytest.fixture
def browser(site: None, ses_mailbox: Any, ses_client: Any) -> Any:
    """Somebody who uses the site; SES is set up for it, as at the first deployment."""
    from django.test import Client

    ses_mailbox.verify("hello@example.com")
    ses_client.create_configuration_set(ConfigurationSet={"Name": "signup"})
    ses_client.create_configuration_set_event_destination(
        ConfigurationSetName="signup",
        EventDestination={
            "Name": "to-the-site",
            "Enabled": True,
            "MatchingEventTypes": ["bounce", "complaint"],
            "SNSDestination": {"TopicARN": TOPIC},
        },
    )
    return Client()
