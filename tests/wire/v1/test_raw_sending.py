"""SendRawEmail: whose mail it is, whom it reaches, and which documents are refused."""

import pytest

from tests.support import mail
from tests.support.aws import Account
from tests.support.mail import ANN, BOB, document, invalid

FROM, TO, SUBJECT = f"From: Ann <{ANN}>", f"To: Bob <{BOB}>", "Subject: Hi"
MISSING_TO = invalid("Missing required header 'To'.")
# Source: developer guide (documented).
ONCE_ONLY = """
Accept-Language acceptLanguage Archived-At Auto-Submitted Bounces-to Comments Content-Alternative Content-Base
Content-Class Content-Description Content-Disposition Content-Duration Content-ID Content-Language Content-Length
Content-Location Content-MD5 Content-Transfer-Encoding Content-Type Date Delivered-To Disposition-Notification-Options
Disposition-Notification-To DKIM-Signature DomainKey-Signature Errors-To From Importance In-Reply-To Keywords
List-Archive List-Help List-Id List-Owner List-Post List-Subscribe List-Unsubscribe Message-Context Message-ID
MIME-Version Organization Original-From Original-Message-ID Original-Recipient Original-Subject Precedence Priority
References Reply-To Return-Path Return-Receipt-To Sender Solicitation Sensitivity Subject Thread-Index Thread-Topic
User-Agent VBR-Info
"""
# Source: developer guide (documented).
FORBIDDEN = """
.ade .adp .app .asp .bas .bat .cer .chm .cmd .com .cpl .crt .csh .der .exe .fxp .gadget .hlp .hta .inf .ins .isp .its
.js .jse .ksh .lib .lnk .mad .maf .mag .mam .maq .mar .mas .mat .mau .mav .maw .mda .mdb .mde .mdt .mdw .mdz .msc .msh
.msh1 .msh2 .mshxml .msh1xml .msh2xml .msi .msp .mst .ops .pcd .pif .plg .prf .prg .reg .scf .scr .sct .shb .shs .sys
.ps1 .ps1xml .ps2 .ps2xml .psc1 .psc2 .tmp .url .vb .vbe .vbs .vps .vsmacros .vss .vst .vsw .vxd .ws .wsc .wsf .wsh .xnk
"""


def kinds(account: Account, message_id: str) -> list[tuple[str, str]]:
    return [(each["kind"], each["address"]) for each in mail.shown(account, message_id)["recipients"]]


def attached(disposition: str) -> bytes:
    part = f"--b\r\nContent-Disposition: {disposition}\r\n\r\nMZ\r\n--b--"
    return document(FROM, TO, "Content-Type: multipart/mixed; boundary=b", body=part)


@pytest.mark.parametrize(("given", "path"), [({}, "rawMessage"), ({"RawMessage": ""}, "rawMessage.data")])
def test_a_call_without_a_document_is_told_what_is_missing(account: Account, given: dict[str, str], path: str) -> None:
    answer = account.query("SendRawEmail", {"Source": ANN, "Destinations.member.1": BOB, **given})
    assert answer.status == 400
    assert "<Code>ValidationError</Code>" in answer.text
    assert f"Value at '{path}' failed to satisfy constraint: Member must not be null" in answer.text


# ---- the envelope


def test_without_a_source_the_from_header_is_the_sender(account: Account) -> None:
    message_id = mail.send_raw(mail.client(account), document(FROM, TO, SUBJECT))
    message = mail.shown(account, message_id)
    assert message["operation"] == "SendRawEmail"
    assert (message["source"], message["from"], message["return_path"]) == (ANN, f"Ann <{ANN}>", ANN)
    assert (message["subject"], message["text"]) == ("Hi", "Hello")


