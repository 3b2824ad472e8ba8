"""Tracked HTML finds its place in messages of any form, and all else of them stays."""

import base64
import binascii
import quopri
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.mime import headers, html_parts, tracked, view
from emulator.mime.tracked import MAX_LINKS, PLACEHOLDER, Link, Tracker

PIXEL = '<img alt="" src="http://t/pixel" style="display: none; width: 1px; height: 1px;">'
TRACKER = Tracker("http://t/pixel", lambda number, _url: f"http://t/{number}")
LINK = '<a href="http://x.com/">x</a>'
LINK_1 = '<a href="http://t/1">x</a>'

PIECES = [
    *(b"\r\n", b"\r\n\r\n", b"--b", b"--b--", b"Content-Type: ", b"text/html", b"multipart/mixed; boundary=b", b'"'),
    *(b";", b"Content-Transfer-Encoding: ", b"base64", b"quoted-printable", b"=", b"; charset=", b"utf-16"),
    LINK.encode(),
]

ENCODERS: list[tuple[str, Callable[[bytes], bytes]]] = [
    ("8bit", bytes),
    ("base64", base64.b64encode),
    ("quoted-printable", lambda data: binascii.b2a_qp(data, istext=False)),
]


def part(body: str | bytes = LINK, content_type: str = "text/html", *lines: str) -> bytes:
    head = "\r\n".join([f"Content-Type: {content_type}", *lines, "", ""]).encode()
    return head + (body.encode() if isinstance(body, str) else body)


def multipart(*parts: bytes, subtype: str = "mixed", boundary: str = "b", end: bytes = b"--\r\n") -> bytes:
    mark = f"--{boundary}".encode()
    inner = b"".join(mark + b"\r\n" + each + b"\r\n" for each in parts)
    return f'Content-Type: multipart/{subtype}; boundary="{boundary}"\r\n\r\n'.encode() + inner + mark + end


def counting(more: str) -> Tracker:
    return Tracker(None, lambda number, _url: f"http://t/{number:03}{more}")


def delivered(message: bytes, tracker: Tracker = TRACKER) -> bytes:
    return tracked.message(message, tracker)


def changed(message: bytes) -> bool:
    return delivered(message) != message


def test_html_alone_is_tracked_below_its_own_headers() -> None:
    head = "From: a@x.com\r\nSubject:  \xe4\r\n folded\r\n"
    message = head.encode("latin-1") + part(f"<p>\r\n{LINK}\r\n", "TEXT/HTML")
    assert delivered(message) == head.encode("latin-1") + part(f"<p>\r\n{LINK_1}\r\n{PIXEL}", "TEXT/HTML")


def test_html_is_tracked_beside_a_text_which_is_not() -> None:
    text = part("http://x.com/ <a href='http://x.com'>", "text/plain")
    parts = [(text, part(each)) for each in (LINK, LINK_1 + PIXEL)]
    original, expected = (multipart(*each, subtype="alternative") for each in parts)
    assert delivered(original) == expected


def test_html_is_found_however_deep_it_is() -> None:
    def message(html: str) -> bytes:
        found = part(html)
        for depth in range(html_parts.MAX_DEPTH - 1):
            found = multipart(part("t", "text/plain"), found, boundary="b" * (depth + 1))
        return found

    assert delivered(message(LINK)) == message(LINK_1 + PIXEL)
    deeper = multipart(message(LINK), boundary="outer")
    assert not changed(deeper)


