"""The seed that `ses-emulator init` writes: a few things to begin with, and the others in comments."""

from pathlib import Path

_NAME, _URL = "seed.yaml", "http://127.0.0.1:8005"


def text(name: str, url: str) -> str:
    """The starter as the file of that name, its schema at that server."""
    starter = Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8")
    return starter.replace(_URL, url.rstrip("/"), 1).replace(f" {_NAME} ", f" {name} ")
