"""Addresses are read and refused as SES does it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.ses import addresses
from emulator.ses.addresses import AddressFault

FINAL_DOMAIN = "Missing final '@domain'"
LOCAL_WHITESPACE = "Local address contains control or whitespace"
LOCAL_ILLEGAL = "Local address contains illegal character"
DOMAIN_WHITESPACE = "Domain contains control or whitespace"
DOMAIN_ILLEGAL = "Domain contains illegal character"

ACCEPTED = [
    "user@example",
    "user@-example.com",
    "user@[127.0.0.1]",
    '"user"@example.com',
    "a\\b@example.com",
    "usér@example.com",
    "us'er@example.com",
    "o_brien+tag@exa-mple.com",
]

NAMED = [
    ("<a@b>", None, "a@b"),
    ("user@example.com,", None, "user@example.com"),
    ("user@example.com\t", None, "user@example.com"),
    ("  user@example.com  ", None, "user@example.com"),
    ("user@example.com (comment)", "comment", "user@example.com"),
    ("(a (nested \\) one)) user@example.com", "a (nested \\) one)", "user@example.com"),
    ('"Karen, Chan" <k@x.com>', "Karen, Chan", "k@x.com"),
    ('"Say \\"hi\\"" <k@x.com>', 'Say "hi"', "k@x.com"),
    ("Name [x] <a@x.com>", "Name [x]", "a@x.com"),
    ("Name @ Home <a@x.com>", "Name @ Home", "a@x.com"),
    ("Name. <a@x.com>", "Name.", "a@x.com"),
    ("a@x.com <a@x.com>", "a@x.com", "a@x.com"),
    ("=?UTF-8?Q?J=C3=BCrgen?= <a@x.com>", "=?UTF-8?Q?J=C3=BCrgen?=", "a@x.com"),
    ('"" <a@x.com>', None, "a@x.com"),
    ("<@relay.net,@other.net:a@x.com>", None, "a@x.com"),
]

REFUSED = [
    ("user", FINAL_DOMAIN),
    ("undefined", FINAL_DOMAIN),
    ("=?UTF-8?B?SGVsbG8=?=", FINAL_DOMAIN),
    ("user(c)@example.com", FINAL_DOMAIN),
    ("user@", "Missing domain"),
    ("@example.com", "Missing local name"),
    ("user@example.com.", "Domain ends with dot"),
    ("user@.example.com", "Domain starts with dot"),
    ("user@a..b.com", "Domain contains dot-dot"),
    ("us er@example.com", LOCAL_WHITESPACE),
    ("Karen Chan k@example.com", LOCAL_WHITESPACE),
    ("John <us er@example.com>", LOCAL_WHITESPACE),
    ("us\x7fer@example.com", LOCAL_WHITESPACE),
    ("user@exam ple.com", DOMAIN_WHITESPACE),
    ("user@example.com\r\nBcc: x@y", DOMAIN_WHITESPACE),
    ("user@exam_ple.com", DOMAIN_ILLEGAL),
    ("user@@example.com", DOMAIN_ILLEGAL),
    ("a@b@c", DOMAIN_ILLEGAL),
    ("a@x.com, b@x.com", "Illegal address"),
    ("Karen, Chan <k@x.com>", "Illegal address"),
    ("us,er@x.com", "Illegal address"),
    ("", "Illegal address"),
    ("   ", "Illegal address"),
    (",,", "Illegal address"),
    (";", "Illegal address"),
    ("mailto:user@x.com", LOCAL_ILLEGAL),
    ("us:er@x.com", LOCAL_ILLEGAL),
    ("To: r@x.com", LOCAL_ILLEGAL),
    ("Name: x <a@x.com>", LOCAL_ILLEGAL),
    ("us]er@x.com", LOCAL_ILLEGAL),
    ("<k@x.com", "Missing '>'"),
    ("us<er@x.com", "Missing '>'"),
    ("k@x.com>", "Missing '<'"),
    ("user)@x.com", "Missing '('"),
    ("user (open@x.com", "Missing ')'"),
    ('"user@x.com', "Missing '\"'"),
    ('us"er@x.com', "Missing '\"'"),
    ('Name <"user@x.com>', "Missing '\"'"),
    ("user@[127.0.0.1", "Missing ']'"),
    ("Name <>", "Empty address"),
    ("Name <a@x.com> <b@x.com>", "Extra route-addr"),
    ("<@relay.net,other.net:a@x.com>", "Illegal route-addr"),
    ("us;er@x.com", "Illegal semicolon, not in group"),
    ("user@x.com;", "Illegal semicolon, not in group"),
    ("Group: one: a@x.com;", "Nested group"),
    (".user@x.com", "Local address starts with dot"),
    ("us..er@x.com", "Local address contains dot-dot"),
    ("user.@x.com", "Local address ends with dot"),
    ("user@a[127.0.0.1]", "Domain literal not at start of domain"),
    ("user@[127.0.0.1]x", "Domain literal end not at end of domain"),
    ('us"e"r@x.com', "Quote not at start of local address"),
    ('"us"er@x.com', "Quote not at end of local address"),
    ('<us\\"er"@x.com>', "Missing '\"'"),
    ('"us\rer"@x.com', "Quoted local address contains CR without LF"),
    ('"us\r\ner"@x.com', "Quoted local address contains newline without whitespace"),
    ("undisclosed-recipients:;", "Illegal address"),
    ("Group: a@x.com;", "Illegal address"),
]


@pytest.mark.parametrize("text", ACCEPTED)
def test_a_bare_address_is_accepted_as_it_is(text: str) -> None:
    assert addresses.parse(text) == addresses.Mailbox(text, None, text)


@pytest.mark.parametrize(("text", "name", "address"), NAMED)
def test_the_display_name_and_the_address_are_told_apart(text: str, name: str | None, address: str) -> None:
    assert addresses.parse(text) == addresses.Mailbox(text, name, address)


@pytest.mark.parametrize(("text", "message"), REFUSED)
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
    with pytest.raises(AddressFault, match=f"^{DOMAIN_ILLEGAL}$"):
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
        ("a@x, b", FINAL_DOMAIN),
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
