"""Identities of a seed as they are here, and put as they are wanted.

All of a part are there before one gets what it has beside its state: a MAIL FROM domain of an address needs its
domain, and not a failed one. What needs a verified identity, or is needed by it, comes after this.
"""

from collections.abc import Sequence
from dataclasses import replace

from emulator.context import Context
from emulator.operations.v1 import dkim as dkim_operations
from emulator.operations.v1 import identities as operations
from emulator.operations.v1 import identity_policies as policy_operations
from emulator.operations.v1 import mail_from as mail_from_operations
from emulator.operations.v1 import notifications as notification_operations
from emulator.seed.calling import call, told
from emulator.seed.identities import FAILED, NOT_STARTED, PENDING, VERIFIED, Dkim, Identity, MailFrom, Notifications
from emulator.seed.members import UNSAID, merged, trimmed
from emulator.ses import configuration_sets, confirmations, dkim, identities, mail_from, proofs, verification
from emulator.store import configuration_sets as configuration_set_rows
from emulator.store import dkim as dkim_rows
from emulator.store import identities as rows
from emulator.store import identity_notifications as notification_rows
from emulator.store import identity_policies as policy_rows
from emulator.store import mail_from as mail_from_rows

STATES = {
    verification.SUCCESS: VERIFIED,
    verification.TEMPORARY_FAILURE: VERIFIED,  # it may send
    verification.PENDING: PENDING,
    verification.FAILED: FAILED,
    verification.NOT_STARTED: NOT_STARTED,
}
_TYPES = ("Bounce", "Complaint", "Delivery")
_NEW = Identity(
    identity="",
    state=NOT_STARTED,
    dkim=Dkim(state=NOT_STARTED, enabled=True),
    mail_from=None,
    notifications=Notifications(
        forwarding_enabled=True,
        bounce_topic=None,
        complaint_topic=None,
        delivery_topic=None,
        headers_in_bounce_notifications_enabled=False,
        headers_in_complaint_notifications_enabled=False,
        headers_in_delivery_notifications_enabled=False,
    ),
    configuration_set=None,
)


def put(ctx: Context, wanted: Sequence[Identity]) -> set[str]:
    """The identities are as wanted, but for their configuration sets; the names of those that were not."""
    before = {each.identity: find(ctx, each.identity) for each in wanted}
    differing = [each for each in wanted if merged(before[each.identity], each) != before[each.identity]]
    begun = [_begin(ctx, each) for each in differing]
    for each in differing:
        _put_dkim(ctx, each)
        _put_mail_from(ctx, each)
        _put_notifications(ctx, each)
        for name, policy in each.policies.items():
            if policy != _policies(ctx, each.identity).get(name):
                put_policy = policy_operations.put_identity_policy
                call(ctx, each.at, put_policy, Identity=each.identity, PolicyName=name, Policy=policy)
    for each, is_new in zip(differing, begun, strict=True):
        is_anew = _settle(ctx, each.identity, verification.IDENTITY, each.state)
        if each.is_address and each.state == PENDING and (is_new or is_anew):
            confirmations.send_mail(ctx, each.identity)
    return {each.identity for each in differing if find(ctx, each.identity) != before[each.identity]}


def put_configuration_set(ctx: Context, wanted: Identity) -> bool:
    """The identity has the configuration set, where one is wanted; whether that is new."""
    row = identities.get(ctx, wanted.identity)
    if row is None or wanted.configuration_set in (UNSAID, row.configuration_set):
        return False
    with told(wanted.at):
        return configuration_sets.set_default(ctx, wanted.identity, wanted.configuration_set)


def find(ctx: Context, name: str) -> Identity | None:
    """The identity, all that is known of it; one that only has policies as not started."""
    row = identities.get(ctx, name)
    policies = _policies(ctx, name)
    if row is None:
        return Identity(identity=name, state=NOT_STARTED, policies=policies) if policies else None
    topics = notification_rows.get(ctx.tx, row.seq)
    return Identity(
        identity=name,
        state=STATES[identities.status(ctx, row)],
        dkim=UNSAID if row.identity_type == identities.ADDRESS else _dkim(ctx, row),
        mail_from=_mail_from(ctx, row),
        notifications=Notifications(
            forwarding_enabled=topics.forwarding,
            bounce_topic=topics.bounce_topic,
            complaint_topic=topics.complaint_topic,
            delivery_topic=topics.delivery_topic,
            headers_in_bounce_notifications_enabled=topics.bounce_headers,
            headers_in_complaint_notifications_enabled=topics.complaint_headers,
            headers_in_delivery_notifications_enabled=topics.delivery_headers,
        ),
        configuration_set=row.configuration_set,
        policies=policies,
    )


def every(ctx: Context) -> list[Identity]:
    """The identities in the order of their creation, and names that only have policies."""
    names = [row.identity for row in rows.after(ctx.tx, ctx.account_id, ctx.region, None)]
    others = policy_rows.identities(ctx.tx, ctx.account_id, ctx.region).difference(names)
    found = (find(ctx, name) for name in (*names, *sorted(others)))
    return [trimmed(_sayable(ctx, each), _NEW) for each in found if each]


# ---- steps


def _begin(ctx: Context, wanted: Identity) -> bool:
    """The identity is there, and has not failed if that is in the way of something; whether it begins now."""
    name, row = wanted.identity, identities.get(ctx, wanted.identity)
    if wanted.state == NOT_STARTED:
        return False
    if row is not None:
        is_in_the_way = wanted.mail_from and identities.status(ctx, row) == verification.FAILED
        return bool(is_in_the_way) and proofs.begin_anew(ctx, name, verification.IDENTITY)
    if not wanted.is_address:
        call(ctx, wanted.at, operations.verify_domain_identity, Domain=name)
        return True
    with told(wanted.at):
        identities.check_address(name)
        identities.begin_address(ctx, name)
    return True


