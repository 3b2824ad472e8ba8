"""The commands that ask a running server, over its inspection API."""

import argparse
import base64
import http.client
import json
import re
import sys
from typing import Any
from urllib.parse import quote, unquote, urlencode, urlsplit

TIMEOUT_SECONDS = 70  # a long poll lasts 60
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")  # would steer the terminal


class Refused(Exception):
    """The server does not answer, or says no."""


class TimeIsUp(Refused):
    """What was waited for did not come."""


class NotFound(Refused):
    """There is no such thing."""


class WrongUse(Exception):
    """The command makes no sense as it was given."""


class Server:
    """A running emulator."""

    def __init__(self, url: str) -> None:
        try:
            self._parts = urlsplit(url if "://" in url else f"http://{url}")
            sound = self._parts.scheme in ("http", "https") and self._parts.hostname and self._parts.port != 0
        except ValueError:  # a port that is no number, an unclosed bracket
            sound = False
        if not sound:
            raise WrongUse(f"url must be like http://127.0.0.1:8005, not {url!r}")

    def ask(self, method: str, path: str, query: dict[str, Any] | None = None, body: object = None) -> Any:
        """The answer as JSON; None where there is none."""
        content = self.fetch(method, path, query, body)
        return json.loads(content) if content else None

    def fetch(self, method: str, path: str, query: dict[str, Any] | None = None, body: object = None) -> bytes:
        """The answer's bytes; Refused with the server's own words. A body of bytes is a MIME document, else JSON."""
        given = {name: value for name, value in (query or {}).items() if value is not None}
        target = f"{self._parts.path.rstrip('/')}/_emulator{path}" + (f"?{urlencode(given)}" if given else "")
        connection_class = http.client.HTTPSConnection if self._parts.scheme == "https" else http.client.HTTPConnection
        connection = connection_class(self._parts.hostname or "127.0.0.1", self._parts.port, timeout=TIMEOUT_SECONDS)
        content_type = "message/rfc822" if isinstance(body, bytes) else "application/json"
        content = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        try:
            connection.request(method, target, content, {"Content-Type": content_type, **self._password()})
            response = connection.getresponse()
            answer = response.read()
        except (OSError, http.client.HTTPException) as error:
            raise Refused(f"no answer from {self._address()}: {error}") from None
        finally:
            connection.close()
        if response.status >= 400:
            refusal = {404: NotFound, 408: TimeIsUp}.get(response.status, Refused)
            raise refusal(_detail(answer) or f"the server answered {response.status}")
        return answer

    def _password(self) -> dict[str, str]:
        """Those of the URL, where it has one: a server may ask for it."""
        if self._parts.username is None:
            return {}
        said = f"{unquote(self._parts.username)}:{unquote(self._parts.password or '')}"
        return {"Authorization": f"Basic {base64.b64encode(said.encode()).decode()}"}

    def _address(self) -> str:
        """The URL without a password."""
        return self._parts._replace(netloc=self._parts.netloc.rpartition("@")[2]).geturl()


def health(server: Server, _given: argparse.Namespace) -> int:
    """Says how the server is."""
    answer = server.ask("GET", "/health")
    print(f"{answer['status']} (version {answer['version']}, {answer['pending_jobs']} jobs pending)")
    return 0


def list_messages(server: Server, given: argparse.Namespace) -> int:
    """Shows a line for each of the newest messages."""
    answer = server.ask("GET", "/messages", {**_filter(given), "limit": given.limit})
    if given.json:
        _show_json(answer)
    else:
        for message in reversed(answer["messages"]):
            print(_line(message))
        print(f"{answer['total']} in all", file=sys.stderr)
    return 0


def wait_for_messages(server: Server, given: argparse.Namespace) -> int:
    """Shows the messages once as many match; refused when the time is up before."""
    query = {**_filter(given), "count": given.count, "timeout": given.timeout}
    answer = server.ask("GET", "/messages/wait", query)
    if given.json:
        _show_json(answer)
    else:
        for message in reversed(answer["messages"]):
            print(_line(message))
    return 0


def tail_messages(server: Server, given: argparse.Namespace) -> int:
    """Shows a line for each new message until interrupted."""
    newest = server.ask("GET", "/messages", {**_filter(given), "limit": 1})["messages"]
    after = newest[0]["id"] if newest else None
    while True:
        try:
            answer = server.ask("GET", "/messages/wait", {**_filter(given), "after": after, "timeout": 60})
        except TimeIsUp:
            continue
        found = answer["messages"]
        while answer["cursor"]:  # more came at once than one answer holds
            query = {**_filter(given), "after": after, "limit": 500, "cursor": answer["cursor"]}
            answer = server.ask("GET", "/messages", query)
            found += answer["messages"]
        for message in reversed(found):
            print(json.dumps(message, ensure_ascii=False) if given.json else _line(message), flush=True)
        after = found[0]["id"]


