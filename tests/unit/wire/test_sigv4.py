"""Signature Version 4, with botocore's signers as the oracle."""

import hashlib
import logging
import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

import pytest
from botocore.awsrequest import AWSRequest
from botocore.utils import percent_encode_sequence
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from emulator.wire import sigv4
from emulator.wire.common_errors import Fault
from emulator.wire.request import HttpRequest
from emulator.wire.sigv4 import Authenticator, Caller, Credential
from tests.support import signing
from tests.support.aws import FORM
from tests.support.signing import INVALID, LIST, MISMATCH, NOW, Signer

URL = "http://localhost:8005/"
DATE = "20220127T015928Z"
SIGNER = Signer()
TEMPORARY = Signer(key="ASIAEXAMPLE", token="IQoJb3JpZ2luX2VjE//w==")
AUTHENTICATOR = Authenticator(
    {each.key: Credential(each.secret, each.token or "") for each in (SIGNER, TEMPORARY)},
    "ses",
    {"us-east-1", "eu-west-1"},
)
WRONG = (403, "SignatureDoesNotMatch", MISMATCH)
UNKNOWN = (403, "InvalidClientTokenId", INVALID)
PARAMETERS = {"Action": "ListIdentities", "Version": "2010-12-01"}
relaxed = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])


def _caller(request: AWSRequest | HttpRequest, now: datetime = NOW) -> Caller:
    return AUTHENTICATOR.caller(signing.read(request) if isinstance(request, AWSRequest) else request, now)


def _refusal(request: AWSRequest | HttpRequest, now: datetime = NOW) -> tuple[int, str, str | None]:
    with pytest.raises(Fault) as caught:
        _caller(request, now)
    return caught.value.status, caught.value.code, caught.value.message


def _post(signer: Signer = SIGNER, **headers: str) -> AWSRequest:
    return signer.post(URL, LIST, at=NOW, **headers)


def _presigned(signer: Signer = SIGNER, **given: Any) -> AWSRequest:
    return signer.presigned(URL, PARAMETERS, **{"at": NOW, **given})


def _with_header(name: str, value: str) -> AWSRequest:
    """A good request but for that header."""
    request = _post()
    del request.headers[name]
    if value:
        request.headers[name] = value
    return request


def _with_part(part: str, value: str) -> AWSRequest:
    """A good request, but for a part of its Authorization header."""
    authorization = re.sub(f"{part}=[^,]*", f"{part}={value}", _post().headers["Authorization"])
    return _with_header("Authorization", authorization)


# ---- what verifies


@pytest.mark.parametrize("signer", [SIGNER, TEMPORARY, SIGNER._replace(region="eu-west-1")])
def test_the_caller_is_the_one_who_signed(signer: Signer) -> None:
    assert _caller(_post(signer)) == _caller(_presigned(signer)) == (signer.key, signer.region)
    assert _caller(signer.signed(AWSRequest("GET", f"{URL}?Action=ListIdentities"), at=NOW)).region == signer.region


def test_a_date_header_does_instead_of_x_amz_date() -> None:
    request = _post(Date="now")
    assert request.headers["Date"] == "Thu, 27 Jan 2022 01:59:28 -0000"
    assert _caller(request).access_key_id == SIGNER.key


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
FORMS = st.dictionaries(TEXT.filter(bool), TEXT, max_size=5)
VALUES = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=20)
HEADERS = st.dictionaries(st.sampled_from(["X_A", "X_Amz_Meta", "Cookie", "a_b", "Range"]), VALUES, max_size=4)
SIGNERS = st.sampled_from([SIGNER, TEMPORARY])


