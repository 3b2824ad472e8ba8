"""SES's side in the inbox: what it did, and what it is made to do."""

import json
from collections.abc import Callable

from playwright.sync_api import Route, expect

from emulator import Running
from tests.browser import seed
from tests.browser.inbox import Inbox
from tests.support.topics import Topics

HOSTILE = """<!doctype html><style>@import url(http://elsewhere.example/style.css); h1 { color: rgb(1, 2, 3) }</style>
<h1 id="seen">Look</h1>
<script>document.getElementById("seen").textContent = "a script ran"; top.document.title = "a script ran"</script>
<img src="http://elsewhere.example/pixel.png" onerror="document.getElementById('seen').textContent = 'a handler ran'">
<iframe src="http://elsewhere.example/frame.html"></iframe>
<form action="/_emulator/reset" method="post"><button id="bait">post</button></form>"""


def test_a_hard_bounce_changes_badge_and_timeline(inbox: Inbox) -> None:
    inbox.send("Fragile")
    inbox.account.drain()
    inbox.show("mail", "all").open("Fragile")
    expect(inbox.row("Fragile")).to_contain_text("Delivered")
    inbox.page.get_by_role("button", name="Hard bounce").click()
    expect(inbox.row("Fragile")).to_contain_text("Bounced")
    newest = inbox.page.locator(".timeline > li").last
    expect(newest).to_contain_text("Bounce")
    expect(newest).to_contain_text("Permanent / General")
    newest.get_by_role("button").first.click()
    expect(newest).to_contain_text('"diagnostic_code"')


def test_what_happens_elsewhere_shows_at_once(inbox: Inbox) -> None:
    message_id = inbox.send("Watched", html="<p>Hi</p>")
    inbox.account.drain()
    inbox.show("mail", "all").open("Watched")
    expect(inbox.row("Watched")).to_contain_text("Delivered")
    inbox.account.inspect("POST", f"/messages/{message_id}/outcomes", {"recipient": "bob@example.com", "type": "open"})
    expect(inbox.row("Watched")).to_contain_text("Opened")
    expect(inbox.page.locator(".timeline > li").last).to_contain_text("Open")


def test_a_click_is_made_on_the_link_that_is_chosen(inbox: Inbox) -> None:
    html = '<a href="https://example.com/one">One</a> <a href="https://example.com/two">Two</a>'
    inbox.send("Links", html=html)
    inbox.account.drain()
    inbox.show("mail", "all").open("Links")
    inbox.page.get_by_role("button", name="Click", exact=True).click()
    inbox.page.get_by_role("menuitem", name="Two").click()
    expect(inbox.page.locator(".timeline > li").last).to_contain_text("https://example.com/two")
    expect(inbox.row("Links")).to_contain_text("Clicked")
    expect(inbox.tab("Links")).to_contain_text("Clicked 1×")


def send_receipt(inbox: Inbox) -> None:
    """A templated mail with a tag was sent through a configuration set that tells a topic."""
    ses = inbox.account.client()
    seed.identities(inbox.account, ses)
    seed.configuration(inbox.account, ses)
    ses.send_templated_email(
        Source=seed.SHOP,
        Destination={"ToAddresses": [seed.NOVA]},
        Template="order-receipt",
        TemplateData=json.dumps({"name": "Nova", "order": "FN-1", "items": ["Ink"]}),
        ConfigurationSetName=seed.SET,
        Tags=[{"Name": "campaign", "Value": "orders"}],
    )
    inbox.account.drain()


def test_the_panel_tells_all_that_ses_knows_of_a_message(inbox: Inbox) -> None:
    send_receipt(inbox)
    inbox.show("mail", "sent").open("Your order FN-1")
    panel = inbox.page.get_by_role("complementary", name="What SES did")
    for fact in ("SendTemplatedEmail", inbox.account.account_id, "storefront", "order-receipt", "campaign = orders"):
        expect(panel.get_by_text(fact).first).to_be_visible()
    expect(panel.get_by_text('"order": "FN-1"')).to_be_visible()
    expect(panel.get_by_role("heading", name="Authentication")).to_be_visible()


def test_an_event_tells_whom_it_was_told_and_is_told_again(
    told: Topics, telling: Running, opened: Callable[..., Inbox]
) -> None:
    inbox = opened(telling.url)
    send_receipt(inbox)
    inbox.show("mail", "sent").open("Your order FN-1")
    first = inbox.page.locator(".timeline > li").first
    first.get_by_role("button").first.click()
    first.get_by_text("storefront/to-topic").click()
    expect(first).to_contain_text('"eventType": "Send"')
    expect(first).to_contain_text("Published")
    before = len(told.published)
    first.get_by_role("button", name="Publish again").click()
    expect(inbox.page.get_by_text("1 publication is due again.")).to_be_visible()
    inbox.account.drain()
    assert len(told.published) == before + 1


