"""The Flask app: the AWS API, inspection, and the pages behind links in mails."""

from flask import Flask

from emulator.dispatch import Dispatcher
from emulator.http import aws, inspection, verification
from emulator.http.inspection.parts import Parts


def create_app(parts: Parts) -> Flask:
    """The app over these parts; it keeps no state of its own."""
    app = Flask("emulator", static_folder=None, template_folder=None)
    app.url_map.strict_slashes = False
    app.register_blueprint(aws.blueprint(parts.dispatcher))
    app.register_blueprint(verification.blueprint(parts.dispatcher))
    app.register_blueprint(inspection.blueprint(parts))
    return app


__all__ = ["Dispatcher", "create_app"]