@relaxed
@given(signer=SIGNERS, form=FORMS, body=st.binary(max_size=60), headers=HEADERS, data=st.data())
def test_what_botocore_signs_verifies_and_with_one_bit_changed_does_not(
    signer: Signer, form: dict[str, str], body: bytes, headers: dict[str, str], data: st.DataObject
) -> None:
    if data.draw(st.booleans()):
        request = signing.read(signer.post(f"{URL}?{percent_encode_sequence(form)}", body, at=NOW, **headers))
    else:
        request = signing.read(signer.presigned(URL, form, at=NOW))
    assert _caller(request) == (signer.key, "us-east-1")

    signed = request.header("Authorization").partition("SignedHeaders=")[2].partition(",")[0].split(";")
    parts = ["method", *(["body"] if request.body else []), *(["query"] if request.query else [])]
    parts += [name for name in ("Authorization", *signed, "X-Amz-Security-Token") if request.header(name)]
    changed = _with_a_bit_changed(request, data.draw(st.sampled_from(parts)), data)
    assert _refusal(changed)[1] in {
        "SignatureDoesNotMatch", "InvalidClientTokenId", "IncompleteSignature", "MissingAuthenticationToken"
    }  # fmt: skip


def _with_a_bit_changed(request: HttpRequest, part: str, data: st.DataObject) -> HttpRequest:
    def change(old: bytes) -> bytes:
        at, bit = data.draw(st.integers(0, len(old) - 1)), data.draw(st.integers(0, 7))
        return old[:at] + bytes([old[at] ^ 1 << bit]) + old[at + 1 :]

    if part == "body":
        return request._replace(body=change(request.body))
    if part == "method":
        return request._replace(method=change(request.method.encode()).decode("latin-1"))
    if part == "query":
        query = change(request.query)
        assume(_meant(query) != _meant(request.query))  # %2f means what %2F does
        return request._replace(query=query)
    value = change(request.header(part).encode("latin-1")).strip(b" \t").decode("latin-1")
    assume(value.split() != request.header(part).split())
    return request._replace(header=lambda name: value if name.lower() == part.lower() else request.header(name))


def _meant(query: bytes) -> list[tuple[str, str]]:
    return sorted(parse_qsl(query.decode("latin-1"), keep_blank_values=True, encoding="latin-1"))


@relaxed
@given(
    order=st.permutations(["Action=ListIdentities", "A-b=3", "a=2", "a=1", "A=", "b=%C3%A9%2F%2B", "~=-._~", "a=10"])
)
def test_the_order_of_a_query_does_not_matter(order: list[str]) -> None:
    request = signing.read(SIGNER.signed(AWSRequest("GET", f"{URL}?{'&'.join(sorted(order))}"), at=NOW))
    assert _caller(request._replace(query="&".join(order).encode())).access_key_id == SIGNER.key


def test_a_query_is_signed_as_what_it_means() -> None:
    request = signing.read(SIGNER.signed(AWSRequest("GET", f"{URL}?a=%20%2F~&b="), at=NOW))
    assert _caller(request._replace(query=b"a=+/%7e&&b")).access_key_id == SIGNER.key


def test_blanks_within_a_header_count_once_and_around_it_not_at_all() -> None:
    request = _post(X_Long="  a   b  c ")
    request.headers.replace_header("X-Long", "a b c")
    assert _caller(request).access_key_id == SIGNER.key


def test_of_a_header_given_twice_both_values_are_signed() -> None:
    request = AWSRequest("POST", URL, {"Content-Type": "application/x-www-form-urlencoded"}, LIST)
    request.headers.add_header("X-Twice", " one ")
    request.headers.add_header("X-Twice", "two")
    read = signing.read(SIGNER.signed(request, at=NOW))
    assert read.header("X-Twice") == "one,two"
    assert _caller(read).access_key_id == SIGNER.key
    swapped = read._replace(header=lambda name: "two,one" if name == "x-twice" else read.header(name))
    assert _refusal(swapped) == WRONG


def test_headers_that_are_not_signed_may_change() -> None:
    request = _post()
    request.headers["amz-sdk-invocation-id"] = "7d4e0a3e-6b3e-4d43-8f6b-9f6f9c1f1f4e"
    request.headers["User-Agent"] = "Other"
    assert _caller(request).access_key_id == SIGNER.key


def test_a_hash_of_the_body_in_a_header_does_not_stand_for_the_body() -> None:
    digest = hashlib.sha256(LIST).hexdigest()
    assert _caller(_post(X_Amz_Content_SHA256=digest)).access_key_id == SIGNER.key
    for claimed in (digest.replace("a", "b"), "UNSIGNED-PAYLOAD"):
        assert _refusal(_post(X_Amz_Content_SHA256=claimed)) == WRONG


