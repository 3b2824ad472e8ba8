"""Why SES refuses a message that is well formed, and which of two faults it tells."""

from collections.abc import Callable

import pytest

from tests.support import mail
from tests.support.aws import Account, refusal
from tests.support.mail import ANN, BOB, document, invalid, unverified

Start = Callable[..., Account]

LIMIT = 10_485_760


def recipients(count: int) -> list[str]:
    return [f"r{number}@example.net" for number in range(count)]


# ---- identities


def test_unverified_identities_are_named_as_given_with_the_region_in_capitals(account: Account) -> None:
    assert mail.refused(account.client(), Source=ANN) == unverified(ANN)
    named = f"Some Name <{ANN}>"
    there = account.elsewhere("eu-west-1").client()
    assert mail.refused(there, Source=named) == unverified(named, region="EU-WEST-1")


def test_an_identity_that_is_pending_is_not_verified(account: Account) -> None:
    sender = account.client()
    sender.verify_email_identity(EmailAddress=ANN)
    assert mail.refused(sender) == unverified(ANN)
    sender.verify_domain_identity(Domain="example.com")
    assert mail.refused(sender) == unverified(ANN)


def test_a_verified_identity_is_verified_in_its_region_only(account: Account) -> None:
    mail.verify(account, ANN)
    assert mail.refused(account.elsewhere("us-west-2").client()) == unverified(ANN, region="US-WEST-2")


@pytest.mark.parametrize(
    ("verified", "source"),
    [
        ("example.com", "anyone@example.com"),
        ("example.com", "anyone@EXAMPLE.Com"),
        ("Example.COM", "anyone@example.com"),
        ("example.com", "anyone@a.b.example.com"),
        ("ann@example.com", "ann+label@example.com"),
        ("ann@example.com", "Ann <ann@example.com>"),
        ("sender@EXAMPLE.com", "sender@EXAMPLE.com"),
    ],
)
def test_an_identity_covers_an_address(account: Account, verified: str, source: str) -> None:
    mail.send(mail.client(account, verified), Source=source)


@pytest.mark.parametrize(
    ("verified", "source"),
    [
        ("a.example.com", "anyone@example.com"),
        ("example.com", "anyone@notexample.com"),
        ("sender@EXAMPLE.com", "sender@example.com"),
        ("Ann@example.com", "ann@example.com"),
        ("ann+label@example.com", "ann@example.com"),
        ("ann@example.com", "bea@example.com"),
    ],
)
def test_an_identity_does_not_cover_another_address(account: Account, verified: str, source: str) -> None:
    assert mail.refused(mail.client(account, verified), Source=source) == unverified(source)


def test_a_return_path_must_be_verified_and_is_named_behind_the_source(account: Account) -> None:
    sender = mail.client(account)
    assert mail.refused(sender, ReturnPath="b@example.org") == unverified("b@example.org")
    found = mail.refused(sender, Source="a@example.org", ReturnPath="B <b@example.org>")
    assert found == unverified("a@example.org", "B <b@example.org>")
    assert mail.refused(sender, Source="a@example.org", ReturnPath="a@example.org") == unverified("a@example.org")
    mail.send(sender, ReturnPath="ann+bounces@example.com")


def test_a_reply_to_address_need_not_be_verified(account: Account) -> None:
    mail.send(mail.client(account), ReplyToAddresses=["a@example.org"])


def test_raw_mail_names_the_from_header_and_then_a_source_that_differs(account: Account) -> None:
    data = document("From: Ian Brown <i@example.org>", f"To: {BOB}")
    sender = account.client()
    found = mail.refused_raw(sender, data, Source="i@example.org")
    assert found == unverified("Ian Brown <i@example.org>", "i@example.org")
    assert mail.refused_raw(sender, data) == unverified("Ian Brown <i@example.org>")
    same = mail.refused_raw(sender, data, Source="Ian Brown <i@example.org>", Destinations=[BOB])
    assert same == unverified("Ian Brown <i@example.org>")


def test_raw_mail_is_checked_for_each_author_the_sender_and_the_return_path(account: Account) -> None:
    headers = ["From: One <one@a.org>, Ann <ann@example.com>,", "\ttwo@a.org", "Sender: three@a.org"]
    data = document(*headers, "Return-Path: <four@a.org>", "Reply-To: five@a.org", f"To: {BOB}")
    sender = mail.client(account)
    everybody = ("One <one@a.org>", "two@a.org", "three@a.org", "<four@a.org>")
    assert mail.refused_raw(sender, data) == unverified(*everybody)
    with_source = mail.refused_raw(sender, data, Source=ANN)
    assert with_source == unverified("One <one@a.org>", "two@a.org", "three@a.org")


