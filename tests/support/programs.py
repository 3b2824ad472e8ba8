"""Programs of other languages, each in a process of its own: JSON goes in, JSON comes out."""

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
_SECONDS = 60


def run(command: Sequence[str | Path], given: object, **variables: str) -> Any:
    """What the program says."""
    finished = subprocess.run(
        command,
        input=json.dumps(given),
        env=os.environ | variables,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    return json.loads(finished.stdout)