# ---- what does not


@pytest.mark.parametrize("authorization", ["", "Basic eDp5", "Bearer abc", "x", "aws4-hmac-sha256 Credential=a"])
def test_without_a_signature_of_aws_the_token_is_missing(authorization: str) -> None:
    refusal = _refusal(_with_header("Authorization", authorization))
    assert refusal == (403, "MissingAuthenticationToken", "Request is missing Authentication Token")


@pytest.mark.parametrize(
    "authorization",
    [
        "AWS AKIDEXAMPLE:frJIUN8DYpKDtOLCwo//yllqDzg=",
        "AWS3-HTTPS AWSAccessKeyId=AKIDEXAMPLE,Algorithm=HmacSHA256,Signature=lBP67vCvGlDMBQ1dofZxg8E8SUE=",
    ],
)
def test_a_signature_of_an_earlier_version_is_no_valid_token(authorization: str) -> None:
    assert _refusal(_with_header("Authorization", authorization)) == UNKNOWN


C, S, H = (
    f"Authorization header requires '{name}' parameter. " for name in ("Credential", "Signature", "SignedHeaders")
)


@pytest.mark.parametrize(
    ("authorization", "text"),
    [
        ("AWS4-HMAC-SHA256 Credential=ABCDEF", S + H),  # Source: recorded on SES
        ("AWS4-HMAC-SHA256", C + S + H),
        ("AWS4-HMAC-SHA256 SignedHeaders=host", C + S),
        ("AWS4-HMAC-SHA256 Signature=0 Credential=", H),
        ("AWS4-HMAC-SHA256 credential=a, signature=b, signedheaders=c", C + S + H),
    ],
)
def test_missing_parts_of_the_header_are_named_one_after_the_other(authorization: str, text: str) -> None:
    refusal = _refusal(_with_header("Authorization", authorization))
    assert refusal == (400, "IncompleteSignature", f"{text}Authorization={authorization}")


def test_a_missing_date_is_named_after_the_missing_parts() -> None:
    date = "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. "
    request = _with_header("X-Amz-Date", "")
    authorization = request.headers["Authorization"]
    assert _refusal(request) == (400, "IncompleteSignature", f"{date}Authorization={authorization}")
    del request.headers["Authorization"]
    request.headers["Authorization"] = "AWS4-HMAC-SHA256 Credential=a"
    text = f"{S}{H}{date}Authorization=AWS4-HMAC-SHA256 Credential=a"
    assert _refusal(request) == (400, "IncompleteSignature", text)


def test_a_part_without_an_equal_sign_is_quoted() -> None:
    authorization = "AWS4-HMAC-SHA256 Signature=b,    Credential,    SignedHeaders"
    text = f"'Credential' not a valid key=value pair (missing equal-sign) in Authorization header: '{authorization}'."
    assert _refusal(_with_header("Authorization", authorization)) == (400, "IncompleteSignature", text)


@pytest.mark.parametrize("name", ["Algorithm", "Credential", "Signature", "SignedHeaders", "Date"])
def test_missing_parts_of_a_presigned_request_are_named(name: str) -> None:
    read = signing.read(_presigned())
    query = re.sub(f"&X-Amz-{name}=[^&]*".encode(), b"", read.query)
    text = f"AWS query-string parameters must include 'X-Amz-{name}'. Re-examine the query-string parameters."
    assert _refusal(read._replace(query=query)) == (400, "IncompleteSignature", text)


def test_all_missing_parts_of_a_presigned_request_are_named_in_one_text() -> None:
    names = ["X-Amz-Credential", "X-Amz-Signature", "X-Amz-SignedHeaders", "X-Amz-Date"]
    text = "".join(f"AWS query-string parameters must include '{name}'. " for name in names)
    read = signing.read(_presigned())._replace(query=b"Action=ListIdentities&X-Amz-Algorithm=AWS4-HMAC-SHA256")
    assert _refusal(read) == (400, "IncompleteSignature", f"{text}Re-examine the query-string parameters.")


