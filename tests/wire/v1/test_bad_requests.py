"""Requests that nobody should send: each gets an answer, or none, and the server goes on."""

import sys
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

import emulator
from emulator import Running
from tests.support import aws, raw, xml
from tests.support.aws import Account

MEBIBYTE = 1024 * 1024
LIMIT = 20 * MEBIBYTE
LIST = b"Action=ListIdentities&Version=2010-12-01"
SYNTAX_ERROR = (404, "MalformedQueryString", "The query string contains a syntax error.")


@pytest.fixture
def account(account: Account) -> Iterator[Account]:
    """A fresh account, whose server must still answer after the test."""
    yield account
    assert account.query("ListIdentities").status == 200


@pytest.fixture
def measured() -> Iterator[Running]:
    """A server of the test's own, whose memory is measured."""
    if not sys.platform.startswith("linux"):
        pytest.skip("memory is read from /proc")
    with emulator.running() as running:
        aws.new_account(running.url).query("ListIdentities")
        raw.forget_peak(running.pid)
        yield running
        assert aws.new_account(running.url).query("ListIdentities").status == 200


# ---- forms


@pytest.mark.parametrize("value", [b"%", b"%4", b"%zz", b"%4x", b"%%41", b"%u0041", b"a%", b"%-1", b"%+1", b"% 1"])
def test_an_invalid_escape_is_a_malformed_query_string(account: Account, value: bytes) -> None:
    assert xml.refusal(account.post(LIST + b"&NextToken=" + value)) == SYNTAX_ERROR
    assert xml.refusal(account.post(LIST + b"&" + value + b"=1")) == SYNTAX_ERROR
    if b" " not in value:
        target = f"/?{LIST.decode()}&NextToken={value.decode()}"
        assert xml.refusal(account.post(b"", target=target, method="GET")) == SYNTAX_ERROR


@pytest.mark.parametrize("value", [b"%ff", b"%C3", b"%C0%80", b"%ED%A0%80", b"\xff", b"%F5%80%80%80"])
def test_text_that_is_not_utf_8_is_a_malformed_query_string(account: Account, value: bytes) -> None:
    assert xml.refusal(account.post(LIST + b"&NextToken=" + value)) == SYNTAX_ERROR


@pytest.mark.parametrize("value", [b"%00", b"\x00", b"a%00b"])
def test_a_nul_character_is_malformed_input(account: Account, value: bytes) -> None:
    for pair in (b"EmailAddress=" + value + b"@example.com", b"Other" + value + b"=1"):
        body = b"Action=VerifyEmailIdentity&Version=2010-12-01&" + pair
        assert xml.refusal(account.post(body)) == (400, "MalformedInput", None)


def test_a_nul_character_in_a_presigned_credential_is_malformed_input(account: Account) -> None:
    credential = urlencode({"X-Amz-Credential": f"{account.account_id}/20260101/us-\0east/ses/aws4_request"})
    answer = aws.request(account.url, "GET", f"/?{LIST.decode()}&{credential}", None, {})
    assert xml.refusal(answer) == (400, "MalformedInput", None)


@pytest.mark.parametrize(
    ("count", "status"), [(9_998, 200), (9_999, 404), (10_001, 404), (500_000, 404)], ids="{}".format
)
def test_ten_thousand_parameters_are_the_most_that_are_read(account: Account, count: int, status: int) -> None:
    body = LIST + b"".join(b"&P%d=1" % number for number in range(count))
    assert account.post(body).status == status


def test_a_deeply_nested_name_is_ignored(account: Account) -> None:
    names = ["Identities" + ".member.1" * 50_000, "a." * 1_000_000, "." * 1_000_000, "Identities.member.1" + ".x" * 13]
    for name in names:
        answer = account.post(LIST + f"&{name}=1".encode())
        assert answer.status == 200
    parameters = dict.fromkeys(names, "1") | {"Identities": ""}
    assert account.query("GetIdentityVerificationAttributes", parameters).status == 200


def test_a_very_long_action_is_answered(account: Account) -> None:
    status, code, message = xml.refusal(account.query("X" * MEBIBYTE))
    assert (status, code) == (400, "InvalidAction")
    assert message == f"Could not find operation {'X' * MEBIBYTE} for version 2010-12-01"


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "x",
        "Basic eDp5",
        "Credential=",
        "AWS4-HMAC-SHA256 Credential=a/b",
        "AWS4-HMAC-SHA256 Credential=////",
        "\xff",
    ],
)
def test_nonsense_instead_of_a_signature_is_answered(account: Account, authorization: str) -> None:
    headers = {"Content-Type": aws.FORM, "Authorization": authorization}
    assert aws.request(account.url, "POST", "/", LIST, headers).status == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "BREW"])
def test_another_method_is_answered_by_http(account: Account, method: str) -> None:
    answer = aws.request(account.url, method, "/", None, {})
    assert answer.status in (200, 400, 405, 501)


# ---- bodies that are too large


def test_a_body_declared_too_large_is_refused_before_it_is_sent(measured: Running) -> None:
    with raw.connect(measured.url) as connection:
        connection.sendall(raw.head(Content_Length=str(LIMIT + 1)))
        answer = raw.read_answer(connection)
    assert raw.status(answer) == 413
    assert b"<RequestEntityTooLargeException/>" in raw.body(answer)
    assert b"content-type: text/xml" in answer.lower()
    assert b"connection: close" in answer.lower()
    assert b"content-length: 33" in answer.lower()


