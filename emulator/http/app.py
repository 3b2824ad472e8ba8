"""The Flask app: the AWS API, inspection, the inbox, and the pages behind links in mails."""

import threading
from collections.abc import Callable
from functools import cache

from flask import Flask, Response, request
from werkzeug.wrappers import Response as BaseResponse

from emulator.http import aws
from emulator.http.parts import Parts

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
IDLE_SECONDS = 1.0  # after the last call, all that is none is made ready: a first look at the inbox need not wait


def create_app(parts: Parts) -> Flask:
    """The app over these parts; it keeps no state of its own."""
    app = Flask("emulator", static_folder=None, template_folder=None)
    others = _others(parts)

    def elsewhere() -> BaseResponse:
        return Response.from_app(others(), request.environ)

    app.register_blueprint(aws.blueprint(parts.dispatcher, elsewhere))

    @app.route("/<path:_path>", methods=METHODS)
    def other(_path: str) -> BaseResponse:
        return elsewhere()

    threading.Thread(target=_make_ready, args=(parts, others), name="ready", daemon=True).start()
    return app


def _make_ready(parts: Parts, others: Callable[[], Flask]) -> None:
    """The rest is there as soon as no call would feel that it is being made."""
    requests, clock = parts.dispatcher.requests, parts.dispatcher.outside.clock
    while not parts.stopping.wait(IDLE_SECONDS):
        if not requests or clock.monotonic() > requests[-1].started + IDLE_SECONDS:
            others()
            return


def _others(parts: Parts) -> Callable[[], Flask]:
    """All that is no AWS call, as an app of its own, made at its first use or soon: no AWS call need wait for it."""

    @cache
    def app() -> Flask:
        from emulator.http import aliases, guard, inspection, pages, sns, tracking, verification

        app = Flask("emulator.others", static_folder=None, template_folder=None)
        for guarded in (inspection.blueprint(parts), aliases.blueprint(parts), pages.blueprint()):
            guard.put_before(guarded, parts.access)
            app.register_blueprint(guarded)
        app.register_blueprint(verification.blueprint(parts.dispatcher))
        app.register_blueprint(sns.blueprint(parts.dispatcher))
        app.register_blueprint(tracking.blueprint(parts.dispatcher))
        return app

    return app
