"""Which database the settings name."""

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError


class DatabaseUrlError(Exception):
    """The URL names no SQLite or PostgreSQL database, or its driver is not installed."""


def checked(text: str) -> URL:
    """The URL of a database that we can use; else DatabaseUrlError."""
    try:
        url = make_url(text)
    except ArgumentError:
        raise DatabaseUrlError(f"database-url is not a URL: {text!r}") from None
    if url.drivername in ("postgres", "postgresql"):
        url = url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        raise DatabaseUrlError(f"database-url must name SQLite or PostgreSQL, not {url.drivername}")
    if url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:"):
        raise DatabaseUrlError("database-url must name a file; for a database that is gone at exit use --ephemeral")
    return url
