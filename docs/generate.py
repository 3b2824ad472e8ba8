#!/usr/bin/env python3
"""Writes the pages that follow from the code: settings, commands, routes, coverage, refusals, the ledger of facts."""

import argparse
import ast
import inspect
import io
import json
import re
import sys
import tokenize
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml

from emulator import cli, dispatch, server, settings
from emulator.http import inspection
from emulator.http.inspection import filters, openapi, schema
from emulator.ses import errors
from emulator.ses.errors import SesError
from emulator.store.turnstile import Turnstile
from emulator.version import VERSION
from emulator.wire import common_errors, model

DOCS = Path(__file__).parent
PACKAGE = DOCS.parent / "emulator"
NOTE = "<!-- Written by docs/generate.py; do not edit. -->"
_FACT = re.compile(r"(Source|Unverified)[^:\n]{0,40}:\s*(.*?)(?=(?:Source|Unverified)[^:\n]{0,40}:|\Z)", re.DOTALL)
SCOPE = ("`account`", "`region`")
# Refusals whose text is whatever was found: where those texts are.
_FAULTS = {"AddressFault": "ses/addresses.py", "MimeFault": "mime/headers.py"}


def pages() -> dict[str, str]:
    """Each generated page by its file name."""
    return {
        "settings.md": _settings(),
        "cli.md": _commands(),
        "inspection.md": _inspection(),
        "coverage.md": _coverage(),
        "errors.md": _errors(),
        "fidelity.md": _fidelity(),
    }


def _page(title: str, *lines: str) -> str:
    return "\n".join([f"# {title}", "", NOTE, "", *lines, ""])


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    """The lines of a table; nothing where it has no rows."""
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return [f"| {' | '.join(head)} |", f"|{' --- |' * len(tuple(head))}", *lines, ""] if lines else []


# ---- settings and commands


def _settings() -> str:
    rows = [
        (f"`{name}`", f"`{default}`" if default else "", _plain(_choices(text, choices)))
        for name, default, text, choices, _ in settings.described()
    ]
    return _page(
        "Settings",
        "A flag `--<name>` of `ses-emulator serve`, or a variable such as `SES_EMULATOR_DATABASE_URL`.",
        "A flag beats a variable; an unknown variable of that prefix stops the start.",
        "",
        *_table(("name", "default", "meaning"), rows)[:-1],
    )


def _choices(text: str, choices: Iterable[str]) -> str:
    """The help of a setting, with its choices where the text leaves one out."""
    unsaid = [choice for choice in choices if not re.search(rf"\b{re.escape(choice)}\b", text)]
    return f"{text}: {', '.join(choices)}" if unsaid else text


def _commands() -> str:
    lines: list[str] = []
    for path, command in _parsers("ses-emulator", cli._parser()):
        lines += [
            f"## `{path}`",
            "",
            f"{_capital(command.description)}.",
            "",
            "```text",
            _usage(path, command),
            "```",
            "",
        ]
        lines += _table(("argument", "meaning"), _arguments(command))
        if path.endswith(" serve"):
            lines += ["And every setting: [settings](settings.md).", ""]
    return _page(
        "Commands",
        *inspect.cleandoc(cli.__doc__ or "").splitlines(),
        "",
        *lines[:-1],
    )