def test_a_source_is_the_sender_and_the_from_header_stays_as_written(account: Account) -> None:
    sender = mail.client(account, "example.com")
    data = document("From: Other <other@example.com>", "Return-Path: <third@example.com>", TO)
    message_id = mail.send_raw(sender, data, Source=f"Ann <{ANN}>")
    message = mail.shown(account, message_id)
    assert (message["source"], message["return_path"]) == (ANN, ANN)
    assert message["from"] == "Other <other@example.com>"
    assert b"From: Other <other@example.com>\r\n" in mail.delivered(account, message_id)


def test_without_a_source_bounces_go_to_the_return_path_header(account: Account) -> None:
    sender = mail.client(account, "example.com")
    message_id = mail.send_raw(sender, document("Return-Path: <bounces@example.com>", FROM, TO))
    assert mail.shown(account, message_id)["return_path"] == "bounces@example.com"


def test_a_message_without_source_and_from_header_is_refused(account: Account) -> None:
    assert mail.refused_raw(mail.client(account), document(TO)) == invalid("Missing required header 'From'.")


def test_a_source_does_for_a_missing_from_header(account: Account) -> None:
    message_id = mail.send_raw(mail.client(account), document(TO), Source=f"Ann <{ANN}>")
    message = mail.shown(account, message_id)
    assert (message["source"], message["from"]) == (ANN, None)
    assert b"\r\nFrom:" not in mail.delivered(account, message_id)


@pytest.mark.parametrize("headers", [[], [f"Bcc: {BOB}"], [f"Cc: {BOB}"], ["To: "]])
def test_a_message_without_destinations_needs_a_to_header(account: Account, headers: list[str]) -> None:
    assert mail.refused_raw(mail.client(account), document(FROM, *headers)) == MISSING_TO


def test_without_destinations_it_reaches_to_cc_and_bcc(account: Account) -> None:
    headers = ["To: b@x.net,", " Cy <c@x.net>", "Cc: d@x.net", "cc: e@x.net", "BCC: f@x.net"]
    message_id = mail.send_raw(mail.client(account), document(FROM, *headers))
    assert kinds(account, message_id) == [
        ("to", "b@x.net"),
        ("to", "c@x.net"),
        ("cc", "d@x.net"),
        ("cc", "e@x.net"),
        ("bcc", "f@x.net"),
    ]


def test_destinations_are_the_whole_envelope(account: Account) -> None:
    data = document(FROM, "To: b@x.net, other@x.net", "Cc: c@x.net")
    message_id = mail.send_raw(mail.client(account), data, Destinations=["hidden@x.net", "C@x.net", "b@x.net"])
    assert kinds(account, message_id) == [("to", "b@x.net"), ("cc", "C@x.net"), ("bcc", "hidden@x.net")]


def test_destinations_may_have_names(account: Account) -> None:
    there = [f"Bob <{BOB}>", "=?UTF-8?Q?J=C3=BCrgen?= <j@x.net>", "<k@x.net>", '"L, M" <l@x.net>']
    message_id = mail.send_raw(mail.client(account), document(FROM, TO), Destinations=there)
    assert kinds(account, message_id) == [("to", BOB), ("bcc", "j@x.net"), ("bcc", "k@x.net"), ("bcc", "l@x.net")]


def test_an_empty_list_of_destinations_is_none(account: Account) -> None:
    sender = mail.client(account)
    message_id = mail.send_raw(sender, document(FROM, TO, "Cc: c@x.net"), Destinations=[])
    assert kinds(account, message_id) == [("to", BOB), ("cc", "c@x.net")]
    assert mail.refused_raw(sender, document(FROM, f"Bcc: {BOB}"), Destinations=[]) == MISSING_TO


@pytest.mark.parametrize("to", ["undisclosed-recipients:;", "The team: k@x.com, l@x.com;", "", "elsewhere@x.com"])
def test_with_destinations_the_to_header_is_only_text(account: Account, to: str) -> None:
    data = document(FROM, f"To: {to}", f"Cc: {BOB}")
    message_id = mail.send_raw(mail.client(account), data, Destinations=[BOB, "c@x.net"])
    assert kinds(account, message_id) == [("cc", BOB), ("bcc", "c@x.net")]