@pytest.mark.parametrize("size", ["99999999999999999999", "9" * 400])
def test_a_declared_size_beyond_all_numbers_is_refused(account: Account, size: str) -> None:
    assert raw.status(raw.exchange(account.url, [raw.head(Content_Length=size)])) in (400, 413)


@pytest.mark.parametrize("size", ["-1", "+5", "5.0", "abc", ""])
def test_a_declared_size_that_is_no_number_is_no_http(account: Account, size: str) -> None:
    assert raw.status(raw.exchange(account.url, [raw.head(Content_Length=size)])) == 400


def test_a_body_that_says_less_than_it_sends_costs_no_memory(measured: Running) -> None:
    before = raw.peak_memory_bytes(measured.pid)
    for _ in range(5):
        with raw.connect(measured.url) as connection:
            connection.sendall(raw.head(Content_Length=str(2 * LIMIT)))
            assert raw.status(raw.read_answer(connection)) == 413
    assert raw.peak_memory_bytes(measured.pid) - before < 5 * MEBIBYTE


def test_a_chunked_body_is_refused_once_it_is_too_large(measured: Running) -> None:
    before = raw.peak_memory_bytes(measured.pid)
    chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
    for _ in range(3):
        sent = [raw.head(Transfer_Encoding="chunked"), *[chunk] * (LIMIT // 65536), b"1\r\nx\r\n"]
        answer = raw.exchange(measured.url, sent)
        assert raw.status(answer) == 413
    assert raw.peak_memory_bytes(measured.pid) - before < 32 * MEBIBYTE


def test_a_chunked_body_without_an_end_is_cut_off(measured: Running) -> None:
    before = raw.peak_memory_bytes(measured.pid)
    chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
    answer = raw.exchange(measured.url, [raw.head(Transfer_Encoding="chunked"), *[chunk] * 4000])
    assert answer == b"" or raw.status(answer) == 413  # the network may lose the answer to one who does not listen
    assert raw.peak_memory_bytes(measured.pid) - before < 32 * MEBIBYTE


def test_a_body_of_the_largest_size_that_is_all_escapes_is_read_in_one_pass(measured: Running) -> None:
    before = raw.peak_memory_bytes(measured.pid)
    body = LIST + b"&Other="
    answer = aws.new_account(measured.url).post(body + b"%41" * ((LIMIT - len(body)) // 3))
    assert answer.status == 200
    assert raw.peak_memory_bytes(measured.pid) - before < 12 * LIMIT


# ---- no requests at all


def test_a_client_that_hangs_up_in_the_middle_of_a_body_changes_nothing(account: Account) -> None:
    body = b"Action=VerifyEmailIdentity&Version=2010-12-01&EmailAddress=ann%40example.com"
    for sent in (body, body[:40], b""):
        with raw.connect(account.url) as connection:
            connection.sendall(raw.head(Content_Length=str(len(body) + 1)) + sent)
    with raw.connect(account.url) as connection:
        connection.sendall(raw.head(Transfer_Encoding="chunked") + b"%x\r\n" % len(body) + body + b"\r\n")
    assert account.query("ListIdentities").status == 200
    default = aws.Account(account.url, "AKIAIOSFODNN7EXAMPLE")
    assert "ann@example.com" not in default.client().list_identities()["Identities"]


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"hello\r\n\r\n",
        b"GET\r\n\r\n",
        b"\x00" * 1000,
        b"\xff" * 70_000,
    ],
)
def test_garbage_instead_of_http_gets_400_or_nothing(account: Account, garbage: bytes) -> None:
    with raw.connect(account.url) as connection:
        connection.sendall(garbage + b"\r\n\r\n")
        connection.shutdown(1)
        answer = raw.read_answer(connection)
    assert answer == b"" or raw.status(answer) == 400


@pytest.mark.parametrize(
    "framing", [{"Content_Length": "5", "Transfer_Encoding": "chunked"}, {"Transfer_Encoding": "x"}]
)
def test_a_body_framed_in_two_ways_or_in_none_we_know_is_refused(account: Account, framing: dict[str, str]) -> None:
    answer = raw.exchange(account.url, [raw.head(**framing), b"0\r\n\r\n"])
    assert raw.status(answer) == 400


def test_a_bad_chunk_size_is_no_http(account: Account) -> None:
    answer = raw.exchange(account.url, [raw.head(Transfer_Encoding="chunked"), b"zz\r\n"])
    assert raw.status(answer) == 400


def test_a_header_of_a_mebibyte_is_answered(account: Account) -> None:
    headers = {"Content-Type": aws.FORM, "X-Long": "x" * MEBIBYTE}
    assert aws.request(account.url, "POST", "/", LIST, headers).status in (200, 400, 431)


def test_many_connections_that_say_nothing_do_not_keep_others_out(account: Account) -> None:
    idle = [raw.connect(account.url) for _ in range(200)]
    try:
        assert account.query("ListIdentities").status == 200
    finally:
        for connection in idle:
            connection.close()


def test_requests_in_one_packet_are_answered_one_after_the_other(account: Account) -> None:
    one = raw.head(Content_Length=str(len(LIST))) + LIST
    last = raw.head(Content_Length=str(len(LIST)), Connection="close") + LIST
    with raw.connect(account.url) as connection:
        connection.sendall(one * 4 + last)
        received = b""
        while part := connection.recv(65536):
            received += part
    assert received.count(b"HTTP/1.1 200 OK") == 5
