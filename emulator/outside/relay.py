"""A real SMTP server that delivered mail is passed on to, where the settings name one."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

SECONDS = 10
DEFAULT_PORT = 25
GOING, PERMANENT = 421, 500
# Unverified: what SES says where it may only deliver over TLS; the code is the one that the registry has for it.
NO_TLS = "554 5.7.10 Encryption needed: the server does not offer STARTTLS"


class Deferred(Exception):
    """The server would take this message later, and others now."""


class Relay(NamedTuple):
    """The server, and how to log in where it asks for that."""

    host: str
    port: int
    user: str
    password: str

    def send(self, sender: str, recipients: Sequence[str], message: bytes, require_tls: bool = False) -> dict[str, str]:
        """The server has the message, these very bytes; by recipient, with what words it was refused for good.

        OSError, which smtplib's errors are, where the server did not answer; Deferred where it did, with "later".
        """
        import smtplib  # with all of `email` behind it: not before there is something to pass on
        import ssl

        with smtplib.SMTP(self.host, self.port, timeout=SECONDS) as client:
            client.ehlo_or_helo_if_needed()
            if client.has_extn("starttls"):
                # A password is for nobody but the server that was named; without one any encryption beats none.
                client.starttls(context=ssl.create_default_context() if self.user else None)
                client.ehlo()
            elif require_tls:
                return dict.fromkeys(recipients, NO_TLS)
            if self.user:
                client.login(self.user, self.password)
            options = ["BODY=8BITMIME"] if client.has_extn("8bitmime") and not message.isascii() else []
            if client.has_extn("smtputf8") and not "".join((sender, *recipients)).isascii():
                options.append("SMTPUTF8")
            refused: Mapping[str, tuple[int, bytes | str]]
            try:
                refused = client.sendmail(sender, recipients, message, options)
            except smtplib.SMTPRecipientsRefused as error:
                refused = error.recipients
                later = next((each for each in refused.values() if each[0] < PERMANENT), None)
                if later:
                    raise Deferred(f"{later[0]} {_text(later[1])}") from error
            except smtplib.SMTPResponseException as error:
                if error.smtp_code == GOING:
                    raise
                if error.smtp_code < PERMANENT:
                    raise Deferred(f"{error.smtp_code} {_text(error.smtp_error)}") from error
                refused = dict.fromkeys(recipients, (error.smtp_code, error.smtp_error))
        return {address: f"{code} {_text(words)}" for address, (code, words) in refused.items()}


def at(url: str) -> Relay:
    """The server of `smtp://[user:password@]host[:port]`."""
    parts = urlsplit(url)
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return Relay(parts.hostname or "", parts.port or DEFAULT_PORT, user, password)


def _text(words: bytes | str) -> str:
    return words.decode("utf-8", "replace") if isinstance(words, bytes) else words
