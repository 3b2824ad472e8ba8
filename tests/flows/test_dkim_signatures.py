"""Delivered mail is signed: by its author's domain where DKIM is in order, and by SES. Recipients can check that."""

import base64
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from emulator.remote import Server
from tests.support import aws, dkim, mail, policies, zone
from tests.support.aws import Account
from tests.support.mail import ANN, BOB, document

Start = Callable[..., Account]

SES = [dkim.SES]


def send(account: Account, source: str, **changed: Any) -> str:
    return mail.send(account.client(), Source=source, **changed)


def enable(account: Account, domain: str, enabled: bool) -> None:
    account.client().set_identity_dkim_enabled(Identity=domain, DkimEnabled=enabled)


def decide(account: Account, verb: str, identity: str, **query: str) -> None:
    account.inspect("POST", f"/identities/{quote(identity, safe='')}/{verb}", **query)


# ---- the signatures


def test_the_domain_signs_and_then_ses(account: Account) -> None:
    domain = dkim.set_up(account)
    message_id = send(account, f"shop@{domain}", Message=mail.message("Hello", "<p>Hello</p>"))
    of_domain, of_ses = dkim.delivered(account, message_id)
    assert (of_domain.domain, of_domain.valid, of_ses.domain, of_ses.valid) == (domain, True, dkim.SES, True)
    assert of_domain.selector in account.client().verify_domain_dkim(Domain=domain)["DkimTokens"]
    composed = ["From", "To", "Subject", "MIME-Version", "Content-Type"]
    assert of_domain.headers == [*composed, "Message-ID", "Date"]
    assert of_ses.headers == [*composed, "Message-ID", "Date", "Feedback-ID"]
    lines = mail.header_lines(mail.delivered(account, message_id))
    names = [line.partition(":")[0] for line in lines if line[0] != "\t"]
    assert names[:4] == ["Return-Path", "DKIM-Signature", "DKIM-Signature", "From"]


def test_a_signature_has_the_form_and_the_time_of_ses(start: Start) -> None:
    account = start()
    Server(account.url).ask("PUT", "/clock", body={"now": "2026-07-06T19:35:37.999Z", "frozen": True})
    domain = dkim.set_up(account)
    account.advance("PT1H")
    lines = mail.header_lines(mail.delivered(account, send(account, f"shop@{domain}")))
    top = "DKIM-Signature: v=1; a=rsa-sha256; q=dns/txt; c=relaxed/simple;"
    first, second = (number for number, line in enumerate(lines) if line == top)
    for begin, end, signer in ((first, second, domain), (second, lines.index(f"From: shop@{domain}"), dkim.SES)):
        key, headers, body_hash, *signature = lines[begin + 1 : end]
        assert re.fullmatch(rf"\ts=[a-z2-7]{{32}}; d={re.escape(signer)}; t=1783370137;", key)
        assert re.fullmatch(r"\th=From:To:Subject:[A-Za-z:-]+;", headers)
        assert re.fullmatch(r"\tbh=[A-Za-z0-9+/]{43}=;", body_hash)
        assert re.fullmatch(r"\tb=[A-Za-z0-9+/]{64}", signature[0])
        assert [len(line) for line in signature[1:-1]] == [68] * (len(signature) - 2)


@pytest.mark.parametrize(
    ("before", "after"),
    [(b"\r\n\r\nHello", b"\r\n\r\nHullo"), (b"\r\nSubject: Hi", b"\r\nSubject: Ho"), (b"\r\nDate: ", b"\r\nDate: x")],
)
def test_who_changes_the_message_breaks_both(account: Account, before: bytes, after: bytes) -> None:
    raw = mail.delivered(account, send(account, f"shop@{dkim.set_up(account)}"))
    assert raw.count(before) == 1
    lookup = dkim.in_zone(account)
    assert [each.valid for each in dkim.signatures(raw, lookup)] == [True, True]
    assert [each.valid for each in dkim.signatures(raw.replace(before, after), lookup)] == [False, False]


RAW = [
    document("To: b@example.net", "Subject: Hi", body=""),
    document("To: b@example.net", "Subject: Hi", body="Hello\r\n\r\n \r\n\r\n"),
    document("To: b@example.net", "Subject: grüße 日本", body="naïve\r\n"),
    document("To: b@example.net", "Subject: a long", " one,\tfolded ", "\ttwice", "To: c@example.net"),
    document("To: b@example.net,", "\tc@example.net", "In-Reply-To: <x@y>", "References: <x@y>", "X-Own: 1"),
    document("To: b@example.net", "MESSAGE-ID: <own@x>", "date: long ago", "Bcc: c@example.net"),
    b"To: b@example.net\nSubject: bare line ends\n\none\ntwo\rthree\n\n",
]