@pytest.mark.parametrize(
    "message",
    [
        part("plain", "text/plain"),
        b"Subject: no type\r\n\r\n" + LINK.encode(),
        b"\r\n" + LINK.encode(),
        b"",
        b"Content-Type: text/html",
        b"Content-Type: text/html\r\n\r\n",
        part(LINK, "text/html; name=page.html"),
        part(LINK, "text/html", "Content-Disposition: attachment"),
        part(LINK, "text/html", "content-disposition: inline; filename*=utf-8''page.html"),
        part(LINK, "text/html", "Content-Transfer-Encoding: x-uuencode"),
        part(part(LINK), "message/rfc822"),
        part(LINK, "application/xhtml+xml"),
        multipart(part(LINK), part("s", "application/pgp-signature"), subtype="signed"),
        multipart(multipart(part(LINK), subtype="signed", boundary="c")),
        multipart(part(multipart(part(LINK), boundary="c"), "message/rfc822")),
        part(LINK, "multipart/mixed"),
        part(LINK, "multipart/mixed; boundary=b"),
        part(LINK, 'multipart/mixed; boundary="ä"'),
        part(b"--b\r\n" + part(LINK, "text/html").replace(b"\r\n\r\n", b"\r\n"), "multipart/mixed; boundary=b"),
        part(f"Content-Type: text/html\r\n\r\n{LINK}\r\n--b--\r\n", "multipart/mixed; boundary=b"),
        part(LINK, "text/html", "X: " + "x" * headers.MAX_SECTION_BYTES),
    ],
)
def test_what_is_not_shown_as_html_is_left_alone(message: bytes) -> None:
    assert delivered(message) is message
    assert tracked.links(message) == []


def test_a_message_without_anything_to_track_is_left_alone() -> None:
    message = multipart(part("Hi"), part("=20", "text/html", "Content-Transfer-Encoding: quoted-printable"))
    assert delivered(message, TRACKER._replace(pixel_url=None)) is message


@pytest.mark.parametrize("body", ["--b \t\r\n{}\r\n--b--", "x\r\n--bc\r\n--b\r\n{}", "--b\r\n{}\r\n--b-- \r\n--b\r\n"])
def test_parts_are_found_between_lines_of_the_boundary(body: str) -> None:
    def message(html: str) -> bytes:
        return part(body.format(part(html).decode()), "multipart/mixed; boundary=b")

    assert delivered(message(LINK)) == message(LINK_1 + PIXEL)


def test_html_before_and_behind_the_parts_is_no_part() -> None:
    def message(html: str) -> bytes:
        before, behind = b"\r\n\r\n" + part(LINK) + b"\r\n", b"--\r\n" + part(LINK)
        return multipart(part(html), end=behind).replace(b"\r\n\r\n", before, 1)

    assert delivered(message(LINK)) == message(LINK_1 + PIXEL)


