"""People sign up with an address, and follow a link to prove that it is theirs; who bounces or complains is left alone.

Nothing here knows of the emulator. `flask --app app run` serves; `flask --app app set-up-ses` makes what SES needs.
"""

import json
import os
import sqlite3
from collections.abc import Mapping
from typing import Any
from urllib.request import urlopen

import boto3
import click
from botocore.config import Config
from botocore.exceptions import ClientError
from flask import Flask, abort, current_app, render_template_string, request, url_for
from itsdangerous import BadSignature, URLSafeTimedSerializer

import sns

CONFIGURATION_SET = "signup"
CONFIRMED_WITHIN = 24 * 3600  # seconds
RETRIES = Config(retries={"mode": "standard", "max_attempts": 4})
TABLES = """
CREATE TABLE IF NOT EXISTS members (address TEXT PRIMARY KEY, confirmed INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS unreachable (address TEXT PRIMARY KEY, why TEXT NOT NULL);
"""
TEXT = """Hello!

Please confirm that you want to be a member: {link}

If it was not you, do nothing.
"""
HTML = """<p>Hello!</p>
<p><a href="{{ link }}">Confirm that you want to be a member</a></p>
<p>If it was not you, do nothing.</p>
"""


def create_app(settings: Mapping[str, object] = os.environ) -> Flask:
    """The site. Settings: SECRET_KEY, DATABASE, SENDER, and SNS_HOSTS, which may sign what is told of mail."""
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=settings.get("SECRET_KEY", "only for development"),
        DATABASE=settings.get("DATABASE", "members.db"),
        SENDER=settings.get("SENDER", "Members <hello@example.com>"),
        SNS_HOSTS=str(settings.get("SNS_HOSTS", "")).split(),
    )
    app.add_url_rule("/signup", view_func=sign_up, methods=["POST"])
    app.add_url_rule("/confirm/<token>", view_func=confirm)
    app.add_url_rule("/ses/events", view_func=hear, methods=["POST"])
    app.add_url_rule("/health", view_func=lambda: "ok\n")
    app.cli.command("set-up-ses")(click.argument("topic_arn")(set_up_ses))
    return app


def sign_up() -> tuple[str, int]:
    """A mail with a link is on its way to the address."""
    address = request.form["email"].strip().lower()
    with database() as rows:
        if rows.execute("SELECT 1 FROM unreachable WHERE address = ?", [address]).fetchone():
            return "We cannot reach that address.\n", 422
    link = url_for("confirm", token=tokens().dumps(address), _external=True)
    try:
        ses().send_email(
            Source=current_app.config["SENDER"],
            Destination={"ToAddresses": [address]},
            Message={
                "Subject": {"Data": "Confirm your address"},
                "Body": {
                    "Text": {"Data": TEXT.format(link=link)},
                    "Html": {"Data": render_template_string(HTML, link=link)},
                },
            },
            ConfigurationSetName=CONFIGURATION_SET,
        )
    except ClientError as refusal:
        current_app.logger.warning("no mail to %s: %s", address, refusal)
        return "We cannot send mail just now.\n", 503
    return "Look into your mailbox.\n", 202


def confirm(token: str) -> tuple[str, int]:
    """Who followed the link is a member."""
    try:
        address = tokens().loads(token, max_age=CONFIRMED_WITHIN)
    except BadSignature:  # an expired one, too
        return "That link is no good any more.\n", 410
    with database() as rows:
        rows.execute("INSERT INTO members VALUES (?, 1) ON CONFLICT DO UPDATE SET confirmed = 1", [address])
    return "Welcome!\n", 200


def hear() -> tuple[str, int]:
    """What SNS tells of our mail is known: who cannot be reached, or does not want to be."""
    message = sns.verified(request.get_data(), current_app.config["SNS_HOSTS"])
    if message is None:
        abort(403)
    if message["Type"] == "SubscriptionConfirmation":
        urlopen(message["SubscribeURL"], timeout=10).close()
    elif message["Type"] == "Notification" and message["Message"].startswith("{"):
        event = json.loads(message["Message"])
        with database() as rows:
            rows.executemany("INSERT OR REPLACE INTO unreachable VALUES (?, ?)", lost(event))
    return "", 204


def lost(event: Mapping[str, object]) -> list[tuple[str, str]]:
    """The addresses that the event says get no more mail, and why."""
    match event:
        case {"eventType": "Bounce", "bounce": {"bounceType": "Permanent", "bouncedRecipients": recipients}}:
            return [(each["emailAddress"].lower(), "bounced") for each in recipients]
        case {"eventType": "Complaint", "complaint": {"complainedRecipients": recipients}}:
            return [(each["emailAddress"].lower(), "complained") for each in recipients]
    return []


def set_up_ses(topic_arn: str) -> None:
    """SES has a configuration set whose bounces and complaints go to the topic."""
    client = ses()
    client.create_configuration_set(ConfigurationSet={"Name": CONFIGURATION_SET})
    client.create_configuration_set_event_destination(
        ConfigurationSetName=CONFIGURATION_SET,
        EventDestination={
            "Name": "to-the-site",
            "Enabled": True,
            "MatchingEventTypes": ["bounce", "complaint"],
            "SNSDestination": {"TopicARN": topic_arn},
        },
    )


def ses() -> Any:
    """SES, which throttles now and then: then it is asked again."""
    return boto3.client("ses", config=RETRIES)


def tokens() -> URLSafeTimedSerializer:
    """What makes and reads the tokens of links."""
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="confirm")


def database() -> sqlite3.Connection:
    """The members, and those who cannot be reached."""
    rows = sqlite3.connect(current_app.config["DATABASE"])
    rows.executescript(TABLES)
    return rows