def _parsers(path: str, parser: Any) -> Iterator[tuple[str, Any]]:
    """Each command that does something, with its words."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, command in action.choices.items():
                if command.learn:
                    command.learn(command)
                    command.learn = None
                yield from _parsers(f"{path} {name}", command)
            return
    yield path, parser


def _arguments(command: Any) -> Iterator[tuple[str, str]]:
    hidden = set() if "serve" not in command.prog.split() else {f"--{name}" for name in settings.names()}
    for action in command._actions:
        if action.dest == "help" or hidden & set(action.option_strings):
            continue
        metavar = action.metavar or (action.dest.upper() if action.option_strings else action.dest)
        named = ", ".join(action.option_strings)
        takes = f" {metavar}" if action.option_strings and action.nargs != 0 else ""
        default = action.default if isinstance(action.default, int | float) and action.nargs != 0 else None
        shown = f"{_plain(action.help or '')}{f' ({default})' if default is not None else ''}".strip()
        yield f"`{(named + takes) if named else metavar}`".replace("|", "\\|"), shown


def _usage(path: str, command: Any) -> str:
    words = [path]
    words += ["[--NAME VALUE …]" if path.endswith(" serve") else "[OPTIONS]"]
    for action in command._actions:
        if not action.option_strings:
            name = action.metavar or action.dest.upper()
            words.append(f"[{name} …]" if action.nargs == "*" else f"[{name}]" if action.nargs == "?" else name)
    return " ".join(words)


def _capital(text: str | None) -> str:
    return f"{(text or '')[:1].upper()}{(text or '')[1:]}"


# ---- routes


def _inspection() -> str:
    rows = []
    for route in inspection.ROUTES:
        text = (route.handler.__doc__ or "").partition("\n")[0]
        rows.append((f"`{route.method} {_path(route)}`", text))
    shared = [row for row in _members(filters.MessageFilter, "query") if row[0] not in SCOPE]
    details: list[str] = []
    for route in inspection.ROUTES:
        known = [row for row in _members(route.query, "query") if row[0] not in SCOPE and row not in shared]
        known += _members(route.body, "body")
        if known or route.accepts:
            details += [f"### `{route.method} {_path(route)}`", ""]
            details += [f"Its body is `{route.accepts}`.", ""] if route.accepts else []
            details += _table(("name", "in", "type", "meaning"), known)
    return _page(
        "Inspection and control",
        "JSON in snake case; refusals are problem documents (RFC 9457); times are ISO 8601 in UTC.",
        "`account` and `region` may be given in every query that is about them: without them, reading and deleting are",
        "of all, and writing of the default account in us-east-1.",
        "Answers in full, for programs: OpenAPI 3.1 at `GET /_emulator/openapi.json`; the site has it too.",
        "",
        *_table(("route", "what"), rows),
        "## Filters",
        "",
        "Routes that read or remove messages take these: all that is given must hold; texts match anywhere, whatever",
        "their case. With `latest` in place of an id they say of which messages.",
        "",
        *_table(("name", "in", "type", "meaning"), shared),
        "## What they take",
        "",
        *details[:-1],
    )


def _path(route: Any) -> str:
    return openapi.PREFIX + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route.path)


def _members(kind: type | None, where: str) -> Iterator[tuple[str, str, str, str]]:
    """The members of a query or a body: name, place, type and meaning."""
    if kind is None:
        return
    definitions: dict[str, Any] = {}
    described = schema.describe(kind, definitions)
    found = definitions.get(described.get("$ref", "").rpartition("/")[2], described)
    required = set(found.get("required", ()))
    for name, member in sorted(found.get("properties", {}).items(), key=lambda each: each[0] not in required):
        must = ", required" if name in required else ""
        yield f"`{name}`", where, f"{_type(member)}{must}", _plain(str(member.get("description", "")))


def _type(member: dict[str, Any]) -> str:
    """A JSON schema in a word or two."""
    if "anyOf" in member:
        return " or ".join(dict.fromkeys(_type(each) for each in member["anyOf"] if each.get("type") != "null"))
    if "$ref" in member or "allOf" in member:
        return "object"
    if member.get("format") == "date-time":
        return "time"
    if member.get("type") == "array":
        return f"array of {_type(member.get('items', {}))}"
    return str(member.get("type", "any"))


# ---- operations and refusals


def _coverage() -> str:
    nowhere = server.contexts(settings.Settings(), Turnstile())
    dispatcher = dispatch.Dispatcher(nowhere, settings.Settings().account_id)
    lines: list[str] = []
    for api in ("v1", "v2"):
        covered = [(name, done) for each, name, done in dispatcher.coverage() if each == api]
        count = sum(done for _, done in covered)
        lines += [f"## SES {api}: {count} of {len(covered)} operations", ""]
        rows = [(f"`{name}`", "yes" if done else "no", _said(dispatcher, api, name)) for name, done in covered]
        lines += _table(("operation", "here", "what it leaves"), rows) if count else [_listed(covered), ""]
    return _page(
        "Coverage",
        "Every operation of both APIs, by the models that botocore ships. One that is not here answers 501 with the",
        "code `NotImplemented`. `GET /_emulator/coverage` is the same of a running server, with the model it has.",
        "",
        *lines[:-1],
    )


def _said(dispatcher: dispatch.Dispatcher, api: str, name: str) -> str:
    """What the operation's function says of itself."""
    found = dispatcher.operations.get(model.method_name(name)) if api == "v1" else None
    return _cell((found.function.__doc__ or "").partition("\n")[0]) if found else ""


