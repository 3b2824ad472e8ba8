"""Messages are composed as SES composes them."""

from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from emulator.mime.compose import Content, UnsupportedCharset, compose

BOUNDARY = "----=_Part_444254_355072649.1693000415859"


def composed(
    *,
    source: str = "shop@example.com",
    reply_to: tuple[str, ...] = (),
    to: tuple[str, ...] = ("a@example.org",),
    cc: tuple[str, ...] = (),
    subject: Content | str = "Hello",
    text: Content | str | None = None,
    html: Content | str | None = None,
) -> bytes:
    def content(value: Content | str) -> Content:
        return Content(value, None) if isinstance(value, str) else value

    return compose(
        source=source,
        reply_to=reply_to,
        to=to,
        cc=cc,
        subject=content(subject),
        text=None if text is None else content(text),
        html=None if html is None else content(html),
        boundary=BOUNDARY,
    )


def parsed(message: bytes) -> EmailMessage:
    found = message_from_bytes(message, policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def subject_header(data: str, charset: str | None = None) -> bytes:
    message = composed(subject=Content(data, charset))
    return message[message.index(b"Subject:") : message.index(b"\r\nMIME-Version")]


def body(message: bytes) -> bytes:
    return message.partition(b"\r\n\r\n")[2]


def encoding(message: bytes) -> str:
    return parsed(message)["Content-Transfer-Encoding"].cte  # type: ignore[no-any-return]


def test_a_text_message_is_one_part_with_its_headers_in_javamails_order() -> None:
    message = composed(reply_to=("r@x.com", "s@x.com"), cc=("c@x.com",), text="Hi\n")
    assert message == (
        b"From: shop@example.com\r\n"
        b"Reply-To: r@x.com, s@x.com\r\n"
        b"To: a@example.org\r\n"
        b"Cc: c@x.com\r\n"
        b"Subject: Hello\r\n"
        b"MIME-Version: 1.0\r\n"
        b"Content-Type: text/plain; charset=UTF-8\r\n"
        b"Content-Transfer-Encoding: 7bit\r\n"
        b"\r\n"
        b"Hi\r\n"
    )


def test_text_and_html_are_alternatives_without_a_preamble() -> None:
    assert composed(text="Hi", html="<p>Hi</p>") == (
        b"From: shop@example.com\r\n"
        b"To: a@example.org\r\n"
        b"Subject: Hello\r\n"
        b"MIME-Version: 1.0\r\n"
        b"Content-Type: multipart/alternative; \r\n"
        b'\tboundary="----=_Part_444254_355072649.1693000415859"\r\n'
        b"\r\n"
        b"------=_Part_444254_355072649.1693000415859\r\n"
        b"Content-Type: text/plain; charset=UTF-8\r\n"
        b"Content-Transfer-Encoding: 7bit\r\n"
        b"\r\n"
        b"Hi\r\n"
        b"------=_Part_444254_355072649.1693000415859\r\n"
        b"Content-Type: text/html; charset=UTF-8\r\n"
        b"Content-Transfer-Encoding: 7bit\r\n"
        b"\r\n"
        b"<p>Hi</p>\r\n"
        b"------=_Part_444254_355072649.1693000415859--\r\n"
    )


def test_html_alone_is_one_part() -> None:
    message = composed(html="<p>Hi</p>")
    assert b"Content-Type: text/html; charset=UTF-8\r\n" in message
    assert body(message) == b"<p>Hi</p>"


def test_without_text_and_html_the_body_is_empty_text() -> None:
    message = composed()
    assert b"Content-Type: text/plain; charset=UTF-8\r\n" in message
    assert body(message) == b""


def test_an_empty_list_of_recipients_has_no_header() -> None:
    assert b"\r\nTo:" not in composed(to=(), text="Hi")


def test_display_names_are_kept_as_given() -> None:
    name = '"Karen, Chan" <k@x.com>'
    assert composed(source=name).startswith(b'From: "Karen, Chan" <k@x.com>\r\n')


def test_addresses_beyond_column_76_go_on_a_new_line_behind_a_tab() -> None:
    to = tuple(f"recipient-number-{number}@example.org" for number in range(5))
    assert (
        b"\r\nTo: recipient-number-0@example.org, recipient-number-1@example.org,\r\n"
        b"\trecipient-number-2@example.org, recipient-number-3@example.org,\r\n"
        b"\trecipient-number-4@example.org\r\nSubject"
    ) in composed(to=to)
    assert parsed(composed(to=to))["To"] == ", ".join(to)


def test_an_address_with_a_line_end_adds_no_header() -> None:
    message = composed(source="Shop\r\nBcc: evil@x.com <shop@example.com>", to=("a\nX-Evil: 1 <a@x.com>",))
    assert parsed(message).keys() == [
        "From",
        "To",
        "Subject",
        "MIME-Version",
        "Content-Type",
        "Content-Transfer-Encoding",
    ]


def test_an_ascii_subject_is_written_as_it_is() -> None:
    assert subject_header("=?UTF-8?Q?J=C3=BCrgen?= _=") == b"Subject: =?UTF-8?Q?J=C3=BCrgen?= _="


def test_an_empty_subject_has_an_empty_header() -> None:
    assert subject_header("") == b"Subject: "


def test_a_long_ascii_subject_is_folded_at_the_last_blank_before_column_76() -> None:
    words = " ".join(["wonderful"] * 12)
    lines = subject_header(words).split(b"\r\n")
    assert lines == [b"Subject: " + b" ".join([b"wonderful"] * 6), b" " + b" ".join([b"wonderful"] * 6)]


def test_a_long_subject_without_blanks_is_not_folded() -> None:
    assert subject_header("x" * 200) == b"Subject: " + b"x" * 200


def test_a_subject_of_mostly_ascii_is_a_q_word() -> None:
    assert subject_header("Größe = 5_? ok") == b"Subject: =?UTF-8?Q?Gr=C3=B6=C3=9Fe_=3D_5=5F=3F_ok?="


def test_a_subject_of_half_ascii_is_a_b_word() -> None:
    assert subject_header("aä") == b"Subject: =?UTF-8?B?YcOk?="


def test_a_character_beyond_the_basic_plane_counts_twice() -> None:
    assert subject_header("🎉🎉abc").startswith(b"Subject: =?UTF-8?B?")
    assert subject_header("🎉🎉abcde").startswith(b"Subject: =?UTF-8?Q?")


def test_long_encoded_subjects_are_halved_until_each_word_has_75_characters() -> None:
    header = subject_header("日本語" * 20)
    words = header.removeprefix(b"Subject: ").split(b"\r\n ")
    assert [len(word) for word in words] == [72, 72, 72, 72]
    assert all(word.startswith(b"=?UTF-8?B?") and word.endswith(b"?=") for word in words)


def test_the_charset_is_spelled_as_given() -> None:
    message = composed(subject=Content("Grüße", "iso-8859-1"), text=Content("Grüße", "Iso-8859-1"))
    assert b"Subject: =?iso-8859-1?Q?Gr=FC=DFe?=\r\n" in message
    assert b"Content-Type: text/plain; charset=Iso-8859-1\r\n" in message
    assert body(message) == b"Gr=FC=DFe"


def test_an_empty_charset_is_utf_8() -> None:
    assert b"charset=UTF-8\r\n" in composed(text=Content("ä", ""))


def test_characters_the_charset_lacks_become_question_marks() -> None:
    assert body(composed(text=Content("5 € for 日本", "US-ASCII"))) == b"5 ? for ??"


@pytest.mark.parametrize(
    "charset",
    ["nope", "utf 8", "utf-8\r\nBcc: x@y", "base64", "rot13", "idna", "utf-8-sig", "unicode_escape", "utf-8\x00", "-"],
)
def test_an_unknown_charset_is_refused(charset: str) -> None:
    for message in (
        {"subject": Content("x", charset)},
        {"text": Content("x", charset)},
        {"html": Content("x", charset)},
    ):
        with pytest.raises(UnsupportedCharset) as caught:
            composed(**message)  # type: ignore[arg-type]
        assert str(caught.value) == f"Unsupported charset '{charset}'."


@pytest.mark.parametrize(
    "subject", ["a\r\nBcc: evil@x.com", "a\nb", "a\rb", "\n", "x\r\n\r\nbody", "ä\r\nBcc: evil@x.com"]
)
def test_a_subject_with_a_line_end_is_encoded_and_adds_no_header(subject: str) -> None:
    message = composed(subject=subject, text="Hi")
    assert b"\r\nSubject: =?UTF-8?Q?" in message
    assert parsed(message).keys() == [
        "From",
        "To",
        "Subject",
        "MIME-Version",
        "Content-Type",
        "Content-Transfer-Encoding",
    ]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("plain\ttext\r\n", "7bit"),
        ("x" * 998 + "\n" + "y" * 998, "7bit"),
        ("x" * 999, "quoted-printable"),
        ("abcä", "quoted-printable"),
        ("abä", "base64"),
        ("aä", "base64"),
        ("日本語", "base64"),
        ("ab\x00", "quoted-printable"),
        ("a\x7f", "base64"),
        ("", "7bit"),
    ],
)
def test_the_transfer_encoding_follows_from_the_bytes(data: str, expected: str) -> None:
    assert encoding(composed(text=data)) == expected


