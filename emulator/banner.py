"""What a server says of itself when it is ready: where it answers, and in which mode."""

from emulator.settings import Settings
from emulator.version import VERSION

READY = "Ready."


def text(chosen: Settings) -> str:
    """The lines; the last says that every listener accepts. `chosen` has the ports that the system gave."""
    url = f"http://{_host(chosen)}:{chosen.port}"
    mode = "strict" if chosen.strict else f"verification {chosen.verification}"
    if chosen.sandbox and not chosen.strict:
        mode += ", sandbox"
    database = "ephemeral" if chosen.ephemeral else without_password(chosen.database_url)
    smtp = ""
    for label, port, remark in (
        ("Inbound ", chosen.smtp_port, "mail for domains that are verified here, and have a receipt rule"),
        ("SMTP    ", chosen.submission_port, "user and password: ses-emulator smtp-credentials"),
        ("SMTP TLS", chosen.submission_tls_port, "the same, encrypted from the first byte"),
    ):
        if port is not None:
            smtp += f"  {label}   {_host(chosen)}:{port}   ({remark})\n"
    return (
        f"ses-emulator {VERSION}\n"
        f"  API        {url}   (endpoint_url of your SDK)\n"
        f"{smtp}"
        f"  Inbox      {url}   (mail as it comes, and what SES did with it)\n"
        f"  Database   {database}\n"
        f"  Mode       {mode}\n"
        f"{READY}\n"
    )


def without_password(url: str) -> str:
    """The URL as anybody may see it."""
    scheme, separator, rest = url.partition("://")
    return f"{scheme}{separator}{rest.rpartition('@')[2]}" if "@" in rest else url


def _host(chosen: Settings) -> str:
    host = "127.0.0.1" if chosen.host in ("0.0.0.0", "::") else chosen.host  # noqa: S104
    return f"[{host}]" if ":" in host else host
