"""Whoever sends with a configuration set that wants to know of opens and clicks hears of them."""

import base64
import json
import re
import socket
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import pytest

from emulator.remote import Server
from tests.support import aws, configuration_sets, dkim, mail, outcomes, templates, zone
from tests.support.aws import Account, Answer
from tests.support.mail import ANN, BOB
from tests.support.outcomes import Event

Start = Callable[..., Account]

URL = "https://www.example.com/offer?id=42&ref=mail#top"
HTML = f'<p><a ses:tags="product:book;genre:fiction;" href="{URL.replace("&", "&amp;")}">Offer</a></p>'
PIXEL = re.compile(r'<img alt="" src="([^"]+)" style="display: none; width: 1px; height: 1px;">')
PATH = re.compile(
    r"/(I0|L0/https:%2F%2Fwww\.example\.com%2Foffer%3Fid=42%26ref=mail%23top/1)/[0-9a-f-]{60}/[\w-]{27}=([0-9]+)"
)
AGENT = "Mozilla/5.0 (X11; Linux x86_64) Thunderbird/128.0"

ODD = [
    *(
        "",
        "/",
        "///",
        "/x",
        "/a/b",
        "/a/1/b/c=1",
        "/a/1/b/=1",
        "/a/1/b/c=-1",
        "/a/b=c",
        "/a/1/b/c=%D9%A1",
        "/%",
        "/a%0a",
    ),
    *("/%00/1/%00/%00=1", "/%ff%fe/1/a/b=1", "/%ed%a0%80/1/a/b=1", "/\xe4/1/\xe4/\xe4=1", "/%0d%0aX-Evil:%201/1/a/b=1"),
    *("/a%0a", "/..%2f../1/b/c=1", "/a/1/b/c=" + "9" * 5000, "/" + "a" * 30_000 + "/1/b/c=1"),
]


def ready(account: Account, *types: str, sender: str = ANN, **blocks: Any) -> Any:
    """A client whose set wants to know of these events (or of opens and clicks)."""
    client = configuration_sets.create(account)
    mail.verify(account, sender, client=client)
    configuration_sets.add(account, "tracking", *(types or ("open", "click")), **blocks)
    return client


def send(client: Any, html: str = HTML, **changed: Any) -> str:
    return mail.send(client, Message=mail.message("Hello", html), ConfigurationSetName="my-set", **changed)


def html_of(account: Account, message_id: str) -> str:
    return str(mail.shown(account, message_id)["html"])


def link_of(account: Account, message_id: str) -> str:
    found = account.inspect("GET", f"/messages/{message_id}/links")["links"]
    return str(found[0]["url"])


def pixel_of(account: Account, message_id: str) -> str:
    (url,) = PIXEL.findall(html_of(account, message_id))
    return str(url)


def fetch(account: Account, url: str, method: str = "GET") -> Answer:
    """The answer to who follows the URL, wherever it says it is."""
    parts = urlsplit(url)
    headers = {"Host": parts.netloc, "User-Agent": AGENT}
    return aws.request(account.url, method, url.partition(parts.netloc)[2], None, headers)


def raw_get(account: Account, target: bytes) -> bytes:
    """The answer to a target that is sent as it stands."""
    parts = urlsplit(account.url)
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=30) as connection:
        connection.sendall(b"GET %b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" % target)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def heard(account: Account, message_id: str) -> list[Event]:
    return [event for event in outcomes.events(account, message_id) if event.type in ("Open", "Click")]


# ---- clicks and opens


def test_a_click_leads_to_the_url_and_is_told_of(account: Account) -> None:
    client = ready(account)
    message_id = send(client, Destination={"ToAddresses": [BOB], "BccAddresses": ["carl@example.net"]})
    link = link_of(account, message_id)
    assert link.startswith(f"http://localhost:{urlsplit(account.url).port}/L0/")
    (_, number) = PATH.fullmatch(urlsplit(link).path).groups()  # type: ignore[union-attr]
    assert number == "1"
    assert heard(account, message_id) == []
    answer = fetch(account, link)
    assert (answer.status, answer.headers["location"], answer.body) == (302, URL, b"")
    assert "no-store" in answer.headers["cache-control"]
    (event,) = heard(account, message_id)
    detail = {"ip_address": "127.0.0.1", "user_agent": AGENT, "link": URL}
    tags = {"product": ["book"], "genre": ["fiction"]}
    assert event == Event("Click", [BOB, "carl@example.net"], {**detail, "link_tags": tags})
    fetch(account, link)
    assert len(heard(account, message_id)) == 2


