"""Which addresses SES takes in a send, and its words for those it does not.

The worked table goes through SendEmail; the finer grammar has unit tests.
"""

import pytest

from tests.support import mail
from tests.support.aws import Account
from tests.support.mail import ANN, BOB, invalid

ACCEPTED = [
    "user@example",
    "user@-example.com",
    "user@[127.0.0.1]",
    '"user"@example.com',
    "a\\b@example.com",
    "usér@example.com",
    "us'er@example.com",
    "user@example.com,",
    "user@example.com\t",
    "user@example.com (comment)",
    "<user@example.com>",
    "Name <user@example.com>",
    "=?UTF-8?Q?N=C3=A4me?= <user@example.com>",
    '"Karen, Chan" <k@x.com>',
    "Name [x] <a@x.com>",
    "Name @ Home <a@x.com>",
    "Name. <a@x.com>",
    "a@x.com <a@x.com>",
    "user@xn--mnchen-3ya.de",
]
REFUSED = {
    "Missing final '@domain'": ["user", "undefined", "=?UTF-8?B?SGVsbG8=?=", "user(c)@example.com"],
    "Missing domain": ["user@"],
    "Missing local name": ["@example.com"],
    "Domain ends with dot": ["user@example.com."],
    "Domain starts with dot": ["user@.example.com"],
    "Domain contains dot-dot": ["user@a..b.com"],
    "Local address contains control or whitespace": [
        "us er@example.com",
        "Karen Chan k@example.com",
        "John <us er@example.com>",
    ],
    "Domain contains control or whitespace": ["user@exam ple.com", "user@example.com\r\nBcc: x@y"],
    "Domain contains illegal character": ["user@exam_ple.com", "user@@example.com", "a@b@c", "user@münchen.de"],
    "Illegal address": [
        "a@x.com, b@x.com",
        "Karen, Chan <k@x.com>",
        "us,er@x.com",
        "",
        "  ",
        "undisclosed-recipients:;",
        "Group: a@x.com;",
    ],
    "Local address contains illegal character": [
        "mailto:user@x.com",
        "us:er@x.com",
        "To: r@x.com",
        "Name: x <a@x.com>",
    ],
    "Missing '>'": ["<k@x.com", "us<er@x.com"],
    "Missing '<'": ["k@x.com>"],
    "Missing '('": ["user)@x.com"],
    "Missing ')'": ["user@x.com (c"],
    "Missing ']'": ["user@[127.0.0.1"],
    "Missing '\"'": ['"user@x.com', 'us"er@x.com'],
    "Empty address": ["Name <>"],
    "Extra route-addr": ["Name <a@x.com> <b@x.com>"],
    "Illegal semicolon, not in group": ["us;er@x.com", "user@x.com;"],
    "Local address starts with dot": [".user@x.com"],
    "Local address contains dot-dot": ["us..er@x.com"],
    "Local address ends with dot": ["user.@x.com"],
}


def test_a_recipient_is_accepted_or_refused_by_the_worked_table(account: Account) -> None:
    sender = mail.client(account)
    for address in ACCEPTED:
        message_id = mail.send(sender, Destination={"ToAddresses": [address]})
        assert len(mail.shown(account, message_id)["recipients"]) == 1
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
