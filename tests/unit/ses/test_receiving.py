"""What is kept of a received mail beside its contents: how it came, and what its rules will do with it."""

from collections.abc import Callable
from typing import Any

import pytest

from emulator.context import Contexts
from emulator.outside.clock import Clock
from emulator.ses import receipt_rule_sets, receipt_rules, receiving
from emulator.ses.receipt_admission import Owner
from emulator.ses.verdicts import Sender
from emulator.store import receipts as receipt_rows
from emulator.store.receipt_rules import Action, ReceiptRule
from emulator.store.receipts import Facts, PlannedRule, Receipt, Verdicts
from tests.support import workers
from tests.support.workers import OwnResolver

ADD = Action("AddHeaderAction", {"HeaderName": "X-A", "HeaderValue": "b"})
STOP = Action("StopAction", {"Scope": "RuleSet"})
OWNER = Owner(workers.ACCOUNT, workers.REGION)
MAIL = b"From: Alice <alice@example.org>\r\nTo: a@example.com\r\n\r\nHi\r\n"


@pytest.fixture
def contexts(new_database_url: str) -> Contexts:
    """Contexts on a database of the test's own, with an active rule set."""
    made = workers.contexts(new_database_url, Clock())
    with workers.opened(made, write=True) as ctx:
        receipt_rule_sets.create(ctx, "set")
        receipt_rule_sets.activate(ctx, "set")
    return made


def add(contexts: Contexts, name: str, *actions: Action, **changed: Any) -> None:
    """The rule stands before all others."""
    rule = ReceiptRule(name, True, "Optional", False, (), actions)._replace(**changed)
    with workers.opened(contexts, write=True) as ctx:
        receipt_rules.create(ctx, "set", rule, None)


def receive(contexts: Contexts, data: bytes = MAIL, *recipients: str, sender: Sender | None = None) -> Receipt:
    """What is kept of the mail."""
    sender = sender or Sender("192.0.2.10", "mx.example.org", "alice@example.org")
    wanted = [(each, (OWNER,)) for each in recipients or ("a@example.com",)]
    receiving.receive(contexts, receiving.Mail(sender, wanted, bytearray(data), encrypted=True))
    message = workers.messages(contexts)[-1]
    with workers.opened(contexts) as ctx:
        receipt = receipt_rows.get(ctx.tx, message.seq)
    assert receipt
    return receipt


def test_the_receipt_says_how_it_came_and_what_will_be_done(contexts: Contexts) -> None:
    add(contexts, "off", enabled=False)
    add(contexts, "second", STOP, recipients=("b@example.com",), scan_enabled=True)
    add(contexts, "first", ADD, ADD)
    receipt = receive(contexts, MAIL, "a@example.com", "B+label@example.com")
    assert receipt == Receipt(
        receipt.message_seq,
        Facts(
            ip="192.0.2.10",
            helo="mx.example.org",
            rdns=None,
            tls=True,
            mail_from="alice@example.org",
            recipients=("a@example.com", "B+label@example.com"),
            verdicts=Verdicts("PASS", "PASS", "GRAY", "GRAY", "GRAY"),
            dmarc_policy=None,
            scanned=True,
        ),
        (
            PlannedRule("set", "first", False, ("a@example.com", "B+label@example.com"), (ADD, ADD)),
            PlannedRule("set", "second", True, ("B+label@example.com",), (STOP,)),
        ),
    )


def test_rules_apply_as_they_were_when_the_mail_came(contexts: Contexts) -> None:
    add(contexts, "rule", ADD)
    before = receive(contexts)
    with workers.opened(contexts, write=True) as ctx:
        receipt_rules.update(ctx, "set", ReceiptRule("rule", True, "Optional", False, (), (STOP,)))
    with workers.opened(contexts) as ctx:
        assert receipt_rows.get(ctx.tx, before.message_seq) == before
    assert receive(contexts).plan[0].actions == (STOP,)
    with workers.opened(contexts, write=True) as ctx:
        receipt_rule_sets.activate(ctx, None)
    assert receive(contexts).plan == ()


def test_only_rules_that_do_something_are_work(contexts: Contexts) -> None:
    add(contexts, "rule")
    receive(contexts)
    assert workers.jobs(contexts) == []
    add(contexts, "other", ADD)
    receipt = receive(contexts)
    (job,) = workers.jobs(contexts)
    assert (job.task, job.lane, job.message_seq) == ("RunReceiptRules", None, receipt.message_seq)


def test_how_far_rules_have_come_is_kept(contexts: Contexts) -> None:
    add(contexts, "rule", ADD)
    receipt = receive(contexts)
    with workers.opened(contexts, write=True) as ctx:
        assert receipt_rows.get(ctx.tx, receipt.message_seq, lock=True) == receipt
        receipt_rows.proceed(ctx.tx, receipt.message_seq, 1, 2, [("X-A", "ä"), ("X-A", "b")])
    with workers.opened(contexts) as ctx:
        after = receipt_rows.get(ctx.tx, receipt.message_seq)
    assert after == receipt._replace(rule=1, action=2, added_headers=(("X-A", "ä"), ("X-A", "b")))


def test_the_policy_is_told_where_dmarc_failed(new_database_url: str) -> None:
    zone = {("_dmarc.example.org", "TXT"): ["v=DMARC1; p=none"]}
    contexts = workers.contexts(new_database_url, Clock(), OwnResolver(lambda *place: zone.get(place, [])))
    facts = receive(contexts).facts
    assert (facts.verdicts.dmarc, facts.dmarc_policy) == ("GRAY", "none")
    zone["_dmarc.example.org", "TXT"] = ["v=DMARC1; p=reject"]
    facts = receive(contexts).facts
    assert (facts.verdicts.dmarc, facts.dmarc_policy) == ("FAIL", "reject")
    zone["example.org", "TXT"] = ["v=spf1 ip4:192.0.2.10 -all"]
    facts = receive(contexts).facts
    assert (facts.verdicts.dmarc, facts.dmarc_policy) == ("PASS", None)


@pytest.mark.parametrize(
    ("answer", "spf", "rdns"),
    [
        (lambda _name, _type: None, "PROCESSING_FAILED", None),
        (lambda _name, _type: [], "GRAY", None),
        (
            lambda _name, kind: {"PTR": ["mx.example.org."], "TXT": ["v=spf1 ptr -all"], "A": ["192.0.2.10"]}.get(
                kind, []
            ),
            "PASS",
            "mx.example.org",
        ),
    ],
)
def test_a_real_resolver_is_asked_where_it_decides(
    new_database_url: str, answer: Callable[[str, str], list[str] | None], spf: str, rdns: str | None
) -> None:
    facts = receive(workers.contexts(new_database_url, Clock(), OwnResolver(answer))).facts
    assert (facts.verdicts.spf, facts.rdns) == (spf, rdns)


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_mail_that_begins_with_an_empty_line_has_no_header(end: bytes, contexts: Contexts) -> None:
    receive(contexts, end + b"Subject: of the body" + end * 2 + b"Hi")
    assert workers.messages(contexts)[-1].subject is None


def test_a_mail_with_very_many_parts_is_not_taken_apart(contexts: Contexts) -> None:
    add(contexts, "scan", scan_enabled=True)
    many = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 20_000
    assert receive(contexts, many).facts.verdicts.virus == "PASS"
    with workers.opened(contexts) as ctx:
        from emulator.store import messages as message_rows

        assert message_rows.view(ctx.tx, workers.messages(contexts)[-1].seq) is None
