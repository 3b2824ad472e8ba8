"""The docs say what the code does."""

import argparse
import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from emulator import cli, settings
from emulator.ses import errors
from emulator.ses.errors import SesError

ROOT = Path(__file__).parents[2]
PAGES = [path for folder in (".", "docs", "examples", "examples/*-signup") for path in ROOT.glob(f"{folder}/*.md")]
GENERATED = ["cli.md", "coverage.md", "errors.md", "fidelity.md", "inspection.md", "settings.md"]
# Of the AWS CLI, of Docker and pytest; and a variable that Kubernetes makes.
OTHERS = {"endpoint-url", "env", "every-case", "profile", "ses-emulator-url", f"{settings.PREFIX}SERVICE_HOST"}


@pytest.fixture(scope="module")
def generated() -> dict[str, str]:
    """The generated pages as they would be now."""
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.pages()  # type: ignore[no-any-return]


def test_every_refusal_is_explained() -> None:
    explained = {
        name for group in yaml.safe_load((ROOT / "docs" / "errors.yaml").read_text()).values() for name in group
    }
    refusals = {
        name
        for name, each in vars(errors).items()
        if isinstance(each, type) and issubclass(each, SesError) and "v1" in vars(each)
    }
    assert refusals <= explained, "say in docs/errors.yaml why it comes, and what to do"


@pytest.mark.parametrize("name", GENERATED)
def test_a_generated_page_is_up_to_date(name: str, generated: dict[str, str]) -> None:
    assert (ROOT / "docs" / name).read_text() == generated[name], "run `make docs`"


def test_all_generated_pages_are_compared(generated: dict[str, str]) -> None:
    assert sorted(generated) == GENERATED


def test_flags_and_variables_that_the_docs_name_exist() -> None:
    known = {*settings.names(), *_options(cli._parser()), *OTHERS, *map(settings.variable, settings.names())}
    unknown = [f"{page.relative_to(ROOT)}: {name}" for page in PAGES for name in _named(page.read_text()) - known]
    assert not unknown


def test_links_between_the_docs_lead_somewhere() -> None:
    broken = [
        f"{page.name}: {target}"
        for page in PAGES
        for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text())
        if not (page.parent / target).exists()
    ]
    assert not broken


def _named(text: str) -> set[str]:
    """The flags of the command and the variables of settings in a page."""
    commands = re.findall(r"ses-emulator (?:serve|migrate|smtp-credentials)\b[^#\n]*", text)
    flags = {flag for command in commands for flag in re.findall(r" --([a-z0-9-]+)", command)}
    flags |= set(re.findall(r"`--([a-z0-9-]+)", text))
    return flags | set(re.findall(rf"\b{settings.PREFIX}[A-Z0-9_]+\b", text))


def _options(parser: argparse.ArgumentParser) -> Iterator[str]:
    """The long options of all commands."""
    learn = getattr(parser, "learn", None)
    if learn:
        learn(parser)
    for action in parser._actions:
        yield from (option.removeprefix("--") for option in action.option_strings)
        for command in action.choices.values() if isinstance(action, argparse._SubParsersAction) else ():
            yield from _options(command)
