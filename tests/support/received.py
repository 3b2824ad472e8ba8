"""Received mail on contexts: it comes in, its rules run, and what they did is looked at."""

from typing import Any

from emulator.context import Contexts
from emulator.jobs.worker import Worker
from emulator.mime import view
from emulator.ses import mailbox, receipt_rule_sets, receipt_rules, receiving
from emulator.ses.receipt_admission import Owner
from emulator.ses.verdicts import Sender
from emulator.store import events as event_rows
from emulator.store import messages as message_rows
from emulator.store import publications as publication_rows
from emulator.store.messages import Message
from emulator.store.publications import Publication
from emulator.store.receipt_rules import Action, ReceiptRule
from tests.support import workers
from tests.support.workers import ACCOUNT, REGION, opened

SET = "inbound"
SENDER, RECIPIENT = "alice@example.org", "support@example.com"
MAIL = b"From: Alice <alice@example.org>\r\nTo: support@example.com\r\nSubject: Hello\r\n\r\nHi\r\n"


def rule(on: Contexts, *actions: tuple[str, dict[str, str]], name: str = "rule") -> None:
    """The rule is the first of the active set, which is made where it is new; nobody is asked whether it can work."""
    made = ReceiptRule(
        name, True, "Optional", False, (RECIPIENT,), tuple(Action(kind, members) for kind, members in actions)
    )
    with opened(on, write=True) as ctx:
        if receipt_rule_sets.active(ctx) is None:
            receipt_rule_sets.create(ctx, SET)
            receipt_rule_sets.activate(ctx, SET)
    with opened(on, write=True) as ctx:
        receipt_rules.create(ctx, SET, made, None)


def arrive(on: Contexts, data: bytes = MAIL, *, sender: str = SENDER) -> Message:
    """A mail that was received just now."""
    session = Sender("192.0.2.1", "mx.example.org", sender)
    wanted = [(RECIPIENT, (Owner(ACCOUNT, REGION),))]
    receiving.receive(on, receiving.Mail(session, wanted, bytearray(data), encrypted=True))
    return workers.messages(on)[-1]


def drain(on: Contexts) -> None:
    """All due work is done."""
    Worker(on, 0).drain()


def steps(on: Contexts, message: Message) -> list[dict[str, Any]]:
    """What the rules did with the message, by its timeline."""
    with opened(on) as ctx:
        return [each.detail for each in event_rows.of_message(ctx.tx, message.seq) if each.type == "ReceiptAction"]


def outcomes(on: Contexts, message: Message) -> list[tuple[str, str]]:
    """The same in short: action, outcome."""
    return [(each["action"], each["outcome"]) for each in steps(on, message)]


def calls(on: Contexts) -> list[Publication]:
    """All calls to other services, oldest first."""
    with opened(on) as ctx:
        return publication_rows.page(ctx.tx, None, None, "receipt_action", None, None, 1000)[::-1]


def bounces(on: Contexts) -> list[str]:
    """The bounces that there are, oldest first: who sends it, to whom, what it says, and the reason."""
    found = []
    for message in workers.messages(on):
        if message.direction == "system":
            with opened(on) as ctx:
                told = mailbox.read(ctx, message)
                status = view.attachment(_raw(on, message), 0)
            assert status
            fields = dict(line.split(": ", 1) for line in status[1].decode().split("\r\n") if line)
            found.append(f"{message.source} > {message.to[0]}: {told.text} | {fields['Diagnostic-Code']}")
    return found


def _raw(on: Contexts, message: Message) -> bytes:

    with opened(on) as ctx:
        return message_rows.raw(ctx.tx, message.seq)
