"""Mail in the inbox: it shows by itself, safely, and can be found, picked and deleted."""

from collections.abc import Callable

from playwright.sync_api import Route, expect

from emulator import Running
from tests.browser.inbox import PHONE, Inbox

HOSTILE = """<h1 id="seen">Look</h1>
<script>document.getElementById("seen").textContent = "a script ran"; top.document.title = "a script ran"</script>
<img src="x" onerror="document.getElementById('seen').textContent = 'a handler ran'">
<a id="lure" href="javascript:document.getElementById('seen').textContent='a link ran'">click</a>
<form action="/_emulator/reset" method="post"><button id="bait">post</button></form>"""


def test_mail_that_is_sent_shows_without_a_reload(inbox: Inbox) -> None:
    inbox.send("The first")
    inbox.show("mail", "all")
    expect(inbox.row("The first")).to_be_visible()
    inbox.send("The second")
    expect(inbox.row("The second")).to_be_visible()
    expect(inbox.page.locator("li.row").first).to_contain_text("The second")
    expect(inbox.page.get_by_text("2 messages")).to_be_visible()


def test_an_empty_inbox_teaches_how_to_send_and_fills_by_itself(inbox: Inbox) -> None:
    inbox.show("mail", "all")
    expect(inbox.page.get_by_role("heading", name="No mail yet")).to_be_visible()
    expect(inbox.page.get_by_text(f'endpoint_url="{inbox.account.url}"')).to_be_visible()
    inbox.send("The first")
    expect(inbox.row("The first")).to_be_visible()


def test_new_mail_is_said_to_those_who_do_not_see_it(inbox: Inbox) -> None:
    inbox.send("The first")
    inbox.show("mail", "all")
    expect(inbox.row("The first")).to_be_visible()
    inbox.send("The second")
    expect(inbox.page.get_by_role("status")).to_have_text("New mail: The second")


def test_a_message_is_unread_until_it_is_opened(inbox: Inbox) -> None:
    inbox.send("Read me")
    inbox.show("mail", "all")
    expect(inbox.row("Read me")).to_contain_text("Unread")
    with inbox.page.expect_response("**/read"):
        inbox.open("Read me")
    expect(inbox.row("Read me")).not_to_contain_text("Unread")
    inbox.page.reload()
    expect(inbox.row("Read me")).to_be_visible()
    expect(inbox.row("Read me")).not_to_contain_text("Unread")


def test_the_html_of_a_message_shows(inbox: Inbox) -> None:
    inbox.send("Letter", html="<h1>Dear reader</h1>")
    inbox.show("mail", "all").open("Letter")
    expect(inbox.html().get_by_role("heading", name="Dear reader")).to_be_visible()


def test_nothing_in_a_message_runs(inbox: Inbox) -> None:
    inbox.send("Hostile", html=HOSTILE)
    inbox.show("mail", "all").open("Hostile")
    seen = inbox.html().locator("#seen")
    expect(seen).to_have_text("Look")
    inbox.html().locator("#lure").click()
    inbox.html().locator("#bait").click()
    expect(seen).to_have_text("Look")
    expect(inbox.page).to_have_title("Hostile · SES inbox")
    assert inbox.account.messages()[0]["subject"] == "Hostile"


def test_what_is_elsewhere_loads_only_when_asked_for(inbox: Inbox) -> None:
    asked: list[str] = []

    def seen(route: Route) -> None:
        asked.append(route.request.url)
        route.abort()

    inbox.page.context.route("http://elsewhere.example/**", seen)
    inbox.send("Pixel", html='<p>Hi</p><img src="http://elsewhere.example/pixel.png">')
    inbox.show("mail", "all").open("Pixel")
    expect(inbox.html().get_by_text("Hi")).to_be_visible()
    assert asked == []
    with inbox.page.expect_request("http://elsewhere.example/pixel.png"):
        inbox.page.get_by_role("button", name="Load remote content").click()
    expect(inbox.page.get_by_role("button", name="Block remote content")).to_be_visible()


def test_pictures_inside_of_a_message_show(inbox: Inbox) -> None:
    from tests.browser import seed

    seed.identities(inbox.account, inbox.account.client())
    inbox.account.client().send_raw_email(RawMessage={"Data": seed.invoice().as_bytes()})
    inbox.show("mail", "sent").open("Invoice")
    picture = inbox.html().get_by_role("img", name="Fieldnotes")
    expect(picture).to_have_js_property("naturalWidth", 180)
    expect(inbox.page.get_by_role("link", name="invoice-2026-1107.pdf")).to_be_visible()
    expect(inbox.tab("Parts").get_by_text("multipart/related")).to_be_visible()


def test_a_message_can_be_looked_at_in_every_way(inbox: Inbox) -> None:
    inbox.send("Ways", "Go to https://example.com/there now", "<p>Go <a href='https://example.com/there'>there</a></p>")
    inbox.show("mail", "all").open("Ways")
    expect(inbox.tab("Text").get_by_role("link", name="https://example.com/there")).to_be_visible()
    expect(inbox.tab("Source")).to_contain_text("<p>Go <a href=")
    expect(inbox.tab("Headers").get_by_role("cell", name="Ann <ann@example.com>")).to_be_visible()
    expect(inbox.tab("Parts")).to_contain_text("text/plain")
    expect(inbox.tab("Links")).to_contain_text("Not tracked")
    expect(inbox.tab("Raw")).to_contain_text("MIME-Version: 1.0")