def _listed(covered: Iterable[tuple[str, bool]]) -> str:
    return f"Not here: {', '.join(f'`{name}`' for name, _ in covered)}."


def _errors() -> str:
    known = {name: each for name, each in vars(errors).items() if _is_refusal(each)}
    advised: dict[str, dict[str, list[str]]] = yaml.safe_load((DOCS / "errors.yaml").read_text())
    unknown = sorted({name for group in advised.values() for name in group} - set(known) - set(common_errors.STATUS))
    unsaid = sorted(set(known) - {name for group in advised.values() for name in group})
    if unknown or unsaid:
        sys.exit(f"docs/errors.yaml lacks {unsaid or 'nothing'}, and has {unknown or 'nothing'} that is no refusal")
    service = model.load("ses", "2010-12-01")
    lines: list[str] = []
    for title, group in advised.items():
        rows = []
        for name, (cause, remedy) in group.items():
            refusal = known.get(name)
            code, status = _code(service, refusal.v1 if refusal else name)
            text = f"{_code_span(refusal.template)}<br>" if refusal and refusal.template != "{text}" else ""
            rows.append((f"{text}{code}, {status}", _cell(cause), _cell(remedy)))
        lines += [f"## {title}", "", *_table(("text, code, status", "why", "what to do"), rows)]
    for fault, where in _FAULTS.items():
        texts = dict.fromkeys(_raised(PACKAGE / where, fault))
        title = "What is wrong with an address" if fault == "AddressFault" else "What is wrong with a message"
        lines += [f"## {title}", "", "Each comes as `InvalidParameterValue`, 400.", ""]
        lines += [*(f"- `{text}`" for text in texts), ""]
    return _page(
        "All refusals",
        "Every text that SES refuses a call with, as AWS words it; `…` stands for what differs. Over SMTP the same",
        "text follows a reply code, such as `554 Message rejected:`. Which texts were recorded at AWS, and which are",
        "guesses, says [fidelity](fidelity.md).",
        "",
        *lines[:-1],
    )


def _is_refusal(found: object) -> bool:
    return isinstance(found, type) and issubclass(found, SesError) and "v1" in vars(found)


def _code(service: model.Service, v1: str) -> tuple[str, int]:
    return service.errors.get(v1) or (v1, common_errors.STATUS[v1])


def _code_span(template: str) -> str:
    """The text of a refusal; one that holds backticks stands between two."""
    text = re.sub(r"\{\w+\}", "…", template).replace("|", "\\|")
    return f"``{text}``" if "`" in text else f"`{text}`"


def _raised(path: Path, fault: str) -> Iterator[str]:
    """The texts with which the file raises it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and ast.unparse(node.exc.func) == fault:
            yield from _worded(node.exc.args[0])


def _worded(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.IfExp):
        yield from _worded(node.body)
        yield from _worded(node.orelse)
    elif isinstance(node, ast.Constant):
        yield str(node.value)
    elif isinstance(node, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)


# ---- the ledger of facts


def _fidelity() -> str:
    kept: dict[str, list[tuple[str, str, str]]] = {"Unverified": [], "Source": []}
    for path in sorted(PACKAGE.rglob("*.py")):
        for name, about, text in _texts(path):
            for kind, fact in _FACT.findall(text):
                where = f"{path.relative_to(PACKAGE.parent)}{f': {name}' if name else ''}"
                kept[kind].append((f"`{where}`", _cell(about), _cell(fact)))
    lines = ["What is taken from AWS, and what is a guess until somebody records it.", ""]
    for kind, title in (("Unverified", "Guesses"), ("Source", "Recorded or documented")):
        lines += [f"## {title}", "", *_table(("where", "what", "note"), kept[kind])]
    return _page("Fidelity", *lines[:-1])


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
            return f"`{ast.literal_eval(statement.value)}`" if isinstance(statement.value, ast.Constant) else ""
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


def _plain(text: str) -> str:
    """The text of somebody who did not think of Markdown."""
    return re.sub(r"[|*]", r"\\\g<0>", text)


def _cell(text: str) -> str:
    """The text on one line, as a table can hold it."""
    return " ".join(text.split()).replace("|", "\\|").strip(" (")


if __name__ == "__main__":
    if sys.argv[1:] == ["--openapi"]:
        print(json.dumps(openapi.describe(inspection.ROUTES, VERSION), indent=1))
    else:
        for name, page in pages().items():
            (DOCS / name).write_text(page)
