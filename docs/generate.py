#!/usr/bin/env python3
"""Writes the pages that follow from the code: settings, inspection routes, and the ledger of facts."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

from emulator import settings
from emulator.http import inspection
from emulator.http.inspection import openapi

DOCS = Path(__file__).parent
PACKAGE = DOCS.parent / "emulator"
NOTE = "<!-- Written by docs/generate.py; do not edit. -->"
_FACT = re.compile(r"(Source|Unverified)[^:\n]{0,40}:\s*(.*?)(?=(?:Source|Unverified)[^:\n]{0,40}:|\Z)", re.DOTALL)


def pages() -> dict[str, str]:
    """Each generated page by its file name."""
    return {"settings.md": _settings(), "inspection.md": _inspection(), "fidelity.md": _fidelity()}


def _settings() -> str:
    rows = [
        f"| `{name}` | {f'`{default}`' if default else ''} | {text} |"
        for name, default, text, _, _ in settings.described()
    ]
    return "\n".join(
        [
            "# Settings",
            "",
            NOTE,
            "",
            "A flag `--<name>` of `ses-emulator serve`, or a variable such as `SES_EMULATOR_DATABASE_URL`.",
            "A flag beats a variable; an unknown variable of that prefix stops the start.",
            "",
            "| name | default | meaning |",
            "| --- | --- | --- |",
            *rows,
            "",
        ]
    )


def _inspection() -> str:
    rows = []
    for route in inspection.ROUTES:
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route.path)
        text = (route.handler.__doc__ or "").partition("\n")[0]
        rows.append(f"| `{route.method} {openapi.PREFIX}{path}` | {text} |")
    return "\n".join(
        [
            "# Inspection and control",
            "",
            NOTE,
            "",
            "JSON in snake case; refusals are problem documents (RFC 9457); times are ISO 8601 in UTC.",
            "Query parameters and answers in full: `GET /_emulator/openapi.json`.",
            "",
            "| route | what |",
            "| --- | --- |",
            *rows,
            "",
        ]
    )


def _fidelity() -> str:
    kept: dict[str, list[str]] = {"Unverified": [], "Source": []}
    for path in sorted(PACKAGE.rglob("*.py")):
        for name, about, text in _texts(path):
            for kind, fact in _FACT.findall(text):
                where = f"{path.relative_to(PACKAGE.parent)}{f': {name}' if name else ''}"
                kept[kind].append(f"| `{where}` | {_sentence(about)} | {_sentence(fact)} |")
    lines = ["# Fidelity", "", NOTE, "", "What is taken from AWS, and what is a guess until somebody records it.", ""]
    for kind, title in (("Unverified", "Guesses"), ("Source", "Recorded or documented")):
        lines += [f"## {title}", "", "| where | what | note |", "| --- | --- | --- |", *kept[kind], ""]
    return "\n".join(lines)


def _texts(path: Path) -> Iterator[tuple[str, str, str]]:
    """Name, summary and whole text of each docstring and of each run of comment lines."""
    source = path.read_text()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            text = ast.get_docstring(node) or ""
            name = "" if isinstance(node, ast.Module) else node.name
            yield name, _message_of(node) or _FACT.sub("", text.partition("\n")[0]), text
    yield from _comments(source)


def _message_of(node: ast.AST) -> str:
    """The text of a refusal, where the object is one."""
    for statement in node.body if isinstance(node, ast.ClassDef) else ():
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "template":
            return f"`{ast.literal_eval(statement.value)}`"
    return ""


def _comments(source: str) -> Iterator[tuple[str, str, str]]:
    """The comments, each named after what stands below or before it."""
    lines = source.splitlines()
    run = ""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.COMMENT:
            continue
        code = lines[token.start[0] - 1][: token.start[1]].strip()
        run = f"{run} {token.string.lstrip('# ')}"
        below = lines[token.start[0]].strip() if token.start[0] < len(lines) else ""
        if code or not below.startswith("#"):
            named = re.match(r'(_?[A-Z][A-Z_0-9]+)\b|"(\w+)": ', code or below)
            yield (named[1] or named[2]) if named else "", _FACT.sub("", run), run
            run = ""


def _sentence(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").strip(" (")


if __name__ == "__main__":
    for name, page in pages().items():
        (DOCS / name).write_text(page)
