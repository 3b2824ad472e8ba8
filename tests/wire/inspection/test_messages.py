"""Messages at `/_emulator/messages`: one, several, gone."""

import json

import pytest

from tests.support import inspection, mail
from tests.support.aws import Account, new_account
from tests.support.mail import ANN, BOB, document


def test_a_list_has_the_newest_message_first(account: Account) -> None:
    sender = mail.client(account, "example.com")
    ids = [mail.send(sender) for _ in range(3)]
    page = account.inspect("GET", "/messages")
    assert [message["id"] for message in page["messages"]] == ids[::-1]
    assert (page["total"], page["cursor"]) == (3, None)
    assert all(message["headers"] is None for message in page["messages"])


def test_mail_of_all_directions_is_in_one_order_page_by_page(account: Account) -> None:
    sender = mail.client(account)
    for number in range(3):
        mail.send(sender, Message=mail.message(subject=f"number {number}"))
        mail.verify(account, f"other{number}@example.com", client=sender)
    whole = [each["id"] for each in account.messages()]
    found: list[str] = []
    cursor = None
    while not found or cursor:
        place = {"region": account.region, "limit": 2} | ({"cursor": cursor} if cursor else {})
        page = account.inspect("GET", "/messages", **place)
        found += [each["id"] for each in page["messages"]]
        cursor = page["cursor"]
        assert page["total"] == 7
    assert found == whole


def test_latest_is_the_newest_message_that_matches(account: Account) -> None:
    sender = mail.client(account)
    first = mail.send(sender, Message=mail.message(subject="one"))
    second = mail.send(sender, Message=mail.message(subject="two"))
    assert account.inspect("GET", "/messages/latest")["id"] == second
    assert account.inspect("GET", "/messages/latest", subject="one")["id"] == first


def test_a_message_is_seen_within_its_account_and_region_only(account: Account) -> None:
    message_id = mail.send(mail.client(account))
    stranger = new_account(account.url)
    assert stranger.messages() == []
    for query in (f"account={stranger.account_id}", "region=eu-west-1"):
        answer = inspection.ask(account, "GET", f"/messages/{message_id}?{query}")
        assert "There is no message" in inspection.problem(answer, 404)
    assert inspection.ask(account, "GET", f"/messages/{message_id}").status == 200


def test_a_message_has_its_delivered_headers_decoded(account: Account) -> None:
    data = document(f"From: =?utf-8?q?=C3=84nn?= <{ANN}>", f"To: {BOB},", "\tc@x.net", "Subject: =?utf-8?b?w6Q=?=")
    message_id = mail.send_raw(mail.client(account), data)
    headers = [(each["name"], each["value"]) for each in mail.shown(account, message_id)["headers"]]
    assert headers[2:5] == [("From", f"Änn <{ANN}>"), ("To", f"{BOB}, c@x.net"), ("Subject", "ä")]
    assert [name for name, _ in headers[5:]] == ["Message-ID", "Date", "Feedback-ID", "X-SES-Outgoing"]


def test_bodies_are_there_by_themselves(account: Account) -> None:
    message_id = mail.send(mail.client(account), Message=mail.message("Grüße", "<p>Grüße</p>"))
    text = inspection.ask(account, "GET", f"/messages/{message_id}/text")
    html = inspection.ask(account, "GET", f"/messages/{message_id}/html")
    assert (text.text, text.headers["content-type"]) == ("Grüße", "text/plain; charset=utf-8")
    assert (html.text, html.headers["content-type"]) == ("<p>Grüße</p>", "text/html; charset=utf-8")


def test_the_html_of_a_mail_runs_no_script_here(account: Account) -> None:
    message_id = mail.send(mail.client(account), Message=mail.message(None, "<script>alert(1)</script>"))
    html = inspection.ask(account, "GET", f"/messages/{message_id}/html")
    policy = html.headers["content-security-policy"].split("; ")
    assert "default-src 'none'" in policy
    assert "sandbox" in policy


