"""Key pairs, made at random; the library behind them is loaded when the first one is."""

import base64
from typing import NamedTuple

BITS = 2048  # Source: developer guide (documented), the default of Easy DKIM


class KeyPair(NamedTuple):
    """An RSA key: the private half in PEM (PKCS #8), the public one as DKIM records hold it, base64 of its DER."""

    private: str
    public: str


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
