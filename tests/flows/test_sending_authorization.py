"""Sending through another account's identity: only while its owner's policies say so."""

from collections.abc import Callable
from typing import Any

import pytest

from emulator.remote import Server
from tests.support import aws, mail, policies
from tests.support.aws import Account, refusal
from tests.support.mail import ANN, BOB, document, invalid, unverified
from tests.support.policies import arn, statement

Start = Callable[..., Account]

Changes = dict[str, Any] | None  # of a send; None: there is no such send

DOMAIN = "example.com"
HEADERS = {"SourceArn": "X-SES-SOURCE-ARN", "FromArn": "X-SES-FROM-ARN", "ReturnPathArn": "X-SES-RETURN-PATH-ARN"}
TO = f"To: {BOB}"


@pytest.fixture
def owner(account: Account) -> Account:
    """The account that has verified example.com."""
    mail.verify(account, DOMAIN)
    return account


@pytest.fixture
def delegate(account: Account) -> Account:
    """An account that has verified nothing."""
    return aws.new_account(account.url)


def allow(owner: Account, delegate: Account, identity: str = DOMAIN, **changed: Any) -> None:
    """One policy of the owner's identity lets the delegate send, under the conditions in the changes."""
    policies.put(owner, identity, "mine", policies.document(statement(owner, identity, delegate.account_id, **changed)))


def denied(delegate: Account, resource: str, operation: str = "SendEmail") -> tuple[str, str]:
    user = f"arn:aws:iam::{delegate.account_id}:user/{delegate.account_id}"
    return "AccessDenied", f"User `{user}' is not authorized to perform `ses:{operation}' on resource `{resource}'"


def sends(owner: Account, delegate: Account, **changed: Any) -> bool:
    """Whether the delegate may send through the owner's domain."""
    resource = arn(owner, DOMAIN)
    try:
        mail.send(delegate.client(), **{"SourceArn": resource, **changed})
    except delegate.client().exceptions.ClientError as error:
        found = error.response["Error"]
        assert (found["Code"], found["Message"]) == denied(delegate, resource)
        return False
    return True


# ---- while a policy says so


def test_a_delegate_sends_while_the_owners_policy_lets_it(owner: Account, delegate: Account) -> None:
    assert not sends(owner, delegate)
    allow(owner, delegate)
    assert sends(owner, delegate)
    allow(owner, delegate, Principal={"AWS": "123456789012"})
    assert not sends(owner, delegate)
    allow(owner, delegate, Principal={"AWS": f"arn:aws:iam::{delegate.account_id}:root"})
    assert sends(owner, delegate)
    allow(owner, delegate, Action="ses:SendRawEmail")
    assert not sends(owner, delegate)
    allow(owner, delegate, Action="ses:Send*")
    assert sends(owner, delegate)
    owner.client().delete_identity_policy(Identity=DOMAIN, PolicyName="mine")
    assert not sends(owner, delegate)


def test_the_mail_is_the_delegates(owner: Account, delegate: Account) -> None:
    allow(owner, delegate)
    message_id = mail.send(delegate.client(), SourceArn=arn(owner, DOMAIN))
    assert [each["id"] for each in delegate.messages()] == [message_id]
    assert owner.messages(from_=ANN) == []


def test_the_refusal_has_status_403_and_names_user_action_and_arn(owner: Account, delegate: Account) -> None:
    resource = arn(owner, "Example.com")
    found = refusal(delegate.client().send_email, **mail.parameters(SourceArn=resource))
    assert found == (*denied(delegate, resource), 403)
    data = document(f"From: {ANN}", TO)
    raw = mail.refused_raw(delegate.client(), data, SourceArn=resource)
    assert raw == denied(delegate, resource, "SendRawEmail")


def test_a_policy_for_one_user_is_for_no_other_of_the_account(owner: Account) -> None:
    # A key that is no account is a user of the default account.
    user = owner.client(aws_access_key_id="jane")
    parameters = mail.parameters(SourceArn=arn(owner, DOMAIN))
    allow(owner, owner, Principal={"AWS": "arn:aws:iam::000000000000:user/john"})
    assert refusal(user.send_email, **parameters)[0] == "AccessDenied"
    allow(owner, owner, Principal={"AWS": "arn:aws:iam::000000000000:user/jane"})
    user.send_email(**parameters)


def test_all_policies_of_the_identity_count_and_a_denial_wins(owner: Account, delegate: Account) -> None:
    allow(owner, delegate)
    other = statement(owner, DOMAIN, "123456789012")
    policies.put(owner, DOMAIN, "other", policies.document(other))
    assert sends(owner, delegate)
    denial = statement(owner, DOMAIN, "*", Effect="Deny")
    policies.put(owner, DOMAIN, "other", policies.document(other, denial))
    assert not sends(owner, delegate)


