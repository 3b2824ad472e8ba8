"""Failures that a test asks for, as boto3 meets them; and what boto3 makes of them when it tries again."""

import select
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import pytest
from botocore import endpoint
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError
from botocore.parsers import ResponseParserError
from botocore.retries.bucket import TokenBucket

from tests.support import aws, faults, mail, processes, raw, templates, xml
from tests.support.aws import Account
from tests.support.mail import ANN, BOB

SEND_RATE = ("Throttling", "Maximum sending rate exceeded.", 400)
CALL_RATE = ("Throttling", "Rate exceeded", 400)
LONG_MS = 60_000  # which no test waits for


@pytest.fixture
def sender(account: Account) -> Any:
    """A boto3 client that tries once, of an account in which Ann is verified."""
    mail.verify(account, ANN)
    return faults.client(account)


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """boto3 waits no time between its tries, nor for its own rate to let it."""
    monkeypatch.setattr(endpoint, "time", SimpleNamespace(sleep=lambda _seconds: None))
    monkeypatch.setattr(TokenBucket, "acquire", lambda *_arguments, **_options: True)


def sent(account: Account) -> int:
    return len(account.messages(direction="outbound"))


# ---- errors of AWS


@pytest.mark.parametrize(
    ("code", "message", "status"),
    [
        ("Throttling", "Maximum sending rate exceeded.", 400),
        ("AccountSendingPausedException", "Account sending is disabled.", 400),
        ("InternalFailure", "We encountered an internal error. Please try again.", 500),
        ("ServiceUnavailable", "We encountered an internal error. Please try again.", 503),
        ("InvalidClientTokenId", "A fault was asked for that answers this call.", 403),
    ],
)
def test_an_error_has_its_status_and_what_ses_says_with_it(
    account: Account, sender: Any, code: str, message: str, status: int
) -> None:
    faults.ask(account, "SendEmail", code=code)
    assert aws.refusal(sender.send_email, **mail.parameters()) == (code, message, status)


def test_an_error_is_what_boto3_has_an_exception_for(account: Account, sender: Any) -> None:
    faults.ask(account, "SendEmail", code="ConfigurationSetDoesNotExistException")
    with pytest.raises(sender.exceptions.ConfigurationSetDoesNotExistException) as caught:
        mail.send(sender, ConfigurationSetName="news")
    assert caught.value.response["Error"]["Message"] == "Configuration set <news> does not exist."


@pytest.mark.parametrize(
    ("code", "kind", "namespace", "status"),
    [
        ("Throttling", "Sender", xml.NAMESPACE, 400),
        ("ServiceUnavailable", "Receiver", xml.NAMESPACE, 503),
        ("InvalidAction", "Sender", xml.FAULT_NAMESPACE, 400),
    ],
)
def test_an_error_has_the_bytes_of_aws(account: Account, code: str, kind: str, namespace: str, status: int) -> None:
    faults.ask(account, "ListIdentities", code=code, message="No <b>")
    answer = account.query("ListIdentities")
    expected = xml.error_body(xml.request_id(answer), code, "No &lt;b&gt;", kind=kind, ns=namespace)
    assert (answer.status, answer.body) == (status, expected)
    assert answer.headers["x-amzn-requestid"] == xml.request_id(answer)


def test_a_call_that_a_fault_refuses_changes_nothing(account: Account, sender: Any) -> None:
    faults.ask(account, "*", code="ServiceUnavailable", times=2)
    for call in (sender.send_email, sender.verify_domain_identity):
        parameters = mail.parameters() if call == sender.send_email else {"Domain": "example.org"}
        assert aws.refusal(call, **parameters)[0] == "ServiceUnavailable"
    assert sender.list_identities()["Identities"] == [ANN]
    assert sender.get_send_quota()["SentLast24Hours"] == 0
    assert sent(account) == 0


