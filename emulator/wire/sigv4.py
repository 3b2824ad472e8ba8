"""Signature Version 4: who a request says it is from, and, where signatures are checked, whether it is.

Source of the checks' texts and order: recorded answers of SES and, of most, of sibling services with the same front.
"""

import hashlib
import hmac
import logging
import re
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import NamedTuple
from urllib.parse import quote_from_bytes, unquote_to_bytes

from emulator.wire.common_errors import Fault
from emulator.wire.request import HttpRequest

log = logging.getLogger("emulator.aws")

DEFAULT_REGION = "us-east-1"
ALGORITHM = "AWS4-HMAC-SHA256"
TERMINATOR = "aws4_request"
SKEW = timedelta(minutes=15)  # Unverified: for SES; of sibling services, recorded
LONGEST_LIFE_SECONDS = 7 * 24 * 3600  # Source: how long a signing key is good for (documented)

MISSING = "Request is missing Authentication Token"  # Source: recorded
INVALID = "The security token included in the request is invalid."  # Source: recorded, with its period
MISMATCH = (  # Source: recorded; the canonical string that once followed is in our log
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key "
    "and signing method. Consult the service documentation for details."
)

LONGEST_REGION = 64  # ours: no name of one is longer, and a database cannot look up names of any length
_CREDENTIAL = re.compile(rf"Credential=([^/,\s]+)/[^/,\s]*/([^/,\s]{{1,{LONGEST_REGION}}})/")
_BASIC_FORMAT = re.compile(r"[0-9]{8}T[0-9]{6}Z\Z")
_IN_HEADER = ("Credential", "Signature", "SignedHeaders")
_IN_QUERY = ("X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-SignedHeaders", "X-Amz-Date")

_Pair = tuple[bytes, bytes]


class Caller(NamedTuple):
    """The names a request is signed with."""

    access_key_id: str | None
    region: str


class Credential(NamedTuple):
    """What belongs to an access key id."""

    secret: str
    session_token: str = ""


class _Claim(NamedTuple):
    """How a request says that it is signed, each part as it was given."""

    algorithm: str
    credential: str
    signed_headers: str
    signature: str
    date: str
    life: timedelta
    session_token: str


def caller(authorization: str, form: Mapping[str, str]) -> Caller:
    """The caller by the credential scope of the header or the pre-signed form; else nobody, in us-east-1."""
    found = _CREDENTIAL.search(authorization)
    if found:
        return Caller(found[1], found[2])
    parts = form.get("X-Amz-Credential", "").split("/")
    if len(parts) == 5 and len(parts[2]) <= LONGEST_REGION:
        return Caller(parts[0], parts[2])
    return Caller(None, DEFAULT_REGION)


class Authenticator(NamedTuple):
    """Knows who may call a service, in which regions."""

    credentials: Mapping[str, Credential]  # by access key id
    service: str
    regions: Collection[str]

    def caller(self, request: HttpRequest, now: datetime) -> Caller:
        """The caller, whose signature is right at that moment; else a Fault."""
        pairs = _pairs(request.query)
        claim = _claim(request, {name.decode("utf-8", "replace"): value for name, value in reversed(pairs)})
        signed_at = _signed_at(claim.date)
        _check_time(signed_at, claim.life, now.replace(microsecond=0))
        _check_signed_headers(request, claim)
        if claim.algorithm != ALGORITHM:
            text = f"Unsupported AWS 'algorithm': '{claim.algorithm}' (only {ALGORITHM} for now). "
            raise Fault("IncompleteSignature", text)
        access_key_id, *scope = _credential(claim.credential)
        self._check_scope(scope, signed_at)
        known = self.credentials.get(access_key_id)
        if known is None:
            raise Fault("InvalidClientTokenId", INVALID)
        _check_signature(claim, signed_at, scope, known.secret, _canonical_request(request, pairs, claim))
        if not hmac.compare_digest(claim.session_token.encode(), known.session_token.encode()):
            raise Fault("InvalidClientTokenId", INVALID)
        return Caller(access_key_id, scope[1])

    def _check_scope(self, scope: list[str], signed_at: datetime) -> None:
        """The scope fits the service and the moment; what does not fit is said in one text, blanks as recorded.

        Unverified: which regions are valid, as an endpoint of AWS serves one and ours all of them.
        """
        date, region, service, terminator = scope
        text, day = "", f"{signed_at:%Y%m%d}"
        if region not in self.regions:
            text += f"Credential should be scoped to a valid region, not '{region}'. "
        if service != self.service:
            text += f"Credential should be scoped to correct service: '{self.service}'. "
        if terminator != TERMINATOR:
            text += f"Credential should be scoped with a valid terminator: '{TERMINATOR}', not '{terminator}'. "
        if date != day:
            text += "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
            text += f"'{date}' != '{day}', from '{_basic(signed_at)}'."
        if text:
            raise Fault("SignatureDoesNotMatch", text)


