"""Delivered mail is passed on to a real server, where the settings name one."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

import emulator
from emulator.outside import relay as outside
from tests.support import mail, outcomes, relay
from tests.support.aws import Account
from tests.support.mail import ANN, BOB
from tests.support.relay import Relay

pytestmark = pytest.mark.outside

Start = Callable[..., Account]


@pytest.fixture
def server() -> Iterator[Relay]:
    """A real SMTP server."""
    with relay.serving() as serving:
        yield serving


@pytest.fixture
def account(start: Start, server: Relay) -> Account:
    """An account on an emulator that passes mail on to it."""
    return start(relay_url=server.url, verified_identities="*", log_level="error")


def timeline(account: Account, message_id: str) -> list[dict[str, Any]]:
    return account.inspect("GET", f"/messages/{message_id}/events")["events"]  # type: ignore[no-any-return]


def jobs(account: Account) -> list[dict[str, Any]]:
    return account.inspect("GET", "/jobs")["jobs"]  # type: ignore[no-any-return]


def test_the_delivered_copy_is_passed_on_byte_for_byte(account: Account, server: Relay) -> None:
    document = mail.document(f"From: {ANN}", f"To: {BOB}", body="a\r\n.\r\n..b\r\ncaf\u00e9\r\n")
    envelope = {"Source": f"Ann <{ANN}>", "Destinations": [BOB, "carol@example.org"]}
    message_id = mail.send_raw(account.client(), document, **envelope)
    account.drain()
    (received,) = server.received
    assert received.sender == ANN
    assert received.recipients == [BOB, "carol@example.org"]
    assert b"\r\nDKIM-Signature: " in received.content
    assert received.content == mail.delivered(account, message_id)
    last = timeline(account, message_id)[-1]
    assert (last["type"], last["recipients"]) == ("Relay", [BOB, "carol@example.org"])
    assert last["detail"] == {"server": f"127.0.0.1:{server.port}"}
    assert not jobs(account)


def test_nothing_leaves_without_the_setting(start: Start, server: Relay) -> None:
    account = start(verified_identities="*")
    message_id = mail.send(account.client())
    account.drain()
    assert [event["type"] for event in timeline(account, message_id)] == ["Send", "Delivery"]
    assert not jobs(account)
    assert not server.connections


def test_a_server_that_is_busy_is_asked_again(account: Account, server: Relay) -> None:
    server.answer = "451 later"
    message_id = mail.send(account.client())
    account.drain()
    (job,) = jobs(account)
    assert (job["task"], job["state"], job["attempts"]) == ("RelayMessage", "pending", 1)
    assert (job["account"], job["region"]) == (account.account_id, account.region)
    assert "later" in job["error"]
    assert timeline(account, message_id)[-1]["type"] == "Delivery"
    server.answer = "250 OK"
    account.advance("PT1S")
    assert timeline(account, message_id)[-1]["type"] == "Relay"
    assert len(server.received) == 1
    assert not jobs(account)


def test_a_server_that_is_not_there_is_given_up_at_last(start: Start) -> None:
    with relay.serving() as gone:
        url = gone.url
    account = start(relay_url=url, verified_identities="*", log_level="error")
    mail.send(account.client())
    account.drain()
    for _ in range(7):
        account.advance("PT5M")
    (job,) = jobs(account)
    assert (job["state"], job["attempts"]) == ("dead", 8)
    assert "ConnectionRefusedError" in job["error"]


def test_who_is_refused_for_good_is_in_the_timeline(account: Account, server: Relay) -> None:
    server.refused = {BOB: "550 no such user"}
    to = {"ToAddresses": [BOB, "carol@example.org"]}
    message_id = mail.send(account.client(), Destination=to)
    account.drain()
    reached, failed = timeline(account, message_id)[-2:]
    assert (reached["type"], reached["recipients"]) == ("Relay", ["carol@example.org"])
    assert (failed["type"], failed["recipients"]) == ("RelayFailure", [BOB])
    assert failed["detail"]["smtp_response"] == "550 no such user"
    assert not jobs(account)


@pytest.mark.parametrize("refusing", ["recipient", "message"])
def test_a_message_that_is_refused_for_good_is_not_tried_again(account: Account, server: Relay, refusing: str) -> None:
    if refusing == "recipient":
        server.refused = {BOB: "550 no"}
    else:
        server.answer = "550 no"
    message_id = mail.send(account.client())
    account.drain()
    assert [event["type"] for event in timeline(account, message_id)] == ["Send", "Delivery", "RelayFailure"]
    assert not jobs(account)
    assert not server.received


def test_mail_to_the_simulator_stays_here(account: Account, server: Relay) -> None:
    mail.send(account.client(), Destination={"ToAddresses": ["success@simulator.amazonses.com"]})
    account.drain()
    assert not server.connections
    assert not jobs(account)


def test_a_message_that_was_deleted_is_not_passed_on(account: Account, server: Relay) -> None:
    server.answer = "451 later"
    message_id = mail.send(account.client())
    account.drain()
    account.inspect("DELETE", f"/messages/{message_id}")
    server.answer = "250 OK"
    account.advance("PT1S")
    assert not server.received
    assert not jobs(account)


def test_the_emulator_logs_in_where_the_url_says_as_whom(start: Start, server: Relay) -> None:
    url = server.url.replace("//", "//me:p%40ss@")
    account = start(relay_url=url, verified_identities="*", log_level="error")
    mail.send(account.client())
    account.drain()
    assert server.logins == [(b"me", b"p@ss")]
    assert len(server.received) == 1


def test_a_password_is_for_nobody_who_cannot_prove_to_be_the_server(start: Start) -> None:
    with emulator.running() as other:  # whose certificate nobody vouches for
        url = f"smtp://test:secret@127.0.0.1:{other.submission_port}"
        account = start(relay_url=url, verified_identities="*", log_level="error")
        mail.send(account.client())
        account.drain()
    (job,) = jobs(account)
    assert "CERTIFICATE_VERIFY_FAILED" in job["error"]


def test_a_message_that_is_delayed_for_some_is_passed_on_to_each_recipient_once(
    account: Account, server: Relay
) -> None:
    carol = "carol@example.org"
    outcomes.standing(account, BOB, "delay")
    message_id = mail.send(account.client(), Destination={"ToAddresses": [BOB, carol]})
    account.drain()
    account.advance("PT1H")
    assert [received.recipients for received in server.received] == [[carol]]
    account.inspect("DELETE", f"/recipients/{BOB}")
    account.advance("PT1H")
    assert [received.recipients for received in server.received] == [[carol], [BOB]]
    assert [event["recipients"] for event in timeline(account, message_id) if event["type"] == "Relay"] == [
        [carol],
        [BOB],
    ]
    assert server.received[1].content == server.received[0].content


def test_an_address_that_is_named_twice_gets_one_copy(account: Account, server: Relay) -> None:
    mail.send(account.client(), Destination={"ToAddresses": [BOB], "CcAddresses": [BOB]})
    account.drain()
    assert [received.recipients for received in server.received] == [[BOB]]


# ---- only encrypted


def test_what_must_be_encrypted_is_not_told_a_server_without_tls(server: Relay) -> None:
    refused = outside.at(server.url).send(ANN, (BOB, "carol@example.org"), b"Subject: a\r\n\r\n", require_tls=True)
    words = "554 5.7.10 Encryption needed: the server does not offer STARTTLS"
    assert refused == {BOB: words, "carol@example.org": words}
    assert not server.received
    assert not outside.at(server.url).send(ANN, (BOB,), b"Subject: a\r\n\r\n")
    assert (len(server.received), server.encrypted) == (1, 0)


@pytest.mark.parametrize("require_tls", [True, False])
def test_where_a_server_has_tls_it_is_used(require_tls: bool) -> None:
    with relay.serving(tls=True) as server:
        assert not outside.at(server.url).send(ANN, (BOB,), b"Subject: a\r\n\r\n", require_tls=require_tls)
        assert (len(server.received), server.encrypted) == (1, 1)


def test_a_message_that_must_wait_holds_up_no_other(account: Account, server: Relay) -> None:
    server.refused = {BOB: "451 4.7.1 Greylisted"}
    for recipient in (BOB, "carol@example.org"):
        mail.send(account.client(), Destination={"ToAddresses": [recipient]})
    account.drain()
    assert [received.recipients for received in server.received] == [["carol@example.org"]]
    (job,) = jobs(account)
    assert (job["attempts"], job["error"]) == (1, "Deferred: 451 4.7.1 Greylisted")


@pytest.mark.parametrize(
    ("policy", "told"), [("Require", "RelayFailure"), ("Optional", "Relay")], ids=["required", "optional"]
)
def test_mail_of_a_set_that_requires_tls_goes_over_tls_or_not_at_all(
    account: Account, server: Relay, policy: str, told: str
) -> None:
    client = account.client()
    client.create_configuration_set(ConfigurationSet={"Name": "secret"})
    client.put_configuration_set_delivery_options(ConfigurationSetName="secret", DeliveryOptions={"TlsPolicy": policy})
    message_id = mail.send(client, ConfigurationSetName="secret")
    account.drain()
    assert [event["type"] for event in timeline(account, message_id)] == ["Send", "Delivery", told]
    assert len(server.received) == (policy == "Optional")