def test_an_empty_part_is_no_part() -> None:
    assert not changed(b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n--b\r\n\r\n--b--")


# ---- encodings


def test_an_encoded_part_stays_in_its_encoding() -> None:
    html = f"<p>ä \r\n= {LINK}" + "x" * 100
    expected = (html.replace(LINK, LINK_1) + PIXEL).encode()
    quoted = part(quopri.encodestring(html.encode()), "text/html", "Content-Transfer-Encoding: Quoted-Printable")
    found = delivered(quoted)
    head, _, body = found.partition(b"\r\n\r\n")
    assert head == quoted.partition(b"\r\n\r\n")[0]
    assert binascii.a2b_qp(body) == expected
    assert max(map(len, found.split(b"\r\n"))) <= 76
    encoded = part(base64.encodebytes(html.encode()), "text/html", "Content-Transfer-Encoding: base64")
    found = delivered(encoded)
    head, _, body = found.partition(b"\r\n\r\n")
    assert head == encoded.partition(b"\r\n\r\n")[0]
    assert base64.b64decode(body) == expected
    assert max(map(len, found.split(b"\r\n"))) <= 76


@pytest.mark.parametrize("encoding", ["7bit", "8BIT", "binary", None])
def test_a_line_that_is_too_long_now_is_quoted(encoding: str | None) -> None:
    lines = [f"Content-Transfer-Encoding:\r\n {encoding}", "X: y"] if encoding else ["X: y"]
    html = "<p>" + LINK * 33
    assert len(html) < 998
    for long in (False, True):
        tracker = counting("x" * 9 * long)
        found = delivered(part(html, "text/html", *lines), tracker)
        head = found.partition(b"\r\n\r\n")[0]
        assert (b"Content-Transfer-Encoding: quoted-printable" in head) == long
        assert head.lower().count(b"transfer-encoding") == (encoding is not None or long)
        assert (b"X: y" in head, b"8BIT" in head) == (True, encoding == "8BIT" and not long)
        _, text, _ = view._sorted(view.leaves(found))
        assert text is not None
        assert text.content.decode() == tracked.tracked(html, tracker, [])


@pytest.mark.parametrize(
    ("charset", "text"),
    [
        ("utf-8", "ä€😀"),
        ("iso-8859-1", "ä"),
        ("shift_jis", "表ソ"),
        ("gb18030", "漢字€"),
        ("iso-2022-jp", "表ソ漢字"),
        ("utf-16", "ä漢"),
        ("utf-16-be", "ä漢"),
        ("cp037", "abc"),
    ],
)
def test_html_stays_in_its_charset(charset: str, text: str) -> None:
    data = f"<p>{text}</p>{LINK}{text}</body>".encode(charset)
    message = part(base64.b64encode(data), f"text/html; charset={charset}", "Content-Transfer-Encoding: base64")
    body = base64.b64decode(delivered(message).partition(b"\r\n\r\n")[2])
    assert body.decode(charset) == f"<p>{text}</p>{LINK_1}{text}{PIXEL}</body>"
    assert tracked.links(message) == [Link("http://x.com/", None)]


@pytest.mark.parametrize("charset", ["utf-8", "us-ascii", "x-unknown", "hex", "utf-7", "unicode_escape", '""'])
def test_bytes_that_are_no_text_are_kept(charset: str) -> None:
    data = b"\xff\xfe\\u0041+AGE-" + LINK.encode() + b"\xc3"
    expected = data.replace(LINK.encode(), LINK_1.encode()) + PIXEL.encode()
    content_type = f"text/html; charset={charset}"
    assert delivered(part(data, content_type)) == part(expected, content_type)


@pytest.mark.parametrize(
    ("charset", "data"),
    [("utf-16", b"\xfe\xff\0a"), ("utf-16", b"abc"), ("iso-2022-jp", b"\xff"), ("hz", b"~x"), ("a\0b", b"x")],
)
def test_html_that_would_not_come_out_the_same_is_left_alone(charset: str, data: bytes) -> None:
    assert not changed(part(data, f'text/html; charset="{charset}"'))


def test_a_public_url_in_any_script_is_written_in_any_charset() -> None:
    found = delivered(part("x", "text/html; charset=iso-8859-1"), Tracker("http://täst.例/", None))
    assert 'src="http://t\xe4st.&#20363;/"'.encode("latin-1") in found


# ---- several parts


def test_links_are_numbered_through_the_message() -> None:
    def message(first: str, second: str) -> bytes:
        return multipart(part(first), part("t", "text/plain"), part(second))

    tagged = LINK.replace("<a", '<a ses:tags="a:b"').replace("x.com", "y.com")
    assert delivered(message(LINK, tagged)) == message(LINK_1 + PIXEL, LINK_1.replace("/1", "/2"))
    found = [Link("http://x.com/", None), Link("http://y.com/", {"a": ["b"]})]
    assert tracked.links(message(LINK, tagged)) == found
    many = delivered(message(LINK * MAX_LINKS, LINK))
    assert part(LINK) in many
    assert f"http://t/{MAX_LINKS}".encode() in many


def test_a_message_has_one_pixel() -> None:
    message = multipart(part("a"), part("b" + PLACEHOLDER), part("c" + PLACEHOLDER))
    assert delivered(message) == multipart(part("a"), part("b" + PIXEL), part("c"))


# ---- any message


@given(st.lists(st.binary(max_size=8) | st.sampled_from(PIECES)))
def test_any_bytes_are_a_message(pieces: list[bytes]) -> None:
    message = headers.normalise(b"".join(pieces))
    found = delivered(message)
    assert delivered(message) == found
    assert len(tracked.links(message)) == found.count(b"http://t/1") or b"base64" in message or b"utf-16" in message


@given(st.text(), st.sampled_from(["utf-8", "utf-16", "gb18030"]), st.sampled_from(ENCODERS))
def test_html_of_any_text_is_rewritten_as_html_alone_is(
    text: str, charset: str, encoded: tuple[str, Callable[[bytes], bytes]]
) -> None:
    encoding, encode = encoded
    html = f"<p>{text}<a href='http://x.com/'>{text}"
    data = html.encode(charset)
    body = encode(data)
    message = part(body, f"text/html; charset={charset}", f"Content-Transfer-Encoding: {encoding}")
    (found,) = html_parts.find(delivered(message))
    assert found.data.decode(charset) == tracked.tracked(html, TRACKER, [])
