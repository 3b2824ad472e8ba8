"""The keys that sign mail are there when they are needed, and made once, whoever else needs them."""

import pytest

from emulator.context import Context, Contexts
from emulator.jobs.worker import Worker
from emulator.outside import keys
from emulator.ses import dkim, identities, mailbox, raw_sending, sending
from emulator.store import dkim as dkim_rows
from emulator.store import identities as identity_rows
from emulator.store import messages as message_rows
from emulator.store.messages import Message
from tests.support import workers
from tests.support.workers import ACCOUNT, REGION, START, OwnClock, opened

DOMAIN = "example.com"


@pytest.fixture
def contexts(new_database_url: str) -> Contexts:
    """Contexts on a database of the test's own, where the domain's DKIM is verified and its keys are not made."""
    made = workers.contexts(new_database_url, OwnClock())
    with opened(made, write=True) as ctx:
        identities.verify_domain_dkim(ctx, DOMAIN)
        dkim_rows.put(ctx.tx, _domain(ctx).seq, confirmed_at=START)
    return made


def _domain(ctx: Context) -> identity_rows.Identity:
    found = identity_rows.get(ctx.tx, ACCOUNT, REGION, DOMAIN)
    assert found
    return found


def _sent(contexts: Contexts) -> Message:
    data = f"From: shop@{DOMAIN}\r\nTo: b@example.net\r\n\r\nHello".encode()
    with opened(contexts, write=True) as ctx:
        message_id = raw_sending.send_raw_email(
            ctx, raw_sending.RawEmail(data, None, ()), sending.Options("SendRawEmail")
        )
    with opened(contexts) as ctx:
        message = message_rows.get(ctx.tx, message_id)
    assert message
    return message


def _signed_by(contexts: Contexts, message: Message) -> list[str]:
    with opened(contexts) as ctx:
        lines = mailbox.raw(ctx, message).split(b"\r\n")
    return [line.split(b"d=")[1].split(b";")[0].decode() for line in lines if line.startswith(b"\ts=")]


def test_mail_sent_before_the_worker_made_the_keys_is_signed_with_one_that_stays(contexts: Contexts) -> None:
    one, two = _sent(contexts), _sent(contexts)
    assert one.dkim_key_seq == two.dkim_key_seq is not None
    with opened(contexts) as ctx:
        before = dkim_rows.keys(ctx.tx, _domain(ctx).seq)
    assert list(before) == [dkim.tokens(_domain(ctx))[0]]
    Worker(contexts, 0).drain()
    with opened(contexts) as ctx:
        after = dkim_rows.keys(ctx.tx, _domain(ctx).seq)
    assert len(after) == 3
    assert after.items() > before.items()
    assert _sent(contexts).dkim_key_seq == one.dkim_key_seq


def test_no_copy_is_read_without_the_key_of_ses(contexts: Contexts) -> None:
    message = _sent(contexts)
    with pytest.raises(LookupError):
        _signed_by(contexts, message)
    with opened(contexts, write=True) as ctx:
        dkim.make_own_key(ctx)
    assert _signed_by(contexts, message) == [DOMAIN, "amazonses.com"]


def test_of_two_who_need_the_key_of_ses_one_makes_it(
    contexts: Contexts, new_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = workers.contexts(new_database_url, OwnClock())
    made = []
    make = keys.rsa

    def counted(bits: int) -> keys.KeyPair:
        made.append(bits)
        return make(bits)

    monkeypatch.setattr(keys, "rsa", counted)
    with opened(other) as ctx:
        assert not dkim.has_own_key(ctx)  # and this is remembered
    for each in (contexts, other, contexts):
        with opened(each, write=True) as ctx:
            dkim.make_own_key(ctx)
    assert len(made) == 1
    with opened(contexts) as one, opened(other) as two:
        assert dkim_rows.own_key(one.tx) == dkim_rows.own_key(two.tx) is not None