@pytest.mark.parametrize("rest", RAW)
def test_raw_mail_is_signed_as_it_is_delivered(account: Account, rest: bytes) -> None:
    domain = dkim.set_up(account)
    message_id = mail.send_raw(account.client(), f"From: Jürgen <shop@{domain}>\r\n".encode() + rest)
    assert dkim.signers(account, message_id) == [domain, dkim.SES]


def test_a_signature_that_came_along_stays_below(account: Account) -> None:
    domain = dkim.set_up(account)
    own = "DKIM-Signature: v=1; a=rsa-sha256; d=example.org; s=mine; h=From; bh=x; b=y"
    message_id = mail.send_raw(account.client(), document(own, f"From: shop@{domain}", f"To: {BOB}"))
    found = dkim.delivered(account, message_id)
    assert [(each.domain, each.valid) for each in found] == [(domain, True), (dkim.SES, True), ("example.org", False)]


@pytest.mark.parametrize(
    "message",
    [
        mail.message("Grüße", "<p>日本</p>", "Ein Gruß " * 20),
        mail.message(""),
        mail.message("x" * 2000 + "\n\n\n"),
        mail.message(None, "<p>Hello</p>", "日本" * 60, "UTF-16"),
    ],
)
def test_composed_mail_is_signed_whatever_is_in_it(account: Account, message: dict[str, Any]) -> None:
    domain = dkim.set_up(account)
    there = {"ToAddresses": [f"recipient-{number}@example.net" for number in range(20)], "CcAddresses": [BOB]}
    message_id = send(account, f'"Shop, Inc." <shop@{domain}>', Message=message, Destination=there)
    assert dkim.signers(account, message_id) == [domain, dkim.SES]


def test_templated_mail_is_signed(account: Account) -> None:
    domain = dkim.set_up(account)
    client = account.client()
    client.create_template(Template={"TemplateName": "t", "SubjectPart": "Hi {{name}}", "TextPart": "Dear {{name}}"})
    destination = {"ToAddresses": [BOB]}
    answer = client.send_templated_email(
        Source=f"shop@{domain}", Destination=destination, Template="t", TemplateData='{"name": "Bob"}'
    )
    account.drain()
    assert dkim.signers(account, answer["MessageId"]) == [domain, dkim.SES]


def test_the_message_in_json_shows_the_same_signatures(account: Account) -> None:
    domain = dkim.set_up(account)
    message_id = send(account, f"shop@{domain}")
    headers = mail.shown(account, message_id)["headers"]
    shown = [each["value"] for each in headers if each["name"] == "DKIM-Signature"]
    assert len(shown) == 2
    text = "\r\n".join(mail.header_lines(mail.delivered(account, message_id))).replace("\r\n\t", " ")
    assert all(value in text for value in shown)


# ---- when


def test_what_counts_is_when_the_message_was_sent(account: Account) -> None:
    domain = zone.domain_of(account)
    mail.verify(account, domain)
    account.client().verify_domain_dkim(Domain=domain)
    pending = send(account, f"shop@{domain}")
    dkim.set_up(account, domain)
    signed = send(account, f"shop@{domain}")
    enable(account, domain, enabled=False)
    disabled = send(account, f"shop@{domain}")
    enable(account, domain, enabled=True)
    again = send(account, f"shop@{domain}")
    decide(account, "fail", domain, part="dkim")
    failed = send(account, f"shop@{domain}")
    both = [domain, dkim.SES]
    sent = (pending, signed, disabled, again, failed)
    assert [dkim.signers(account, each) for each in sent] == [SES, both, SES, both, SES]


def test_a_record_that_vanished_ends_the_signing(account: Account) -> None:
    domain = dkim.set_up(account)
    zone.withdraw(account, zone.to_publish(account, domain, "CNAME")[2])
    assert dkim.signers(account, send(account, f"shop@{domain}")) == SES


def test_a_copy_is_the_same_each_time_even_without_its_identity(account: Account) -> None:
    domain = dkim.set_up(account)
    message_id = send(account, f"shop@{domain}")
    first = mail.delivered(account, message_id)
    enable(account, domain, enabled=False)
    assert mail.delivered(account, message_id) == first
    account.client().delete_identity(Identity=domain)
    assert mail.delivered(account, message_id) == first
    dkim.set_up(account, domain)
    assert mail.delivered(account, message_id) == first
    of_domain, of_ses = dkim.delivered(account, message_id)
    assert (of_domain.domain, of_domain.valid) == (domain, False)  # the new keys are others
    assert (of_ses.domain, of_ses.valid) == (dkim.SES, True)


