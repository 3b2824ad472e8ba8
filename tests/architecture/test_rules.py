"""The rules the code keeps: imports, sizes, docs in step."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
EXCEPTED = {"schema.py", "errors.py"}


def test_imports_point_the_way_the_contracts_say() -> None:
    command = [sys.executable, "-c", "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"]
    finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stdout


def test_no_file_of_the_package_is_longer_than_400_lines() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in (ROOT / "emulator").rglob("*.py")
        if (lines := len(path.read_text().splitlines())) > 400 and path.name not in EXCEPTED
    }
    assert not long