def test_a_fault_is_told_before_what_is_wrong_with_the_parameters(account: Account) -> None:
    faults.ask(account, "SendEmail", code="Throttling", times=1)
    assert xml.refusal(account.query("SendEmail")) == (400, *SEND_RATE[:2])
    assert xml.code(account.query("SendEmail")) == "ValidationError"


def test_an_operation_that_nobody_has_is_told_before_any_fault(account: Account) -> None:
    faults.ask(account, "*", code="Throttling")
    assert xml.code(account.query("SendMail")) == "InvalidAction"


# ---- what is between the client and AWS


@pytest.mark.parametrize(
    ("status", "title"), [(503, "503 Service Unavailable"), (502, "502 Bad Gateway"), (599, "599")]
)
def test_a_status_alone_is_a_page_of_something_else(account: Account, status: int, title: str) -> None:
    faults.ask(account, "GetSendQuota", status=status)
    answer = account.query("GetSendQuota")
    assert (answer.status, answer.headers["content-type"]) == (status, "text/html")
    assert f"<h1>{title}</h1>" in answer.text
    assert "x-amzn-requestid" not in answer.headers
    assert aws.refusal(faults.client(account).get_send_quota)[::2] == (str(status), status)


@pytest.mark.parametrize(("moment", "count"), [("before", 0), ("after", 1)])
def test_a_connection_that_drops_leaves_the_call_undone_or_done(
    account: Account, sender: Any, moment: str, count: int
) -> None:
    faults.ask(account, "SendEmail", drop=moment, times=1)
    with pytest.raises(ConnectionClosedError):
        mail.send(sender)
    assert sent(account) == count
    mail.send(sender)


def test_a_call_that_is_refused_drops_the_connection_too(account: Account, sender: Any) -> None:
    faults.ask(account, "SendEmail", drop="after")
    with pytest.raises(ConnectionClosedError):
        mail.send(sender, Source="stranger@example.org")


def test_a_truncated_answer_is_shorter_than_it_says(account: Account, sender: Any) -> None:
    faults.ask(account, "SendEmail", truncate=True)
    with pytest.raises(ResponseParserError):  # which boto3 does not try again
        mail.send(sender)
    assert sent(account) == 1
    faults.ask(account, "GetSendQuota", truncate=True)
    answer = raw.exchange(account.url, [call(account, "GetSendQuota")])
    head, _, body = answer.partition(b"\r\n\r\n")
    (length,) = [int(line.partition(b":")[2]) for line in head.split(b"\r\n") if line.startswith(b"content-length")]
    assert len(body) == length // 2


# ---- time


def test_a_call_that_is_held_up_happens_later(account: Account, sender: Any) -> None:
    faults.ask(account, "SendEmail", delay_ms=100)
    began = time.monotonic()
    mail.send(sender)
    assert time.monotonic() - began >= 0.1
    (seen, *_) = account.inspect("GET", "/requests", operation="SendEmail")["requests"]
    assert seen["milliseconds"] >= 100
    message = mail.shown(account, "latest")
    assert message["created_at"] >= seen["at"][:19]


def test_a_call_that_is_held_up_holds_up_nobody(account: Account) -> None:
    held_up = [aws.new_account(account.url) for _ in range(80)]  # more than there are threads
    for each in held_up:
        faults.ask(each, "SendEmail", delay_ms=LONG_MS)
    connections = [raw.connect(account.url) for _ in held_up]
    for connection, each in zip(connections, held_up, strict=True):
        connection.sendall(call(each, "SendEmail"))
    client = mail.client(account)
    for _ in range(5):
        mail.send(client)
    assert sent(account) == 5
    assert select.select(connections, [], [], 0)[0] == []
    for connection in connections:
        connection.close()


def test_a_client_that_gives_up_has_made_the_call_nonetheless(account: Account, sender: Any) -> None:
    faults.ask(account, "SendEmail", delay_ms=500, times=1)
    with pytest.raises(ReadTimeoutError):
        mail.send(faults.client(account, read_timeout=0.1))
    assert sent(account) == 0
    processes.until(lambda: sent(account) == 1)


