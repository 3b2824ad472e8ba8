"""Addresses are read and refused as SES does it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.ses import addresses
from emulator.ses.addresses import AddressFault
from tests.support.addresses import BARE, NAMED, REFUSED

FAULTY = [(text, message) for message, texts in REFUSED.items() for text in texts]


@pytest.mark.parametrize("text", BARE)
def test_a_bare_address_is_accepted_as_it_is(text: str) -> None:
    assert addresses.parse(text) == addresses.Mailbox(text, None, text)


@pytest.mark.parametrize(("text", "name", "address"), NAMED)
def test_the_display_name_and_the_address_are_told_apart(text: str, name: str | None, address: str) -> None:
    assert addresses.parse(text) == addresses.Mailbox(text, name, address)


@pytest.mark.parametrize(("text", "message"), FAULTY)
def test_a_faulty_address_is_refused_in_the_words_of_ses(text: str, message: str) -> None:
    with pytest.raises(AddressFault) as caught:
        addresses.parse(text)
    assert str(caught.value) == message


def test_an_address_of_320_bytes_is_accepted_and_one_of_321_is_quoted_whole() -> None:
    longest = "a" * 308 + "@example.com"
    assert addresses.parse(longest).address == longest
    with pytest.raises(AddressFault) as caught:
        addresses.parse("a" + longest)
    assert str(caught.value) == f"Address length is more than 320 bytes long: 'a{longest}'."


def test_the_length_counts_the_bytes_of_the_display_name() -> None:
    text = "é" * 156 + " <a@b.com>"
    with pytest.raises(AddressFault, match="more than 320 bytes"):
        addresses.parse(text)


@pytest.mark.parametrize("domain", ["exämple.com", "пример.рф", "[ä]"])
def test_a_domain_that_is_not_ascii_is_refused(domain: str) -> None:
    with pytest.raises(AddressFault, match=r"^Domain contains illegal character$"):
        addresses.parse(f"user@{domain}")


@pytest.mark.parametrize("text", ["a\\\nX: y@x.com", "a\\\r@x.com", "user@[\r\nBcc: x]", "<user@[x>"])
def test_no_line_end_hides_behind_a_backslash_or_in_a_domain_literal(text: str) -> None:
    with pytest.raises(AddressFault):
        addresses.parse(text)


@pytest.mark.parametrize(
    ("text", "local", "domain"),
    [
        ("Me <Joe@Example.COM>", "Joe", "Example.COM"),
        ('"a@b"@Example.com', '"a@b"', "Example.com"),
        ("joe@[a@b]", "joe", "[a@b]"),
    ],
)
def test_the_local_part_and_the_domain_keep_their_case(text: str, local: str, domain: str) -> None:
    mailbox = addresses.parse(text)
    assert (mailbox.local, mailbox.domain, mailbox.domain_key) == (local, domain, domain.lower())


def test_a_header_value_holds_several_mailboxes() -> None:
    found = addresses.parse_list('a@x, "B, C" <c@y>,, d@z (Dee)\r\n\t,')
    assert [(mailbox.text, mailbox.display_name, mailbox.address) for mailbox in found] == [
        ("a@x", None, "a@x"),
        ('"B, C" <c@y>', "B, C", "c@y"),
        ("d@z (Dee)", "Dee", "d@z"),
    ]


@pytest.mark.parametrize("text", ["", " \t", ","])
def test_an_empty_header_value_holds_no_mailbox(text: str) -> None:
    assert addresses.parse_list(text) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a@x, b", "Missing final '@domain'"),
        ("undisclosed-recipients:;", "Illegal address"),
        ("Team: a@x, b@x;, c@x", "Illegal address"),
        (f"a@x, {'b' * 320}@x", f"Address length is more than 320 bytes long: '{'b' * 320}@x'."),
    ],
)
def test_a_header_value_is_refused_for_its_first_faulty_mailbox(text: str, message: str) -> None:
    with pytest.raises(AddressFault) as caught:
        addresses.parse_list(text)
    assert str(caught.value) == message


@pytest.mark.parametrize("text", ["a@b", "user@example.com", '"a@b"@example.com', "usér@exämple.com", "a" * 318 + "@b"])
def test_an_identity_needs_little_more_than_an_at_sign(text: str) -> None:
    assert addresses.is_identity_address(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "@b",
        "a@",
        "a@b@c",
        "a b@c",
        "a@b c",
        '"a b"@c',
        "a@b\n",
        "a\x00@b",
        '"a@b',
        "a\u00a0b@c",
        "a@b\x85",
        "a" * 319 + "@b",
    ],
)
def test_an_identity_with_blanks_or_without_a_part_is_refused(text: str) -> None:
    assert not addresses.is_identity_address(text)


@given(st.text(alphabet=st.one_of(st.sampled_from('()<>,;:\\"[]@. \r\n\tabé'), st.characters()), max_size=60))
def test_any_text_is_a_mailbox_or_an_address_fault(text: str) -> None:
    addresses.is_identity_address(text)
    try:
        mailbox = addresses.parse(text)
    except AddressFault:
        return
    assert mailbox.local
    assert mailbox.domain.isascii()
    assert f"{mailbox.local}@{mailbox.domain}" == mailbox.address
    assert not set("\r\n") & set(mailbox.domain)
