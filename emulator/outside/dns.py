"""The machine's own resolver, asked only where the setting `dns` says so."""


class Resolver:
    """A real resolver; the library behind it is loaded at the first question."""

    def ask(self, name: str, record_type: str, seconds: float = 5.0) -> list[str] | None:
        """The values of that type (CNAME, MX, TXT, ...) at a name, if any; None where nobody answered in time."""
        import dns.exception
        import dns.resolver

        try:
            answer = dns.resolver.resolve(name, record_type, lifetime=seconds)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except dns.exception.DNSException:
            return None
        if record_type == "TXT":
            return [b"".join(record.strings).decode("utf-8", "replace") for record in answer]
        return [record.to_text() for record in answer]