def test_delay_and_failure_go_together(account: Account, sender: Any) -> None:
    faults.ask(account, "SendEmail", delay_ms=50, code="Throttling")
    began = time.monotonic()
    assert aws.refusal(sender.send_email, **mail.parameters()) == SEND_RATE
    assert time.monotonic() - began >= 0.05


# ---- which calls


@pytest.mark.parametrize(
    ("match", "hit"),
    [
        ({"recipient": BOB}, True),
        ({"recipient": "*@EXAMPLE.net"}, True),
        ({"recipient": "bo[b]@example.net"}, False),
        ({"recipient": "bob@example.???"}, True),
        ({"recipient": "carl@example.net"}, False),
        ({"source": ANN}, True),
        ({"source": "example.com"}, False),
        ({"identity": "example.com"}, True),
        ({"identity": "*.com", "recipient": BOB}, True),
        ({"identity": "example.com", "recipient": ANN}, False),
        ({"template": "*"}, False),
        ({"configuration_set": "*"}, False),
    ],
)
def test_a_fault_hits_what_matches_in_every_respect(
    account: Account, sender: Any, match: dict[str, str], hit: bool
) -> None:
    faults.ask(account, "SendEmail", code="Throttling", match=match)
    if hit:
        assert aws.refusal(sender.send_email, **mail.parameters()) == SEND_RATE
    else:
        mail.send(sender)


def test_raw_and_templated_mail_match_as_well(account: Account, sender: Any) -> None:
    templates.create(sender)
    faults.ask(account, "*", code="Throttling", match={"recipient": BOB, "source": ANN})
    raw_message = {"Data": mail.document(f"From: Ann <{ANN}>", f"To: Bob <{BOB}>")}
    assert aws.refusal(sender.send_raw_email, RawMessage=raw_message) == SEND_RATE
    templated = {"Source": ANN, "Destination": {"ToAddresses": [BOB]}, "Template": "none", "TemplateData": "{}"}
    assert aws.refusal(sender.send_templated_email, **templated) == SEND_RATE
    sender.get_send_quota()


def test_a_match_is_looked_at_in_what_can_be_read(account: Account) -> None:
    faults.ask(account, "ListIdentities", code="Throttling", match={"identity": ANN})
    assert xml.code(account.query("ListIdentities", MaxItems="abc")) == "MalformedInput"


def test_one_operation_fails_and_no_other(account: Account, sender: Any) -> None:
    faults.ask(account, "ListIdentities", code="Throttling")
    assert aws.refusal(sender.list_identities) == CALL_RATE
    mail.send(sender)


def test_a_fault_is_of_one_account_and_region_or_of_everybody(account: Account) -> None:
    there, other = account.elsewhere("eu-west-1"), aws.new_account(account.url)
    account.inspect("POST", "/faults", {"operation": "GetSendQuota", "code": "Throttling"}, region="eu-west-1")
    assert [each.query("GetSendQuota").status for each in (account, there, other)] == [200, 400, 200]
    account.inspect("DELETE", "/faults")
    with faults.everybodys(account, operation="GetSendQuota", code="Throttling") as fault:
        assert [each.query("GetSendQuota").status for each in (account, there, other)] == [400, 400, 400]
        assert faults.hits(account, fault) == 3
    assert account.query("GetSendQuota").status == 200


def test_of_several_faults_the_oldest_hits(account: Account) -> None:
    faults.ask(account, "*", code="ServiceUnavailable", times=1)
    faults.ask(account, "GetSendQuota", code="Throttling", times=1)
    answers = [account.query("GetSendQuota") for _ in range(3)]
    assert [answer.status for answer in answers] == [503, 400, 200]


# ---- how often


