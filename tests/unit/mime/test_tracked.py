"""HTML gets its pixel and its tracked links, and keeps every other byte."""

from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from emulator.mime import tracked
from emulator.mime.tracked import MAX_LINKS, MAX_URL_CHARACTERS, PLACEHOLDER, Link, Tracker

PIXEL = '<img alt="" src="http://t/pixel" style="display: none; width: 1px; height: 1px;">'
OPENS = Tracker("http://t/pixel", None)
CLICKS = Tracker(None, lambda number, _url: f"http://t/{number}")
BOTH = Tracker(OPENS.pixel_url, CLICKS.link_url)

FRAGMENTS = [
    *"<>/!?-=\"' a\n\t",
    "<a ",
    "<A",
    "</a>",
    'href="http://x.com/"',
    "href=http://x.com/",
    " HREF = 'https://x.com'",
    "ses:no-track",
    ' ses:tags="a:b;c:d;"',
    "<b>",
    "</body>",
    "<!--",
    "-->",
    "<!DOCTYPE html>",
    "<![CDATA[",
    "]]>",
    "<script>",
    "</script",
    "<title>",
    "</title >",
    "<plaintext>",
    "&amp;",
    "é",
    "\0",
    PLACEHOLDER,
]

TAME = [
    "<p>",
    "</p>",
    "text ",
    "&lt;",
    '<a href="http://x.com/">',
    "<a ses:no-track href=http://x.com>",
    "<a id=1 ses:tags='a:b' href='http://y.com'>",
    "</a>",
    "<!-- c -->",
    "<br/>",
    '<img alt="<a href=http://x.com>">',
]
HOSTILE = [
    *("<", "<a ", "<a x", '<a x="', "<a>", "<a x=y ", "<a =", "<a\n", "<a href='http://x.com/%", '<a ses:tags="a:b;'),
    *("<!--", "--!", "<!", "</", "<?", "<b '", "<script>", "<title></title", "<plaintext>", "&amp;", "{{ses:"),
]


def rewritten(html: str, tracker: Tracker = CLICKS) -> str:
    return tracked.tracked(html, tracker, [])


def links(html: str) -> list[Link]:
    found: list[Link] = []
    tracked.tracked(html, CLICKS, found)
    return found


# ---- links


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<a href="http://x.com">', '<a href="http://t/1">'),
        ("<a href='https://x.com/'>", "<a href='http://t/1'>"),
        ("<a href=http://x.com/>", "<a href=http://t/1>"),
        ('<A\n\tHREF = "HTTPS://X.com/"\r\n>', '<A\n\tHREF = "http://t/1"\r\n>'),
        ('<a class="a>b"href="http://x.com"/>', '<a class="a>b"href="http://t/1"/>'),
        ('<a/href="http://x.com"/id=x>', '<a/href="http://t/1"/id=x>'),
        ('<a href="http://x.com" href="http://y.com">', '<a href="http://t/1" href="http://y.com">'),
        ('<a ="b" href="http://x.com">', '<a ="b" href="http://t/1">'),
        ('<!-- > --><a href="http://x.com">', '<!-- > --><a href="http://t/1">'),
        ('<!--><a href="http://x.com">-->', '<!--><a href="http://t/1">-->'),
        ('<![if !mso]><a href="http://x.com"><![endif]>', '<![if !mso]><a href="http://t/1"><![endif]>'),
        ('</><a href="http://x.com"></ ">', '</><a href="http://t/1"></ ">'),
        ('a < b <a href="http://x.com">', 'a < b <a href="http://t/1">'),
        ('<script></script x><a href="http://x.com">', '<script></script x><a href="http://t/1">'),
    ],
)
def test_the_url_of_an_anchor_is_replaced_and_nothing_else(html: str, expected: str) -> None:
    assert rewritten(html) == expected


@pytest.mark.parametrize(
    "html",
    [
        '<a href="mailto:a@x.com"><a href="tel:1"><a href="#top"><a href="/p"><a href="//x.com"><a href="x.com">',
        '<a href="ftp://x.com"><a href="httpx://x.com"><a href="http:/x.com"><a href="http://"><a href><a href=>',
        '<area href="http://x.com"><link href="http://x.com"><abbr href="http://x.com"><a:b href="http://x.com">',
        '<a data-href="http://x.com" title=\'href="http://x.com"\'>',
        '<!-- <a href="http://x.com"> --><!--[if mso]><a href="http://x.com"><![endif]-->',
        '<!doctype <a href="http://x.com"',
        '<![CDATA[ <a href="http://x.com">',
        '<script>"<a href="http://x.com">"</scripts></script><style><a href="http://x.com"></STYLE>',
        '<title><a href="http://x.com"></title><TextArea a="<"><a href="http://x.com">',
        '<plaintext></plaintext><a href="http://x.com">',
        '<!-- <a href="http://x.com"> --',
        '<b title="<a href="http://x.com>',
        '<a href="http://x.com"',
        '<a href="http://x.com',
        '< a href="http://x.com">',
    ],
)
def test_what_is_no_link_to_the_web_is_left_alone(html: str) -> None:
    assert rewritten(html) == html


