"""The links and the codes that a test wants are found in a mail, and little else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.mime.extract import Link, codes, links


def test_anchors_come_in_their_order_with_their_text() -> None:
    html = (
        '<p><a href="https://x.com/a?b=1&amp;c=2">Click\n <b>here</b></a>'
        "<a href='mailto:help@x.com'>Help</a><A HREF=http://x.com/plain><img src=x alt=Logo></A>"
        '<a href="https://x.com/open">never closed'
    )
    assert links(None, html) == [
        Link("https://x.com/a?b=1&c=2", "Click here"),
        Link("mailto:help@x.com", "Help"),
        Link("http://x.com/plain", "Logo"),
        Link("https://x.com/open", "never closed"),
    ]


@pytest.mark.parametrize("href", ["#top", "/relative", "javascript:alert(1)", "tel:+1555", "cid:logo", "", "https://"])
def test_an_anchor_that_leads_to_no_page_or_mailbox_is_no_link(href: str) -> None:
    assert links(None, f'<a href="{href}">x</a><a>y</a>') == []


def test_the_same_anchor_twice_is_one_link() -> None:
    html = '<a href="https://x.com">A</a><a href="https://x.com">A</a><a href="https://x.com">B</a>'
    assert links(None, html) == [Link("https://x.com", "A"), Link("https://x.com", "B")]


def test_urls_of_the_text_follow_those_that_the_html_lacks() -> None:
    html = '<a href="https://x.com/a">A</a>'
    assert links("https://x.com/b https://x.com/a https://x.com/b", html) == [
        Link("https://x.com/a", "A"),
        Link("https://x.com/b", None),
    ]


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("See https://x.com/a.", "https://x.com/a"),
        ("(https://x.com/a)", "https://x.com/a"),
        ("(see https://x.com/wiki/A_(b)).", "https://x.com/wiki/A_(b)"),
        ("<https://x.com/a>", "https://x.com/a"),
        ('"https://x.com/a", he said', "https://x.com/a"),
        ("[https://x.com/a]!", "https://x.com/a"),
        ("**https://x.com/a/**", "https://x.com/a/"),
        ("HTTPS://X.COM/a?b=c,d#e;", "HTTPS://X.COM/a?b=c,d#e"),
        ("https://x.com/a\r\nnext", "https://x.com/a"),
        ("Write to mailto:a@x.com.", "mailto:a@x.com"),
    ],
)
def test_punctuation_behind_a_url_is_no_part_of_it(text: str, url: str) -> None:
    assert links(text, None) == [Link(url, None)]


@pytest.mark.parametrize("text", ["", "https://", "mailto:.", "xhttps://x.com", "www.x.com", "ftp://x.com"])
def test_text_without_a_whole_url_has_no_link(text: str) -> None:
    assert links(text, None) == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Your verification code is 123456.", "123456"),
        ("Your code: 1234", "1234"),
        ("12345678 is your Example passcode", "12345678"),
        ("Use 123-456 to sign in", "123456"),
        ("OTP 123 456", "123456"),
        ("Your one-time password is\r\n\r\n  482913\r\n\r\nIt expires in 600 seconds.", "482913"),
        ("Enter ABC-123 to continue", "ABC-123"),
        ("Your code is X7KQ2P", "X7KQ2P"),
        ("PIN=9876", "9876"),
        ("*482913*", "482913"),
        ("code: 123\u00a0456", "123456"),
        ("Dein Bestätigungscode lautet: 482913", "482913"),
    ],
)
def test_a_code_is_found(text: str, code: str) -> None:
    assert codes(text, None) == [code]


@pytest.mark.parametrize(
    "text",
    [
        "© 2026 Example Inc.",
        "2019-2026",
        "16 January 2026, Jan 16, 2026, 2026-01-16, 16.01.2026, 2026-01-16T10:00:00Z at 12:30",
        "19.99, $1200, 1200 EUR, €12345, 1,200.50, USD 4500",
        "+1 555 123 4567, (555) 123-4567, 555-123-4567, +4915112345678, 555-1234",
        "Phone: 0800123456, call us at 5551234",
        "https://x.com/123456?code=654321 www.x.com/998877 a123456@x.com 123456@x.com",
        "#123456 #ff0000 order #9988776",
        "1200 px, 3600 seconds, 4096 MB, 1500%",
        "Seattle, WA 98109",
        "zip code 98109",
        "error code: 5004",
        "192.168.1001 v10.20.3000",
        "4111 1111 1111 1111",
        "123 12345678901 abc123456 UPPERCASE 12ab34",
        "dbb67b48-1234-4e6a-9622-123456789012",
        "COVID-19",
    ],
)
def test_other_numbers_are_no_codes(text: str) -> None:
    assert codes(text, None) == []


def test_a_year_is_a_code_only_where_the_mail_calls_it_one() -> None:
    assert codes("Your PIN is 1987. © 2026 Example", None) == ["1987"]


def test_the_likeliest_code_comes_first() -> None:
    thanks = "Thank you for the order that you have placed with us. You need to prove that it is you.\n"
    text = f"Order 44556677 of ACME1234\n\n\n{thanks * 2}"
    assert codes(text + "Your verification code is 123456.", None) == ["123456", "44556677", "ACME1234"]
    assert codes(text + "\n\nThis is the code you need to log in:\n998877\n", None)[0] == "998877"


def test_html_is_searched_where_a_reader_sees_it() -> None:
    html = (
        "<html><head><title>111111</title><style>.a{color:#222222;width:333333}</style></head>"
        '<body bgcolor="#444444"><!-- 555555 --><script>var a = 666666</script>'
        '<p style="margin:777777px">Your code is<br><b>12</b><b>34</b></p><a href="https://x.com/888888">Open</a>'
        "<table><tr><td>9876</td><td>5432</td></tr></table></body></html>"
    )
    assert codes(None, html) == ["1234", "9876", "5432"]


def test_a_code_in_subject_text_and_html_is_named_once() -> None:
    assert codes("Code: 123 456", "<p>Code: <b>123456</b></p>", "123456 is your code") == ["123456"]
    assert codes(None, None, "Your code: 987654") == ["987654"]
    assert codes(None, None) == []


MARKUP = ["<a href=", '"', "https://x.com/", ">", "</a>", "<", "<!--", "<![", "<!x", "<?", "</", "&#", "&amp", "123456"]
ANY_HTML = st.lists(st.sampled_from(MARKUP) | st.text(max_size=5), max_size=30).map("".join)


@given(ANY_HTML, ANY_HTML)
def test_nothing_is_too_broken_to_be_searched(text: str, html: str) -> None:
    assert all(link.url for link in links(text, html))
    found = codes(text, html, text)
    assert len(found) == len(set(found))


@pytest.mark.parametrize("unit", ["<a ", "<!--", "1,", "a.", ")", "https://x.com/(", "$1 ", "1-2", "&", "code "])
def test_long_repetitions_take_no_long_time(unit: str) -> None:
    text = unit * (200_000 // len(unit))
    codes(text, text)
    links(text, text)
