"""What a test reads in a message, and what it lets happen to it."""

import re
from email.message import EmailMessage
from typing import Any

import pytest

from emulator import remote
from emulator.testing import Mailbox, Message, Recipient
from tests.plugin import mail


def test_its_members_are_attributes_and_items(ses_client: Any, ses_mailbox: Mailbox) -> None:
    mail.send(ses_client, subject="Welcome", text="Hello", html="<b>Hello</b>", Tags=[{"Name": "kind", "Value": "x"}])
    message = ses_mailbox.wait()
    assert (message.subject, message.text, message.html) == ("Welcome", "Hello", "<b>Hello</b>")
    assert (message.source, message.from_, message.to) == ("ann@example.com", "ann@example.com", ["bob@example.net"])
    assert message.tags == message["tags"] == {"kind": ["x"]}
    assert (message["from"], message["direction"]) == ("ann@example.com", "outbound")
    with pytest.raises(AttributeError):
        message.sender  # type: ignore[attr-defined]  # noqa: B018 - that is the test


def test_its_recipients_show_what_became_of_it(ses_client: Any, ses_mailbox: Mailbox) -> None:
    mail.send(ses_client, to="bob@example.net,bounce@simulator.amazonses.com")
    message = ses_mailbox.wait()
    assert message.recipients == [
        Recipient("bob@example.net", "to", "delivered"),
        Recipient("bounce@simulator.amazonses.com", "to", "bounced"),
    ]
    assert repr(message) == "<Message 'Hi' to bob@example.net (delivered), bounce@simulator.amazonses.com (bounced)>"


def test_what_is_made_of_a_template_is_waited_for(ses_client: Any, ses_mailbox: Mailbox) -> None:
    ses_mailbox.verify("ann@example.com")
    ses_client.create_template(
        Template={"TemplateName": "welcome", "SubjectPart": "Welcome", "TextPart": "Hello {{name}}"}
    )
    ses_client.send_templated_email(
        Source="ann@example.com",
        Destination={"ToAddresses": ["bob@example.net"]},
        Template="welcome",
        TemplateData='{"name": "Bob"}',
    )
    message = ses_mailbox.wait(to="bob")
    assert message.text == "Hello Bob"
    to_be_rendered = {"text": None, "recipients": [{"address": "bob@example.net", "kind": "to", "status": "pending"}]}
    assert Message(remote.Server(ses_mailbox.url), {**message, **to_be_rendered}).complete().text == "Hello Bob"


def test_headers_are_read_wherever_the_message_comes_from(ses_client: Any, ses_mailbox: Mailbox) -> None:
    mail.send(ses_client, subject="Grüße", ReplyToAddresses=["shop@example.com"])
    for message in (ses_mailbox.wait(), ses_mailbox.messages()[0]):
        assert message.header("reply-to") == "shop@example.com"
        assert message.header("X-Mailer") is None
        assert ("Subject", "Grüße") in message.headers


def test_links_are_found_by_text_or_url(ses_client: Any, ses_mailbox: Mailbox) -> None:
    mail.send(ses_client, html=mail.RESET)
    message = ses_mailbox.wait()
    assert (
        message.link("reset your") == message.link("token=1") == message.link() == "https://example.com/reset?token=1"
    )
    assert (
        message.links()
        == ses_mailbox.links(message)
        == ["https://example.com/reset?token=1", "https://example.com/help"]
    )
    text = (
        "no link with 'Confirm' in <Message 'Hi' to bob@example.net (delivered)>; there is: "
        "'Reset your password' (https://example.com/reset?token=1), 'Help' (https://example.com/help)"
    )
    assert message.recipients
    with pytest.raises(AssertionError, match=f"^{re.escape(text)}$"):
        message.link("Confirm")


def test_codes_are_found(ses_client: Any, ses_mailbox: Mailbox) -> None:
    mail.send(ses_client, text="Your code is 482913.")
    message = ses_mailbox.wait()
    assert message.code() == "482913"
    assert message.codes() == ses_mailbox.codes(message) == ["482913"]
    mail.send(ses_client, text="No code today.")
    with pytest.raises(AssertionError, match=r"no code in <Message 'Hi' .*>: 'No code today\.'"):
        ses_mailbox.latest().code()


def test_the_document_is_there_as_bytes_and_parsed(ses_client: Any, ses_mailbox: Mailbox) -> None:
    document = EmailMessage()
    document["From"], document["To"], document["Subject"] = "ann@example.com", "bob@example.net", "Invoice"
    document.set_content("Attached.")
    document.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="invoice.pdf")
    ses_mailbox.verify("ann@example.com")
    ses_client.send_raw_email(RawMessage={"Data": document.as_bytes()})
    message = ses_mailbox.wait(subject="Invoice")
    assert message.raw().startswith(b"Return-Path: ")
    (attached,) = message.email().iter_attachments()
    assert attached.get_content() == message.attachment("invoice.pdf") == b"%PDF"
    with pytest.raises(AssertionError, match=r"no attachment 'a\.csv' in <.*>; there is: invoice\.pdf"):
        message.attachment("a.csv")


def test_it_bounces_and_is_complained_of(ses_client: Any, ses_mailbox: Mailbox) -> None:
    mail.send(ses_client)
    message = ses_mailbox.wait()
    event = message.bounce(type="Transient", sub_type="MailboxFull")
    assert event["detail"]["bounce_sub_type"] == "MailboxFull"
    assert message.recipients[0].status == message["recipients"][0]["status"] == "bounced"
    assert message.complain(complaint_feedback_type="fraud")["type"] == "Complaint"
    assert [each["type"] for each in message.events()] == ["Send", "Delivery", "Bounce", "Complaint"]
    assert message.outcomes == ["Send", "Delivery", "Bounce", "Complaint"]


def test_it_is_opened_and_clicked(ses_client: Any, ses_mailbox: Mailbox) -> None:
    mail.publish_to_topic(ses_client, "told")
    mail.send(ses_client, html=mail.RESET, ConfigurationSetName="told")
    message = ses_mailbox.wait()
    message.open(user_agent="Mail")
    assert "example.com/help" in message.click("Help")["detail"]["link"]
    (opened,) = message.events("Open")
    assert opened["detail"]["user_agent"] == "Mail"
    assert [len(ses_mailbox.events(type)) for type in ("Open", "Click")] == [1, 1]  # noqa: A001 - SES's word


def test_of_several_recipients_one_is_named(ses_client: Any, ses_mailbox: Mailbox) -> None:
    mail.send(ses_client, to="bob@example.net,cleo@example.net")
    message = ses_mailbox.wait()
    with pytest.raises(ValueError, match=r"say which recipient: bob@example\.net, cleo@example\.net"):
        message.bounce()
    message.bounce("cleo@example.net")
    assert [each.status for each in message.recipients] == ["delivered", "bounced"]
