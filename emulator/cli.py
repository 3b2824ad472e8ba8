"""The command `ses-emulator`. All but `serve`, `migrate`, `init` and `smtp-credentials` ask a running server.

Exit status: 0 done, 1 refused or not found, 2 wrong use.
"""

import argparse
import gc
import io
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from emulator import banner, settings
from emulator.version import VERSION

DEFAULT_URL = "http://127.0.0.1:8005"
FILTERS = {
    "from": "part of the sender",
    "to": "part of a recipient",
    "subject": "part of the subject",
    "q": "a search, as in the inbox",
    "tag": "a message tag: its name, or name=value",
    "direction": "outbound, inbound or system",
}
DONE, REFUSED, WRONG_USE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """The command has run; its exit status."""
    parser = _parser()
    given, unknown = parser.parse_known_args(arguments)
    if unknown:
        return _fail(f"unknown argument {unknown[0]}{_nearest_flag(unknown[0])}", WRONG_USE)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a mail holds what the terminal may not have
    run: Callable[[argparse.Namespace], int] | None = getattr(given, "run", None)
    if run is None:
        parser.print_help()
        return WRONG_USE
    try:
        return run(given)
    except settings.SettingsError as error:
        return _fail(str(error), WRONG_USE)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except KeyboardInterrupt:
        return DONE


def _serve(given: argparse.Namespace) -> int:
    chosen = _settings(given)
    gc.disable()  # until all is imported: nothing of that is garbage
    from emulator import server
    from emulator.listening import CannotListen
    from emulator.store.database_url import DatabaseUrlError
    from emulator.store.engine import DatabaseUnavailable
    from emulator.store.migration import SchemaError

    try:
        return server.serve(chosen)
    except (server.StartError, CannotListen, DatabaseUrlError, DatabaseUnavailable, SchemaError) as error:
        return _fail(str(error), WRONG_USE)


def _migrate(given: argparse.Namespace) -> int:
    chosen = _settings(given)
    from emulator import server
    from emulator.store.database_url import DatabaseUrlError
    from emulator.store.engine import DatabaseUnavailable
    from emulator.store.migration import SchemaError

    try:
        print(f"{banner.without_password(chosen.database_url)}: {server.migrate(chosen)}")
    except (DatabaseUrlError, DatabaseUnavailable, SchemaError) as error:
        return _fail(str(error), WRONG_USE)
    return DONE


def _smtp_credentials(given: argparse.Namespace) -> int:
    chosen = _settings(given)
    from emulator.smtp import credentials

    known = credentials.Credentials(chosen.credentials, chosen.account_id, listed_only=chosen.verify_signatures)
    user = given.access_key_id or next(iter(known.listed), "")
    secrets = [given.secret_access_key] if given.secret_access_key else known.secrets(user)
    if not secrets:
        return _fail(f"no secret of {user or 'any access key'} in credentials; give --secret-access-key", WRONG_USE)
    for name, value in (
        ("host", chosen.host),
        ("port", "off" if chosen.submission_port is None else chosen.submission_port),
        ("user", user),
        ("password", credentials.password(secrets[0], given.region)),
    ):
        print(f"{name:10}{value}")
    return DONE


def _init(given: argparse.Namespace) -> int:
    from pathlib import Path

    from emulator.seed import starter

    if not given.file.endswith((".yaml", ".yml")):
        return _fail(f"the starter is YAML: {given.file} must end in .yaml", WRONG_USE)
    try:
        with Path(given.file).open("w" if given.force else "x", encoding="utf-8") as file:
            file.write(starter.text(given.file, given.url))
    except FileExistsError:
        return _fail(f"{given.file} is there already; --force writes over it", REFUSED)
    except OSError as error:
        return _fail(f"{given.file}: {error.strerror}", REFUSED)
    print(f"{given.file} is written; ses-emulator serve --seed-file {given.file} starts with it")
    return DONE


def _remote(name: str) -> Callable[[argparse.Namespace], int]:
    """A command that asks a running server; its code is loaded when it is used."""

    def run(given: argparse.Namespace) -> int:
        from emulator import remote

        try:
            return getattr(remote, name)(remote.Server(given.url), given)  # type: ignore[no-any-return]
        except remote.Refused as refused:
            return _fail(str(refused), REFUSED)
        except remote.WrongUse as error:
            return _fail(str(error), WRONG_USE)

    return run


def _settings(given: argparse.Namespace) -> settings.Settings:
    flags = {name: getattr(given, name.replace("-", "_"), None) for name in settings.names()}
    return settings.load({name: value for name, value in flags.items() if value is not None}, os.environ)


def _fail(message: str, status: int) -> int:
    print(f"ses-emulator: {message}", file=sys.stderr)
    return status


def _nearest_flag(argument: str) -> str:
    return settings.nearest(argument.partition("=")[0], [f"--{name}" for name in settings.names()], "--")


class _Parser(argparse.ArgumentParser):
    """A parser that says in one line what is wrong; a command's learns its arguments when the command is given."""

    learn: "Callable[[_Parser], object] | None" = None

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """What the arguments say, and those that nobody knows."""
        if self.learn:
            self.learn(self)
            self.learn = None
        return super().parse_known_args(args, namespace)

    def error(self, message: str) -> NoReturn:
        """The line is on standard error; the program ends."""
        self.exit(WRONG_USE, f"ses-emulator: {message}\n")


