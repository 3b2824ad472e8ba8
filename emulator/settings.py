"""Every process setting, once: type, default and one line of help a field.

The variable (`SES_EMULATOR_<NAME>`), the flag (`--<name>`), `--help` and the table in the docs come from here.
Only `cli`, `server` and the plugin read settings; below them, functions get values.
"""

import difflib
import re
from collections.abc import Collection, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields, replace
from typing import Any
from urllib.parse import urlsplit

PREFIX = "SES_EMULATOR_"
LIFELINE = "EMULATOR_LIFELINE"  # a variable of the launcher's: the server ends when its standard input does
LONGEST_DELAY = 10**9  # seconds
MOST_RETAINED = 10**12
OFF = ("off", "")
ENDPOINTS = ("", "sns", "s3", "lambda", "firehose", "cloudwatch")
RAW = "raw+"  # in front of the URL of a webhook that wants no envelope
STRICT: dict[str, Any] = {"verification": "manual", "sandbox": True, "enforce_limits": True, "api_rate_limit": 1.0}
TRUE, FALSE = ("1", "true", "yes", "on"), ("0", "false", "no", "off", "")


class SettingsError(Exception):
    """A setting is unknown, or its value makes no sense: the message says which and what would."""


_KINDS: dict[Any, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    int | None: "a whole number or off",
    float | None: "a number or off",
}


def _setting(default: Any, help_text: str, choices: tuple[str, ...] = ()) -> Any:
    return field(default=default, metadata={"help": help_text, "choices": choices})


@dataclass(frozen=True, slots=True)
class Settings:
    """What one process runs with."""

    host: str = _setting("127.0.0.1", "address to listen on")
    port: int = _setting(8005, "HTTP port; 0 picks a free one")
    smtp_port: int | None = _setting(
        2525, "SMTP port that mail for SES to receive comes to; 0 picks a free one, or off"
    )
    submission_port: int | None = _setting(2587, "SMTP port that takes mail as SES's does; 0 picks a free one, or off")
    submission_tls_port: int | None = _setting(
        None, "the same with TLS from the first byte, as SES's port 465 has it; 0 picks a free one; default: off"
    )
    database_url: str = _setting("sqlite:///ses-emulator.db", "SQLAlchemy URL of SQLite or PostgreSQL")
    ephemeral: bool = _setting(False, "use a database that is gone at exit")
    strict: bool = _setting(
        False,
        "real-account realism in one word: verification=manual, sandbox=true, enforce-limits=true, api-rate-limit=1",
    )
    verification: str = _setting(
        "auto", "auto: identities verify by themselves; manual: by link or DNS record", ("auto", "manual")
    )
    verification_delay: float = _setting(0.0, "seconds of emulated time until auto verification")
    verified_identities: tuple[str, ...] = _setting(
        (), "comma list of addresses and domains verified in every account and region; * means any"
    )
    sandbox: bool = _setting(False, "the SES sandbox: verified recipients only")
    enforce_limits: bool = _setting(False, "refuse what exceeds max-24-hour-send and max-send-rate; both always count")
    max_24_hour_send: float | None = _setting(
        None, "recipients in 24 hours, -1 for any number; default: 50000, in the sandbox 200"
    )
    max_send_rate: float | None = _setting(None, "recipients a second; default: 14, in the sandbox 1")
    api_rate_limit: float | None = _setting(
        None, "calls a second of each operation but the sends, or off; default: off"
    )
    verify_signatures: bool = _setting(False, "check each call's signature against credentials, by the emulated clock")
    credentials: tuple[str, ...] = _setting(
        ("test:test",), "comma list of access-key-id:secret, with :session-token where one must be given"
    )
    account_id: str = _setting("000000000000", "account of a caller whose access key id is not 12 digits")
    relay_url: str = _setting("", "smtp://[user:password@]host:port that delivered mail is passed on to; default: none")
    aws_endpoint_url: str = _setting(
        "", "where other AWS services are that SES calls; default: nowhere, calls are recorded and shown"
    )
    aws_endpoint_url_sns: str = _setting("", "the same for SNS alone, and so on")
    aws_endpoint_url_s3: str = _setting("", "for S3")
    aws_endpoint_url_lambda: str = _setting("", "for Lambda")
    aws_endpoint_url_firehose: str = _setting("", "for Kinesis Data Firehose")
    aws_endpoint_url_cloudwatch: str = _setting("", "for CloudWatch")
    sns_webhooks: tuple[str, ...] = _setting(
        (),
        "comma list of topic-arn=url that SNS envelopes are sent to; *=url: of all topics; raw+http://...: no envelope",
    )
    sns_signature_version: str = _setting("1", "how those envelopes are signed: SHA-1 or SHA-256", ("1", "2"))
    public_url: str = _setting("", "what links in mails start with; default: from host and port")
    dns: str = _setting(
        "emulated", "emulated: records at /_emulator/dns/records; system: a real resolver", ("emulated", "system")
    )
    allowed_hosts: tuple[str, ...] = _setting(
        (),
        "comma list of names by which browsers may open the inbox and /_emulator, beside localhost, addresses and the "
        "host of public-url; * means any",
    )
    inbox_auth: str = _setting("", "user:password that the inbox and /_emulator ask for; default: nobody is asked")
    loopback: bool = _setting(True, "mail sent to whom an active receipt rule set here wants is received inside too")
    retention: int = _setting(100_000, "messages kept; older mail is removed; 0 keeps all")
    workers: int = _setting(1, "server processes on one database")
    seed_file: str = _setting("", "YAML or TOML file of what is set up, applied at start and at reset; default: none")
    log_level: str = _setting("info", "least important lines shown", ("debug", "info", "warning", "error"))
    log_format: str = _setting("text", "one line a request as text or json", ("text", "json"))