def test_where_identities_verify_by_themselves_mail_is_signed_at_once(start: Start) -> None:
    account = start(verification="auto")
    domain = zone.domain_of(account)
    account.client().verify_domain_dkim(Domain=domain)
    message_id = send(account, f"shop@{domain}")
    first = mail.delivered(account, message_id)
    zone.publish(account, *zone.to_publish(account, domain, "CNAME"))
    account.drain()
    assert mail.delivered(account, message_id) == first
    assert dkim.signers(account, message_id) == [domain, dkim.SES]
    tokens = account.client().verify_domain_dkim(Domain=domain)["DkimTokens"]
    assert [len(zone.values(account, f"{token}.dkim.amazonses.com")) for token in tokens] == [1, 1, 1]


# ---- who


def test_the_most_specific_identity_of_the_author_decides(account: Account) -> None:
    domain = dkim.set_up(account)
    both = [domain, dkim.SES]
    below = f"mail.{domain}"
    assert dkim.signers(account, send(account, f"Shop@a.{below.upper()}")) == both
    mail.verify(account, f"ann@{domain}", f"ann@{below}")
    assert dkim.signers(account, send(account, f"ann+x@{domain}")) == both
    assert dkim.signers(account, send(account, f"bob@{below}")) == both
    assert dkim.signers(account, send(account, f"ann@{below}")) == SES
    mail.verify(account, below)
    assert dkim.signers(account, send(account, f"bob@{below}")) == SES
    dkim.set_up(account, below)
    for name in ("ann", "bob"):
        assert dkim.signers(account, send(account, f"{name}@a.{below}")) == [below, dkim.SES]
        assert dkim.signers(account, send(account, f"{name}@{below}")) == [below, dkim.SES]
    assert dkim.signers(account, send(account, f"bob@{domain}")) == both


def test_an_address_alone_leaves_it_to_ses(account: Account) -> None:
    assert dkim.signers(account, mail.send(mail.client(account))) == SES


def test_the_author_counts_and_not_the_envelope(account: Account) -> None:
    domain = dkim.set_up(account)
    mail.verify(account, ANN)
    for author, source, expected in ((f"shop@{domain}", ANN, [domain, dkim.SES]), (ANN, f"shop@{domain}", SES)):
        message_id = mail.send_raw(account.client(), document(f"From: {author}", f"To: {BOB}"), Source=source)
        assert dkim.signers(account, message_id) == expected
    message_id = mail.send_raw(account.client(), document("Subject: x"), Source=f"shop@{domain}", Destinations=[BOB])
    assert dkim.signers(account, message_id) == [domain, dkim.SES]
    assert dkim.signers(account, send(account, f"shop@{domain}", ReturnPath=ANN)) == [domain, dkim.SES]


def test_another_accounts_identity_signs_what_is_sent_through_it(account: Account) -> None:
    domain, delegate = dkim.set_up(account), aws.new_account(account.url)
    policy = policies.document(policies.statement(account, domain, delegate.account_id))
    policies.put(account, domain, "mine", policy)
    message_id = send(delegate, f"shop@{domain}", SourceArn=policies.arn(account, domain))
    assert dkim.signers(delegate, message_id) == [domain, dkim.SES]


def test_each_region_has_keys_of_its_own(account: Account) -> None:
    abroad = account.elsewhere("eu-south-1")
    domain = dkim.set_up(abroad)
    mail.verify(account, domain)
    assert dkim.signers(abroad, send(abroad, f"shop@{domain}")) == [domain, dkim.SES]
    assert dkim.signers(account, send(account, f"shop@{domain}")) == SES


# ---- SES's own key


def test_mail_of_aws_itself_is_signed_by_ses(account: Account) -> None:
    account.client().verify_email_identity(EmailAddress=ANN)
    (message,) = account.messages()
    assert dkim.signers(account, message["id"]) == SES


def test_ses_has_one_key_for_all_until_everything_begins_anew(start: Start) -> None:
    account = start()
    stranger = aws.new_account(account.url, "eu-west-1")
    selectors = set()
    for each in (account, stranger):
        (found,) = dkim.delivered(each, mail.send(mail.client(each)))
        selectors.add(found.selector)
    (selector,) = selectors
    assert len(selector) == 32
    assert set(selector) <= set("abcdefghijklmnopqrstuvwxyz234567")
    (value,) = zone.values(account, f"{selector}._domainkey.amazonses.com")
    public = serialization.load_der_public_key(base64.b64decode(value.removeprefix("p=")))
    assert isinstance(public, rsa.RSAPublicKey)
    assert public.key_size == 1024
    stranger.inspect("POST", "/reset")
    assert dkim.signers(account, mail.send(mail.client(account))) == SES
    assert zone.values(account, f"{selector}._domainkey.amazonses.com") == [value]
    Server(account.url).ask("POST", "/reset")
    assert zone.values(account, f"{selector}._domainkey.amazonses.com") == []
    assert dkim.signers(account, mail.send(mail.client(account))) == SES
    (other,) = zone.values(account, f"{selector}._domainkey.amazonses.com")
    assert other != value
