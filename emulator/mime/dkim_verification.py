"""DKIM signatures (RFC 6376, 8301, 8463) of received mail: whether they are true.

Written here, as the library for Python holds mail against the clock of the machine and not the emulated one, copies a
large body several times, and takes quadratic time for one of blanks.
"""

import base64
import binascii
import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

PASS, FAIL, PERMERROR, TEMPERROR = "pass", "fail", "permerror", "temperror"

SIGNATURES: Final = 10  # ours: how many of a message are looked at
SMALLEST_KEY, LARGEST_KEY = 1024, 8192  # bits; the first: RFC 8301
CHUNK_BYTES: Final = 2**20

# The TXT records at a name; None where nobody answered.
Records = Callable[[str], list[str] | None]

_HEADER: Final = b"dkim-signature"
_REQUIRED: Final = frozenset({"v", "a", "b", "bh", "d", "h", "s"})
_TAG: Final = re.compile(r"[ \t\r\n]*([A-Za-z][A-Za-z0-9_]*)[ \t\r\n]*=(.*)", re.DOTALL)
_FIELD_END: Final = re.compile(rb"\r\n(?![ \t])")
_FOLD: Final = re.compile(rb"[ \t\r\n]+")
_BLANKS: Final = re.compile(rb"[ \t]+")
_SIGNATURE_VALUE: Final = re.compile(rb"((?:\A|;)[ \t\r\n]*b[ \t\r\n]*=)[^;]*")
_LINE_ENDS: Final = re.compile(rb"(?:\n\r)*")  # of what is read backwards
_DOMAIN: Final = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9])?\Z", re.IGNORECASE)
_NUMBER: Final = re.compile(r"[0-9]{1,76}\Z")


class Verification(NamedTuple):
    """What is the case with one signature, in whose name it is, and the identity within that."""

    result: str
    domain: str
    identity: str


class _Ended(Exception):
    """There is nothing more to find out of a signature."""

    def __init__(self, result: str, reason: str) -> None:
        super().__init__(reason)
        self.result = result


class _Signature(NamedTuple):
    """A signature that can be checked."""

    header: bytes
    algorithm: str
    relaxed_header: bool
    relaxed_body: bool
    length: int | None  # of the body, as far as it is signed
    names: tuple[bytes, ...]
    body_hash: bytes
    value: bytes
    selector: str


def verify(block: bytes, body: bytes | memoryview, records: Records, now: int) -> list[Verification]:
    """What is the case with each signature, from the top. Header block and body have CRLF line ends."""
    fields = _FIELD_END.split(block)
    signatures = [each for each in fields if each.partition(b":")[0].rstrip(b" \t").lower() == _HEADER]
    hashes: dict[tuple[bool, int | None], bytes] = {}

    def hash_of(signature: _Signature) -> bytes:
        key = signature.relaxed_body, signature.length
        if key not in hashes:
            hashes[key] = body_hash(body, *key)
        return hashes[key]

    return [_verified(fields, header, hash_of, records, now) for header in signatures[:SIGNATURES]]


def _verified(
    fields: Sequence[bytes], header: bytes, hash_of: Callable[[_Signature], bytes], records: Records, now: int
) -> Verification:
    domain = identity = ""
    try:
        tags = _tags(header.partition(b":")[2].decode("utf-8", "replace"))
        domain, identity = _identity(tags)
        signature = _signature(header, tags, now)
        key = _key(f"{signature.selector}._domainkey.{domain}", signature, identity.endswith(f"@{domain}"), records)
        if hash_of(signature) != signature.body_hash:
            raise _Ended(FAIL, "the body is not the one that was signed")
        _check(key, signature, _signed(fields, signature))
    except _Ended as ended:
        return Verification(ended.result, domain, identity)
    return Verification(PASS, domain, identity)


# ---- the signature


def _tags(text: str) -> dict[str, str]:
    tags: dict[str, str] = {}
    for piece in text.rstrip(" \t\r\n").removesuffix(";").split(";"):
        found = _TAG.fullmatch(piece)
        if not found or found[1] in tags:
            raise _Ended(PERMERROR, f"there is no tag in {piece}, or it occurs twice")
        tags[found[1]] = found[2].strip(" \t\r\n")
    return tags


def _identity(tags: Mapping[str, str]) -> tuple[str, str]:
    domain = tags.get("d", "").lower()
    if not _DOMAIN.match(domain):
        raise _Ended(PERMERROR, "no domain signs")
    return domain, "".join(tags.get("i", f"@{domain}").split()).lower()


def _signature(header: bytes, tags: Mapping[str, str], now: int) -> _Signature:
    if not tags.keys() >= _REQUIRED or tags["v"] != "1":
        raise _Ended(PERMERROR, "a tag is missing")
    if tags["a"] not in ("rsa-sha256", "ed25519-sha256"):
        raise _Ended(PERMERROR, f"nobody may sign with {tags['a']}")
    canonical = tags.get("c", "simple/simple").partition("/")
    styles = canonical[0], canonical[2] or "simple"
    names = tuple(name.strip().lower().encode("utf-8", "replace") for name in tags["h"].split(":"))
    _, identity = _identity(tags)
    at = identity.rpartition("@")[2]
    if (
        not set(styles) <= {"simple", "relaxed"}
        or b"from" not in names
        or (at != tags["d"].lower() and not at.endswith(f".{tags['d'].lower()}"))
        or "dns/txt" not in tags.get("q", "dns/txt").split(":")
        or not all(_NUMBER.match(tags[name]) for name in ("l", "t", "x") if name in tags)
    ):
        raise _Ended(PERMERROR, "a tag makes no sense")
    if "x" in tags and int(tags["x"]) < now:
        raise _Ended(FAIL, "the signature was good until then")
    length = int(tags["l"]) if "l" in tags else None
    hashed, value = _from_base64(tags["bh"]), _from_base64(tags["b"])
    relaxed_header, relaxed_body = (style == "relaxed" for style in styles)
    return _Signature(
        header, tags["a"], relaxed_header, relaxed_body, length, names, hashed, value, "".join(tags["s"].split())
    )