def test_an_address_that_is_none_is_refused_even_where_destinations_are_given(account: Account) -> None:
    # What nodemailer sends to see whether SES answers.
    data = document("From: invalid@invalid", "To: invalid@invalid\r\n Subject: Invalid")
    found = mail.refused_raw(account.client(), data, Source="invalid@invalid", Destinations=["invalid@invalid"])
    assert found == invalid("Domain contains control or whitespace")


@pytest.mark.parametrize(
    ("header", "text"),
    [
        ("To: undisclosed-recipients:;", "Illegal address"),
        ("To: nobody", "Missing final '@domain'"),
        ("Cc: us er@x.com", "Local address contains control or whitespace"),
        ("Bcc: <b@x.net", "Missing '>'"),
        ("Reply-To: b@ex_ample.com", "Domain contains illegal character"),
        ("Sender: b@", "Missing domain"),
    ],
)
def test_without_destinations_a_faulty_address_is_refused(account: Account, header: str, text: str) -> None:
    to = () if header.startswith("To") else (TO,)
    assert mail.refused_raw(mail.client(account), document(FROM, *to, header)) == invalid(text)


def test_an_address_in_a_header_has_320_bytes_at_most(account: Account) -> None:
    sender = mail.client(account)
    longest = f"{'n' * (320 - len(BOB) - 3)} <{BOB}>"
    mail.send_raw(sender, document(FROM, f"To: a@x.net, {longest}"))
    found = mail.refused_raw(sender, document(FROM, f"To: a@x.net, n{longest}"))
    assert found == invalid(f"Address length is more than 320 bytes long: 'n{longest}'.")


def test_a_faulty_from_header_or_destination_is_refused(account: Account) -> None:
    sender = mail.client(account)
    assert mail.refused_raw(sender, document("From: Ann", TO)) == invalid("Missing final '@domain'")
    faulty = mail.refused_raw(sender, document(FROM, TO), Destinations=["b@x.net, c@x.net"])
    assert faulty == invalid("Illegal address")


def test_each_author_of_a_from_header_is_its_sender(account: Account) -> None:
    sender = mail.client(account, "example.com")
    message_id = mail.send_raw(sender, document("From: Ann <ann@example.com>, ben@example.com", TO))
    assert mail.shown(account, message_id)["source"] == "ann@example.com"


def test_a_message_of_zero_bytes_with_an_envelope_is_accepted(account: Account) -> None:
    message_id = mail.send_raw(mail.client(account), b"", Source=ANN, Destinations=[BOB])
    account.drain()
    message = mail.shown(account, message_id)
    assert (message["from"], message["subject"], message["size"]) == (None, None, 0)
    assert message["recipients"] == [{"address": BOB, "kind": "bcc", "status": "delivered"}]


def test_a_message_of_zero_bytes_without_an_envelope_is_refused(account: Account) -> None:
    sender = mail.client(account)
    assert mail.refused_raw(sender, b"") == invalid("Missing required header 'From'.")
    assert mail.refused_raw(sender, b"", Source=ANN) == MISSING_TO


# ---- headers that speak to SES


def test_a_header_names_the_configuration_set_unless_a_parameter_does(account: Account) -> None:
    sender = mail.client(account)
    data = document("x-ses-configuration-set: one", "X-SES-CONFIGURATION-SET: two", FROM, TO)
    gone = "ConfigurationSetDoesNotExist"
    assert mail.refused_raw(sender, data) == (gone, "Configuration set <one> does not exist.")
    found = mail.refused_raw(sender, data, ConfigurationSetName="three")
    assert found == (gone, "Configuration set <three> does not exist.")


