"""The command line: what it takes, and its exit status where no server is asked."""

import pytest

from emulator import cli, remote, settings

WRONG_USE = 2


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests' own environment does not matter."""
    for name in settings.names():
        monkeypatch.delenv(settings.variable(name), raising=False)


def run(*arguments: str) -> int:
    try:
        return cli.main(arguments)
    except SystemExit as end:
        return int(end.code or 0)


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["serve", "--prot", "1"], "unknown argument --prot; did you mean --port?"),
        (["serve", "--databse-url=x"], "unknown argument --databse-url=x; did you mean --database-url?"),
        (["serve", "--xyzzy"], "unknown argument --xyzzy"),
        (["serve", "--port", "many"], "port must be a whole number, not 'many'"),
        (["serve", "--port"], "argument --port: expected one argument"),
        (["messages"], "the following arguments are required: ACTION"),
        (["messages", "list", "--limit", "few"], "argument --limit: invalid int value: 'few'"),
        (["messages", "show"], "the following arguments are required: id"),
        (["verify"], "the following arguments are required: identity"),
        (["verify", "a@x.com", "b@x.com"], "unknown argument b@x.com"),
        (["account", "sandbox"], "a change is like sandbox=true or max-send-rate=5, not 'sandbox'"),
        (["account", "=true"], "a change is like sandbox=true or max-send-rate=5, not '=true'"),
        (["clock", "forwards"], "the clock knows: advance SECONDS|PT24H, set TIME, freeze, run"),
        (["clock", "advance", "tomorrow"], "'tomorrow' is neither seconds nor a duration such as PT24H"),
        (
            ["health", "--url", "http://localhost:many"],
            "url must be like http://127.0.0.1:8005, not 'http://localhost:many'",
        ),
        (["health", "--url", "ftp://localhost"], "url must be like http://127.0.0.1:8005, not 'ftp://localhost'"),
        (["health", "--url", "http://[::1"], "url must be like http://127.0.0.1:8005, not 'http://[::1'"),
        (["migrate", "--database-url", "nonsense"], "database-url is not a URL: 'nonsense'"),
    ],
)
def test_wrong_use_is_told_in_one_line_and_ends_with_2(
    capsys: pytest.CaptureFixture[str], arguments: list[str], line: str
) -> None:
    assert run(*arguments) == WRONG_USE
    captured = capsys.readouterr()
    assert captured.err == f"ses-emulator: {line}\n"
    assert captured.out == ""


def test_an_unknown_command_is_told_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("sevre") == WRONG_USE
    assert "'sevre' (choose from 'serve', 'migrate'" in capsys.readouterr().err


def test_no_command_shows_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert run() == WRONG_USE
    shown = capsys.readouterr().out
    assert all(command in shown for command in ("serve", "migrate", "health", "messages", "verify", "account", "clock"))


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--version") == 0
    assert capsys.readouterr().out.startswith("ses-emulator ")


def test_the_help_of_serve_names_every_setting_with_its_variable(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("serve", "--help") == 0
    shown = "".join(capsys.readouterr().out.split())
    for name in settings.names():
        assert f"--{name}" in shown
        assert settings.variable(name) in shown


def test_a_server_that_is_not_there_refuses(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("health", "--url", "http://127.0.0.1:1") == 1
    assert capsys.readouterr().err.startswith("ses-emulator: no answer from http://127.0.0.1:1: ")


def test_a_server_is_looked_for_at_the_port_that_the_environment_gives_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SES_EMULATOR_PORT", "1")
    assert cli.main(["health"]) == cli.REFUSED
    assert "no answer from http://127.0.0.1:1:" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["--url", "http://127.0.0.1:1", "list"], ["list", "--url", "127.0.0.1:1"]])
def test_the_url_may_stand_before_or_behind_the_action(
    capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert run("messages", *arguments) == 1
    assert "no answer from http://127.0.0.1:1: " in capsys.readouterr().err


@pytest.mark.parametrize(
    "url", ["http://localhost:8005", "localhost:8005", "https://ses.example/under/", "http://[::1]:1"]
)
def test_a_url_may_leave_out_its_scheme_and_have_a_path(url: str) -> None:
    remote.Server(url)
