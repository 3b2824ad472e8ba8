"""The OpenAPI 3.1 description of the inspection API, from the routes' declarations."""

import re
from typing import Any

from emulator.http.inspection import schema
from emulator.http.inspection.routes import Route

PREFIX = "/_emulator"
_PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")
_PROBLEM = {
    "type": "object",
    "description": "Why the request was refused (RFC 9457).",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
    },
    "required": ["type", "title", "status", "detail"],
}


def describe(routes: list[Route], version: str) -> dict[str, Any]:
    """The whole document."""
    definitions: dict[str, schema.Schema] = {"Problem": _PROBLEM}
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        path = PREFIX + _PARAMETER.sub(r"{\2}", route.path)
        paths.setdefault(path, {})[route.method.lower()] = _operation(route, definitions)
    return {
        "openapi": "3.1.0",
        "info": {"title": "ses-emulator inspection and control", "version": version},
        "paths": paths,
        "components": {"schemas": definitions},
    }


def _operation(route: Route, definitions: dict[str, schema.Schema]) -> dict[str, Any]:
    summary, _, description = (route.handler.__doc__ or "").partition("\n")
    operation: dict[str, Any] = {
        "operationId": f"{route.method.lower()}_{route.handler.__name__}",
        "tags": [route.handler.__module__.rpartition(".")[2]],
        "summary": summary,
        "parameters": [
            {
                "name": found[2],
                "in": "path",
                "required": True,
                "schema": {"type": "integer" if found[1] == "int" else "string"},
            }
            for found in _PARAMETER.finditer(route.path)
        ],
        "responses": {
            "default": {
                "description": "The request was refused.",
                "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
            }
        },
    }
    if description.strip():
        operation["description"] = " ".join(description.split())
    if route.query:
        operation["parameters"] += schema.parameters(route.query)
    if route.body:
        content = {"application/json": {"schema": schema.describe(route.body, definitions)}}
        operation["requestBody"] = {"content": content, "required": True}
    if route.accepts:
        operation["requestBody"] = {"content": {route.accepts: {"schema": {"type": "string"}}}, "required": True}
    if route.answer is None and route.media_type == "application/json":
        operation["responses"]["204"] = {"description": "Done."}
    else:
        described = schema.describe(route.answer, definitions) if route.answer else {"type": "string"}
        operation["responses"]["200"] = {
            "description": summary,
            "content": {route.media_type: {"schema": described}},
        }
    return operation
