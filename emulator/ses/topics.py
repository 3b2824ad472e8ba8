"""Topics of SNS that somebody wants to be told something: each is sent a message first that says so."""

from emulator.context import Context
from emulator.outside import aws
from emulator.ses import questions

VALIDATION = "validation"


def refusal(ctx: Context, name: str, topic: str, text: str) -> str | None:
    """The code with which SNS refuses the text; None where the topic has it, or, where there is no SNS, it is recorded.

    Source: recorded: no subject goes with it.
    """
    from emulator.ses import publications  # with all that publishes: no send needs it

    published = ctx.outside.aws.endpoint("sns") is not None
    if published:
        parameters = (("TopicArn", topic), ("Message", text))
        answer = questions.ask(ctx, aws.Call(ctx.account_id, ctx.region, "sns", "publish", parameters))
        if answer.code is not None:
            return answer.code
    publications.record(
        ctx,
        channel=VALIDATION,
        name=name,
        service="sns",
        target=topic,
        content={"Message": text},
        published=published,
    )
    return None