@pytest.mark.parametrize("charset", ["UTF-16", "UTF-16LE", "UTF-32"])
def test_a_charset_unlike_ascii_is_sent_in_base64(charset: str) -> None:
    message = composed(text=Content("plain", charset))
    assert encoding(message) == "base64"
    assert parsed(message).get_content() == "plain"


@pytest.mark.parametrize("line_end", ["\n", "\r", "\r\n"])
def test_line_ends_of_text_become_crlf(line_end: str) -> None:
    assert body(composed(text=f"a{line_end}b")) == b"a\r\nb"
    assert body(composed(text=f"a long line{line_end}ä")) == b"a long line\r\n=C3=A4"


def test_quoted_printable_escapes_tabs_equal_signs_and_blanks_at_the_end_of_a_line() -> None:
    assert body(composed(text="ä a=b\tc \nd ")) == b"=C3=A4 a=3Db=09c=20\r\nd=20"


def test_quoted_printable_lines_have_75_characters_and_a_soft_line_end() -> None:
    lines = body(composed(text="x" * 73 + "ä" + "y" * 80)).split(b"\r\n")
    assert lines == [b"x" * 73 + b"=", b"=C3=A4" + b"y" * 69 + b"=", b"y" * 11]


CHARSETS = ["UTF-8", "ISO-8859-1", "Shift_JIS", "windows-1252", "ISO-2022-JP", "UTF-16", "GB18030", "KOI8-R"]
ANY_TEXT = st.text(alphabet=st.one_of(st.characters(), st.sampled_from("abc =_?ä日яé🎉\r\n\t.")), max_size=400)


