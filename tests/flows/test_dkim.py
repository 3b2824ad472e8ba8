"""How a domain's DKIM comes to be verified, stays so, and what stands behind its tokens."""

import base64
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from sqlalchemy import create_engine, select

from emulator.remote import Refused, Server
from emulator.store.schema import dkim_keys
from tests.support import mail, zone
from tests.support.aws import Account, new_account

Start = Callable[..., Account]

WINDOW = "PT72H"
JUST_BEFORE = "PT71H59M59.999S"
MOMENT = "PT0.001S"


class Domain:
    """A domain whose tokens were asked for just now."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.name = zone.domain_of(account)
        self.tokens = self.begin()
        self.records = zone.to_publish(account, self.name, "CNAME")

    def begin(self) -> list[str]:
        """Asks for the tokens."""
        return list(self.account.client().verify_domain_dkim(Domain=self.name)["DkimTokens"])

    def publish(self) -> None:
        """The three records are in the DNS."""
        zone.publish(self.account, *self.records)

    @property
    def status(self) -> str:
        """The state of its DKIM."""
        found = self.account.client().get_identity_dkim_attributes(Identities=[self.name])["DkimAttributes"]
        return str(found[self.name]["DkimVerificationStatus"])

    @property
    def identity_status(self) -> str:
        """The state of the identity."""
        attributes = self.account.client().get_identity_verification_attributes(Identities=[self.name])
        return str(attributes["VerificationAttributes"][self.name]["VerificationStatus"])

    @property
    def statuses(self) -> tuple[str, str]:
        """Both."""
        return self.status, self.identity_status

    def decide(self, verb: str, **query: str) -> None:
        """Inspection verifies the domain, or fails it."""
        self.account.inspect("POST", f"/identities/{self.name}/{verb}", **query)


# ---- the records


def test_all_three_records_are_needed(account: Account) -> None:
    domain = Domain(account)
    for number, record in enumerate(domain.records):
        assert domain.statuses == ("Pending", "Pending"), number
        zone.publish(account, record)
    assert domain.statuses == ("Success", "Success")
    mail.send(account.client(), Source=f"shop@mail.{domain.name}")
    zone.withdraw(account, domain.records[1])
    assert domain.statuses == ("TemporaryFailure", "TemporaryFailure")
    mail.send(account.client(), Source=f"shop@{domain.name}")


def test_a_record_counts_however_a_dns_console_spells_it_and_not_with_another_target(account: Account) -> None:
    domain = Domain(account)
    first, second, third = domain.records
    zone.publish(account, first, {**second, "name": f"{second['name'].upper()}.", "value": f" {second['value']}. "})
    for value in (first["value"], third["value"].replace("dkim", "dkim.eu-south-1"), domain.tokens[2]):
        zone.publish(account, {**third, "value": value})
        zone.publish(account, {**third, "type": "TXT"})
        assert domain.status == "Pending"
    zone.publish(account, {**third, "value": third["value"].upper()})
    assert domain.status == "Success"


def test_records_of_another_region_verify_nothing_here(account: Account) -> None:
    here, there = Domain(account), Domain(account.elsewhere("eu-west-1"))
    there.publish()
    assert (here.status, there.status) == ("Pending", "Success")


# ---- the clock


def test_dkim_fails_after_72_hours_for_good_until_it_is_begun_anew(start: Start) -> None:
    domain = Domain(zone.freeze(start()))
    domain.account.advance(JUST_BEFORE)
    assert domain.begin() == domain.tokens  # which prolongs nothing
    assert domain.statuses == ("Pending", "Pending")
    domain.account.advance(MOMENT)
    assert domain.statuses == ("Failed", "Failed")
    domain.publish()
    domain.account.advance("P30D")
    assert domain.statuses == ("Failed", "Failed")
    source = f"ann@{domain.name}"
    assert mail.refused(domain.account.client(), Source=source) == mail.unverified(source)
    assert domain.begin() == domain.tokens
    assert domain.statuses == ("Success", "Success")


def test_a_vanished_record_is_forgiven_for_72_hours(start: Start) -> None:
    domain = Domain(zone.freeze(start()))
    domain.publish()
    for _ in range(2):
        domain.account.advance("P30D")
        zone.withdraw(domain.account, domain.records[2])
        assert domain.statuses == ("TemporaryFailure", "TemporaryFailure")
        domain.account.advance(JUST_BEFORE)
        assert domain.statuses == ("TemporaryFailure", "TemporaryFailure")
        zone.publish(domain.account, domain.records[2])
        assert domain.statuses == ("Success", "Success")
    zone.withdraw(domain.account, domain.records[0])
    domain.account.advance(WINDOW)
    zone.publish(domain.account, domain.records[0])
    assert domain.statuses == ("Failed", "Failed")


def test_records_that_were_together_at_a_standing_clock_were_seen(start: Start) -> None:
    domain = Domain(zone.freeze(start()))
    domain.publish()
    zone.withdraw(domain.account, *domain.records)
    assert domain.status == "TemporaryFailure"
    domain.publish()
    assert domain.status == "Success"


def test_records_that_were_never_there_together_verify_nothing(start: Start) -> None:
    domain = Domain(zone.freeze(start()))
    for record in domain.records:
        zone.publish(domain.account, record)
        domain.account.advance("PT1H")
        zone.withdraw(domain.account, record)
        domain.account.advance("PT1H")
    assert domain.status == "Pending"


def test_after_the_clock_was_set_back_records_that_are_published_again_count(start: Start) -> None:
    domain = Domain(start())
    domain.publish()
    Server(domain.account.url).ask("PUT", "/clock", body={"now": "2020-01-01T00:00:00Z"})
    assert domain.statuses == ("Pending", "Pending")
    domain.publish()
    assert domain.statuses == ("Success", "Success")


def test_either_proof_suffices_for_the_domain(start: Start) -> None:
    domain = Domain(zone.freeze(start()))
    (own,) = zone.to_publish(domain.account, domain.name, "TXT")
    zone.publish(domain.account, own)
    assert domain.statuses == ("Pending", "Success")
    domain.account.advance(WINDOW)
    assert domain.statuses == ("Failed", "Success")
    domain.begin()
    domain.publish()
    zone.withdraw(domain.account, own)
    domain.account.advance(WINDOW)
    assert domain.statuses == ("Success", "Success")
    zone.withdraw(domain.account, domain.records[0])
    assert domain.statuses == ("TemporaryFailure", "TemporaryFailure")
    domain.account.advance(WINDOW)
    assert domain.statuses == ("Failed", "Failed")
    domain.account.client().verify_domain_identity(Domain=domain.name)
    assert domain.statuses == ("Failed", "Pending")
    zone.publish(domain.account, own)
    assert domain.statuses == ("Failed", "Success")


def test_dkim_begun_late_saves_a_domain_whose_own_record_never_came(start: Start) -> None:
    account = zone.freeze(start())
    account.client().verify_domain_identity(Domain=zone.domain_of(account))
    account.advance("PT71H")
    domain = Domain(account)
    account.advance("PT2H")
    assert domain.statuses == ("Pending", "Pending")
    domain.publish()
    assert domain.statuses == ("Success", "Success")


def test_where_identities_verify_by_themselves_dkim_does_too(start: Start) -> None:
    domain = Domain(zone.freeze(start(verification="auto", verification_delay=60)))
    assert domain.statuses == ("Pending", "Pending")
    domain.account.advance("PT59.999S")
    assert domain.statuses == ("Pending", "Pending")
    domain.account.advance(MOMENT)
    assert domain.statuses == ("Success", "Success")


# ---- inspection


def test_inspection_decides_for_the_whole_identity_or_a_part(account: Account) -> None:
    domain = Domain(account)
    domain.decide("verify", part="dkim")
    assert domain.statuses == ("Success", "Success")
    domain.decide("fail", part="identity")
    assert domain.statuses == ("Success", "Failed")
    domain.decide("fail", part="dkim")
    domain.decide("verify", part="identity")
    assert domain.statuses == ("Failed", "Success")
    domain.decide("fail")
    assert domain.statuses == ("Failed", "Failed")
    domain.decide("verify")
    assert domain.statuses == ("Success", "Success")
    proof = account.inspect("GET", f"/identities/{domain.name}/verification")
    assert proof["dkim"] == {"status": "Success", "enabled": True, "tokens": domain.tokens}
    assert [record["type"] for record in proof["records"]] == ["TXT", "CNAME", "CNAME", "CNAME"]


def test_inspection_knows_no_other_parts(account: Account) -> None:
    domain = Domain(account)
    with pytest.raises(Refused, match="part must be one of identity, dkim, mail_from, not 'spf'"):
        domain.decide("verify", part="spf")
    with pytest.raises(Refused, match="no identity with mail_from"):
        domain.decide("verify", part="mail_from")
    assert domain.statuses == ("Pending", "Pending")


# ---- the keys behind the tokens


def _public_keys(domain: Domain) -> list[list[str]]:
    return [zone.values(domain.account, record["value"]) for record in domain.records]


def test_the_zone_holds_the_public_half_of_each_key(start: Start, new_database_url: str) -> None:
    domain = Domain(start())
    domain.account.drain()
    with create_engine(new_database_url).connect() as connection:
        kept = {row.token: row.private_key for row in connection.execute(select(dkim_keys))}
    assert set(kept) == set(domain.tokens)
    published = {}
    for token, (value,) in zip(domain.tokens, _public_keys(domain), strict=True):
        assert value.startswith("p=")
        public = serialization.load_der_public_key(base64.b64decode(value[2:], validate=True))
        private = serialization.load_pem_private_key(kept[token].encode(), password=None)
        assert isinstance(private, rsa.RSAPrivateKey)
        assert isinstance(public, rsa.RSAPublicKey)
        assert private.key_size == 2048
        signature = private.sign(b"headers", padding.PKCS1v15(), hashes.SHA256())
        public.verify(signature, b"headers", padding.PKCS1v15(), hashes.SHA256())
        published[token] = value
    assert len(set(published.values())) == 3


def test_who_empties_the_zone_leaves_what_ses_publishes(start: Start) -> None:
    domain = Domain(start())
    domain.account.drain()
    domain.publish()
    everything = Server(domain.account.url).ask("GET", "/dns/records")["records"]
    assert Server(domain.account.url).ask("DELETE", "/dns/records") == {"withdrawn": 3}
    left = Server(domain.account.url).ask("GET", "/dns/records")["records"]
    assert [record["name"] for record in left] == [f"{token}.dkim.amazonses.com" for token in domain.tokens]
    assert len(everything) == len(left) + 3


def test_keys_stay_when_dkim_begins_anew_and_go_with_the_domain(account: Account) -> None:
    domain = Domain(account)
    account.drain()
    before = _public_keys(domain)
    domain.decide("fail")
    domain.begin()
    account.drain()
    assert _public_keys(domain) == before
    account.client().delete_identity(Identity=domain.name)
    assert _public_keys(domain) == [[], [], []]
    domain.begin()
    account.drain()
    after = _public_keys(domain)
    assert [len(values) for values in after] == [1, 1, 1]
    assert all(value not in before for value in after)


def test_starting_over_takes_the_accounts_keys_and_no_others(account: Account) -> None:
    domain, there, other = Domain(account), Domain(account.elsewhere("eu-west-1")), Domain(new_account(account.url))
    account.drain()
    account.inspect("POST", "/reset", region="us-east-1")
    assert [len(values) for values in _public_keys(domain)] == [0, 0, 0]
    assert [len(values) for each in (there, other) for values in _public_keys(each)] == [1] * 6
    account.inspect("POST", "/reset")
    assert [len(values) for each in (there, other) for values in _public_keys(each)] == [0] * 3 + [1] * 3
