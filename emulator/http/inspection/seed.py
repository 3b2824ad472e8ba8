"""Seeds: a state in a file, applied and written."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

from flask import Response, request

from emulator.context import Context
from emulator.http.inspection.filters import AccountScope, Scope
from emulator.http.inspection.problems import Problem
from emulator.http.inspection.routes import Routes
from emulator.http.parts import DEFAULT_REGION, Parts
from emulator.seed.flaws import SeedError
from emulator.ses import regions, resetting

routes = Routes()

# The name of a seed that came without one, by what its sender says it is.
NAMES = {"application/toml": "seed.toml", "application/json": "seed.json"}
YAML, JSON = "yaml", "json"


@dataclass(frozen=True, slots=True)
class Seeded:
    """How many things the seed speaks of, and how many of them were not so before."""

    things: int
    changed: int


@dataclass(frozen=True, slots=True)
class ExportQuery(Scope):
    """Whose state, and in which form."""

    format: str = field(default=YAML, metadata={"help": "yaml or json"})


@routes.route("GET", "/seed", query=ExportQuery, media_type="application/yaml")
def export_seed(parts: Parts, query: ExportQuery) -> Response:
    """What is set up, as a seed that sets it up again; of one account, a seed that any account can be given."""
    from emulator.seed import applying, exporting, writing  # with all that seeds need: a start need not wait for it

    if query.format not in (YAML, JSON):
        raise Problem(400, f"format must be {YAML} or {JSON}, not {query.format!r}.")
    with parts.context(query.account, query.region) as ctx:
        seed = exporting.export(ctx, applying.Scope(query.account, query.region))
    write = writing.to_yaml if query.format == YAML else writing.to_json
    return Response(write(seed), content_type=f"application/{query.format}")


@routes.route("POST", "/seed", query=AccountScope, answer=Seeded, accepts="application/yaml")
def apply_seed(parts: Parts, query: AccountScope) -> Seeded:
    """All that the seed says is so, or nothing of it; what names no account is of the one given.

    The body is a seed in YAML, in JSON or, as `application/toml`, in TOML; or `{"files": {name: text}}` in JSON: its
    files, the first of which is the seed that names the others.
    """
    from emulator.seed import applying, files

    if query.region is not None and query.region not in regions.DISPLAY_NAMES:
        raise Problem(400, f"There is no region {query.region!r}.")
    if query.account is not None and not re.fullmatch("[0-9]{12}", query.account):
        raise Problem(400, f"account must be 12 digits, not {query.account!r}.")
    texts = _texts()
    try:
        loaded = files.load(next(iter(texts)), files.among(texts))
        contexts, account = parts.dispatcher.contexts, query.account or parts.dispatcher.account_id
        return Seeded(*applying.apply(contexts, loaded.seeds, account, query.region or DEFAULT_REGION))
    except SeedError as error:
        raise refused(error) from None


@routes.route("GET", "/seed.schema.json", media_type="application/schema+json")
def get_schema(parts: Parts) -> Response:
    """The format of seeds as JSON Schema, for editors."""
    from emulator.seed import schema

    return Response(schema.text(), content_type="application/schema+json")


def plant_anew(parts: Parts, account: str | None, region: str | None) -> None:
    """All is gone, or what that account or region has, and there again is what the seed file says of it."""
    from emulator.seed import applying, files
    from emulator.seed.applying import Scope

    def empty(ctx: Context) -> None:
        resetting.reset(ctx, account, region)

    contexts, default = parts.dispatcher.contexts, parts.dispatcher.account_id
    try:
        loaded = files.load(parts.seed_file, files.from_disk)
        applying.apply(contexts, loaded.seeds, default, only=Scope(account, region), first=empty)
    except SeedError as error:
        raise refused(error) from None


def refused(error: SeedError) -> Problem:
    """A seed that was not applied."""
    return Problem(400, str(error), code=error.code)


def _texts() -> dict[str, str]:
    """The files of the body, by name; the seed is the first."""
    try:
        body = request.get_data().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Problem(400, "The body is not UTF-8.") from None
    if request.mimetype == "application/json":
        given = _files(body)
        if given:
            return given
    return {NAMES.get(request.mimetype, "seed"): body}


def _files(body: str) -> dict[str, str] | None:
    try:
        document: Any = json.loads(body)
    except (ValueError, RecursionError):
        return None  # told in words where it is read as a seed
    if not isinstance(document, dict) or set(document) != {"files"}:
        return None
    given = document["files"]
    if not isinstance(given, dict) or not given or not all(isinstance(text, str) for text in given.values()):
        raise Problem(400, "files must be texts by the names of their files.")
    return given