def test_search_finds_by_words_and_operators(inbox: Inbox) -> None:
    inbox.send("An invoice", to="ida@example.com")
    inbox.send("A greeting", to="sam@example.com")
    inbox.show("mail", "all")
    search = inbox.page.get_by_role("combobox", name="Search mail")
    search.fill("to:ida")
    expect(inbox.page.locator("li.row")).to_have_count(1)
    expect(inbox.row("An invoice")).to_be_visible()
    search.fill('-"invoice"')
    expect(inbox.row("A greeting")).to_be_visible()
    expect(inbox.page.locator("li.row")).to_have_count(1)
    search.fill("nowhere")
    expect(inbox.page.get_by_role("heading", name="Nothing found")).to_be_visible()


def test_search_says_what_can_be_asked_and_what_cannot(inbox: Inbox) -> None:
    inbox.send("An invoice")
    inbox.show("mail", "all")
    search = inbox.page.get_by_role("combobox", name="Search mail")
    search.fill("has")
    inbox.page.get_by_role("option", name="has:").click()
    expect(search).to_have_value("has:")
    search.fill("colour:red ")
    expect(inbox.page.get_by_role("alert")).to_contain_text("colour")


def test_a_search_is_in_the_address(inbox: Inbox) -> None:
    inbox.send("An invoice")
    inbox.send("A greeting")
    inbox.show("mail", "all", q="subject:greeting")
    expect(inbox.page.locator("li.row")).to_have_count(1)
    expect(inbox.page.get_by_role("combobox", name="Search mail")).to_have_value("subject:greeting")


def test_several_messages_are_deleted_at_once(inbox: Inbox) -> None:
    for subject in ("One", "Two", "Three"):
        inbox.send(subject)
    inbox.show("mail", "all")
    inbox.page.get_by_role("checkbox", name="Select Three").click()
    inbox.page.get_by_role("checkbox", name="Select Two").click()
    inbox.page.get_by_role("toolbar").get_by_role("button", name="Delete").click()
    inbox.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(inbox.page.locator("li.row")).to_have_count(1)
    expect(inbox.page.get_by_text("2 messages deleted.")).to_be_visible()  # rows go before the server has answered
    assert [each["subject"] for each in inbox.account.messages()] == ["One"]


def test_mail_deleted_elsewhere_goes_from_the_list(inbox: Inbox) -> None:
    message_id = inbox.send("Passing")
    inbox.send("Staying")
    inbox.show("mail", "all")
    expect(inbox.page.locator("li.row")).to_have_count(2)
    inbox.account.inspect("DELETE", f"/messages/{message_id}")
    expect(inbox.page.locator("li.row")).to_have_count(1)


def test_the_list_goes_on_as_it_is_scrolled(inbox: Inbox) -> None:
    inbox.send_many(130)
    inbox.show("mail", "all")
    expect(inbox.row("Number 129")).to_be_visible()
    assert inbox.page.locator("li.row").count() < 60
    inbox.page.locator(".rows").evaluate("box => box.scrollTo(0, box.scrollHeight)")
    expect(inbox.page.locator(".rows > ul")).to_have_css("height", f"{130 * 78}px")
    inbox.page.locator(".rows").evaluate("box => box.scrollTo(0, box.scrollHeight)")
    expect(inbox.row("Number 000")).to_be_visible()


def test_who_scrolled_down_keeps_their_place_when_mail_comes(inbox: Inbox) -> None:
    inbox.send_many(40)
    inbox.show("mail", "all")
    expect(inbox.row("Number 039")).to_be_visible()
    inbox.page.locator(".rows").evaluate("box => box.scrollTo(0, 20 * 78)")
    watched = inbox.row("Number 015")
    expect(watched).to_be_visible()
    before = watched.bounding_box()
    inbox.send("Newest")
    expect(inbox.page.get_by_role("button", name="1 new message")).to_be_visible()
    assert watched.bounding_box() == before


def test_a_phone_shows_the_list_or_the_message(shown: Running, opened: Callable[..., Inbox]) -> None:
    inbox = opened(shown.url, PHONE)
    inbox.send("Small", html="<h1>Dear reader</h1>")
    inbox.show("mail", "all").open("Small")
    expect(inbox.row("Small")).to_have_count(0)
    expect(inbox.html().get_by_role("heading", name="Dear reader")).to_be_visible()
    inbox.page.get_by_role("button", name="SES", exact=True).click()
    expect(inbox.page.get_by_role("heading", name="Timeline")).to_be_visible()
    assert inbox.page.evaluate("document.documentElement.scrollWidth") == PHONE[0]
    inbox.page.get_by_role("button", name="Back to the list").click()
    expect(inbox.row("Small")).to_be_visible()
    inbox.page.get_by_role("button", name="Open the menu").click()
    inbox.page.get_by_role("navigation", name="Views").get_by_role("link", name="Identities").click()
    expect(inbox.page.get_by_role("heading", name="Identities")).to_be_visible()
