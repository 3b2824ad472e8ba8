"""Message tags: which names and values SES takes, and which of several faults it tells."""

import pytest

from tests.support import mail
from tests.support.aws import Account
from tests.support.mail import invalid

NAME_MISSING = "The tag name must be specified."
NAME_TOO_LONG = "Tag name cannot exceed 255 characters."
VALUE_MISSING = "The tag value must be specified."
VALUE_TOO_LONG = "Tag value cannot exceed 255 characters."


def bad_name(name: str) -> str:
    return f"Invalid tag name <{name}>: only alphanumeric ASCII characters, '_',  '-' are allowed."


def bad_value(value: str) -> str:
    return f"Invalid tag value <{value}>: only alphanumeric ASCII characters, '_',  '-' , '.', '@' are allowed."


def tag(name: str, value: str) -> dict[str, str]:
    return {"Name": name, "Value": value}


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("", "x", NAME_MISSING),
        ("", "", NAME_MISSING),
        ("n" * 256, "x", NAME_TOO_LONG),
        ("n" * 2_100, "x", NAME_TOO_LONG),
        ("a b", "x", bad_name("a b")),
        ("a.b", "x", bad_name("a.b")),
        ("a@b", "x", bad_name("a@b")),
        ("n " * 128, "x", NAME_TOO_LONG),
        ("naïve", "x", bad_name("naïve")),
        ("a\n", "x", bad_name("a\n")),
        ("ses:source-ip", "x", bad_name("ses:source-ip")),
        ("ses:feedback-id-c", "x", bad_name("ses:feedback-id-c")),
        ("<&>", "x", bad_name("<&>")),
        ("a", "", VALUE_MISSING),
        ("a", "v" * 256, VALUE_TOO_LONG),
        ("a", "v " * 128, VALUE_TOO_LONG),
        ("a", "b c", bad_value("b c")),
        ("a", "b:c", bad_value("b:c")),
        ("a", "é", bad_value("é")),
        ("a!", "b!", bad_name("a!")),
        ("a!", "v" * 256, bad_name("a!")),
        ("a!", "", bad_name("a!")),
    ],
)
def test_a_faulty_tag_is_refused_by_its_name_first(account: Account, name: str, value: str, text: str) -> None:
    assert mail.refused(account.client(), Tags=[tag(name, value)]) == invalid(text)


def test_the_first_faulty_tag_of_several_is_told(account: Account) -> None:
    tags = [tag("fine", "x"), tag("a", "b c"), tag("", "x")]
    assert mail.refused(account.client(), Tags=tags) == invalid(bad_value("b c"))


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"Tags.member.1.Name": ""}, NAME_MISSING),
        ({"Tags.member.1.Value": "x"}, NAME_MISSING),
        ({"Tags.member.1.Name": "a"}, VALUE_MISSING),
    ],
)
def test_a_tag_without_name_or_value_is_refused_over_the_wire(
    account: Account, given: dict[str, str], text: str
) -> None:
    form = {
        "Source": mail.ANN,
        "Destination.ToAddresses.member.1": mail.BOB,
        "Message.Subject.Data": "Hi",
        "Message.Body.Text.Data": "Hello",
    }
    answer = account.query("SendEmail", form | given)
    assert answer.status == 400
    assert f"<Code>InvalidParameterValue</Code>\n    <Message>{text}</Message>" in answer.text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("n" * 255, "v" * 255),
        ("A_b-9", "A_b-9.c@d"),
        ("ses:feedback-id-a", "campaign"),
        ("ses:feedback-id-b", "customer"),
    ],
)
def test_a_sound_tag_is_kept(account: Account, name: str, value: str) -> None:
    message_id = mail.send(mail.client(account), Tags=[tag(name, value)])
    assert mail.shown(account, message_id)["tags"] == {name: [value]}


def test_a_sound_tag_leaves_the_identity_to_be_judged(account: Account) -> None:
    found = mail.refused(account.client(), Tags=[tag("ses:feedback-id-a", "campaign")])
    assert found == mail.unverified(mail.ANN)


def test_tags_of_one_name_are_both_kept(account: Account) -> None:
    message_id = mail.send(mail.client(account), Tags=[tag("a", "1"), tag("b", "2"), tag("a", "3")])
    assert mail.shown(account, message_id)["tags"] == {"a": ["1", "3"], "b": ["2"]}


def test_raw_mail_has_the_same_rules(account: Account) -> None:
    data = mail.document(f"From: {mail.ANN}", f"To: {mail.BOB}")
    assert mail.refused_raw(account.client(), data, Tags=[tag("a b", "x")]) == invalid(bad_name("a b"))
