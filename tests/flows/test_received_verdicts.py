"""What SES thinks of received mail: who sent it, by what the zone says, and what a scan finds in it."""

import ipaddress
import json
from typing import Any

from tests.support import aws, dkim, mail, receipt_rules, smtp, zone
from tests.support.aws import Account, Answer
from tests.support.viruses import EICAR

ALICE = "alice@example.org"
MESSAGE = f"From: Alice <{ALICE}>\r\nSubject: Hello\r\n\r\nHi\r\n".encode()


def post(account: Account, message: bytes, **query: str) -> Answer:
    """The answer of inspection to mail from the world."""
    named = {name.rstrip("_"): value for name, value in query.items()}
    target = "/_emulator/inbound?" + "&".join(f"{name}={value}" for name, value in named.items())
    return aws.request(account.url, "POST", target, message, {"Content-Type": "message/rfc822"})


def received(account: Account, message: bytes = MESSAGE, **query: Any) -> dict[str, Any]:
    """The one message that is received of it, as inspection shows it."""
    answer = post(account, message, **{"from_": ALICE, **query})
    assert answer.status == 200, answer.text
    (told,) = json.loads(answer.text)["messages"]
    return mail.shown(account, told["id"])


def verdicts(account: Account, message: bytes = MESSAGE, **query: Any) -> dict[str, str]:
    """What is thought of it, as its timeline says."""
    message_id = received(account, message, **query)["id"]
    (event,) = account.inspect("GET", f"/messages/{message_id}/events")["events"][:1]
    assert event["type"] == "Received"
    return event["detail"]["verdicts"]  # type: ignore[no-any-return]


def top(account: Account, message_id: str) -> list[str]:
    """The header lines that SES put on top."""
    lines = mail.header_lines(mail.delivered(account, message_id))
    return lines[: lines.index(next(line for line in lines if line.startswith("X-SES-DKIM-SIGNATURE"))) + 1]


def test_spf_asks_the_zone(account: Account) -> None:
    domain, sender = smtp.receives(account), f"spf{zone.domain_of(account)}"
    to = {"to": f"a@{domain}", "from_": f"alice@{sender}"}
    assert verdicts(account, MESSAGE, **to, ip="192.0.2.10")["spf"] == "GRAY"
    zone.publish(account, {"name": sender, "type": "TXT", "value": f"v=spf1 a:mx.{sender} -all"})
    zone.publish(account, {"name": f"mx.{sender}", "type": "A", "value": "192.0.2.10"})
    zone.publish(account, {"name": f"mx.{sender}", "type": "AAAA", "value": "2001:db8::10"})
    assert verdicts(account, MESSAGE, **to, ip="192.0.2.10")["spf"] == "PASS"
    assert verdicts(account, MESSAGE, **to, ip="2001:db8::10")["spf"] == "PASS"
    assert verdicts(account, MESSAGE, **to, ip="192.0.2.11")["spf"] == "FAIL"
    message = received(account, MESSAGE, **to, ip="192.0.2.11", helo="mx.example.org")
    assert (
        f"Received-SPF: fail (spfCheck: domain of {sender} does not designate 192.0.2.11 as permitted sender)"
        f" client-ip=192.0.2.11; envelope-from=alice@{sender}; helo=mx.example.org;"
    ) in top(account, message["id"])


def test_the_name_of_the_host_is_what_its_address_leads_to(account: Account) -> None:
    domain = smtp.receives(account)
    address = ipaddress.ip_address(f"2001:db8::{account.account_id[:4]}:{account.account_id[4:8]}")  # no other test's
    ip = str(address)
    zone.publish(account, {"name": address.reverse_pointer, "type": "PTR", "value": "mx.example.org."})
    message = received(account, to=f"a@{domain}", ip=ip, helo="me")
    assert f"Received: from me (mx.example.org [{ip}])" in top(account, message["id"])


def test_dkim_and_dmarc_ask_the_zone(account: Account) -> None:
    """A mail that SES sent, handed on byte for byte by a host that its sender knows nothing of."""
    domain, author = smtp.receives(account), f"dmarc{zone.domain_of(account)}"
    mail.verify(account, author)
    dkim.set_up(account, author)
    message_id = mail.send(account.client(), Source=f"ann@{author}")
    account.drain()
    copy = mail.delivered(account, message_id).partition(b"\r\n")[2]
    to = {"to": f"a@{domain}", "ip": "192.0.2.10"}
    assert verdicts(account, copy, **to) == {
        "spam": "DISABLED", "virus": "DISABLED", "spf": "GRAY", "dkim": "PASS", "dmarc": "GRAY"
    }  # fmt: skip
    zone.publish(account, {"name": f"_dmarc.{author}", "type": "TXT", "value": "v=DMARC1; p=reject"})
    assert verdicts(account, copy, **to)["dmarc"] == "PASS"
    forged = copy.replace(b"Hello", b"Hullo")
    assert {name: verdicts(account, forged, **to)[name] for name in ("dkim", "dmarc")} == {
        "dkim": "FAIL",
        "dmarc": "FAIL",
    }
    lines = top(account, received(account, copy, **to)["id"])
    assert f" dkim=pass header.i=@{author};" in lines
    assert " dkim=pass header.i=@amazonses.com;" in lines
    assert f" dmarc=pass header.from={author};" in lines


def test_a_scan_is_made_where_a_rule_asks_for_it(account: Account) -> None:
    domain = smtp.receives(account)
    virus = b"Subject: x\r\n\r\n" + EICAR.encode() + b"\r\n"
    assert verdicts(account, virus, to=f"a@{domain}")["virus"] == "DISABLED"
    receipt_rules.add(account, "scan", Enabled=True, ScanEnabled=True, Recipients=[f"a@{domain}"])
    assert verdicts(account, virus, to=f"b@{domain}")["virus"] == "DISABLED"
    assert verdicts(account, virus, to=f"a@{domain}")["virus"] == "FAIL"
    message = received(account, virus, to=f"a@{domain}")
    assert "X-SES-Spam-Verdict: PASS" in top(account, message["id"])
    assert "X-SES-Virus-Verdict: FAIL" in top(account, message["id"])
    broken = b"Content-Type: multipart/mixed\r\n\r\nHi\r\n"
    assert verdicts(account, broken, to=f"a@{domain}")["spam"] == "PROCESSING_FAILED"


def test_a_message_may_wish_for_verdicts(account: Account) -> None:
    domain = smtp.receives(account, ScanEnabled=True)
    wish = b"X-SES-Emulator-Verdicts: spam=GRAY, spf=FAIL\r\n" + MESSAGE
    found = verdicts(account, wish, to=f"a@{domain}")
    assert (found["spam"], found["virus"], found["spf"]) == ("GRAY", "PASS", "FAIL")
