"""A message taken apart: its parts, its HTML in a frame, and who it is from."""

import base64

import pytest

from tests.support import aws, dkim, inspection, mail, zone
from tests.support.aws import Account
from tests.support.mail import ANN, BOB, document

PICTURE = base64.b64encode(b"picture").decode()
RELATED = document(
    f"From: {ANN}",
    f"To: {BOB}",
    "Subject: Hi",
    "Content-Type: multipart/related; boundary=b",
    body="--b\r\nContent-Type: text/html\r\n\r\n"
    '<!doctype html><p>Hi <img src="cid:pic@x"><script>alert(1)</script>\r\n'
    "--b\r\nContent-Type: image/png; name=a.png\r\nContent-ID: <pic@x>\r\n"
    f"Content-Transfer-Encoding: base64\r\n\r\n{PICTURE}\r\n--b--",
)


def test_parts_are_a_tree(account: Account) -> None:
    message_id = mail.send_raw(mail.client(account), RELATED)
    parts = account.inspect("GET", f"/messages/{message_id}/parts")["parts"]
    assert [(each["path"], each["depth"], each["content_type"]) for each in parts] == [
        ("1", 1, "multipart/related"),
        ("1.1", 2, "text/html"),
        ("1.2", 2, "image/png"),
    ]
    assert parts[2] == {
        "path": "1.2",
        "depth": 2,
        "content_type": "image/png",
        "charset": None,
        "encoding": "base64",
        "disposition": None,
        "filename": "a.png",
        "content_id": "pic@x",
        "size": 7,
    }


def test_the_bytes_of_a_part_are_a_download(account: Account) -> None:
    message_id = mail.send_raw(mail.client(account), RELATED)
    picture = inspection.ask(account, "GET", f"/messages/{message_id}/parts/1.2")
    assert (picture.body, picture.headers["content-type"]) == (b"picture", "image/png")
    assert picture.headers["content-disposition"] == "attachment; filename*=UTF-8''a.png"
    html = inspection.ask(account, "GET", f"/messages/{message_id}/parts/1.1")
    assert html.headers["content-disposition"] == "attachment; filename*=UTF-8''part-1.1"
    assert inspection.problem(inspection.ask(account, "GET", f"/messages/{message_id}/parts/1.3"), 404) == (
        "There is no part '1.3'."
    )


@pytest.mark.parametrize("remote", ["false", "true"])
def test_a_frame_has_the_images_of_the_mail_and_runs_no_script(account: Account, remote: str) -> None:
    message_id = mail.send_raw(mail.client(account), RELATED)
    framed = inspection.ask(account, "GET", f"/messages/{message_id}/html?remote={remote}")
    expected = f'<!doctype html><base target="_blank"><p>Hi <img src="data:image/png;base64,{PICTURE}">'
    assert framed.text.startswith(expected)
    rules = dict(each.partition(" ")[::2] for each in framed.headers["content-security-policy"].split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["sandbox"] == "allow-popups allow-popups-to-escape-sandbox"
    assert (rules["base-uri"], rules["form-action"], rules["frame-ancestors"]) == ("'none'", "'none'", "'self'")
    assert "script-src" not in rules
    assert ("https:" in rules["img-src"], "https:" in rules["style-src"]) == ((remote == "true"),) * 2


def test_a_frame_can_be_dark(account: Account) -> None:
    message_id = mail.send(mail.client(account), Message=mail.message(None, "<p>Hi"))
    dark = inspection.ask(account, "GET", f"/messages/{message_id}/html?dark=true").text
    assert "invert" in dark
    assert dark.endswith("</style><p>Hi")
    light = inspection.ask(account, "GET", f"/messages/{message_id}/html?dark=false").text
    assert light == '<base target="_blank"><p>Hi'


def test_a_mail_without_html_has_none_in_a_frame_either(account: Account) -> None:
    message_id = mail.send(mail.client(account))
    inspection.problem(inspection.ask(account, "GET", f"/messages/{message_id}/html?remote=true"), 404)


# ---- who it is from


def test_delivered_mail_is_from_whom_the_zone_says(account: Account) -> None:
    domain = dkim.set_up(account)
    zone.publish(account, {"name": f"_dmarc.{domain}", "type": "TXT", "value": "v=DMARC1; p=reject"})
    message_id = mail.send(account.client(), Source=f"ann@{domain}")
    found = account.inspect("GET", f"/messages/{message_id}/authentication")
    assert [(each["domain"], each["result"]) for each in found["dkim"]] == [(domain, "pass"), (dkim.SES, "pass")]
    headers = [each["value"] for each in mail.shown(account, message_id)["headers"] if each["name"] == "DKIM-Signature"]
    assert [f"s={each['selector']};" in header for each, header in zip(found["dkim"], headers, strict=True)] == [
        True
    ] * 2
    assert found["spf"] == {"result": "pass", "domain": dkim.SES}
    assert found["dmarc"] == {"result": "pass", "domain": domain}
    assert found["verdicts"] is None


def test_delivered_mail_is_from_nobody_when_the_records_are_gone(account: Account) -> None:
    domain = dkim.set_up(account)
    zone.publish(account, {"name": f"_dmarc.{domain}", "type": "TXT", "value": "v=DMARC1; p=reject"})
    message_id = mail.send(account.client(), Source=f"ann@{domain}")
    zone.withdraw(account, *zone.to_publish(account, domain, "CNAME"))
    found = account.inspect("GET", f"/messages/{message_id}/authentication")
    assert [(each["domain"], each["result"]) for each in found["dkim"]] == [(domain, "permerror"), (dkim.SES, "pass")]
    assert found["dmarc"]["result"] == "fail"


def test_a_stranger_learns_nothing(account: Account) -> None:
    message_id = mail.send_raw(mail.client(account), RELATED)
    stranger = aws.new_account(account.url).account_id
    for part in ("parts", "parts/1", "html?remote=true", "authentication", "receipt"):
        separator = "&" if "?" in part else "?"
        answer = inspection.ask(account, "GET", f"/messages/{message_id}/{part}{separator}account={stranger}")
        assert "There is no message" in inspection.problem(answer, 404)
