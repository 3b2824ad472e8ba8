"""What the guides in docs/ show works: their blocks of Python and shell run one after another, as readers type them."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import emulator
from emulator import Running
from emulator.remote import Server

DOCS = Path(__file__).parents[2] / "docs"
GUIDES = [
    "accounts",
    "coming-from",
    "faults",
    "bounces",
    "events",
    "identities",
    "receiving",
    "sending",
    "templates",
    "time-and-limits",
]
BLOCK = re.compile(r"^```(python|sh)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PREPARED = 'curl() { command curl --fail-with-body "$@"; }\n'  # a refusal fails the block
COMMAND = re.compile(r"^ses-emulator (?!smtp-credentials)(?P<rest>.*)$", re.MULTILINE)
HTTP_PORT, SUBMISSION_PORT = "localhost:8005", '"localhost", 2587'


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    """The server that the guides speak to."""
    with emulator.running() as running:
        yield running


@pytest.fixture
def at_hand(server: Running, monkeypatch: pytest.MonkeyPatch) -> Running:
    """The server with nothing in it, and the variables of the quick start."""
    Server(server.url).ask("POST", "/reset")
    given = {"ACCESS_KEY_ID": "test", "SECRET_ACCESS_KEY": "test", "DEFAULT_REGION": "us-east-1"}
    for name, value in {**given, "ENDPOINT_URL_SES": server.url}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    return server


@pytest.mark.parametrize("guide", GUIDES)
def test_a_guide_can_be_followed_from_top_to_bottom(guide: str, at_hand: Running, tmp_path: Path) -> None:
    blocks = BLOCK.findall((DOCS / f"{guide}.md").read_text())
    assert blocks
    known: dict[str, Any] = {"__name__": guide}
    for number, (language, text) in enumerate(blocks, 1):
        if language == "python":
            here = text.replace(SUBMISSION_PORT, f'"localhost", {at_hand.submission_port}')
            exec(compile(here, f"{guide}.md, block {number}", "exec"), known)
        else:
            here = COMMAND.sub(rf"python -m emulator \g<rest> --url {at_hand.url}", text)
            here = here.replace(HTTP_PORT, at_hand.url.removeprefix("http://"))
            done = subprocess.run(
                ["bash", "-euo", "pipefail", "-c", PREPARED + here], cwd=tmp_path, capture_output=True, text=True
            )
            assert done.returncode == 0, f"{here}\n{done.stdout}\n{done.stderr}"


def test_the_quick_start_ends_in_a_passing_test(pytester: pytest.Pytester) -> None:
    program, test = (
        text for language, text in BLOCK.findall((DOCS / "quick-start.md").read_text()) if language == "python"
    )
    pytester.makepyfile(passwords=program, test_passwords=test)
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)
