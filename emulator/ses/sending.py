"""What must hold before SES accepts a message, in SES's order; then the message is kept and its delivery queued.

The order is partly recorded (tags before identities, recipients before either), the rest is Unverified:
ARNs, tags, configuration set, account, the message itself, identities, MAIL FROM domain, limits.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from emulator.context import Context
from emulator.mime import compose, images
from emulator.ses import (
    accounts,
    addresses,
    arns,
    authorization,
    configuration_sets,
    errors,
    event_destinations,
    events,
    identities,
    limits,
    mail_from,
    quotas,
    signing,
    simulator,
    statistics,
    tags,
    tasks,
)
from emulator.ses.addresses import Mailbox
from emulator.store import messages as message_rows
from emulator.store.configuration_sets import ConfigurationSet
from emulator.store.events import Event
from emulator.store.messages import Message, Recipient, Tracking


class Options(NamedTuple):
    """What accompanies a message, as the call gives it: tags, set, and whose identities it uses."""

    operation: str
    tags: Sequence[Mapping[str, str]] = ()
    configuration_set: str | None = None
    source_arn: str | None = None
    from_arn: str | None = None
    return_path_arn: str | None = None
    template: str | None = None
    template_owner: str = ""  # the account whose template it is; empty: no e-mail template

    @property
    def arns(self) -> dict[str, str | None]:
        """The identities that are named, by what for."""
        return {
            authorization.SOURCE: self.source_arn,
            authorization.FROM: self.from_arn,
            authorization.RETURN_PATH: self.return_path_arn,
        }


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
    attached: Sequence[images.Image] = ()  # what the HTML, then without a text, refers to


class TemplatedEmail(NamedTuple):
    """A message whose parts a template will give."""

    source: str
    to: Sequence[str]
    cc: Sequence[str]
    bcc: Sequence[str]
    reply_to: Sequence[str]
    return_path: str | None


class Submission(NamedTuple):
    """A message that can be sent, if its identities may: bytes, envelope, and what its rows say."""

    raw: bytes | None  # None: a template is yet to be rendered
    view: message_rows.View | None  # None: not read yet
    source: Mailbox
    from_header: str | None
    return_path: Mailbox
    subject: str | None
    kinds: dict[str, tuple[Mailbox, ...]]  # to, cc, bcc
    reply_to: tuple[str, ...]
    senders: tuple[tuple[str, Mailbox], ...]  # who must be verified, in the order SES names them, and their use
    template_data: str | None = None


def send_email(ctx: Context, email: Email, options: Options) -> str:
    """The message is accepted: kept, in its timeline, its delivery queued. Its id."""
    authorization.check(ctx, options.operation, options.arns, lambda: mentions(email))
    tagged = tags.checked(options.tags)
    configuration_sets.for_send(ctx, options.configuration_set, None)
    accounts.require_sending(ctx)
    return accept(ctx, _composed(ctx, email), options, tagged)


def send_verification(ctx: Context, email: Email, options: Options) -> str:
    """The same for a mail that asks for confirmation: between addresses that may be identities, a looser rule."""
    return accept(ctx, _composed(ctx, email, addresses.bare), options, (), tracked=False)


# ---- steps


def accept(ctx: Context, submission: Submission, options: Options, tagged: tags.Tags, *, tracked: bool = True) -> str:
    """The message is kept, in its timeline, and goes on its way, if its identities may send and the limits allow it."""
    configuration_set = _configuration_set(ctx, submission, options)
    _check_identities(ctx, submission, options.arns)
    mail_from_domain = _mail_from_domain(ctx, submission, options)
    dkim_key_seq = _dkim_key_seq(ctx, submission, options)
    recipients = tuple(
        Recipient(mailbox.address, kind, "pending") for kind, each in submission.kinds.items() for mailbox in each
    )
    # Source: developer guide (documented): mail to the simulator uses up the rate, and not the quota.
    counted = sum(not simulator.holds(mailbox.address) for each in submission.kinds.values() for mailbox in each)
    quotas.take(ctx, len(recipients), counted)
    message_id = ctx.outside.ids.message_id(ctx.region, ctx.now)
    shown = {kind: tuple(mailbox.text for mailbox in each) for kind, each in submission.kinds.items()}
    message = Message(
        id=message_id,
        account_id=ctx.account_id,
        region=ctx.region,
        direction="outbound",
        operation=options.operation,
        source=submission.source.address,
        from_header=submission.from_header,
        return_path=submission.return_path.address,
        subject=submission.subject,
        to=shown["to"],
        cc=shown["cc"],
        bcc=shown["bcc"],
        reply_to=submission.reply_to,
        recipients=recipients,
        tags=tagged,
        configuration_set=configuration_set and configuration_set.name,
        size_bytes=len(submission.raw or b""),
        created_at=ctx.now,
        template=options.template,
        template_data=submission.template_data,
        mail_from_domain=mail_from_domain,
        dkim_key_seq=dkim_key_seq,
        source_text=submission.source.text,
        source_arn=_source_arn(ctx, submission, options),
        source_ip=ctx.caller.source_ip,
        caller_identity=ctx.caller.arn.rpartition("/")[2],
        tracking=_tracking(ctx, configuration_set) if tracked else None,
    )
    seq = message_rows.insert(ctx.tx, message, submission.raw, submission.view)
    sent = Event(seq, events.SEND, tuple(recipient.address for recipient in recipients), {}, ctx.now)
    events.keep(ctx, message, sent)
    rendered = submission.raw is not None
    tasks.add(ctx, tasks.DeliverMessage(seq) if rendered else tasks.RenderMessage(seq, options.template_owner))
    statistics.count_send(ctx, len(recipients), counted)  # last: whoever counts in this minute waits for the commit
    return message_id


def check_senders(ctx: Context, submission: Submission, options: Options) -> None:
    """Nothing, where the senders may send, whoever the recipients are."""
    _check_identities(ctx, submission._replace(kinds={}), options.arns)
    _mail_from_domain(ctx, submission, options)


def _configuration_set(ctx: Context, submission: Submission, options: Options) -> ConfigurationSet | None:
    """The set that the send names, or else the one of its sender. Unverified: when the latter is looked at."""
    default = None if options.configuration_set else identities.default_configuration_set(ctx, submission.source)
    return configuration_sets.for_send(ctx, options.configuration_set, default)


def _source_arn(ctx: Context, submission: Submission, options: Options) -> str | None:
    """The identity that lets the source send: its owner's, where another account lent it."""
    owner = authorization.owner(ctx, options.arns, authorization.SOURCE)
    identity = identities.sending(owner, submission.source) or identities.sending(ctx, submission.source)
    return arns.identity_arn(owner.region, owner.account_id, identity) if identity else None


