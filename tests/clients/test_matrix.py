"""The matrix of clients in the docs names the versions that are tested."""

import json
import re

import pytest

from tests.support import programs

PAGE = (programs.ROOT / "docs/clients.md").read_text()
PINNED = (programs.ROOT / "constraints.txt").read_text()
NODE = json.loads((programs.HERE / "package.json").read_text())["dependencies"]


def named(client: str) -> str:
    """The version of a client in the matrix."""
    row = re.search(rf"^\| \[?{re.escape(client)}[]|( ].*?\| (\S+) \|", PAGE, re.MULTILINE)
    assert row, client
    return row[1]


@pytest.mark.parametrize(
    ("client", "package"),
    [
        ("boto3", "boto3"),
        ("AWS CLI", "awscli"),
        ("django-ses", "django-ses"),
        ("Django", "Django"),
        ("django-anymail", "django-anymail"),
        ("Flask-Mail", "Flask-Mail"),
    ],
)
def test_a_python_package_is_tested_in_the_version_that_is_named(client: str, package: str) -> None:
    assert f"\n{package}=={named(client)}\n" in PINNED


@pytest.mark.parametrize("client", NODE)
def test_a_package_for_node_is_tested_in_the_version_that_is_named(client: str) -> None:
    assert named(client) == NODE[client]
