"""Every view, light and dark: axe finds nothing to complain of, nor does the browser."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from emulator import Running
from tests.browser import seed
from tests.browser.inbox import DESKTOP, PHONE, Inbox
from tests.support import aws
from tests.support.aws import Account

AXE = Path(__file__).parents[2] / "inbox/node_modules/axe-core/axe.min.js"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
REMOTE = "violates the following Content Security Policy"  # what a mail would load, and must not

# Each view with something that has been drawn once it is there.
VIEWS = {
    "mail": "16 messages",
    "identities": seed.DOMAIN,
    f"identities/{seed.DOMAIN}": "DNS records",
    f"identities/staging.{seed.DOMAIN}": "Publish in the zone",
    "identities/nova.lind@example.org": "Verification link",
    "templates/order-receipt": "Template data",
    "configuration-sets/storefront": "Event destinations",
    "receipt-rules": "IP address filters",
    "suppression": "gone@example.net",
    "account": "Send statistics",
    "clock": "Move on",
    "dns": "Publish a record",
    "jobs": "Do all that is due",
    "requests": "CreateTemplate",
    "compose": "It takes the road of SendEmail",
    "receive": "It comes in as if by SMTP",
}
TABS = ("HTML", "Text", "Source", "Headers", "Parts", "Links", "Raw")


@pytest.fixture(scope="module")
def full(shown: Running) -> Account:
    """An account in which everything has happened."""
    account = aws.new_account(shown.url)
    seed.everything(account)
    return account


@pytest.fixture
def axe() -> str:
    """The source of axe, which `make inbox` installs."""
    if not AXE.exists():
        pytest.skip("axe is not installed (make inbox)")
    return AXE.read_text()


@pytest.fixture(params=["light", "dark"])
def looking(request: pytest.FixtureRequest, full: Account, opened: Callable[..., Inbox]) -> Callable[..., Inbox]:
    """Opens the inbox of the full account."""

    def look(size: tuple[int, int] = DESKTOP) -> Inbox:
        inbox = opened(full.url, size, dark=request.param == "dark")
        inbox.account = full
        return inbox

    return look


def violations(inbox: Inbox, axe: str) -> list[str]:
    """What axe finds in the page; frames with mail in them are not ours."""
    if not inbox.page.evaluate("'axe' in window"):
        inbox.page.evaluate(axe)
    found: list[dict[str, Any]] = inbox.page.evaluate(
        "options => axe.run({exclude: ['iframe']}, {...options, iframes: false}).then(found => found.violations)", RULES
    )
    return [f"{each['id']}: {each['help']}: {node['html']}" for each in found for node in each["nodes"]]


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_every_view_is_for_everybody_and_fits(size: tuple[int, int], looking: Callable[..., Inbox], axe: str) -> None:
    inbox = looking(size)
    found, width = {}, {}
    for view, said in VIEWS.items():
        inbox.show(*view.split("/")).page.get_by_text(said).first.wait_for()
        found[view] = violations(inbox, axe)
        width[view] = inbox.page.evaluate("document.documentElement.scrollWidth")
    assert {view: wrong for view, wrong in found.items() if wrong} == {}
    assert width == dict.fromkeys(VIEWS, size[0])
    assert inbox.complaints == []


def test_a_message_is_for_everybody(looking: Callable[..., Inbox], axe: str) -> None:
    inbox = looking().show("mail", "sent").open("The autumn letter")
    inbox.page.get_by_role("heading", name="Authentication").wait_for()
    inbox.page.locator(".timeline > li").first.get_by_role("button").first.click()
    found = {}
    for tab in TABS:
        inbox.tab(tab)
        found[tab] = violations(inbox, axe)
    assert {tab: wrong for tab, wrong in found.items() if wrong} == {}
    assert [each for each in inbox.complaints if REMOTE not in each] == []


def test_the_side_of_ses_is_for_everybody_on_a_phone(looking: Callable[..., Inbox], axe: str) -> None:
    inbox = looking(PHONE).show("mail", "received").open("The corner of my notebook")
    inbox.page.get_by_role("button", name="SES", exact=True).click()
    inbox.page.get_by_role("heading", name="Receipt rules").wait_for()
    assert violations(inbox, axe) == []


def test_the_shortcuts_are_for_everybody(looking: Callable[..., Inbox], axe: str) -> None:
    inbox = looking().show("mail", "all")
    inbox.page.locator("li.row").first.wait_for()
    inbox.page.keyboard.press("?")
    inbox.page.get_by_role("dialog").wait_for()
    assert violations(inbox, axe) == []


def test_an_empty_account_is_for_everybody(inbox: Inbox, axe: str) -> None:
    for view, heading in (
        ("mail", "No mail yet"),
        ("identities", "No identities yet"),
        ("templates", "No templates yet"),
        ("configuration-sets", "No configuration sets yet"),
        ("receipt-rules", "No receipt rules yet"),
    ):
        inbox.show(view).page.get_by_role("heading", name=heading).wait_for()
        assert violations(inbox, axe) == []
