"""How a MAIL FROM domain comes to be verified, stays so, and what it does to mail."""

from collections.abc import Callable
from typing import Any

from tests.support import mail, zone
from tests.support.aws import Account, new_account

Start = Callable[..., Account]

JUST_BEFORE = "PT71H59M59.999S"
MOMENT = "PT0.001S"
REFUSED = ("MailFromDomainNotVerifiedException", "DNS setup for MAIL FROM domain is invalid.")


class MailFrom:
    """An identity that was verified, and has just been given a MAIL FROM domain."""

    def __init__(self, account: Account, prefix: str = "bounce", behavior: str = "UseDefaultValue") -> None:
        self.account = account
        self.domain = zone.domain_of(account)
        self.name = f"{prefix}.{self.domain}"
        mail.verify(account, self.domain)
        self.set(BehaviorOnMXFailure=behavior)
        (self.mx,) = zone.to_publish(account, self.domain, "MX")

    def set(self, **given: str) -> None:
        """Sets it."""
        client = self.account.client()
        client.set_identity_mail_from_domain(Identity=self.domain, MailFromDomain=self.name, **given)

    def publish(self, **changed: str) -> None:
        """The MX record is in the DNS; or another one there."""
        zone.publish(self.account, {**self.mx, **changed})

    def withdraw(self, **changed: str) -> None:
        """It is no longer there."""
        zone.withdraw(self.account, {**self.mx, **changed})

    @property
    def status(self) -> str:
        """What SES says of it."""
        attributes = self.account.client().get_identity_mail_from_domain_attributes(Identities=[self.domain])
        return str(attributes["MailFromDomainAttributes"][self.domain]["MailFromDomainStatus"])

    def sent_from(self, **changed: Any) -> str:
        """The domain of the Return-Path of a message."""
        given = {"Source": f"ann@{self.domain}", **changed}
        return _return_path(self.account, mail.send(self.account.client(), **given))

    def refused(self) -> tuple[str, str]:
        """Code and text with which a message is refused."""
        return mail.refused(self.account.client(), Source=f"ann@{self.domain}")


def _return_path(account: Account, message_id: str) -> str:
    first = mail.header_lines(mail.delivered(account, message_id))[0]
    assert first.startswith(f"Return-Path: <{message_id}@")
    return first.removeprefix(f"Return-Path: <{message_id}@").removesuffix(">")


# ---- the record


def test_a_mail_from_domain_is_verified_by_one_mx_record(account: Account) -> None:
    bounce = MailFrom(account)
    assert bounce.status == "Pending"
    bounce.publish(value="20 feedback-smtp.us-east-1.amazonses.com")
    bounce.publish(value="10 feedback-smtp.eu-west-1.amazonses.com")
    bounce.publish(type="TXT")
    assert bounce.status == "Pending"
    bounce.withdraw(value="20 feedback-smtp.us-east-1.amazonses.com")
    bounce.withdraw(value="10 feedback-smtp.eu-west-1.amazonses.com")
    bounce.publish()
    assert bounce.status == "Success"


def test_the_record_counts_however_a_dns_console_spells_it(account: Account) -> None:
    bounce = MailFrom(account)
    spelt = {"name": f"{bounce.name.upper()}.", "type": "mx", "value": " 10\tFeedback-SMTP.us-east-1.amazonses.com. "}
    zone.publish(account, spelt)
    bounce.publish()  # the same record, not a second one
    assert bounce.status == "Success"
    zone.withdraw(account, spelt)
    assert bounce.status == "TemporaryFailure"


def test_a_second_mx_record_spoils_it_until_it_is_gone(start: Start) -> None:
    bounce = MailFrom(zone.freeze(start()))
    bounce.publish(value="20 mx.example.net")
    bounce.publish()
    assert bounce.status == "Pending"
    bounce.withdraw(value="20 mx.example.net")
    assert bounce.status == "Success"
    bounce.account.advance("PT1H")
    bounce.publish(value="20 mx.example.net")
    assert bounce.status == "TemporaryFailure"
    bounce.account.advance(JUST_BEFORE)
    bounce.withdraw(value="20 mx.example.net")
    assert bounce.status == "Success"
    bounce.publish(value="5 mx.example.net")
    bounce.account.advance("PT72H")
    assert bounce.status == "Failed"


