"""Who signs a message: the domain of its author, where its DKIM is in order, and SES itself.

When a message is accepted, it is decided whose key signs it: a look at what is remembered. The signature follows from
key and message, so it is made when somebody reads the delivered copy, and is the same each time. The keys outlive the
identities; SES's own is made for the first who reads, so that who never does needs no cryptography.
"""

from emulator.context import Context
from emulator.mime import dkim_signature
from emulator.mime.dkim_signature import Signer
from emulator.ses import dkim, identities
from emulator.ses.addresses import Mailbox
from emulator.store import dkim as dkim_rows
from emulator.store import identities as identity_rows
from emulator.store.messages import Message


def key_of(ctx: Context, author: Mailbox) -> int | None:
    """The key that signs the author's mail, beside SES's own; None where the author's domain does not sign.

    The most specific identity that covers the author decides, an address as its domain does. Source: developer guide
    (documented). Unverified: that this one has the say, verified or not; that an address asks no parent of its domain.
    """
    if not dkim_rows.any_of(ctx.tx, ctx.account_id, ctx.region):
        return None
    for name in identities.names_covering(author):
        row = identity_rows.get(ctx.tx, ctx.account_id, ctx.region, name)
        if row is None:
            continue
        if row.identity_type != identities.DOMAIN:
            row = identity_rows.get(ctx.tx, ctx.account_id, ctx.region, author.domain.lower())
        return dkim.signing_key(ctx, row) if row and dkim.signs(ctx, row) else None
    return None


def signers(ctx: Context, message: Message) -> list[Signer]:
    """Who signs the message, in the order of their headers. Source: delivered mails, recorded.

    SES's own key must have been made: without it the copy would be another one.
    """
    own = dkim_rows.own_key(ctx.tx)
    if own is None:
        raise LookupError("SES has no key to sign mail with")
    authors = None if message.dkim_key_seq is None else dkim_rows.key(ctx.tx, message.dkim_key_seq)
    found = ((authors, dkim_signature.SIGNED), (own, dkim_signature.SIGNED_BY_SES))
    return [Signer(*key, signed) for key, signed in found if key]
