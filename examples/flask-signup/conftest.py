"""The site on a port of its own, so that the emulator's webhook calls reach it."""

import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from werkzeug.serving import make_server

import emulator
from app import create_app, set_up_ses
from emulator import Running

TOPIC = "arn:aws:sns:us-east-1:000000000000:mail"


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The site, which answers at its SERVER_NAME."""
    app = create_app({"DATABASE": tmp_path_factory.mktemp("site") / "members.db"})
    server = make_server("127.0.0.1", 0, app, threaded=True)
    app.config.update(SERVER_NAME=f"127.0.0.1:{server.server_port}")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield app
    server.shutdown()


@pytest.fixture(scope="session")
def ses_emulator(site: Flask) -> Iterator[Running]:
    """An emulator that tells the site's webhook of everything; it takes the place of the plugin's own fixture."""
    with emulator.running(sns_webhooks=f"*=http://{site.config['SERVER_NAME']}/ses/events") as running:
        site.config["SNS_HOSTS"] = [f"localhost:{urlsplit(running.url).port}"]  # where its signatures can be checked
        yield running


@pytest.fixture
def browser(site: Flask, ses_mailbox: Any) -> Any:
    """Somebody who uses the site; SES is set up for it, as at the first deployment."""
    ses_mailbox.verify("hello@example.com")
    with site.app_context():
        set_up_ses(TOPIC)
    return site.test_client()
