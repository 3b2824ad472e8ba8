"""What must hold before SES accepts a message, in SES's order; then the message is kept and its delivery queued.

The order is partly recorded (tags before identities, recipients before either), the rest is Unverified:
ARNs, tags, configuration set, the message itself, identities.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

from emulator.context import Context
from emulator.mime import compose, extensions, headers
from emulator.ses import (
    accounts,
    addresses,
    arns,
    configuration_sets,
    errors,
    events,
    identities,
    limits,
    tags,
    tasks,
)
from emulator.ses.addresses import Mailbox
from emulator.store import messages as message_rows
from emulator.store.messages import Message, Recipient

SIMULATOR = "simulator.amazonses.com"


class Options(NamedTuple):
    """What accompanies a message, as the call gives it: tags, set, and whose identities it uses."""

    operation: str
    tags: Sequence[Mapping[str, str]] = ()
    configuration_set: str | None = None
    source_arn: str | None = None
    from_arn: str | None = None
    return_path_arn: str | None = None


class Email(NamedTuple):
    """A message in parts, as SendEmail gives it."""

    source: str
    to: Sequence[str]
    cc: Sequence[str]
    bcc: Sequence[str]
    reply_to: Sequence[str]
    return_path: str | None
    subject: compose.Content
    text: compose.Content | None
    html: compose.Content | None


class RawEmail(NamedTuple):
    """A message as one MIME document, with an envelope where the caller gave one."""

    data: bytes
    source: str | None
    destinations: Sequence[str]


class _Submission(NamedTuple):
    """A message that can be sent, if its identities may: bytes, envelope, and what its rows say."""

    raw: bytes
    view: message_rows.View | None  # None: not read yet
    source: Mailbox
    from_header: str | None
    return_path: str
    subject: str | None
    kinds: dict[str, tuple[Mailbox, ...]]  # to, cc, bcc
    reply_to: tuple[str, ...]
    senders: tuple[Mailbox, ...]  # who must be verified, in the order SES names them


def send_email(ctx: Context, email: Email, options: Options) -> str:
    """The message is accepted: kept, in its timeline, its delivery queued. Its id."""
    _authorize(ctx, options)
    tagged = tags.checked(options.tags)
    configuration_sets.require(ctx, options.configuration_set)
    return _accept(ctx, _composed(ctx, email), options, tagged)


def send_raw_email(ctx: Context, email: RawEmail, options: Options) -> str:
    """The same for a MIME document; headers `X-SES-*` say what parameters leave open."""
    parsed: headers.Parsed | None
    try:
        message = headers.normalise(email.data)
        parsed, fault = headers.parse(message), None
    except headers.MimeFault as found:
        parsed, fault = None, found  # raised in its turn
    fields = parsed.fields if parsed else ()
    options = _with_headers(options, fields)
    _authorize(ctx, options)
    tagged = tags.checked(options.tags) or tags.of_header(headers.first(fields, "X-SES-MESSAGE-TAGS"))
    configuration_sets.require(ctx, options.configuration_set)
    _check_size(len(email.data))
    if parsed is None:
        raise errors.InvalidParameterValue(str(fault))
    return _accept(ctx, _submitted(email, message, parsed), options, tagged)


# ---- steps


def _authorize(ctx: Context, options: Options) -> None:
    """An identity of another account may be used where a policy of its owner says so; there are none yet."""
    given = [arn for arn in (options.source_arn, options.from_arn, options.return_path_arn) if arn is not None]
    for arn in given:
        if arns.parse_identity(arn) is None:
            raise errors.InvalidArn(arn=arn)
    for arn in given:
        named = arns.parse_identity(arn)
        if named and (named.account_id, named.region) != (ctx.account_id, ctx.region):
            raise errors.SendNotAuthorized(user=ctx.caller.arn, action=options.operation, resource=arn)


def _accept(ctx: Context, submission: _Submission, options: Options, tagged: tags.Tags) -> str:
    _check_identities(ctx, submission)
    message_id = ctx.outside.ids.message_id(ctx.region, ctx.now)
    recipients = tuple(
        Recipient(mailbox.address, kind, "pending") for kind, each in submission.kinds.items() for mailbox in each
    )
    shown = {kind: tuple(mailbox.text for mailbox in each) for kind, each in submission.kinds.items()}
    message = Message(
        id=message_id,
        account_id=ctx.account_id,
        region=ctx.region,
        direction="outbound",
        operation=options.operation,
        source=submission.source.address,
        from_header=submission.from_header,
        return_path=submission.return_path,
        subject=submission.subject,
        to=shown["to"],
        cc=shown["cc"],
        bcc=shown["bcc"],
        reply_to=submission.reply_to,
        recipients=recipients,
        tags=tagged,
        configuration_set=options.configuration_set,
        size_bytes=len(submission.raw),
        created_at=ctx.now,
    )
    seq = message_rows.insert(ctx.tx, message, submission.raw, submission.view)
    events.record(ctx, seq, events.SEND, [recipient.address for recipient in recipients])
    tasks.add(ctx, tasks.DeliverMessage(seq))
    return message_id


def _check_identities(ctx: Context, submission: _Submission) -> None:
    """Senders are verified; in the sandbox recipients too, but for the mailbox simulator's."""
    checked = list(submission.senders)
    if accounts.of(ctx).sandbox:
        checked += [
            mailbox for each in submission.kinds.values() for mailbox in each if mailbox.domain.lower() != SIMULATOR
        ]
    failed = [mailbox.text for mailbox in checked if not identities.covers(ctx, mailbox)]
    if failed:
        named = list(dict.fromkeys(failed))
        shown = named[: limits.IDENTITIES_IN_REJECTION] + ["..."] * (len(named) > limits.IDENTITIES_IN_REJECTION)
        raise errors.IdentitiesNotVerified(region=ctx.region.upper(), failed=", ".join(shown))


