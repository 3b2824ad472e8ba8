"""HTML as a frame shows it."""

import pytest

from emulator.mime import embedded
from emulator.mime.view import Leaf

PICTURE = Leaf("image/png", None, "inline", "a.png", "pic@x", b"png")
VECTOR = Leaf("image/svg+xml", None, "", None, "v 1", b"<svg/>")
PAGE = Leaf("text/html", None, "", None, "page@x", b"<script>")
SHOWN = "data:image/png;base64,cG5n"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<img src="cid:pic@x">', f'<img src="{SHOWN}">'),
        ("<img src='CID:pic%40x'>", f"<img src='{SHOWN}'>"),
        ("<img src=cid:pic@x>", f"<img src={SHOWN}>"),
        ('<td style="background: url(cid:pic@x)">', f'<td style="background: url({SHOWN})">'),
        ('<img src="cid:v%201">', '<img src="data:image/svg+xml;base64,PHN2Zy8+">'),
        ('<img src="cid:other">', '<img src="cid:other">'),
        ('<iframe src="cid:page@x">', '<iframe src="cid:page@x">'),
        ("write cid:pic@x to show it", "write cid:pic@x to show it"),
    ],
)
def test_the_images_of_the_message_stand_where_they_are_shown(html: str, expected: str) -> None:
    assert embedded.with_images(html, [PICTURE, VECTOR, PAGE]) == expected
    assert embedded.refers_to_parts(html) == ("=" in html)


def test_one_image_over_and_over_does_not_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "MOST_BYTES", 7)
    html = embedded.with_images('<img src="cid:pic@x">' * 10, [PICTURE])
    assert (html.count(SHOWN), html.count("cid:pic@x")) == (2, 8)


@pytest.mark.parametrize("opening", ["", "<!DOCTYPE html>", "\n<!-- by x -->\n<!doctype html PUBLIC 'x'>"])
def test_links_open_elsewhere_and_a_doctype_stays_first(opening: str) -> None:
    html = f"{opening}<html><head><base href='https://example.com/'></head><p>Hi"
    framed = embedded.framed(html, dark=False)
    assert framed == f'{opening}<base target="_blank">{html[len(opening) :]}'
    dark = embedded.framed(html, dark=True)
    assert dark.startswith(f'{opening}<base target="_blank"><style>')
    assert dark.endswith(html[len(opening) :])
