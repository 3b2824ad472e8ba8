"""Seed files: a state of SES before the first call, at start, at reset, from the shell and over HTTP."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

import emulator
from emulator import Running
from tests.support import aws, inspection, processes
from tests.support.aws import Account

DONE, REFUSED, WRONG_USE = 0, 1, 2
DEFAULT_ACCOUNT = "000000000000"
TOPIC = "arn:aws:sns:us-east-1:123456789012:mail"
SEED = """
account_settings: {sandbox: true}
identities:
  seed.example: {dkim: verified}
  shop@seed.example: {state: pending, configuration_set: shop}
configuration_sets:
  shop:
    event_destinations:
      to-sns: {matching_event_types: [send], sns_destination: {topic_arn: "arn:aws:sns:us-east-1:123456789012:mail"}}
templates:
  - {name: hi, subject: Hi, html_file: mail/hi.html}
receipt_rule_sets:
  inbound: {active: true, rules: {all: {actions: [{s3_action: {bucket_name: mail}}]}}}
suppression: [gone@example.net]
recipients: {ann@example.net: bounce}
accounts:
  - {account: "111122223333", region: eu-west-1, identities: [example.org], include: x}
"""


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    """A server for the commands that ask one."""
    with emulator.running(verification="manual") as started:
        yield started


@pytest.fixture
def seed_file(tmp_path: Path) -> Path:
    """A seed, and what it names."""
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "hi.html").write_text("<p>Hi {{name}}</p>")
    path = tmp_path / "seed.yaml"
    path.write_text(SEED.replace(", include: x", ""))
    return path


def post(account: Account, body: str, content_type: str = "application/yaml") -> aws.Answer:
    """The answer to a seed for the account."""
    target = f"/seed?account={account.account_id}"
    return inspection.ask(account, "POST", target, body.encode(), Content_Type=content_type)


def exported(account: Account, **query: str) -> dict[str, Any]:
    """What is set up in the account."""
    found: dict[str, Any] = account.inspect("GET", "/seed", format="json", **query)
    return found


def names(listed: list[Any], key: str = "name") -> list[str]:
    """What things are called in a seed."""
    return [each if isinstance(each, str) else each[key] for each in listed]


# ---- over HTTP


def test_a_seed_is_as_if_the_calls_had_been_made(account: Account) -> None:
    answer = post(account, SEED.replace("html_file: mail/hi.html", "html: <p>").partition("accounts:\n")[0])
    assert (answer.status, json.loads(answer.body)) == (200, {"things": 8, "changed": 8})
    client = account.client()
    states = client.get_identity_verification_attributes(Identities=["seed.example", "shop@seed.example"])
    found = {name: each["VerificationStatus"] for name, each in states["VerificationAttributes"].items()}
    assert found == {"seed.example": "Success", "shop@seed.example": "Pending"}
    dkim = client.get_identity_dkim_attributes(Identities=["seed.example"])["DkimAttributes"]["seed.example"]
    assert (dkim["DkimEnabled"], dkim["DkimVerificationStatus"], len(dkim["DkimTokens"])) == (True, "Success", 3)
    (mail,) = account.messages(direction="system")
    assert mail["to"] == ["shop@seed.example"]
    assert client.get_template(TemplateName="hi")["Template"]["HtmlPart"] == "<p>"
    active = client.describe_active_receipt_rule_set()
    assert (active["Metadata"]["Name"], [each["Name"] for each in active["Rules"]]) == ("inbound", ["all"])
    described = client.describe_configuration_set(
        ConfigurationSetName="shop", ConfigurationSetAttributeNames=["eventDestinations"]
    )
    assert described["EventDestinations"][0]["SNSDestination"] == {"TopicARN": TOPIC}
    assert account.inspect("GET", "/account")["sandbox"] is True
    assert account.inspect("GET", "/recipients/ann@example.net")["outcome"] == "bounce"
    assert account.inspect("GET", "/suppression/gone@example.net")["reason"] == "BOUNCE"


def test_what_the_aws_cli_prints_can_be_pasted(account: Account) -> None:
    client = account.client()
    client.create_configuration_set(ConfigurationSet={"Name": "shop"})
    client.create_configuration_set_event_destination(
        ConfigurationSetName="shop",
        EventDestination={
            "Name": "numbers",
            "Enabled": True,
            "MatchingEventTypes": ["send"],
            "CloudWatchDestination": {
                "DimensionConfigurations": [
                    {"DimensionName": "a", "DimensionValueSource": "messageTag", "DefaultDimensionValue": "b"}
                ]
            },
        },
    )
    described = client.describe_configuration_set(
        ConfigurationSetName="shop", ConfigurationSetAttributeNames=["eventDestinations", "reputationOptions"]
    )
    document = json.dumps({"configuration_sets": [described]}, default=str)
    assert json.loads(post(account, document, "application/json").body) == {"things": 1, "changed": 0}
    other = aws.new_account(account.url)
    assert json.loads(post(other, document, "application/json").body) == {"things": 1, "changed": 1}
    assert exported(other) == exported(account)


def test_a_state_is_exported_and_set_up_in_another_account(account: Account) -> None:
    client, there = account.client(), account.elsewhere("eu-west-1").client()
    client.verify_domain_identity(Domain="seed.example")
    client.create_template(Template={"TemplateName": "hi", "SubjectPart": "Hi", "TextPart": "a\nb\n"})
    client.create_receipt_rule_set(RuleSetName="inbound")
    there.verify_email_identity(EmailAddress="ann@seed.example")
    state = {
        "identities": [{"identity": "seed.example", "state": "pending"}],
        "templates": [{"name": "hi", "subject": "Hi", "text": "a\nb\n"}],
        "receipt_rule_sets": [{"name": "inbound", "active": False}],
        "accounts": [{"region": "eu-west-1", "identities": [{"identity": "ann@seed.example", "state": "pending"}]}],
    }
    assert exported(account) == state
    assert exported(account, region="eu-west-1") == {"identities": state["accounts"][0]["identities"]}  # type: ignore[index]
    in_yaml = inspection.ask(account, "GET", f"/seed?account={account.account_id}")
    assert in_yaml.headers["content-type"] == "application/yaml"
    assert "    text: |\n      a\n      b\n" in in_yaml.text
    other = aws.new_account(account.url)
    assert json.loads(post(other, in_yaml.text).body) == {"things": 4, "changed": 4}
    assert exported(other) == state


def test_an_export_of_all_names_the_accounts(account: Account) -> None:
    account.inspect("PUT", "/recipients/ann@example.net", {"outcome": "bounce"}, region="eu-west-1")
    found = account.inspect("GET", "/seed", account=None, format="json")
    (mine,) = [each for each in found["accounts"] if each["account"] == account.account_id]
    assert mine["recipients"] == [{"address": "ann@example.net", "outcome": "bounce"}]
    assert mine["region"] == "eu-west-1"


@pytest.mark.parametrize(
    ("body", "content_type", "said"),
    [
        ("a: [", "application/yaml", "seed:2: this is no YAML: "),
        (
            "identities: [{sate: x}]",
            "application/yaml",
            "seed:1: identities[0].sate: there is no such key; did you mean st",
        ),
        ("a = = 1", "application/toml", "seed.toml:1: this is no TOML: "),
        ("{", "application/json", "seed.json:1: this is no JSON: "),
        ('{"files": []}', "application/json", "files must be texts by the names of their files."),
        ('{"files": {"a.yaml": 1}}', "application/json", "files must be texts by the names of their files."),
        ("include: /etc/passwd", "application/yaml", "seed:1: include: /etc/passwd did not come along; "),
        (
            '{"files": {"a.yaml": "include: b.yaml"}}',
            "application/json",
            "a.yaml:1: include: b.yaml did not come along",
        ),
        ("password: x", "application/yaml", "seed:1: password: a seed holds no secrets, and needs none: take it out"),
    ],
)
def test_a_seed_that_makes_no_sense_is_refused(account: Account, body: str, content_type: str, said: str) -> None:
    assert inspection.problem(post(account, body, content_type), 400).startswith(said)


def test_a_refusal_of_ses_comes_with_its_code_and_nothing_is_applied(account: Account) -> None:
    answer = post(account, "identities: [seed.example]\ntemplates: {a: {subject: Hi, text: '{{'}}")
    problem = json.loads(answer.body)
    assert (answer.status, problem["code"]) == (400, "InvalidTemplate")
    assert problem["detail"].startswith("seed:2: templates.a: SES says: ")
    assert exported(account) == {}


@pytest.mark.parametrize(
    ("method", "target", "said"),
    [
        ("GET", "/seed?format=xml", "format must be yaml or json, not 'xml'."),
        ("POST", "/seed?account=12", "account must be 12 digits, not '12'."),
        ("POST", "/seed?region=eu", "There is no region 'eu'."),
    ],
)
def test_a_bad_query_is_refused(account: Account, method: str, target: str, said: str) -> None:
    assert inspection.problem(inspection.ask(account, method, target, b""), 400) == said


def test_the_schema_is_served(account: Account) -> None:
    answer = inspection.ask(account, "GET", "/seed.schema.json")
    assert answer.headers["content-type"] == "application/schema+json"
    assert json.loads(answer.body)["$schema"] == "https://json-schema.org/draft/2020-12/schema"


# ---- at start, and at reset


def test_a_seed_file_is_there_at_start_and_again_at_reset(start: Callable[..., Account], seed_file: Path) -> None:
    started = start(seed_file=seed_file, workers=2)
    default, other = (Account(started.url, each) for each in (DEFAULT_ACCOUNT, "111122223333"))
    state = exported(default)
    assert names(state["identities"], "identity") == ["seed.example", "shop@seed.example"]
    assert state["templates"] == [{"name": "hi", "subject": "Hi", "html": "<p>Hi {{name}}</p>"}]
    assert exported(other) == {"accounts": [{"region": "eu-west-1", "identities": ["example.org"]}]}
    assert len(default.messages(direction="system")) == 1

    for account in (default, other):
        account.client().create_template(Template={"TemplateName": "more", "SubjectPart": "Hi"})
    other.inspect("POST", "/reset")
    assert exported(other) == {"accounts": [{"region": "eu-west-1", "identities": ["example.org"]}]}
    assert names(exported(default)["templates"]) == ["hi", "more"]

    seed_file.write_text(SEED)  # which is broken
    answer = inspection.ask(default, "POST", "/reset")
    assert "accounts[0].include: there is no such key" in inspection.problem(answer, 400)
    assert names(exported(default)["templates"]) == ["hi", "more"]

    seed_file.write_text("templates: {new: {subject: Hi}}")
    default.advance("P1D")
    default.inspect("POST", "/reset", account=None)
    assert (names(exported(default)["templates"]), exported(other)) == (["new"], {})
    assert default.messages(direction="system") == []


def test_servers_that_start_at_once_with_one_seed_on_one_database_make_one_state(
    new_database_url: str, seed_file: Path
) -> None:
    given = {"database_url": new_database_url, "seed_file": seed_file, "verification": "manual"}
    with ExitStack() as stack, ThreadPoolExecutor(2) as starting:
        servers = list(starting.map(lambda _: stack.enter_context(emulator.running(**given)), range(2)))
        account = Account(servers[0].url, DEFAULT_ACCOUNT)
        assert len(account.messages(direction="system")) == 1
        assert names(exported(account)["identities"], "identity") == ["seed.example", "shop@seed.example"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "identities:\n  - {identity: seed.example, state: maybe}",
            ":2: identities[0].state: must be one of verified, ",
        ),
        ("templates: {a: {subject: Hi, text: '{{'}}", ":1: templates.a: SES says: "),
    ],
)
def test_a_broken_seed_file_stops_the_start_with_its_sentence(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "seed.yaml"
    path.write_text(text)
    found = processes.run("serve", "--ephemeral", *processes.FREE_PORTS, "--seed-file", str(path))
    assert (found.returncode, found.stdout) == (WRONG_USE, "")
    assert found.stderr.startswith(f"ses-emulator: {path}{said}")


# ---- from the shell


def test_a_starter_is_written_applied_and_exported(running: Running, tmp_path: Path) -> None:
    seed, copy, account = tmp_path / "seed.yaml", tmp_path / "copy.json", aws.new_account(running.url)
    whose = ("--url", running.url, "--account", account.account_id)
    written = processes.run("init", str(seed), "--url", running.url)
    assert written.returncode == DONE
    assert seed.read_text().startswith(f"# yaml-language-server: $schema={running.url}/_emulator/seed.schema.json\n")
    first, second = (processes.run("seed", str(seed), *whose) for _ in range(2))
    assert first.stdout == f"{seed}: 5 things, 5 of them new or changed\n"
    assert second.stdout == f"{seed}: 5 things, 0 of them new or changed\n"
    assert processes.run("export", str(copy), *whose).returncode == DONE
    assert json.loads(copy.read_text()) == exported(account)
    shown = processes.run("export", *whose)
    assert shown.stdout.startswith("identities:\n  - example.com\n  - identity: shop@example.com\n")
    assert processes.run("seed", str(copy), *whose).stdout == f"{copy}: 5 things, 0 of them new or changed\n"
    for command in (["init", str(seed)], ["export", str(copy), *whose]):
        refused = processes.run(*command)
        assert refused.returncode == REFUSED
        assert refused.stderr == f"ses-emulator: {command[1]} is there already; --force writes over it\n"
        assert processes.run(*command, "--force").returncode == DONE


def test_files_that_a_seed_names_are_sent_along(running: Running, seed_file: Path) -> None:
    account = aws.new_account(running.url)
    whose = ("--url", running.url, "--account", account.account_id)
    seed_file.with_name("all.toml").write_text('include = ["seed.yaml"]\n[templates.bye]\nsubject = "Bye"\n')
    found = processes.run("seed", str(seed_file.with_name("all.toml")), *whose)
    assert found.returncode == DONE, found.stderr
    assert exported(account)["templates"] == [
        {"name": "hi", "subject": "Hi", "html": "<p>Hi {{name}}</p>"},
        {"name": "bye", "subject": "Bye"},
    ]


@pytest.mark.parametrize(
    ("command", "status", "said"),
    [
        (["seed", "nobody.yaml"], WRONG_USE, "nobody.yaml: No such file or directory"),
        (["seed", "broken.yaml"], WRONG_USE, "broken.yaml:1: sate: there is no such key; known: "),
        (["seed", "refused.yaml"], REFUSED, "refused.yaml:1: templates.a: SES says: "),
        (["export", "x.txt"], WRONG_USE, "the name of an export ends in .yaml or .json, not 'x.txt'"),
        (["export", "no/such/folder.yaml"], REFUSED, "no/such/folder.yaml: No such file or directory"),
        (["init", "seed.toml"], WRONG_USE, "the starter is YAML: seed.toml must end in .yaml"),
        (["init", "no/such/folder.yaml"], REFUSED, "no/such/folder.yaml: No such file or directory"),
    ],
)
def test_a_command_that_fails_says_why(
    running: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: list[str], status: int, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("broken.yaml").write_text("sate: 1")
    Path("refused.yaml").write_text("templates: {a: {subject: Hi, text: '{{'}}")
    url = [] if command[0] == "init" else ["--url", running.url]
    found = processes.run(*command, *url)
    assert (found.returncode, found.stdout) == (status, "")
    assert found.stderr.startswith(f"ses-emulator: {said}")
