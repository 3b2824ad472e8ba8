"""The inbox's files: the page at `/`, and what it loads."""

import gzip
import re

import pytest

from emulator.http import pages
from tests.support import aws
from tests.support.aws import Account, Answer


def load(account: Account, path: str, **headers: str) -> Answer:
    return aws.request(account.url, "GET", path, None, {name.replace("_", "-"): each for name, each in headers.items()})


def test_the_inbox_is_what_a_browser_sees_first(account: Account) -> None:
    answer = load(account, "/")
    assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert answer.body == (pages.FOLDER / "index.html").read_bytes()
    assert load(account, "/?from=a-link", Accept="text/html,*/*").body == answer.body


@pytest.mark.parametrize("path", ["/inbox", "/inbox/"])
def test_who_looks_for_the_inbox_by_its_name_is_led_to_it(account: Account, path: str) -> None:
    answer = load(account, path)
    assert (answer.status, answer.headers["location"]) == (302, "/")


def test_all_that_the_page_loads_is_there_and_its_own(account: Account) -> None:
    loaded = re.findall(r'(?:src|href)="([^"]+)"', load(account, "/").text)
    assert len(loaded) >= 2
    for url in loaded:
        assert url.startswith("/inbox/")
        assert load(account, url).status == 200


def test_a_page_loads_nothing_from_elsewhere_and_is_shown_in_no_frame(account: Account) -> None:
    policy = load(account, "/").headers["content-security-policy"].split("; ")
    assert {"default-src 'none'", "script-src 'self'", "base-uri 'none'", "frame-ancestors 'none'"} <= set(policy)
    assert "unsafe" not in "".join(policy)


def test_what_stands_in_the_page_around_a_template_runs_and_loads_nothing(account: Account) -> None:
    policy = load(account, "/inbox/still.html").headers["content-security-policy"].split("; ")
    assert {"default-src 'none'", "img-src data:", "base-uri 'none'", "form-action 'none'"} <= set(policy)
    assert "frame-ancestors 'self'" in policy
    assert not [each for each in policy if "script" in each or "http" in each]


def test_a_browser_that_has_a_file_is_told_so(account: Account) -> None:
    first = load(account, "/inbox/app.js")
    assert first.headers["cache-control"] == "no-cache"
    again = load(account, "/inbox/app.js", If_None_Match=first.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    assert load(account, "/inbox/app.js", If_None_Match='"another"').body == first.body


def test_files_are_packed_for_whom_unpacks_them(account: Account) -> None:
    plain, packed = load(account, "/inbox/app.js"), load(account, "/inbox/app.js", Accept_Encoding="br, gzip")
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"
    assert gzip.decompress(packed.body) == plain.body
    assert len(packed.body) < len(plain.body) / 2
    assert "content-encoding" not in load(account, "/inbox/app.js", Accept_Encoding="gzip;q=0").headers


def test_the_first_paint_is_small(account: Account) -> None:
    urls = {"/", *re.findall(r'(?:src|href)="([^"]+)"', load(account, "/").text)}
    assert sum(len(load(account, url, Accept_Encoding="gzip").body) for url in urls) < 200_000


@pytest.mark.parametrize(
    "path",
    [
        "/inbox/nothing.js",
        "/inbox/../pages.py",
        "/inbox/%2e%2e/pages.py",
        "/inbox/..%2fpages.py",
        "/inbox/%2e%2e%5cpages.py",
        "/inbox//etc/passwd",
        "/inbox/%2fetc%2fpasswd",
        "/inbox/app.js%00",
        "/inbox/../../../settings.py",
    ],
)
def test_no_other_file_is_given_out(account: Account, path: str) -> None:
    answer = load(account, path)
    assert answer.status in (404, 308)
    assert b"import" not in answer.body