def test_text_and_raw_mail_are_not_taken_for_html(account: Account) -> None:
    message_id = mail.send(mail.client(account), Message=mail.message("<script>alert(1)</script>"))
    for part in ("text", "raw"):
        assert inspection.ask(account, "GET", f"/messages/{message_id}/{part}").headers["x-content-type-options"]


@pytest.mark.parametrize("part", ["text", "html"])
def test_a_body_that_is_not_there_is_not_found(account: Account, part: str) -> None:
    other = {"text": mail.message(None, "<p>Hi</p>"), "html": mail.message("Hi")}[part]
    message_id = mail.send(mail.client(account), Message=other)
    inspection.problem(inspection.ask(account, "GET", f"/messages/{message_id}/{part}"), 404)


def test_a_raw_message_is_read_like_a_composed_one(account: Account) -> None:
    body = "--b\r\nContent-Type: text/plain\r\n\r\none\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>two</p>\r\n--b--"
    data = document(f"From: {ANN}", f"To: {BOB}", "Content-Type: multipart/alternative; boundary=b", body=body)
    message_id = mail.send_raw(mail.client(account), data)
    before = mail.shown(account, message_id)
    account.drain()
    after = mail.shown(account, message_id)
    assert (before["text"], before["html"]) == (after["text"], after["html"]) == ("one", "<p>two</p>")


def test_the_mail_that_asks_for_verification_is_a_message_too(account: Account) -> None:
    mail.client(account)
    (message,) = account.messages(direction="system")
    assert message["to"] == [ANN]
    assert account.messages(direction="outbound") == []


def test_the_timeline_tells_what_happened(account: Account) -> None:
    message_id = mail.send(mail.client(account))
    account.drain()
    events = account.inspect("GET", f"/messages/{message_id}/events")["events"]
    assert [event["type"] for event in events] == ["Send", "Delivery"]
    assert all(event["created_at"].endswith("Z") for event in events)


def test_one_message_can_be_deleted(account: Account) -> None:
    sender = mail.client(account, "example.com")
    kept, gone = mail.send(sender), mail.send(sender)
    assert inspection.ask(account, "DELETE", f"/messages/{gone}").status == 204
    inspection.problem(inspection.ask(account, "GET", f"/messages/{gone}"), 404)
    inspection.problem(inspection.ask(account, "DELETE", f"/messages/{gone}"), 404)
    account.drain()
    assert [message["id"] for message in account.messages()] == [kept]


def test_the_messages_that_match_can_be_deleted(account: Account) -> None:
    sender = mail.client(account, "example.com")
    for subject in ("one", "two", "two"):
        mail.send(sender, Message=mail.message(subject=subject))
    assert account.inspect("DELETE", "/messages", subject="two") == {"deleted": 2}
    assert [message["subject"] for message in account.messages()] == ["one"]
    assert account.inspect("DELETE", "/messages") == {"deleted": 1}
    assert account.messages() == []


def test_deleting_the_mail_of_one_account_leaves_that_of_others(account: Account) -> None:
    other = new_account(account.url)
    mail.send(mail.client(account))
    message_id = mail.send(mail.client(other))
    account.inspect("DELETE", "/messages")
    assert mail.shown(other, message_id)["id"] == message_id


def test_work_on_a_deleted_message_is_passed_over(account: Account) -> None:
    sender = mail.client(account)
    for _ in range(5):
        mail.send_raw(sender, document(f"From: {ANN}", f"To: {BOB}"))
        account.inspect("DELETE", "/messages")
    account.drain()
    assert account.inspect("GET", "/jobs")["jobs"] == []


def test_times_are_iso_8601_in_utc_with_milliseconds(account: Account) -> None:
    message_id = mail.send(mail.client(account))
    answer = json.loads(inspection.ask(account, "GET", f"/messages/{message_id}").body)
    assert len(answer["created_at"]) == len("2026-11-23T09:00:00.000Z")
    assert answer["created_at"].endswith("Z")
