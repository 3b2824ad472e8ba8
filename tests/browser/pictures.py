"""The pictures of the inbox in docs/images, taken anew: `python -m tests.browser.pictures`.

Needs Chromium, pngquant, and the fonts Inter and JetBrains Mono (Debian: chromium pngquant fonts-inter
fonts-jetbrains-mono). The account's clock goes through a fortnight, so that its statistics have something to show.
"""

import math
import os
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

import emulator
from tests.browser import seed
from tests.browser.inbox import PHONE, Inbox
from tests.support.aws import Account

FOLDER = Path(__file__).parents[2] / "docs/images"
ACCOUNT = "123456789012"
SIZE = (1440, 900)
NOW = datetime(2026, 11, 25, 14, 20, tzinfo=UTC)
STEP = timedelta(hours=2)
LETTER = "The autumn letter"


def take() -> None:
    """All pictures are in the folder."""
    FOLDER.mkdir(exist_ok=True)
    with emulator.running(ephemeral=True, verification="manual") as running, sync_playwright() as playwright:
        account = Account(running.url, ACCOUNT)
        fill(account)
        program = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=program, chromium_sandbox=os.geteuid() != 0)
        for name, dark, view, subject in (
            ("inbox", False, ("mail", "all"), LETTER),
            ("inbox-dark", True, ("mail", "all"), LETTER),
            ("identity", False, ("identities", f"staging.{seed.DOMAIN}"), ""),
            ("template-dark", True, ("templates", "order-receipt"), ""),
            ("account", False, ("account",), ""),
            ("faults", False, ("faults",), ""),
            ("receipt-rules-dark", True, ("receipt-rules",), ""),
        ):
            picture(browser, account, name, SIZE, dark, view, subject)
        picture(browser, account, "phone", PHONE, False, ("mail", "all"), "")
        picture(browser, account, "phone-dark", PHONE, True, ("mail", "all"), LETTER)


def fill(account: Account) -> None:
    """A fortnight of mail by day and night, and at its end one thing of everything."""
    ses = account.client()
    account.inspect("PUT", "/clock", {"now": (NOW - timedelta(days=14)).isoformat(), "frozen": True})
    seed.identities(account, ses)
    step = NOW - timedelta(days=14)
    while step < NOW - STEP:
        step += STEP
        account.inspect("PUT", "/clock", {"now": step.isoformat(), "frozen": True})
        by_day = max(0.0, math.sin((step.hour - 6) / 14 * math.pi))
        for number in range(round(2 + 16 * by_day * (0.5 if step.weekday() > 4 else 1))):
            bad = number % 11 == 7
            message_id = seed.plain(ses, "Your weekly summary", "All went well.", to=f"reader{number}@example.org")
            account.drain()
            if bad:
                account.inspect(
                    "POST",
                    f"/messages/{message_id}/outcomes",
                    {"recipient": f"reader{number}@example.org", "type": "bounce" if step.day % 3 else "complaint"},
                )
    account.inspect("PUT", "/clock", {"now": NOW.isoformat(), "frozen": False})
    account.inspect("DELETE", "/messages")
    for each in account.inspect("GET", "/suppression")["suppressed"]:
        account.inspect("DELETE", f"/suppression/{each['address']}")
    seed.everything(account)
    for each in account.messages()[5:]:
        account.inspect("PUT", f"/messages/{each['id']}/read", {"read": True})


def picture(
    browser: Browser,
    account: Account,
    name: str,
    size: tuple[int, int],
    dark: bool,
    view: tuple[str, ...],
    subject: str,
) -> None:
    """One view as it is seen on a screen of this size."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce",
    )
    inbox = Inbox(context.new_page(), account).show(*view)
    if subject:
        inbox.open(subject)
        inbox.html().get_by_text("Paper, ink").first.wait_for()
        if size != PHONE:
            inbox.page.get_by_role("button", name=seed.NOVA).first.click()
    settle(inbox.page)
    path = FOLDER / f"{name}.png"
    inbox.page.screenshot(path=path)
    subprocess.run(["pngquant", "--force", "--ext", ".png", "--speed", "1", "256", path], check=True)
    context.close()


def settle(page: Page) -> None:
    """All that is asked for is there, and drawn."""
    page.wait_for_timeout(1500)


if __name__ == "__main__":
    take()
