"""Nothing leaves the machine unless a setting says where to."""

import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support import aws, mail, outcomes, processes, relay, templates
from tests.support.aws import Account

# What every Python process of the server runs first: it writes down whom the process looks up, and speaks to.
LISTEN_IN = """
import os, sys

def told(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"):
        with open(os.environ["HEARD"], "a") as heard:
            heard.write(f"{event} {arguments[1:] if event == 'socket.connect' else arguments}\\n")

sys.addaudithook(told)
"""


@contextmanager
def overheard(folder: Path, *arguments: str) -> Iterator[tuple[Account, Path]]:
    """An account on a server that is overheard, and where what it does is written."""
    (folder / "sitecustomize.py").write_text(LISTEN_IN)
    heard = folder / "heard"
    heard.touch()
    where = {"PYTHONPATH": str(folder), "HEARD": str(heard)}
    with processes.serving(f"--database-url=sqlite:///{folder}/ses.db", *arguments, **where) as server:
        yield aws.new_account(server.url), heard
        server.end(signal.SIGTERM)


def send_all_kinds(account: Account) -> None:
    """Identities of both kinds, mail of all kinds, and what becomes of it."""
    client = mail.client(account)
    client.verify_domain_identity(Domain="example.com")
    client.verify_domain_dkim(Domain="example.com")
    client.set_identity_mail_from_domain(Identity="example.com", MailFromDomain="bounce.example.com")
    topic = f"arn:aws:sns:us-east-1:{account.account_id}:bounces"
    client.set_identity_notification_topic(Identity="example.com", NotificationType="Bounce", SnsTopic=topic)
    templates.create(client)
    mail.send(client)
    bounced = mail.send(client, Destination={"ToAddresses": ["bounce@simulator.amazonses.com"]})
    mail.send_raw(client, b"From: ann@example.com\r\nTo: bob@example.net\r\n\r\nHello")
    templates.send(client)
    client.send_templated_email(**templates.parameters(TemplateData=json.dumps({})))
    account.drain()
    assert outcomes.statuses(account, bounced) == {"bounce@simulator.amazonses.com": "bounced"}
    for message in account.messages():
        account.inspect("GET", f"/messages/{message['id']}")


def test_nothing_leaves_without_a_setting_that_says_where_to(tmp_path: Path) -> None:
    with overheard(tmp_path) as (account, heard):
        send_all_kinds(account)
    assert heard.read_text() == ""


def test_what_a_setting_asks_for_is_overheard(tmp_path: Path) -> None:
    with relay.serving() as there, overheard(tmp_path, f"--relay-url={there.url}") as (account, heard):
        mail.send(mail.client(account))
        account.drain()
        processes.until(lambda: "socket.connect" in heard.read_text())