# ---- what the request says


def _claim(request: HttpRequest, query: Mapping[str, bytes]) -> _Claim:
    authorization = request.header("Authorization")
    presigned = "X-Amz-Algorithm" in query or "X-Amz-Signature" in query
    if authorization and presigned:
        text = "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header."
        raise Fault("SignatureDoesNotMatch", text)
    if presigned:
        return _claim_in_query({name: value.decode("utf-8", "replace") for name, value in query.items()})
    if authorization.startswith("AWS4-"):
        return _claim_in_header(authorization, request)
    if authorization.startswith("AWS"):  # of an earlier version
        raise Fault("InvalidClientTokenId", INVALID)
    raise Fault("MissingAuthenticationToken", MISSING)


def _claim_in_header(authorization: str, request: HttpRequest) -> _Claim:
    algorithm, *parts = (part for part in re.split("[, ]", authorization) if part)
    for part in parts:
        if "=" not in part:
            text = f"'{part}' not a valid key=value pair (missing equal-sign) in Authorization header: "
            raise Fault("IncompleteSignature", f"{text}'{authorization}'.")
    given = dict(part.split("=", 1) for part in parts)
    date = request.header("X-Amz-Date") or request.header("Date")
    text = "".join(f"Authorization header requires '{name}' parameter. " for name in _IN_HEADER if name not in given)
    if not date:
        text += "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. "
    if text:
        raise Fault("IncompleteSignature", f"{text}Authorization={authorization}")
    token = request.header("X-Amz-Security-Token")
    return _Claim(algorithm, given["Credential"], given["SignedHeaders"], given["Signature"], date, SKEW, token)


def _claim_in_query(given: Mapping[str, str]) -> _Claim:
    missing = [name for name in _IN_QUERY if not given.get(name)]
    if missing:
        text = "".join(f"AWS query-string parameters must include '{name}'. " for name in missing)
        raise Fault("IncompleteSignature", f"{text}Re-examine the query-string parameters.")
    algorithm, credential, signature, signed_headers, date = (given[name] for name in _IN_QUERY)
    token = given.get("X-Amz-Security-Token", "")
    return _Claim(algorithm, credential, signed_headers, signature, date, _life(given.get("X-Amz-Expires")), token)


def _life(expires: str | None) -> timedelta:
    """How long a pre-signed request is good for, as it says itself.

    Source: user guide of IAM (documented); STS was seen to give each 15 minutes. Unverified: text and bounds.
    """
    if expires is None:
        return SKEW
    if not re.fullmatch("[0-9]{1,6}", expires) or not 1 <= int(expires) <= LONGEST_LIFE_SECONDS:
        text = f"X-Amz-Expires must be a number of seconds between 1 and {LONGEST_LIFE_SECONDS}."
        raise Fault("IncompleteSignature", text)
    return timedelta(seconds=int(expires))