def names() -> list[str]:
    """The settings' names as users write them in flags: `database-url`."""
    return [_flag(f) for f in fields(Settings)]


def variable(name: str) -> str:
    """The environment variable of a setting: `database-url` -> `SES_EMULATOR_DATABASE_URL`."""
    return PREFIX + name.upper().replace("-", "_")


def described() -> list[tuple[str, str, str, tuple[str, ...], bool]]:
    """Name, default as text, help, choices, and whether it is a switch, of each setting in order."""
    return [
        (_flag(f), _text(f.default), f.metadata["help"], f.metadata["choices"], f.type is bool)
        for f in fields(Settings)
    ]


def load(flags: Mapping[str, str], environ: Mapping[str, str]) -> Settings:
    """Settings from flags, variables and defaults, in this order of rank; SettingsError where one is wrong."""
    known = {variable(_flag(f)): f for f in fields(Settings)}
    for name in environ:
        if name.startswith(PREFIX) and name not in known:
            raise SettingsError(f"unknown variable {name}{nearest(name, known, PREFIX)}")
    given: dict[str, str] = {known[n].name: v for n, v in environ.items() if n in known}
    given |= {name.replace("-", "_"): value for name, value in flags.items()}
    by_name = {f.name: f for f in fields(Settings)}
    values = {name: _parse(by_name[name], text) for name, text in given.items()}
    if values.get("strict"):
        values = STRICT | values
    settings = Settings(**values)
    _check(settings)
    return settings


def with_port(settings: Settings, port: int) -> Settings:
    """The settings of a server that listens on `port`, with the public URL that follows from it."""
    host = "localhost" if settings.host in ("0.0.0.0", "::", "127.0.0.1") else settings.host  # noqa: S104
    host = f"[{host}]" if ":" in host else host
    url = settings.public_url or f"http://{host}:{port}"
    return replace(settings, port=port, public_url=url.rstrip("/"))


def _check(settings: Settings) -> None:
    if not re.fullmatch("[0-9]{12}", settings.account_id):
        raise SettingsError(f"account-id must be 12 digits, not {settings.account_id!r}")
    if settings.workers < 1:
        raise SettingsError(f"workers must be at least 1, not {settings.workers}")
    if not 0 <= settings.retention <= MOST_RETAINED:
        raise SettingsError(f"retention must be between 0 and {MOST_RETAINED}, not {settings.retention}")
    for name in ("max_24_hour_send", "max_send_rate", "api_rate_limit"):
        value = getattr(settings, name)
        if value is not None and not (0 < value < MOST_RETAINED or (value == -1 and name == "max_24_hour_send")):
            wanted = "a positive number, or -1" if name == "max_24_hour_send" else "a positive number"
            raise SettingsError(f"{name.replace('_', '-')} must be {wanted}, not {value:g}")
    for number, each in enumerate(settings.credentials, 1):
        if len(each.split(":")) not in (2, 3) or not all(each.split(":")):
            raise SettingsError(f"credentials must be like access-key-id:secret; number {number} is not")
    if not 0 <= settings.verification_delay <= LONGEST_DELAY:
        found = f"{settings.verification_delay:g}"
        raise SettingsError(f"verification-delay must be between 0 and {LONGEST_DELAY} seconds, not {found}")
    _check_network(settings)