def _put_dkim(ctx: Context, wanted: Identity) -> None:
    row = identities.get(ctx, wanted.identity)
    if wanted.dkim is UNSAID or row is None:
        return
    at, name = wanted.dkim.at, wanted.identity
    if wanted.dkim.state != NOT_STARTED:
        if dkim.status(ctx, row) == verification.NOT_STARTED:
            call(ctx, at, dkim_operations.verify_domain_dkim, Domain=name)
        _settle(ctx, name, verification.DKIM, wanted.dkim.state)
    if wanted.dkim.enabled not in (UNSAID, _dkim(ctx, row).enabled):
        call(ctx, at, dkim_operations.set_identity_dkim_enabled, Identity=name, DkimEnabled=wanted.dkim.enabled)


def _put_mail_from(ctx: Context, wanted: Identity) -> None:
    row = identities.get(ctx, wanted.identity)
    if wanted.mail_from is UNSAID or row is None:
        return
    found, name = _mail_from(ctx, row), wanted.identity
    set_domain = mail_from_operations.set_identity_mail_from_domain
    if wanted.mail_from is None:
        call(ctx, wanted.at, set_domain, Identity=name)
        return
    meant = merged(found, wanted.mail_from)
    behavior = None if meant.behavior_on_mx_failure is UNSAID else meant.behavior_on_mx_failure
    if found is None or (meant.domain, behavior) != (found.domain, found.behavior_on_mx_failure):
        at = wanted.mail_from.at
        call(ctx, at, set_domain, Identity=name, MailFromDomain=meant.domain, BehaviorOnMXFailure=behavior)
    _settle(ctx, name, verification.MAIL_FROM, meant.state)


def _put_notifications(ctx: Context, wanted: Identity) -> None:
    row = identities.get(ctx, wanted.identity)
    if wanted.notifications is UNSAID or row is None:
        return
    found, at = notification_rows.get(ctx.tx, row.seq), wanted.notifications.at
    named = {"Identity": wanted.identity}
    forwarding = wanted.notifications.forwarding_enabled
    if forwarding not in (UNSAID, found.forwarding):
        enable = notification_operations.set_identity_feedback_forwarding_enabled
        call(ctx, at, enable, **named, ForwardingEnabled=forwarding)
    for kind in _TYPES:
        topic = getattr(wanted.notifications, f"{kind.lower()}_topic")
        if topic not in (UNSAID, getattr(found, f"{kind.lower()}_topic")):
            set_topic = notification_operations.set_identity_notification_topic
            call(ctx, at, set_topic, **named, NotificationType=kind, SnsTopic=topic)
        headers = getattr(wanted.notifications, f"headers_in_{kind.lower()}_notifications_enabled")
        if headers not in (UNSAID, getattr(found, f"{kind.lower()}_headers")):
            set_headers = notification_operations.set_identity_headers_in_notifications_enabled
            call(ctx, at, set_headers, **named, NotificationType=kind, Enabled=headers)


def _settle(ctx: Context, name: str, part: str, wanted: str) -> bool:
    """The part is in that state, as far as somebody can say so; whether it begins anew for that."""
    row = identities.get(ctx, name)
    if row is None:
        return False
    facts, status = _facts(ctx, row, part)
    if wanted == VERIFIED and status != verification.SUCCESS:
        proofs.confirm(ctx, name, part)
    elif wanted == FAILED and status != verification.FAILED:
        proofs.fail(ctx, name, part)
    elif wanted == PENDING:
        is_told = any((facts.confirmed_at, facts.auto_confirmed_at, facts.failed_at))
        return (is_told or status == verification.FAILED) and proofs.begin_anew(ctx, name, part)
    return False


# ---- what is there


def _facts(ctx: Context, row: rows.Identity, part: str) -> tuple[verification.Facts, str]:
    if part == verification.DKIM:
        signing = dkim_rows.get(ctx.tx, row.seq)
        return (signing and signing.window) or row, dkim.status(ctx, row)
    if part == verification.MAIL_FROM:
        setting = mail_from_rows.get(ctx.tx, row.seq)
        return (setting, mail_from.status(ctx, row, setting)) if setting else (row, verification.NOT_STARTED)
    return row, identities.status(ctx, row)


def _dkim(ctx: Context, row: rows.Identity) -> Dkim:
    found = dkim_rows.get(ctx.tx, row.seq)
    return Dkim(state=STATES[dkim.status(ctx, row)], enabled=found is None or found.enabled)


def _mail_from(ctx: Context, row: rows.Identity) -> MailFrom | None:
    found = mail_from_rows.get(ctx.tx, row.seq)
    if found is None:
        return None
    state = STATES[mail_from.status(ctx, row, found)]
    behavior = found.behavior_on_mx_failure
    return MailFrom(domain=found.mail_from_domain, state=state, behavior_on_mx_failure=behavior)


def _policies(ctx: Context, name: str) -> dict[str, str]:
    return policy_rows.of(ctx.tx, ctx.account_id, ctx.region, name)


def _sayable(ctx: Context, found: Identity) -> Identity:
    """Without a configuration set that was deleted since, which no seed could name, and the usual behaviour."""
    name = found.configuration_set
    if name is not UNSAID and name and not configuration_set_rows.get(ctx.tx, ctx.account_id, ctx.region, name):
        found = replace(found, configuration_set=None)
    usual = MailFrom(domain="", behavior_on_mx_failure=mail_from.USE_DEFAULT_VALUE)
    is_there = isinstance(found.mail_from, MailFrom)
    return replace(found, mail_from=trimmed(found.mail_from, usual)) if is_there else found
