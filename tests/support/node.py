"""Programs in Node."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.support import programs

_INSTALLED = programs.ROOT / ".node"


def run(program: str, given: object, **variables: str) -> Any:
    """What the program of that name says."""
    node = shutil.which("node")
    if not node or not (_INSTALLED / ".installed").exists():
        pytest.skip("Node's packages are not installed (Debian: apt-get install nodejs npm; then make node)")
    command: list[str | Path] = [node, programs.HERE / f"{program}.cjs"]
    return programs.run(command, given, NODE_PATH=str(_INSTALLED / "node_modules"), **variables)