def test_a_fault_hits_as_often_as_it_is_to_whoever_calls_at_the_same_time(account: Account) -> None:
    fault = faults.ask(account, "GetSendQuota", code="Throttling", times=7)
    with ThreadPoolExecutor(12) as callers:
        answers = list(callers.map(lambda _: account.query("GetSendQuota").status, range(30)))
    assert sorted(answers) == [200] * 23 + [400] * 7
    assert faults.hits(account, fault) == 7


def test_chances_are_the_same_again_with_the_same_seed(account: Account) -> None:
    def fates(seed: int) -> list[int]:
        fault = faults.ask(account, "GetSendQuota", code="Throttling", probability=0.5, seed=seed)
        answers = [account.query("GetSendQuota").status for _ in range(24)]
        assert faults.hits(account, fault) == answers.count(400)
        account.inspect("DELETE", f"/faults/{fault}")
        return answers

    assert fates(1) == fates(1) != fates(2)
    assert set(fates(1)) == {200, 400}


def test_a_fault_lasts_until_it_is_removed(account: Account) -> None:
    fault = faults.ask(account, "GetSendQuota", code="Throttling")
    assert [account.query("GetSendQuota").status for _ in range(3)] == [400] * 3
    account.inspect("DELETE", f"/faults/{fault}")
    assert account.query("GetSendQuota").status == 200


def test_a_call_that_was_hit_says_so_among_the_requests(account: Account) -> None:
    kinds: list[dict[str, Any]] = [{"code": "Throttling"}, {"status": 502}, {"drop": "before"}, {"truncate": True}]
    made = [faults.ask(account, "GetSendQuota", times=1, **kind) for kind in kinds]
    for _ in kinds:
        raw.exchange(account.url, [call(account, "GetSendQuota")])
    account.query("GetSendQuota")
    seen = account.inspect("GET", "/requests", operation="GetSendQuota")["requests"]
    assert [(each["fault"], each["code"], each["status"]) for each in reversed(seen)] == [
        (made[0], "Throttling", 400),
        (made[1], "HTTP 502", 502),
        (made[2], "Dropped", 0),
        (made[3], "Truncated", 200),
        (None, None, 200),
    ]


# ---- boto3, trying again


@pytest.mark.parametrize("mode", ["legacy", "standard", "adaptive"])
@pytest.mark.parametrize(
    ("kind", "messages"),
    [({"code": "Throttling"}, 1), ({"status": 503}, 1), ({"drop": "before"}, 1), ({"drop": "after"}, 3)],
)
@pytest.mark.usefixtures("at_once")
def test_boto3_tries_again_until_it_is_answered(
    account: Account, mode: str, kind: dict[str, Any], messages: int
) -> None:
    mail.verify(account, ANN)
    faults.ask(account, "SendEmail", times=2, **kind)
    answer = faults.client(account, 3, mode).send_email(**mail.parameters())
    assert answer["ResponseMetadata"]["RetryAttempts"] == 2
    assert sent(account) == messages  # AWS knows no idempotency here: what happened unheard happens again


@pytest.mark.parametrize("mode", ["legacy", "standard", "adaptive"])
@pytest.mark.usefixtures("at_once")
def test_boto3_gives_up_after_its_last_try(account: Account, mode: str) -> None:
    fault = faults.ask(account, "SendEmail", code="Throttling")
    with pytest.raises(ClientError, match=r"\(reached max retries: 2\): Maximum sending rate exceeded\."):
        mail.send(faults.client(account, 3, mode))
    assert faults.hits(account, fault) == 3


# ---- presets


def test_in_a_throttling_storm_most_calls_are_throttled(account: Account) -> None:
    fault = faults.ask(account, preset="throttling-storm", seed=1)
    client = faults.client(account)
    refused = []
    for _ in range(20):
        try:
            client.get_send_quota()
        except ClientError as error:
            refused.append((error.response["Error"]["Code"], error.response["Error"]["Message"]))
    assert set(refused) == {CALL_RATE[:2]}
    assert 10 < len(refused) == faults.hits(account, fault) < 20


