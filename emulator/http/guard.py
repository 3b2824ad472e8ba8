"""Who may open the inbox and `/_emulator`, and from where: what browsers are made to do by pages of others is refused.

Programs are asked for the password only, if there is one: no page speaks through them. A page that has a foreign name
lead here (DNS rebinding) is told by that name, one that sends a form or a request from elsewhere by its origin.
"""

import base64
import hmac
import ipaddress
from typing import NamedTuple
from urllib.parse import urlsplit

from flask import Blueprint, Request, Response, request

from emulator.http.inspection.problems import Problem
from emulator.http.parts import Access

ANY = "*"
LOOPBACK = "localhost"
HARMLESS = ("GET", "HEAD", "OPTIONS")
OPEN = ("/_emulator/health", "/health-check")  # what asks it for a container has no password
HARDENED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Place(NamedTuple):
    """The host and port that a browser says it speaks to, or comes from."""

    host: str
    port: int | None


def put_before(blueprint: Blueprint, access: Access) -> None:
    """The routes of the blueprint answer only whom they may, and no page of others can use what they say."""

    @blueprint.before_request
    def check() -> Response | None:
        problem = refusal(access, request)
        return problem.response() if problem else None

    @blueprint.after_request
    def harden(response: Response) -> Response:
        for name, value in HARDENED.items():
            response.headers.setdefault(name, value)
        return response


def refusal(access: Access, asked: Request) -> Problem | None:
    """Why the request is refused, if it is."""
    if _is_browser(asked) and not _is_known(access, here := _place(asked.headers.get("Host", ""))):
        text = f"{here.host!r} is no name of this server; if it is to be one, say so in the setting allowed-hosts."
        return Problem(403, text)
    if access.password and asked.path not in OPEN and not _knows_password(access.password, asked):
        realm = {"WWW-Authenticate": 'Basic realm="ses-emulator", charset="UTF-8"'}
        return Problem(401, "This server asks for the user and password of its setting inbox-auth.", headers=realm)
    if asked.method not in HARMLESS and _is_from_elsewhere(access, asked):
        return Problem(403, "A page of another site may change nothing here.")
    return None


def _is_browser(asked: Request) -> bool:
    told = ("Origin", "Sec-Fetch-Site", "Sec-Fetch-Dest")  # the mode alone is told by Node's fetch
    return any(name in asked.headers for name in told) or "Mozilla" in asked.headers.get("User-Agent", "")


def _is_known(access: Access, place: Place) -> bool:
    """Whether it is a name of this server: that of an address always is, as nobody else can give it."""
    host = place.host
    if ANY in access.allowed_hosts or host == LOOPBACK or host.endswith(f".{LOOPBACK}"):
        return True
    if host in access.allowed_hosts or host == _origin(access.public_url).host:
        return True
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _knows_password(password: str, asked: Request) -> bool:
    scheme, _, given = asked.headers.get("Authorization", "").partition(" ")
    expected = base64.b64encode(password.encode())
    return scheme.lower() == "basic" and hmac.compare_digest(given.strip().encode(), expected)


def _is_from_elsewhere(access: Access, asked: Request) -> bool:
    said = asked.headers.get("Origin")
    if said is None:
        return asked.headers.get("Sec-Fetch-Site", "none") not in ("same-origin", "none")
    origin = _origin(said)
    if said == "null" or not origin.host:
        return True
    own = (_place(asked.headers.get("Host", "")), _origin(access.public_url))
    return origin not in own and origin.host not in access.allowed_hosts


def _origin(url: str) -> Place:
    try:
        parts = urlsplit(url)
        place = Place((parts.hostname or "").rstrip("."), parts.port)
    except ValueError:
        return Place("", None)
    return place._replace(port=None) if place.port == {"http": 80, "https": 443}.get(parts.scheme) else place


def _place(host: str) -> Place:
    """Of a Host header, which has no scheme."""
    return _origin(f"http://{host}")
