"""Whether a message is of SNS: its signature, by a certificate that only SNS can have put where it is."""

import base64
import json
import re
from collections.abc import Collection
from functools import lru_cache
from urllib.parse import urlsplit
from urllib.request import urlopen

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

AWS = re.compile(r"sns\.[a-z0-9-]+\.amazonaws\.com(\.cn)?")
SIGNED = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
}
SIGNED["UnsubscribeConfirmation"] = SIGNED["SubscriptionConfirmation"]
DIGESTS: dict[str, hashes.HashAlgorithm] = {"1": hashes.SHA1(), "2": hashes.SHA256()}


def verified(body: bytes, trusted: Collection[str] = ()) -> dict[str, str] | None:
    """The message, if SNS signed it; certificates come from AWS, or from the `trusted` hosts, with their ports."""
    try:
        message: dict[str, str] = json.loads(body)
        parts = urlsplit(message["SigningCertURL"])
        if parts.netloc not in trusted and not (parts.scheme == "https" and AWS.fullmatch(parts.netloc)):
            return None
        text = "".join(f"{name}\n{message[name]}\n" for name in SIGNED[message["Type"]] if name in message)
        signature = base64.b64decode(message["Signature"])
        key = _certificate(message["SigningCertURL"]).public_key()
        if not isinstance(key, rsa.RSAPublicKey):
            return None
        key.verify(signature, text.encode(), padding.PKCS1v15(), DIGESTS[message["SignatureVersion"]])
    except (ValueError, KeyError, TypeError, OSError, InvalidSignature):
        return None
    return message


@lru_cache(maxsize=8)
def _certificate(url: str) -> x509.Certificate:
    with urlopen(url, timeout=10) as answer:
        return x509.load_pem_x509_certificate(answer.read())
