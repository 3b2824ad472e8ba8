"""What became of received mail: the rules that it matched, each of their actions, and what was thought of it."""

from typing import Any

from tests.support import inspection, mail, receipt_rules, receipts
from tests.support.aws import Account
from tests.support.receipt_rules import S3, STOP

HEADER: dict[str, Any] = {"AddHeaderAction": {"HeaderName": "X-Seen", "HeaderValue": "yes"}}


def progress(account: Account, message_id: str) -> list[tuple[str, list[tuple[str, str]]]]:
    found = account.inspect("GET", f"/messages/{message_id}/receipt")
    return [(rule["rule"], [(each["type"], each["outcome"]) for each in rule["actions"]]) for rule in found["rules"]]


def test_every_action_says_what_became_of_it(account: Account) -> None:
    recipient = receipts.receive(account, receipt_rules.rule("one", HEADER, S3, HEADER), receipt_rules.rule("two", S3))
    assert progress(account, receipts.received(account, recipient)) == [
        ("one", [("AddHeaderAction", "done"), ("S3Action", "recorded"), ("AddHeaderAction", "done")]),
        ("two", [("S3Action", "recorded")]),
    ]


def test_an_action_says_where_it_went(account: Account) -> None:
    recipient = receipts.receive(account, receipt_rules.rule("one", S3))
    message_id = receipts.received(account, recipient)
    found = account.inspect("GET", f"/messages/{message_id}/receipt")
    (rule,) = found["rules"]
    assert (rule["rule_set"], rule["rule"], rule["recipients"]) == (receipt_rules.SET, "one", [recipient])
    (action,) = rule["actions"]
    assert action["members"] == S3["S3Action"]
    assert action["target"] == f"arn:aws:s3:::mails/{message_id}"
    assert (action["error"], action["detail"]["outcome"]) == (None, "recorded")
    assert action["at"] >= mail.shown(account, message_id)["created_at"]
    assert (found["mail_from"], found["recipients"], found["tls"]) == (receipts.SENDER, [recipient], True)


def test_the_raw_mail_is_what_s3_would_be_given_with_the_headers_that_actions_added(account: Account) -> None:
    other = {"AddHeaderAction": {"HeaderName": "X-Queue", "HeaderValue": "support"}}
    recipient = receipts.receive(account, receipt_rules.rule("one", HEADER, other, S3))
    message_id = receipts.arrive(account, recipient)
    before = inspection.ask(account, "GET", f"/messages/{message_id}/raw").body
    account.drain()
    after = inspection.ask(account, "GET", f"/messages/{message_id}/raw").body
    assert after == b"X-Queue: support\r\nX-Seen: yes\r\n" + before
    headers = [each["name"] for each in mail.shown(account, message_id)["headers"]]
    assert headers[:2] == ["X-Queue", "X-Seen"]


def test_what_a_stop_leaves_out_was_not_run(account: Account) -> None:
    recipient = receipts.receive(
        account,
        receipt_rules.rule("one", HEADER, STOP),
        receipt_rules.rule("two", HEADER),
    )
    assert progress(account, receipts.received(account, recipient)) == [
        ("one", [("AddHeaderAction", "done"), ("StopAction", "done")]),
        ("two", [("AddHeaderAction", "not_run")]),
    ]


def test_a_mail_that_matches_no_action_has_an_empty_plan(account: Account) -> None:
    recipient = receipts.receive(account, receipt_rules.rule("one", ScanEnabled=True))
    found = account.inspect("GET", f"/messages/{receipts.received(account, recipient)}/receipt")
    assert [(each["rule"], each["actions"]) for each in found["rules"]] == [("one", [])]
    assert set(found["verdicts"]) == {"spam", "virus", "spf", "dkim", "dmarc"}
    assert (found["verdicts"]["spam"], found["verdicts"]["virus"]) == ("PASS", "PASS")


def test_who_received_mail_is_from_is_what_was_found_when_it_came(account: Account) -> None:
    recipient = receipts.receive(account, receipt_rules.rule("one", S3))
    message_id = receipts.received(account, recipient, sender="alice@example.org")
    found = account.inspect("GET", f"/messages/{message_id}/authentication")
    receipt = account.inspect("GET", f"/messages/{message_id}/receipt")
    assert found["verdicts"] == receipt["verdicts"]
    assert found["dkim"] == []
    assert found["spf"]["result"] in ("none", "neutral", "softfail", "fail")
    assert found["dmarc"]["domain"] == "example.org"


def test_mail_that_was_sent_has_no_receipt(account: Account) -> None:
    message_id = mail.send(mail.client(account))
    answer = inspection.ask(account, "GET", f"/messages/{message_id}/receipt")
    assert inspection.problem(answer, 404) == "The message was not received, but sent."


def test_received_mail_is_searched_like_any(account: Account) -> None:
    recipient = receipts.receive(account, receipt_rules.rule("one", S3))
    message_id = receipts.received(account, recipient)
    for q in ("direction:inbound", "event:Received", "event:ReceiptAction", f"to:{recipient}", "-identity:example.com"):
        assert message_id in [each["id"] for each in account.messages(q=q)], q
    assert account.messages(q="direction:inbound")[0]["outcomes"] == ["Received", "ReceiptAction"]
