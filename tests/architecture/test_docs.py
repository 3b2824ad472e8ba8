"""The docs say what the code does."""

import importlib.util
import re
from pathlib import Path

import pytest

from emulator import settings

ROOT = Path(__file__).parents[2]


def _pages() -> dict[str, str]:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.pages()  # type: ignore[no-any-return]


@pytest.mark.parametrize("name", ["settings.md", "inspection.md", "fidelity.md"])
def test_a_generated_page_is_up_to_date(name: str) -> None:
    assert (ROOT / "docs" / name).read_text() == _pages()[name], "run `make docs`"


def test_the_readme_names_only_settings_that_exist() -> None:
    named = set(re.findall(r"--([a-z][a-z-]+)", (ROOT / "README.md").read_text())) & {
        *settings.names(), "smtp-port", "submission-port", "credentials"
    }  # fmt: skip
    assert named <= set(settings.names())


def test_links_between_the_docs_lead_somewhere() -> None:
    broken = [
        f"{page.name}: {target}"
        for page in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
        for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text())
        if not (page.parent / target).exists()
    ]
    assert not broken
