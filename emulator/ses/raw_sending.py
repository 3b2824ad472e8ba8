"""Messages that come as one MIME document: what it says for itself, and what must hold of it besides."""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from emulator.context import Context
from emulator.mime import extensions, headers
from emulator.ses import accounts, authorization, configuration_sets, errors, limits, sending, tags
from emulator.ses.addresses import Mailbox

# What policies call it, over SMTP too. Source: developer guide (documented).
ACTION = "SendRawEmail"
_KINDS = ("to", "cc", "bcc")
_GROUP = re.compile(r"[^\"<>@,:;]*:.*;\s*\Z", re.DOTALL)


class RawEmail(NamedTuple):
    """A message as one MIME document, with an envelope where the caller gave one."""

    data: bytes
    source: str | None
    destinations: Sequence[str]
    received: bytes = b""  # the line that says how it came, where it came over SMTP
    most_bytes: int = limits.MESSAGE_BYTES


def send_raw_email(ctx: Context, email: RawEmail, options: sending.Options) -> str:
    """The MIME document is accepted as any message; headers `X-SES-*` say what parameters leave open."""
    parsed: headers.Parsed | None
    try:
        message = headers.normalise(email.data)
        parsed, fault = headers.parse(message), None
    except headers.MimeFault as found:
        parsed, fault = None, found  # raised in its turn
    fields = parsed.fields if parsed else ()
    options = _with_headers(options, fields)
    authorization.check(ctx, ACTION, options.arns, lambda: _mentions_of_raw(email, fields))
    tagged = tags.checked(options.tags) or tags.of_header(headers.first(fields, "X-SES-MESSAGE-TAGS"))
    configuration_sets.for_send(ctx, options.configuration_set, None)
    accounts.require_sending(ctx)
    sending.check_size(len(email.data), email.most_bytes)
    if parsed is None:
        raise errors.InvalidParameterValue(str(fault))
    return sending.accept(ctx, _submitted(email, message, parsed), options, tagged)


def _submitted(email: RawEmail, message: bytes, parsed: headers.Parsed) -> sending.Submission:
    fields = parsed.fields
    from_header = headers.first(fields, "From")
    authors = sending.mailboxes([from_header]) if from_header is not None else ()
    if not email.source and not authors:
        raise errors.MissingRequiredHeader(name="From")
    source = sending.mailbox(email.source) if email.source else authors[0]
    values = {kind: headers.all_values(fields, kind) for kind in _KINDS}
    if email.destinations:
        kinds = _envelope([sending.mailbox(text) for text in email.destinations], values)
    else:
        kinds = {kind: sending.mailboxes(each) for kind, each in values.items()}
    if not kinds["to"] and not email.destinations:
        raise errors.MissingRequiredHeader(name="To")
    sending.check_recipients(kinds)
    for filename in headers.filenames(message, parsed.body_start):
        if extensions.forbidden_filename(filename):
            raise errors.IllegalFilename(filename=filename)
    bounces_to = headers.first(fields, "Return-Path") if not email.source else None
    return_path = sending.mailboxes([bounces_to])[:1] if bounces_to else ()
    sender = sending.mailboxes(headers.all_values(fields, "Sender"))
    subject = headers.first(fields, "Subject")
    return sending.Submission(
        raw=headers.topped(message, email.received) if email.received else message,
        view=None,
        source=source,
        from_header=from_header,
        return_path=return_path[0] if return_path else source,
        subject=headers.decode_words(subject) if subject is not None else None,
        kinds=kinds,
        reply_to=tuple(each.text for each in sending.mailboxes(headers.all_values(fields, "Reply-To"))),
        senders=sending.distinct(
            (
                *((authorization.FROM, each) for each in authors),
                (authorization.SOURCE, source),
                *((authorization.FROM, each) for each in sender),
                *((authorization.RETURN_PATH, each) for each in return_path),
            )
        ),
    )


def _mentions_of_raw(email: RawEmail, fields: Sequence[headers.Field]) -> authorization.Mentions:
    source = [email.source] if email.source else []
    authors = headers.all_values(fields, "From") or source
    recipients = email.destinations or [each for kind in _KINDS for each in headers.all_values(fields, kind)]
    return authorization.Mentions(authors, source or headers.all_values(fields, "Return-Path") or authors, recipients)


def _envelope(destinations: Sequence[Mailbox], values: Mapping[str, Sequence[str]]) -> dict[str, tuple[Mailbox, ...]]:
    """The destinations, each as what the headers call it; one that they do not name is a blind copy.

    Source: developer guide (documented): source and destinations are the envelope, the headers are only text; but an
    address that is none is refused there too, as SES answers the trial mail of nodemailer, recorded. Unverified: that
    a group, which names nobody, is none of these.
    """
    kind_of: dict[str, str] = {}
    for kind in ("bcc", "cc", "to"):
        named = [value for value in values[kind] if not _GROUP.match(value)]
        kind_of |= {each.address.lower(): kind for each in sending.mailboxes(named)}
    kinds: dict[str, tuple[Mailbox, ...]] = {"to": (), "cc": (), "bcc": ()}
    for each in destinations:
        kinds[kind_of.get(each.address.lower(), "bcc")] += (each,)
    return kinds


def _with_headers(options: sending.Options, fields: Sequence[headers.Field]) -> sending.Options:
    """The options, with what the message's `X-SES-*` headers say where no parameter does.

    Source: developer guide (documented): a parameter beats its header, and tags are not merged.
    """
    return options._replace(
        configuration_set=options.configuration_set or headers.first(fields, "X-SES-CONFIGURATION-SET") or None,
        source_arn=_either(options.source_arn, headers.first(fields, "X-SES-SOURCE-ARN")),
        from_arn=_either(options.from_arn, headers.first(fields, "X-SES-FROM-ARN")),
        return_path_arn=_either(options.return_path_arn, headers.first(fields, "X-SES-RETURN-PATH-ARN")),
    )


def _either(parameter: str | None, header: str | None) -> str | None:
    return header if parameter is None else parameter