def show_message(server: Server, given: argparse.Namespace) -> int:
    """Shows a message: as people read it, as JSON, or raw."""
    path = f"/messages/{quote(given.id, safe='')}"
    scope = {"account": given.account, "region": given.region}
    if given.raw:
        sys.stdout.buffer.write(server.fetch("GET", f"{path}/raw", scope))
        return 0
    message = server.ask("GET", path, scope)
    if given.json:
        _show_json(message)
        return 0
    for header in message["headers"]:
        print(f"{header['name']}: {header['value']}")
    print(f"\n{message['text'] if message['text'] is not None else message['html'] or ''}")
    for attachment in message["attachments"]:
        described = f"{attachment['content_type']}, {attachment['size']} bytes"
        print(f"[{attachment['index']}] {attachment['filename']} ({described})")
    return 0


def verify(server: Server, given: argparse.Namespace) -> int:
    """Verifies an identity and says so."""
    scope = {"account": given.account, "region": given.region}
    answer = server.ask("POST", f"/identities/{quote(given.identity, safe='')}/verify", scope)
    print(f"{answer['identity']}: {answer['status']}")
    return 0


def account(server: Server, given: argparse.Namespace) -> int:
    """Shows an account, after changing it if asked, in the form that changes have."""
    scope = {"account": given.account, "region": given.region}
    changes = dict(_change(text) for text in given.changes)
    answer = server.ask("PATCH", "/account", scope, changes) if changes else server.ask("GET", "/account", scope)
    if given.json:
        _show_json(answer)
    else:
        for name, value in answer.items():
            print(f"{name.replace('_', '-')}={_shown(value)}")
    return 0


def clock(server: Server, given: argparse.Namespace) -> int:
    """Shows the emulated clock, after changing it if asked."""
    match given.change:
        case []:
            answer = server.ask("GET", "/clock")
        case ["advance", length]:
            body = {"duration": length} if length.upper().startswith("P") else {"seconds": _number(length)}
            answer = server.ask("POST", "/clock/advance", body=body)
        case ["set", time]:
            answer = server.ask("PUT", "/clock", body={"now": time})
        case ["freeze"]:
            answer = server.ask("PUT", "/clock", body={"frozen": True})
        case ["run"]:
            answer = server.ask("PUT", "/clock", body={"frozen": False})
        case _:
            raise WrongUse("the clock knows: advance SECONDS|PT24H, set TIME, freeze, run")
    print(f"{answer['now']}{' (frozen)' if answer['frozen'] else ''}")
    return 0


def seed(server: Server, given: argparse.Namespace) -> int:
    """All that the seed file says is so on the server, which gets the files that it names too."""
    from pathlib import Path

    from emulator.seed import files
    from emulator.seed.flaws import SeedError

    try:
        loaded = files.load(Path(given.file).as_posix(), files.from_disk)
    except SeedError as error:
        raise WrongUse(str(error)) from None
    scope = {"account": given.account, "region": given.region}
    answer = server.ask("POST", "/seed", scope, {"files": loaded.texts})
    print(f"{given.file}: {answer['things']} things, {answer['changed']} of them new or changed")
    return 0


def export(server: Server, given: argparse.Namespace) -> int:
    """Shows what is set up as a seed, or keeps it in a file."""
    from pathlib import Path

    suffix = Path(given.file or "x.yaml").suffix.lower()
    if suffix not in (".yaml", ".yml", ".json"):
        raise WrongUse(f"the name of an export ends in .yaml or .json, not {given.file!r}")
    form = "json" if suffix == ".json" else "yaml"
    content = server.fetch("GET", "/seed", {"account": given.account, "region": given.region, "format": form})
    if given.file is None:
        sys.stdout.write(content.decode())
        return 0
    try:
        with Path(given.file).open("wb" if given.force else "xb") as file:
            file.write(content)
    except FileExistsError:
        raise Refused(f"{given.file} is there already; --force writes over it") from None
    except OSError as error:
        raise Refused(f"{given.file}: {error.strerror}") from None
    return 0


def _filter(given: argparse.Namespace) -> dict[str, Any]:
    named = {name.removeprefix("filter_"): value for name, value in vars(given).items() if name.startswith("filter_")}
    return {**named, "account": given.account, "region": given.region}


def _line(message: dict[str, Any]) -> str:
    recipients = ", ".join(recipient["address"] for recipient in message["recipients"])
    said = f"{message['source']} -> {recipients}  {message['subject'] or ''}"
    return f"{message['created_at']}  {_CONTROL.sub(' ', said)}\n  {message['id']}"


def _show_json(answer: object) -> None:
    print(json.dumps(answer, indent=2, ensure_ascii=False))


def _change(text: str) -> tuple[str, object]:
    """Name and value as inspection has them; what makes no sense is for the server to refuse."""
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise WrongUse(f"a change is like sandbox=true or max-send-rate=5, not {text!r}")
    words: dict[str, object] = {"default": None, "off": 0, "true": True, "false": False}
    return name.replace("-", "_"), words[value] if value in words else _number_or_text(value)


def _number_or_text(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise WrongUse(f"{text!r} is neither seconds nor a duration such as PT24H") from None


def _detail(content: bytes) -> str:
    try:
        return str(json.loads(content)["detail"])
    except (ValueError, KeyError, TypeError):
        return ""
