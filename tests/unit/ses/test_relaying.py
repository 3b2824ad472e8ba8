"""Whom a delivered message is passed on to."""

import json

import pytest

from emulator.context import Contexts
from emulator.outside.clock import Clock
from emulator.ses import dkim, raw_sending, relaying, sending, tasks
from emulator.store import jobs as job_rows
from emulator.store import messages as message_rows
from tests.support import workers

RECIPIENTS = ["a@example.net", "b@example.net", "c@example.net", "success@simulator.amazonses.com"]


@pytest.fixture
def on(new_database_url: str) -> Contexts:
    """A database with one message, which all but one have."""
    made = workers.contexts(new_database_url, Clock())
    with workers.opened(made, write=True) as ctx:
        email = raw_sending.RawEmail(b"From: ann@example.com\r\n\r\nHello", None, RECIPIENTS)
        raw_sending.send_raw_email(ctx, email, sending.Options("SendRawEmail"))
        (message,) = message_rows.several(ctx.tx, [1])
        met = [
            each._replace(status="delayed" if each.address[0] == "b" else "delivered") for each in message.recipients
        ]
        message_rows.set_recipients(ctx.tx, [(1, met)])
        dkim.make_own_key(ctx)
    return made


def passed_on(on: Contexts, **payload: object) -> tuple[str, ...] | None:
    """Whom the message goes to by a job that holds this."""
    job = job_rows.Due(0, 1, workers.ACCOUNT, workers.REGION, "RelayMessage", None, None, json.dumps(payload), 0)
    with workers.opened(on) as ctx:
        task = tasks.of_job(job)
        assert isinstance(task, tasks.RelayMessage)
        parcel = relaying.load(ctx, task)
        assert parcel is None or not parcel.require_tls
        return parcel and parcel.recipients


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        (["a@example.net"], ("a@example.net",)),
        (["c@example.net", "a@example.net"], ("a@example.net", "c@example.net")),
        (["b@example.net"], None),  # does not have it
        (["success@simulator.amazonses.com"], None),
        (["eve@example.net"], None),
        ([], None),
    ],
)
def test_it_is_for_those_whom_its_delivery_reached(
    on: Contexts, named: list[str], expected: tuple[str, ...] | None
) -> None:
    assert passed_on(on, message_seq=1, recipients=named) == expected


def test_a_job_that_an_older_version_left_is_for_all_who_have_it(on: Contexts) -> None:
    assert passed_on(on, message_seq=1) == ("a@example.net", "c@example.net")


def test_a_message_that_is_gone_is_for_nobody(on: Contexts) -> None:
    assert passed_on(on, message_seq=2, recipients=["a@example.net"]) is None
