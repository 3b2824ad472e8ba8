"""The web servers that the settings name as webhooks: a POST, and what they say to it."""

import base64
import contextlib
import socket
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from http.client import HTTPConnection

SECONDS = 15.0  # Source: developer guide of SNS (documented); here for the whole of a request
MOST_BYTES = 64 * 1024  # of an answer's body
UNAUTHORIZED = 401


class Reply(NamedTuple):
    """The answer to a request, a redirect as any other."""

    status: int
    reason: str
    challenge: str  # how to say who one is, or empty


class Web:
    """HTTP and HTTPS, without cookies, proxies and redirects."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """The server's answer; OSError where it gave none in time.

        User and password of the URL are told to a server that asks for them. Source: developer guide of SNS
        (documented): an answer of 401 that asks for basic authentication.
        """
        parts = urlsplit(url)
        reply = self._post(url, headers, body)
        if reply.status == UNAUTHORIZED and parts.username and reply.challenge.lower().startswith("basic"):
            user = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            authorization = f"Basic {base64.b64encode(user.encode()).decode()}"
            reply = self._post(url, {**headers, "Authorization": authorization}, body)
        return reply

    def _post(self, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        from http.client import HTTPException  # with all of `email` behind it: not before there is somebody to talk to

        parts = urlsplit(url)
        connection = _connection(parts.scheme, parts.hostname or "", parts.port, self._seconds)
        late = threading.Event()
        # The connection's own timeout begins anew with each byte of a slow server.
        deadline = threading.Timer(self._seconds, _hang_up, (connection, late))
        deadline.daemon = True
        deadline.start()
        try:
            connection.request("POST", f"{parts.path or '/'}{parts.query and '?'}{parts.query}", body, dict(headers))
            response = connection.getresponse()
            response.read(MOST_BYTES)
            if late.is_set():  # what looks like the end of the answer is that of our patience
                raise TimeoutError
            return Reply(response.status, response.reason, response.getheader("WWW-Authenticate", ""))
        except (OSError, HTTPException) as error:
            if isinstance(error, TimeoutError) or late.is_set():
                raise TimeoutError(f"no answer within {self._seconds:g} seconds") from error
            raise OSError(f"{type(error).__name__}: {error}") from error
        finally:
            deadline.cancel()
            connection.close()


def _connection(scheme: str, host: str, port: int | None, seconds: float) -> "HTTPConnection":
    from http.client import HTTPConnection, HTTPSConnection

    if scheme not in ("http", "https"):
        raise OSError(f"{scheme} is not spoken here")
    kind = HTTPSConnection if scheme == "https" else HTTPConnection
    return kind(host, port, timeout=seconds)


def _hang_up(connection: "HTTPConnection", late: threading.Event) -> None:
    late.set()
    with contextlib.suppress(OSError):
        if connection.sock:
            connection.sock.shutdown(socket.SHUT_RDWR)
