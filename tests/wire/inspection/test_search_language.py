"""The language of searches in `q`: operators, negation, and what they find."""

import json
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest

from tests.support import inspection, mail, templates
from tests.support.aws import Account
from tests.support.mail import ANN, BOB, document


@pytest.fixture
def mailbox(account: Account) -> Account:
    """An account with four messages: a, b, c and d in their subjects."""
    sender = mail.client(account, "example.com", "zoe@example.com")
    sender.create_configuration_set(ConfigurationSet={"Name": "news"})
    templates.create(sender, SubjectPart="d: {{name}}")
    mail.send(sender, Message=mail.message("The quick fox", subject="a: one"), Tags=[{"Name": "kind", "Value": "x"}])
    mail.send(
        sender,
        Source="Zoë <zoe@example.com>",
        ConfigurationSetName="news",
        Message=mail.message(None, f"<p>{'lazy dog ' * 2_000}</p>", subject="b: two"),
    )
    data = document(
        f"From: {ANN}",
        "To: cy@example.net",
        "Subject: c: three",
        "Content-Type: multipart/mixed; boundary=b",
        body="--b\r\n\r\nhello\r\n--b\r\nContent-Disposition: attachment\r\n\r\nx\r\n--b--",
    )
    mail.send_raw(sender, data)
    templates.send(sender, TemplateData=json.dumps({"name": "four", "animal": "fox"}))
    account.drain()
    bounced = account.messages(subject="c: three")[0]
    outcome = {"recipient": "cy@example.net", "type": "bounce"}
    account.inspect("POST", f"/messages/{bounced['id']}/outcomes", outcome)
    account.inspect("PUT", f"/messages/{bounced['id']}/read", {"read": True})
    return account


def found(account: Account, q: str, **query: Any) -> str:
    subjects = [message["subject"] for message in account.messages(q=q, **{"direction": "outbound", **query})]
    return "".join(sorted(subject[0] for subject in subjects))


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("from:zoe", "b"),
        ("from:Zoë", "b"),
        ("-from:zoe", "acd"),
        ("to:cy@", "c"),
        ('subject:"a: one"', "a"),
        ("-subject:three -subject:two", "ad"),
        ("fox", "ad"),
        ("fox -quick", "d"),
        ('-"quick fox"', "bcd"),
        ("has:attachment", "c"),
        ("-has:attachment", "abd"),
        ("is:read", "c"),
        ("is:unread", "abd"),
        ("tag:kind", "a"),
        ("tag:kind=x", "a"),
        ("tag:kind=y", ""),
        ("-tag:kind", "bcd"),
        ("config-set:news", "b"),
        ("-config-set:news", "acd"),
        ("template:greeting", "d"),
        ("identity:example.com", "acd"),
        ("identity:zoe@example.com", "b"),
        ("-identity:example.com", "b"),
        ("identity:ample.com", ""),
        ("event:bounce", "c"),
        ("-event:Bounce", "abd"),
        ("event:Delivery -event:Bounce", "abd"),
        ("larger:10K", "b"),
        ("smaller:10K", "acd"),
        ("-larger:10K", "acd"),
        ("before:2001-01-01", ""),
        ("after:2001-01-01", "abcd"),
        ("-after:2001-01-01", ""),
        ("direction:outbound", "abcd"),
        ("-direction:outbound", ""),
        ("from:ann fox smaller:10K -has:attachment", "ad"),
        ('"from:ann"', ""),
    ],
)
def test_operators_say_where_and_a_minus_where_not(mailbox: Account, q: str, expected: str) -> None:
    assert found(mailbox, q) == expected


def test_a_direction_is_one_of_three(mailbox: Account) -> None:
    assert found(mailbox, "direction:system -direction:inbound", direction="system") != ""
    assert [each["direction"] for each in mailbox.messages(q="direction:system", limit=1)] == ["system"]


def test_what_was_before_a_time_was_not_after_it(mailbox: Account) -> None:
    second = mailbox.messages(subject="b: two")[0]["created_at"]
    later = (datetime.fromisoformat(second) + timedelta(milliseconds=1)).isoformat()
    for instant in (second, later):
        before, after = found(mailbox, f'before:"{instant}"'), found(mailbox, f'after:"{instant}"')
        assert sorted(before + after) == list("abcd")
    assert "b" in found(mailbox, f'after:"{second}"')
    assert "b" in found(mailbox, f'before:"{later}"')


def test_the_other_filters_hold_as_well(mailbox: Account) -> None:
    assert found(mailbox, "fox", subject="four") == "d"
    assert found(mailbox, "from:ann", to="cy@") == "c"


def test_a_search_counts_all_and_shows_a_page(mailbox: Account) -> None:
    page = mailbox.inspect("GET", "/messages", q="-zebra from:example.com", direction="outbound", limit=3)
    assert (len(page["messages"]), page["total"]) == (3, 4)
    rest = mailbox.inspect(
        "GET", "/messages", q="-zebra from:example.com", direction="outbound", limit=3, cursor=page["cursor"]
    )
    assert (len(rest["messages"]), rest["total"], rest["cursor"]) == (1, 4, None)
    assert {each["id"] for each in page["messages"]}.isdisjoint(each["id"] for each in rest["messages"])


def test_what_is_found_can_be_deleted(mailbox: Account) -> None:
    assert mailbox.inspect("DELETE", "/messages", q="event:Bounce has:attachment -fox") == {"deleted": 1}
    assert found(mailbox, "") == "abd"


@pytest.mark.parametrize("method", ["GET /messages", "DELETE /messages", "GET /messages/wait", "GET /messages/latest"])
def test_a_search_that_cannot_be_read_is_refused_in_words(account: Account, method: str) -> None:
    verb, path = method.split()
    detail = inspection.problem(inspection.ask(account, verb, f"{path}?q=form:ann"), 400)
    assert detail.startswith('There is no operator form: (to look for the words, write "form:ann"); known: from:,')


@pytest.mark.parametrize("name", ["from", "to", "subject", "tag", "q"])
def test_a_text_that_no_database_looks_for_is_refused(account: Account, name: str) -> None:
    detail = inspection.problem(inspection.ask(account, "GET", f"/messages?{name}={'x' * 2_001}"), 400)
    assert "at most 2000 characters" in detail
    assert inspection.ask(account, "GET", f"/messages?{name}={'x' * 2_000}").status == 200


def test_operators_are_told_with_the_names_that_the_account_has(mailbox: Account) -> None:
    operators = {each["name"]: each for each in mailbox.inspect("GET", "/search/operators")["operators"]}
    assert list(operators)[:3] == ["from", "to", "subject"]
    assert operators["config-set"]["values"] == ["news"]
    assert operators["template"]["values"] == ["greeting"]
    assert operators["identity"]["values"] == ["example.com", "zoe@example.com"]
    assert operators["has"]["values"] == ["attachment"]
    for each in operators.values():
        assert each["help"]
        assert inspection.ask(mailbox, "GET", f"/messages?q={quote(each['example'])}").status == 200
    assert found(mailbox, f"to:{BOB}") == "abd"