def test_the_link_of_a_verification_mail_verifies_the_identity(inbox: Inbox) -> None:
    inbox.account.client().verify_email_identity(EmailAddress="nova@example.org")
    inbox.account.drain()
    inbox.show("mail", "system").open("nova@example.org")
    with inbox.page.context.expect_page() as followed:
        inbox.tab("Text").get_by_role("link").first.click()
    followed.value.wait_for_load_state()
    inbox.show("identities", "nova@example.org")
    expect(inbox.page.locator(".detail-head")).to_contain_text("Verified")
    answer = inbox.account.client().get_identity_verification_attributes(Identities=["nova@example.org"])
    assert answer["VerificationAttributes"]["nova@example.org"]["VerificationStatus"] == "Success"


def test_publishing_the_records_of_a_domain_verifies_it(inbox: Inbox) -> None:
    domain = f"d{inbox.account.account_id}.example"
    inbox.account.client().verify_domain_identity(Domain=domain)
    inbox.show("identities", domain)
    expect(inbox.page.locator(".detail-head")).to_contain_text("Pending")
    inbox.page.get_by_role("button", name="Publish in the zone").click()
    expect(inbox.page.locator(".detail-head")).to_contain_text("Verified")


def test_the_clock_fails_an_identity_that_is_still_pending(telling: Running, opened: Callable[..., Inbox]) -> None:
    inbox = opened(telling.url)
    inbox.account.client().verify_domain_identity(Domain="example.com")
    inbox.show("identities")
    expect(inbox.page.get_by_role("link", name="example.com")).to_contain_text("Pending")
    inbox.show("clock")
    inbox.page.get_by_role("button", name="+72 hours").click()
    expect(inbox.page.get_by_text("3 days ahead of this machine")).to_be_visible()
    inbox.show("identities", "example.com")
    expect(inbox.page.locator(".detail-head")).to_contain_text("Failed")
    inbox.show("clock").page.get_by_role("button", name="Back to real time").click()
    expect(inbox.page.get_by_text("in step with this machine")).to_be_visible()


def test_a_template_shows_what_becomes_of_it_or_why_it_does_not(inbox: Inbox) -> None:
    inbox.account.client().create_template(Template=seed.RECEIPT)
    inbox.show("templates", "order-receipt")
    data = inbox.page.get_by_role("textbox", name="Template data")
    data.fill('{"name": "Nova", "order": "FN-1", "items": ["Ink"]}')
    expect(inbox.page.get_by_text("Your order FN-1 is on its way")).to_be_visible()
    expect(inbox.rendered().get_by_role("heading", name="On its way, Nova")).to_be_visible()
    data.fill('{"name": "Nova"}')
    expect(inbox.page.get_by_text("Attribute 'order' is not present")).to_be_visible()


def test_nothing_in_a_template_runs_or_loads(inbox: Inbox) -> None:
    asked: list[str] = []

    def seen(route: Route) -> None:
        asked.append(route.request.url)
        route.abort()

    inbox.page.context.route("http://elsewhere.example/**", seen)
    inbox.account.client().create_template(
        Template={"TemplateName": "hostile", "SubjectPart": "Hi", "HtmlPart": HOSTILE + "<p>{{name}}</p>"}
    )
    inbox.show("templates", "hostile")
    look = inbox.rendered()
    expect(look.get_by_text("name", exact=True)).to_be_visible()
    expect(look.locator("#seen")).to_have_text("Look")
    expect(look.locator("#seen")).to_have_css("color", "rgb(1, 2, 3)")
    assert look.locator("#seen").evaluate("() => window.origin") == "null"
    look.locator("#bait").click()
    inbox.page.get_by_role("textbox", name="Template data").fill('{"name": "Nova"}')
    expect(inbox.rendered().get_by_text("Nova")).to_be_visible()
    expect(inbox.rendered().locator("#seen")).to_have_text("Look")
    expect(inbox.page).to_have_title("Templates · SES inbox")
    assert asked == []
    assert [each["name"] for each in inbox.account.inspect("GET", "/templates")["templates"]] == ["hostile"]


def test_the_rules_that_an_address_would_meet_are_shown(inbox: Inbox) -> None:
    ses = inbox.account.client()
    seed.identities(inbox.account, ses)
    seed.receipt_rules(ses)
    inbox.show("receipt-rules")
    inbox.page.get_by_role("textbox", name="Recipient").fill(f"support@{seed.DOMAIN}")
    inbox.page.get_by_role("button", name="Look").click()
    expect(inbox.page.get_by_text("These rules run in turn: tag-support.")).to_be_visible()
    expect(inbox.page.locator(".rules > .matched")).to_have_count(1)


def test_a_mail_is_received_by_a_form(inbox: Inbox) -> None:
    ses = inbox.account.client()
    seed.identities(inbox.account, ses)
    seed.receipt_rules(ses)
    inbox.show("receive")
    inbox.page.get_by_role("combobox", name="To").fill(f"support@{seed.DOMAIN}")
    inbox.page.get_by_role("textbox", name="Subject").fill("Grüße")
    inbox.page.get_by_role("button", name="Receive", exact=True).click()
    expect(inbox.page.get_by_role("heading", name="Grüße")).to_be_visible()
    expect(inbox.page.get_by_role("complementary", name="What SES did")).to_contain_text("tag-support")


