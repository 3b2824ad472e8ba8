"""DMARC: whether a mail is its author's own, and what the author's domain wants done if not."""

from collections.abc import Mapping, Sequence

import pytest

from emulator.mime.dkim_verification import Verification
from emulator.ses import dmarc
from emulator.ses.dmarc import Dmarc

AUTHOR = ["Ann <ann@news.example.com>"]


def evaluated(
    zone: Mapping[str, list[str] | None],
    spf: str | None = None,
    dkim: Sequence[str] = (),
    authors: Sequence[str] = AUTHOR,
) -> Dmarc:
    """What is the case where SPF passed that domain, and DKIM these."""
    signatures = [Verification("pass", domain, f"@{domain}") for domain in dkim]
    return dmarc.evaluated(authors, spf, signatures, lambda name: zone.get(name, []))


def test_without_a_record_there_is_nothing_to_want() -> None:
    assert evaluated({}, "news.example.com") == Dmarc("none", "news.example.com", None)
    assert evaluated({"_dmarc.news.example.com": ["v=spf1 -all", "V=DMARC2; p=reject"]}).result == "none"
    assert evaluated({"_dmarc.news.example.com": ["v=DMARC1; p=reject", "v=DMARC1; p=none"]}).result == "none"


@pytest.mark.parametrize(
    ("record", "domain", "strict", "relaxed"),
    [
        ("p=reject", "news.example.com", "pass", "pass"),
        ("p=reject", "example.com", "pass", "pass"),
        ("p=reject", "other.example.com", "pass", "pass"),
        ("p=reject; aspf=s; adkim=s", "news.example.com", "pass", "pass"),
        ("p=reject; aspf=s; adkim=s", "example.com", "fail", "fail"),
        ("p=reject; aspf=s", "example.com", "fail", "pass"),
        ("p=reject; adkim=S", "example.com", "pass", "fail"),
        ("p=reject", "example.org", "fail", "fail"),
        ("p=reject", "notexample.com", "fail", "fail"),
    ],
)
def test_who_passed_must_be_the_author(record: str, domain: str, strict: str, relaxed: str) -> None:
    zone: dict[str, list[str] | None] = {"_dmarc.news.example.com": [f"v=DMARC1; {record}"]}
    assert evaluated(zone, spf=domain).result == strict
    assert evaluated(zone, dkim=["example.net", domain]).result == relaxed


def test_what_failed_helps_nobody() -> None:
    zone = {"_dmarc.example.com": ["v=DMARC1; p=quarantine"]}
    signature = Verification("fail", "example.com", "@example.com")
    found = dmarc.evaluated(["a@example.com"], None, [signature], lambda name: zone.get(name, []))
    assert found == Dmarc("fail", "example.com", "quarantine")


@pytest.mark.parametrize(
    ("record", "policy"),
    [
        ("v=DMARC1; p=none; sp=reject", "reject"),
        ("v=DMARC1;p=Quarantine", "quarantine"),
        (" v = DMARC1 ; p = reject ; rua=mailto:x@example.com", "reject"),
        ("v=DMARC1; p=nonsense", "none"),
        ("v=DMARC1", "none"),
    ],
)
def test_a_subdomain_is_under_the_policy_of_its_domain(record: str, policy: str) -> None:
    assert evaluated({"_dmarc.example.com": [record]}) == Dmarc("fail", "news.example.com", policy)


def test_a_subdomains_own_policy_comes_first() -> None:
    zone: dict[str, list[str] | None] = {
        "_dmarc.news.example.com": ["v=DMARC1; p=none; sp=reject"],
        "_dmarc.example.com": ["v=DMARC1; p=reject"],
    }
    assert evaluated(zone).policy == "none"


def test_a_server_that_does_not_answer_is_an_error_for_now() -> None:
    assert evaluated({"_dmarc.news.example.com": None}) == Dmarc("temperror", "news.example.com", None)
    assert evaluated({"_dmarc.example.com": None}).result == "temperror"


@pytest.mark.parametrize(
    "authors",
    [
        [],
        ["a@example.com", "a@example.com"],
        ["a@example.com, b@example.org"],
        ["nobody"],
        [""],
    ],
)
def test_an_author_that_is_not_one_is_an_error_for_good(authors: list[str]) -> None:
    assert evaluated({}, authors=authors) == Dmarc("permerror", None, None)


def test_several_authors_of_one_domain_are_one() -> None:
    assert evaluated({}, authors=["a@Example.com, B <b@example.COM>"]).domain == "example.com"


@pytest.mark.parametrize(
    ("domain", "organization"),
    [
        ("example.com", "example.com"),
        ("a.b.example.com", "example.com"),
        ("a.example.co.uk", "example.co.uk"),
        ("co.uk", "co.uk"),
        ("a.b.example.de", "example.de"),
        ("localhost", "localhost"),
    ],
)
def test_the_domain_that_somebody_registered(domain: str, organization: str) -> None:
    assert dmarc.organizational_domain(domain) == organization
