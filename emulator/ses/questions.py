"""What an operation must ask another service before it can go on: whether a topic takes messages, a bucket objects.

To wait for an answer while a transaction is open, or on the loop that answers calls, would hold everybody up. So an
operation that asks is rolled back, the question is put with nothing open, and the operation runs again with the answer.
"""

from emulator.context import Context
from emulator.outside import Outside, aws


class Unanswered(Exception):
    """The operation waits for the answer to this call."""

    def __init__(self, call: aws.Call) -> None:
        super().__init__(f"{call.service} {call.operation}")
        self.call = call


def ask(ctx: Context, call: aws.Call) -> aws.Answer:
    """The service's answer, `aws.UNREACHABLE` as its code where it gave none; Unanswered the first time.

    Nothing may be written before: it would be written twice.
    """
    if call not in ctx.answers:
        raise Unanswered(call)
    return ctx.answers[call]


def answer(outside: Outside, call: aws.Call) -> aws.Answer:
    """The answer, from the service itself."""
    try:
        return outside.aws.answer(call)
    except aws.Unreachable as error:
        return aws.Answer({}, aws.UNREACHABLE, str(error))
