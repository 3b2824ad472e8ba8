"""A reader sees text, HTML and attachments of any message, broken ones too."""

import base64
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.mime.compose import Content, compose
from emulator.mime.view import Attachment, View, attachment, decode_words, header_fields, view


def multipart(*parts: bytes, subtype: str = "mixed") -> bytes:
    inner = b"".join(b"--b\r\n" + part + b"\r\n" for part in parts)
    return b"Subject: S\r\nContent-Type: multipart/%s; boundary=b\r\n\r\n%s--b--\r\n" % (subtype.encode(), inner)


TEXT = b"Content-Type: text/plain\r\n\r\nsome text"
HTML = b"Content-Type: text/html\r\n\r\n<p>html</p>"


def test_a_message_without_a_content_type_is_text() -> None:
    assert view(b"Subject: Hi\r\n\r\nhello\r\nyou") == View("Hi", "hello\nyou", None, (("Subject", "Hi"),), ())


def test_html_alone_is_no_text() -> None:
    found = view(b"Content-Type: text/html; charset=iso-8859-1\r\n\r\n<p>\xe4</p>")
    assert (found.subject, found.text, found.html) == (None, None, "<p>ä</p>")


def test_what_was_composed_is_seen() -> None:
    found = view(
        compose(
            source="a@x.com",
            reply_to=[],
            to=["b@y.com"],
            cc=[],
            subject=Content("Größe ✓", None),
            text=Content("ein Ä\n", None),
            html=Content("<p>日本語日本語</p>\n", "Shift_JIS"),
            boundary="b",
        )
    )
    assert (found.subject, found.text, found.html) == ("Größe ✓", "ein Ä\n", "<p>日本語日本語</p>\n")
    assert found.attachments == ()


def test_attachments_have_their_name_type_and_decoded_size() -> None:
    message = EmailMessage()
    message["Subject"] = "Report"
    message.set_content("see attached\n")
    message.add_alternative("<p>see attached</p>\n", subtype="html")
    message.add_attachment(b"\x00\x01\x02", maintype="application", subtype="pdf", filename="Größe.pdf")
    message.add_attachment("notes\n", filename="notes.txt")
    for raw in (message.as_bytes(), message.as_bytes().replace(b"\n", b"\r\n")):
        found = view(raw)
        assert (found.text, found.html) == ("see attached\n", "<p>see attached</p>\n")
        assert [each.filename for each in found.attachments] == ["Größe.pdf", "notes.txt"]
        assert found.attachments[0] == Attachment(0, "Größe.pdf", "application/pdf", 3, None)
        assert attachment(raw, 0) == (found.attachments[0], b"\x00\x01\x02")
        assert attachment(raw, 2) is None
        assert attachment(raw, -1) is None


def test_an_inline_image_is_an_attachment_with_a_content_id() -> None:
    image = b"Content-Type: image/png\r\nContent-ID: <logo@x>\r\nContent-Transfer-Encoding: base64\r\n\r\nQUJD"
    found = view(multipart(HTML, image, subtype="related"))
    assert found.html == "<p>html</p>"
    assert found.attachments == (Attachment(0, None, "image/png", 3, "logo@x"),)


def test_an_attached_message_is_named_after_its_subject() -> None:
    inner = b"Content-Type: message/rfc822\r\n\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nFrom: a@x\r\n\r\ninner text"
    raw = multipart(TEXT, inner, b"Content-Type: message/rfc822\r\n\r\nFrom: a@x\r\n\r\n")
    found = view(raw)
    assert found.text == "some text"
    assert [(each.filename, each.content_type) for each in found.attachments] == [
        ("Grüße.eml", "message/rfc822"),
        ("message.eml", "message/rfc822"),
    ]
    content = attachment(raw, 0)
    assert content is not None
    assert content[1] == b"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nFrom: a@x\r\n\r\ninner text"


def test_a_delivery_status_is_an_attachment() -> None:
    status = b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\nAction: failed\r\n"
    found = view(multipart(TEXT, status, subtype="report"))
    assert [each.content_type for each in found.attachments] == ["message/delivery-status"]
    content = attachment(multipart(TEXT, status, subtype="report"), 0)
    assert content is not None
    assert b"Action: failed" in content[1]


def test_a_text_that_says_it_is_an_attachment_is_one() -> None:
    attached = b"Content-Type: text/plain\r\nContent-Disposition: attachment\r\n\r\nattached"
    found = view(multipart(attached, TEXT))
    assert found.text == "some text"
    assert [each.size for each in found.attachments] == [8]


def test_a_second_text_is_an_attachment() -> None:
    assert [each.content_type for each in view(multipart(TEXT, HTML, TEXT)).attachments] == ["text/plain"]


def test_headers_are_decoded_and_unfolded_in_their_order() -> None:
    raw = (
        b"Subject: =?UTF-8?Q?a?=\r\n =?UTF-8?Q?b?= c\r\nX-Raw: \xc3\xa4\r\nx-latin: \xe4\r\nno header\r\n"
        b"From: =?ISO-8859-1?Q?J=FCrgen?= <j@x>\r\n\r\n"
    )
    assert header_fields(raw) == (
        ("Subject", "ab c"),
        ("X-Raw", "ä"),
        ("x-latin", "ä"),
        ("From", "Jürgen <j@x>"),
    )
    assert view(raw).headers == header_fields(raw)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("plain", "plain"),
        ("=?UTF-8?Q?Gr=C3=BC=C3=9Fe_an_alle?=", "Grüße an alle"),
        ("=?utf-8*en?b?w6Q=?= and =?iso-8859-1?q?=E4?=", "ä and ä"),
        ("=?UTF-8?B?w6?= =?UTF-8?B?Q?=", "Ã"),
        ("=?UTF-8?Q?=C3?= =?UTF-8?Q?=A4?=", "ä"),
        ("=?nope?Q?=C3=A4?=", "ä"),
        ("=?hex?Q?41?=", "41"),
        ("=?UTF-8?X?a?=", "=?UTF-8?X?a?="),
        ("=?UTF-8?Q?unended", "=?UTF-8?Q?unended"),
        ("=?UTF-8?Q?a=ZZ=4?=", "a=ZZ=4"),
        ("=?UTF-16?B?/v8AYQ==?= =?UTF-16?B?/v8AYg==?=", "ab"),
    ],
)
def test_encoded_words_are_decoded_as_far_as_they_can_be(value: str, expected: str) -> None:
    assert decode_words(value) == expected


