"""Calls that come at the same time share a commit, and nothing else."""

from concurrent.futures import ThreadPoolExecutor

from tests.support import mail, raw, xml
from tests.support.aws import Account
from tests.support.mail import ANN, BOB

CALLS = 40
STRANGER = "stranger@elsewhere.example"


def test_calls_of_one_moment_each_have_their_own_answer(account: Account) -> None:
    mail.verify(account, ANN)

    def send(number: int) -> tuple[int, str | None]:
        answer = account.query(
            "SendEmail",
            {
                "Source": STRANGER if number % 3 == 0 else ANN,
                "Destination.ToAddresses.member.1": BOB,
                "Message.Subject.Data": f"Number {number}",
                "Message.Body.Text.Data": "Hello",
            },
        )
        return answer.status, xml.refusal(answer)[1] if answer.status != 200 else None

    with ThreadPoolExecutor(16) as callers:
        answers = list(callers.map(send, range(CALLS)))
    refused = [number for number, (status, _) in enumerate(answers) if status != 200]
    assert refused == list(range(0, CALLS, 3))
    assert {code for _, code in answers} == {None, "MessageRejected"}
    subjects = {message["subject"] for message in account.messages(direction="outbound", limit=100)}
    assert subjects == {f"Number {number}" for number in range(CALLS) if number % 3}


def test_who_hangs_up_takes_no_answer_from_the_others(account: Account) -> None:
    body = b"Action=ListIdentities&Version=2010-12-01"
    sent = raw.head(Content_Length=str(len(body))) + body
    connections = [raw.connect(account.url) for _ in range(12)]
    for connection in connections:
        connection.sendall(sent)
    for connection in connections[::2]:
        connection.close()
    for connection in connections[1::2]:
        assert raw.status(raw.read_answer(connection)) == 200
        connection.close()
