"""How an inspection route is declared: method, path, and the dataclasses of its query, body and answer.

Parsing, problem documents and the OpenAPI description follow from the declaration.
"""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, request

from emulator.http.inspection import schema
from emulator.http.inspection.problems import Problem
from emulator.http.parts import Parts
from emulator.store.engine import DatabaseUnavailable

log = logging.getLogger("emulator.inspection")

# How many characters they have at most, as no database keeps names of any length.
LONGEST = {"account": (12, "12 digits"), "region": (64, "the name of a region")}

Handler = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Route:
    """One route; its handler is called with `parts`, the path's values, and `query` and `body` where it has them."""

    method: str
    path: str
    handler: Handler
    query: type | None
    body: type | None
    answer: type | None
    media_type: str
    accepts: str  # the media type of a body that is read as it is


class Routes:
    """The routes of one resource."""

    def __init__(self) -> None:
        self.routes: list[Route] = []

    def route(
        self,
        method: str,
        path: str,
        *,
        query: type | None = None,
        body: type | None = None,
        answer: type | None = None,
        media_type: str = "application/json",
        accepts: str = "",
    ) -> Callable[[Handler], Handler]:
        """Declares the function below as the handler of a route."""

        def declare(handler: Handler) -> Handler:
            self.routes.append(Route(method, path, handler, query, body, answer, media_type, accepts))
            return handler

        return declare


def register(blueprint: Blueprint, parts: Parts, routes: list[Route]) -> None:
    """The routes are part of the blueprint."""
    for route in routes:
        blueprint.add_url_rule(
            route.path,
            endpoint=f"{route.handler.__module__.rpartition('.')[2]}_{route.handler.__name__}",
            view_func=_view(parts, route),
            methods=[route.method],
        )


def _view(parts: Parts, route: Route) -> Callable[..., Response]:
    def view(**path: Any) -> Response:
        try:
            arguments: dict[str, Any] = {"parts": parts, **path}
            if "\0" in request.path:
                raise Problem(400, "The path holds a NUL.")
            for name, (most, what) in LONGEST.items():
                if len(given := request.args.get(name, "")) > most:
                    raise Problem(400, f"{name} must be {what}, not {given[:100]!r}.")
            if route.query:
                arguments["query"] = schema.read_query(route.query, request.args)
            if route.body:
                arguments["body"] = schema.read_body(route.body, _document())
            answer = route.handler(**arguments)
        except Problem as problem:
            return problem.response()
        except DatabaseUnavailable as error:
            return Problem(503, f"The database does not answer: {error}").response()
        except Exception:
            log.exception("%s %s failed", route.method, request.path)
            return Problem(500, "This is a bug of ses-emulator; the log has its traceback.").response()
        if isinstance(answer, Response):
            return answer
        if answer is None:
            return Response(status=204)
        return Response(_encode(schema.write(answer)), content_type="application/json")

    return view


def _document() -> Any:
    try:
        return json.loads(request.get_data() or b"{}")
    except ValueError as error:
        raise Problem(400, f"The body is not JSON: {error}") from None
    except RecursionError:
        raise Problem(400, "The body is nested too deeply.") from None


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