def _tracking(ctx: Context, configuration_set: ConfigurationSet | None) -> Tracking | None:
    """What is tracked of the delivered copy: what a destination wants to be told of. Source: developer guide."""
    if configuration_set is None:
        return None
    opens, clicks = (bool(event_destinations.wanting(ctx, configuration_set.seq, kind)) for kind in ("open", "click"))
    return Tracking(opens, clicks, configuration_set.custom_redirect_domain) if opens or clicks else None


def _mail_from_domain(ctx: Context, submission: Submission, options: Options) -> str | None:
    owner = authorization.owner(ctx, options.arns, authorization.RETURN_PATH)
    return mail_from.of_sender(owner, submission.return_path)


def _dkim_key_seq(ctx: Context, submission: Submission, options: Options) -> int | None:
    use, author = submission.senders[0]
    return signing.key_of(authorization.owner(ctx, options.arns, use), author)


def _check_identities(ctx: Context, submission: Submission, given: Mapping[str, str | None]) -> None:
    """Senders are verified; in the sandbox recipients too, but for the mailbox simulator's."""
    failed = [each.text for use, each in submission.senders if not authorization.covers(ctx, given, use, each)]
    if accounts.of(ctx).sandbox:
        recipients = [mailbox for each in submission.kinds.values() for mailbox in each]
        failed += [
            each.text for each in recipients if not simulator.holds(each.address) and not identities.covers(ctx, each)
        ]
    if failed:
        named = list(dict.fromkeys(failed))
        shown = named[: limits.IDENTITIES_IN_REJECTION] + ["..."] * (len(named) > limits.IDENTITIES_IN_REJECTION)
        raise errors.IdentitiesNotVerified(region=ctx.region.upper(), failed=", ".join(shown))