def _check_network(settings: Settings) -> None:
    for name in ("port", "smtp_port", "submission_port", "submission_tls_port"):
        port = getattr(settings, name) or 0
        if not 0 <= port <= 65535:
            raise SettingsError(f"{name.replace('_', '-')} must be between 0 and 65535, not {port}")
    if settings.relay_url and not _is_relay(settings.relay_url):
        raise SettingsError("relay-url must be like smtp://user:password@host:port")
    for name in ENDPOINTS:
        _check_url(f"aws-endpoint-url{name and '-'}{name}", endpoints(settings).get(name, ""))
    for each in settings.sns_webhooks:
        topic, separator, url = each.partition("=")
        if not separator or not (topic == "*" or topic.startswith("arn:")):
            raise SettingsError(f"sns-webhooks must be like topic-arn=url, not {each!r}")
        _check_url("the URL in sns-webhooks", url.removeprefix(RAW))
    user, colon, password = settings.inbox_auth.partition(":")
    if settings.inbox_auth and not (user and colon and password):
        raise SettingsError("inbox-auth must be like user:password")
    if settings.public_url and not settings.public_url.startswith(("http://", "https://")):
        raise SettingsError(f"public-url must start with http:// or https://, not {settings.public_url!r}")


def endpoints(settings: Settings) -> dict[str, str]:
    """Where other AWS services are, by boto3's names of them; `` is of those that have no place of their own."""
    found = {name: getattr(settings, f"aws_endpoint_url{name and '_'}{name}") for name in ENDPOINTS}
    return {name: url for name, url in found.items() if url}


def _check_url(name: str, url: str) -> None:
    try:
        parts = urlsplit(url)
        fits = not url or (parts.scheme in ("http", "https") and parts.hostname and parts.port != 0)
    except ValueError:
        fits = False
    if not fits:
        raise SettingsError(f"{name} must start with http:// or https:// and name a host, not {url!r}")


def _is_relay(url: str) -> bool:
    try:
        parts = urlsplit(url)
        found = parts.hostname and parts.port != 0
    except ValueError:
        return False
    return bool(found) and parts.scheme == "smtp" and not (parts.path.strip("/") or parts.query or parts.fragment)


def _parse(setting: "Field[Any]", text: str) -> Any:
    name, choices = _flag(setting), setting.metadata["choices"]
    try:
        if setting.type is bool:
            return {**dict.fromkeys(TRUE, True), **dict.fromkeys(FALSE, False)}[text.strip().lower()]
        if setting.type is int:
            return int(text)
        if setting.type == int | None:
            return None if text in OFF else int(text)
        if setting.type is float:
            return float(text)
        if setting.type == float | None:
            return None if text in OFF else float(text)
    except (ValueError, KeyError):
        raise SettingsError(f"{name} must be {_KINDS[setting.type]}, not {text!r}") from None
    if setting.type == tuple[str, ...]:
        return tuple(part.strip() for part in text.split(",") if part.strip())
    if choices and text not in choices:
        raise SettingsError(f"{name} must be one of {', '.join(choices)}, not {text!r}")
    return text


def _flag(setting: "Field[Any]") -> str:
    return setting.name.replace("_", "-")


def _text(default: Any) -> str:
    if default is MISSING or default in ((), "", None):
        return ""
    if isinstance(default, tuple):
        return ",".join(default)
    return str(default).lower() if isinstance(default, bool) else str(default)


def nearest(name: str, known: Collection[str], prefix: str) -> str:
    """`; did you mean ...?` where a known name is near, else nothing; that all have the prefix makes none near."""
    near = difflib.get_close_matches(name.removeprefix(prefix), [each.removeprefix(prefix) for each in known], n=1)
    return f"; did you mean {prefix}{near[0]}?" if near else ""