def _parser() -> _Parser:
    parser = _Parser(prog="ses-emulator", description="Amazon SES on your own machine.", allow_abbrev=False)
    parser.add_argument("--version", action="version", version=f"ses-emulator {VERSION}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    for name, run, text, learn in (
        ("serve", _serve, "answer SES calls until stopped", _add_settings),
        ("migrate", _migrate, "bring a database up to date without serving", _migration),
        ("smtp-credentials", _smtp_credentials, "show what a client logs in to SMTP with", _smtp_arguments),
        ("health", _remote("health"), "exit 0 if a server answers and so does its database", _add_url),
        ("messages", None, "list, show or follow the mail that was caught", _messages),
        ("verify", _remote("verify"), "verify an identity as its owner would", _verify),
        ("account", _remote("account"), "show or change what an account may do", _account),
        ("clock", _remote("clock"), "show, set or advance the emulated clock", _clock),
        ("init", _init, "write a seed file to begin with", _starter),
        ("seed", _remote("seed"), "set up what a seed file says", _seed),
        ("export", _remote("export"), "write what is set up as a seed file", _export),
    ):
        _command(commands, name, run, text).learn = learn
    return parser


def _migration(command: _Parser) -> None:
    _add_settings(command, "database-url")


def _smtp_arguments(command: _Parser) -> None:
    _add_settings(command, "host", "submission-port", "credentials")
    command.add_argument("--region", default="us-east-1", help="the region that the password is for (us-east-1)")
    command.add_argument("--access-key-id", metavar="ID", help="the user name; default: the first of credentials")
    command.add_argument("--secret-access-key", metavar="SECRET", help="its secret; default: the one in credentials")


def _messages(command: _Parser) -> None:
    _add_url(command)
    actions = command.add_subparsers(title="actions", metavar="ACTION", required=True)
    lists = [
        _command(actions, "list", _remote("list_messages"), "the newest messages"),
        _command(actions, "tail", _remote("tail_messages"), "new messages as they come"),
        _command(actions, "wait", _remote("wait_for_messages"), "return once messages match"),
    ]
    show = _command(actions, "show", _remote("show_message"), "one message")
    show.add_argument("id", help="its id, or `latest`")
    show.add_argument("--raw", action="store_true", help="the MIME document as it was delivered")
    for each in lists:
        for name, text in FILTERS.items():
            each.add_argument(f"--{name}", dest=f"filter_{name}", metavar="TEXT", help=text)
    lists[0].add_argument("--limit", type=int, default=20, help="how many at most")
    lists[2].add_argument("--count", type=int, default=1, help="how many must match")
    lists[2].add_argument("--timeout", type=float, default=10.0, help="seconds")
    for each in (*lists, show):
        _add_url(each, argparse.SUPPRESS)  # else its default would beat what stands before the action
        _add_scope(each)
        each.add_argument("--json", action="store_true", help="as the server answers it")


def _verify(command: _Parser) -> None:
    _add_url(command)
    command.add_argument("identity", help="address or domain")
    _add_scope(command)


def _account(command: _Parser) -> None:
    _add_url(command)
    command.add_argument(
        "changes",
        nargs="*",
        metavar="NAME=VALUE",
        help="such as sandbox=true or max-send-rate=5; `default` as value: as the settings have it; none: show",
    )
    _add_scope(command)
    command.add_argument("--json", action="store_true", help="as the server answers it")


def _clock(command: _Parser) -> None:
    _add_url(command)
    command.add_argument(
        "change", nargs="*", metavar="CHANGE", help="advance SECONDS|PT24H, set TIME, freeze, or run; none: show"
    )


def _starter(command: _Parser) -> None:
    command.add_argument("file", nargs="?", default="seed.yaml", metavar="FILE", help="its name (seed.yaml)")
    command.add_argument("--force", action="store_true", help="write over a file that is there")
    command.add_argument("--url", default=DEFAULT_URL, help=f"where editors find the schema ({DEFAULT_URL})")


def _seed(command: _Parser) -> None:
    _add_url(command)
    command.add_argument("file", metavar="FILE", help="YAML, TOML or JSON; files that it names are sent along")
    _add_scope(command)


def _export(command: _Parser) -> None:
    _add_url(command)
    command.add_argument("file", nargs="?", metavar="FILE", help=".yaml or .json; default: YAML, to be seen")
    command.add_argument("--force", action="store_true", help="write over a file that is there")
    _add_scope(command)


def _command(
    commands: "argparse._SubParsersAction[_Parser]",
    name: str,
    run: Callable[[argparse.Namespace], int] | None,
    text: str,
) -> _Parser:
    command = commands.add_parser(name, help=text, description=text, allow_abbrev=False)
    if run:
        command.set_defaults(run=run)
    return command


def _add_settings(command: _Parser, *only: str) -> None:
    for name, default, text, choices, switch in settings.described():
        if only and name not in only:
            continue
        shown = f"{text}{f' ({default})' if default else ''}; {settings.variable(name)}"
        metavar = "|".join(choices) if choices else name.rpartition("-")[2].upper()
        if switch:
            command.add_argument(f"--{name}", nargs="?", const="true", metavar="BOOL", help=shown)
        else:
            command.add_argument(f"--{name}", metavar=metavar, help=shown)


def _add_scope(command: _Parser) -> None:
    command.add_argument("--account", help="12-digit account")
    command.add_argument("--region", help="region")


def _add_url(command: _Parser, default: str | None = None) -> None:
    command.add_argument("--url", default=default or _nearby(), help=f"the running server ({DEFAULT_URL})")


def _nearby() -> str:
    """Where a server of the same environment answers on this machine: in a container there is one."""
    port = os.environ.get(settings.variable("port"), "")
    return f"http://127.0.0.1:{port}" if port.strip("0").isdecimal() else DEFAULT_URL