def test_a_header_holds_tags_unless_parameters_do(account: Account) -> None:
    sender = mail.client(account)
    data = document("X-Ses-Message-Tags: one=1, two=a@b.c", "X-SES-MESSAGE-TAGS: three=3", FROM, TO)
    assert mail.shown(account, mail.send_raw(sender, data))["tags"] == {"one": ["1"], "two": ["a@b.c"]}
    faulty = document("X-SES-MESSAGE-TAGS: five=!", FROM, TO)
    for each in (data, faulty):
        message_id = mail.send_raw(sender, each, Tags=[{"Name": "four", "Value": "4"}])
        assert mail.shown(account, message_id)["tags"] == {"four": ["4"]}


@pytest.mark.parametrize(
    ("tags", "text"),
    [
        ("a b=1", "Invalid tag name <a b>: only alphanumeric ASCII characters, '_',  '-' are allowed."),
        ("a", "The tag value must be specified."),
        ("a=1, =2", "The tag name must be specified."),
        (
            "a=1=2",
            "Invalid tag value <1=2>: only alphanumeric ASCII characters, '_',  '-' , '.', '@' are allowed.",
        ),
    ],
)
def test_tags_of_a_header_follow_the_same_rules(account: Account, tags: str, text: str) -> None:
    data = document(f"X-SES-MESSAGE-TAGS: {tags}", FROM, TO)
    assert mail.refused_raw(mail.client(account), data) == invalid(text)


@pytest.mark.parametrize(
    ("header", "parameter"),
    [
        ("X-SES-SOURCE-ARN", "SourceArn"),
        ("X-SES-FROM-ARN", "FromArn"),
        ("X-SES-RETURN-PATH-ARN", "ReturnPathArn"),
    ],
)
def test_a_header_names_an_identity_unless_a_parameter_does(account: Account, header: str, parameter: str) -> None:
    sender = mail.client(account)
    own = f"arn:aws:ses:us-east-1:{account.account_id}:identity/{ANN}"
    data = document(f"{header}: nonsense", FROM, TO)
    assert mail.refused_raw(sender, data) == invalid("Invalid ARN <nonsense>.")
    mail.send_raw(sender, data, **{parameter: own})


def test_the_documented_sample_with_an_empty_line_behind_its_arns_is_sent(account: Account) -> None:
    arn = f"arn:aws:ses:us-east-1:{account.account_id}:identity/example.com"
    data = document(f"X-SES-SOURCE-ARN: {arn}", f"X-SES-FROM-ARN: {arn}", "", FROM, TO, SUBJECT)
    message_id = mail.send_raw(mail.client(account), data)
    assert mail.shown(account, message_id)["subject"] == "Hi"
    assert b"X-SES-SOURCE-ARN" not in mail.delivered(account, message_id)


# ---- the document


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (["Content-Type: text/plain", "content-type: text/html"], "Duplicate header 'content-type'."),
        (["MIME-Version: 1.0", "MIME-Version: 1.0"], "Duplicate header 'MIME-Version'."),
        (["List-Unsubscribe: <a>", "List-Unsubscribe: <b>"], "Duplicate header 'List-Unsubscribe'."),
        (
            ['<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/">'],
            'Illegal header \'<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http\'.',
        ),
        (["no colon here"], "Illegal header 'no colon here'."),
        ([": value"], "Empty header names are illegal."),
        (["List-Unsubscribe: " + "x" * 10_000], "Header too long: 'List-Unsubscribe'."),
        (["X-A: " + "x" * 9_000] * 12, "Header section too long."),
        (["Content-Type: text"], "Expected '/', got null"),
        (["Content-Type: text; charset=utf-8"], "Expected '/', got ;"),
        (["Content-Type: text/plain; charset"], "Expected '=', got \"null\""),
        (["Content-Disposition: attachment; filename"], "Expected '=', got \"null\""),
        (['Content-Type: text/plain; charset="utf-8'], "Unbalanced quoted string"),
    ],
)
def test_a_faulty_header_is_refused_in_the_words_of_ses(account: Account, lines: list[str], text: str) -> None:
    assert mail.refused_raw(mail.client(account), document(FROM, TO, *lines)) == invalid(text)


