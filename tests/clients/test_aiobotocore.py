"""aiobotocore, which asks for a botocore of its own, and so has an environment of its own."""

import pytest

from tests.support import programs, story
from tests.support.aws import Account

PYTHON = programs.ROOT / ".venv-aio/bin/python"


def test_aiobotocore_makes_sends_side_by_side_reads_and_is_refused(account: Account) -> None:
    if not PYTHON.exists():
        pytest.skip("aiobotocore is not installed (make test does that)")
    program = programs.HERE / "client_aiobotocore.py"
    said = programs.run([PYTHON, "-P", program], story.given(account))  # it must not find our modules beside it
    many = said.pop("many")
    assert len(set(many)) == 20
    account.drain()
    for message_id in many:
        message = account.inspect("GET", f"/messages/{message_id}")
        assert (message["subject"], message["recipients"][0]["status"]) == (story.SUBJECT, "delivered")
        account.inspect("DELETE", f"/messages/{message_id}")
    story.check(account, said)