def test_one_request_has_one_signature() -> None:
    request = _presigned()
    request.headers["Authorization"] = _post().headers["Authorization"]
    text = "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header."
    assert _refusal(request) == (403, "SignatureDoesNotMatch", text)


@pytest.mark.parametrize(
    "date", ["201", "2022-01-27T01:59:28Z", "20221327T015928Z", "20220127T015928", "yesterday", "\xff"]
)
def test_a_date_must_be_one(date: str) -> None:
    text = f"Date must be in ISO-8601 'basic format'. Got '{date}'. See http://en.wikipedia.org/wiki/ISO_8601"
    assert _refusal(_with_header("X-Amz-Date", date)) == (400, "IncompleteSignature", text)


def test_a_signature_holds_for_15_minutes_before_and_after() -> None:
    minutes, second = timedelta(minutes=15), timedelta(seconds=1)
    for edge in (NOW - minutes, NOW + minutes, NOW + minutes + second - timedelta(milliseconds=1)):
        assert _caller(_post(), edge).access_key_id == SIGNER.key
    expired = f"Signature expired: {DATE} is now earlier than 20220127T015929Z (20220127T021429Z - 15 min.)"
    assert _refusal(_post(), NOW + minutes + second) == (403, "SignatureDoesNotMatch", expired)
    early = f"Signature not yet current: {DATE} is still later than 20220127T015927Z (20220127T014427Z + 15 min.)"
    assert _refusal(_post(), NOW - minutes - second) == (403, "SignatureDoesNotMatch", early)


def test_the_recorded_text_of_an_old_signature() -> None:
    text = "Signature expired: 20220127T001427Z is now earlier than 20220127T014428Z (20220127T015928Z - 15 min.)"
    old = datetime.fromisoformat("20220127T001427Z")
    assert _refusal(SIGNER.post(URL, at=old)) == (403, "SignatureDoesNotMatch", text)


@pytest.mark.parametrize(
    ("expires", "length"), [(1, "1 sec."), (60, "1 min."), (90, "90 sec."), (3600, "60 min."), (604800, "10080 min.")]
)
def test_a_presigned_request_holds_as_long_as_it_says(expires: int, length: str) -> None:
    request, edge = _presigned(expires=expires), NOW + timedelta(seconds=expires)
    assert _caller(request, edge).access_key_id == SIGNER.key
    late = f"{edge + timedelta(seconds=1):%Y%m%dT%H%M%SZ}"
    text = f"Signature expired: {DATE} is now earlier than 20220127T015929Z ({late} - {length})"
    assert _refusal(request, edge + timedelta(seconds=1)) == (403, "SignatureDoesNotMatch", text)
    assert _refusal(request, NOW - timedelta(minutes=16))[1] == "SignatureDoesNotMatch"


@pytest.mark.parametrize("expires", ["0", "-1", "604801", "9" * 5000, "x", "1.5", "\u0661"])
def test_a_presigned_request_says_a_sensible_time(expires: str) -> None:
    text = "X-Amz-Expires must be a number of seconds between 1 and 604800."
    assert _refusal(_presigned(expires=expires)) == (400, "IncompleteSignature", text)


@pytest.mark.parametrize(
    ("signed", "name"),
    [("content-type;x-amz-date", "'Host' or ':authority'"), ("", "'Host' or ':authority'"), ("host", "'X-Amz-Date'")],
)
def test_host_and_date_must_be_signed(signed: str, name: str) -> None:
    text = f"{name} must be a 'SignedHeader' in the AWS Authorization."
    assert _refusal(_with_part("SignedHeaders", signed)) == (403, "SignatureDoesNotMatch", text)


@pytest.mark.parametrize(
    "signed",
    ["host;x-amz-date", "content-type;host;x-amz-date;x-none", "x-amz-date;host;content-type", "Host;x-amz-date"],
)
def test_other_signed_headers_than_those_signed_are_another_signature(signed: str) -> None:
    assert _refusal(_with_part("SignedHeaders", signed)) == WRONG


