"""Key pairs made at random, and what they sign; the library behind them is loaded when the first is made or used."""

import base64
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

BITS = 2048  # Source: developer guide (documented), the default of Easy DKIM


class KeyPair(NamedTuple):
    """An RSA key: the private half in PEM (PKCS #8), the public one as DKIM records hold it, base64 of its DER."""

    private: str
    public: str


class Certificate(NamedTuple):
    """An X.509 certificate and the private half of its key, both in PEM."""

    private_key: str
    certificate: str


def rsa(bits: int = BITS) -> KeyPair:
    """A new key."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return KeyPair(private.decode(), base64.b64encode(public).decode())


def certificate(common_name: str) -> Certificate:
    """A new certificate that vouches for itself; it holds whatever the emulated clock says."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization

    private = rsa().private
    key = _loaded(private)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common_name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2000, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2100, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(common_name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    return Certificate(private, made.public_bytes(serialization.Encoding.PEM).decode())


def sign(private_key: str, data: bytes, digest: str) -> str:
    """The signature (PKCS #1 v1.5) of the data with a private key in PEM, as base64; the digest: `SHA1` or `SHA256`."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding

    algorithm: hashes.HashAlgorithm = {"SHA1": hashes.SHA1, "SHA256": hashes.SHA256}[digest]()
    return base64.b64encode(_loaded(private_key).sign(data, padding.PKCS1v15(), algorithm)).decode()


@lru_cache(maxsize=4)
def _loaded(private_key: str) -> Any:
    """The key, whose checks cost far more than a signature."""
    from cryptography.hazmat.primitives import serialization

    return serialization.load_pem_private_key(private_key.encode(), None)
