"""How a domain comes to be verified: its TXT record appears, vanishes and comes back, and time passes."""

from collections.abc import Callable

import pytest

from emulator.remote import Refused, Server
from tests.support import mail
from tests.support.aws import Account

# Publishing in the zone is for all accounts of a server, so each test takes a domain of its own account.
WINDOW = "PT72H"
JUST_BEFORE = "PT71H59M59.999S"
MOMENT = "PT0.001S"


class Domain:
    """A domain that was asked about just now, and its owner's DNS console."""

    def __init__(self, account: Account, name: str = "") -> None:
        self.account = account
        self.name = name or f"d{account.account_id}.example.com"
        self.token = self.verify()

    def verify(self) -> str:
        """Asks SES to verify the domain; the token."""
        return str(self.account.client().verify_domain_identity(Domain=self.name)["VerificationToken"])

    @property
    def status(self) -> str | None:
        """What SES says of it."""
        attributes = self.account.client().get_identity_verification_attributes(Identities=[self.name])
        found = attributes["VerificationAttributes"].get(self.name)
        return found and str(found["VerificationStatus"])

    def publish(self, name: str = "", value: str = "", record_type: str = "TXT") -> None:
        """The record is in the DNS; by default the one that proves the domain."""
        record = {"name": name or f"_amazonses.{self.name}", "type": record_type, "value": value or self.token}
        Server(self.account.url).ask("PUT", "/dns/records", body=record)

    def withdraw(self, **wanted: str) -> int:
        """Records of this name have left the DNS."""
        query = wanted or {"name": f"_amazonses.{self.name}"}
        return int(Server(self.account.url).ask("DELETE", "/dns/records", query)["withdrawn"])


def _frozen(account: Account) -> Account:
    Server(account.url).ask("PUT", "/clock", body={"frozen": True})
    return account


# ---- the record


def test_a_domain_is_verified_once_its_record_is_published(account: Account) -> None:
    domain = Domain(account)
    assert domain.status == "Pending"
    domain.publish()
    assert domain.status == "Success"


def test_a_record_that_was_there_before_the_call_counts(account: Account) -> None:
    name = f"d{account.account_id}.example.com"
    token = Domain(account).token
    account.client().delete_identity(Identity=name)
    domain = Domain(account)
    assert domain.token == token
    domain.publish()
    account.client().delete_identity(Identity=name)
    assert Domain(account).status == "Success"


@pytest.mark.parametrize("value", ["{}", "amazonses:{}", '"{}"', '"amazonses:{}"'])
def test_the_record_may_stand_at_the_domain_itself_with_or_without_a_prefix(account: Account, value: str) -> None:
    domain = Domain(account)
    domain.publish(domain.name, value.format(domain.token))
    assert domain.status == "Success"
    assert domain.withdraw(name=domain.name, value=value.format(domain.token)) == 1
    assert domain.status == "TemporaryFailure"


def test_quotes_dots_and_capitals_of_a_dns_console_do_not_matter(account: Account) -> None:
    domain = Domain(account)
    domain.publish(f"_AmazonSES.{domain.name.upper()}.", f'"{domain.token}"')
    assert domain.status == "Success"
    assert domain.withdraw(name=f"_amazonses.{domain.name}.", type="txt", value=f'"{domain.token}"') == 1
    assert domain.status == "TemporaryFailure"


def test_other_values_may_stand_beside_the_record(account: Account) -> None:
    domain = Domain(account)
    domain.publish(value="another account's token")
    domain.publish(domain.name, "v=spf1 include:amazonses.com ~all")
    assert domain.status == "Pending"
    domain.publish()
    assert domain.status == "Success"
    assert domain.withdraw(name=f"_amazonses.{domain.name}", value="another account's token") == 1
    assert domain.status == "Success"


def test_a_wrong_record_verifies_nothing(account: Account) -> None:
    domain = Domain(account)
    other = Domain(account.elsewhere("eu-west-1"))
    domain.publish(value=domain.token.swapcase())
    domain.publish(value=other.token)
    domain.publish(value=f"amazonses:{domain.token}")  # the prefix belongs to the domain itself
    domain.publish(f"_amazonses.www.{domain.name}")
    domain.publish(f"amazonses.{domain.name}")
    domain.publish(record_type="CNAME")
    assert (domain.status, other.status) == ("Pending", "Success")


def test_one_name_may_hold_the_tokens_of_several_regions_and_accounts(account: Account) -> None:
    here, there = Domain(account), Domain(account.elsewhere("eu-west-1"))
    here.publish()
    there.publish()
    assert (here.status, there.status) == ("Success", "Success")
    assert here.withdraw(name=f"_amazonses.{here.name}", value=here.token) == 1
    assert (here.status, there.status) == ("TemporaryFailure", "Success")