# ---- the clock


def test_it_fails_after_72_hours_for_good_until_it_is_set_anew(start: Start) -> None:
    bounce = MailFrom(zone.freeze(start()))
    bounce.account.advance(JUST_BEFORE)
    bounce.set()  # which prolongs nothing
    assert bounce.status == "Pending"
    bounce.account.advance(MOMENT)
    assert bounce.status == "Failed"
    bounce.publish()
    bounce.account.advance("P30D")
    assert bounce.status == "Failed"
    assert bounce.sent_from() == "amazonses.com"
    bounce.set()
    assert bounce.status == "Success"
    assert bounce.sent_from() == bounce.name


def test_a_vanished_record_is_forgiven_for_72_hours(start: Start) -> None:
    bounce = MailFrom(zone.freeze(start()))
    bounce.publish()
    for _ in range(2):
        bounce.account.advance("P30D")
        bounce.withdraw()
        bounce.account.advance(JUST_BEFORE)
        assert bounce.status == "TemporaryFailure"
        assert bounce.sent_from() == "amazonses.com"
        bounce.publish()
        assert bounce.status == "Success"
        assert bounce.sent_from() == bounce.name
    bounce.withdraw()
    bounce.account.advance("PT72H")
    bounce.publish()
    assert bounce.status == "Failed"


def test_another_domain_begins_anew(start: Start) -> None:
    bounce = MailFrom(zone.freeze(start()))
    bounce.publish()
    bounce.account.advance("P30D")
    bounce.name = f"other.{bounce.domain}"
    bounce.set()
    assert bounce.status == "Pending"
    bounce.publish(name=bounce.name)
    assert bounce.status == "Success"


def test_where_identities_verify_by_themselves_it_does_too(start: Start) -> None:
    bounce = MailFrom(zone.freeze(start(verification="auto", verification_delay=60)))
    assert bounce.status == "Pending"
    bounce.account.advance("PT1M")
    assert bounce.status == "Success"
    assert bounce.sent_from() == bounce.name


# ---- sends


def test_an_envelope_carries_it_while_it_is_verified_and_that_of_ses_else(account: Account) -> None:
    there = account.elsewhere("eu-west-1")
    bounce = MailFrom(there)
    assert bounce.sent_from() == "eu-west-1.amazonses.com"
    bounce.publish()
    assert bounce.sent_from() == bounce.name
    raw = mail.document(f"From: ann@{bounce.domain}", f"To: {mail.BOB}")
    assert _return_path(there, mail.send_raw(there.client(), raw)) == bounce.name
    there.client().set_identity_mail_from_domain(Identity=bounce.domain)
    assert bounce.sent_from() == "eu-west-1.amazonses.com"


def test_a_message_keeps_the_envelope_it_was_sent_with(account: Account) -> None:
    bounce = MailFrom(account)
    bounce.publish()
    message_id = mail.send(account.client(), Source=f"ann@{bounce.domain}")
    bounce.withdraw()
    account.client().delete_identity(Identity=bounce.domain)
    assert _return_path(account, message_id) == bounce.name


def test_sends_can_be_refused_while_it_is_not_verified(start: Start) -> None:
    bounce = MailFrom(zone.freeze(start()), behavior="RejectMessage")
    account = bounce.account
    assert bounce.refused() == REFUSED
    raw = mail.document(f"From: ann@{bounce.domain}", f"To: {mail.BOB}")
    assert mail.refused_raw(account.client(), raw) == REFUSED
    assert account.messages(direction="outbound") == []
    bounce.publish()
    assert bounce.sent_from() == bounce.name
    bounce.withdraw()
    assert (bounce.status, bounce.refused()) == ("TemporaryFailure", REFUSED)
    account.advance("PT72H")
    assert (bounce.status, bounce.refused()) == ("Failed", REFUSED)
    bounce.set(BehaviorOnMXFailure="UseDefaultValue")
    assert bounce.sent_from() == "amazonses.com"


def test_identities_are_checked_first(account: Account) -> None:
    bounce = MailFrom(account, behavior="RejectMessage")
    account.inspect("POST", f"/identities/{bounce.domain}/fail", part="identity")
    assert bounce.refused() == mail.unverified(f"ann@{bounce.domain}")