def test_broken_base64_is_decoded_as_far_as_it_goes() -> None:
    assert view(b"Content-Transfer-Encoding: base64\r\n\r\nQUJDRA=\r\n").text == "ABCD"
    assert view(b"Content-Transfer-Encoding: base64\r\n\r\n\x00\xff!?").text is not None


@pytest.mark.parametrize("charset", ["nope", "hex", "idna", "utf-7", '"', "a\x00b", "ü", "utf-8"])
def test_a_text_of_unknown_charset_is_read_as_utf_8_or_latin_1(charset: str) -> None:
    head = f"Content-Type: text/plain; charset={charset}\r\n\r\n".encode()
    assert view(head + "é".encode()).text == "é"
    assert view(head + b"\xe9").text == "é"


def test_a_multipart_without_boundary_or_parts_is_text() -> None:
    assert view(b"Content-Type: multipart/mixed\r\n\r\nbody").text == "body"
    assert view(b"Content-Type: multipart/mixed; boundary=b\r\n\r\nbody").text == "body"


def test_a_multipart_without_its_last_boundary_is_read_to_the_end() -> None:
    assert view(multipart(TEXT).removesuffix(b"--b--\r\n")).text == "some text"


def test_raw_utf_8_in_a_file_name_is_read() -> None:
    part = b'Content-Type: image/png; name="\xc3\xa9.png"\r\n\r\nx'
    assert view(multipart(part)).attachments[0].filename == "é.png"


@pytest.mark.parametrize("kind", ["multipart/mixed; boundary=b%d", "message/rfc822"])
@pytest.mark.parametrize("depth", [100, 1000])
def test_parts_may_be_nested_a_thousand_deep(kind: str, depth: int) -> None:
    levels = []
    for level in range(depth):
        head = f"Content-Type: {kind}".replace("%d", str(level))
        levels.append(f"{head}\r\n\r\n" + (f"--b{level}\r\n" if "boundary" in kind else ""))
    found = view(("Subject: deep\r\n" + "".join(levels) + "Content-Type: text/plain\r\n\r\ninnermost").encode())
    assert found.subject == "deep"
    assert found.attachments or "innermost" in (found.text or "")


SCRAPS = [
    b"Content-Type: ",
    b"multipart/mixed; boundary=b",
    b"multipart/digest; boundary=b",
    b"message/rfc822",
    b"message/delivery-status",
    b"text/plain; charset=",
    b"Content-Transfer-Encoding: base64",
    b"Content-Transfer-Encoding: x-uuencode",
    b"begin 644 x",
    b"Content-Disposition: attachment; filename*0*=utf-8''%FF; filename*1*=b",
    b"Content-ID: ",
    b"Subject: =?utf-8?b?",
    b"?=",
    b"--b",
    b"--b--",
    b"\r\n",
    b"\n",
    b"\r",
    b" ",
    b":",
    b'"',
    b"\xff\xfe",
    b"\xc3\xa4",
    b"\x00",
    b"=",
]


@given(st.lists(st.sampled_from(SCRAPS) | st.binary(max_size=8), max_size=40).map(b"".join))
def test_any_bytes_have_a_view_that_can_be_written_as_utf_8(raw: bytes) -> None:
    found = view(raw)
    assert repr(found).encode()
    for value in (found.subject, found.text, found.html, *(each.filename for each in found.attachments)):
        assert (value or "").encode() is not None
    for each in found.attachments:
        content = attachment(raw, each.index)
        assert content is not None
        assert len(content[1]) == each.size


@given(st.text(), st.binary())
def test_any_value_is_decoded(value: str, data: bytes) -> None:
    decode_words(value)
    for encoding in "QB":
        decode_words(f"=?utf-8?{encoding}?{value}?= =?{value}?{encoding}?{data.decode('latin-1')}?=").encode(
            "utf-8", "surrogatepass"
        )


def test_a_large_attachment_reads_as_a_small_one_does() -> None:
    content = bytes(range(256)) * 400
    encoded = base64.encodebytes(content).replace(b"\n", b"\r\n")
    part = b"Content-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n" + encoded
    inner = b"Subject: inner\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n" + part + b"\r\n--c--\r\n"
    message = (
        b"Subject: outer\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhello\r\n--b\r\n"
        + part
        + b"\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n"
        + inner
        + b"\r\n--b--\r\n"
    )
    seen = view(message)
    assert seen.text == "hello"
    assert [(each.filename, each.size) for each in seen.attachments[:1]] == [("a.pdf", len(content))]
    assert attachment(message, 0) == (seen.attachments[0], content)
    assert seen.attachments[1].filename == "inner.eml"
    attached = attachment(message, 1)
    assert attached
    assert encoded.strip() in attached[1]
