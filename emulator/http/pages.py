"""The inbox: the files that browsers load, which are in the folder `inbox` beside this one."""

import gzip
import hashlib
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as BaseResponse

FOLDER = Path(__file__).parent / "inbox"
INDEX = "index.html"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
PACKED = (".png", ".ico", ".woff2")  # already
# Nothing but what is here is loaded, and nobody shows it within a page of theirs.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; frame-src 'self' blob:; manifest-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
# The page around what a template made, which is under its policy: nothing but styles and images that are within it.
STILL = "still.html"
STILL_POLICY = (
    "default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'"
)


class Content(NamedTuple):
    """A file as it is sent; `packed` is empty where that would not make it smaller."""

    plain: bytes
    packed: bytes
    etag: str


def blueprint() -> Blueprint:
    """The page at `/`, and what it loads."""
    routes = Blueprint("pages", __name__)

    @routes.get("/")
    def index() -> Response:
        return answer(INDEX)

    @routes.get("/inbox/", strict_slashes=False)
    def at_its_name() -> BaseResponse:
        return redirect("/")

    @routes.get("/inbox/<path:name>")
    def load(name: str) -> Response:
        return answer(name)

    return routes


def answer(name: str) -> Response:
    """The file of that name, within the folder."""
    path = _path(name)
    if path is None:
        return Response("There is no such file.\n", 404, content_type="text/plain; charset=utf-8")
    content = _content(path, path.stat().st_mtime_ns)
    is_packed = bool(content.packed) and request.accept_encodings.quality("gzip") > 0
    response = Response(content.packed if is_packed else content.plain, content_type=TYPES[path.suffix])
    response.headers["Cache-Control"] = "no-cache"  # asked again each time, so a newer program shows its own
    response.headers["Content-Security-Policy"] = STILL_POLICY if name == STILL else POLICY
    response.headers["Vary"] = "Accept-Encoding"
    if is_packed:
        response.headers["Content-Encoding"] = "gzip"
    response.set_etag(content.etag, weak=True)
    response.make_conditional(request)
    return response


def _path(name: str) -> Path | None:
    """Where the file is; None where there is none that browsers load."""
    if "\0" in name or "\\" in name:
        return None
    path = (FOLDER / name).resolve()
    return path if path.is_relative_to(FOLDER.resolve()) and path.suffix in TYPES and path.is_file() else None


@lru_cache(maxsize=100)
def _content(path: Path, _changed_at: int) -> Content:
    plain = path.read_bytes()
    packed = b"" if path.suffix in PACKED else gzip.compress(plain, mtime=0)
    return Content(plain, packed if len(packed) < len(plain) else b"", hashlib.sha256(plain).hexdigest()[:32])
