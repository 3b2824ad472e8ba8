"""Numbers for Prometheus at `/_emulator/metrics`."""

from prometheus_client.parser import text_string_to_metric_families

from tests.support import inspection, mail
from tests.support.aws import Account
from tests.support.mail import ANN, BOB

Labels = dict[str, str]


def scraped(account: Account) -> dict[str, list[tuple[Labels, float]]]:
    """Every sample by its name, as Prometheus reads them."""
    answer = inspection.ask(account, "GET", "/metrics")
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    found: dict[str, list[tuple[Labels, float]]] = {}
    for family in text_string_to_metric_families(answer.text):
        for sample in family.samples:
            found.setdefault(sample.name, []).append((sample.labels, sample.value))
    return found


def number(of: Account, name: str, /, **labels: str) -> float:
    """The one sample of these labels; 0 where there is none."""
    found = [value for given, value in scraped(of).get(name, []) if given == labels]
    assert len(found) <= 1
    return sum(found)


def test_calls_are_counted_by_operation_and_code(account: Account) -> None:
    def calls(code: str) -> float:
        return number(account, "ses_emulator_calls_total", operation="SendEmail", code=code)

    sender = mail.client(account)
    accepted, rejected = calls("OK"), calls("MessageRejected")
    mail.send(sender)
    mail.send(sender)
    mail.refused(sender, Source="eve@example.org")
    assert (calls("OK"), calls("MessageRejected")) == (accepted + 2, rejected + 1)


def test_a_call_of_nothing_that_is_known_makes_no_label_of_its_own(account: Account) -> None:
    account.query("NoSuchOperation")
    assert number(account, "ses_emulator_calls_total", operation="-", code="InvalidAction") >= 1
    assert "NoSuchOperation" not in inspection.ask(account, "GET", "/metrics").text


def test_recipients_and_quota_are_told_by_account_and_region(account: Account) -> None:
    there = account.elsewhere("eu-west-1")
    there.inspect("PATCH", "/account", {"max_24_hour_send": 77}, region="eu-west-1")
    to = {"ToAddresses": [BOB, ANN, "success@simulator.amazonses.com"]}
    mail.send(mail.client(there), Destination=to)
    there.drain()
    scope = {"account": account.account_id, "region": "eu-west-1"}
    assert number(account, "ses_emulator_recipients_accepted_total", **scope) == 3
    assert number(account, "ses_emulator_recipients_delivered_total", **scope) == 3
    assert number(account, "ses_emulator_quota_used", **scope) == 2
    assert number(account, "ses_emulator_quota_max", **scope) == 77
    assert number(account, "ses_emulator_recipients_accepted_total", **{**scope, "region": "us-east-1"}) == 0


def test_messages_and_work_are_told(account: Account) -> None:
    before = number(account, "ses_emulator_messages")
    assert before >= 0
    mail.send(mail.client(account))  # and the mail that asked Ann
    assert number(account, "ses_emulator_messages") >= 2
    states = {labels["state"] for labels, _ in scraped(account)["ses_emulator_jobs"]}
    assert states == {"pending", "dead"}