def test_a_test_mail_is_refused_as_ses_refuses_it_and_then_sent(inbox: Inbox) -> None:
    inbox.show("compose")
    inbox.page.get_by_role("combobox", name="From").fill("ann@example.com")
    inbox.page.get_by_role("textbox", name="To").fill("bob@example.com")
    inbox.page.get_by_role("button", name="Send", exact=True).click()
    expect(inbox.page.get_by_role("alert").filter(has_text="not verified")).to_be_visible()
    inbox.account.client().verify_email_identity(EmailAddress="ann@example.com")
    inbox.account.inspect("POST", "/identities/ann@example.com/verify")
    inbox.page.get_by_role("button", name="Send", exact=True).click()
    expect(inbox.page.get_by_role("heading", name="A test", exact=True)).to_be_visible()
    assert [each["operation"] for each in inbox.account.messages(direction="outbound")] == ["SendEmail"]


def test_the_account_is_changed_and_its_statistics_are_drawn(inbox: Inbox) -> None:
    inbox.send("Counted")
    inbox.account.drain()
    inbox.show("account")
    expect(inbox.page.get_by_text("1 of 50,000 recipients")).to_be_visible()
    expect(inbox.page.get_by_role("img", name="Recipients by what became of their mail")).to_be_visible()
    sandbox = inbox.page.get_by_role("switch", name="Sandbox")
    sandbox.click()
    expect(sandbox).to_be_checked()
    assert inbox.account.inspect("GET", "/account")["sandbox"]


def test_an_address_is_suppressed_and_lifted(inbox: Inbox) -> None:
    inbox.show("suppression")
    inbox.page.get_by_role("textbox", name="Address", exact=True).fill("gone@example.com")
    inbox.page.get_by_role("button", name="Suppress", exact=True).click()
    expect(inbox.page.get_by_role("cell", name="gone@example.com", exact=True)).to_be_visible()
    assert inbox.account.inspect("GET", "/suppression")["suppressed"][0]["reason"] == "BOUNCE"
    inbox.page.get_by_role("button", name="Lift the suppression of gone@example.com").click()
    expect(inbox.page.get_by_role("heading", name="Nobody is suppressed")).to_be_visible()


def test_the_wire_log_shows_a_call_and_its_answer(inbox: Inbox) -> None:
    inbox.account.client().verify_domain_identity(Domain="example.com")
    inbox.show("requests")
    inbox.page.get_by_role("link", name="VerifyDomainIdentity").click()
    expect(inbox.page.get_by_role("row", name="Domain example.com")).to_be_visible()
    expect(inbox.page.get_by_role("region", name="Answer")).to_contain_text("<VerificationToken>")


def answered(inbox: Inbox, said: str) -> int:
    """The status of the answer to a call, which holds this."""
    answer = inbox.account.query("GetSendQuota")
    assert said in answer.text
    return answer.status


def test_a_ready_made_fault_begins_and_ends_with_a_click(inbox: Inbox) -> None:
    inbox.show("faults")
    outage = inbox.page.locator("button.step-card").filter(has_text="Outage")
    outage.click()
    expect(outage).to_have_attribute("aria-pressed", "true")
    assert answered(inbox, "<Code>ServiceUnavailable</Code>") == 503
    row = inbox.page.get_by_role("list", name="What fails now").get_by_role("listitem")
    expect(row).to_contain_text("Outage")
    outage.click()
    expect(inbox.page.get_by_role("heading", name="Nothing fails")).to_be_visible()
    assert answered(inbox, "<SentLast24Hours>0") == 200


def test_a_fault_that_is_described_hits_so_many_calls_and_shows_in_the_wire_log(inbox: Inbox) -> None:
    inbox.show("faults")
    form = inbox.page.get_by_role("main").locator("form")
    form.get_by_label("Operation").fill("GetSendQuota")
    form.get_by_label("Error code").fill("Throtling")
    form.get_by_label("How many calls").fill("1")
    form.get_by_role("button", name="Let it fail").click()
    expect(form.get_by_role("alert")).to_contain_text("did you mean Throttling?")
    form.get_by_label("Error code").fill("Throttling")
    form.get_by_role("button", name="Let it fail").click()
    row = inbox.page.get_by_role("list", name="What fails now").get_by_role("listitem")
    expect(row).to_contain_text("0 of 1 hits")
    assert answered(inbox, "<Code>Throttling</Code>") == 400
    expect(row).to_contain_text("Used up")
    row.get_by_role("button", name="Remove: GetSendQuota").click()
    expect(inbox.page.get_by_role("heading", name="Nothing fails")).to_be_visible()
    inbox.show("requests").page.get_by_role("link", name="GetSendQuota").click()
    expect(inbox.page.locator(".detail-head")).to_contain_text("Hit by a fault")


def test_an_account_that_has_anything_can_be_chosen(inbox: Inbox) -> None:
    inbox.account.elsewhere("eu-west-1").client().create_template(Template=seed.RECEIPT)
    inbox.show("templates")
    inbox.page.get_by_title("Account and region").click()
    inbox.page.get_by_role("menuitemradio", name=f"{inbox.account.account_id} eu-west-1").click()
    expect(inbox.page.get_by_role("link", name="order-receipt")).to_be_visible()