@pytest.mark.usefixtures("at_once")
def test_an_outage_is_an_exception_for_every_call_until_it_ends(account: Account) -> None:
    mail.verify(account, ANN)
    client = faults.client(account, 3)
    fault = faults.ask(account, preset="outage")
    for called in (client.get_send_quota, client.list_identities, lambda: mail.send(client)):
        with pytest.raises(ClientError) as caught:
            called()
        assert caught.value.response["Error"]["Code"] == "ServiceUnavailable"
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 503
    assert faults.hits(account, fault) == 9
    account.inspect("DELETE", f"/faults/{fault}")
    mail.send(client)


def test_a_slow_network_delays_every_call(account: Account) -> None:
    fault = faults.ask(account, preset="slow-network", delay_ms=80)
    began = time.monotonic()
    faults.client(account).get_send_quota()
    assert time.monotonic() - began >= 0.08
    assert account.inspect("GET", f"/faults/{fault}")["delay_ms"] == 80


def test_a_sandboxed_account_sends_to_verified_recipients_until_the_fault_is_gone(
    account: Account, sender: Any
) -> None:
    fault = faults.ask(account, preset="sandboxed")
    assert aws.refusal(sender.send_email, **mail.parameters())[:2] == mail.unverified(BOB)
    assert account.inspect("GET", "/account")["sandbox"] is True
    assert faults.ask(account, preset="sandboxed") == fault  # there is one already
    account.inspect("DELETE", f"/faults/{fault}")
    assert account.inspect("GET", "/account")["sandbox"] is False
    mail.send(sender)


def test_a_paused_account_sends_nothing_until_its_faults_are_gone(account: Account, sender: Any) -> None:
    faults.ask(account, preset="paused-account")
    assert mail.refused(sender) == ("AccountSendingPausedException", "Account sending is disabled.")
    assert sender.get_account_sending_enabled()["Enabled"] is False
    account.inspect("DELETE", "/faults")
    mail.send(sender)


def test_an_account_is_afterwards_as_it_was_or_as_it_was_told_since(account: Account) -> None:
    account.inspect("PATCH", "/account", {"sandbox": True})
    for told, afterwards in ((None, True), (False, False)):
        faults.ask(account, preset="sandboxed")
        if told is not None:
            account.inspect("PATCH", "/account", {"sandbox": told})
        account.inspect("DELETE", "/faults")
        assert account.inspect("GET", "/account")["sandbox"] is afterwards


# ---- starting over


@pytest.fixture
def foreign(account: Account) -> Iterator[str]:
    """A fault of everybody's, of an operation that this test calls only."""
    with faults.everybodys(account, operation="ListReceiptFilters", code="Throttling") as fault:
        yield fault


def test_a_reset_takes_the_faults_of_the_account_along(account: Account, foreign: str) -> None:
    faults.ask(account, "GetSendQuota", code="Throttling")
    faults.ask(account, preset="paused-account")
    account.inspect("POST", "/reset")
    assert account.query("GetSendQuota").status == 200
    assert [each["id"] for each in account.inspect("GET", "/faults")["faults"]] == [foreign]
    assert account.inspect("GET", "/account")["sending_enabled"] is True
    assert account.query("ListReceiptFilters").status == 400


def call(account: Account, operation: str) -> bytes:
    """The bytes of a call, as raw HTTP; SendEmail has what it takes."""
    form = {"Action": operation, "Version": aws.VERSION}
    if operation == "SendEmail":
        form |= {"Source": ANN, "Destination.ToAddresses.member.1": BOB, "Message.Subject.Data": "Hi"}
    body = urlencode(form).encode()
    scope = f"{account.account_id}/20260101/{account.region}/ses/aws4_request"
    signature = f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature={'0' * 64}"
    return raw.head(Content_Length=str(len(body)), Authorization=signature) + body
