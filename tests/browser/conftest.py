"""The inbox in Chromium: one browser a session, one page and one AWS account a test."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, sync_playwright

import emulator
from emulator import Running
from tests.browser.inbox import DESKTOP, Inbox
from tests.support import aws, topics
from tests.support.topics import Topics

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium, as the system has it: none is downloaded. Other tests need the event loop that it runs on gone."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        pytest.skip("Chromium is not installed (Debian: apt-get install chromium)")
    sandbox = os.geteuid() != 0  # Chromium has none for root
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=program, chromium_sandbox=sandbox)


@pytest.fixture(scope="session")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The server that the inbox shows; its identities wait for their owners."""
    url = f"sqlite:///{tmp_path_factory.mktemp('inbox') / 'ses.db'}"
    with emulator.running(database_url=url, verification="manual") as running:
        yield running


@pytest.fixture
def inbox(shown: Running, opened: Callable[..., Inbox]) -> Inbox:
    """The inbox of a fresh account."""
    return opened(shown.url)


@pytest.fixture
def opened(browser: Browser) -> Iterator[Callable[..., Inbox]]:
    """Opens the inbox of a fresh account of a server, on a screen of this size, light or dark."""
    with ExitStack() as stack:

        def made(url: str, size: tuple[int, int] = DESKTOP, *, dark: bool = False) -> Inbox:
            context = browser.new_context(
                viewport={"width": size[0], "height": size[1]},
                color_scheme="dark" if dark else "light",
                reduced_motion="reduce",
                accept_downloads=True,
            )
            stack.callback(context.close)
            context.set_default_timeout(10_000)
            return Inbox(context.new_page(), aws.new_account(url))

        yield made


@pytest.fixture(scope="module")
def told() -> Iterator[Topics]:
    """Topics that are told of what happens on the server below."""
    with topics.serving() as told:
        yield told


@pytest.fixture(scope="module")
def telling(told: Topics) -> Iterator[Running]:
    """A server whose clock may be moved, as no other test looks at it; it tells those topics."""
    with emulator.running(aws_endpoint_url_sns=told.url, ephemeral=True, verification="manual") as running:
        yield running
