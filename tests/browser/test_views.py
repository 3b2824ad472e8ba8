"""Every view on phone, tablet and desktop, light and dark: neither axe nor the browser finds anything wrong."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from emulator import Running
from tests.browser import seed
from tests.browser.inbox import DESKTOP, PHONE, TABLET, Inbox
from tests.support import aws
from tests.support.aws import Account

AXE = Path(__file__).parents[2] / "inbox/node_modules/axe-core/axe.min.js"
ALL = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
OPTIONS = {"iframes": False, "preload": False, "resultTypes": ["violations"]}
REMOTE = "violates the following Content Security Policy"  # what a mail would load, and must not

# Each view with something that has been drawn once it is there; two groups, for two processes.
VIEWS = [
    {
        "mail": "The autumn letter",
        "identities": seed.DOMAIN,
        f"identities/{seed.DOMAIN}": "DNS records",
        f"identities/staging.{seed.DOMAIN}": "Publish in the zone",
        "identities/nova.lind@example.org": "Verification link",
        "templates/order-receipt": "Template data",
        "configuration-sets/storefront": "Event destinations",
        "receipt-rules": "IP address filters",
        "suppression": "gone@example.net",
    },
    {
        "account": "Send statistics",
        "clock": "Move on",
        "faults": "SendBulkTemplatedEmail",
        "dns": "Publish a record",
        "jobs": "Do all that is due",
        "requests": "CreateTemplate",
        "compose": "It takes the road of SendEmail",
        "receive": "It comes in as if by SMTP",
    },
]
TABS = ("HTML", "Text", "Source", "Headers", "Parts", "Links", "Raw")


@pytest.fixture(scope="module")
def full(shown: Running) -> Account:
    """An account in which everything has happened."""
    account = aws.new_account(shown.url)
    seed.everything(account)
    return account


@pytest.fixture(scope="module")
def axe() -> str:
    """The source of axe, which `make inbox` installs."""
    if not AXE.exists():
        pytest.skip("axe is not installed (make inbox)")
    return AXE.read_text()


@pytest.fixture
def looked_at(full: Account, opened: Callable[..., Inbox], axe: str) -> Iterator[Inbox]:
    """The inbox of the full account, with axe in its page; its console says nothing bad to the end."""
    inbox = opened(full.url)
    inbox.account = full
    inbox.show("mail").page.evaluate(axe)
    yield inbox
    assert [each for each in inbox.complaints if REMOTE not in each] == []


def violations(inbox: Inbox) -> list[str]:
    """What axe finds in the page, light and dark, which differ in colours alone; frames with mail are not ours."""
    found = []
    for scheme, rules in (("light", ALL), ("dark", COLOURS)):
        inbox.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        inbox.drawn()
        run = "options => axe.run({exclude: ['iframe']}, options).then(found => found.violations)"
        said: list[dict[str, Any]] = inbox.page.evaluate(run, {**OPTIONS, **rules})
        for each in said:
            found += [f"{scheme}: {each['id']}: {node['failureSummary']} {node['html']}" for node in each["nodes"]]
    inbox.page.emulate_media(color_scheme="light")
    return found


@pytest.mark.parametrize("views", VIEWS, ids=["mail-and-ses", "emulator"])
def test_every_view_is_for_everybody_and_fits(views: dict[str, str], looked_at: Inbox) -> None:
    found, width = {}, {}
    for view, said in views.items():
        looked_at.show(*view.split("/"))
        for size in (DESKTOP, TABLET, PHONE):
            looked_at.resize(size).get_by_text(said).first.wait_for()
            found[view, size] = violations(looked_at)
            width[view, size] = looked_at.page.evaluate("document.documentElement.scrollWidth")
    assert {view: wrong for view, wrong in found.items() if wrong} == {}
    assert {place: each for place, each in width.items() if each != place[1][0]} == {}


def test_a_message_is_for_everybody(looked_at: Inbox) -> None:
    looked_at.show("mail", "sent").open("The autumn letter")
    looked_at.page.get_by_role("heading", name="Authentication").wait_for()
    looked_at.page.locator(".timeline > li").first.get_by_role("button").first.click()
    found = {}
    for tab in TABS:
        looked_at.tab(tab)
        found[tab] = violations(looked_at)
    for size in (TABLET, PHONE):
        looked_at.resize(size)
        for side, heading in (("Message", "The autumn letter"), ("SES", "Timeline")):
            looked_at.page.get_by_role("button", name=side, exact=True).click()
            looked_at.page.get_by_role("heading", name=heading).wait_for()
            found[f"{side}, {size}"] = violations(looked_at)
    assert {tab: wrong for tab, wrong in found.items() if wrong} == {}


def test_what_receipt_rules_did_is_for_everybody(looked_at: Inbox) -> None:
    looked_at.show("mail", "received").open("The corner of my notebook")
    looked_at.page.get_by_role("heading", name="Receipt rules").wait_for()
    assert violations(looked_at) == []


def test_what_opens_above_the_views_is_for_everybody(looked_at: Inbox) -> None:
    page = looked_at.show("mail", "all").page
    page.locator("li.row").first.wait_for()
    found = {}
    page.keyboard.press("?")
    page.get_by_role("dialog").wait_for()
    found["shortcuts"] = violations(looked_at)
    page.keyboard.press("Escape")
    page.get_by_title("Account and region").click()
    page.get_by_role("menu").wait_for()
    found["menu"] = violations(looked_at)
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.get_by_role("option").first.wait_for()
    found["search"] = violations(looked_at)
    looked_at.resize(PHONE).get_by_role("button", name="Open the menu").click()
    page.get_by_role("button", name="Close the menu").wait_for()
    found["sidebar"] = violations(looked_at)
    assert {what: wrong for what, wrong in found.items() if wrong} == {}


def test_an_empty_account_is_for_everybody(inbox: Inbox, axe: str) -> None:
    inbox.show("mail").page.evaluate(axe)
    for view, heading in (
        ("mail", "No mail yet"),
        ("identities", "No identities yet"),
        ("templates", "No templates yet"),
        ("configuration-sets", "No configuration sets yet"),
        ("receipt-rules", "No receipt rules yet"),
        ("faults", "Nothing fails"),
    ):
        inbox.show(view).page.get_by_role("heading", name=heading).wait_for()
        assert violations(inbox) == []