def test_each_link_of_a_message_has_its_own_tags(account: Account) -> None:
    message_id = send(ready(account, "click"), f'{HTML}<a href="{URL}">a</a><a href="http://x.com/" ses:tags="a:b">')
    for each in re.findall('href="([^"]+)"', html_of(account, message_id)):
        assert fetch(account, each).status == 302
    tags = [(event.detail["link"], event.detail["link_tags"]) for event in heard(account, message_id)]
    assert tags == [(URL, {"product": ["book"], "genre": ["fiction"]}), (URL, None), ("http://x.com/", {"a": ["b"]})]


def test_the_pixel_is_a_transparent_gif_and_its_fetches_are_opens(account: Account) -> None:
    message_id = send(ready(account))
    pixel = pixel_of(account, message_id)
    assert PATH.fullmatch(urlsplit(pixel).path)
    for _ in range(2):
        answer = fetch(account, pixel)
        assert (answer.status, answer.headers["content-type"]) == (200, "image/gif")
        assert "no-store" in answer.headers["cache-control"]
        assert answer.body[:10] == b"GIF89a\1\0\1\0"
        assert answer.body[13:19] == bytes(6)  # its two colours
        assert b"!\xf9\x04\x01" in answer.body  # of which one is transparent
    opened = Event("Open", [BOB], {"user_agent": AGENT, "ip_address": "127.0.0.1"})
    assert heard(account, message_id) == [opened, opened]


def test_who_only_looks_neither_opens_nor_clicks(account: Account) -> None:
    message_id = send(ready(account))
    answers = [fetch(account, url, "HEAD") for url in (link_of(account, message_id), pixel_of(account, message_id))]
    assert [(answer.status, answer.body) for answer in answers] == [(302, b""), (200, b"")]
    assert answers[0].headers["location"] == URL
    assert fetch(account, link_of(account, message_id), "POST").status == 405
    assert heard(account, message_id) == []


def test_a_visitor_without_a_name_counts(account: Account) -> None:
    message_id = send(ready(account))
    aws.request(account.url, "GET", urlsplit(pixel_of(account, message_id)).path, None, {"User-Agent": "\xe4"})
    aws.request(account.url, "GET", urlsplit(pixel_of(account, message_id)).path + "?a=b", None, {})
    assert [event.detail["user_agent"] for event in heard(account, message_id)] == ["\xe4", ""]


def test_what_comes_60_days_later_leads_on_and_is_not_told_of(start: Start) -> None:
    account = start()
    zone.freeze(account)
    message_id = send(ready(account))
    link, pixel = link_of(account, message_id), pixel_of(account, message_id)
    account.advance("P60D")
    assert (fetch(account, link).status, fetch(account, pixel).status) == (302, 200)
    assert [event.type for event in heard(account, message_id)] == ["Click", "Open"]
    account.advance("PT1S")
    assert fetch(account, link).headers["location"] == URL
    assert fetch(account, pixel).headers["content-type"] == "image/gif"
    assert len(heard(account, message_id)) == 2


def test_links_of_a_message_that_is_gone_lead_on(account: Account) -> None:
    message_id = send(ready(account))
    link, pixel = link_of(account, message_id), pixel_of(account, message_id)
    account.inspect("DELETE", f"/messages/{message_id}")
    assert fetch(account, link).headers["location"] == URL
    assert fetch(account, pixel).status == 200


# ---- forgeries


def test_a_forged_link_leads_nowhere(account: Account) -> None:
    client = ready(account)
    message_id, other_id = send(client), send(client)
    link = link_of(account, message_id)
    _, kind, target, version, _, end = urlsplit(link).path.split("/")
    pixel_end = urlsplit(pixel_of(account, message_id)).path.rpartition("/")[2]
    forged = [
        f"/{kind}/{quote('https://evil.example', safe=':')}/{version}/{message_id}/{end}",
        f"/{kind}/{target}x/{version}/{message_id}/{end}",
        f"/{kind}/{target}/2/{message_id}/{end}",
        f"/{kind}/{target}/{version}/{other_id}/{end}",
        f"/{kind}/{target}/{version}/{message_id}/{end}0",
        f"/{kind}/{target}/{version}/{message_id}/{end[:-1]}",
        f"/{kind}/{target}/{version}/{message_id}/{end[:-1]}2",
        f"/{kind}/{target}/{version}/{message_id}/{end[1:]}",
        f"/{kind}/{target}/{version}/{message_id}/=1",
        f"/{kind}/{target}/{version}/{message_id}/{pixel_end}",
        f"/{kind}/{target}/{version}/{message_id}/{end}/",
        f"/{kind}//{target}/{version}/{message_id}/{end}",
        f"/{kind}/{unquote(target)}/{version}/{message_id}/{end}",
        f"/{kind}/{quote(target)}/{version}/{message_id}/{end}",
        f"/{kind}/{message_id}/{end}",
        f"/C{kind}/{target}/{version}/{message_id}/{end}",
        f"/I0/{target}/{version}/{message_id}/{end}",
        f"/I0/{other_id}/{pixel_end}",
        f"/I0/{message_id}/{pixel_end[:-1]}1",
        f"/CI0/{message_id}/{pixel_end}",
        f"/L0//{version}/{message_id}/{pixel_end}",
        f"/L1/{target}/{version}/{message_id}/{end}",
    ]
    for path in forged:
        answer = fetch(account, f"http://x{path}")
        assert (path, answer.status) == (path, 404)
        assert "location" not in answer.headers
    assert heard(account, message_id) == heard(account, other_id) == []


