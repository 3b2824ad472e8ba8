"""Whether a domain lets a host send its mail: RFC 7208, rule by rule, and what nobody can make of it."""

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.spf import evaluate
from emulator.spf.evaluate import Lookup, Result

IP, IPV6 = "192.0.2.10", "2001:db8::10"
SENDER, HELO = "alice@example.org", "mx.example.org"
Zone = Mapping[tuple[str, str], Sequence[str] | None]


def finding(zone: Zone) -> Lookup:
    """A look-up in the zone, where a None is a server that does not answer."""

    def find(name: str, record_type: str) -> list[str] | None:
        found = zone.get((name.rstrip(".").lower(), record_type), ())
        return None if found is None else list(found)

    return find


def checked(record: str, zone: Zone | None = None, ip: str = IP, sender: str = SENDER, helo: str = HELO) -> str:
    """The result where example.org has this record."""
    there: Zone = {("example.org", "TXT"): [record], **(zone or {})}
    return evaluate.check(ip, sender, helo, finding(there)).result


@pytest.mark.parametrize(
    ("record", "result"),
    [
        ("v=spf1 -all", "fail"),
        ("v=spf1 ~all", "softfail"),
        ("v=spf1 ?all", "neutral"),
        ("v=spf1 +all", "pass"),
        ("v=spf1 all", "pass"),
        ("V=SPF1 ALL", "pass"),
        ("v=spf1", "neutral"),
        ("v=spf1  ip4:192.0.2.10  -all ", "pass"),
        ("v=spf1 ip4:192.0.2.0/24 -all", "pass"),
        ("v=spf1 ip4:192.0.2.11 -all", "fail"),
        ("v=spf1 ip6:2001:db8::/32 -all", "fail"),
        ("v=spf1 -ip4:192.0.2.10 +all", "fail"),
        ("v=spf1 op=one.thing other=%{d} -all", "fail"),
    ],
)
def test_a_record_is_read_from_left_to_right(record: str, result: str) -> None:
    assert checked(record) == result


@pytest.mark.parametrize(
    "record",
    [
        *(
            "v=spf1 alll",
            "v=spf1 all:x",
            "v=spf1 include",
            "v=spf1 ip4",
            "v=spf1 ip4:",
            "v=spf1 ip4:1.2.3",
            "v=spf1 exists",
        ),
        *("v=spf1 ip4:192.0.2.10/33", "v=spf1 ip4:192.0.2.10/032", "v=spf1 ip4:::1", "v=spf1 ip6:192.0.2.10"),
        *(
            "v=spf1 a/33",
            "v=spf1 a//129",
            "v=spf1 a:",
            "v=spf1 a:192.0.2.10",
            "v=spf1 a:example.org:8080",
            "v=spf1 mx=x y",
        ),
        *("v=spf1 redirect=a.example redirect=b.example", "v=spf1 exp=a.example exp=b.example", "v=spf1 redirect="),
        *("v=spf1 exists:%{x}.example.org", "v=spf1 exists:%{d", "v=spf1 exists:%", "v=spf1 exists:%{r}.example.org"),
        *("v=spf1 include:example", "v=spf1 x=%", "v=spf1 -al\u00e4l", "v=spf1 a;b", "v=spf1 ip4:192.0.2.10,-all"),
    ],
)
def test_a_record_with_any_fault_is_an_error_for_good(record: str) -> None:
    assert checked(f"v=spf1 +all {record.removeprefix('v=spf1 ')}") == "permerror"


def test_a_domain_without_a_record_says_nothing() -> None:
    assert evaluate.check(IP, SENDER, HELO, finding({})) == Result("none", "example.org")
    assert checked("v=spf10 -all") == "none"
    assert checked("spf2.0/pra -all") == "none"


@pytest.mark.parametrize("domain", ["localhost", "a..example", f"{'a' * 64}.example", "", "[192.0.2.10]"])
def test_what_is_no_domain_says_nothing(domain: str) -> None:
    assert checked("v=spf1 -all", sender=f"alice@{domain}", helo=domain) == "none"


def test_several_records_are_an_error() -> None:
    zone = {("example.org", "TXT"): ["v=spf1 +all", "v=spf1 -all", "other"]}
    assert evaluate.check(IP, SENDER, HELO, finding(zone)).result == "permerror"


def test_a_server_that_does_not_answer_is_an_error_for_now() -> None:
    assert evaluate.check(IP, SENDER, HELO, finding({("example.org", "TXT"): None})).result == "temperror"
    for record, place in (
        ("v=spf1 a -all", ("example.org", "A")),
        ("v=spf1 mx -all", ("example.org", "MX")),
        ("v=spf1 include:b.example -all", ("b.example", "TXT")),
        ("v=spf1 redirect=b.example", ("b.example", "TXT")),
    ):
        assert checked(record, {place: None}) == "temperror"
    assert checked("v=spf1 ptr -all", {("10.2.0.192.in-addr.arpa", "PTR"): None}) == "fail"


