"""pytest fixtures: a running SES, a fresh account for each test, its boto3 clients and its mailbox.

Installed with the package; a project that asks for none of them pays next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from emulator import Running
    from emulator.testing import Mailbox
    from emulator.testing.servers import Servers, Wanted

URL = "ses_emulator_url"
CLIENTS = {"ses_client": "ses", "sesv2_client": "sesv2"}
_caught = pytest.StashKey["Mailbox"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """A running emulator can be named."""
    text = "URL of a running ses-emulator for the tests; default: they start one of their own"
    parser.getgroup("ses-emulator").addoption("--ses-emulator-url", metavar="URL", help=text)
    parser.addini(URL, text)


def pytest_configure(config: pytest.Config) -> None:
    """The marker is known."""
    text = "ses(strict=True, seed=..., region=..., ...): what SES is like for this test, as `ses-emulator serve` has it"
    config.addinivalue_line("markers", text)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that wants settings of a whole server has another one behind `ses_emulator`."""
    if "ses_emulator" not in metafunc.fixturenames or not metafunc.definition.get_closest_marker("ses"):
        return
    asked = _wanted(metafunc.definition)
    if asked.server:
        # HIDDEN_PARAM, since pytest 8.4: the test keeps its name.
        ids = [getattr(pytest, "HIDDEN_PARAM", "ses")]
        metafunc.parametrize("ses_emulator", [asked.server], indirect=True, scope="function", ids=ids)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """The report of a failure shows what mail the test's account caught."""
    report = yield
    mailbox = item.stash.get(_caught, None)
    if mailbox and report.failed and report.when == "call":
        from emulator.testing.report import caught

        report.sections.append((f"SES mail of account {mailbox.account}", caught(mailbox)))
    return report


@pytest.fixture(scope="session")
def _ses_servers() -> Iterator[Servers]:
    """The servers of this test session."""
    from emulator.testing.servers import Servers

    servers = Servers()
    yield servers
    servers.close()


@pytest.fixture(scope="session")
def ses_emulator(request: pytest.FixtureRequest, _ses_servers: Servers) -> Running:
    """A running emulator of this test session; its `url` is the `endpoint_url` of an SDK."""
    settings = getattr(request, "param", {})
    url = request.config.getoption(URL) or request.config.getini(URL)
    if url:
        return _running_at(url, settings)
    try:
        return _ses_servers.get(settings, lambda: _load_models(request.session))
    except RuntimeError as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture
def _ses_account(
    request: pytest.FixtureRequest, ses_emulator: Running, _ses_servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Mailbox]:
    """All that the test's account is: the others give it by its parts."""
    from emulator.testing.environment import environment
    from emulator.testing.servers import account_of_its_own

    asked = _wanted(request.node)
    if asked.server and not _ses_servers.has(asked.server, ses_emulator):
        names = ", ".join(asked.server)
        text = "the test must name a fixture of ses-emulator, and `ses_emulator` must be the plugin's own"
        pytest.fail(f"the marker `ses` asks for another server ({names}): {text}", pytrace=False)
    with account_of_its_own(ses_emulator, asked) as mailbox:
        for name, value in environment(ses_emulator.url, mailbox.account, asked.region).items():
            if value is None:
                monkeypatch.delenv(name, raising=False)
            else:
                monkeypatch.setenv(name, value)
        request.node.stash[_caught] = mailbox
        yield mailbox


@pytest.fixture
def ses_account(_ses_account: Mailbox) -> str:
    """A 12-digit account id that no other test has; the environment of the test leads every AWS SDK there."""
    return str(_ses_account.account)


@pytest.fixture
def ses_client(_ses_account: Mailbox) -> Any:
    """A boto3 SES client of the test's account and region."""
    return _client("ses", _ses_account)


@pytest.fixture
def sesv2_client(_ses_account: Mailbox) -> Any:
    """A boto3 client of SES v2, of the test's account and region."""
    return _client("sesv2", _ses_account)


@pytest.fixture
def ses_mailbox(_ses_account: Mailbox) -> Mailbox:
    """The messages of the test's account, and what the test does to it."""
    return _ses_account


def _wanted(item: pytest.Item) -> Wanted:
    """What the markers of the test ask for, those of its class and module included: the nearest one rules."""
    from emulator.testing.servers import wanted

    said: dict[str, Any] = {}
    for marker in item.iter_markers("ses"):
        said = {**marker.kwargs, **said}
    if "seed" in said:
        said["seed"] = item.config.rootpath / said["seed"]
    return wanted(said)


def _running_at(url: str, settings: dict[str, Any]) -> Running:
    """The emulator there, which must answer, and is as it is."""
    from emulator import Running, remote
    from emulator.settings import Settings

    if settings:
        names = ", ".join(settings)
        pytest.fail(f"the emulator at {url} runs already: the marker `ses` cannot ask for {names} there", pytrace=False)
    try:
        remote.Server(url).ask("GET", "/health")
    except (remote.Refused, remote.WrongUse) as error:
        pytest.fail(f"--ses-emulator-url: {error}", pytrace=False)
    usual = Settings()
    return Running(url.rstrip("/"), None, usual.submission_port, usual.smtp_port)


def _load_models(session: pytest.Session) -> None:
    """What boto3 needs for the clients that the tests ask for is there."""
    from emulator.testing.environment import load_models

    names = {name for item in session.items for name in getattr(item, "fixturenames", ())}
    load_models(*(service for fixture, service in CLIENTS.items() if fixture in names))


def _client(service: str, mailbox: Mailbox) -> Any:
    from emulator.testing.environment import client

    return client(service, mailbox.url, mailbox.account, mailbox.region)