@pytest.mark.parametrize(
    "url",
    [
        "http://x.com/page?name=John Doe",
        " http://x.com",
        "http://x.com/a\nb",
        "http://x.com/é",
        "http://x.com/{{name}}",
        "http://x.com/%zz",
        "http://x.com/%4",
        "http://x.com/a[1]",
        "http://x.com/a|b",
        "http://x.com/a^b`",
        "http://x.com/a\\b",
        "http://x.com:80a/",
        "http://[::1/",
        "http://a@b@c/",
        "http://x.com#a#b",
    ],
)
def test_a_url_that_is_not_of_rfc_3986_is_left_alone(url: str) -> None:
    html = f'<a href="{url}">'
    assert rewritten(html) == html


@pytest.mark.parametrize(
    "url",
    [
        "https://www.example.com/offer?id=42&ref=mail",
        "http://x.com:8080/~a/(b)/%C3%A9;c=d,e!$'*+?q=/?:@#f/?",
        "http://user:pa%20ss@x.com:",
        "http://[2001:db8::1]:80/",
        "http://x.com?a",
        "hTtPs://X/",
        "http://x.com/" + "a" * (MAX_URL_CHARACTERS - 13),
    ],
)
def test_a_link_leads_to_its_url_as_it_is_written(url: str) -> None:
    assert links(f'<a href="{url}">') == [Link(url, None)]


def test_a_url_of_any_length_makes_no_link_of_any_length() -> None:
    assert links(f'<a href="http://x.com/{"a" * (MAX_URL_CHARACTERS - 12)}">') == []


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("http://x.com/?a=1&amp;b=2", "http://x.com/?a=1&b=2"),
        ("http://x.com/?a=1&#38;b=2&#x26;c=3&#38d", "http://x.com/?a=1&b=2&c=3&d"),
        ("http&#58;//x.com", "http://x.com"),
        ("http://x.com/?a=1&copy=2&amp=3&ampx=4", "http://x.com/?a=1&copy=2&amp=3&ampx=4"),
        ("http://x.com/?&amp;=1&nosuch;", "http://x.com/?&=1&nosuch;"),
        ("http://x.com/?a&amp", "http://x.com/?a&"),
    ],
)
def test_character_references_are_read_as_in_attributes(written: str, url: str) -> None:
    assert links(f'<a href="{written}">') == [Link(url, None)]


def test_a_tracked_url_stands_in_html_as_it_must() -> None:
    tracker = Tracker('http://t/?"&', lambda _number, _url: 'http://t/?a&"')
    assert 'href="http://t/?a&amp;&quot;"' in rewritten('<a href="http://x.com">', tracker)
    assert 'src="http://t/?&quot;&amp;"' in rewritten("", tracker)


def test_the_first_250_links_are_tracked() -> None:
    html = '<a href="#top"><a href="http://x.com" ses:no-track>' + '<a href="http://x.com">' * (MAX_LINKS + 2)
    changed = rewritten(html)
    assert [f'"http://t/{number}"' in changed for number in (1, 250, 251)] == [True, True, False]
    assert changed.endswith('"http://t/250">' + '<a href="http://x.com">' * 2)
    assert len(links(html)) == MAX_LINKS == 250


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<a ses:no-track href="http://x.com">', '<a href="http://x.com">'),
        ('<a href="http://x.com" SES:No-Track>', '<a href="http://x.com">'),
        ('<a href="http://x.com" ses:no-track="" ses:no-track=x id=y>', '<a href="http://x.com" id=y>'),
        ("<a ses:no-track='x'href=http://x.com>", "<a href=http://x.com>"),
        ('<a\nses:no-track\thref="#top"/>', '<a\thref="#top"/>'),
        ('<a href="http://x.com"ses:no-track/>', '<a href="http://x.com"/>'),
        ("<b ses:no-track>ses:no-track</b>", "<b ses:no-track>ses:no-track</b>"),
    ],
)
def test_a_link_that_says_so_is_not_tracked(html: str, expected: str) -> None:
    assert rewritten(html) == expected
    assert rewritten(html, OPENS) == expected + PIXEL


