"""The machine's own resolver, asked only where the setting `dns` says so."""


class Resolver:
    """A real resolver; the library behind it is loaded at the first question."""

    def txt(self, name: str) -> list[str] | None:
        """The TXT values at a name, none when it has none; None where no server gave an answer."""
        import dns.exception
        import dns.resolver

        try:
            answer = dns.resolver.resolve(name, "TXT", lifetime=5)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except dns.exception.DNSException:
            return None
        return [b"".join(record.strings).decode("utf-8", "replace") for record in answer]
