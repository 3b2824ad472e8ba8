"""Talking SMTP: smtplib for what it can say, a socket for what it cannot."""

import base64
import shutil
import smtplib
import socket
import ssl
import subprocess
from contextlib import suppress
from typing import Any, Self

import pytest

from emulator.smtp import credentials
from tests.support import mail, receipt_rules, zone
from tests.support.aws import Account

SECRET = "test"
TIMEOUT_SECONDS = 30


class Line:
    """A connection on which each line is said and heard as it stands."""

    def __init__(self, port: int) -> None:
        self._socket: socket.socket = socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_SECONDS)
        self._heard = b""
        self.greeting = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def send(self, data: bytes) -> None:
        """These very bytes are sent."""
        self._socket.sendall(data)

    def ask(self, command: str) -> str:
        """The last line of the reply to a command."""
        return self.asked(command)[-1]

    def asked(self, command: str) -> list[str]:
        """All lines of the reply to a command."""
        self.send(command.encode() + b"\r\n")
        return self.reply()

    def reply(self) -> list[str]:
        """The lines of the next reply."""
        lines = [self._line()]
        while lines[-1][3:4] == "-":
            lines.append(self._line())
        return lines

    def ended(self) -> bool:
        """Whether the server closed the connection, with nothing more to say."""
        with suppress(ConnectionResetError):
            return not self._heard and self._socket.recv(1) == b""
        return True

    def rest(self) -> str:
        """What the server says before it closes the connection, as far as it is heard."""
        with suppress(ConnectionError, ssl.SSLError):
            while part := self._socket.recv(65536):
                self._heard += part
        return self._heard.decode()

    def vanish(self) -> None:
        """The connection is torn off."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        self._socket.close()

    def encrypt(self) -> str:
        """TLS has begun; what the server said before it did."""
        said = self.ask("STARTTLS")
        self.shake_hands()
        return said

    def shake_hands(self) -> None:
        """What is sent from now on is encrypted."""
        self._socket = unverified().wrap_socket(self._socket)

    def log_in(self, user: str, password: str) -> str:
        """What the server says to these credentials, over TLS."""
        self.greeting = self.reply()[0]
        self.ask("EHLO client.example")
        self.encrypt()
        self.ask("EHLO client.example")
        return self.ask(f"AUTH PLAIN {plain(user, password)}")

    def mail(self, sender: str, *recipients: str) -> str:
        """What the server says to DATA behind this envelope."""
        self.ask(f"MAIL FROM:<{sender}>")
        for recipient in recipients:
            self.ask(f"RCPT TO:<{recipient}>")
        return self.ask("DATA")

    def _line(self) -> str:
        while b"\r\n" not in self._heard:
            part = self._socket.recv(65536)
            assert part, f"the server closed after {self._heard!r}"
            self._heard += part
        line, _, self._heard = self._heard.partition(b"\r\n")
        return line.decode()


def plain(user: str, password: str) -> str:
    """What AUTH PLAIN sends."""
    return base64.b64encode(f"\0{user}\0{password}".encode()).decode()


def encoded(text: str) -> str:
    """What AUTH LOGIN sends."""
    return base64.b64encode(text.encode()).decode()


def password(account: Account) -> str:
    """The account's password in its region."""
    return credentials.password(SECRET, account.region)


def unverified() -> ssl.SSLContext:
    """TLS with whomever."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def line(port: int, account: Account) -> Line:
    """A connection on which the account has logged in."""
    made = Line(port)
    assert made.log_in(account.account_id, password(account)).startswith("235")
    return made


def client(port: int, account: Account) -> smtplib.SMTP:
    """smtplib, logged in as the account."""
    made = smtplib.SMTP("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
    made.starttls()
    made.login(account.account_id, password(account))
    return made


def sent(said: smtplib.SMTP, sender: str, recipients: list[str], message: bytes) -> str:
    """The whole reply to a message."""
    code, text = said.mail(sender)
    assert code == 250, text
    for recipient in recipients:
        code, text = said.rcpt(recipient)
        assert code == 250, text
    code, text = said.data(message)
    return f"{code} {text.decode()}"


def message_id(reply: str) -> str:
    """The id in the reply to a message that was accepted."""
    assert reply.startswith("250 Ok "), reply
    return reply.removeprefix("250 Ok ")


# ---- mail from the world


def receives(account: Account, *actions: dict[str, Any], domain: str | None = None, **rule: Any) -> str:
    """A domain whose mail the account receives, by one rule of its active rule set."""
    domain = domain or zone.domain_of(account)
    mail.verify(account, domain)
    client = account.client()
    client.create_receipt_rule_set(RuleSetName=receipt_rules.SET)
    receipt_rules.add(account, "rule", *actions, **{"Enabled": True, "Recipients": [domain], **rule})
    client.set_active_receipt_rule_set(RuleSetName=receipt_rules.SET)
    return domain


def visitor(port: int, helo: str = "mx.example.org") -> Line:
    """A connection of a host in the world, which has said its name."""
    made = Line(port)
    made.greeting = made.reply()[0]
    assert made.ask(f"EHLO {helo}") == "250 Ok"
    return made


def delivers(line: Line, message: bytes, sender: str, *recipients: str) -> str:
    """The reply to a message from the world."""
    assert line.ask(f"MAIL FROM:<{sender}>") == "250 Ok"
    for recipient in recipients:
        assert line.ask(f"RCPT TO:<{recipient}>") == "250 Ok", recipient
    assert line.ask("DATA").startswith("354 ")
    line.send(message + b"\r\n.\r\n")
    return line.reply()[-1]


def received_id(reply: str) -> str:
    """The id in the reply to a message that was received."""
    assert reply.startswith("250 OK "), reply
    return reply.removeprefix("250 OK ")


def by_swaks(port: int, sender: str, recipient: str, *options: str) -> None:
    """A message from the world, which swaks sends."""
    program = shutil.which("swaks")
    if not program:
        pytest.skip("swaks is not installed (Debian: apt-get install swaks libnet-ssleay-perl)")
    command = [program, "--server", "127.0.0.1", "--port", str(port), "--from", sender, "--to", recipient, *options]
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stdout + finished.stderr