def test_the_most_specific_identity_that_has_one_decides(account: Account) -> None:
    bounce = MailFrom(account)
    bounce.publish()
    below, address = f"sub.{bounce.domain}", f"ann@sub.{bounce.domain}"
    mail.verify(account, below, address)
    sources = (address, f"ann+label@{below}", f"bob@{below}", f"bob@x.{below}", f"bob@{bounce.domain}")
    assert [bounce.sent_from(Source=each) for each in sources] == [bounce.name] * 5
    client = account.client()
    client.set_identity_mail_from_domain(Identity=below, MailFromDomain=f"b.{below}")
    client.set_identity_mail_from_domain(Identity=address, MailFromDomain=f"a.{below}")
    for record in (*zone.to_publish(account, address, "MX"), *zone.to_publish(account, below, "MX")):
        zone.publish(account, record)
    found = [bounce.sent_from(Source=each) for each in sources]
    assert found == [f"a.{below}"] * 2 + [f"b.{below}"] * 2 + [bounce.name]


def test_one_that_is_not_verified_does_not_give_way_to_that_of_the_parent(account: Account) -> None:
    bounce = MailFrom(account)
    bounce.publish()
    below = f"sub.{bounce.domain}"
    mail.verify(account, below)
    account.client().set_identity_mail_from_domain(Identity=below, MailFromDomain=f"b.{below}")
    assert bounce.sent_from(Source=f"ann@{below}") == "amazonses.com"


def test_it_is_that_of_where_bounces_go(account: Account) -> None:
    bounce = MailFrom(account)
    bounce.publish()
    mail.verify(account, mail.ANN)
    assert bounce.sent_from(ReturnPath=mail.ANN) == "amazonses.com"
    assert bounce.sent_from(Source=mail.ANN, ReturnPath=f"bounces@{bounce.domain}") == bounce.name
    raw = mail.document(f"From: {mail.ANN}", f"Return-Path: <bounces@{bounce.domain}>", f"To: {mail.BOB}")
    assert _return_path(account, mail.send_raw(account.client(), raw)) == bounce.name


def test_another_accounts_identity_is_used_with_all_that_it_has(account: Account) -> None:
    bounce = MailFrom(account)
    delegate = new_account(account.url)
    arn = f"arn:aws:ses:us-east-1:{account.account_id}:identity/{bounce.domain}"
    policy = f"""{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Action": "ses:SendEmail",
        "Principal": {{"AWS": "{delegate.account_id}"}}, "Resource": "{arn}"}}]}}"""
    account.client().put_identity_policy(Identity=bounce.domain, PolicyName="delegate", Policy=policy)
    given = {"Source": f"ann@{bounce.domain}", "SourceArn": arn}
    assert _return_path(delegate, mail.send(delegate.client(), **given)) == "amazonses.com"
    bounce.publish()
    assert _return_path(delegate, mail.send(delegate.client(), **given)) == bounce.name
    bounce.withdraw()
    bounce.set(BehaviorOnMXFailure="RejectMessage")
    assert mail.refused(delegate.client(), **given) == REFUSED


# ---- inspection


def test_inspection_shows_it_and_decides_about_it(account: Account) -> None:
    bounce = MailFrom(account)
    path = f"/identities/{bounce.domain}"
    shown = {"domain": bounce.name, "status": "Pending", "behavior_on_mx_failure": "UseDefaultValue"}
    assert account.inspect("GET", f"{path}/verification")["mail_from"] == shown
    assert account.inspect("POST", f"{path}/verify", part="mail_from")["mail_from"] == {**shown, "status": "Success"}
    assert bounce.sent_from() == bounce.name
    failed = account.inspect("POST", f"{path}/fail", part="mail_from")
    assert (failed["status"], failed["mail_from"]["status"], failed["dkim"]["status"]) == (
        "Success",
        "Failed",
        "NotStarted",
    )
    assert account.inspect("POST", f"{path}/verify")["mail_from"]["status"] == "Success"
    assert account.inspect("POST", f"{path}/fail")["mail_from"]["status"] == "Failed"
