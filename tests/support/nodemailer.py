"""Sending with nodemailer, in a Node process of its own."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

_SCRIPT = Path(__file__).with_suffix(".cjs")
_INSTALLED = Path(__file__).parents[2] / ".node"
_SECONDS = 60


def send(transport: dict[str, Any], mail: dict[str, Any] | None) -> dict[str, Any]:
    """What nodemailer says of this mail: `messageId` and `response`, or `error`; without one, whether SES `works`."""
    node = shutil.which("node")
    if not node or not (_INSTALLED / ".installed").exists():
        pytest.skip("nodemailer is not installed (Debian: apt-get install nodejs npm; then make node)")
    finished = subprocess.run(
        [node, _SCRIPT],
        input=json.dumps(transport | {"mail": mail}),
        env=os.environ | {"NODE_PATH": str(_INSTALLED / "node_modules")},
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    return json.loads(finished.stdout)  # type: ignore[no-any-return]