# ---- messages in parts


def _composed(ctx: Context, email: Email) -> _Submission:
    source = _mailbox(email.source)
    reply_to = [_mailbox(text) for text in email.reply_to]
    kinds = {
        "to": tuple(_mailbox(text) for text in email.to),
        "cc": tuple(_mailbox(text) for text in email.cc),
        "bcc": tuple(_mailbox(text) for text in email.bcc),
    }
    return_path = _mailbox(email.return_path) if email.return_path else source
    _check_recipients(kinds)
    try:
        raw = compose.compose(
            source=email.source,
            reply_to=email.reply_to,
            to=email.to,
            cc=email.cc,
            subject=email.subject,
            text=email.text,
            html=email.html,
            boundary=ctx.outside.ids.boundary(ctx.now),
        )
    except compose.UnsupportedCharset as fault:
        raise errors.InvalidParameterValue(str(fault)) from None
    _check_size(len(raw))
    return _Submission(
        raw=raw,
        view=message_rows.View(email.text.data if email.text else None, email.html.data if email.html else None),
        source=source,
        from_header=email.source,
        return_path=return_path.address,
        subject=email.subject.data,
        kinds=kinds,
        reply_to=tuple(mailbox.text for mailbox in reply_to),
        senders=(source,) if return_path.text == source.text else (source, return_path),
    )


# ---- messages as MIME documents


