"""What a test says becomes of mail: standing outcomes of addresses, what happens to one message; and viruses."""

import base64
import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage

import pytest

from tests.support import mail, outcomes
from tests.support.aws import Account
from tests.support.viruses import EICAR

BOB, EVE = mail.BOB, "eve@example.net"
EXPIRED = "smtp; 550 4.4.7 Message expired: unable to deliver in 840 minutes.<421 4.4.1 Failed to establish connection>"


def _sent(account: Account, *to: str) -> str:
    return mail.send(mail.client(account), Destination={"ToAddresses": list(to) or [BOB]})


# ---- standing outcomes


@pytest.mark.parametrize(
    ("bounce_type", "sub_type", "status", "text"),
    [
        ("Permanent", "General", "5.1.1", "smtp; 550 5.1.1 user unknown"),
        ("Permanent", "NoEmail", "5.1.1", "smtp; 550 5.1.1 user unknown"),
        ("Transient", "General", "4.4.7", EXPIRED),
        ("Transient", "MailboxFull", "5.2.2", "smtp; 552 5.2.2 Mailbox full"),
        ("Transient", "MessageTooLarge", "5.3.4", "smtp; 552 5.3.4 Message too large"),
        ("Transient", "CustomTimeoutExceeded", "4.4.7", EXPIRED),
        ("Transient", "ContentRejected", "5.6.1", "smtp; 500 5.6.1 Message content rejected"),
        ("Transient", "AttachmentRejected", "5.6.1", "smtp; 500 5.6.1 Message content rejected"),
    ],
)
def test_an_address_bounces_with_what_is_usual_for_its_type(
    account: Account, bounce_type: str, sub_type: str, status: str, text: str
) -> None:
    outcomes.standing(account, BOB, "bounce", bounce_type=bounce_type, bounce_sub_type=sub_type)
    sent = _sent(account)
    [bounce] = outcomes.events(account, sent)
    assert (bounce.detail["bounce_type"], bounce.detail["bounce_sub_type"]) == (bounce_type, sub_type)
    assert bounce.detail["bounced_recipients"] == [
        {"email_address": BOB, "action": "failed", "status": status, "diagnostic_code": text}
    ]
    assert outcomes.statuses(account, sent) == {BOB: "bounced"}


def test_a_bounce_that_is_not_understood_has_no_report(account: Account) -> None:
    outcomes.standing(account, BOB, "bounce", bounce_type="Undetermined")
    [bounce] = outcomes.events(account, _sent(account))
    assert bounce.detail["bounce_sub_type"] == "Undetermined"
    assert bounce.detail["bounced_recipients"] == [{"email_address": BOB}]
    assert "reporting_mta" not in bounce.detail


def test_the_words_of_an_outcome_can_be_given(account: Account) -> None:
    code = "smtp; 550 5.7.1 We do not want you"
    outcomes.standing(account, BOB, "bounce", status="5.7.1", diagnostic_code=code)
    outcomes.standing(account, EVE, "complaint", complaint_feedback_type="fraud", user_agent="AnyCompany (V0.01)")
    outcomes.standing(account, "zoe@example.org", "delivery", smtp_response="250 Welcome")
    bounce, eves, zoes, complaint = outcomes.events(account, _sent(account, BOB, EVE, "zoe@example.org"))
    [bob] = bounce.detail["bounced_recipients"]
    assert (bob["status"], bob["diagnostic_code"]) == ("5.7.1", code)
    assert (eves.type, zoes.detail["smtp_response"]) == ("Delivery", "250 Welcome")
    assert complaint.detail["complaint_feedback_type"] == "fraud"
    assert complaint.detail["user_agent"] == "AnyCompany (V0.01)"


def test_the_bounces_of_one_outcome_are_one_and_those_of_others_are_not(account: Account) -> None:
    for address in (BOB, EVE):
        outcomes.standing(account, address, "bounce", diagnostic_code=f"smtp; 550 no {address}")
    outcomes.standing(account, "zoe@example.org", "bounce", bounce_type="Transient")
    sent = _sent(account, BOB, "zoe@example.org", EVE)
    assert [event.recipients for event in outcomes.events(account, sent)] == [[BOB, EVE], ["zoe@example.org"]]