def test_a_policy_holds_in_its_region_only(owner: Account, delegate: Account) -> None:
    allow(owner, delegate)
    there = delegate.elsewhere("eu-west-1")
    resource = arn(owner, DOMAIN)
    assert mail.refused(there.client(), SourceArn=resource) == denied(there, resource)
    elsewhere = arn(owner, DOMAIN, region="eu-west-1")
    assert mail.refused(delegate.client(), SourceArn=elsewhere) == denied(delegate, elsewhere)
    assert mail.refused(there.client(), SourceArn=elsewhere) == denied(there, elsewhere)


def test_an_own_arn_of_another_region_is_refused(owner: Account) -> None:
    elsewhere = arn(owner, DOMAIN, region="eu-west-1")
    assert mail.refused(owner.client(), SourceArn=elsewhere) == denied(owner, elsewhere)


# ---- conditions


@pytest.mark.parametrize(
    ("condition", "good", "bad"),
    [
        (
            {"StringEquals": {"ses:FromAddress": "ann@example.com"}},
            {"Source": "Ann <ann@example.com>"},
            {"Source": "bea@example.com"},
        ),
        (
            {"StringNotLike": {"ses:FromAddress": "*admin*example.com"}},
            {"Source": "ann@example.com"},
            {"Source": "sender@admin.example.com"},
        ),
        (
            {"StringLike": {"ses:FromDisplayName": "Marketing*"}},
            {"Source": "=?utf-8?q?Marketing_Z=C3=BCrich?= <ann@example.com>"},
            {"Source": "ann@example.com"},
        ),
        (
            {"StringLike": {"ses:FeedbackAddress": "bounces@*"}},
            {"ReturnPath": "Bounces <bounces@example.com>"},
            {},
        ),
        (
            {"ForAllValues:StringLike": {"ses:Recipients": "*@example.net"}},
            {"Destination": {"ToAddresses": ["A <a@example.net>"], "BccAddresses": ["b@example.net"]}},
            {"Destination": {"ToAddresses": ["a@example.net"], "BccAddresses": ["b@example.org"]}},
        ),
        (
            {"StringEquals": {"aws:PrincipalAccount": "{delegate}"}, "Null": {"aws:SourceArn": "true"}},
            {},
            None,
        ),
        ({"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}}, {}, None),
        ({"NotIpAddress": {"aws:SourceIp": "127.0.0.0/8"}}, None, {}),
        ({"Bool": {"aws:SecureTransport": "true"}}, None, {}),
        ({"StringLike": {"aws:UserAgent": "Boto3/*"}}, {}, None),
        ({"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}, None, {}),
        ({"StringEquals": {"aws:PrincipalOrgID": "o-1"}}, None, {}),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) and value else "-",
)
def test_a_policy_holds_under_its_conditions(
    owner: Account, delegate: Account, condition: dict[str, Any], good: Changes, bad: Changes
) -> None:
    filled = {
        operator: {key: value.replace("{delegate}", delegate.account_id) for key, value in block.items()}
        for operator, block in condition.items()
    }
    allow(owner, delegate, Condition=filled)
    assert good is None or sends(owner, delegate, **good)
    assert bad is None or not sends(owner, delegate, **bad)


def test_a_policy_can_end_with_a_date_of_the_emulated_clock(start: Start) -> None:
    owner = start()
    delegate = aws.new_account(owner.url)
    mail.verify(owner, DOMAIN)
    Server(owner.url).ask("PUT", "/clock", body={"now": "2031-07-30T12:00:00Z"})
    window = {
        "DateGreaterThan": {"aws:CurrentTime": "2031-07-31T00:00:00Z"},
        "DateLessThan": {"aws:EpochTime": "2031-08-01T00:00Z"},
    }
    allow(owner, delegate, Condition=window)
    for expected in (False, True, False):
        assert sends(owner, delegate) is expected
        owner.advance("PT24H")


def test_conditions_on_raw_mail_read_its_headers_where_there_is_no_envelope(owner: Account, delegate: Account) -> None:
    allow(
        owner,
        delegate,
        Condition={
            "StringEquals": {"ses:FromAddress": "ann@example.com", "ses:FeedbackAddress": "bounces@example.com"},
            "ForAllValues:StringLike": {"ses:Recipients": "*@example.net"},
        },
    )
    sender, resource = delegate.client(), arn(owner, DOMAIN)
    headers = ["From: Ann <ann@example.com>", "Return-Path: <bounces@example.com>"]
    refused = denied(delegate, resource, "SendRawEmail")
    mail.send_raw(sender, document(*headers, TO, "Cc: c@example.net"), SourceArn=resource)
    assert mail.refused_raw(sender, document(*headers, TO, "Bcc: c@x.org"), SourceArn=resource) == refused
    mail.send_raw(sender, document(*headers, "To: c@x.org"), SourceArn=resource, Destinations=[BOB])
    assert mail.refused_raw(sender, document(*headers, TO), SourceArn=resource, Source=ANN) == refused
    assert mail.refused_raw(sender, document(headers[0], TO), SourceArn=resource) == refused
    bounces = {"SourceArn": resource, "Source": "bounces@example.com"}
    mail.send_raw(sender, document(headers[0], TO), **bounces)
    assert mail.refused_raw(sender, document(TO), **bounces) == refused


# ---- which address goes through which identity


def test_the_address_must_be_at_the_identity_that_is_named(owner: Account, delegate: Account) -> None:
    allow(owner, delegate)
    assert sends(owner, delegate, Source="a@sub.EXAMPLE.com")
    sender, through = delegate.client(), {"SourceArn": arn(owner, DOMAIN)}
    assert mail.refused(sender, Source="a@other.example", **through) == unverified("a@other.example")
    mail.verify(delegate, "other.example")
    assert mail.refused(sender, Source="a@other.example", **through) == unverified("a@other.example")
    mail.send(sender, Source="a@other.example")


def test_an_address_identity_lends_itself_and_its_labels_only(owner: Account, delegate: Account) -> None:
    mail.verify(owner, ANN)
    allow(owner, delegate, ANN)
    sender, through = delegate.client(), {"SourceArn": arn(owner, ANN)}
    mail.send(sender, Source="ann+news@example.com", **through)
    for other in ("bea@example.com", "Ann@example.com"):
        assert mail.refused(sender, Source=other, **through) == unverified(other)


def test_the_identity_must_be_verified_where_its_owner_is(owner: Account, delegate: Account) -> None:
    for identity in ("pending.example", "unknown.example"):
        allow(owner, delegate, identity)
        source = f"Ann <a@{identity}>"
        if identity == "pending.example":
            owner.client().verify_domain_identity(Domain=identity)
        mail.verify(delegate, identity)  # does not help
        found = mail.refused(delegate.client(), Source=source, SourceArn=arn(owner, identity))
        assert found == unverified(source)
    owner.client().delete_identity(Identity=DOMAIN)
    allow(owner, delegate)
    assert mail.refused(delegate.client(), SourceArn=arn(owner, DOMAIN)) == unverified(ANN)


def test_without_the_arn_the_policy_helps_nobody(owner: Account, delegate: Account) -> None:
    allow(owner, delegate)
    assert mail.refused(delegate.client()) == unverified(ANN)


def test_from_and_return_path_go_through_the_sources_identity_unless_they_name_their_own(
    owner: Account, delegate: Account
) -> None:
    third = aws.new_account(owner.url)
    mail.verify(third, "bounces.example")
    allow(owner, delegate)
    allow(third, delegate, "bounces.example")
    sender = delegate.client()
    through, back = {"SourceArn": arn(owner, DOMAIN)}, {"ReturnPathArn": arn(third, "bounces.example")}
    mail.send(sender, ReturnPath="back@example.com", **through)
    assert mail.refused(sender, ReturnPath="b@bounces.example", **through) == unverified("b@bounces.example")
    mail.send(sender, ReturnPath="b@bounces.example", **through, **back)
    assert mail.refused(sender, ReturnPath="back@example.com", **through, **back) == unverified("back@example.com")
    third.client().delete_identity_policy(Identity="bounces.example", PolicyName="mine")
    found = mail.refused(sender, ReturnPath="b@bounces.example", **through, **back)
    assert found == denied(delegate, arn(third, "bounces.example"))


def test_a_return_path_of_ones_own_needs_no_arn(owner: Account, delegate: Account) -> None:
    allow(owner, delegate)
    mail.verify(delegate, "b@mine.example")
    mail.send(delegate.client(), ReturnPath="b@mine.example", SourceArn=arn(owner, DOMAIN))


@pytest.mark.parametrize("as_headers", [False, True])
def test_raw_mail_names_identities_in_parameters_or_headers(
    owner: Account, delegate: Account, as_headers: bool
) -> None:
    third = aws.new_account(owner.url)
    mail.verify(third, "from.example")
    allow(owner, delegate)
    allow(third, delegate, "from.example")
    sender = delegate.client()

    def outcome(*lines: str, **named: str) -> tuple[str, str] | None:
        written = [f"{HEADERS[name]}: {value}" for name, value in named.items()] if as_headers else []
        try:
            mail.send_raw(sender, document(*written, *lines, TO), **({} if as_headers else named))
        except sender.exceptions.ClientError as error:
            return error.response["Error"]["Code"], error.response["Error"]["Message"]
        return None

    domain, other = arn(owner, DOMAIN), arn(third, "from.example")
    from_there, back = "From: Ann <a@from.example>", f"Return-Path: <{ANN}>"
    assert outcome(f"From: {ANN}", SourceArn=domain) is None
    assert outcome(f"From: {ANN}", FromArn=domain) is None
    assert outcome(from_there, SourceArn=domain) == unverified("Ann <a@from.example>")
    assert outcome(from_there, back, FromArn=other, ReturnPathArn=domain) is None
    assert outcome(from_there, back, FromArn=other) == unverified(f"<{ANN}>")
    assert outcome(from_there, "Sender: s@from.example", back, FromArn=other, SourceArn=domain) is None
    assert outcome(from_there, SourceArn=domain, FromArn="nonsense") == invalid("Invalid ARN <nonsense>.")
    third.client().delete_identity_policy(Identity="from.example", PolicyName="mine")
    assert outcome(from_there, SourceArn=domain, FromArn=other) == denied(delegate, other, "SendRawEmail")


def test_a_source_and_a_from_header_go_through_identities_of_their_own(owner: Account, delegate: Account) -> None:
    mail.verify(owner, "from.example")
    allow(owner, delegate)
    allow(owner, delegate, "from.example")
    sender, data = delegate.client(), document("From: a@from.example", TO)
    named = {"SourceArn": arn(owner, DOMAIN), "FromArn": arn(owner, "from.example")}
    mail.send_raw(sender, data, Source=ANN, **named)
    swapped = {"SourceArn": named["FromArn"], "FromArn": named["SourceArn"]}
    assert mail.refused_raw(sender, data, Source=ANN, **swapped) == unverified("a@from.example", ANN)


# ---- the rest of the account is the delegate's


def test_in_the_sandbox_the_delegates_own_recipients_count(start: Start) -> None:
    owner = start(sandbox=True)
    delegate = aws.new_account(owner.url)
    mail.verify(owner, DOMAIN, BOB)
    allow(owner, delegate)
    through = {"SourceArn": arn(owner, DOMAIN)}
    assert mail.refused(delegate.client(), **through) == unverified(BOB)
    mail.verify(delegate, BOB)
    mail.send(delegate.client(), **through)


def test_a_refusal_comes_before_every_other_fault_and_an_allowed_send_meets_them(
    owner: Account, delegate: Account
) -> None:
    resource = arn(owner, DOMAIN)
    faults = {
        "Source": "nobody",
        "Destination": {"ToAddresses": []},
        "Tags": [{"Name": "", "Value": ""}],
        "ConfigurationSetName": "nope",
        "SourceArn": resource,
    }
    assert mail.refused(delegate.client(), **faults) == denied(delegate, resource)
    raw = mail.refused_raw(delegate.client(), b"no header", SourceArn=resource)
    assert raw == denied(delegate, resource, "SendRawEmail")
    allow(owner, delegate)
    assert mail.refused(delegate.client(), **faults) == invalid("The tag name must be specified.")
    assert mail.refused(delegate.client(), **faults | {"Tags": []})[0] == "ConfigurationSetDoesNotExist"
    with_bad_arn = faults | {"ReturnPathArn": "x"}
    assert mail.refused(delegate.client(), **with_bad_arn) == invalid("Invalid ARN <x>.")


# ---- one's own identities


def test_ones_own_identity_needs_no_policy_and_obeys_a_denial(owner: Account) -> None:
    sender, resource = owner.client(), arn(owner, DOMAIN)
    allow(owner, owner, Principal={"AWS": "123456789012"})
    mail.send(sender)
    allow(owner, owner, Effect="Deny", Condition={"StringLike": {"ses:FromAddress": "ann@*"}})
    for named in ({}, {"SourceArn": resource}):
        assert mail.refused(sender, **named) == denied(owner, resource)
        mail.send(sender, Source="bea@example.com", **named)
    data = document(f"From: {ANN}", TO)
    assert mail.refused_raw(sender, data, Source="bea@example.com") == denied(owner, resource, "SendRawEmail")
    owner.client().delete_identity_policy(Identity=DOMAIN, PolicyName="mine")
    mail.send(sender)


def test_a_denial_of_ones_own_does_not_reach_another_accounts_identity(owner: Account, delegate: Account) -> None:
    mail.verify(delegate, DOMAIN)
    allow(delegate, delegate, Effect="Deny")
    assert mail.refused(delegate.client()) == denied(delegate, arn(delegate, DOMAIN))
    allow(owner, delegate)
    assert sends(owner, delegate)