def _submitted(email: RawEmail, message: bytes, parsed: headers.Parsed) -> _Submission:
    fields = parsed.fields
    from_header = headers.first(fields, "From")
    authors = _mailboxes([from_header]) if from_header is not None else ()
    if not email.source and not authors:
        raise errors.MissingRequiredHeader(name="From")
    source = _mailbox(email.source) if email.source else authors[0]
    values = {kind: headers.all_values(fields, kind) for kind in ("to", "cc", "bcc")}
    if email.destinations:
        kinds = _envelope([_mailbox(text) for text in email.destinations], values)
    else:
        kinds = {kind: _mailboxes(each) for kind, each in values.items()}
    if not kinds["to"] and not email.destinations:
        raise errors.MissingRequiredHeader(name="To")
    _check_recipients(kinds)
    for filename in headers.filenames(message, parsed.body_start):
        if extensions.forbidden_filename(filename):
            raise errors.IllegalFilename(filename=filename)
    bounces_to = headers.first(fields, "Return-Path") if not email.source else None
    return_path = _mailboxes([bounces_to])[:1] if bounces_to else ()
    sender = _mailboxes(headers.all_values(fields, "Sender"))
    subject = headers.first(fields, "Subject")
    return _Submission(
        raw=message,
        view=None,
        source=source,
        from_header=from_header,
        return_path=return_path[0].address if return_path else source.address,
        subject=headers.decode_words(subject) if subject is not None else None,
        kinds=kinds,
        reply_to=tuple(each.text for each in _mailboxes(headers.all_values(fields, "Reply-To"))),
        senders=_distinct((*authors, source, *sender, *return_path)),
    )


def _envelope(destinations: Sequence[Mailbox], values: Mapping[str, Sequence[str]]) -> dict[str, tuple[Mailbox, ...]]:
    """The destinations, each as what the headers call it; one that they do not name is a blind copy.

    Source: developer guide (documented): source and destinations are the envelope, the headers are only text. So a
    header that names no mailbox, or cannot be read, is no reason to refuse the message.
    """
    kind_of: dict[str, str] = {}
    for kind in ("bcc", "cc", "to"):
        for value in values[kind]:
            with suppress(addresses.AddressFault):
                kind_of |= {mailbox.address.lower(): kind for mailbox in addresses.parse_list(value)}
    kinds: dict[str, tuple[Mailbox, ...]] = {"to": (), "cc": (), "bcc": ()}
    for mailbox in destinations:
        kinds[kind_of.get(mailbox.address.lower(), "bcc")] += (mailbox,)
    return kinds


def _with_headers(options: Options, fields: Sequence[headers.Field]) -> Options:
    """The options, with what the message's `X-SES-*` headers say where no parameter does.

    Source: developer guide (documented): a parameter beats its header, and tags are not merged.
    """
    return options._replace(
        configuration_set=options.configuration_set or headers.first(fields, "X-SES-CONFIGURATION-SET") or None,
        source_arn=_either(options.source_arn, headers.first(fields, "X-SES-SOURCE-ARN")),
        from_arn=_either(options.from_arn, headers.first(fields, "X-SES-FROM-ARN")),
        return_path_arn=_either(options.return_path_arn, headers.first(fields, "X-SES-RETURN-PATH-ARN")),
    )


# ---- both


def _check_recipients(kinds: dict[str, tuple[Mailbox, ...]]) -> None:
    count = sum(map(len, kinds.values()))
    if not count:
        raise errors.MissingRequiredHeader(name="To")
    if count > limits.RECIPIENTS:
        raise errors.RecipientCountExceeded(maximum=str(limits.RECIPIENTS))


def _check_size(length: int) -> None:
    if length > limits.MESSAGE_BYTES:
        raise errors.MessageTooLong(maximum=str(limits.MESSAGE_BYTES), length=str(length))


def _mailbox(text: str) -> Mailbox:
    try:
        return addresses.parse(text)
    except addresses.AddressFault as fault:
        raise errors.InvalidParameterValue(str(fault)) from None


def _mailboxes(values: Iterable[str]) -> tuple[Mailbox, ...]:
    try:
        return tuple(mailbox for value in values for mailbox in addresses.parse_list(value))
    except addresses.AddressFault as fault:
        raise errors.InvalidParameterValue(str(fault)) from None


def _distinct(mailboxes: Iterable[Mailbox]) -> tuple[Mailbox, ...]:
    return tuple({mailbox.text: mailbox for mailbox in mailboxes}.values())


def _either(parameter: str | None, header: str | None) -> str | None:
    return header if parameter is None else parameter
