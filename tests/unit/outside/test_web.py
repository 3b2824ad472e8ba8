"""POST requests to web servers that behave, and to such that do not."""

import base64
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from emulator.outside.web import Reply, Web
from tests.support import tls, webhook
from tests.support.webhook import Webhook

BODY = "Grüße".encode()
PATIENCE = 0.3  # seconds


@pytest.fixture
def hook() -> Iterator[Webhook]:
    """A web server."""
    with webhook.serving() as serving:
        serving.confirms = False
        yield serving


@contextmanager
def saying(*pieces: bytes, forever: bytes = b"") -> Iterator[str]:
    """The URL of a server that says this to the first who comes, and something now and then; it never hangs up."""
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                for piece in pieces:
                    connection.sendall(piece)
                while not stop.wait(0.05):
                    if forever:
                        try:
                            connection.sendall(forever)
                        except OSError:
                            return

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        finally:
            stop.set()
            thread.join()


def test_the_server_has_body_and_headers_and_its_answer_comes_back(hook: Webhook) -> None:
    hook.status = 202
    assert Web().post(f"{hook.url}?a=b%20c", {"X-Name": "value"}, BODY) == Reply(202, "Accepted", "")
    (told,) = hook.told
    assert (told.path, told.body, told.headers["x-name"]) == ("/hook?a=b%20c", BODY, "value")
    assert told.headers["host"] == f"127.0.0.1:{hook.port}"


def test_a_redirect_is_an_answer_and_not_followed(hook: Webhook) -> None:
    with webhook.serving() as other:
        hook.status, hook.headers = 307, {"Location": other.url}
        assert Web().post(hook.url, {}, BODY).status == 307
    assert (len(hook.told), other.told) == (1, [])


def test_user_and_password_are_given_to_a_server_that_asks_for_them(hook: Webhook) -> None:
    hook.status, hook.headers = 401, {"WWW-Authenticate": 'Basic realm="webhooks"'}
    assert Web().post(hook.url.replace("//", "//me:p%40ss@"), {"X-Name": "value"}, BODY).status == 401
    first, second = hook.told
    assert "authorization" not in first.headers
    assert second.headers["authorization"] == f"Basic {base64.b64encode(b'me:p@ss').decode()}"
    assert (second.headers["x-name"], second.body) == ("value", BODY)


def test_a_password_is_not_given_to_a_server_that_asks_for_none(hook: Webhook) -> None:
    url = hook.url.replace("//", "//me:pass@")
    Web().post(url, {}, BODY)
    hook.status, hook.headers = 401, {"WWW-Authenticate": 'Digest realm="webhooks", nonce="1"'}
    Web().post(url, {}, BODY)
    assert [each.headers.get("authorization") for each in hook.told] == [None, None]


def test_a_server_that_says_nothing_is_not_waited_for_long() -> None:
    with saying() as url, pytest.raises(TimeoutError, match=r"no answer within 0\.3 seconds"):
        Web(PATIENCE).post(url, {}, BODY)


def test_a_server_that_says_a_little_now_and_then_is_not_waited_for_long_either() -> None:
    with (
        saying(b"HTTP/1.1 200 OK\r\n", forever=b"X-More: and more\r\n") as url,
        pytest.raises(TimeoutError, match=r"no answer within 0\.3 seconds"),
    ):
        Web(PATIENCE).post(url, {}, BODY)


def test_an_answer_that_never_ends_is_not_read_to_its_end() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n"
    with saying(head, b"x" * 200_000) as url:
        assert Web(PATIENCE).post(url, {}, BODY).status == 200


def test_a_server_that_speaks_no_http_or_is_not_there_gave_no_answer() -> None:
    with saying(b"220 smtp.example.com ESMTP\r\n\r\n") as url, pytest.raises(OSError, match="BadStatusLine"):
        Web().post(url, {}, BODY)
    with pytest.raises(OSError, match="ConnectionRefusedError"):
        Web().post(url, {}, BODY)


def test_a_server_that_nobody_vouches_for_is_told_nothing(hook: Webhook) -> None:
    with tls.serving("127.0.0.1", hook.url) as front, pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"):
        Web().post(front.url, {}, BODY)
    assert hook.told == []


def test_nothing_but_http_and_https_is_spoken() -> None:
    with pytest.raises(OSError, match="ftp"):
        Web().post("ftp://127.0.0.1/", {}, BODY)
