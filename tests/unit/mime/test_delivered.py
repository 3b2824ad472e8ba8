"""The recipient's copy has the headers that SES adds, and none of those it takes away."""

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.mime import headers
from emulator.mime.delivered import Envelope, date_header, delivered, message_id_header, return_path, returned
from emulator.mime.dkim_signature import SIGNED, SIGNED_BY_SES, Signer
from emulator.outside import keys

ID = "0100019d311bed04-dbb67b48-c55d-4e6a-962a-a0f8b714f2e7-000000"
KEY = "k" * 43 + "="
ENVELOPE = Envelope(
    message_id=ID,
    region="us-east-1",
    accepted_at=datetime(2026, 1, 6, 8, 5, 9, tzinfo=UTC),
    feedback_key=KEY,
    feedback_id_a=None,
    feedback_id_b=None,
    return_path_domain=None,
    outgoing_ip="54.240.8.40",
)


def lines(message: bytes, envelope: Envelope = ENVELOPE) -> list[str]:
    return delivered(message, envelope).partition(b"\r\n\r\n")[0].decode().split("\r\n")


def test_a_composed_message_gets_its_headers_around_the_composed_ones() -> None:
    assert (
        delivered(b"From: a@x.com\r\nTo: b@y.com\r\n\r\nHi\r\n\r\nthere", ENVELOPE)
        == (
            f"Return-Path: <{ID}@amazonses.com>\r\n"
            "From: a@x.com\r\n"
            "To: b@y.com\r\n"
            f"Message-ID: <{ID}@email.amazonses.com>\r\n"
            "Date: Tue, 6 Jan 2026 08:05:09 +0000\r\n"
            f"Feedback-ID: ::1.us-east-1.{KEY}:AmazonSES\r\n"
            "X-SES-Outgoing: 2026.01.06-54.240.8.40\r\n"
            "\r\n"
            "Hi\r\n\r\nthere"
        ).encode()
    )


def test_other_regions_are_named_in_the_addresses() -> None:
    found = lines(b"From: a@x.com\r\n\r\n", ENVELOPE._replace(region="eu-west-1"))
    assert found[0] == f"Return-Path: <{ID}@eu-west-1.amazonses.com>"
    assert f"Message-ID: <{ID}@eu-west-1.amazonses.com>" in found
    assert f"Feedback-ID: ::1.eu-west-1.{KEY}:AmazonSES" in found


def test_a_custom_mail_from_domain_is_the_return_path() -> None:
    found = lines(b"\r\n", ENVELOPE._replace(region="eu-west-1", return_path_domain="bounce.example.com"))
    assert found[0] == f"Return-Path: <{ID}@bounce.example.com>"


@pytest.mark.parametrize("address", ["", "no-reply@amazonses.com"])
def test_another_return_path_is_given_or_none_at_all(address: str) -> None:
    envelope = ENVELOPE._replace(return_path_domain="bounce.example.com", return_path=address)
    assert return_path(envelope) == address
    assert lines(b"\r\n", envelope)[0] == f"Return-Path: <{address}>"


def test_what_comes_back_has_its_signatures_below_all_other_headers() -> None:
    pair = keys.rsa(1024)
    signers = [Signer("x.com", "s1", pair.private, SIGNED), Signer("amazonses.com", "s2", pair.private, SIGNED_BY_SES)]
    message = b"DKIM-Signature: own\r\nFrom: a@x.com\r\nX-SES-MESSAGE-TAGS: a=b\r\nTo: b@y.com\r\n\r\nHi"
    copy, back = delivered(message, ENVELOPE, signers), returned(message, ENVELOPE, signers)
    top, _, body = back.partition(b"\r\n\r\n")
    fields = re.split(b"\r\n(?!\t)", top)
    assert fields[:6] == [
        b"DKIM-Signature: own",
        b"From: a@x.com",
        b"To: b@y.com",
        f"Message-ID: <{ID}@email.amazonses.com>".encode(),
        b"Date: Tue, 6 Jan 2026 08:05:09 +0000",
        f"Feedback-ID: ::1.us-east-1.{KEY}:AmazonSES".encode(),
    ]
    assert re.split(b"\r\n(?!\t)", copy)[1:3] == fields[:5:-1]
    assert [re.findall(b"d=([a-z.]+);", field) for field in fields[6:]] == [[b"amazonses.com"], [b"x.com"]]
    assert body == b"Hi"


def test_what_was_never_sent_comes_back_with_nothing_of_ses_but_its_id() -> None:
    message = b"From: a@x.com\r\nmessage-id: <1>\r\nX-SES-CONFIGURATION-SET: s\r\nDate: long ago\r\n\r\nHi"
    assert returned(message, ENVELOPE) == (
        f"From: a@x.com\r\nmessage-id: <{ID}@email.amazonses.com>\r\nDate: long ago\r\n\r\nHi".encode()
    )


