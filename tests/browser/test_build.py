"""What is served of the inbox is what its source says."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE, BUILT = ROOT / "inbox", ROOT / "emulator/http/inbox"


def test_the_committed_build_is_that_of_the_source() -> None:
    if shutil.which("npm") is None or not (SOURCE / "node_modules").exists():
        pytest.skip("The inbox's packages are not installed (make inbox)")
    checked = subprocess.run(["npm", "run", "check"], cwd=SOURCE, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_first_paint_needs_less_than_200_kilobytes() -> None:
    loaded = ("index.html", "app.js", "app.css", "icon.svg")
    assert sum((BUILT / name).stat().st_size for name in loaded) < 200_000


def test_nothing_in_the_build_comes_from_elsewhere() -> None:
    page = (BUILT / "index.html").read_text()
    assert "<script>" not in page
    assert "style=" not in page
    assert "//" not in page.replace("<!doctype html>", "")
