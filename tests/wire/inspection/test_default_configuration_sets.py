"""The configuration set of an identity's sends that name none: in AWS only SES v2 sets it."""

from typing import Any

import pytest

from tests.support import configuration_sets, inspection, mail
from tests.support.aws import Account
from tests.support.configuration_sets import NAME, missing

PATH = "/identities/{identity}/configuration-set"


def _put(account: Account, identity: str, name: str | None) -> Any:
    answer = account.inspect("PUT", PATH.format(identity=identity), {"configuration_set": name})
    return answer["configuration_set"]


def _get(account: Account, identity: str) -> Any:
    return account.inspect("GET", PATH.format(identity=identity))["configuration_set"]


def _sent_with(account: Account, **changed: Any) -> Any:
    message_id = mail.send(account.client(), **changed)
    return mail.shown(account, message_id)["configuration_set"]


def test_an_identity_has_none_until_it_is_given_one_and_loses_it_with_null(account: Account) -> None:
    mail.verify(account, "example.com")
    configuration_sets.create(account)
    assert _get(account, "example.com") is None
    assert (_put(account, "Example.COM", NAME), _get(account, "example.com")) == (NAME, NAME)
    assert (_put(account, "example.com", None), _get(account, "example.com")) == (None, None)


def test_a_send_that_names_no_set_has_that_of_its_identity(account: Account) -> None:
    mail.verify(account, mail.ANN)
    configuration_sets.create(account, NAME, "named")
    assert _sent_with(account) is None
    _put(account, mail.ANN, NAME)
    assert _sent_with(account) == NAME
    assert _sent_with(account, ConfigurationSetName="named") == "named"
    _put(account, mail.ANN, None)
    assert _sent_with(account) is None


def test_an_address_comes_before_its_domain_if_it_is_verified(account: Account) -> None:
    mail.verify(account, "example.com")
    account.client().verify_email_identity(EmailAddress=mail.ANN)
    configuration_sets.create(account, "of-domain", "of-address")
    _put(account, "example.com", "of-domain")
    _put(account, mail.ANN, "of-address")
    assert _sent_with(account) == "of-domain"
    mail.verify(account, mail.ANN)
    assert _sent_with(account) == "of-address"
    assert _sent_with(account, Source="bob@example.com") == "of-domain"
    _put(account, mail.ANN, None)
    assert _sent_with(account) == "of-domain"


def test_sends_of_an_identity_whose_set_is_paused_or_deleted_fail(account: Account) -> None:
    sender = mail.client(account)
    configuration_sets.create(account)
    _put(account, mail.ANN, NAME)
    account.client().update_configuration_set_sending_enabled(ConfigurationSetName=NAME, Enabled=False)
    assert mail.refused(sender)[0] == "ConfigurationSetSendingPausedException"
    account.client().delete_configuration_set(ConfigurationSetName=NAME)
    assert mail.refused(sender) == missing(NAME)[:2]
    assert _get(account, mail.ANN) == NAME
    _put(account, mail.ANN, None)
    mail.send(sender)


def test_an_identity_that_is_deleted_and_made_anew_has_none(account: Account) -> None:
    mail.verify(account, mail.ANN)
    configuration_sets.create(account)
    _put(account, mail.ANN, NAME)
    account.client().delete_identity(Identity=mail.ANN)
    mail.verify(account, mail.ANN)
    assert _get(account, mail.ANN) is None


def test_who_verifies_it_again_changes_nothing_of_it(account: Account) -> None:
    mail.verify(account, mail.ANN)
    configuration_sets.create(account)
    _put(account, mail.ANN, NAME)
    mail.verify(account, mail.ANN)
    assert _get(account, mail.ANN) == NAME


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_an_unknown_identity_has_no_set(account: Account, method: str) -> None:
    configuration_sets.create(account)
    target = f"{PATH.format(identity='nobody@example.com')}?account={account.account_id}"
    body = b'{"configuration_set": "my-set"}' if method == "PUT" else None
    answer = inspection.ask(account, method, target, body)
    assert inspection.problem(answer, 404) == "There is no identity 'nobody@example.com'."


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b'{"configuration_set": "nobody"}', "Configuration set <nobody> does not exist."),
        (b'{"configuration_set": ""}', "Configuration set <> does not exist."),
        (b'{"configuration_set": 1}', "configuration_set must be of type str, not 1."),
        (b'{"set": "my-set"}', "Unknown member 'set'; known: configuration_set."),
        (b"{}", "The member 'configuration_set' is missing."),
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(account: Account, body: bytes, detail: str) -> None:
    mail.verify(account, mail.ANN)
    configuration_sets.create(account)
    _put(account, mail.ANN, NAME)
    target = f"{PATH.format(identity=mail.ANN)}?account={account.account_id}"
    assert inspection.problem(inspection.ask(account, "PUT", target, body), 400) == detail
    assert _get(account, mail.ANN) == NAME
