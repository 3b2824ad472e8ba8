"""`/_emulator`: inspection and control, one module a resource."""

from flask import Blueprint, Response, jsonify

from emulator.http.inspection import (
    account,
    authenticity,
    clock,
    configuration_sets,
    contents,
    dns,
    events,
    faults,
    identities,
    inbound,
    jobs,
    messages,
    metrics,
    openapi,
    receipt_rule_sets,
    recipients,
    scopes,
    search,
    seed,
    sending,
    statistics,
    stream,
    suppression,
    system,
    templates,
)
from emulator.http.inspection.problems import Problem
from emulator.http.inspection.routes import register
from emulator.http.parts import Parts

MODULES = (
    messages,
    contents,
    authenticity,
    sending,
    search,
    scopes,
    stream,
    inbound,
    events,
    recipients,
    faults,
    suppression,
    identities,
    templates,
    configuration_sets,
    receipt_rule_sets,
    dns,
    account,
    statistics,
    clock,
    jobs,
    metrics,
    seed,
    system,
)
ROUTES = [route for module in MODULES for route in module.routes.routes]


METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def blueprint(parts: Parts) -> Blueprint:
    """Every inspection route, and their description at `/openapi.json`."""
    inspection = Blueprint("inspection", __name__, url_prefix=openapi.PREFIX)
    register(inspection, parts, ROUTES)

    @inspection.get("/openapi.json")
    def describe() -> Response:
        return jsonify(openapi.describe(ROUTES, parts.version))

    @inspection.route("", methods=METHODS)
    @inspection.route("/", methods=METHODS)
    @inspection.route("/<path:unknown>", methods=METHODS)
    def no_route(unknown: str = "") -> Response:
        return Problem(404, f"There is no route {unknown!r} for this method; see /_emulator/openapi.json.").response()

    return inspection
