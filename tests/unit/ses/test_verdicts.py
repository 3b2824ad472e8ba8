"""The verdicts: every status that there is, and what brings it about."""

from typing import Any

import pytest

from emulator.mime import headers, view
from emulator.mime.dkim_verification import Verification
from emulator.ses import verdicts
from emulator.ses.dmarc import Dmarc
from emulator.ses.verdicts import Authentication, Sender
from emulator.spf.evaluate import Result
from emulator.store.receipts import Verdicts
from tests.support.viruses import EICAR

NOTHING = Authentication(Result("none", "example.org"), (), Dmarc("none", "example.org", None))
GTUBE = "JS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"


def found(**changed: Any) -> Verdicts:
    """The verdicts without a scan, where this was found out of the sender."""
    return verdicts.of(NOTHING._replace(**changed), None, ())


@pytest.mark.parametrize(
    ("result", "status"),
    [
        ("pass", "PASS"),
        ("fail", "FAIL"),
        ("softfail", "FAIL"),
        ("neutral", "GRAY"),
        ("none", "GRAY"),
        ("temperror", "PROCESSING_FAILED"),
        ("permerror", "PROCESSING_FAILED"),
    ],
)
def test_the_verdict_on_spf(result: str, status: str) -> None:
    assert found(spf=Result(result, "example.org")).spf == status


@pytest.mark.parametrize(
    ("results", "status"),
    [
        ([], "GRAY"),
        ([("pass", "example.org")], "PASS"),
        ([("pass", "mail.example.org")], "GRAY"),
        ([("pass", "amazonses.com")], "GRAY"),
        ([("fail", "example.org"), ("pass", "example.org")], "PASS"),
        ([("fail", "example.org"), ("pass", "amazonses.com")], "GRAY"),
        ([("fail", "example.org")], "FAIL"),
        ([("permerror", "example.org"), ("fail", "example.net")], "FAIL"),
        ([("permerror", "example.org")], "PROCESSING_FAILED"),
        ([("temperror", "example.org")], "PROCESSING_FAILED"),
    ],
)
def test_the_verdict_on_dkim(results: list[tuple[str, str]], status: str) -> None:
    signatures = tuple(Verification(result, domain, f"@{domain}") for result, domain in results)
    assert found(dkim=signatures).dkim == status


@pytest.mark.parametrize(
    ("result", "policy", "status"),
    [
        ("pass", "reject", "PASS"),
        ("none", None, "GRAY"),
        ("fail", "none", "GRAY"),
        ("fail", "quarantine", "FAIL"),
        ("fail", "reject", "FAIL"),
        ("permerror", None, "PROCESSING_FAILED"),
        ("temperror", None, "PROCESSING_FAILED"),
    ],
)
def test_the_verdict_on_dmarc(result: str, policy: str | None, status: str) -> None:
    assert found(dmarc=Dmarc(result, "example.org", policy)).dmarc == status


@pytest.mark.parametrize(
    ("body", "spam", "virus"),
    [
        ("Hello", "PASS", "PASS"),
        (f"X{GTUBE}", "FAIL", "PASS"),
        (f"Y{GTUBE}", "GRAY", "PASS"),
        (f"Z{GTUBE}", "GRAY", "PASS"),
        (f"A{GTUBE}", "PASS", "PASS"),
        (EICAR, "PASS", "FAIL"),
        (f"{EICAR} X{GTUBE}", "FAIL", "FAIL"),
    ],
)
def test_the_verdicts_on_spam_and_viruses(body: str, spam: str, virus: str) -> None:
    message = f"Subject: x\r\n\r\n{body}\r\n".encode()
    assert verdicts.scan(message, view.leaves(message)) == (spam, virus)


def test_what_is_no_mime_cannot_be_scanned() -> None:
    message = f"Content-Type: multipart/mixed\r\n\r\n{EICAR}\r\n".encode()
    assert verdicts.scan(message, view.leaves(message)) == ("PROCESSING_FAILED", "PROCESSING_FAILED")


def test_without_a_scan_there_are_no_verdicts_on_spam_and_viruses() -> None:
    assert found() == Verdicts("DISABLED", "DISABLED", "GRAY", "GRAY", "GRAY")


def test_a_message_may_wish_for_verdicts() -> None:
    wishes = (
        headers.Field("X-SES-Emulator-Verdicts", "spam=gray, VIRUS = FAIL,spf=PASS, dkim=FAIL, dmarc=nonsense, x=PASS"),
        headers.Field("x-ses-emulator-verdicts", "dmarc=PROCESSING_FAILED"),
    )
    assert verdicts.of(NOTHING, ("PASS", "PASS"), wishes) == Verdicts(
        "GRAY", "FAIL", "PASS", "FAIL", "PROCESSING_FAILED"
    )
    assert verdicts.of(NOTHING, None, wishes)[:2] == ("DISABLED", "DISABLED")


def test_spf_speaks_for_the_author_by_the_senders_own_domain() -> None:
    zone = {
        ("example.org", "TXT"): ["v=spf1 redirect=_spf.example.net"],
        ("_spf.example.net", "TXT"): ["v=spf1 ip4:192.0.2.10 -all"],
        ("_dmarc.example.org", "TXT"): ["v=DMARC1; p=reject"],
    }
    fields = (headers.Field("From", "alice@example.org"),)

    def by(ip: str, mail_from: str) -> tuple[Result, str]:
        sender = Sender(ip, "mx.example.org", mail_from)
        result = verdicts.authenticated(
            sender, b"From: alice@example.org", memoryview(b""), fields, lambda *place: zone.get(place, []), 0
        )
        return result.spf, result.dmarc.result

    assert by("192.0.2.10", "bounce@example.org") == (Result("pass", "_spf.example.net"), "pass")
    assert by("192.0.2.11", "bounce@example.org") == (Result("fail", "_spf.example.net"), "fail")
    assert by("192.0.2.10", "bounce@example.net") == (Result("none", "example.net"), "fail")
    assert by("192.0.2.10", "") == (Result("none", "mx.example.org"), "fail")
