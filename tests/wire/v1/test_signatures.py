"""Signatures that are checked: boto3's own calls are answered, and what was changed on the way is not."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSRequest
from botocore.config import Config

import emulator
from tests.support import aws, raw, signing, xml
from tests.support.aws import FORM, Account, Answer, refusal
from tests.support.signing import INVALID, LIST, MISMATCH, NOW, Signer

ANN = Signer()
BOB = Signer(key="111122223333", secret="b/o+b=")
TEMPORARY = Signer(key="ASIAEXAMPLE", token="IQoJb3JpZ2luX2VjE//w==")
CREDENTIALS = [":".join(filter(None, (each.key, each.secret, each.token))) for each in (ANN, BOB, TEMPORARY)]
WRONG = (403, "SignatureDoesNotMatch", MISMATCH)
UNKNOWN = (403, "InvalidClientTokenId", INVALID)
VERIFY = b"Action=VerifyEmailIdentity&Version=2010-12-01&EmailAddress=ann%40example.com"
PARAMETERS = {"Action": "ListIdentities", "Version": "2010-12-01"}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A server of this file's own, which checks signatures."""
    with emulator.running(verify_signatures=True, credentials=CREDENTIALS, account_id="999999999999") as running:
        yield running.url


@pytest.fixture
def frozen(start: Callable[..., Account]) -> Account:
    """An account on a server of the test's own, whose clock stands at the moment of the recorded refusals."""
    account = start(verify_signatures=True, credentials=CREDENTIALS)
    _set_clock(account, NOW.isoformat())
    return account


def _client(url: str, signer: Signer, **options: Any) -> Any:
    return boto3.client(
        "ses",
        endpoint_url=url,
        region_name=signer.region,
        aws_access_key_id=signer.key,
        aws_secret_access_key=signer.secret,
        aws_session_token=signer.token,
        config=Config(retries={"total_max_attempts": 1, "mode": "standard"}),
        **options,
    )


def _presigned(url: str, signer: Signer) -> str:
    """A GET that boto3 pre-signed."""
    client = _client(url, signer)
    return str(client.generate_presigned_url("list_identities", {"MaxItems": 5}, HttpMethod="GET"))


def _opened(url: str) -> Answer:
    return signing.send(AWSRequest("GET", url))


def _set_clock(account: Account, now: str) -> None:
    account.inspect("PUT", "/clock", {"now": now, "frozen": True}, account=None)