def test_raw_mail_with_an_envelope_is_checked_for_its_from_header_too(account: Account) -> None:
    data = document("From: eve@example.org", f"To: {BOB}")
    found = mail.refused_raw(mail.client(account), data, Source=ANN, Destinations=[BOB])
    assert found == unverified("eve@example.org")


def test_too_many_unverified_identities_end_in_dots(account: Account) -> None:
    authors = [f"a{number}@example.org" for number in range(20)]
    code, text = mail.refused_raw(account.client(), document(f"From: {', '.join(authors)}", f"To: {BOB}"))
    assert code == "MessageRejected"
    assert text.endswith(", ...")


# ---- the sandbox


def test_in_the_sandbox_recipients_must_be_verified_too(start: Start) -> None:
    account = start(sandbox=True)
    sender = mail.client(account, ANN, "verified.example")
    destination = {
        "ToAddresses": ["Bob <bob@example.net>", "x@verified.example", "success@simulator.amazonses.com"],
        "CcAddresses": ["c@example.net"],
        "BccAddresses": ["d@example.net", "bounce@SIMULATOR.amazonses.com"],
    }
    everybody = ("Bob <bob@example.net>", "c@example.net", "d@example.net")
    assert mail.refused(sender, Destination=destination) == unverified(*everybody)
    found = mail.refused(sender, Source="eve@example.org", Destination=destination)
    assert found == unverified("eve@example.org", *everybody)
    raw = mail.refused_raw(sender, document(f"From: {ANN}", "To: Bob <bob@example.net>"))
    assert raw == unverified("Bob <bob@example.net>")
    mail.send(sender, Destination={"ToAddresses": [ANN, "x@verified.example", "ooto@simulator.amazonses.com"]})


def test_in_the_sandbox_the_envelope_of_raw_mail_must_be_verified_and_its_headers_need_not(start: Start) -> None:
    account = start(sandbox=True)
    sender = mail.client(account, ANN, "verified.example")
    data = document(f"From: {ANN}", "To: stranger@example.net")
    mail.send_raw(sender, data, Destinations=["x@verified.example"])
    assert mail.refused_raw(sender, data, Destinations=["B <b@example.net>"]) == unverified("B <b@example.net>")


# ---- configuration sets and ARNs


def test_a_configuration_set_that_does_not_exist_is_refused(account: Account) -> None:
    found = mail.refused(mail.client(account), ConfigurationSetName="nope")
    assert found == ("ConfigurationSetDoesNotExist", "Configuration set <nope> does not exist.")


@pytest.mark.parametrize("parameter", ["SourceArn", "ReturnPathArn"])
@pytest.mark.parametrize("arn", ["", "nonsense", "arn:aws:ses:us-east-1:12:identity/a", "arn:aws:sns:us-east-1:1:t"])
def test_an_arn_that_names_no_identity_is_invalid(account: Account, parameter: str, arn: str) -> None:
    assert mail.refused(mail.client(account), **{parameter: arn}) == invalid(f"Invalid ARN <{arn}>.")


@pytest.mark.parametrize("parameter", ["SourceArn", "FromArn", "ReturnPathArn"])
@pytest.mark.parametrize("arn", ["", "nonsense"])
def test_an_arn_that_names_no_identity_is_invalid_for_raw_mail_too(account: Account, parameter: str, arn: str) -> None:
    data = document(f"From: {ANN}", f"To: {BOB}")
    found = mail.refused_raw(mail.client(account), data, **{parameter: arn})
    assert found == invalid(f"Invalid ARN <{arn}>.")


def test_the_identity_of_another_account_needs_its_owners_leave(account: Account) -> None:
    arn = "arn:aws:ses:us-east-1:123456789012:identity/example.com"
    user = f"arn:aws:iam::{account.account_id}:user/{account.account_id}"
    found = refusal(mail.client(account).send_email, **mail.parameters(SourceArn=arn))
    text = f"User `{user}' is not authorized to perform `ses:SendEmail' on resource `{arn}'"
    assert found == ("AccessDenied", text, 403)
    raw = mail.refused_raw(account.client(), document(f"From: {ANN}", f"To: {BOB}"), FromArn=arn)
    assert raw == ("AccessDenied", text.replace("SendEmail", "SendRawEmail"))
    named_in_a_header = document(f"X-SES-SOURCE-ARN: {arn}", f"From: {ANN}", f"To: {BOB}")
    assert mail.refused_raw(account.client(), named_in_a_header) == raw


