"""Images within HTML become parts of the message."""

import base64
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.mime import compose
from emulator.mime.images import detached, related

RED, BLUE = "data:image/png;base64,AAAA", "data:image/png;base64,BBBB"


def shown(html: str) -> tuple[str, int]:
    """The HTML with the number of its image in the place of each Content-ID, and how many there are."""
    found = detached(html)
    text = found.html
    for number, image in enumerate(found.images):
        text = text.replace(image.content_id, str(number))
    return text, len(found.images)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        (f'<img src="{RED}">', '<img src="cid:0">'),
        (f'<p>a</p><img alt="" src="{RED}"/>b', '<p>a</p><img alt="" src="cid:0"/>b'),
        (f"<img src='{RED}' width=1>", "<img src='cid:0' width=1>"),
        (f'<IMG\n  SRC = "{RED.upper().replace("AAAA", "aaaa")}" >', '<IMG\n  SRC = "cid:0" >'),
        (f'<img/src="{RED}">', '<img/src="cid:0">'),
        (f'<img alt="a > b" title=\'"\'src="{RED}">', '<img alt="a > b" title=\'"\'src="cid:0">'),
        (f'<!-- <img src="{RED}"> -->', '<!-- <img src="cid:0"> -->'),
        ('<img src=" data:image/svg+xml;charset=utf-8;base64,AA\n\tAA ">', '<img src="cid:0">'),
        ('<img src="data:image/png;base64,AAA">', '<img src="cid:0">'),
    ],
)
def test_an_image_is_replaced_by_a_reference_and_all_else_stays(html: str, expected: str) -> None:
    assert shown(html) == (expected, 1)


@pytest.mark.parametrize(
    "html",
    [
        "",
        "<p>Hi</p>",
        '<img src="https://example.com/a.png">',
        '<img src="cid:a@b">',
        '<img src="data:image/png;base64,">',
        '<img src="data:image/png;base64,A">',
        '<img src="data:image/png;base64,AA=A">',
        '<img src="data:image/png;base64,AAAA=">',
        '<img src="data:image/png;base64,A%3D">',
        '<img src="data:image/png;base64,-_-_">',
        '<img src="data:image/png;base64,ÄÄÄÄ">',
        '<img src="data:image/png,AAAA">',
        '<img src="data:text/html;base64,AAAA">',
        '<img src="data:image/png\r\nBcc: a;base64,AAAA">',
        f'<img src="{RED}>',
        f"<img src='{RED}\">",
        f"<img src={RED}>",
        f'<img data-src="{RED}">',
        f"<img alt=' src=\"{RED}\"'>",
        f'<img> src="{RED}"',
        f'<image src="{RED}">',
        f'<p style="background: url({RED})" src="{RED}">',
        f'<img \u017frc="{RED}">',
    ],
)
def test_what_is_no_image_in_base64_stays(html: str) -> None:
    assert detached(html) == (html, ())


def test_the_same_image_twice_is_one() -> None:
    html = f'<img src="{RED}"><img src="{BLUE}"><img src="data:image/png;base64,AA AA"><img src="{RED}">'
    assert shown(html) == ('<img src="cid:0"><img src="cid:1"><img src="cid:0"><img src="cid:0">', 2)


def test_the_same_bytes_of_another_type_are_another_image() -> None:
    found = detached(f'<img src="{RED}"><img src="{RED.replace("png", "GIF")}">')
    assert [each.content_type for each in found.images] == ["image/png", "image/gif"]
    assert len({each.content_id for each in found.images}) == 2


def test_of_two_sources_the_first_counts() -> None:
    assert shown(f'<img src="{RED}" src="{BLUE}">') == (f'<img src="cid:0" src="{BLUE}">', 1)


@given(st.lists(st.sampled_from(["<img ", "src=", '"', "'", RED, BLUE, ">", " ", "/", "a"]), max_size=20))
def test_html_is_the_same_when_its_images_are_put_back(pieces: list[str]) -> None:
    html = "".join(pieces)
    found = detached(html)
    restored = found.html
    for image in found.images:
        restored = restored.replace(f"cid:{image.content_id}", RED if image.data == bytes(3) else BLUE)
    assert restored == html


def message(html: str, subject: str = "Hi") -> tuple[bytes, EmailMessage]:
    """The composed message with its images, as bytes and as the standard library reads it."""
    found = detached(html)
    composed = compose.compose(
        source="ann@example.com",
        reply_to=(),
        to=("bob@example.net",),
        cc=(),
        subject=compose.Content(subject, None),
        text=None,
        html=compose.Content(found.html, None),
        boundary="",
    )
    made = related(composed, found.images, "=b")
    read = message_from_bytes(made, policy=policy.default)
    assert isinstance(read, EmailMessage)
    return made, read


def test_a_message_holds_its_html_and_then_each_image() -> None:
    made, _ = message(f'ü\n<img src="{RED}">')
    identity = detached(f'<img src="{RED}">').images[0].content_id
    assert made.decode().split("\r\n") == [
        "From: ann@example.com",
        "To: bob@example.net",
        "Subject: Hi",
        "MIME-Version: 1.0",
        'Content-Type: multipart/related; type="text/html"; ',
        '\tboundary="=b"',
        "",
        "--=b",
        "Content-Type: text/html; charset=UTF-8",
        "Content-Transfer-Encoding: quoted-printable",
        "",
        "=C3=BC",
        f'<img src=3D"cid:{identity}">',
        "--=b",
        "Content-Type: image/png",
        "Content-Transfer-Encoding: base64",
        f"Content-ID: <{identity}>",
        "Content-Disposition: inline",
        "",
        "AAAA",
        "--=b--",
        "",
    ]


@pytest.mark.parametrize("size", [1, 56, 57, 58, 1000])
def test_an_image_of_any_size_arrives_in_lines_of_76(size: int) -> None:
    data = bytes(each % 256 for each in range(size))
    made, read = message(f'<img src="data:image/png;base64,{base64.b64encode(data).decode()}">')
    _, image = read.iter_parts()
    assert image.get_content() == data
    assert max(map(len, made.split(b"\r\n"))) <= 76


def test_a_subject_cannot_pass_for_the_place_where_the_parts_begin() -> None:
    subject = f"{'x' * 60} MIME-Version: 1.0 {'y' * 60} MIME-Version: 1.0 {'z' * 70}"
    _, read = message(f'<img src="{RED}">', subject)
    assert (read["Subject"], len(list(read.iter_parts()))) == (subject, 2)
