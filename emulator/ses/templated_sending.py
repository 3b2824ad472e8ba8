"""Sends whose contents a template gives: accepted at once, rendered later.

Unverified: the order of checks, which is that of other sends with the template before the addresses; of a bulk send,
that what concerns one destination is told in its status and everything else refuses the call.
"""

import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from emulator.context import Context
from emulator.ses import accounts, arns, authorization, configuration_sets, errors, limits, rendering, sending, tags
from emulator.ses.arns import TemplateArn
from emulator.ses.sending import Options, TemplatedEmail
from emulator.store import templates as template_rows

SUCCESS = "Success"
INVALID = "InvalidParameterValue"
# What each refusal is called in the status of a destination. Source: AWS's model.
_STATUSES: dict[type[errors.SesError], str] = {
    errors.IdentitiesNotVerified: "MessageRejected",
    errors.DailyQuotaExceeded: "AccountDailyQuotaExceeded",
    errors.SendRateExceeded: "AccountThrottled",
}


class Named(NamedTuple):
    """Which template, as the call says it: by name, by ARN or by both."""

    template: str
    template_arn: str | None


class Destination(NamedTuple):
    """One message of a bulk send: to whom, and what differs from the others."""

    to: Sequence[str]
    cc: Sequence[str]
    bcc: Sequence[str]
    tags: Sequence[Mapping[str, str]]
    data: str | None


class Outcome(NamedTuple):
    """What became of one destination."""

    status: str
    error: str | None
    message_id: str | None


def send_templated_email(ctx: Context, email: TemplatedEmail, named: Named, data: str, options: Options) -> str:
    """The message is accepted: kept without contents, in its timeline, its rendering queued. Its id."""
    options, tagged = _checked(ctx, email, named, options)
    rendering.data_of(data)
    submission = sending.addressed(email)._replace(template_data=data)
    sending.check_recipients(submission.kinds)
    return sending.accept(ctx, submission, options, tagged)


def send_bulk_templated_email(
    ctx: Context, email: TemplatedEmail, named: Named, data: str, destinations: Sequence[Destination], options: Options
) -> list[Outcome]:
    """Each destination's message is accepted, or not; what became of each, in order. `email` has no recipients."""
    every = [address for each in destinations for address in (*each.to, *each.cc, *each.bcc)]
    options, tagged = _checked(ctx, email._replace(to=every), named, options)
    default = rendering.data_of(data)
    if not destinations:
        raise errors.MissingRequiredHeader(name="To")
    if len(destinations) > limits.DESTINATIONS:
        raise errors.RecipientCountExceeded(maximum=str(limits.DESTINATIONS))
    sending.check_senders(ctx, sending.addressed(email), options)
    return [_outcome(ctx, email, each, (data, default), tagged, options) for each in destinations]


def _checked(ctx: Context, email: TemplatedEmail, named: Named, options: Options) -> tuple[Options, tags.Tags]:
    """What is checked before data and addresses; the options with the template in them, and the tags."""
    authorization.check(ctx, options.operation, options.arns, lambda: sending.mentions(email))
    template = _meant(ctx, named)
    tagged = tags.checked(options.tags)
    configuration_sets.for_send(ctx, options.configuration_set, None)
    accounts.require_sending(ctx)
    _require(ctx, template)
    return options._replace(template=template.template, template_owner=template.account_id), tagged


def _outcome(
    ctx: Context,
    email: TemplatedEmail,
    destination: Destination,
    default: tuple[str, rendering.Data],
    tagged: tags.Tags,
    options: Options,
) -> Outcome:
    try:
        own_tags = tags.checked(destination.tags)
        data = _data(default, destination.data)
        own = email._replace(to=destination.to, cc=destination.cc, bcc=destination.bcc)
        submission = sending.addressed(own)._replace(template_data=data)
        sending.check_recipients(submission.kinds)
        return Outcome(SUCCESS, None, sending.accept(ctx, submission, options, _replaced(tagged, own_tags)))
    except errors.SesError as error:
        status = _STATUSES.get(type(error)) or (INVALID if error.v1 == INVALID else None)
        if status is None:
            raise
        return Outcome(status, error.message, None)


def _data(default: tuple[str, rendering.Data], replacement: str | None) -> str:
    """The data of one destination as it is kept: the default's, with its own on top.

    Unverified: that none at all is as good as an empty object; some recordings have it refused.
    """
    text, data = default
    own = rendering.data_of(replacement) if replacement is not None else {}
    return json.dumps(rendering.merged(data, own)) if own else text


def _replaced(default: tags.Tags, own: tags.Tags) -> tags.Tags:
    """Unverified: a destination's tag takes the place of the default one of its name."""
    names = {name for name, _ in own}
    return (*(pair for pair in default if pair[0] not in names), *own)


def _meant(ctx: Context, named: Named) -> TemplateArn:
    """The template that the call means, which need not exist.

    Unverified: an ARN says whose template it is; a name that is not the ARN's is of the caller's own.
    """
    own = TemplateArn(ctx.region, ctx.account_id, named.template)
    if named.template_arn is None:
        return own
    by_arn = arns.parse_template(named.template_arn)
    if by_arn is None:
        raise errors.InvalidArn(arn=named.template_arn)
    return by_arn if named.template in ("", by_arn.template) else own


def _require(ctx: Context, template: TemplateArn) -> None:
    """The template exists. Unverified: one of another region does not, and another account's needs no permission."""
    if template.region != ctx.region or not template_rows.exists(
        ctx.tx, template.account_id, ctx.region, template.template
    ):
        raise errors.TemplateDoesNotExist(TemplateName=template.template)