def test_a_mail_without_a_sender_is_the_hosts() -> None:
    zone = {
        ("mx.example.org", "TXT"): ["v=spf1 exists:%{l}.%{o}.example -all"],
        ("postmaster.mx.example.org.example", "A"): [IP],
    }
    assert evaluate.check(IP, "", HELO, finding(zone)) == Result("pass", "mx.example.org")


# ---- mechanisms


def test_the_addresses_of_a_domain() -> None:
    zone: Zone = {
        ("example.org", "A"): ["192.0.2.10"],
        ("b.example", "A"): ["192.0.2.99"],
        ("example.org", "AAAA"): [IPV6],
    }
    assert checked("v=spf1 a -all", zone) == "pass"
    assert checked("v=spf1 a:b.example -all", zone) == "fail"
    assert checked("v=spf1 a:b.example/24 -all", zone) == "pass"
    assert checked("v=spf1 a -all", zone, ip=IPV6) == "pass"
    assert checked("v=spf1 a//64 -all", zone, ip="2001:db8::ffff") == "pass"
    assert checked("v=spf1 a/8//128 -all", zone, ip="2001:db8::ffff") == "fail"


def test_the_hosts_that_receive_for_a_domain() -> None:
    zone: Zone = {
        ("example.org", "MX"): ["10 mx1.example.org.", "20 mx2.example.org."],
        ("mx1.example.org", "A"): ["192.0.2.1"],
        ("mx2.example.org", "A"): ["192.0.2.10"],
    }
    assert checked("v=spf1 mx -all", zone) == "pass"
    assert checked("v=spf1 mx -all", zone, ip="192.0.2.2") == "fail"
    assert checked("v=spf1 mx/24 -all", zone, ip="192.0.2.2") == "pass"
    assert checked("v=spf1 mx -all", {("example.org", "MX"): [f"10 m{n}.example" for n in range(11)]}) == "permerror"


def test_an_address_that_leads_to_a_name_and_back() -> None:
    back = {("host.example.org", "A"): [IP]}
    zone: Zone = {("10.2.0.192.in-addr.arpa", "PTR"): ["other.example.", "host.example.org."], **back}
    assert checked("v=spf1 ptr -all", zone) == "pass"
    assert checked("v=spf1 ptr:example -all", {("10.2.0.192.in-addr.arpa", "PTR"): ["h.example"]}) == "permerror"
    assert checked("v=spf1 ptr:b.example -all", zone) == "fail"
    assert checked("v=spf1 ptr -all", {("10.2.0.192.in-addr.arpa", "PTR"): ["host.example.org"]}) == "fail"


def test_a_name_that_exists() -> None:
    zone: Zone = {("192.0.2.10._spf.example.org", "A"): ["127.0.0.2"]}
    assert checked("v=spf1 exists:%{i}._spf.%{d} -all", zone) == "pass"
    assert checked("v=spf1 exists:%{i}._spf.%{d} -all", zone, ip="192.0.2.11") == "fail"


@pytest.mark.parametrize(
    ("theirs", "result"),
    [
        (["v=spf1 +all"], "pass"),
        (["v=spf1 -all"], "fail"),
        (["v=spf1 ~all"], "fail"),
        (["v=spf1 ?all"], "fail"),
        ([], "permerror"),
        (["v=spf1 nonsense"], "permerror"),
    ],
)
def test_another_domains_record_is_asked_whether_it_passes(theirs: list[str], result: str) -> None:
    assert checked("v=spf1 include:b.example -all", {("b.example", "TXT"): theirs}) == result


def test_the_domain_that_has_the_say_is_that_of_the_sender_or_where_it_redirects() -> None:
    zone: Zone = {
        ("example.org", "TXT"): ["v=spf1 redirect=_spf.example.net"],
        ("_spf.example.net", "TXT"): ["v=spf1 include:b.example -all"],
        ("b.example", "TXT"): ["v=spf1 redirect=c.example"],
        ("c.example", "TXT"): ["v=spf1 ip4:192.0.2.0/24 -all"],
    }
    assert evaluate.check(IP, SENDER, HELO, finding(zone)) == Result("pass", "_spf.example.net")
    assert evaluate.check("198.51.100.1", SENDER, HELO, finding(zone)) == Result("fail", "_spf.example.net")