def _from_base64(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise _Ended(PERMERROR, "that is no base64") from None


# ---- the key


def _key(name: str, signature: _Signature, exact: bool, records: Records) -> "PublicKeyTypes":
    found = records(name)
    if found is None:
        raise _Ended(TEMPERROR, f"nobody knows what is at {name}")
    if not found:
        raise _Ended(PERMERROR, f"there is no key at {name}")
    tags = _tags(found[0])
    kind = tags.get("k", "rsa")
    if (
        tags.get("v", "DKIM1") != "DKIM1"
        or kind != signature.algorithm.partition("-")[0]
        or "sha256" not in _choices(tags.get("h", "sha256"))
        or not {"*", "email"} & _choices(tags.get("s", "*"))
        or ("s" in _choices(tags.get("t", "")) and not exact)
        or not tags.get("p")
    ):
        raise _Ended(PERMERROR, f"the key at {name} is for something else, or was revoked")
    return _loaded(kind, _from_base64(tags["p"]))


def _choices(text: str) -> set[str]:
    return {each.strip() for each in text.split(":")}


def _loaded(kind: str, data: bytes) -> "PublicKeyTypes":
    from cryptography.exceptions import UnsupportedAlgorithm  # not before there is something to check
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

    try:
        if kind == "ed25519":
            return ed25519.Ed25519PublicKey.from_public_bytes(data)
        key = serialization.load_der_public_key(data)
    except (ValueError, UnsupportedAlgorithm):
        raise _Ended(PERMERROR, "that is no key") from None
    if not isinstance(key, rsa.RSAPublicKey) or not SMALLEST_KEY <= key.key_size <= LARGEST_KEY:
        raise _Ended(PERMERROR, "nobody may sign with that key")
    return key


def _check(key: "PublicKeyTypes", signature: _Signature, signed: bytes) -> None:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa

    try:
        if isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(signature.value, hashlib.sha256(signed).digest())
        elif isinstance(key, rsa.RSAPublicKey):
            key.verify(signature.value, signed, padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        raise _Ended(FAIL, "somebody else signed that, or something else") from None


# ---- what is signed


def _signed(fields: Sequence[bytes], signature: _Signature) -> bytes:
    """The header fields that it names, each time the next one from below, and itself without its value."""
    there: dict[bytes, list[bytes]] = defaultdict(list)
    wanted = set(signature.names)
    for field in fields:
        name = field.partition(b":")[0].rstrip(b" \t").lower()
        if name in wanted:
            there[name].append(field)
    chosen = [there[name].pop() for name in signature.names if there.get(name)]
    name, colon, value = signature.header.partition(b":")
    chosen.append(name + colon + _SIGNATURE_VALUE.sub(rb"\1", value, count=1))
    return b"\r\n".join(map(relaxed, chosen) if signature.relaxed_header else chosen)


def relaxed(field: bytes) -> bytes:
    """The header field as it is signed where spacing does not count."""
    name, _, value = field.partition(b":")
    return name.rstrip(b" \t").lower() + b":" + _FOLD.sub(b" ", value).strip(b" ")


def body_hash(body: bytes | memoryview, is_relaxed: bool, length: int | None = None) -> bytes:
    """The digest that a signature says of the body, or of so many bytes of it."""
    digest, left = hashlib.sha256(), length
    for piece in _canonical(body, is_relaxed):
        if left is None:
            digest.update(piece)
            continue
        digest.update(piece[:left])
        left -= min(left, len(piece))
    if left:
        raise _Ended(FAIL, "there is less of the body than was signed")
    return digest.digest()


def _canonical(body: bytes | memoryview, is_relaxed: bool) -> Iterator[bytes]:
    """The body as it is signed, in pieces: without the empty lines at its end."""
    carry, ends, empty = b"", 0, True
    for start in range(0, len(body), CHUNK_BYTES):
        piece = carry + bytes(body[start : start + CHUNK_BYTES])
        if is_relaxed:
            piece = _BLANKS.sub(b" ", piece).replace(b" \r\n", b"\r\n")
        carry = piece[len(piece.removesuffix(b"\r").removesuffix(b" ")) :]  # the next piece says what it is
        piece = piece[: len(piece) - len(carry)]
        trailing = _count_ends(piece)
        text = piece[: len(piece) - 2 * trailing]
        if text:
            yield from _line_ends(ends)
            yield text
            ends, empty = 0, False
        ends += trailing
    last = carry.strip(b" ") if is_relaxed else carry
    if last:
        yield from _line_ends(ends)
        yield last
        empty = False
    if not empty or not is_relaxed:
        yield b"\r\n"


def _count_ends(piece: bytes) -> int:
    found = _LINE_ENDS.match(piece[::-1]) if piece.endswith(b"\r\n") else None
    return found.end() // 2 if found else 0


def _line_ends(count: int) -> Iterator[bytes]:
    for begin in range(0, count, CHUNK_BYTES):
        yield b"\r\n" * min(CHUNK_BYTES, count - begin)