@pytest.mark.parametrize("algorithm", ["AWS4-HMAC-SHA1", "AWS4-ECDSA-P256-SHA256"])
def test_there_is_one_algorithm(algorithm: str) -> None:
    authorization = _post().headers["Authorization"].replace("AWS4-HMAC-SHA256", algorithm)
    text = f"Unsupported AWS 'algorithm': '{algorithm}' (only AWS4-HMAC-SHA256 for now). "
    assert _refusal(_with_header("Authorization", authorization)) == (400, "IncompleteSignature", text)


@pytest.mark.parametrize("credential", ["AKIDEXAMPLE", "a/b/20220127/us-east-1/ses/aws4_request", ""])
def test_a_credential_has_five_elements(credential: str) -> None:
    text = "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got "
    assert _refusal(_with_part("Credential", credential)) == (400, "IncompleteSignature", f"{text}'{credential}'")


REGION = "Credential should be scoped to a valid region, not 'c'. "
SERVICE = "Credential should be scoped to correct service: 'ses'. "
TERM = "Credential should be scoped with a valid terminator: 'aws4_request', not 'e'. "
DAY = (
    "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
    f"'b' != '20220127', from '{DATE}'."
)


@pytest.mark.parametrize(
    ("scope", "text"),
    [
        ("20220127/c/ses/aws4_request", REGION),
        ("20220127/us-east-1/email/aws4_request", SERVICE),
        ("20220127/us-east-1/SES/aws4_request", SERVICE),
        ("20220127/us-east-1/ses/e", TERM),
        ("b/us-east-1/ses/aws4_request", DAY),
        ("b/c/d/e", REGION + SERVICE + TERM + DAY),
    ],
)
def test_a_scope_that_does_not_fit_is_told_in_one_text(scope: str, text: str) -> None:
    for key in (SIGNER.key, "AKIDUNKNOWN"):  # the key is looked at later
        assert _refusal(_with_part("Credential", f"{key}/{scope}")) == (403, "SignatureDoesNotMatch", text)


def test_an_unknown_key_and_a_wrong_secret() -> None:
    assert _refusal(_post(SIGNER._replace(key="AKIDUNKNOWN"))) == UNKNOWN
    assert _refusal(_post(SIGNER._replace(secret="wrong"))) == WRONG
    assert _refusal(_presigned(SIGNER._replace(key="AKIDUNKNOWN"))) == UNKNOWN
    assert _refusal(_presigned(SIGNER._replace(secret="wrong"))) == WRONG


@pytest.mark.parametrize("signature", ["", "0", "0" * 64, "é" * 64])
def test_a_signature_of_any_shape_is_compared(signature: str) -> None:
    assert _refusal(_with_part("Signature", signature)) == WRONG


@pytest.mark.parametrize(
    "signer", [TEMPORARY._replace(token="another"), TEMPORARY._replace(token=None), SIGNER._replace(token="any")]
)
def test_the_session_token_is_the_one_of_the_key(signer: Signer) -> None:
    assert _refusal(_post(signer)) == _refusal(_presigned(signer)) == UNKNOWN


def test_what_should_have_been_signed_is_in_the_log_only(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "emulator.aws"):
        refusal = _refusal(_post(SIGNER._replace(secret="wrong")))
    assert refusal == WRONG
    assert f"POST\n/\n\ncontent-type:{FORM}\nhost:localhost:8005\nx-amz-date:{DATE}\n\n" in caplog.text
    assert f"AWS4-HMAC-SHA256\n{DATE}\n20220127/us-east-1/ses/aws4_request\n" in caplog.text
    assert SIGNER.secret not in caplog.text


# ---- where signatures are not checked


def test_an_unchecked_caller_is_who_he_says_he_is() -> None:
    authorization = _post().headers["Authorization"]
    assert sigv4.caller(authorization, {}) == ("AKIDEXAMPLE", "us-east-1")
    assert sigv4.caller("", {"X-Amz-Credential": "a/b/eu-west-1/d/e"}) == ("a", "eu-west-1")
    assert sigv4.caller("", {}) == (None, "us-east-1")
    long = "r" * 65
    assert sigv4.caller(f"AWS4-HMAC-SHA256 Credential=a/b/{long}/d/e", {}) == (None, "us-east-1")
    assert sigv4.caller("", {"X-Amz-Credential": f"a/b/{long}/d/e"}) == (None, "us-east-1")
