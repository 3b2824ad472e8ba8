"""Which addresses SES takes in a send, and its words for those it does not."""

import pytest

from tests.support import mail
from tests.support.addresses import BARE, NAMED, REFUSED
from tests.support.aws import Account
from tests.support.mail import ANN, BOB, invalid


def test_a_recipient_is_accepted_or_refused_by_the_worked_table(account: Account) -> None:
    sender = mail.client(account)
    for given, address in [*((bare, bare) for bare in BARE), *((text, address) for text, _, address in NAMED)]:
        message_id = mail.send(sender, Destination={"ToAddresses": [given]})
        assert [each["address"] for each in mail.shown(account, message_id)["recipients"]] == [address]
    for text, addresses in REFUSED.items():
        for address in addresses:
            found = mail.refused(sender, Destination={"ToAddresses": [address]})
            assert (address, found) == (address, invalid(text))


@pytest.mark.parametrize(
    "changed",
    [
        {"Source": "nobody"},
        {"Destination": {"ToAddresses": [BOB, "nobody"]}},
        {"Destination": {"ToAddresses": [BOB], "CcAddresses": ["nobody"]}},
        {"Destination": {"ToAddresses": [BOB], "BccAddresses": ["nobody"]}},
        {"ReplyToAddresses": ["nobody"]},
        {"ReturnPath": "nobody"},
    ],
)
def test_every_address_of_a_send_is_checked(account: Account, changed: dict[str, object]) -> None:
    assert mail.refused(mail.client(account), **changed) == invalid("Missing final '@domain'")


def test_the_envelope_has_the_address_without_its_name(account: Account) -> None:
    there = ["Bob <bob@example.net>", "<cy@example.net>", "dan@example.net (Dan)", '"E, F" <eve@example.net>']
    message = mail.shown(account, mail.send(mail.client(account), Destination={"ToAddresses": there}))
    assert [each["address"] for each in message["recipients"]] == [
        "bob@example.net",
        "cy@example.net",
        "dan@example.net",
        "eve@example.net",
    ]
    assert message["to"] == there


def test_an_address_of_320_bytes_passes_and_one_of_321_does_not(account: Account) -> None:
    sender = mail.client(account)
    longest = f"{'n' * (320 - len(BOB) - 3)} <{BOB}>"
    mail.send(sender, Destination={"ToAddresses": [longest]})
    found = mail.refused(sender, Destination={"ToAddresses": [f"n{longest}"]})
    assert found == invalid(f"Address length is more than 320 bytes long: 'n{longest}'.")


def test_the_length_of_an_address_is_counted_in_bytes(account: Account) -> None:
    address = f"{'ä' * 160} <{ANN}>"
    found = mail.refused(mail.client(account), Source=address)
    assert found == invalid(f"Address length is more than 320 bytes long: '{address}'.")
