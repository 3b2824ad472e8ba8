"""The server about itself: health, coverage, the calls it answered, and starting over."""

from collections.abc import Callable

from emulator.remote import Server
from tests.support import mail
from tests.support.aws import Account, new_account
from tests.support.mail import ANN, BOB

Start = Callable[..., Account]


def test_health_tells_the_version_and_the_work_that_waits(account: Account) -> None:
    health = account.inspect("GET", "/health")
    assert (health["status"], health["database"]) == ("ok", "ok")
    assert set(health) == {"status", "version", "database", "pending_jobs"}


def test_coverage_lists_every_operation_of_both_apis(account: Account) -> None:
    coverage = account.inspect("GET", "/coverage")
    covered = {(each["api"], each["operation"]): each["implemented"] for each in coverage["operations"]}
    assert covered["v1", "SendEmail"]
    assert covered["v1", "SendRawEmail"]
    assert ("v2", "SendEmail") in covered
    assert coverage["total"] == len(covered)
    assert coverage["implemented"] == sum(covered.values())
    assert coverage["drift"] == []


def test_calls_are_listed_as_they_were_on_the_wire(account: Account) -> None:
    sender = mail.client(account)
    mail.send(sender)
    mail.refused(sender, Source="eve@example.org")
    refused, sent, *_ = account.inspect("GET", "/requests")["requests"]
    assert (sent["operation"], sent["status"], sent["code"]) == ("SendEmail", 200, None)
    assert sent["parameters"]["Destination.ToAddresses.member.1"] == BOB
    assert "<MessageId>" in sent["answer"]
    assert (refused["status"], refused["code"]) == (400, "MessageRejected")
    assert (refused["access_key_id"], refused["region"]) == (account.account_id, "us-east-1")
    assert sent["milliseconds"] > 0


def test_calls_can_be_filtered(account: Account) -> None:
    mail.send(mail.client(account))
    account.elsewhere("eu-west-1").client().list_identities()
    (sent,) = account.inspect("GET", "/requests", operation="SendEmail")["requests"]
    assert sent["operation"] == "SendEmail"
    (listed,) = account.inspect("GET", "/requests", region="eu-west-1")["requests"]
    assert listed["operation"] == "ListIdentities"


def test_a_long_value_of_a_call_is_cut(account: Account) -> None:
    mail.send(mail.client(account), Message=mail.message("x" * 100_000))
    seen = account.inspect("GET", "/requests")["requests"][0]["parameters"]["Message.Body.Text.Data"]
    assert len(seen) < 500


def test_a_call_that_no_operation_answers_is_listed_too(account: Account) -> None:
    account.query("NoSuchThing")
    listed = Server(account.url).ask("GET", "/requests", {"limit": None})["requests"]
    assert any(each["code"] == "InvalidAction" for each in listed)


def test_resetting_one_account_leaves_the_others(account: Account) -> None:
    other = new_account(account.url)
    for each in (account, other):
        mail.send(mail.client(each))
    mail.verify(account.elsewhere("eu-west-1"), ANN)
    assert account.inspect("POST", "/reset", region="us-east-1") is None
    assert account.messages(region="us-east-1") == []
    assert account.client().list_identities()["Identities"] == []
    assert account.elsewhere("eu-west-1").client().list_identities()["Identities"] == [ANN]
    assert account.inspect("GET", "/requests", region="us-east-1")["requests"][0]["operation"] == "ListIdentities"
    assert account.inspect("GET", "/requests", region="eu-west-1")["requests"]
    account.inspect("POST", "/reset")
    assert account.elsewhere("eu-west-1").client().list_identities()["Identities"] == []
    assert len(other.messages(direction="outbound")) == 1
    mail.send(other.client())


def test_resetting_everything_leaves_nothing(start: Start) -> None:
    account = start()
    mail.send(mail.client(account))
    server = Server(account.url)
    server.ask("PUT", "/dns/records", body={"name": "x.example", "type": "TXT", "value": "v"})
    server.ask("PUT", "/clock", body={"now": "2030-01-01T00:00:00Z", "frozen": True})
    server.ask("POST", "/reset")
    assert server.ask("GET", "/messages")["total"] == 0
    assert server.ask("GET", "/dns/records") == {"records": []}
    assert server.ask("GET", "/jobs")["jobs"] == []
    assert server.ask("GET", "/requests") == {"requests": []}
    clock = server.ask("GET", "/clock")
    assert not clock["frozen"]
    assert clock["now"] < "2030"
    assert mail.refused(account.client()) == mail.unverified(ANN)
    mail.send(mail.client(account))
