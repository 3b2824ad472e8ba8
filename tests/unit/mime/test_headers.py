"""The header block of a raw message is read and refused as SES does it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.mime import headers
from emulator.mime.extensions import forbidden_filename
from emulator.mime.headers import Field, MimeFault, Parsed

PLAIN = b"From: a@x.com\r\nSubject: Hi\r\n"


def fault(message: bytes) -> str:
    with pytest.raises(MimeFault) as caught:
        headers.parse(message)
    return str(caught.value)


def pairs(message: bytes) -> list[tuple[str, str]]:
    return [(field.name, field.value) for field in headers.parse(message).fields]


def test_the_fields_and_the_start_of_the_body_are_found() -> None:
    message = PLAIN + b"\r\nbody\r\n\r\nmore"
    found = headers.parse(message)
    assert found == Parsed((Field("From", "a@x.com"), Field("Subject", "Hi")), len(PLAIN) + 2)
    assert message[found.body_start :] == b"body\r\n\r\nmore"


def test_a_message_of_zero_bytes_has_no_fields() -> None:
    assert headers.parse(b"") == Parsed((), 0)


def test_a_message_that_begins_with_an_empty_line_has_no_fields() -> None:
    assert headers.parse(b"\r\nbody: text") == Parsed((), 2)


@pytest.mark.parametrize("message", [PLAIN, PLAIN.removesuffix(b"\r\n")])
def test_a_message_without_a_body_is_all_header(message: bytes) -> None:
    assert len(headers.parse(message).fields) == 2
    assert headers.parse(message).body_start == len(message)


def test_a_folded_value_has_one_blank_in_place_of_the_fold() -> None:
    message = b'Content-Type: multipart/alternative; \r\n\tboundary="b"\r\nSubject:\r\n  a\r\n \t b\r\n\r\n'
    assert pairs(message) == [("Content-Type", 'multipart/alternative;  boundary="b"'), ("Subject", "a b")]


def test_header_bytes_are_utf_8_or_else_latin_1() -> None:
    assert pairs("Subject: Grüße".encode()) == [("Subject", "Grüße")]
    assert pairs(b"Subject: Gr\xfc\xdfe\r\nX-A: \xc3\xa4\r\n\r\n") == [("Subject", "Grüße"), ("X-A", "ä")]


def test_headers_are_found_by_name_in_any_case() -> None:
    fields = headers.parse(b"To: a@x\r\nTO: b@x\r\nX-A: 1\r\n\r\n").fields
    assert headers.first(fields, "to") == "a@x"
    assert headers.all_values(fields, "To") == ["a@x", "b@x"]
    assert headers.first(fields, "Cc") is None
    assert headers.all_values(fields, "Cc") == []


def test_a_line_that_is_no_header_is_quoted_up_to_its_first_colon() -> None:
    doctype = (
        b'<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1.dtd">'
    )
    assert fault(PLAIN + doctype) == (
        'Illegal header \'<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http\'.'
    )


@pytest.mark.parametrize("line", ["Hello there", "x" * 9000, "Übung", "é: 1".partition(":")[0]])
def test_a_line_without_a_colon_is_quoted_whole(line: str) -> None:
    assert fault(PLAIN + line.encode()) == f"Illegal header '{line}'."


@pytest.mark.parametrize("line", [b": x", b" : x", b":"])
def test_an_empty_header_name_is_refused(line: bytes) -> None:
    assert fault(line + b"\r\n\r\n") == "Empty header names are illegal."


def test_a_continuation_without_a_header_is_refused() -> None:
    assert fault(b" Subject: x\r\n\r\n") == "Illegal header ' Subject'."


@pytest.mark.parametrize(
    "name", ["Content-Type", "List-Unsubscribe", "Delivered-To", "DKIM-Signature", "MIME-Version", "Message-ID", "From"]
)
def test_a_second_header_of_a_name_that_may_occur_once_is_refused(name: str) -> None:
    message = f"{name.lower()}: text/plain\r\nX-Other: 1\r\n{name}: text/plain\r\n\r\n".encode()
    assert fault(message) == f"Duplicate header '{name}'."


@pytest.mark.parametrize("name", ["To", "Cc", "Bcc", "Received", "X-Anything"])
def test_other_headers_may_be_repeated(name: str) -> None:
    assert len(pairs(f"{name}: a@x\r\n{name}: b@x\r\n\r\n".encode())) == 2


def test_one_header_that_is_too_long_is_named() -> None:
    assert pairs(b"List-Unsubscribe: " + b"x" * 9_982)[0][0] == "List-Unsubscribe"
    assert fault(b"List-Unsubscribe: " + b"x" * 9_983) == "Header too long: 'List-Unsubscribe'."
    folded = b"List-Unsubscribe: a" + b"\r\n " + b"\r\n ".join([b"x" * 500] * 20)
    assert fault(folded) == "Header too long: 'List-Unsubscribe'."


def test_a_header_section_that_is_too_long_is_refused_before_its_lines_are_read() -> None:
    assert fault(PLAIN + b"<p>no empty line</p>\r\n" * 5_000) == "Header section too long."


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("text", "Expected '/', got null"),
        ("text; charset=utf-8", "Expected '/', got ;"),
        ("", "Expected MIME type, got null"),
        ("/plain", "Expected MIME type, got /"),
        ('"text"/plain', "Expected MIME type, got text"),
        ("text/", "Expected MIME subtype, got null"),
        ("text/;", "Expected MIME subtype, got ;"),
        ("text/plain; charset", "Expected '=', got \"null\""),
        ("text/plain; charset utf-8", "Expected '=', got \"utf-8\""),
        ("text/plain charset=utf-8", "Expected ';', got \"charset\""),
        ("text/plain; =utf-8", 'Expected parameter name, got "="'),
        ("text/plain;; charset=utf-8", 'Expected parameter name, got ";"'),
        ("text/plain; charset=", 'Expected parameter value, got "null"'),
        ("text/plain; charset=;", 'Expected parameter value, got ";"'),
        ("text/plain; name=a b.txt", "Expected ';', got \"b.txt\""),
        ("text/plain; name=ä", 'Expected parameter value, got "ä"'),
        ('text/plain; name="a', "Unbalanced quoted string"),
        ("text/plain (comment", "Unbalanced comments"),
    ],
)
def test_a_faulty_content_type_is_refused_in_the_words_of_javamail(value: str, message: str) -> None:
    assert fault(f"Content-Type: {value}\r\n\r\n".encode()) == message


@pytest.mark.parametrize(
    "value",
    [
        "text/plain",
        "text/plain;",
        'multipart/mixed; \r\n\tboundary="=_a b/c"',
        "text/plain; charset=utf-8; format=flowed",
        "text/plain (a (nested) \\) comment); charset = utf-8 (again)",
        'application/pdf; name="Grüße \\"quoted\\".pdf"',
        "application/pdf; name*0*=utf-8''a; name*1*=b.pdf",
    ],
)
def test_a_sound_content_type_is_accepted(value: str) -> None:
    assert len(pairs(f"Content-Type: {value}\r\n\r\n".encode())) == 1


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("attachment; filename=my report.pdf", "Expected ';', got \"report.pdf\""),
        ("attachment; filename", "Expected '=', got \"null\""),
        ("attachment/x", "Expected ';', got \"/\""),
        ("", "Expected disposition, got null"),
    ],
)
def test_a_faulty_content_disposition_is_refused(value: str, message: str) -> None:
    assert fault(f"Content-Disposition: {value}\r\n\r\n".encode()) == message
    assert headers.parse(b"Content-Disposition: attachment; filename=report.pdf\r\n\r\n")


def test_a_header_line_comes_before_the_content_type_in_the_order_of_faults() -> None:
    assert fault(b"Content-Type: text\r\nno header\r\n\r\n") == "Illegal header 'no header'."


def test_the_empty_line_behind_the_arn_headers_of_the_documented_sample_is_passed_over() -> None:
    arns = b"X-SES-SOURCE-ARN: arn:a\r\nX-SES-FROM-ARN: arn:b\r\n\tc\r\nx-ses-return-path-arn: arn:c\r\n"
    message = arns + b"\r\n" + PLAIN + b"\r\nbody"
    found = headers.parse(message)
    assert [field.name for field in found.fields][2:] == ["x-ses-return-path-arn", "From", "Subject"]
    assert message[found.body_start :] == b"body"


@pytest.mark.parametrize(
    "message",
    [
        b"X-SES-SOURCE-ARN: a\r\n\r\nDear reader,\r\nFrom: here on",
        b"X-SES-SOURCE-ARN: a\r\nFrom: a@x.com\r\n\r\nNote: hi",
        b"X-SES-SOURCE-ARN: a\r\n\r\n",
    ],
)
def test_any_other_empty_line_ends_the_header(message: bytes) -> None:
    assert headers.parse(message).body_start == message.index(b"\r\n\r\n") + 4


@pytest.mark.parametrize("raw", [b"a\nb\n", b"a\rb\r", b"a\r\nb\n", b"a\nb\r", b"a\r\nb\r"])
def test_bare_line_ends_become_crlf(raw: bytes) -> None:
    assert headers.normalise(raw).startswith(b"a\r\nb")
    assert headers.normalise(raw).removesuffix(b"\r\n") == b"a\r\nb"


def test_a_message_with_crlf_line_ends_stays_the_same_object() -> None:
    for raw in (b"", b"no line", PLAIN):
        assert headers.normalise(raw) is raw


@given(st.binary() | st.text('\r\nab: \t;/="(\\', max_size=80).map(str.encode))
def test_any_bytes_are_parsed_or_refused(raw: bytes) -> None:
    message = headers.normalise(raw)
    assert message.count(b"\r") == message.count(b"\n") == message.count(b"\r\n")
    list(headers.filenames(message, 0))
    for each in (raw, message, b"Content-Type: " + message, b"Content-Disposition: a; b=" + message):
        try:
            found = headers.parse(each)
        except MimeFault:
            continue
        assert 0 <= found.body_start <= len(each)
        "".join(field.name + field.value for field in found.fields).encode()


def part(disposition: str) -> str:
    return f"--b\r\nContent-Type: application/octet-stream\r\n{disposition}\r\n\r\nQUJD\r\n"


def test_the_file_names_of_all_parts_are_found() -> None:
    message = (
        'Content-Type: multipart/mixed; boundary=b; name="top.txt"\r\n\r\n'
        + part("Content-Disposition: attachment; filename=plain.exe")
        + part('Content-Disposition: attachment;\r\n filename="quoted \\"name\\".com"')
        + part("Content-Disposition: attachment; filename*=utf-8''na%C3%AFve%2Ebat")
        + part("Content-Disposition: attachment; filename*0=long; filename*1=name.vbs")
        + part('Content-Disposition: attachment; filename="=?UTF-8?Q?gr=C3=BC=C3=9Fe.pdf?="')
        + part("content-type: text/x; NAME = my file.js ; x=y")
        + "--b\r\n\r\nfilename=not.one\r\n--b--\r\n"
    ).encode()
    body_start = headers.parse(message).body_start
    assert list(headers.filenames(message, body_start)) == [
        "top.txt",
        "plain.exe",
        'quoted "name".com',
        "naïve.bat",
        "longname.vbs",
        "grüße.pdf",
        "my file.js",
    ]


@pytest.mark.parametrize("name", ["a.exe", "A.EXE", "report.pdf.js", "x.ps1xml", "trailing.bat. ", ".vbs"])
def test_an_attachment_that_could_be_run_is_forbidden(name: str) -> None:
    assert forbidden_filename(name)


@pytest.mark.parametrize("name", ["a.pdf", "exe", "a.exe.zip", "", "a.", "a.ex"])
def test_other_attachments_are_not_forbidden(name: str) -> None:
    assert not forbidden_filename(name)
