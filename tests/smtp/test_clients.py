"""Programs that send mail, as they are."""

import shutil
import subprocess

import pytest

from tests.support import mail, smtp
from tests.support.aws import Account
from tests.support.mail import ANN, BOB


def swaks(port: int, user: str, password: str, *options: str) -> "subprocess.CompletedProcess[str]":
    """The program, run to its end: it logs in and sends a mail from Ann to Bob."""
    program = shutil.which("swaks")
    if not program:
        pytest.skip("swaks is not installed (Debian: apt-get install swaks libnet-ssleay-perl)")
    given = ("--port", str(port), "--auth-user", user, "--auth-password", password)
    return subprocess.run(
        [program, "--server", "127.0.0.1", "--tls", "--from", ANN, "--to", BOB, *given, *options],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_swaks_sends_a_mail(port: int, account: Account, mechanism: str) -> None:
    mail.verify(account, ANN)
    password = smtp.password(account)
    finished = swaks(port, account.account_id, password, "--auth", mechanism, "--header", "Subject: By swaks")
    assert finished.returncode == 0, finished.stdout + finished.stderr
    account.drain()
    (message,) = account.messages(direction="outbound")
    assert (message["subject"], message["source"], message["to"]) == ("By swaks", ANN, [BOB])
    assert message["recipients"][0]["status"] == "delivered"


def test_swaks_is_told_of_wrong_credentials(port: int, account: Account) -> None:
    finished = swaks(port, account.account_id, "wrong", "--auth", "PLAIN")
    assert finished.returncode == 28  # in its terms: no authentication
    assert "535 Authentication Credentials Invalid" in finished.stdout