def test_a_link_may_be_written_in_another_way(account: Account) -> None:
    message_id = send(ready(account))
    link = link_of(account, message_id)
    for same in (link.replace("%2F", "%2f"), link.replace(":%", "%3A%").replace("=", "%3D"), f"{link}?utm_source=x"):
        assert fetch(account, same).headers["location"] == URL
    assert len(heard(account, message_id)) == 3


@pytest.mark.parametrize("kind", ["I0", "CI0", "L0", "CL0"])
def test_any_other_path_leads_nowhere(account: Account, kind: str) -> None:
    for rest in ODD:
        answer = raw_get(account, f"/{kind}{rest}".encode("latin-1"))
        head = answer.partition(b"\r\n\r\n")[0]
        assert (rest, head.split()[1] in (b"400", b"404"), b"Evil" in head) == (rest, True, False)
    assert fetch(account, f"http://x/{kind}/a").status == 404


# ---- which mail is tracked


def test_only_what_an_enabled_destination_wants_is_tracked(account: Account) -> None:
    client = ready(account, "open")
    client.create_configuration_set(ConfigurationSet={"Name": "other"})
    configuration_sets.add(account, "sends", to="other")
    off = configuration_sets.destination("off", "open", "click") | {"Enabled": False}
    client.create_configuration_set_event_destination(ConfigurationSetName="other", EventDestination=off)
    opens = html_of(account, send(client))
    assert (bool(PIXEL.search(opens)), "/L0/" in opens, URL.replace("&", "&amp;") in opens) == (True, False, True)
    for changed in ({}, {"ConfigurationSetName": "other"}):
        message_id = mail.send(client, Message=mail.message("Hello", HTML), **changed)
        assert html_of(account, message_id) == HTML
        assert HTML.encode() in mail.delivered(account, message_id)
    configuration_sets.add(account, "clicks", "click", to="other")
    message = mail.message(None, HTML)
    html = html_of(account, mail.send(client, Message=message, ConfigurationSetName="other"))
    assert (bool(PIXEL.search(html)), "/L0/" in html) == (False, True)


def test_a_message_stays_as_it_was_when_it_was_sent(account: Account) -> None:
    client = ready(account)
    message_id = send(client)
    first = mail.delivered(account, message_id), html_of(account, message_id)
    client.delete_configuration_set(ConfigurationSetName="my-set")
    account.drain()
    assert (mail.delivered(account, message_id), html_of(account, message_id)) == first
    assert fetch(account, link_of(account, message_id)).status == 302
    assert [event.type for event in heard(account, message_id)] == ["Click"]


def test_a_text_is_not_tracked(account: Account) -> None:
    client = ready(account)
    message = mail.message(f'{URL} <a href="{URL}">')
    message_id = mail.send(client, Message=message, ConfigurationSetName="my-set")
    plain_id = mail.send(client, Message=message)
    bodies = [mail.body(mail.delivered(account, each)) for each in (message_id, plain_id)]
    assert bodies[0] == bodies[1]
    assert mail.shown(account, message_id)["text"] == message["Body"]["Text"]["Data"]
    text = mail.shown(account, send(client))["text"]
    assert text == "Hello"