@pytest.mark.parametrize(
    ("value", "tags"),
    [
        ("product:book;genre:fiction;subgenre:scifi;type:newrelease;", "product genre subgenre type"),
        (" product : book ;\n genre:fiction", "product genre"),
        ("a-B_1:c-D_2", "a-B_1"),
        ("product&#58;book", "product"),
        ("no pair; a:b c; :d; e:; f:g:h; ok:yes", "ok"),
        ("", None),
        (";;", None),
    ],
)
def test_the_tags_of_a_link_are_read_and_removed(value: str, tags: str | None) -> None:
    html = f'<a ses:tags="{value}" href="http://x.com">'
    (link,) = links(html)
    assert (link.tags and " ".join(link.tags)) == tags
    assert rewritten(html) == '<a href="http://t/1">'


def test_a_tag_has_one_value() -> None:
    (link,) = links('<a href="http://x.com" ses:tags="a:b;c:d;a:e" ses:tags="f:g">')
    assert link == Link("http://x.com", {"a": ["e"], "c": ["d"]})


# ---- the pixel


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<html><body>Hi</body></html>", f"<html><body>Hi{PIXEL}</body></html>"),
        ("</body>a</BODY\n>b</html>", f"</body>a{PIXEL}</BODY\n>b</html>"),
        ("a<!-- </body> --></bodyguard>", f"a<!-- </body> --></bodyguard>{PIXEL}"),
        ("Hi", f"Hi{PIXEL}"),
        ('<a href="http://x.com">', f'<a href="http://x.com">{PIXEL}'),
    ],
)
def test_the_pixel_is_at_the_bottom(html: str, expected: str) -> None:
    assert rewritten(html, OPENS) == expected


def test_the_pixel_takes_the_place_of_the_first_placeholder() -> None:
    html = f"<body>{PLACEHOLDER}Hi{PLACEHOLDER}</body>{PLACEHOLDER}"
    assert rewritten(html, OPENS) == f"<body>{PIXEL}Hi</body>"
    assert rewritten(html, CLICKS) == "<body>Hi</body>"
    near = "{{ses:opentracker}}{{ ses:openTracker }}"
    assert rewritten(near, CLICKS) == near


def test_links_and_pixel_go_together() -> None:
    html = f'<a href="http://x.com">{PLACEHOLDER}</a><a href="http://y.com"></body>'
    assert rewritten(html, BOTH) == f'<a href="http://t/1">{PIXEL}</a><a href="http://t/2"></body>'
    html = html.replace(PLACEHOLDER, "")
    assert rewritten(html, BOTH) == f'<a href="http://t/1"></a><a href="http://t/2">{PIXEL}</body>'


# ---- any HTML


class Seen(HTMLParser):
    """Tags and text, without what is expected to change."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen: list[Any] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        changed = ("href", "ses:no-track", "ses:tags") if tag == "a" else ()
        self.seen.append((tag, [each for each in attrs if each[0] not in changed]))

    def handle_endtag(self, tag: str) -> None:
        self.seen.append(f"/{tag}")

    def handle_data(self, data: str) -> None:
        self.seen.append(data)


@given(st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=3)).map("".join))
@example('<a href="http://x.com" ses:tags="a:b"')
def test_any_html_keeps_all_but_the_urls(html: str) -> None:
    text = html.replace(PLACEHOLDER, "")
    assert rewritten(html, Tracker(None, None)) == rewritten(text, Tracker(None, None))
    found: list[Link] = []
    changed = tracked.tracked(html, CLICKS, found)
    for number, link in enumerate(found, 1):
        assert f"http://t/{number}" in changed
        assert link.url in ("http://x.com/", "https://x.com")
    assert rewritten(html, tracked._LOOK) == rewritten(html, Tracker(None, None))
    assert rewritten(changed, Tracker(None, None)) == changed
    assert rewritten(html, OPENS).count(PIXEL) == 1


@given(st.lists(st.sampled_from(TAME)).map("".join))
def test_a_reader_of_the_html_sees_the_same(html: str) -> None:
    assert Seen(rewritten(html)).seen == Seen(html).seen


@pytest.mark.parametrize("piece", HOSTILE)
def test_a_megabyte_of_anything_is_read_once(piece: str) -> None:
    html = piece * (1_000_000 // len(piece))
    assert rewritten(html, OPENS).replace(PIXEL, "") == html
    assert rewritten(f'<a href="{html}">', BOTH)