# ---- messages in parts


def _composed(ctx: Context, email: Email, read: Callable[[str], Mailbox] | None = None) -> Submission:
    submission = addressed(email, read)
    check_recipients(submission.kinds)
    boundary = ctx.outside.ids.boundary(ctx.now)
    try:
        raw = compose.compose(
            source=email.source,
            reply_to=email.reply_to,
            to=email.to,
            cc=email.cc,
            subject=email.subject,
            text=email.text,
            html=email.html,
            boundary=boundary,
        )
    except compose.UnsupportedCharset as fault:
        raise errors.InvalidParameterValue(str(fault)) from None
    view: message_rows.View | None
    if email.attached:
        raw, view = images.related(raw, email.attached, boundary), None
    else:
        view = message_rows.View(email.text.data if email.text else None, email.html.data if email.html else None)
    check_size(len(raw))
    return submission._replace(raw=raw, view=view, subject=email.subject.data)


def addressed(email: Email | TemplatedEmail, read: Callable[[str], Mailbox] | None = None) -> Submission:
    """The message with all but its contents; every address in it is one."""
    read = read or mailbox
    source = read(email.source)
    reply_to = [read(text) for text in email.reply_to]
    kinds = {
        "to": tuple(read(text) for text in email.to),
        "cc": tuple(read(text) for text in email.cc),
        "bcc": tuple(read(text) for text in email.bcc),
    }
    return_path = read(email.return_path) if email.return_path else source
    return Submission(
        raw=None,
        view=None,
        source=source,
        from_header=email.source,
        return_path=return_path,
        subject=None,
        kinds=kinds,
        reply_to=tuple(mailbox.text for mailbox in reply_to),
        senders=distinct(((authorization.SOURCE, source), (authorization.RETURN_PATH, return_path))),
    )


def mentions(email: Email | TemplatedEmail) -> authorization.Mentions:
    """The addresses that policies ask about."""
    recipients = [*email.to, *email.cc, *email.bcc]
    return authorization.Mentions([email.source], [email.return_path or email.source], recipients)


# ---- for all kinds of messages


def check_recipients(kinds: Mapping[str, Sequence[Mailbox]]) -> None:
    """There are recipients, and not too many."""
    count = sum(map(len, kinds.values()))
    if not count:
        raise errors.MissingRequiredHeader(name="To")
    if count > limits.RECIPIENTS:
        raise errors.RecipientCountExceeded(maximum=str(limits.RECIPIENTS))


def check_size(length: int, most: int = limits.MESSAGE_BYTES) -> None:
    """A message of so many bytes can be sent."""
    if length > most:
        raise errors.MessageTooLong(maximum=str(most), length=str(length))


def mailbox(text: str) -> Mailbox:
    """The address, or the refusal that says what is wrong with it."""
    try:
        return addresses.parse(text)
    except addresses.AddressFault as fault:
        raise errors.InvalidParameterValue(str(fault)) from None


def mailboxes(values: Iterable[str]) -> tuple[Mailbox, ...]:
    """The addresses of some headers, or the refusal that says what is wrong with one."""
    try:
        return tuple(each for value in values for each in addresses.parse_list(value))
    except addresses.AddressFault as fault:
        raise errors.InvalidParameterValue(str(fault)) from None


def distinct(senders: Iterable[tuple[str, Mailbox]]) -> tuple[tuple[str, Mailbox], ...]:
    """Each sender once, with its first use."""
    found: dict[str, tuple[str, Mailbox]] = {}
    for use, sender in senders:
        found.setdefault(sender.text, (use, sender))
    return tuple(found.values())
