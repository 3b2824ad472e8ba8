"""The first words of a mail, as lists show them."""

import pytest

from emulator.mime.preview import CHARACTERS, preview


@pytest.mark.parametrize(
    ("text", "html", "expected"),
    [
        ("Hello\r\n\r\n  Ann,\tgood day", None, "Hello Ann, good day"),
        ("of the text", "<p>of the HTML</p>", "of the text"),
        (" \n", "<p>of the HTML</p>", "of the HTML"),
        (None, None, ""),
        ("", "", ""),
        (None, "<p>one</p><p>two</p>", "one two"),
        (None, "la<b>zy</b> d<!-- o -->og", "lazy dog"),
        (None, "<head><title>no</title><style>p > a { }</style></head><body>yes", "yes"),
        (None, "<script>no</script>yes<STYLE>no</STYLE >", "yes"),
        (None, "a &lt;b&gt; &amp; gr&uuml;n", "a <b> & grün"),
        (None, "1 < 2 <3", "1 < 2 <3"),
        (None, "words<style>never ended", "words"),
        (None, "words<never ended", "words"),
        (None, "<![CDATA[x]]><?php x ?><!doctype html>yes", "yes"),
        (None, "Sale&nbsp;&zwnj;&nbsp;&zwnj;&#8203;&nbsp;<p>today", "Sale today"),
        (None, "👩\u200d💻 &#x645;&#x6CC;&zwnj;&#x62E;", "👩\u200d💻 \u0645\u06cc\u200c\u062e"),
    ],
)
def test_it_is_what_a_reader_sees_first(text: str | None, html: str | None, expected: str) -> None:
    assert preview(text, html) == expected


@pytest.mark.parametrize("html", ["word " * 1_000, "<p>word</p>" * 1_000, "<b>word </b>" * 1_000])
def test_it_is_short(html: str) -> None:
    assert preview(None, html) == preview(html.replace("<p>", "").replace("</p>", " "), None) or "<b>" in html
    assert CHARACTERS - 5 <= len(preview(None, html)) <= CHARACTERS


@pytest.mark.parametrize("piece", ["<", "<style", "<!--", "<a ", "&nbsp;", "<p>", "<b>x</b>", "&#", "x"])
def test_markup_that_leads_nowhere_is_passed_over_quickly(piece: str) -> None:
    assert len(preview(None, piece * (65_536 // len(piece)))) <= CHARACTERS