def test_a_standing_outcome_lasts_until_it_is_ended(account: Account) -> None:
    outcomes.standing(account, BOB, "bounce", bounce_type="Transient")
    assert [outcomes.types(account, _sent(account)) for _ in range(2)] == [["Bounce"], ["Bounce"]]
    account.inspect("DELETE", f"/recipients/{BOB}")
    assert outcomes.types(account, _sent(account)) == ["Delivery"]


def test_a_domain_can_have_one_and_an_address_of_it_another(account: Account) -> None:
    outcomes.standing(account, "@Example.NET", "bounce", bounce_type="Transient")
    outcomes.standing(account, EVE, "delivery")
    sent = _sent(account, "bob@EXAMPLE.net", EVE, "zoe@other.example.net")
    assert list(outcomes.statuses(account, sent).values()) == ["bounced", "delivered", "delivered"]


def test_it_is_the_accounts_and_regions_own(account: Account) -> None:
    outcomes.standing(account, BOB, "bounce")
    there = account.elsewhere("eu-west-1")
    assert outcomes.statuses(there, _sent(there)) == {BOB: "delivered"}


def test_it_beats_the_simulator(account: Account) -> None:
    address = "bounce@simulator.amazonses.com"
    outcomes.standing(account, address, "delivery")
    assert outcomes.statuses(account, _sent(account, address)) == {address: "delivered"}


def test_a_rejection_is_of_the_whole_message(account: Account) -> None:
    outcomes.standing(account, BOB, "reject")
    sent = _sent(account, EVE, BOB)
    [reject] = outcomes.events(account, sent)
    assert reject == ("Reject", [EVE, BOB], {"reason": "Bad content"})
    assert set(outcomes.statuses(account, sent).values()) == {"rejected"}


def test_bounces_and_complaints_count(account: Account) -> None:
    outcomes.standing(account, BOB, "bounce")
    outcomes.standing(account, EVE, "complaint")
    outcomes.standing(account, "full@example.net", "bounce", bounce_type="Transient", bounce_sub_type="MailboxFull")
    outcomes.events(account, _sent(account, BOB, EVE, "full@example.net"))
    assert outcomes.statistics(account) == {"Bounces": 1, "Complaints": 1, "Rejects": 0}


# ---- delay


def test_a_delayed_message_is_tried_again_until_it_can_be_delivered(start: Callable[..., Account]) -> None:
    account = start()
    outcomes.standing(account, BOB, "delay")
    sent = _sent(account, EVE, BOB)
    taken, delay = outcomes.events(account, sent)
    assert (taken.type, taken.recipients) == ("Delivery", [EVE])
    assert (delay.type, delay.recipients) == ("DeliveryDelay", [BOB])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", delay.detail.pop("expiration_time"))
    assert delay.detail == {
        "delay_type": "TransientCommunicationFailure",
        "delayed_recipients": [
            {
                "email_address": BOB,
                "status": "4.4.1",
                "diagnostic_code": "smtp; 421 4.4.1 Unable to connect to remote host",
            }
        ],
    }
    assert outcomes.statuses(account, sent) == {EVE: "delivered", BOB: "delayed"}
    account.inspect("DELETE", f"/recipients/{BOB}")
    assert outcomes.types(account, sent) == ["Delivery", "DeliveryDelay"]
    account.advance("PT1H")
    events = outcomes.events(account, sent)
    assert [(event.type, event.recipients) for event in events[2:]] == [("Delivery", [BOB])]
    assert outcomes.statuses(account, sent) == {EVE: "delivered", BOB: "delivered"}


def test_a_message_that_is_delayed_for_840_minutes_expires(start: Callable[..., Account]) -> None:
    account = start()
    outcomes.standing(account, BOB, "delay")
    sent = _sent(account)
    assert outcomes.types(account, sent) == ["DeliveryDelay"]
    account.advance("PT1H")
    assert outcomes.types(account, sent) == ["DeliveryDelay", "DeliveryDelay"]
    account.advance("PT13H")  # stops at each try
    *tries, bounce = outcomes.events(account, sent)
    assert [each.type for each in tries] == ["DeliveryDelay"] * 14
    assert (bounce.type, bounce.detail["bounce_type"], bounce.detail["bounce_sub_type"]) == (
        "Bounce",
        "Transient",
        "General",
    )
    assert bounce.detail["bounced_recipients"] == [
        {"email_address": BOB, "action": "failed", "status": "4.4.7", "diagnostic_code": EXPIRED}
    ]
    assert outcomes.statuses(account, sent) == {BOB: "bounced"}
    assert account.inspect("GET", "/jobs")["jobs"] == []


