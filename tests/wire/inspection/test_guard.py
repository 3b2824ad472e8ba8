"""Who may open the inbox and `/_emulator`: programs always, browsers by a name of the server, and no page of others."""

import base64
from collections.abc import Callable

import pytest

from emulator.remote import Server
from tests.support import aws, inspection, mail
from tests.support.aws import Account, Answer

BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0"}
PATHS = ("/", "/inbox/app.js", "/_emulator/messages")


def visit(account: Account, path: str, method: str = "GET", **headers: str) -> Answer:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return aws.request(account.url, method, path, None, given)


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8005", "localhost.evil.example", "127.0.0.1.evil.example"]
)
def test_a_browser_that_came_by_a_foreign_name_is_refused(account: Account, host: str) -> None:
    for path in PATHS:
        for sign in (BROWSER, {"Origin": f"http://{host}"}, {"Sec-Fetch-Site": "none"}, {"Sec-Fetch-Dest": "empty"}):
            detail = inspection.problem(visit(account, path, Host=host, **sign), 403)
            assert detail.startswith(f"'{host.partition(':')[0]}' is no name of this server;")
            assert detail.endswith("say so in the setting allowed-hosts.")


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:8005", "inbox.localhost", "127.0.0.1", "[::1]:8005", "10.1.2.3"]
)
def test_loopback_names_and_addresses_are_names_of_the_server(account: Account, host: str) -> None:
    for path in PATHS:
        assert visit(account, path, Host=host, **BROWSER).status == 200


@pytest.mark.parametrize(
    "sign", [{"User-Agent": "python-requests/2.32"}, {"User-Agent": "node", "Sec-Fetch-Mode": "cors"}, {}]
)
def test_programs_may_use_any_name(account: Account, sign: dict[str, str]) -> None:
    for path in PATHS:
        assert visit(account, path, Host="ses", **sign).status == 200


def test_the_aws_api_has_no_such_guard(account: Account) -> None:
    answer = aws.request(
        account.url,
        "POST",
        "/",
        b"Action=ListIdentities&Version=2010-12-01",
        {**BROWSER, "Host": "evil.example", "Origin": "http://evil.example", "Content-Type": aws.FORM},
    )
    assert answer.status == 200


def test_names_can_be_allowed(start: Callable[..., Account]) -> None:
    account = start(allowed_hosts="ses,Mail.Example.Com", public_url="https://inbox.example.com")
    for host in ("ses:8005", "mail.example.com", "inbox.example.com", "localhost"):
        assert visit(account, "/", Host=host, **BROWSER).status == 200
    assert visit(account, "/", Host="example.com", **BROWSER).status == 403


def test_any_name_can_be_allowed(start: Callable[..., Account]) -> None:
    account = start(allowed_hosts="*")
    assert visit(account, "/", Host="evil.example", **BROWSER).status == 200
    answer = visit(account, "/_emulator/jobs/drain", "POST", Host="evil.example", Origin="http://other.example")
    assert answer.status == 403


@pytest.mark.parametrize(
    "sign",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "null"},
        {"Origin": "http://[broken"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
    ],
)
def test_a_page_of_another_site_may_change_nothing(account: Account, sign: dict[str, str]) -> None:
    message_id = mail.send(mail.client(account))
    for method, path in (("POST", "/_emulator/reset"), ("DELETE", f"/_emulator/messages/{message_id}")):
        assert (
            inspection.problem(visit(account, path, method, **sign), 403)
            == "A page of another site may change nothing here."
        )
    assert mail.shown(account, message_id)["id"] == message_id


def test_the_inbox_itself_may_change_something(account: Account) -> None:
    for sign in ({"Origin": account.url}, {"Sec_Fetch_Site": "same-origin"}, {"Sec_Fetch_Site": "none"}, {}):
        assert visit(account, "/_emulator/jobs/drain", "POST", **sign).status == 200


def test_behind_a_proxy_the_inbox_comes_from_the_public_url(start: Callable[..., Account]) -> None:
    account = start(public_url="https://inbox.example.com", allowed_hosts="ses")
    for origin in ("https://inbox.example.com", "http://ses:8005"):
        assert visit(account, "/_emulator/jobs/drain", "POST", Origin=origin).status == 200


def test_a_link_from_another_site_leads_to_the_inbox(account: Account) -> None:
    assert visit(account, "/", Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="navigate", **BROWSER).status == 200


def test_no_page_of_others_can_use_what_is_answered(account: Account) -> None:
    for path in (*PATHS, "/_emulator/nothing"):
        headers = visit(account, path).headers
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "access-control-allow-origin" not in headers


# ---- the password


def test_a_server_with_a_password_asks_for_it(start: Callable[..., Account]) -> None:
    account = start(inbox_auth="ann:gehéim:x")
    for path in PATHS:
        answer = visit(account, path)
        inspection.problem(answer, 401)
        assert answer.headers["www-authenticate"] == 'Basic realm="ses-emulator", charset="UTF-8"'
    for wrong in ("Basic", "Basic x", f"Basic {_encoded('ann:wrong')}", f"Bearer {_encoded('ann:gehéim:x')}"):
        assert visit(account, "/", Authorization=wrong).status == 401
    for path in PATHS:
        assert visit(account, path, Authorization=f"basic {_encoded('ann:gehéim:x')}").status == 200


def test_whether_a_server_with_a_password_is_well_is_no_secret(start: Callable[..., Account]) -> None:
    assert visit(start(inbox_auth="ann:secret"), "/_emulator/health").status == 200


def test_the_aws_api_asks_for_no_password(start: Callable[..., Account]) -> None:
    assert start(inbox_auth="ann:secret").client().list_identities()["Identities"] == []


def test_the_commands_take_the_password_from_the_url(start: Callable[..., Account]) -> None:
    account = start(inbox_auth="ann@x:sec/ret")
    with_password = account.url.replace("http://", "http://ann%40x:sec%2Fret@")
    assert Server(with_password).ask("GET", "/messages")["total"] == 0


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
