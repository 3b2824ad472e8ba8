"""Fixtures: one server a session and database engine, one AWS account a test.

`server` runs each test that uses it on SQLite and on PostgreSQL; of a test with many cases, PostgreSQL meets the first,
and none of what is marked `outside`, unless `--every-case` is given. Tests that move the clock or stop the server start
their own with `start`.
"""

import itertools
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

import emulator
from emulator import Running
from tests.support import aws, moto, postgresql
from tests.support.aws import Account
from tests.support.moto import Moto

pytest_plugins = ["pytester"]

ENGINES = ["sqlite", "postgresql"]
_numbers = itertools.count(1)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Adds the option of this suite."""
    parser.addoption("--every-case", action="store_true", help="run every case of every test on PostgreSQL too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves PostgreSQL one case of each test: a rule of SES meets the other engine once, its cases need one."""
    if config.getoption("--every-case"):
        return
    met: set[str] = set()
    kept: list[pytest.Item] = []
    spared: list[pytest.Item] = []
    for item in items:
        given = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
        test = item.nodeid.partition("[")[0]
        if given.get("engine") != "postgresql":
            kept.append(item)
        elif test in met or item.get_closest_marker("outside"):
            spared.append(item)
        else:
            kept.append(item)
            met.add(test)
    items[:] = kept
    if spared:
        config.hook.pytest_deselected(items=spared)


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """A PostgreSQL server of this test run's own."""
    folder = postgresql.binaries()
    if folder is None:
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    with postgresql.running(folder) as url:
        yield url


@pytest.fixture(scope="session", params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """The name of the database engine that a test runs on."""
    return str(request.param)


@pytest.fixture
def new_database_url(engine: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database that nobody has used."""
    return _new_database_url(engine, request, tmp_path_factory)


@pytest.fixture(scope="session")
def server(engine: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The session's server: identities wait for their owners."""
    url = _new_database_url(engine, request, tmp_path_factory)
    with emulator.running(database_url=url, verification="manual") as running:
        yield running


@pytest.fixture
def account(server: Running) -> Account:
    """A fresh account on the session's server."""
    return aws.new_account(server.url)


@pytest.fixture
def start(new_database_url: str) -> Iterator[Callable[..., Account]]:
    """Starts a server of the test's own, with settings; the account is fresh on it."""
    with ExitStack() as stack:

        def started(**settings: object) -> Account:
            given = {"database_url": new_database_url, "verification": "manual"} | settings
            return aws.new_account(stack.enter_context(emulator.running(**given)).url)

        yield started


@pytest.fixture(scope="session")
def other_aws() -> Iterator[Moto]:
    """The other AWS services."""
    with moto.serving() as serving:
        yield serving


def _new_database_url(engine: str, request: pytest.FixtureRequest, folders: pytest.TempPathFactory) -> str:
    if engine == "sqlite":
        return f"sqlite:///{folders.mktemp('database') / 'ses.db'}"
    import psycopg.sql

    url: str = request.getfixturevalue("postgresql_url")
    name = f"test_{next(_numbers)}"
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(name)))
    return url.rpartition("/")[0] + f"/{name}"