# ---- one message


@pytest.mark.parametrize(
    ("happened", "event_type", "status"),
    [
        ({"type_": "delivery"}, "Delivery", "delivered"),
        ({"type_": "bounce", "bounce_type": "Transient"}, "Bounce", "bounced"),
        ({"type_": "complaint"}, "Complaint", "complained"),
        ({"type_": "delay", "delay_type": "MailboxFull"}, "DeliveryDelay", "delayed"),
        ({"type_": "open"}, "Open", "delivered"),
        ({"type_": "click", "link": "https://example.com/?a=1"}, "Click", "delivered"),
    ],
)
def test_something_happens_to_a_message_after_its_delivery(
    account: Account, happened: dict[str, str], event_type: str, status: str
) -> None:
    sent = _sent(account, EVE, BOB)
    answer = outcomes.happen(account, sent, BOB, **happened)
    assert (answer["type"], answer["recipients"]) == (event_type, [BOB])
    events = outcomes.events(account, sent)
    assert [event.type for event in events] == ["Delivery", event_type]
    assert events[-1].detail == answer["detail"]
    assert outcomes.statuses(account, sent) == {EVE: "delivered", BOB: status}


def test_a_message_can_be_found_to_hold_a_virus_later(account: Account) -> None:
    sent = _sent(account, EVE, BOB)
    answer = outcomes.happen(account, sent, BOB, "reject")
    assert (answer["type"], answer["recipients"]) == ("Reject", [EVE, BOB])
    assert set(outcomes.statuses(account, sent).values()) == {"rejected"}
    assert outcomes.statistics(account)["Rejects"] == 2


def test_an_open_and_a_click_hold_who_where_and_what(account: Account) -> None:
    sent = _sent(account)
    opened = outcomes.happen(account, sent, BOB, "open", user_agent="Reader/1", ip_address="203.0.113.77")
    assert opened["detail"] == {"user_agent": "Reader/1", "ip_address": "203.0.113.77"}
    clicked = outcomes.happen(account, "latest", "bob@EXAMPLE.NET", "click", link="https://example.com")
    assert clicked["detail"] == {
        "ip_address": "127.0.0.1",
        "user_agent": "ses-emulator",
        "link": "https://example.com",
        "link_tags": None,
    }


def test_a_bounce_that_happens_counts_and_suppresses(account: Account) -> None:
    sent = _sent(account)
    bounce = outcomes.happen(account, sent, BOB, "bounce")
    assert outcomes.statistics(account) == {"Bounces": 1, "Complaints": 0, "Rejects": 0}
    assert account.inspect("GET", f"/suppression/{BOB}")["feedback_id"] == bounce["detail"]["feedback_id"]


def test_what_happens_belongs_to_the_account_of_the_message(account: Account) -> None:
    there = account.elsewhere("eu-west-1")
    sent = _sent(there)
    outcomes.happen(account, sent, BOB, "complaint")
    assert outcomes.suppressed(account) == {}
    assert account.inspect("GET", f"/suppression/{BOB}", region="eu-west-1")["reason"] == "COMPLAINT"


def test_what_happens_to_several_recipients_at_once_happens_to_each(account: Account) -> None:
    everybody = [f"reader{number}@example.net" for number in range(10)]
    sent = _sent(account, *everybody)
    with ThreadPoolExecutor(5) as pool:
        happened = list(pool.map(lambda address: outcomes.happen(account, sent, address, "complaint"), everybody))
    assert [event["recipients"] for event in happened] == [[address] for address in everybody]
    assert outcomes.statuses(account, sent) == dict.fromkeys(everybody, "complained")
    assert outcomes.statistics(account)["Complaints"] == 10


# ---- viruses


