"""A message, what stands in it, and what becomes of it at its recipients."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, Self, TypeVar, cast
from urllib.parse import quote, unquote

if TYPE_CHECKING:
    from email.message import EmailMessage

    from emulator.remote import Server

T = TypeVar("T")

PENDING = "pending"
SHOWN = 200  # characters of a text in a failure
_TRACKED = re.compile("/C?L0/([^/]+)/")  # a link that leads to its target by way of SES


class Recipient(NamedTuple):
    """An address of the envelope, and what happened there last: delivered, bounced, complained, ..."""

    address: str
    kind: str
    status: str


class _Member(Generic[T]):
    """A member of the JSON as an attribute; `from_` is `from`."""

    def __set_name__(self, _owner: type, name: str) -> None:
        self._name = name.rstrip("_")

    def __get__(self, message: Message, _owner: type) -> T:
        return cast("T", message[self._name])


class Message(dict[str, Any]):
    """A message as the inspection API has it: each member is an item, as it was read, and an attribute.

    What its methods bring about is in it afterwards.
    """

    id = _Member[str]()
    account = _Member[str]()
    region = _Member[str]()
    direction = _Member[str]()
    operation = _Member[str]()
    source = _Member[str]()
    from_ = _Member["str | None"]()
    to = _Member[list[str]]()
    cc = _Member[list[str]]()
    bcc = _Member[list[str]]()
    reply_to = _Member[list[str]]()
    return_path = _Member["str | None"]()
    subject = _Member["str | None"]()
    preview = _Member[str]()
    text = _Member["str | None"]()
    html = _Member["str | None"]()
    attachments = _Member[list[dict[str, Any]]]()
    tags = _Member[dict[str, list[str]]]()
    configuration_set = _Member["str | None"]()
    template = _Member["str | None"]()
    template_data = _Member["str | None"]()
    outcomes = _Member[list[str]]()
    size = _Member[int]()

    def __init__(self, server: Server, content: dict[str, Any]) -> None:
        super().__init__(content)
        self._server = server

    @property
    def created_at(self) -> datetime:
        """When it was accepted, by the emulated clock."""
        return datetime.fromisoformat(self["created_at"])

    @property
    def recipients(self) -> list[Recipient]:
        """Who it was for, and what became of it there once all that is due is done."""
        if self._is_pending:
            self._settle()
        return [Recipient(**each) for each in self["recipients"]]

    @property
    def headers(self) -> list[tuple[str, str]]:
        """Name and value of each header field, decoded."""
        if self["headers"] is None:  # it comes from a list
            self.refresh()
        return [(each["name"], each["value"]) for each in self["headers"]]

    def header(self, name: str) -> str | None:
        """The value of the first header field of that name; None where there is none."""
        return next((value for each, value in self.headers if each.lower() == name.lower()), None)

    # ---- what stands in it

    def links(self) -> list[str]:
        """The links that a reader could follow."""
        return [url for url, _ in self._links()]

    def link(self, text: str = "") -> str:
        """The first link whose text or URL holds this, whatever the case; AssertionError where there is none."""
        __tracebackhide__ = True
        links = self._links()
        for url, shown in links:
            if text.lower() in unquote(url).lower() or text.lower() in (shown or "").lower():
                return url
        there = ", ".join(f"{shown!r} ({url})" if shown else url for url, shown in links) or "none"
        raise AssertionError(f"no link with {text!r} in {self!r}; there is: {there}")

    def codes(self) -> list[str]:
        """The one-time codes in it, likeliest first."""
        return self._ask("GET", "/codes")["codes"]  # type: ignore[no-any-return]

    def code(self) -> str:
        """The one-time code in it; AssertionError where there is none."""
        __tracebackhide__ = True
        codes = self.codes()
        if not codes:
            raise AssertionError(f"no code in {self!r}: {(self.text or self.html or '')[:SHOWN]!r}")
        return codes[0]

    def raw(self) -> bytes:
        """The MIME document as its recipient got it."""
        return self._server.fetch("GET", f"{self._path}/raw", self._scope)

    def email(self) -> EmailMessage:
        """That document, parsed by the standard library."""
        import email.policy

        return email.message_from_bytes(self.raw(), policy=email.policy.default)

    def attachment(self, name: str) -> bytes:
        """The bytes of the attachment of that name; AssertionError where there is none."""
        __tracebackhide__ = True
        for each in self.attachments:
            if each["filename"] == name:
                return self._server.fetch("GET", f"{self._path}/attachments/{each['index']}", self._scope)
        there = ", ".join(str(each["filename"]) for each in self.attachments) or "none"
        raise AssertionError(f"no attachment {name!r} in {self!r}; there is: {there}")

    # ---- what becomes of it

    def events(self, type: str | None = None) -> list[dict[str, Any]]:  # noqa: A002 - SES's word
        """What SES did with it and told of it, oldest first, once all that is due is done; of one type, if asked."""
        self._server.ask("POST", "/jobs/drain")
        events: list[dict[str, Any]] = self._ask("GET", "/events")["events"]
        return [each for each in events if type in (None, each["type"])]

    def bounce(self, recipient: str | None = None, type: str = "Permanent", **details: str) -> dict[str, Any]:  # noqa: A002
        """It has bounced at the recipient; the event. Details: `sub_type`, `status`, `diagnostic_code`."""
        return self.outcome("bounce", recipient, **bounced(type, details))

    def complain(self, recipient: str | None = None, **details: str) -> dict[str, Any]:
        """The recipient has complained; the event. Details: `complaint_feedback_type`, `user_agent`."""
        return self.outcome("complaint", recipient, **details)

    def open(self, recipient: str | None = None, **details: str) -> dict[str, Any]:
        """The recipient has opened it; the event. Details: `user_agent`, `ip_address`."""
        return self.outcome("open", recipient, **details)

    def click(self, link: str = "", recipient: str | None = None, **details: str) -> dict[str, Any]:
        """The recipient has clicked the first link whose text or URL holds this; the event. Details as for `open`."""
        __tracebackhide__ = True
        url = self.link(link)
        tracked = _TRACKED.search(url)
        return self.outcome("click", recipient, link=unquote(tracked[1]) if tracked else url, **details)

    def outcome(self, type: str, recipient: str | None = None, **details: str) -> dict[str, Any]:  # noqa: A002
        """This has happened: one of delivery, bounce, complaint, delay, reject, open, click; the event.

        The recipient must be named where there are several.
        """
        addresses = [each["address"] for each in self["recipients"]]
        if recipient is None and len(addresses) > 1:
            raise ValueError(f"say which recipient: {', '.join(addresses)}")
        said = {"type": type, "recipient": recipient or addresses[0], **details}
        event: dict[str, Any] = self._ask("POST", "/outcomes", said)
        self._settle()
        return event

    def refresh(self) -> None:
        """All of it is as the emulator has it now."""
        self.update(self._ask("GET", ""))

    def complete(self) -> Self:
        """The message, which is made by now: one of a template has no contents until it was rendered."""
        if self["template_data"] is not None and self._is_pending:
            self._settle()
        return self

    def __repr__(self) -> str:
        states = ", ".join(f"{each['address']} ({each['status']})" for each in self["recipients"])
        return f"<Message {self['subject']!r} to {states}>"

    @property
    def _is_pending(self) -> bool:
        return any(each["status"] == PENDING for each in self["recipients"])

    @property
    def _path(self) -> str:
        return f"/messages/{quote(self['id'], safe='')}"

    @property
    def _scope(self) -> dict[str, Any]:
        return {"account": self["account"], "region": self["region"]}

    def _ask(self, method: str, path: str, body: object = None) -> Any:
        return self._server.ask(method, f"{self._path}{path}", self._scope, body)

    def _links(self) -> list[tuple[str, str | None]]:
        return [(each["url"], each["text"]) for each in self._ask("GET", "/links")["links"]]

    def _settle(self) -> None:
        """All that is due has happened to it, and stands in it."""
        self._server.ask("POST", "/jobs/drain")
        self.refresh()


def bounced(type: str, details: dict[str, str]) -> dict[str, str]:  # noqa: A002
    """The details of a bounce by the names that inspection has for them."""
    said = {"bounce_sub_type" if name == "sub_type" else name: value for name, value in details.items()}
    return {"bounce_type": type, **said}
