"""Configuration sets: what sends with them have in common, and whether they may be used."""

import re

from emulator.context import Context
from emulator.ses import arns, domains, errors, identities, limits, paging, verification
from emulator.store import configuration_sets as rows
from emulator.store import identities as identity_rows
from emulator.store.configuration_sets import ConfigurationSet, Listed

LIST = "configuration sets"
# Source: API reference (documented), of sets and of event destinations.
NAME = re.compile(r"[A-Za-z0-9_-]+\Z")


def create(ctx: Context, name: str) -> None:
    """The set is there: it sends, and has no options and no destinations. Unverified: the order of the checks."""
    if not NAME.match(name):
        raise errors.InvalidConfigurationSetName(name=name)
    if len(name) > limits.CONFIGURATION_SET_NAME_LENGTH:
        raise errors.ConfigurationSetNameTooLong(maximum=str(limits.CONFIGURATION_SET_NAME_LENGTH))
    ctx.tx.changed()  # before the look: of two callers with the same new name, the second finds the first one's
    if rows.get(ctx.tx, ctx.account_id, ctx.region, name):
        raise errors.ConfigurationSetAlreadyExists(ConfigurationSetName=name)
    if rows.count(ctx.tx, ctx.account_id, ctx.region) >= limits.CONFIGURATION_SETS:
        raise errors.ConfigurationSetLimitExceeded(maximum=str(limits.CONFIGURATION_SETS))
    rows.insert(ctx.tx, ctx.account_id, ctx.region, name, ctx.now)


def delete(ctx: Context, name: str) -> None:
    """The set is gone with all it has. Source: developer guide (documented): identities still name it as theirs."""
    rows.delete(ctx.tx, held(ctx, name).seq)


def get(ctx: Context, name: str) -> ConfigurationSet:
    """The set of that name."""
    found = rows.get(ctx.tx, ctx.account_id, ctx.region, name)
    if found is None:
        raise errors.ConfigurationSetDoesNotExist(ConfigurationSetName=name)
    return found


def held(ctx: Context, name: str) -> ConfigurationSet:
    """The set of that name, which nobody else changes or deletes until this commits."""
    ctx.tx.changed()
    return get(ctx, name)


def page(ctx: Context, max_items: int | None, next_token: str | None) -> paging.Page[Listed]:
    """The next sets, 1,000 at most. Source: API reference (documented).

    Unverified: they come in the order of their creation; to ask for more than there can be is no fault, and for less
    than one is refused as ListIdentities does.
    """
    most = limits.CONFIGURATION_SETS_PER_PAGE
    limit = most if max_items is None else min(max_items, most)
    if limit < 1:
        raise errors.InvalidMaxItems(value=str(limit), maximum=str(most))
    after = paging.position(ctx, LIST, next_token)
    found = rows.after(ctx.tx, ctx.account_id, ctx.region, after, limit + 1)
    more = paging.token(ctx, LIST, found[limit - 1].seq) if len(found) > limit else None
    return paging.Page(found[:limit], more)


# ---- options


def set_sending_enabled(ctx: Context, name: str, enabled: bool) -> None:
    """Sends with the set are accepted, or not; if they were not, its reputation begins anew. Source: AWS's model."""
    found = held(ctx, name)
    fresh_start = {"last_fresh_start_at": ctx.now} if enabled and not found.sending_enabled else {}
    rows.put(ctx.tx, found.seq, sending_enabled=enabled, **fresh_start)


def set_reputation_metrics_enabled(ctx: Context, name: str, enabled: bool) -> None:
    """The reputation of the set is published, or not."""
    rows.put(ctx.tx, held(ctx, name).seq, reputation_metrics_enabled=enabled)


def set_tls_policy(ctx: Context, name: str, tls_policy: str | None) -> None:
    """Mail of the set needs TLS, or not. Unverified: without a policy, nothing is said of it any more."""
    rows.put(ctx.tx, held(ctx, name).seq, tls_policy=tls_policy)


def create_tracking_options(ctx: Context, name: str, domain: str | None) -> None:
    """Links and pixels of the set's mail are at the domain."""
    checked = _checked_domain(ctx, domain)
    found = held(ctx, name)
    if found.custom_redirect_domain is not None:
        raise errors.TrackingOptionsAlreadyExist(ConfigurationSetName=name)
    rows.put(ctx.tx, found.seq, custom_redirect_domain=checked)


def update_tracking_options(ctx: Context, name: str, domain: str | None) -> None:
    """Links and pixels of the set's mail, which had a domain, are at this one."""
    checked = _checked_domain(ctx, domain)
    rows.put(ctx.tx, _with_tracking_options(ctx, name).seq, custom_redirect_domain=checked)


def delete_tracking_options(ctx: Context, name: str) -> None:
    """Links and pixels of the set's mail are at SES's own domain again."""
    rows.put(ctx.tx, _with_tracking_options(ctx, name).seq, custom_redirect_domain=None)


def _with_tracking_options(ctx: Context, name: str) -> ConfigurationSet:
    found = held(ctx, name)
    if found.custom_redirect_domain is None:
        raise errors.TrackingOptionsDoNotExist(ConfigurationSetName=name)
    return found


def _checked_domain(ctx: Context, domain: str | None) -> str:
    """The domain, which is a verified identity of the account; looked at before the set. Source: recorded.

    Unverified: that a verified parent does not do.
    """
    if domain is None or not domain.strip():
        raise errors.TrackingOptionsNotSpecified
    found = identities.attributes_of(ctx, arns.key(domain)) if domains.is_domain(domain) else None
    if found is None or found.status not in verification.MAY_SEND:
        raise errors.TrackingDomainNotVerified(domain=domain)
    return domain


# ---- sends


def for_send(ctx: Context, named: str | None, default: str | None) -> ConfigurationSet | None:
    """The set that a send names, else its identity's, if it has one; refused where it is not there or paused.

    Source: developer guide (documented): a deleted set that is an identity's fails the send, too. Unverified: its text.
    """
    name = named or default
    if not name:
        return None
    found = get(ctx, name)
    if not found.sending_enabled:
        raise errors.ConfigurationSetSendingPaused(ConfigurationSetName=name)
    return found


def set_default(ctx: Context, identity: str, name: str | None) -> bool:
    """Sends of the identity that name no set have this one, or none; False where there is no such identity.

    Source: PutEmailIdentityConfigurationSetAttributes of SES v2 (documented).
    """
    if name is not None:
        held(ctx, name)
    key = arns.key(identity)
    return identity_rows.set_configuration_set(ctx.tx, ctx.account_id, ctx.region, key, name)
