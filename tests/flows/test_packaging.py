"""What is shipped: the wheel's files, and the files around the package that name its settings and commands."""

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from emulator import settings
from emulator.version import VERSION

ROOT = Path(__file__).parents[2]


def test_wheel_holds_the_whole_package_and_nothing_else(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    files = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    package = _files(ROOT / "emulator", "emulator") | _files(ROOT / "migrations", "emulator/migrations")
    assert files == package
    assert {
        "emulator/py.typed",
        "emulator/migrations/env.py",
        "emulator/migrations/versions/0001_first_tables.py",
    } <= files


@pytest.mark.parametrize("name", ["Dockerfile", "docker-compose.yml"])
def test_container_files_set_what_the_settings_know(name: str) -> None:
    given = dict(re.findall(rf"({settings.PREFIX}\w+)[=:] *(\S+)", (ROOT / name).read_text()))
    assert given
    settings.load({}, given)  # refuses a variable it does not know and a value that makes no sense


def test_image_is_labelled_with_the_version() -> None:
    said = subprocess.run(["make", "-s", "image", "DOCKER=echo"], cwd=ROOT, check=True, capture_output=True, text=True)
    assert f"VERSION={VERSION} " in said.stdout


def test_makefile_has_the_targets_that_the_docs_name() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert {"serve", "test", "check", "bench", "dist", "image", "clean"} <= targets
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        named = set(re.findall(r"(?:`|^(?: {4}|\$ )?)make ([a-z]+)(?=`|$| +[#A-Z])", page.read_text(), re.MULTILINE))
        assert named <= targets, page.name


def test_ci_runs_the_test_command_of_the_readme() -> None:
    assert re.search(r"^make test\b", (ROOT / ".ci" / "run").read_text(), re.MULTILINE)


def test_constraints_pin_every_requirement_at_a_version_it_allows() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = [
        Requirement(text)
        for texts in (
            project["project"]["dependencies"],
            project["project"]["optional-dependencies"]["postgresql"],
            project["dependency-groups"]["dev"],
        )
        for text in texts
    ]
    lines = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if not line.startswith("#")]
    pins = {canonicalize_name(name): version for name, _, version in (line.partition("==") for line in lines)}
    wrong = [str(each) for each in wanted if not each.specifier.contains(pins.get(canonicalize_name(each.name), "0"))]
    assert not wrong


def _files(folder: Path, prefix: str) -> set[str]:
    return {
        f"{prefix}/{path.relative_to(folder).as_posix()}"
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