def _attached(content: bytes, encoding: str) -> bytes:
    head = "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHello\r\n--b\r\n"
    part = f"Content-Disposition: attachment; filename=sample.txt\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
    return f"From: {mail.ANN}\r\nTo: {BOB}\r\n{head}{part}".encode() + content + b"\r\n--b--\r\n"


def _forwarded() -> bytes:
    inner, outer = EmailMessage(), EmailMessage()
    inner.set_content("See the attachment")
    inner.add_attachment(EICAR.encode(), maintype="application", subtype="octet-stream")
    outer["From"], outer["To"] = mail.ANN, BOB
    outer.set_content("Forwarded")
    outer.add_attachment(inner)
    return outer.as_bytes()


INFECTED = {
    "as it is": _attached(EICAR.encode(), "7bit"),
    "in base64": _attached(base64.encodebytes(b"xx" + EICAR.encode()), "BASE64"),
    "in a long base64": _attached(base64.encodebytes(b"x" * 50_000 + EICAR.encode() + b"x" * 50_000), "base64"),
    "in lines of four": _attached(re.sub(rb"(.{4})", rb"\1\r\n", base64.b64encode(EICAR.encode())), "base64"),
    "in quoted-printable": _attached(EICAR.replace("E", "=45").replace("-", "=\r\n-").encode(), "quoted-printable"),
    "in a body": mail.document(f"From: {mail.ANN}", f"To: {BOB}", body=f"Look: {EICAR}"),
    "in an attached message": _forwarded(),
}
HARMLESS = {
    "in a subject": mail.document(f"From: {mail.ANN}", f"To: {BOB}", f"Subject: {EICAR}"),
    "all but its end": _attached(EICAR[:-1].encode(), "7bit"),
    "in two attachments": _attached(EICAR[:40].encode() + b"\r\n--b\r\n\r\n" + EICAR[40:].encode(), "7bit"),
}


@pytest.mark.parametrize("data", INFECTED.values(), ids=INFECTED.keys())
def test_a_message_with_a_virus_is_accepted_then_rejected(account: Account, data: bytes) -> None:
    sent = mail.send_raw(mail.client(account), data)
    assert outcomes.events(account, sent) == [("Reject", [BOB], {"reason": "Bad content"})]
    assert outcomes.statuses(account, sent) == {BOB: "rejected"}
    assert outcomes.statistics(account)["Rejects"] == 1
    assert account.client().get_send_quota()["SentLast24Hours"] == 1.0


@pytest.mark.parametrize("data", HARMLESS.values(), ids=HARMLESS.keys())
def test_a_message_with_something_like_it_is_delivered(account: Account, data: bytes) -> None:
    assert outcomes.types(account, mail.send_raw(mail.client(account), data)) == ["Delivery"]


@pytest.mark.parametrize("message", [mail.message(EICAR), mail.message("Hi", f"<p>{EICAR}</p>")])
def test_a_message_in_parts_is_scanned_too(account: Account, message: dict[str, object]) -> None:
    assert outcomes.types(account, mail.send(mail.client(account), Message=message)) == ["Reject"]


def test_a_message_that_its_template_makes_is_scanned_once_it_is_rendered(account: Account) -> None:
    sender = mail.client(account)
    sender.create_template(Template={"TemplateName": "look", "SubjectPart": "Hi", "TextPart": "Look: {{it}}"})
    sent = sender.send_templated_email(
        Source=mail.ANN,
        Destination={"ToAddresses": [BOB]},
        Template="look",
        TemplateData=json.dumps({"it": EICAR}),
    )["MessageId"]
    assert outcomes.types(account, sent) == ["Reject"]


def test_a_virus_comes_before_suppression(account: Account) -> None:
    account.inspect("PUT", f"/suppression/{BOB}", {"reason": "BOUNCE"})
    assert outcomes.types(account, mail.send(mail.client(account), Message=mail.message(EICAR))) == ["Reject"]


def test_a_rejected_message_can_be_looked_at(account: Account) -> None:
    sent = mail.send(mail.client(account), Message=mail.message(EICAR))
    assert outcomes.types(account, sent) == ["Reject"]
    assert mail.shown(account, sent)["text"] == EICAR