def test_a_header_that_may_occur_once_is_refused_when_it_comes_again(account: Account) -> None:
    sender = mail.client(account)
    for name in ONCE_ONLY.split():
        found = mail.refused_raw(sender, document(FROM, TO, f"{name}: 1", f"{name}: 2"))
        assert (name, found) == (name, invalid(f"Duplicate header '{name}'."))


def test_recipients_traces_and_own_headers_may_come_again(account: Account) -> None:
    repeated = [f"{name}: a@x.net" for name in ("To", "Cc", "Bcc", "Received", "X-Own")]
    message_id = mail.send_raw(mail.client(account), document(FROM, *repeated, *repeated))
    assert [kind for kind, _ in kinds(account, message_id)] == ["to", "to", "cc", "cc", "bcc", "bcc"]


def test_data_that_was_not_encoded_is_refused_for_its_headers(account: Account) -> None:
    mail.verify(account, ANN)
    answer = account.query("SendRawEmail", {"RawMessage.Data": f"From: {ANN}\r\nTo: {BOB}\r\n\r\nHello"})
    assert answer.status == 400
    assert "<Code>InvalidParameterValue</Code>" in answer.text
    assert "<Message>Illegal header '" in answer.text


def test_a_document_needs_no_mime_headers_and_may_have_bare_line_feeds(account: Account) -> None:
    data = document(FROM, TO, SUBJECT, body="one\r\ntwo").replace(b"\r\n", b"\n")
    message_id = mail.send_raw(mail.client(account), data)
    assert mail.body(mail.delivered(account, message_id)) == b"one\r\ntwo"


def test_eight_bit_bytes_are_kept(account: Account) -> None:
    data = document(FROM, TO) + "Grüße\r\n".encode("latin-1") + bytes(range(128, 256))
    message_id = mail.send_raw(mail.client(account), data)
    assert mail.body(mail.delivered(account, message_id)) == mail.body(data)


def test_a_line_of_any_length_is_kept(account: Account) -> None:
    data = document(FROM, TO, f"X-Own: {'x' * 2_000}", body="y" * 2_000)
    message_id = mail.send_raw(mail.client(account), data)
    raw = mail.delivered(account, message_id)
    assert f"X-Own: {'x' * 2_000}" in mail.header_lines(raw)
    assert mail.body(raw) == b"y" * 2_000


@pytest.mark.parametrize(
    "disposition",
    ['attachment; filename="setup.EXE"', "attachment; filename*=utf-8''run%2Ebat", "inline; filename=a.b.js"],
)
def test_an_attachment_that_could_be_run_is_refused(account: Account, disposition: str) -> None:
    code, text = mail.refused_raw(mail.client(account), attached(disposition))
    assert code == "InvalidParameterValue"
    assert text.startswith("Illegal filename '")


def test_attachments_of_every_forbidden_type_are_refused_and_archives_are_not_opened(account: Account) -> None:
    sender = mail.client(account)
    for extension in FORBIDDEN.split():
        code, text = mail.refused_raw(sender, attached(f"attachment; filename=file{extension}"))
        assert (code, f"file{extension}" in text) == ("InvalidParameterValue", True)
    for name in ("setup.exe.zip", "report.pdf", "table.csv", "Makefile", "exe"):
        message_id = mail.send_raw(sender, attached(f"attachment; filename={name}"))
        assert [each["filename"] for each in mail.shown(account, message_id)["attachments"]] == [name]


@pytest.mark.parametrize("subject", ["a\0b", "=?utf-8?B?YQBi?="])
def test_a_nul_in_a_header_is_no_obstacle(account: Account, subject: str) -> None:
    message_id = mail.send_raw(mail.client(account), document(f"From: A\0nn <{ANN}>", TO, f"Subject: {subject}"))
    account.drain()
    assert mail.shown(account, message_id)["subject"] == "a\ufffdb"