def test_the_arn_of_an_own_identity_is_accepted(account: Account) -> None:
    arn = f"arn:aws:ses:us-east-1:{account.account_id}:identity/{ANN}"
    mail.send(mail.client(account), SourceArn=arn, ReturnPathArn=arn)


# ---- counts and sizes


def test_fifty_recipients_pass_and_fifty_one_do_not(account: Account) -> None:
    sender = mail.client(account)
    too_many = invalid("Recipient count exceeds 50.")
    data = document(f"From: {ANN}", f"To: {', '.join(recipients(25))}", f"Cc: {', '.join(recipients(26))}")
    mail.send(sender, Destination={"ToAddresses": recipients(50)})
    mixed = {"ToAddresses": recipients(20), "CcAddresses": recipients(20), "BccAddresses": recipients(11)}
    assert mail.refused(sender, Destination=mixed) == too_many
    mail.send_raw(sender, data, Destinations=recipients(50))
    assert mail.refused_raw(sender, data) == too_many
    assert mail.refused_raw(sender, data, Destinations=recipients(51)) == too_many


def test_a_raw_message_has_10485760_bytes_at_most(account: Account) -> None:
    sender = mail.client(account)
    start = document(f"From: {ANN}", f"To: {BOB}")
    data = start + b"x" * (LIMIT - len(start))
    assert mail.shown(account, mail.send_raw(sender, data))["size"] == LIMIT
    found = mail.refused_raw(sender, data + b"y")
    assert found == invalid("Message length is more than 10485760 bytes long: '10485761'.")


def test_a_composed_message_has_10485760_bytes_at_most(account: Account) -> None:
    sender = mail.client(account)
    overhead = mail.shown(account, mail.send(sender, Message=mail.message("")))["size"]
    lines = ("x" * 70 + "\r\n") * (LIMIT // 72)
    text = lines[: LIMIT - overhead]
    assert mail.shown(account, mail.send(sender, Message=mail.message(text)))["size"] == LIMIT
    found = mail.refused(sender, Message=mail.message(f"{text}y"))
    assert found == invalid("Message length is more than 10485760 bytes long: '10485761'.")


# ---- the order of checks: each fault beats those behind it

FAULTS: list[tuple[str, dict[str, object], str]] = [
    ("arn", {"SourceArn": "x"}, "Invalid ARN <x>."),
    ("tag", {"Tags": [{"Name": "", "Value": ""}]}, "The tag name must be specified."),
    ("set", {"ConfigurationSetName": "nope"}, "Configuration set <nope> does not exist."),
    ("message", {"Destination": {"ToAddresses": []}}, "Missing required header 'To'."),
    ("identity", {"Source": "eve@example.org"}, unverified("eve@example.org")[1]),
]


def test_checks_of_send_email_come_in_the_order_of_ses(account: Account) -> None:
    sender = mail.client(account)
    for first in range(len(FAULTS)):
        together: dict[str, object] = {}
        for _, fault, _ in FAULTS[first:]:
            together |= fault
        assert mail.refused(sender, **together)[1] == FAULTS[first][2]


def test_checks_of_send_raw_email_come_in_the_order_of_ses(account: Account) -> None:
    sender = mail.client(account)
    faulty = document("From: eve@example.org", "no header")
    for first in range(len(FAULTS)):
        together: dict[str, object] = {"Source": "eve@example.org"}
        for name, fault, _ in FAULTS[first:]:
            together |= fault if name in ("arn", "tag", "set") else {}
        data = faulty if first < 4 else document(f"From: {ANN}", f"To: {BOB}")
        text = "Illegal header 'no header'." if FAULTS[first][0] == "message" else FAULTS[first][2]
        assert mail.refused_raw(sender, data, **together)[1] == text


def test_a_missing_member_comes_before_everything_else(account: Account) -> None:
    answer = account.query("SendEmail", {"Source": "eve", "SourceArn": "x", "Tags.member.1.Name": ""})
    assert "<Code>ValidationError</Code>" in answer.text


def test_another_accounts_arn_comes_before_the_tags(account: Account) -> None:
    arn = "arn:aws:ses:us-east-1:123456789012:identity/example.com"
    found = mail.refused(mail.client(account), SourceArn=arn, Tags=[{"Name": "", "Value": ""}])
    assert found[0] == "AccessDenied"


def test_an_address_comes_before_the_count_and_the_size(account: Account) -> None:
    sender = mail.client(account)
    found = mail.refused(sender, Destination={"ToAddresses": [*recipients(51), "nobody"]})
    assert found == invalid("Missing final '@domain'")
    assert mail.refused(sender, Source="nobody", Destination={"ToAddresses": recipients(51)}) == found
