"""The inbox without a mouse."""

import pytest
from playwright.sync_api import expect

from tests.browser.inbox import Inbox


@pytest.fixture
def three(inbox: Inbox) -> Inbox:
    """An inbox of three messages."""
    for subject in ("One", "Two", "Three"):
        inbox.send(subject)
    inbox.show("mail", "all")
    expect(inbox.row("One")).to_be_visible()
    return inbox


def title(inbox: Inbox, subject: str) -> None:
    """The open message has this subject."""
    expect(inbox.page.get_by_role("article", name=subject)).to_be_visible()


def test_j_and_k_go_through_the_messages_and_escape_closes(three: Inbox) -> None:
    press = three.page.keyboard.press
    press("j")
    title(three, "Three")
    press("j")
    title(three, "Two")
    press("k")
    title(three, "Three")
    press("Escape")
    expect(three.page.get_by_role("article")).to_have_count(0)
    press("o")
    title(three, "Three")


def test_hash_deletes_and_the_next_message_opens(three: Inbox) -> None:
    three.page.keyboard.press("j")
    title(three, "Three")
    three.page.keyboard.press("#")
    title(three, "Two")
    expect(three.page.locator("li.row")).to_have_count(2)
    assert [each["subject"] for each in three.account.messages()] == ["Two", "One"]


def test_r_makes_a_message_unread_again(three: Inbox) -> None:
    three.page.keyboard.press("j")
    expect(three.row("Three")).not_to_contain_text("Unread")
    three.page.keyboard.press("r")
    expect(three.row("Three")).to_contain_text("Unread")


def test_x_picks_messages(three: Inbox) -> None:
    for key in "jxjx":
        three.page.keyboard.press(key)
    expect(three.page.get_by_role("toolbar", name="2 selected")).to_be_visible()
    three.page.keyboard.press("Escape")
    expect(three.page.get_by_role("toolbar")).to_have_count(0)


def test_keys_that_come_at_once_are_heard_in_turn(three: Inbox) -> None:
    strike = """async () => {
        for (const key of "jxjx") {
            document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
            await new Promise((drawn) => queueMicrotask(() => queueMicrotask(drawn)));  // not yet shown
        }
    }"""
    three.page.evaluate(strike)
    expect(three.page.get_by_role("toolbar", name="2 selected")).to_be_visible()


def test_slash_searches_and_typing_is_no_shortcut(three: Inbox) -> None:
    three.page.keyboard.press("/")
    expect(three.page.get_by_role("combobox", name="Search mail")).to_be_focused()
    three.page.keyboard.type("subject:two")
    expect(three.page.locator("li.row")).to_have_count(1)
    expect(three.page.get_by_role("article")).to_have_count(0)


def test_hints_of_the_search_are_chosen_with_the_arrows(three: Inbox) -> None:
    three.page.keyboard.press("/")
    three.page.keyboard.type("subj")
    expect(three.page.get_by_role("option")).to_have_count(1)
    three.page.keyboard.press("ArrowDown")
    three.page.keyboard.press("Enter")
    expect(three.page.get_by_role("combobox", name="Search mail")).to_have_value("subject:")


def test_g_and_a_letter_go_to_a_view(three: Inbox) -> None:
    for letter, heading in (("i", "Identities"), ("k", "Clock"), ("w", "Wire log")):
        three.page.keyboard.press("g")
        three.page.keyboard.press(letter)
        expect(three.page.get_by_role("heading", name=heading, level=1)).to_be_visible()


def test_a_question_mark_shows_the_shortcuts(three: Inbox) -> None:
    three.page.keyboard.press("?")
    expect(three.page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    three.page.keyboard.press("Escape")
    expect(three.page.get_by_role("dialog")).to_have_count(0)


def test_the_theme_that_is_chosen_stays(three: Inbox) -> None:
    three.page.get_by_role("button", name="Theme").press("Enter")
    expect(three.page.get_by_role("menuitemradio", name="As the system")).to_be_focused()
    three.page.keyboard.press("End")
    three.page.keyboard.press("Enter")
    expect(three.page.locator("html")).to_have_attribute("data-theme", "dark")
    three.page.reload()
    expect(three.page.locator("html")).to_have_attribute("data-theme", "dark")
