"""What the actions of receipt rules name: topics, buckets, keys, functions and senders that SES must be able to use.

Where a service has an endpoint it is asked, with the very call by which SES tells that a rule is set up; where it has
none, all is well with its resources.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from emulator.context import Context
from emulator.outside.aws import Call
from emulator.ses import (
    addresses,
    errors,
    identities,
    limits,
    publications,
    questions,
    receipt_actions,
    setup_notifications,
)
from emulator.store.receipt_rules import Action

CHANNEL = "receipt_rule"  # of what is told when a rule is set up
_TOPIC = re.compile(r"arn:aws[a-z-]*:sns:([a-z0-9-]+):[0-9]{12}:[A-Za-z0-9_.-]+\Z")
# Unverified: that a version or an alias may be named.
_FUNCTION = re.compile(r"arn:aws[a-z-]*:lambda:([a-z0-9-]+):[0-9]{12}:function:[A-Za-z0-9_-]+(?::[A-Za-z0-9$_-]+)?\Z")
# Unverified: what SES looks at in it.
_KMS_KEY = re.compile(r"arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:(?:key|alias)/[A-Za-z0-9/_-]+\Z")
# Unverified: that SES looks at more than whether it is empty.
_REPLY_CODE = re.compile(r"[245][0-9]{2}\Z")


class _Reaching(NamedTuple):
    """An operation on its way to what actions name, and the calls that it makes there."""

    ctx: Context
    calls: dict[Call, None]

    def refusal(self, call: Call) -> str | None:
        """The code with which the service refuses the call; None where it takes it, or is not there."""
        self.calls[call] = None
        return questions.ask(self.ctx, call).code if _is_there(self.ctx, call.service) else None


def reach(ctx: Context, actions: Sequence[Action]) -> list[Call]:
    """All that the actions name can be used; the calls that tell so, made where the service is there.

    Source: recorded, the order of checks as well.
    """
    if len(actions) > limits.ACTIONS_PER_RULE:
        raise errors.TooManyActions
    reaching = _Reaching(ctx, {})
    for action in receipt_actions.with_defaults(actions):
        if "TopicArn" in action.members:
            _reach_topic(reaching, action)
        reach_target = _TARGETS.get(action.type)
        if reach_target:
            reach_target(reaching, action.members)
    return [call for call in reaching.calls if call.service != "lambda"]  # a dry run tells nobody


def tell(ctx: Context, rule_set_name: str, rule_name: str, telling: Sequence[Call]) -> None:
    """Buckets and topics are told that the rule is set up, or were already."""
    for call in telling:
        content = dict(call.parameters)
        publications.record(
            ctx,
            channel=CHANNEL,
            name=f"{rule_set_name}/{rule_name}",
            service=call.service,
            target=content["TopicArn"] if call.service == "sns" else f"arn:aws:s3:::{content['Bucket']}",
            content=content,
            published=_is_there(ctx, call.service),
        )


def _is_there(ctx: Context, service: str) -> bool:
    return ctx.outside.aws.endpoint(service) is not None


def _is_elsewhere(ctx: Context, service: str, region: str) -> bool:
    """Whether a resource of that region is out of reach, as it must be in SES's own.

    Source: developer guide (documented). Nobody minds where there is no such service.
    """
    return _is_there(ctx, service) and region != ctx.region


def _reach_topic(reaching: _Reaching, action: Action) -> None:
    topic = action.members["TopicArn"]
    arn = _TOPIC.match(topic)
    if arn is None:
        raise errors.InvalidSnsTopic(Topic=topic)
    if _is_elsewhere(reaching.ctx, "sns", arn[1]) or reaching.refusal(
        setup_notifications.to_topic(reaching.ctx, action)
    ):
        raise errors.CouldNotPublish(Topic=topic)


def _reach_bucket(reaching: _Reaching, members: Mapping[str, str]) -> None:
    bucket, key = members["BucketName"], members.get("KmsKeyArn")
    if not bucket:
        raise errors.BucketNameEmpty
    prefix = members.get("ObjectKeyPrefix", "")
    refusal = reaching.refusal(setup_notifications.to_bucket(reaching.ctx, bucket, prefix))
    if refusal == "NoSuchBucket":
        raise errors.NoSuchBucket(Bucket=bucket)
    if refusal:
        raise errors.CouldNotWrite(Bucket=bucket)
    if key is not None and not _KMS_KEY.match(key):
        raise errors.InvalidKmsKeyArn(arn=key)


def _reach_function(reaching: _Reaching, members: Mapping[str, str]) -> None:
    """Unverified: that SES looks with a dry run, which the function does not see."""
    function = members["FunctionArn"]
    if not function:
        raise errors.FunctionArnEmpty
    arn = _FUNCTION.match(function)
    if arn is None:
        raise errors.InvalidLambdaFunction(FunctionArn=function)
    if _is_elsewhere(reaching.ctx, "lambda", arn[1]) or reaching.refusal(_dry_run(reaching.ctx, function)):
        raise errors.CouldNotInvoke(FunctionArn=function)


def _dry_run(ctx: Context, function: str) -> Call:
    parameters = (("FunctionName", function), ("InvocationType", "DryRun"))
    return Call(ctx.account_id, ctx.region, "lambda", "invoke", parameters)


def _check_bounce(reaching: _Reaching, members: Mapping[str, str]) -> None:
    if not _REPLY_CODE.match(members["SmtpReplyCode"]):
        raise errors.InvalidSmtpReplyCode(code=members["SmtpReplyCode"])
    if not members["Message"]:
        raise errors.InvalidSmtpResponseMessage(message="")
    try:
        sender = addresses.parse(members["Sender"])
    except addresses.AddressFault:
        raise errors.BounceSenderNotVerified(address=members["Sender"]) from None
    if not identities.covers(reaching.ctx, sender):
        raise errors.BounceSenderNotVerified(address=members["Sender"])


_TARGETS: Mapping[str, Callable[[_Reaching, Mapping[str, str]], None]] = {
    "S3Action": _reach_bucket,
    "LambdaAction": _reach_function,
    "BounceAction": _check_bounce,
}
