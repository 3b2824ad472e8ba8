"""Custom redirect domains of configuration sets."""

from collections.abc import Callable

import pytest

from tests.support import aws, configuration_sets, mail, xml
from tests.support.aws import Account, refusal
from tests.support.configuration_sets import NAME, constraint, described, missing

DOMAIN = "track.example.com"
CALLS = ["create", "update"]
BLANK = ("InvalidTrackingOptions", "At least one field of TrackingOptions must contain a value.", 400)
TAKEN = ("TrackingOptionsAlreadyExistsException", f"Configuration set <{NAME}> already has tracking options.", 400)
NONE = ("TrackingOptionsDoesNotExistException", f"There are no tracking options for configuration set <{NAME}>", 400)


@pytest.fixture
def account(account: Account) -> Account:
    """An account with a set and two verified domains."""
    mail.verify(account, DOMAIN, "example.net")
    configuration_sets.create(account)
    return account


def _set(account: Account, call: str, domain: str = DOMAIN, name: str = NAME) -> None:
    method = getattr(account.client(), f"{call}_configuration_set_tracking_options")
    method(ConfigurationSetName=name, TrackingOptions={"CustomRedirectDomain": domain})


def _refused(account: Account, call: str, domain: str = DOMAIN, name: str = NAME) -> tuple[str, str, int]:
    method = getattr(account.client(), f"{call}_configuration_set_tracking_options")
    return refusal(method, ConfigurationSetName=name, TrackingOptions={"CustomRedirectDomain": domain})


def _delete(account: Account, name: str = NAME) -> None:
    account.client().delete_configuration_set_tracking_options(ConfigurationSetName=name)


def _unverified(domain: str) -> tuple[str, str, int]:
    return "InvalidTrackingOptions", f"Domain <{domain}> is not verified under this account.", 400


def _domain(account: Account, name: str = NAME) -> str | None:
    options = described(account, name, "trackingOptions").get("TrackingOptions")
    return options["CustomRedirectDomain"] if options else None


# ---- what is taken


def test_a_set_has_one_domain_which_can_be_changed_and_deleted(account: Account) -> None:
    assert _domain(account) is None
    _set(account, "create")
    assert _domain(account) == DOMAIN
    _set(account, "update", "example.net")
    assert _domain(account) == "example.net"
    _delete(account)
    assert _domain(account) is None
    _set(account, "create")
    assert _domain(account) == DOMAIN


def test_sets_may_share_a_domain_and_its_case_does_not_matter(account: Account) -> None:
    configuration_sets.create(account, "other")
    _set(account, "create")
    _set(account, "create", "Track.Example.COM", "other")
    assert (_domain(account), _domain(account, "other")) == (DOMAIN, "Track.Example.COM")


@pytest.mark.parametrize("call", [*CALLS, "delete"])
def test_each_is_answered_with_an_empty_result(account: Account, call: str) -> None:
    if call != "create":
        _set(account, "create")
    operation = f"{call.title()}ConfigurationSetTrackingOptions"
    given = {} if call == "delete" else {"TrackingOptions.CustomRedirectDomain": DOMAIN}
    answer = account.query(operation, {"ConfigurationSetName": NAME, **given})
    assert answer.text.startswith(f'<{operation}Response xmlns="{xml.NAMESPACE}">\n  <{operation}Result/>\n')


def test_a_domain_that_the_settings_verify_is_verified(start: Callable[..., Account]) -> None:
    account = start(verified_identities="*")
    configuration_sets.create(account)
    assert _refused(account, "create", "no domain") == _unverified("no domain")
    _set(account, "create")
    assert _domain(account) == DOMAIN


# ---- what is refused, in its order


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("name", [NAME, "nobody"])
def test_options_must_be_there_before_all_else(account: Account, call: str, name: str) -> None:
    method = getattr(account.client(), f"{call}_configuration_set_tracking_options")
    expected = constraint("trackingOptions", "Member must not be null")
    assert refusal(method, ConfigurationSetName=name, TrackingOptions={}) == expected


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("name", [NAME, "nobody"])
@pytest.mark.parametrize("domain", ["", " ", "\t\n"])
def test_a_blank_domain_is_none(account: Account, call: str, name: str, domain: str) -> None:
    assert _refused(account, call, domain, name) == BLANK


@pytest.mark.parametrize("call", CALLS)
def test_an_empty_structure_has_no_domain(account: Account, call: str) -> None:
    operation = f"{call.title()}ConfigurationSetTrackingOptions"
    code, text, status = BLANK
    answer = account.query(operation, ConfigurationSetName=NAME, TrackingOptions="")
    assert xml.refusal(answer) == (status, code, text)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("name", [NAME, "nobody"])
@pytest.mark.parametrize(
    "domain",
    [
        "example.com",
        "a.track.example.com",
        "ann@track.example.com",
        "https://track.example.com",
        "bücher.de",
        "x",
        DOMAIN + ".",
    ],
)
def test_a_domain_that_is_not_verified_itself_is_refused_before_the_set(
    account: Account, call: str, name: str, domain: str
) -> None:
    account.client().verify_domain_identity(Domain="example.com")
    mail.verify(account, "ann@track.example.com")
    assert _refused(account, call, domain, name) == _unverified(domain)
    assert _domain(account) is None


def test_a_domain_is_verified_in_one_account_and_region_only(account: Account) -> None:
    for stranger in (account.elsewhere("eu-west-1"), aws.new_account(account.url)):
        configuration_sets.create(stranger)
        assert _refused(stranger, "create") == _unverified(DOMAIN)


@pytest.mark.parametrize("call", CALLS)
def test_with_a_verified_domain_a_missing_set_is_told(account: Account, call: str) -> None:
    assert _refused(account, call, DOMAIN, "nobody") == missing("nobody")


def test_a_set_that_has_a_domain_is_not_given_another(account: Account) -> None:
    _set(account, "create")
    for domain in (DOMAIN, "example.net"):
        assert _refused(account, "create", domain) == TAKEN
    assert _refused(account, "create", "example.com") == _unverified("example.com")
    assert _domain(account) == DOMAIN


def test_what_is_not_there_is_neither_changed_nor_deleted(account: Account) -> None:
    assert _refused(account, "update") == NONE
    delete = account.client().delete_configuration_set_tracking_options
    assert refusal(delete, ConfigurationSetName=NAME) == NONE
    assert refusal(delete, ConfigurationSetName="nobody") == missing("nobody")
    assert _domain(account) is None


def test_a_domain_stays_when_its_identity_goes(account: Account) -> None:
    _set(account, "create")
    account.client().delete_identity(Identity=DOMAIN)
    assert _domain(account) == DOMAIN
    assert _refused(account, "update") == _unverified(DOMAIN)
