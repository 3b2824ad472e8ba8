"""The mail of one account, and what a test does to that account."""

from __future__ import annotations

import json
import os
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict, Unpack
from urllib.parse import quote, urlsplit

from emulator import remote
from emulator.testing.environment import REGION, SECRET
from emulator.testing.fault import Fault
from emulator.testing.message import Message, bounced

if TYPE_CHECKING:
    from email.message import EmailMessage
    from os import PathLike

PAGE = 500
SHOWN = 10  # messages in a failure


class Query(TypedDict, total=False):
    """Which messages: all that is given must hold; texts match anywhere, whatever their case."""

    from_: str
    to: str
    subject: str
    q: str  # as the search of the inbox
    direction: str  # outbound, inbound or system
    tag: str
    configuration_set: str
    template: str
    region: str
    since: datetime | str
    after: str  # the id of a message


class Smtp(NamedTuple):
    """Where and as whom the account sends by SMTP; TLS begins with STARTTLS, and nobody vouches for its certificate."""

    host: str
    port: int
    user: str
    password: str


class Mailbox:
    """The messages of one account in all its regions, sent by it or received; without an account those of all.

    What is set here is set in `region`, and without an account in the default one.
    """

    def __init__(
        self, url: str, account: str | None = None, region: str = REGION, submission_port: int | None = None
    ) -> None:
        self.url = url
        self.account = account
        self.region = region
        self._server = remote.Server(url)
        self._submission_port = submission_port
        self._faults: list[Fault] = []
        self._advanced = timedelta(0)

    # ---- the messages

    def messages(self, *, limit: int | None = None, **query: Unpack[Query]) -> list[Message]:
        """The messages that match, newest first; no more than `limit`, where that is given."""
        found: list[Message] = []
        cursor = None
        while True:
            size = PAGE if limit is None else min(PAGE, limit - len(found))
            page = self._ask("GET", "/messages", {**_named(query), "limit": size, "cursor": cursor})
            found += [Message(self._server, each).complete() for each in page["messages"]]
            cursor = page["cursor"]
            if cursor is None or len(found) == limit:
                return found

    def wait(self, *, count: int = 1, timeout: float = 10.0, **query: Unpack[Query]) -> Message:
        """The newest message that matches, as soon as `count` of them do; AssertionError after `timeout` seconds."""
        __tracebackhide__ = True
        try:
            found = self._ask("GET", "/messages/wait", {**_named(query), "count": count, "timeout": timeout})
        except remote.TimeIsUp as time_is_up:
            raise AssertionError(self._instead(str(time_is_up).rstrip("."), query)) from None
        return Message(self._server, found["messages"][0]).complete()

    def latest(self, **query: Unpack[Query]) -> Message:
        """The newest message that matches; AssertionError where there is none."""
        __tracebackhide__ = True
        try:
            return Message(self._server, self._ask("GET", "/messages/latest", _named(query))).complete()
        except remote.NotFound:
            raise AssertionError(self._instead("no message", query)) from None

    def links(self, message: dict[str, Any]) -> list[str]:
        """The links in a message."""
        return Message(self._server, message).links()

    def codes(self, message: dict[str, Any]) -> list[str]:
        """The one-time codes in a message, likeliest first."""
        return Message(self._server, message).codes()

    def clear(self) -> None:
        """The messages are gone."""
        self._ask("DELETE", "/messages")

    def events(
        self,
        type: str | None = None,  # noqa: A002 - SES's word
        message_id: str | None = None,
        destination: str | None = None,
    ) -> list[dict[str, Any]]:
        """What SES did with the messages and whom it told, newest first, once all that is due is done."""
        self.drain()
        found: list[dict[str, Any]] = []
        wanted = {"type": type, "message_id": message_id, "destination": destination, "limit": PAGE}
        cursor = None
        while True:
            page = self._ask("GET", "/events", {**wanted, "cursor": cursor})
            found += page["events"]
            cursor = page["cursor"]
            if cursor is None:
                return found

    def receive(
        self,
        mail: bytes | str | EmailMessage | None = None,
        *,
        from_: str | None = None,
        to: str | None = None,
        ip: str | None = None,
        subject: str = "",
        text: str = "",
    ) -> Message:
        """A mail from the world has been received: a MIME document, or a plain one of this subject and text.

        Sender and recipients are those of its header where they are not named. Refused where nobody wants it.
        """
        document = _document(mail, from_, to, subject, text)
        query = {"from": from_, "to": to, "ip": ip}
        received = self._server.ask("POST", "/inbound", {"account": self.account, **query}, document)["messages"][0]
        self.drain()
        content = self._server.ask("GET", f"/messages/{received['id']}", {"account": received["account"]})
        return Message(self._server, content)

    # ---- the account

    def verify(self, identity: str) -> None:
        """The address or domain is a verified identity, whether it was one before or not."""
        try:
            self._set("POST", f"/identities/{quote(identity, safe='')}/verify")
        except remote.NotFound:
            self._set("POST", "/seed", {"identities": [{"identity": identity}]})

    def seed(self, file: str | PathLike[str]) -> None:
        """All that the seed file says is so; what names no account there is of this one."""
        self._set("POST", "/seed", {"files": _texts(os.fspath(file))})

    def change_account(self, **changes: object) -> dict[str, Any]:
        """What the account may do is as said: `sandbox`, `sending_enabled`, `suspended`, `max_send_rate`, ...; all."""
        return self._set("PATCH", "/account", changes)  # type: ignore[no-any-return]

    def bounce(self, address: str, type: str = "Permanent", **details: str) -> None:  # noqa: A002 - SES's word
        """Every message to the address bounces from now on. Details: `sub_type`, `status`, `diagnostic_code`."""
        self.outcome(address, "bounce", **bounced(type, details))

    def complain(self, address: str, **details: str) -> None:
        """Every message to the address is delivered, and its recipient complains. Details as of `Message.complain`."""
        self.outcome(address, "complaint", **details)

    def outcome(self, address: str, outcome: str, **details: str) -> None:
        """What becomes of every message to the address, or to `@domain`, from now on.

        One of delivery, bounce, complaint, delay, reject.
        """
        self._set("PUT", f"/recipients/{quote(address, safe='@')}", {"outcome": outcome, **details})

    def fault(self, operation: str | None = None, code: str | None = None, **details: object) -> Fault:
        """Calls of the account to the operation fail so from now on, until the end of the test.

        Details: `times`, `status`, `message`, `delay_ms`, `drop`, `probability`, `match`, or a `preset` instead of all.
        """
        body = {"operation": operation, "code": code, **details}
        given = {name: value for name, value in body.items() if value is not None}
        fault = Fault(self._server, self._server.ask("POST", "/faults", {"account": self.account}, given)["id"])
        self._faults.append(fault)
        return fault

    @property
    def smtp(self) -> Smtp:
        """What the code under test needs to send by SMTP."""
        from emulator.smtp import credentials

        if self._submission_port is None:
            raise RuntimeError("the emulator takes no mail by SMTP, or it is not known at which port")
        host = urlsplit(self.url).hostname or ""
        user = self.account or "test"
        return Smtp(host, self._submission_port, user, credentials.password(SECRET, self.region))

    # ---- the whole emulator

    def advance(self, **duration: float) -> None:
        """The emulated clock has moved on, for all accounts: `advance(hours=24)`; what fell due is done.

        At the end of the test it is set back.
        """
        length = timedelta(**duration)
        self._server.ask("POST", "/clock/advance", body={"seconds": length.total_seconds()})
        self._advanced += length

    def drain(self) -> None:
        """All that is due is done."""
        self._server.ask("POST", "/jobs/drain")

    def close(self) -> None:
        """The faults are gone and the clock is right again."""
        for fault in self._faults:
            fault.remove()
        self._faults.clear()
        if self._advanced:
            now = datetime.fromisoformat(self._server.ask("GET", "/clock")["now"])
            self._server.ask("PUT", "/clock", body={"now": (now - self._advanced).isoformat()})
            self._advanced = timedelta(0)

    def __repr__(self) -> str:
        lines = [json.dumps({"to": m["to"], "subject": m["subject"]}) for m in self.messages(limit=SHOWN)]
        return f"<Mailbox of {self.account or 'all'}: {', '.join(lines) or 'empty'}>"

    def _ask(self, method: str, path: str, query: dict[str, Any] | None = None) -> Any:
        return self._server.ask(method, path, {"account": self.account, **(query or {})})

    def _set(self, method: str, path: str, body: object = None) -> Any:
        return self._server.ask(method, path, {"account": self.account, "region": self.region}, body)

    def _instead(self, what: str, query: Query) -> str:
        """What was looked for and what there is."""
        there = [repr(each) for each in self.messages()]
        wanted = ", ".join(f"{name}={value!r}" for name, value in query.items())
        lines = ["there is:", *there[:SHOWN]] if there else ["there is no message at all"]
        more = [f"and {len(there) - SHOWN} more"] if len(there) > SHOWN else []
        return "\n  ".join([f"{what}: {wanted or 'any'}", *lines, *more])


def _named(query: Query) -> dict[str, Any]:
    said = {name.rstrip("_"): value for name, value in query.items()}
    return {name: each.isoformat() if isinstance(each, datetime) else each for name, each in said.items()}


def _document(
    mail: bytes | str | EmailMessage | None, from_: str | None, to: str | None, subject: str, text: str
) -> bytes:
    if isinstance(mail, bytes):
        return mail
    if isinstance(mail, str):
        return mail.encode()
    if mail is None:
        from email.message import EmailMessage

        mail = EmailMessage()
        for name, value in (("From", from_), ("To", to), ("Subject", subject)):
            if value:
                mail[name] = value
        mail.set_content(text)
    return mail.as_bytes()


@cache
def _texts(seed: str) -> dict[str, str]:
    """What a seed file says, and those that it names."""
    from emulator.seed import files

    return files.load(seed, files.from_disk).texts