def representable(data: str, charset: str) -> str:
    return data.encode(charset, "replace").decode(charset, "replace")


@given(subject=ANY_TEXT, text=ANY_TEXT, html=ANY_TEXT, charset=st.sampled_from(CHARSETS))
def test_a_parser_reads_what_was_composed(subject: str, text: str, html: str, charset: str) -> None:
    message = composed(subject=Content(subject, charset), text=Content(text, charset), html=Content(html, charset))
    found = message_from_bytes(message)
    parts = found.get_payload()
    assert isinstance(parts, list)
    for part, data in zip(parts, (text, html), strict=True):
        payload = part.get_payload(decode=True)
        assert isinstance(payload, bytes)
        assert lines_of(payload.decode(charset, "replace")) == lines_of(representable(data, charset))
    assert found.keys() == ["From", "To", "Subject", "MIME-Version", "Content-Type"]


@given(subject=ANY_TEXT, charset=st.sampled_from(CHARSETS))
def test_a_parser_reads_the_subject_that_was_composed(subject: str, charset: str) -> None:
    from email.header import decode_header, make_header

    assume("=?" not in subject)  # an ASCII subject may be encoded already
    assume(charset != "ISO-2022-JP" or "\x1b" not in subject)  # an escape of its own ends what that charset can say
    raw = message_from_bytes(composed(subject=Content(subject, charset)))["Subject"]
    shown = str(make_header(decode_header(raw.replace("\r\n", ""))))
    if raw.startswith("=?"):
        # Each UTF-16 word has a byte order mark of its own.
        assert shown.replace("\ufeff", "") == representable(subject, charset).replace("\ufeff", "")
    else:
        assert shown.split() == subject.split()


def lines_of(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


@given(st.text(max_size=3000))
def test_every_line_of_a_composed_message_fits(text: str) -> None:
    message = composed(subject=text, text=text, html=text)
    assert all(len(line) <= 998 for line in body(message).split(b"\r\n"))
    assert message.count(b"\r") == message.count(b"\n") == message.count(b"\r\n")
