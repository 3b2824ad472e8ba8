"""DKIM signatures (RFC 6376) in SES's form: headers `relaxed`, the body `simple`.

Signed with `cryptography`: libraries for DKIM sign in Python, which takes thirty times as long.
"""

import base64
import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple, cast

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

# Source: which headers signatures in delivered mails name, recorded.
# Unverified: Sender, Reply-To and those of lists, which RFC 6376 recommends.
_SIGNED: Final = """
from sender reply-to to cc subject date message-id in-reply-to references mime-version content-type
content-transfer-encoding list-id list-help list-unsubscribe list-unsubscribe-post list-subscribe list-post list-owner
list-archive
"""
SIGNED: Final = frozenset(_SIGNED.encode().split())
# Source: delivered mails, recorded: the identity's signature leaves Feedback-ID out, SES's own does not.
SIGNED_BY_SES: Final = SIGNED | {b"feedback-id"}

KEYS_REMEMBERED: Final = 64
NAMES_PER_LINE: Final = 20  # far more than a message usually has; no line may exceed 998 characters
_FIRST_LINE, _LINE = 64, 67  # characters of the signature. Source: delivered mails, recorded

_FIELD_END: Final = re.compile(rb"\r\n(?![ \t])")
_BLANKS: Final = re.compile(rb"[ \t\r\n]+")


class Signer(NamedTuple):
    """Who signs, with what (in PEM), and which headers, by their names in lower case."""

    domain: str
    selector: str
    private_key: str
    signed: frozenset[bytes]


def signatures(block: bytes, body: bytes, signers: Iterable[Signer], signed_at: int) -> list[bytes]:
    """The header of each signer, the same whenever it is asked for; header block and body have CRLF line ends."""
    digest = hashlib.sha256(body.rstrip(b"\r\n"))
    digest.update(b"\r\n")
    body_hash = base64.b64encode(digest.digest())
    fields = _FIELD_END.split(block)
    return [_signature(fields, body_hash, signer, signed_at) for signer in signers]


def _signature(fields: Sequence[bytes], body_hash: bytes, signer: Signer, signed_at: int) -> bytes:
    """Source: order and folds of the tags, and that headers are named in their order, delivered mails, recorded."""
    names: list[bytes] = []
    last: dict[bytes, list[bytes]] = defaultdict(list)
    for field in fields:
        name = field.partition(b":")[0].rstrip(b" \t")
        if name.lower() in signer.signed:
            names.append(name)
            last[name.lower()].append(_relaxed(field))
    # Of a header that occurs more than once, the last one is signed first.
    signed = [last[name.lower()].pop() for name in names]
    if b"from" not in last:
        names.insert(0, b"From")  # it must be named; one that is added breaks the signature
    unsigned = b"".join(
        (
            b"DKIM-Signature: v=1; a=rsa-sha256; q=dns/txt; c=relaxed/simple;",
            f"\r\n\ts={signer.selector}; d={signer.domain}; t={signed_at};".encode(),
            b"\r\n\th=%b;" % b":\r\n\t".join(b":".join(line) for line in _batches(names)),
            b"\r\n\tbh=%b;" % body_hash,
            b"\r\n\tb=",
        )
    )
    signature = rsa_signature(signer.private_key, b"\r\n".join([*signed, _relaxed(unsigned)]))
    lines = [signature[start : start + _LINE] for start in range(_FIRST_LINE, len(signature), _LINE)]
    return unsigned + b"\r\n\t".join([signature[:_FIRST_LINE], *lines])


def _batches(names: Sequence[bytes]) -> Iterable[Sequence[bytes]]:
    return (names[start : start + NAMES_PER_LINE] for start in range(0, len(names), NAMES_PER_LINE))


def _relaxed(field: bytes) -> bytes:
    name, _, value = field.partition(b":")
    return name.rstrip(b" \t").lower() + b":" + _BLANKS.sub(b" ", value).strip(b" ")


def rsa_signature(private_key: str, data: bytes) -> bytes:
    """The signature of the data, in base64; the key is PEM."""
    from cryptography.hazmat.primitives import hashes  # as below: not before there is something to sign
    from cryptography.hazmat.primitives.asymmetric import padding

    return base64.b64encode(_loaded(private_key).sign(data, padding.PKCS1v15(), hashes.SHA256()))


@lru_cache(maxsize=KEYS_REMEMBERED)
def _loaded(private_key: str) -> "RSAPrivateKey":
    from cryptography.hazmat.primitives import serialization

    # Our own key: to validate it would take a hundred times as long as to sign.
    key = serialization.load_pem_private_key(private_key.encode(), None, unsafe_skip_rsa_key_validation=True)
    return cast("RSAPrivateKey", key)
