"""The inbox as its user has it: a page of a browser, looking at one account."""

import json
from typing import Any
from urllib.parse import quote, urlencode

from playwright.sync_api import FrameLocator, Locator, Page

from tests.support.aws import Account

DESKTOP, TABLET, PHONE = (1440, 900), (820, 1180), (390, 844)
BULK = 50  # messages a call


class Inbox:
    """A page that shows the account's things, and what its console complained of."""

    def __init__(self, page: Page, account: Account) -> None:
        self.page = page
        self.account = account
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)

    def show(self, *path: str, **params: str) -> "Inbox":
        """The view of this path is shown."""
        scope = {"account": self.account.account_id, "region": self.account.region}
        parts = "/".join(quote(part, safe="") for part in path)
        self.page.goto(f"{self.account.url}/#/{parts}?{urlencode({**scope, **params})}")
        self.page.get_by_role("main").wait_for()
        return self

    def resize(self, size: tuple[int, int]) -> Page:
        """The page, drawn anew on a screen of this size."""
        self.page.set_viewport_size({"width": size[0], "height": size[1]})
        self.drawn()
        return self.page

    def drawn(self) -> None:
        """What the page has heard of is drawn."""
        self.page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def row(self, subject: str) -> Locator:
        """The row of the message with this subject."""
        return self.page.locator("li.row").filter(has_text=subject)

    def open(self, subject: str) -> "Inbox":
        """The message is open, by a click on its row."""
        self.row(subject).get_by_role("link").click()
        self.page.get_by_role("article").wait_for()
        return self

    def html(self) -> FrameLocator:
        """The frame that the HTML of the open message is in."""
        return self.page.frame_locator("iframe[title='The HTML of the message']")

    def rendered(self) -> FrameLocator:
        """The frame that the HTML of a template is in; while it changes there is another one behind it."""
        return self.html().frame_locator("iframe").last

    def tab(self, name: str) -> Locator:
        """The panel of the open message under this tab, which is chosen."""
        self.page.get_by_role("tab", name=name).click()
        return self.page.get_by_role("tabpanel")

    def send(
        self, subject: str = "Hello", text: str = "It works.", html: str | None = None, to: str = "bob@example.com"
    ) -> str:
        """The id of a message that the account sent."""
        body = {"Text": {"Data": text}} | ({"Html": {"Data": html}} if html is not None else {})
        answer = self._sender().send_email(
            Source="Ann <ann@example.com>",
            Destination={"ToAddresses": [to]},
            Message={"Subject": {"Data": subject}, "Body": body},
        )
        return str(answer["MessageId"])

    def send_many(self, count: int) -> None:
        """The account sent so many messages, `Number 000` first, in few calls."""
        ses = self._sender()
        ses.create_template(Template={"TemplateName": "number", "SubjectPart": "Number {{n}}", "TextPart": "Hi"})
        for start in range(0, count, BULK):
            ses.send_bulk_templated_email(
                Source="ann@example.com",
                Template="number",
                DefaultTemplateData="{}",
                Destinations=[
                    {
                        "Destination": {"ToAddresses": ["bob@example.com"]},
                        "ReplacementTemplateData": json.dumps({"n": f"{number:03}"}),
                    }
                    for number in range(start, min(count, start + BULK))
                ],
            )
        self.account.drain()

    def _sender(self) -> Any:
        """A client of the account, in which Ann may send; her verification mail is gone."""
        ses = self.account.client()
        if "ann@example.com" not in ses.list_verified_email_addresses()["VerifiedEmailAddresses"]:
            ses.verify_email_identity(EmailAddress="ann@example.com")
            self.account.inspect("POST", "/identities/ann@example.com/verify")
            self.account.inspect("DELETE", "/messages", direction="system")
        return ses