def _signed_at(date: str) -> datetime:
    """The moment in ISO 8601's basic format, or as a `Date` header has it."""
    try:
        if _BASIC_FORMAT.match(date):
            return datetime.fromisoformat(date)
        parsed = parsedate_to_datetime(date)
        return parsed.astimezone(UTC) if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        text = f"Date must be in ISO-8601 'basic format'. Got '{date}'. See http://en.wikipedia.org/wiki/ISO_8601"
        raise Fault("IncompleteSignature", text) from None


def _credential(text: str) -> list[str]:
    parts = text.split("/")
    if len(parts) != 5:
        elements = "exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term"
        raise Fault("IncompleteSignature", f"Credential must have {elements}, got '{text}'")
    return parts


# ---- whether it is so


def _check_time(signed_at: datetime, life: timedelta, now: datetime) -> None:
    """The signature is neither too old nor from the future. Unverified: how the text names a life not of minutes."""
    given, text = _basic(signed_at), ""
    if signed_at < now - life:
        seconds = int(life.total_seconds())
        length = f"{seconds} sec." if seconds % 60 else f"{seconds // 60} min."
        text = f"Signature expired: {given} is now earlier than {_basic(now - life)} ({_basic(now)} - {length})"
    elif signed_at > now + SKEW:
        latest = _basic(now + SKEW)
        text = f"Signature not yet current: {given} is still later than {latest} ({_basic(now)} + 15 min.)"
    if text:
        raise Fault("SignatureDoesNotMatch", text)


def _check_signed_headers(request: HttpRequest, claim: _Claim) -> None:
    signed = claim.signed_headers.lower().split(";")
    text = ""
    if "host" not in signed:
        text = "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."
    elif claim.date == request.header("X-Amz-Date") and "x-amz-date" not in signed:
        text = "'X-Amz-Date' must be a 'SignedHeader' in the AWS Authorization."  # Unverified: like the other
    if text:
        raise Fault("SignatureDoesNotMatch", text)


def _check_signature(claim: _Claim, signed_at: datetime, scope: list[str], secret: str, canonical: str) -> None:
    digest = hashlib.sha256(canonical.encode("latin-1", "replace")).hexdigest()
    to_sign = "\n".join((ALGORITHM, _basic(signed_at), "/".join(scope), digest))
    key = f"AWS4{secret}".encode()
    for part in (*scope, to_sign):
        key = hmac.digest(key, part.encode(), "sha256")
    if not hmac.compare_digest(key.hex().encode(), claim.signature.encode()):
        log.debug("no match: the canonical request is\n%s\nand the string to sign\n%s", canonical, to_sign)
        raise Fault("SignatureDoesNotMatch", MISMATCH)


def _canonical_request(request: HttpRequest, pairs: list[_Pair], claim: _Claim) -> str:
    """What the signer has hashed. The path is `/`, as SES has no other; headers are in the order the signer names."""
    query = sorted((_encoded(name), _encoded(value)) for name, value in pairs if name != b"X-Amz-Signature")
    headers = [f"{name}:{_trimmed(request.header(name))}\n" for name in claim.signed_headers.split(";")]
    return "\n".join(
        (
            request.method,
            "/",
            "&".join(f"{name}={value}" for name, value in query),
            "".join(headers),
            claim.signed_headers,
            hashlib.sha256(request.body).hexdigest(),
        )
    )


def _trimmed(value: str) -> str:
    return b" ".join(value.encode("latin-1").split()).decode("latin-1")  # as bytes: blanks are those of ASCII


def _pairs(query: bytes) -> list[_Pair]:
    """The names and values of a query string, decoded."""
    pairs = (pair.partition(b"=") for pair in query.replace(b"+", b" ").split(b"&") if pair)
    return [(unquote_to_bytes(name), unquote_to_bytes(value)) for name, _, value in pairs]


def _encoded(text: bytes) -> str:
    return quote_from_bytes(text, safe="-_.~")


def _basic(moment: datetime) -> str:
    return f"{moment:%Y%m%dT%H%M%SZ}"