def test_only_the_html_of_a_raw_message_is_tracked(account: Account) -> None:
    page = base64.b64encode(HTML.encode()).decode()
    data = mail.document(
        f"From: {ANN}",
        f"To: {BOB}",
        "X-SES-CONFIGURATION-SET: my-set",
        "MIME-Version: 1.0",
        'Content-Type: multipart/mixed; boundary="m"',
        body="--m\r\n"
        'Content-Type: multipart/alternative; boundary="a"\r\n\r\n'
        f"--a\r\nContent-Type: text/plain\r\n\r\n{URL}\r\n"
        f"--a\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{page}\r\n--a--\r\n"
        f"--m\r\nContent-Type: text/html; name=page.html\r\n\r\n{HTML}\r\n"
        f"--m\r\nContent-Type: message/rfc822\r\n\r\nContent-Type: text/html\r\n\r\n{HTML}\r\n--m--\r\n",
    )
    message_id = mail.send_raw(ready(account), data)
    raw = mail.delivered(account, message_id)
    before, after = mail.body(data).split(page.encode())
    start, _, rest = mail.body(raw).partition(before)
    assert (start, rest.endswith(after)) == (b"", True)
    html = base64.b64decode(rest.removesuffix(after)).decode()
    assert html_of(account, message_id) == html
    assert PIXEL.search(html)
    assert fetch(account, link_of(account, message_id)).headers["location"] == URL
    for index, described in enumerate(mail.shown(account, message_id)["attachments"]):
        path = f"/messages/{message_id}/attachments/{index}"
        attached = Server(account.url).fetch("GET", path, {"account": account.account_id})
        assert HTML.encode() in attached
        assert described["size"] == len(attached)
    (click,) = heard(account, message_id)
    assert click.detail["link_tags"] == {"product": ["book"], "genre": ["fiction"]}


def test_a_template_is_tracked_once_it_is_rendered(account: Account) -> None:
    client = ready(account)
    templates.create(client, TextPart=None, HtmlPart='{{ses:openTracker}}<a href="https://x.com/{{name}}">x</a>')
    message_id = templates.send(client, TemplateData=json.dumps({"name": "bob"}), ConfigurationSetName="my-set")
    account.drain()
    assert fetch(account, link_of(account, message_id)).headers["location"] == "https://x.com/bob"
    assert html_of(account, message_id).startswith("<img")


def test_mail_of_ses_itself_is_not_tracked(account: Account) -> None:
    client = ready(account)
    mail.verify(account, "carl@example.org", client=client)
    for message in account.messages(direction="system"):
        assert "/L0/" not in mail.delivered(account, message["id"]).decode()


# ---- the delivered copy


def test_a_tracked_message_is_signed_as_it_is_delivered(account: Account) -> None:
    domain = dkim.set_up(account)
    html = "".join(f'<a href="https://example.com/{number}">' for number in range(30))
    for body in (HTML, html, f"ä{HTML}", "ä" * 50 + HTML):
        message_id = send(client_of(account, domain), body, Source=f"shop@{domain}")
        assert dkim.signers(account, message_id) == [domain, dkim.SES]
        raw = mail.delivered(account, message_id)
        assert raw == mail.delivered(account, message_id)
        assert max(map(len, raw.split(b"\r\n"))) <= 998
        assert PIXEL.search(html_of(account, message_id))


def client_of(account: Account, domain: str) -> Any:
    client = account.client()
    if not client.list_configuration_sets()["ConfigurationSets"]:
        ready(account, sender=domain)
    return client


def test_links_and_pixel_are_at_the_senders_own_domain(account: Account) -> None:
    client = ready(account)
    domain = zone.domain_of(account)
    mail.verify(account, domain, client=client)
    options = {"CustomRedirectDomain": domain}
    client.create_configuration_set_tracking_options(ConfigurationSetName="my-set", TrackingOptions=options)
    message_id = send(client)
    link, pixel = link_of(account, message_id), pixel_of(account, message_id)
    own = f"http://{domain}:{urlsplit(account.url).port}"
    target = quote(URL, safe=":=")
    assert re.fullmatch(rf"{re.escape(f'{own}/CL0/{target}/1/{message_id}')}/[\w-]{{43}}=1", link)
    assert re.fullmatch(rf"{re.escape(f'{own}/CI0/{message_id}')}/[\w-]{{43}}=[0-9]+", pixel)
    assert fetch(account, link).headers["location"] == URL
    assert fetch(account, pixel).headers["content-type"] == "image/gif"
    assert [event.type for event in heard(account, message_id)] == ["Click", "Open"]
    for forged in (link.replace("/CL0/", "/L0/"), pixel.replace("/CI0/", "/I0/"), link.replace("offer", "0ffer")):
        assert fetch(account, forged).status == 404


def test_links_begin_with_the_public_url(start: Start) -> None:
    account = start(public_url="https://mail.example.test:8443/ses/")
    client = ready(account)
    message_id = send(client)
    assert link_of(account, message_id).startswith("https://mail.example.test:8443/ses/L0/")
    mail.verify(account, "example.org", client=client)
    options = {"CustomRedirectDomain": "example.org"}
    client.create_configuration_set_tracking_options(ConfigurationSetName="my-set", TrackingOptions=options)
    own = send(client)
    assert pixel_of(account, own).startswith("https://example.org:8443/ses/CI0/")
    path = pixel_of(account, own).partition("/ses")[2]
    assert fetch(account, f"http://example.org{path}").status == 200
    assert [event.type for event in heard(account, own)] == ["Open"]