def test_a_verified_domain_verifies_neither_its_subdomains_nor_its_addresses_as_identities(account: Account) -> None:
    domain = Domain(account)
    domain.publish()
    below = Domain(account, f"mail.{domain.name}")
    account.client().verify_email_identity(EmailAddress=f"ann@{domain.name}")
    attributes = account.client().get_identity_verification_attributes(Identities=[f"ann@{domain.name}"])
    assert (domain.status, below.status) == ("Success", "Pending")
    assert attributes["VerificationAttributes"][f"ann@{domain.name}"] == {"VerificationStatus": "Pending"}


def test_inspection_shows_the_record_to_publish(account: Account) -> None:
    domain = Domain(account)
    proof = account.inspect("GET", f"/identities/{domain.name}/verification")
    [record] = proof["records"]
    assert record == {"name": f"_amazonses.{domain.name}", "type": "TXT", "value": domain.token}
    assert (proof["type"], proof["token"], proof["link"]) == ("Domain", domain.token, None)
    assert Server(account.url).ask("PUT", "/dns/records", body=record) == record
    assert domain.status == "Success"
    zone = Server(account.url).ask("GET", "/dns/records")["records"]
    assert record in [{name: each[name] for name in ("name", "type", "value")} for each in zone]


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ({"name": "example.com", "type": "TXT"}, "value"),
        ({"name": "example.com", "type": "SOA", "value": "x"}, "type must be one of"),
        ({"name": "...", "type": "TXT", "value": "x"}, "name"),
        ({"name": "a\0.example.com", "type": "TXT", "value": "x"}, "name"),
        ({"name": "example.com", "type": "TXT", "value": ""}, "needs a name and a value"),
        ({"name": "example.com", "type": "TXT", "value": 5}, "must be of type str"),
        ([], "JSON object"),
    ],
)
def test_a_record_that_is_none_is_not_published(account: Account, record: object, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        Server(account.url).ask("PUT", "/dns/records", body=record)


# ---- 72 hours


def test_a_domain_fails_after_72_hours_without_its_record_and_for_good(start: Callable[..., Account]) -> None:
    domain = Domain(_frozen(start()))
    domain.account.advance(JUST_BEFORE)
    assert domain.status == "Pending"
    domain.account.advance(MOMENT)
    assert domain.status == "Failed"
    domain.publish()
    assert domain.status == "Failed"
    domain.account.advance("P30D")
    assert domain.status == "Failed"
    source = f"ann@{domain.name}"
    assert mail.refused(domain.account.client(), Source=source) == mail.unverified(source)


def test_a_record_in_the_last_moment_counts(start: Callable[..., Account]) -> None:
    domain = Domain(_frozen(start()))
    domain.account.advance(JUST_BEFORE)
    domain.publish()
    domain.account.advance("P365D")
    assert domain.status == "Success"


def test_asking_again_does_not_prolong_the_72_hours_but_restarts_after_a_failure(start: Callable[..., Account]) -> None:
    domain = Domain(start())
    domain.account.advance("PT71H")
    assert domain.verify() == domain.token
    domain.account.advance("PT1H")
    assert domain.status == "Failed"
    assert domain.verify() == domain.token
    assert domain.status == "Pending"
    domain.account.advance("PT71H")
    domain.publish()
    assert domain.status == "Success"


def test_a_failed_domain_whose_record_came_too_late_is_verified_when_it_restarts(start: Callable[..., Account]) -> None:
    domain = Domain(start())
    domain.account.advance(WINDOW)
    domain.publish()
    assert domain.status == "Failed"
    domain.verify()
    assert domain.status == "Success"


# ---- a record that vanishes


def test_a_vanished_record_is_a_temporary_failure_for_72_hours_then_final(start: Callable[..., Account]) -> None:
    domain = Domain(_frozen(start()))
    domain.publish()
    domain.account.advance("P30D")
    domain.withdraw()
    assert domain.status == "TemporaryFailure"
    domain.account.advance(JUST_BEFORE)
    assert domain.status == "TemporaryFailure"
    domain.account.advance(MOMENT)
    assert domain.status == "Failed"
    domain.publish()
    assert domain.status == "Failed"


def test_a_record_that_comes_back_in_time_heals_as_often_as_it_does(start: Callable[..., Account]) -> None:
    domain = Domain(_frozen(start()))
    domain.publish()
    for _ in range(3):
        domain.account.advance("PT50H")
        domain.withdraw()
        assert domain.status == "TemporaryFailure"
        domain.account.advance(JUST_BEFORE)
        domain.publish()
        assert domain.status == "Success"
    domain.verify()
    assert domain.status == "Success"


def test_a_record_seen_only_at_one_of_its_places_is_enough(start: Callable[..., Account]) -> None:
    domain = Domain(_frozen(start()))
    domain.publish()
    domain.account.advance("PT1H")
    domain.publish(domain.name)
    domain.account.advance("PT1H")
    domain.withdraw(name=f"_amazonses.{domain.name}")
    assert domain.status == "Success"
    domain.account.advance("P30D")
    domain.withdraw(name=domain.name)
    assert domain.status == "TemporaryFailure"
    domain.account.advance(WINDOW)
    assert domain.status == "Failed"


def test_a_record_that_came_and_went_at_a_standing_clock_was_seen(start: Callable[..., Account]) -> None:
    domain = Domain(_frozen(start()))
    domain.publish()
    assert domain.status == "Success"
    domain.withdraw()
    assert domain.status == "TemporaryFailure"
    domain.publish()
    assert domain.status == "Success"


def test_after_a_final_failure_the_domain_begins_anew(start: Callable[..., Account]) -> None:
    domain = Domain(start())
    domain.publish()
    domain.account.advance("PT1H")
    domain.withdraw()
    domain.account.advance(WINDOW)
    assert domain.status == "Failed"
    domain.verify()
    assert domain.status == "Pending"
    domain.account.advance("PT71H")
    assert domain.status == "Pending"
    domain.publish()
    assert domain.status == "Success"


def test_an_identity_is_verified_in_time_whichever_account_asks_when(start: Callable[..., Account]) -> None:
    account = start()
    first = Domain(account, "example.com")
    account.advance("PT48H")
    second = Domain(account.elsewhere("eu-west-1"), "example.com")
    account.advance("PT24H")
    assert (first.status, second.status) == ("Failed", "Pending")
    account.advance("PT48H")
    assert (first.status, second.status) == ("Failed", "Failed")


def test_a_domain_that_inspection_verified_needs_no_record(start: Callable[..., Account]) -> None:
    domain = Domain(start())
    domain.account.inspect("POST", f"/identities/{domain.name}/verify")
    domain.account.advance("P365D")
    assert domain.status == "Success"
    domain.publish()
    domain.withdraw()
    assert domain.status == "Success"
    domain.account.inspect("POST", f"/identities/{domain.name}/fail")
    assert domain.status == "Failed"
    domain.publish()
    assert domain.status == "Failed"


# ---- the clock itself


def test_the_clock_is_moved_within_bounds_and_never_breaks_the_server(start: Callable[..., Account]) -> None:
    domain = Domain(_frozen(start()))
    server = Server(domain.account.url)
    before = server.ask("GET", "/clock")
    for body in (
        {"duration": "P999999W"},
        {"duration": "P" + "9" * 400 + "D"},
        {"seconds": 1e12},
        {"seconds": 1e300},
        {"seconds": float("nan")},
        {"seconds": float("inf")},
        {"seconds": -1},
        {"seconds": 1, "duration": "PT1S"},
        {"duration": "PT"},
        {"duration": "P1M"},
        {"duration": "24h"},
        {},
    ):
        with pytest.raises(Refused) as caught:
            server.ask("POST", "/clock/advance", body=body)
        assert "bug" not in str(caught.value), body
    for now in ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00", "yesterday", "1970-06-01T00:00:00Z"):
        with pytest.raises(Refused) as caught:
            server.ask("PUT", "/clock", body={"now": now})
        assert "bug" not in str(caught.value), now
    assert server.ask("GET", "/clock") == before
    assert domain.status == "Pending"


def test_a_clock_set_back_makes_a_state_of_then(start: Callable[..., Account]) -> None:
    account = start()
    server = Server(account.url)
    server.ask("PUT", "/clock", body={"now": "2030-01-01T00:00:00Z", "frozen": True})
    domain = Domain(account)
    account.advance("PT1H")
    domain.publish()
    account.advance("PT1H")
    domain.withdraw()
    states = {}
    for hour in ("00:59", "01:00", "02:00"):
        server.ask("PUT", "/clock", body={"now": f"2030-01-01T{hour}:00Z"})
        states[hour] = domain.status
    assert states == {"00:59": "Pending", "01:00": "Success", "02:00": "TemporaryFailure"}
    assert server.ask("PUT", "/clock", body={"frozen": False})["frozen"] is False
