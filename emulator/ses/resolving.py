"""What the DNS says when SES checks who sends: the emulated zone, or a real resolver.

SES's own records come first. Where the emulator plays the owner of an identity, it has published that one's records.
"""

import ipaddress
from collections.abc import Callable

from emulator.context import Context
from emulator.ses import dkim, dns, mail_from, verification
from emulator.store import dkim as dkim_rows
from emulator.store import dns as record_rows
from emulator.store import mail_from as mail_from_rows
from emulator.store.identities import Identity

# The values of a type at a name, aliases followed; None where nobody answered in time.
Lookup = Callable[[str, str], list[str] | None]

ALIASES = 8  # one after another
_KEYS = "._domainkey."
# Source: the record of amazonses.com, recorded. Unverified: that a region's domain refers to it.
_OWN_SPF = (
    "v=spf1 ip4:199.255.192.0/22 ip4:199.127.232.0/22 ip4:54.240.0.0/18 ip4:69.169.224.0/20 ip4:23.249.208.0/20 "
    "ip4:23.251.224.0/19 ip4:76.223.176.0/20 ip4:54.240.64.0/18 ip4:76.223.128.0/19 ip4:216.221.160.0/19 "
    "ip4:206.55.144.0/20 ip4:24.110.64.0/18 -all"
)
_REGIONS_SPF = f"v=spf1 include:{dkim.OWN_DOMAIN} -all"


def lookup(ctx: Context, seconds: float) -> Lookup:
    """What finds values, and gives a real resolver so long for all of them together."""
    clock = ctx.outside.clock
    until = clock.monotonic() + seconds

    def find(name: str, record_type: str) -> list[str] | None:
        key = name.rstrip(".").lower()
        if "\0" in key:  # no database takes it, nor does the DNS
            return []
        if not ctx.policy.system_dns:
            return _in_zone(ctx, key, record_type, ALIASES)
        found = _published(ctx, key, record_type, record_rows.OWN)
        return found or _by_resolver(ctx, key, record_type, until)

    return find


def host_name(find: Lookup, ip: str) -> str | None:
    """The name that an address leads to."""
    names = find(ipaddress.ip_address(ip).reverse_pointer, "PTR")
    return names[0].rstrip(".") if names else None


def _in_zone(ctx: Context, name: str, record_type: str, aliases: int) -> list[str]:
    sources = (record_rows.ZONE, record_rows.OWN)
    found = _published(ctx, name, record_type, *sources)
    if found or not aliases:
        return found
    alias = _published(ctx, name, "CNAME", *sources) or _keys_alias(ctx, name)
    if alias:
        return _in_zone(ctx, alias[0], record_type, aliases - 1)
    return _senders(ctx, name) if record_type == "TXT" else []


def _published(ctx: Context, name: str, record_type: str, *sources: str) -> list[str]:
    return [
        record.value
        for source in sources
        for record in record_rows.history(ctx.tx, name, record_type, source)
        if record.withdrawn_at is None
    ]


def _by_resolver(ctx: Context, name: str, record_type: str, until: float) -> list[str] | None:
    found = _asked(ctx, name, record_type, until)
    if found or found is None or _KEYS not in name:
        return found
    # A domain lends SES its name by an alias of a key that only we have.
    alias = _asked(ctx, name, "CNAME", until)
    return alias and _published(ctx, alias[0].rstrip(".").lower(), record_type, record_rows.OWN)


def _asked(ctx: Context, name: str, record_type: str, until: float) -> list[str] | None:
    seconds = until - ctx.outside.clock.monotonic()
    return ctx.outside.resolver.ask(name, record_type, seconds) if seconds > 0 else None


def _keys_alias(ctx: Context, name: str) -> list[str]:
    """Where the key behind a token is, if the emulator plays the owner of the domain that lends its name."""
    token, _, domain = name.partition(_KEYS)
    holder = dkim_rows.holder(ctx.tx, domain, token) if domain else None
    if holder is None or dkim.status(_of(ctx, holder), holder) != verification.SUCCESS:
        return []
    return [dns.dkim_record(domain, token, holder.region).value]


def _senders(ctx: Context, name: str) -> list[str]:
    """Who may send in the name of a domain of SES's, or of a MAIL FROM domain whose owner the emulator plays."""
    if name == dkim.OWN_DOMAIN:
        return [_OWN_SPF]
    if name.endswith(f".{dkim.OWN_DOMAIN}") and name.count(".") == 2:
        return [_REGIONS_SPF]
    for user in mail_from_rows.users(ctx.tx, name):
        setting = mail_from_rows.get(ctx.tx, user.seq)
        played = setting and (setting.confirmed_at or setting.auto_confirmed_at)
        if setting and played and mail_from.status(_of(ctx, user), user, setting) == verification.SUCCESS:
            _, senders = dns.mail_from_records(name, user.region)
            return [senders.value]
    return []


def _of(ctx: Context, identity: Identity) -> Context:
    return ctx._replace(account_id=identity.account_id, region=identity.region)
