"""The tree of a message's parts."""

import base64

from emulator.mime import parts
from tests.support.mail import document

NESTED = document(
    "Subject: outer",
    "Content-Type: multipart/mixed; boundary=a",
    body="\r\n".join(
        [
            "--a",
            "Content-Type: multipart/alternative; boundary=b",
            "",
            "--b",
            "Content-Type: text/plain; charset=utf-8",
            "",
            "hello",
            "--b",
            "Content-Type: text/html",
            "Content-Transfer-Encoding: Quoted-Printable",
            "",
            "a=3Db",
            "--b--",
            "--a",
            'Content-Type: image/png; name="=?utf-8?q?=C3=A4.png?="',
            "Content-ID: <pic@x>",
            "Content-Disposition: inline",
            "Content-Transfer-Encoding: base64",
            "",
            base64.b64encode(b"picture").decode(),
            "--a",
            "Content-Type: message/rfc822",
            "Content-Disposition: attachment; filename=inner.eml",
            "",
            "Subject: inner",
            "",
            "within",
            "--a--",
        ]
    ),
)


def test_each_part_comes_before_those_that_are_within_it() -> None:
    shown = [(each.path, each.depth, each.content_type, each.size) for each in parts.tree(NESTED)]
    assert shown == [
        ("1", 1, "multipart/mixed", 21),
        ("1.1", 2, "multipart/alternative", 8),
        ("1.1.1", 3, "text/plain", 5),
        ("1.1.2", 3, "text/html", 3),
        ("1.2", 2, "image/png", 7),
        ("1.3", 2, "message/rfc822", 6),
        ("1.3.1", 3, "text/plain", 6),
    ]


def test_a_part_is_described_by_its_header() -> None:
    found = {each.path: each for each in parts.tree(NESTED)}
    assert found["1.1.1"].charset == "utf-8"
    assert found["1.1.2"].encoding == "quoted-printable"
    picture = found["1.2"]
    assert (picture.filename, picture.content_id, picture.disposition) == ("ä.png", "pic@x", "inline")
    assert (found["1.3"].filename, found["1.3"].disposition) == ("inner.eml", "attachment")
    assert found["1"].encoding is None


def test_the_bytes_of_a_part_are_decoded() -> None:
    def content(path: str) -> bytes:
        found = parts.content(NESTED, path)
        assert found
        return found[1]

    assert content("1.1.2") == b"a=b"
    assert content("1.2") == b"picture"
    assert content("1.3").startswith(b"Subject: inner\r\n\r\nwithin")
    assert content("1.1").startswith(b"Content-Type: multipart/alternative; boundary=b\r\n\r\n--b")
    assert content("1").startswith(b"Subject: outer\r\n")
    assert content("1").rstrip().endswith(b"within\r\n--a--")


def test_there_is_no_part_at_another_path() -> None:
    for path in ("", "0", "2", "1.4", "1.1.1.1", "x"):
        assert parts.content(NESTED, path) is None


def test_a_message_of_one_part_has_one() -> None:
    (part,) = parts.tree(document("Subject: x", body="hello"))
    assert (part.path, part.content_type, part.size, part.encoding, part.disposition) == (
        "1",
        "text/plain",
        5,
        None,
        None,
    )


def test_a_large_part_is_whole() -> None:
    data = bytes(range(256)) * 100
    encoded = base64.encodebytes(data).decode().replace("\n", "\r\n")
    message = document(
        "Content-Type: multipart/mixed; boundary=a",
        body=f"--a\r\nContent-Type: application/x\r\nContent-Transfer-Encoding: base64\r\n\r\n{encoded}\r\n--a--",
    )
    assert [each.size for each in parts.tree(message)] == [len(data), len(data)]
    assert parts.content(message, "1.1") == (parts.tree(message)[1], data)
    source = parts.content(message, "1")
    assert source
    assert base64.b64encode(data[:30]) in source[1]


def test_there_is_an_end_to_what_is_shown() -> None:
    many = document("Content-Type: multipart/mixed; boundary=a", body="--a\r\n\r\nx\r\n" * 2_000 + "--a--")
    assert len(parts.tree(many)) == parts.MOST
    deep = document(*(f"Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}" for n in range(2_000)))
    assert parts.tree(deep)


def test_what_is_no_mime_is_one_text() -> None:
    assert parts.tree(b"\0\xff\xfe")[0].content_type == "text/plain"
    assert parts.content(b"", "1") == (parts.tree(b"")[0], b"")