def test_a_domain_that_redirects_to_none_is_in_error() -> None:
    assert checked("v=spf1 redirect=b.example") == "permerror"
    assert checked("v=spf1 -all redirect=b.example") == "fail"
    assert (
        checked("v=spf1 include:b.example -all", {("b.example", "TXT"): ["v=spf1 redirect=c.example"]}) == "permerror"
    )


# ---- bounds


def test_there_is_an_end_to_asking() -> None:
    ten: Zone = {(f"n{n}.example", "TXT"): ["v=spf1 -all"] for n in range(11)}
    includes = [f"include:n{n}.example" for n in range(11)]
    assert checked(f"v=spf1 {' '.join(includes[:10])} +all", ten) == "pass"
    assert checked(f"v=spf1 {' '.join(includes)} +all", ten) == "permerror"


@pytest.mark.parametrize("record", ["v=spf1 include:example.org -all", "v=spf1 redirect=example.org"])
def test_a_record_that_asks_itself_is_an_error(record: str) -> None:
    assert checked(record) == "permerror"


def test_names_without_addresses_are_soon_too_many() -> None:
    assert checked("v=spf1 a:one.example a:two.example +all") == "pass"
    assert checked("v=spf1 a:one.example a:two.example a:three.example +all") == "permerror"


# ---- macros


@pytest.mark.parametrize(
    ("macro", "name"),
    [
        ("%{s}", "strong-bad@email.example.com"),
        ("%{o}", "email.example.com"),
        ("%{d}", "email.example.com"),
        ("%{d4}", "email.example.com"),
        ("%{d3}", "email.example.com"),
        ("%{d2}", "example.com"),
        ("%{d1}", "com"),
        ("%{dr}", "com.example.email"),
        ("%{d2r}", "example.email"),
        ("%{l}", "strong-bad"),
        ("%{l-}", "strong.bad"),
        ("%{lr}", "strong-bad"),
        ("%{lr-}", "bad.strong"),
        ("%{l1r-}", "strong"),
        ("%{ir}.%{v}", "10.2.0.192.in-addr"),
        ("%{h}", "mx.example.org"),
        ("%{p}", "unknown"),
        ("%{S}", "strong-bad%40email.example.com"),
        ("a%%b%-c", "a%b%20c"),
    ],
)
def test_macros_stand_for_the_sender(macro: str, name: str) -> None:
    """RFC 7208, section 7.4, with its examples."""
    zone: Zone = {
        ("email.example.com", "TXT"): [f"v=spf1 exists:{macro}._spf.example.com -all"],
        (f"{name}._spf.example.com", "A"): ["127.0.0.2"],
    }
    assert evaluate.check(IP, "strong-bad@email.example.com", HELO, finding(zone)).result == "pass"


def test_an_address_of_the_newer_kind_is_dotted() -> None:
    nibbles = "2.0.0.1.0.d.b.8" + ".0" * 22 + ".1.0"
    zone: Zone = {(f"{nibbles}.ip6.example", "A"): ["127.0.0.2"]}
    assert checked("v=spf1 exists:%{i}.%{v}.example -all", zone, ip=IPV6) == "pass"


def test_the_name_of_an_address_is_one_that_leads_back() -> None:
    zone: Zone = {
        ("10.2.0.192.in-addr.arpa", "PTR"): ["other.example", "host.example.org"],
        ("other.example", "A"): [IP],
        ("host.example.org", "A"): [IP],
        ("host.example.org.x.example", "A"): [IP],
    }
    assert checked("v=spf1 exists:%{p}.x.example -all", zone) == "pass"


def test_an_overlong_name_loses_labels_on_its_left() -> None:
    sender = f"{'.'.join(['a' * 60] * 5)}@example.org"
    zone: Zone = {(".".join(["a" * 60] * 3) + ".example.org", "A"): [IP]}
    assert checked("v=spf1 exists:%{l}.%{d} -all", zone, sender=sender) == "pass"


@given(st.text(max_size=60), st.text(max_size=30), st.text(max_size=30))
def test_whatever_is_written_there_is_a_result(record: str, sender: str, helo: str) -> None:
    def find(name: str, record_type: str) -> list[str] | None:
        return [f"v=spf1 {record}"] if record_type == "TXT" else [record, "192.0.2.1"]

    assert evaluate.check(IP, sender, helo, find).result in {
        *("pass", "fail", "softfail", "neutral", "none", "temperror", "permerror")
    }


def test_a_record_without_an_end_takes_no_time() -> None:
    for evil in (
        "a" * 100_000,
        "%{d" * 50_000,
        "/" * 100_000,
        "exists:" + "%{ir.-+,/_=}" * 20_000 + ".com",
        "a." * 50_000,
    ):
        assert checked(f"v=spf1 {evil}") in ("permerror", "neutral")