def _refused(url: str, **headers: str) -> tuple[int, str | None, str | None]:
    """How a form with these headers is refused."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return xml.refusal(aws.request(url, "POST", "/", LIST, {"Content-Type": FORM} | given))


# ---- who may call


@pytest.mark.parametrize("signer", [ANN, BOB, TEMPORARY, ANN._replace(region="eu-west-1")])
def test_calls_of_boto3_are_answered(url: str, signer: Signer) -> None:
    client = _client(url, signer)
    address = f"a+é&b={signer.region}@example.com"
    client.verify_email_identity(EmailAddress=address)
    assert address in client.list_identities()["Identities"]
    text = "Hello, you! ~+/?=&é\r\n" * 1_000
    message = {"Subject": {"Data": "Hi"}, "Body": {"Text": {"Data": text}}}
    client.send_email(Source=address, Destination={"ToAddresses": ["bob@example.net"]}, Message=message)


def test_a_key_of_12_digits_is_its_account_and_any_other_is_the_default_one(url: str) -> None:
    for signer, account in ((BOB, BOB.key), (ANN, "999999999999")):
        _client(url, signer).verify_domain_identity(Domain="account.example.com")
        found = aws.Account(url, account).inspect("GET", "/identities/account.example.com/verification")
        assert found["identity"] == "account.example.com"


def test_a_url_presigned_by_boto3_can_be_opened(url: str) -> None:
    for signer in (ANN, TEMPORARY):
        answer = _opened(_presigned(url, signer))
        assert answer.status == 200
        assert b"<ListIdentitiesResult>" in answer.body


def test_boto3_presigns_a_post_unless_it_is_told_otherwise(url: str) -> None:
    presigned = _client(url, ANN).generate_presigned_url("list_identities")
    assert xml.refusal(_opened(presigned)) == WRONG
    assert signing.send(AWSRequest("POST", presigned, {"Content-Type": FORM}, b"")).status == 200
    assert xml.refusal(signing.send(AWSRequest("POST", presigned, {"Content-Type": FORM}, b"A=1"))) == WRONG


def test_the_aws_cli_is_answered(url: str) -> None:
    environ = {
        **os.environ,
        "AWS_ACCESS_KEY_ID": TEMPORARY.key,
        "AWS_SECRET_ACCESS_KEY": TEMPORARY.secret,
        "AWS_SESSION_TOKEN": TEMPORARY.token or "",
        "AWS_DEFAULT_REGION": "eu-west-3",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }
    command = [sys.executable, "-m", "awscli", "--endpoint-url", url, "--output", "json", "ses", "list-identities"]
    found = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=False)
    assert (found.returncode, json.loads(found.stdout or "null")) == (0, {"Identities": []}), found.stderr


def test_a_signed_get_and_a_date_header_are_answered(url: str) -> None:
    get = AWSRequest("GET", f"{url}/?Version=2010-12-01&Action=ListIdentities&Z=%20~%2F&A=%C3%A9&A=")
    assert signing.send(ANN.signed(get)).status == 200
    dated = ANN.post(f"{url}/", Date="now")
    assert "X-Amz-Date" not in dated.headers
    assert signing.send(dated).status == 200


def test_headers_in_another_order_twice_and_with_blanks_are_the_same_request(url: str) -> None:
    request = AWSRequest("POST", f"{url}/", {"Content-Type": FORM, "Content-Length": str(len(LIST))}, LIST)
    request.headers["Host"] = "ses.localhost"
    for value in ("one", "two  three"):
        request.headers.add_header("X-Many", value)
    ANN.signed(request)
    lines = [f"{name.swapcase()}: \t{value}  \t".encode() for name, value in request.headers.items()]
    one, two = (line for line in lines if line.startswith(b"x-mANY"))
    lines = [line for line in reversed(lines) if line not in (one, two)]
    sent = b"\r\n".join([b"POST / HTTP/1.1", b"amz-sdk-request: attempt=1", one, *lines, two, b"", LIST])
    assert raw.status(raw.exchange(url, [sent])) == 200
    swapped = b"\r\n".join([b"POST / HTTP/1.1", two, *lines, one, b"", LIST])
    assert raw.status(raw.exchange(url, [swapped])) == 403


def test_unless_they_are_to_be_checked_signatures_are_not(account: Account) -> None:
    assert account.query("ListIdentities").status == 200
    assert aws.request(account.url, "POST", "/", LIST, {"Content-Type": FORM}).status == 200


# ---- who may not


@pytest.mark.parametrize("authorization", [None, "", "Bearer abc", "Basic dGVzdDp0ZXN0"])
def test_without_a_signature_the_token_is_missing(url: str, authorization: str | None) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    answer = aws.request(url, "POST", "/", LIST, {"Content-Type": FORM} | headers)
    text = "Request is missing Authentication Token"
    expected = xml.error_body(xml.request_id(answer), "MissingAuthenticationToken", text)
    assert (answer.status, answer.body) == (403, expected)


def test_an_unknown_key_and_signatures_of_earlier_versions_are_no_valid_tokens(url: str) -> None:
    assert refusal(_client(url, ANN._replace(key="AKIDUNKNOWN")).list_identities) == (UNKNOWN[1], UNKNOWN[2], 403)
    assert _refused(url, Authorization="AWS AKIDEXAMPLE:frJIUN8DYpKDtOLCwo//yllqDzg=") == UNKNOWN
    version_3 = "AWS3-HTTPS AWSAccessKeyId=AKIDEXAMPLE,Algorithm=HmacSHA256,Signature=lBP67vCvGlDMBQ1dofZxg8E8SUE="
    assert _refused(url, Authorization=version_3) == UNKNOWN


@pytest.mark.parametrize(
    "signer", [TEMPORARY._replace(token="another"), TEMPORARY._replace(token=None), ANN._replace(token="any")]
)
def test_another_session_token_than_the_one_of_the_key_is_invalid(url: str, signer: Signer) -> None:
    assert refusal(_client(url, signer).list_identities) == (UNKNOWN[1], UNKNOWN[2], 403)
    assert xml.refusal(_opened(_presigned(url, signer))) == UNKNOWN


def test_another_secret_does_not_match_and_changes_nothing(url: str) -> None:
    forged = _client(url, ANN._replace(secret="test"))
    assert refusal(forged.verify_domain_identity, Domain="forged.example.com") == (WRONG[1], WRONG[2], 403)
    assert "forged.example.com" not in _client(url, ANN).list_identities()["Identities"]


def test_one_changed_byte_does_not_match(url: str) -> None:
    request = ANN.post(f"{url}/", VERIFY)
    request.data = VERIFY.replace(b"ann", b"bnn")
    assert xml.refusal(signing.send(request)) == WRONG
    request = ANN.post(f"{url}/?a=1", VERIFY)
    request.url = f"{url}/?a=2"
    assert xml.refusal(signing.send(request)) == WRONG
    presigned = _presigned(url, ANN)
    for changed in (presigned.replace("MaxItems=5", "MaxItems=6"), f"{presigned}&A=1", presigned[:-1] + "x"):
        assert xml.refusal(_opened(changed)) == WRONG


@pytest.mark.parametrize("name", ["Content-Type", "X-Amz-Security-Token", "X-Signed"])
def test_a_signed_header_that_was_cut_does_not_match(url: str, name: str) -> None:
    request = TEMPORARY.post(f"{url}/", X_Signed="yes")
    value = request.headers[name]
    del request.headers[name]
    if name == "Content-Type":
        request.headers[name] = value.partition(";")[0]
    assert xml.refusal(signing.send(request)) == WRONG


def test_another_host_does_not_match(url: str) -> None:
    request = ANN.post(f"{url}/", Host="email.us-east-1.amazonaws.com")
    assert signing.send(request).status == 200
    request.headers.replace_header("Host", "email.eu-west-1.amazonaws.com")
    assert xml.refusal(signing.send(request)) == WRONG


def test_a_signature_for_another_service_or_place_does_not_fit(url: str) -> None:
    region = "Credential should be scoped to a valid region, not 'us-west-9'. "
    service = "Credential should be scoped to correct service: 'ses'. "
    for signer, text in (
        (ANN._replace(region="us-west-9"), region),
        (ANN._replace(service="email"), service),
        (ANN._replace(region="us-west-9", service="sns"), region + service),
    ):
        expected = (403, "SignatureDoesNotMatch", text)
        assert xml.refusal(signing.send(signer.post(f"{url}/"))) == expected
        assert xml.refusal(signing.send(signer.presigned(f"{url}/", PARAMETERS))) == expected


def test_the_recorded_refusal_of_a_header_without_its_parts(url: str) -> None:
    given = "AWS4-HMAC-SHA256 Credential=ABCDEF"
    text = (
        "Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. "
    )
    refused = _refused(url, Authorization=given, X_Amz_Date="20220127T015928Z")
    assert refused == (400, "IncompleteSignature", f"{text}Authorization={given}")
    text += "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. "
    assert _refused(url, Authorization=given) == (400, "IncompleteSignature", f"{text}Authorization={given}")
    text = f"Authorization header requires 'Credential' parameter. {text}"
    given = "AWS4-HMAC-SHA256"
    assert _refused(url, Authorization=given) == (400, "IncompleteSignature", f"{text}Authorization={given}")


def test_a_part_of_the_header_that_is_no_pair_is_quoted(url: str) -> None:
    given = "AWS4-HMAC-SHA256 Credential, Signature=0"
    text = f"'Credential' not a valid key=value pair (missing equal-sign) in Authorization header: '{given}'."
    assert _refused(url, Authorization=given) == (400, "IncompleteSignature", text)


def test_a_presigned_url_without_its_parts_says_which(url: str) -> None:
    cut = re.sub("&X-Amz-(Date|SignedHeaders)=[^&]*", "", _presigned(url, ANN))
    text = "".join(f"AWS query-string parameters must include 'X-Amz-{name}'. " for name in ("SignedHeaders", "Date"))
    assert xml.refusal(_opened(cut)) == (400, "IncompleteSignature", f"{text}Re-examine the query-string parameters.")


def test_the_operation_is_known_before_the_caller_and_the_caller_before_the_parameters(url: str) -> None:
    unsigned = {"Content-Type": FORM}
    unknown = aws.request(url, "POST", "/", b"Action=NoSuchThing&Version=2010-12-01", unsigned)
    assert xml.code(unknown) == "InvalidAction"
    body = LIST + b"&MaxItems=x&IdentityType=x"
    assert xml.code(aws.request(url, "POST", "/", body, unsigned)) == "MissingAuthenticationToken"
    assert xml.code(signing.send(ANN.post(f"{url}/", body))) == "MalformedInput"


def test_refused_calls_are_listed_with_who_they_said_they_were(url: str) -> None:
    signing.send(ANN._replace(key="AKIDLISTED").post(f"{url}/"))
    calls = aws.Account(url, "999999999999").inspect("GET", "/requests")["requests"]
    (call,) = [call for call in calls if call["access_key_id"] == "AKIDLISTED"]
    assert (call["status"], call["code"], call["region"]) == (403, "InvalidClientTokenId", "us-east-1")


# ---- for how long


def test_a_request_can_be_replayed_for_15_minutes(frozen: Account) -> None:
    request = ANN.post(f"{frozen.url}/", at=NOW)
    assert signing.send(request).status == 200
    _set_clock(frozen, (NOW + timedelta(minutes=15)).isoformat())
    assert signing.send(request).status == 200
    _set_clock(frozen, (NOW + timedelta(minutes=15, seconds=1)).isoformat())
    text = "Signature expired: 20220127T015928Z is now earlier than 20220127T015929Z (20220127T021429Z - 15 min.)"
    assert xml.refusal(signing.send(request)) == (403, "SignatureDoesNotMatch", text)


def test_old_and_early_signatures_get_the_recorded_texts(frozen: Account) -> None:
    old = ANN.post(f"{frozen.url}/", at=NOW - timedelta(hours=1, minutes=45, seconds=1))
    text = "Signature expired: 20220127T001427Z is now earlier than 20220127T014428Z (20220127T015928Z - 15 min.)"
    assert xml.refusal(signing.send(old)) == (403, "SignatureDoesNotMatch", text)
    early = ANN.post(f"{frozen.url}/", at=NOW + timedelta(minutes=15, seconds=1))
    text = (
        "Signature not yet current: 20220127T021429Z is still later than 20220127T021428Z (20220127T015928Z + 15 min.)"
    )
    assert xml.refusal(signing.send(early)) == (403, "SignatureDoesNotMatch", text)


def test_a_presigned_url_holds_as_long_as_it_says(frozen: Account) -> None:
    short = ANN.presigned(f"{frozen.url}/", PARAMETERS, at=NOW, expires=60)
    long = ANN.presigned(f"{frozen.url}/", PARAMETERS, at=NOW, expires=3600)
    frozen.advance("PT1M")
    assert signing.send(short).status == 200
    frozen.advance("PT1S")
    text = "Signature expired: 20220127T015928Z is now earlier than 20220127T015929Z (20220127T020029Z - 1 min.)"
    assert xml.refusal(signing.send(short)) == (403, "SignatureDoesNotMatch", text)
    assert signing.send(long).status == 200
    frozen.advance("PT1H")
    assert xml.code(signing.send(long)) == "SignatureDoesNotMatch"
