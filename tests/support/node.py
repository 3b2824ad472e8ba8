"""Programs in Node, each in a process of its own: JSON goes in, JSON comes out."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

_HERE = Path(__file__).parent
_INSTALLED = _HERE.parents[1] / ".node"
_SECONDS = 60


def run(program: str, given: object, **variables: str) -> Any:
    """What the program of that name says."""
    node = shutil.which("node")
    if not node or not (_INSTALLED / ".installed").exists():
        pytest.skip("Node's packages are not installed (Debian: apt-get install nodejs npm; then make node)")
    finished = subprocess.run(
        [node, _HERE / f"{program}.cjs"],
        input=json.dumps(given),
        env=os.environ | {"NODE_PATH": str(_INSTALLED / "node_modules")} | variables,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    return json.loads(finished.stdout)