def test_the_feedback_id_begins_with_the_callers_two_parts() -> None:
    found = lines(b"\r\n", ENVELOPE._replace(feedback_id_a="campaign", feedback_id_b="shop"))
    assert f"Feedback-ID: campaign:shop:1.us-east-1.{KEY}:AmazonSES" in found


def test_message_id_and_date_are_replaced_where_they_stand() -> None:
    message = (
        b"MESSAGE-ID:\r\n <own@x.com>\r\nFrom: a@x.com\r\ndate: Mon, 1 Jan 2001\r\n\t00:00:00 +0000\r\nTo: b@y\r\n\r\n"
    )
    assert lines(message)[1:5] == [
        f"MESSAGE-ID: <{ID}@email.amazonses.com>",
        "From: a@x.com",
        "date: Tue, 6 Jan 2026 08:05:09 +0000",
        "To: b@y",
    ]
    assert len(lines(message)) == 7


def test_a_date_alone_is_replaced_and_the_message_id_added() -> None:
    assert [line.partition(":")[0] for line in lines(b"Date: x\r\nFrom: a@x.com\r\n\r\n")] == [
        "Return-Path",
        "Date",
        "From",
        "Message-ID",
        "Feedback-ID",
        "X-SES-Outgoing",
    ]


@pytest.mark.parametrize(
    "name",
    [
        "Bcc",
        "Return-Path",
        "X-SES-CONFIGURATION-SET",
        "X-SES-MESSAGE-TAGS",
        "X-SES-SOURCE-ARN",
        "X-SES-FROM-ARN",
        "X-SES-RETURN-PATH-ARN",
        "X-SES-LIST-MANAGEMENT-OPTIONS",
    ],
)
def test_headers_for_ses_alone_are_removed_with_their_folded_lines(name: str) -> None:
    message = f"From: a@x.com\r\n{name}: one,\r\n two\r\n{name.lower()} : three\r\nTo: b@y.com\r\n\r\n".encode()
    assert lines(message)[1:3] == ["From: a@x.com", "To: b@y.com"]
    assert "two" not in "".join(lines(message))


def test_other_headers_are_kept_byte_for_byte() -> None:
    kept = b"received: a\r\n\t \tb  \r\nX-SES-Other: 1\r\nSubject:\xff\xfe  x\r\nX-A:1\r\nX-A:1"
    assert kept in delivered(kept + b"\r\n\r\nbody", ENVELOPE)


def test_the_empty_line_behind_arn_headers_goes_with_them() -> None:
    message = b"X-SES-SOURCE-ARN: arn:a\r\n\r\nFrom: a@x.com\r\n\r\nbody"
    assert lines(message)[:2] == [f"Return-Path: <{ID}@amazonses.com>", "From: a@x.com"]
    assert delivered(message, ENVELOPE).endswith(b"\r\n\r\nbody")


@pytest.mark.parametrize("message", [b"", b"\r\n"])
def test_an_empty_message_is_delivered_with_the_added_headers_only(message: bytes) -> None:
    assert delivered(message, ENVELOPE).endswith(b"-54.240.8.40\r\n\r\n")
    assert len(lines(message)) == 5


@pytest.mark.parametrize("message", [b"From: a@x.com", b"From: a@x.com\r\n"])
def test_a_message_without_a_body_gets_the_empty_line(message: bytes) -> None:
    assert delivered(message, ENVELOPE).endswith(b"-54.240.8.40\r\n\r\n")
    assert "From: a@x.com" in lines(message)


def test_the_message_id_of_us_east_1_is_at_email_amazonses_com() -> None:
    assert message_id_header(ID, "us-east-1") == f"{ID}@email.amazonses.com"
    assert message_id_header(ID, "ap-south-1") == f"{ID}@ap-south-1.amazonses.com"


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2019, 9, 6, 18, 52, 14, tzinfo=UTC),
        datetime(2019, 9, 6, 20, 52, 14, 999_999, tzinfo=timezone(timedelta(hours=2))),
        datetime(2019, 9, 6, 18, 52, 14),  # noqa: DTZ001 - a naive moment is taken for UTC
    ],
)
def test_a_date_is_in_utc_and_its_day_is_not_padded(moment: datetime) -> None:
    assert date_header(moment) == "Fri, 6 Sep 2019 18:52:14 +0000"


@given(st.binary())
def test_the_body_of_any_message_is_delivered_byte_for_byte(raw: bytes) -> None:
    message = headers.normalise(raw)
    copy = delivered(message, ENVELOPE)
    body = message[headers.header_block(message)[1] :]
    assert copy.endswith(b"\r\n\r\n" + body)
    assert copy.count(b"Feedback-ID: ") >= 1
