"""A certificate for TLS, made by this process: nobody vouches for it, and its key never touches the disk for long."""

import asyncio
import ssl
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from emulator.outside.clock import Clock

_NAMES = ("localhost", "email-smtp.amazonaws.com", "inbound-smtp.us-east-1.amazonaws.com")
_ADDRESSES = ("127.0.0.1", "::1")
_VALID_FOR = timedelta(days=3650)


class Tls:
    """What the sessions of one port encrypt with."""

    def __init__(self, clock: Clock) -> None:
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._clock = clock
        self._certified = False
        self._certifying = asyncio.Lock()

    async def certify(self) -> None:
        """TLS can begin; the certificate is made for the first client that asks."""
        async with self._certifying:
            if not self._certified:
                await asyncio.to_thread(load, self.context, self._clock.wall())
                self._certified = True


def load(context: ssl.SSLContext, now: datetime) -> None:
    """The context has a certificate of its own; it takes some milliseconds, and the library behind it more."""
    with tempfile.TemporaryDirectory(prefix="ses-emulator-") as folder:
        path = Path(folder) / "certificate.pem"
        path.touch(0o600)
        path.write_bytes(_made(now))
        context.load_cert_chain(path)


def _made(now: datetime) -> bytes:
    """Key and certificate as PEM."""
    from ipaddress import ip_address

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "ses-emulator")])
    alternatives = [*map(x509.DNSName, _NAMES), *(x509.IPAddress(ip_address(each)) for each in _ADDRESSES)]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + _VALID_FOR)
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return pem + certificate.public_bytes(serialization.Encoding.PEM)
