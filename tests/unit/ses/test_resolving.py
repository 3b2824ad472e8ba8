"""What the DNS says of who sends: SES's own records first, then the zone, or a real resolver while there is time."""

import pytest

from emulator.context import Context, Contexts
from emulator.outside import keys
from emulator.ses import dkim, dns, identities, mail_from, proofs, resolving
from emulator.ses.dns import Record
from tests.support import workers
from tests.support.workers import OwnClock, OwnResolver

DOMAIN = "example.com"
SECONDS = 5.0


def found(contexts: Contexts, name: str, record_type: str) -> list[str] | None:
    """What is found in a context that reads."""
    with workers.opened(contexts) as ctx:
        return resolving.lookup(ctx, SECONDS)(name, record_type)


def with_dkim(ctx: Context) -> str:
    """The first token of the domain, which has a key."""
    token, *_ = identities.verify_domain_dkim(ctx, DOMAIN)
    dkim.keep_keys(ctx, DOMAIN, {token: keys.KeyPair("private", "PUBLIC")})
    return token


@pytest.fixture
def emulated(new_database_url: str) -> Contexts:
    """Contexts where the zone is all there is."""
    return workers.contexts(new_database_url, OwnClock())


def test_records_are_found_while_they_are_there(emulated: Contexts) -> None:
    with workers.opened(emulated, write=True) as ctx:
        for value in ("192.0.2.1", "192.0.2.2"):
            dns.publish(ctx, Record("MX.example.com.", "a", value))
    assert found(emulated, "mx.example.com.", "A") == ["192.0.2.1", "192.0.2.2"]
    assert found(emulated, "mx.example.com", "AAAA") == []
    with workers.opened(emulated, write=True) as ctx:
        dns.withdraw(ctx, "mx.example.com", "A", "192.0.2.1")
    assert found(emulated, "mx.example.com", "A") == ["192.0.2.2"]
    assert found(emulated, "mx.example\0.com", "A") == []


def test_aliases_are_followed_and_not_without_end(emulated: Contexts) -> None:
    with workers.opened(emulated, write=True) as ctx:
        for name, value in (("a", "b"), ("b", "c"), ("loop", "loop")):
            dns.publish(ctx, Record(f"{name}.example", "CNAME", f"{value}.example."))
        dns.publish(ctx, Record("c.example", "TXT", "here"))
    assert found(emulated, "a.example", "TXT") == ["here"]
    assert found(emulated, "loop.example", "TXT") == []


def test_ses_names_its_senders(emulated: Contexts) -> None:
    (record,) = found(emulated, "amazonses.com", "TXT") or [""]
    assert record.startswith("v=spf1 ip4:199.255.192.0/22 ")
    assert "ip4:54.240.0.0/18" in record
    assert found(emulated, "eu-west-1.amazonses.com", "TXT") == ["v=spf1 include:amazonses.com -all"]
    assert found(emulated, "x.dkim.amazonses.com", "TXT") == []
    with workers.opened(emulated, write=True) as ctx:
        dns.publish(ctx, Record("amazonses.com", "TXT", "v=spf1 -all"))
    assert found(emulated, "amazonses.com", "TXT") == ["v=spf1 -all"]


def test_a_domains_key_is_found_once_its_owner_lends_its_name(emulated: Contexts) -> None:
    with workers.opened(emulated, write=True) as ctx:
        token = with_dkim(ctx)
    name = f"{token}._domainkey.{DOMAIN}"
    assert found(emulated, name, "TXT") == []
    with workers.opened(emulated, write=True) as ctx:
        dns.publish(ctx, dns.dkim_record(DOMAIN, token, workers.REGION))
    assert found(emulated, name, "TXT") == ["p=PUBLIC"]


def test_it_is_found_too_where_the_emulator_plays_the_owner(emulated: Contexts) -> None:
    with workers.opened(emulated, write=True) as ctx:
        token = with_dkim(ctx)
        proofs.confirm(ctx, DOMAIN)
    assert found(emulated, f"{token}._domainkey.{DOMAIN}", "TXT") == ["p=PUBLIC"]
    assert found(emulated, f"{token}._domainkey.example.org", "TXT") == []
    with workers.opened(emulated, write=True) as ctx:
        proofs.fail(ctx, DOMAIN)
    assert found(emulated, f"{token}._domainkey.{DOMAIN}", "TXT") == []


def test_so_are_the_senders_of_a_mail_from_domain(emulated: Contexts) -> None:
    with workers.opened(emulated, write=True) as ctx:
        identities.verify_domain(ctx, DOMAIN)
        mail_from.set_domain(ctx, DOMAIN, f"bounce.{DOMAIN}", None)
        mx, _ = dns.mail_from_records(f"bounce.{DOMAIN}", workers.REGION)
        dns.publish(ctx, mx)
    assert found(emulated, f"bounce.{DOMAIN}", "TXT") == []  # its owner published the other record only
    with workers.opened(emulated, write=True) as ctx:
        proofs.confirm(ctx, DOMAIN)
    assert found(emulated, f"bounce.{DOMAIN}", "TXT") == ["v=spf1 include:amazonses.com ~all"]


# ---- a real resolver


def test_a_real_resolver_is_asked_where_it_decides(new_database_url: str) -> None:
    resolver = OwnResolver(lambda name, kind: [f"{kind} of {name}"])
    contexts = workers.contexts(new_database_url, OwnClock(), resolver)
    with workers.opened(contexts, write=True) as ctx:
        dns.publish(ctx, Record("example.com", "TXT", "of the zone"))
    assert found(contexts, "Example.com.", "TXT") == ["TXT of example.com"]
    assert found(contexts, "amazonses.com", "TXT") == ["TXT of amazonses.com"]


def test_a_domains_key_is_ses_own_even_there(new_database_url: str) -> None:
    zone: dict[tuple[str, str], list[str] | None] = {}
    contexts = workers.contexts(new_database_url, OwnClock(), OwnResolver(lambda *place: zone.get(place, [])))
    with workers.opened(contexts, write=True) as ctx:
        token = with_dkim(ctx)
    name = f"{token}._domainkey.{DOMAIN}"
    assert found(contexts, name, "TXT") == []
    zone[name, "CNAME"] = [f"{token}.dkim.amazonses.com."]
    assert found(contexts, name, "TXT") == ["p=PUBLIC"]
    zone[name, "CNAME"] = None
    assert found(contexts, name, "TXT") is None


def test_all_questions_together_have_so_much_time(new_database_url: str) -> None:
    clock = OwnClock()

    def slow(_name: str, _type: str) -> list[str]:
        clock.advance(3)
        return []

    resolver = OwnResolver(slow)
    with workers.opened(workers.contexts(new_database_url, clock, resolver)) as ctx:
        find = resolving.lookup(ctx, SECONDS)
        assert [find(f"{name}.example", "TXT") for name in "abcd"] == [[], [], None, None]
    assert len(resolver.asked) == 2
