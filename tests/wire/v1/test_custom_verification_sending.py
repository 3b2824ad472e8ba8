"""What SendCustomVerificationEmail sends and refuses."""

import base64
from collections.abc import Callable
from email import message_from_bytes, policy
from typing import Any

import pytest

from emulator.mime import viruses
from tests.support import mail, verifying, xml
from tests.support.aws import Account, refusal
from tests.support.mail import ANN

INVALID = "InvalidParameterValue"
UNKNOWN = "CustomVerificationEmailTemplateDoesNotExist"
NOT_VERIFIED = "FromEmailAddressNotVerified"
NO_ADDRESSES = ["bob", "@example.com", "bob@", "bob@ann@example.com", "bob @example.com", "a" * 309 + "@example.com"]
ADDRESSES = ["bob@example.net", '"bob@home"@example.net', "bob@localhost", "a" * 308 + "@example.com", "ü@пример.рф"]
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


@pytest.fixture
def client(account: Account) -> Any:
    """A client of the account, in which Ann is verified."""
    return mail.client(account)


def _send_refused(account: Account, address: str = "bob@example.net", name: str = "welcome", **given: str) -> Any:
    call = account.client().send_custom_verification_email
    answer = refusal(call, EmailAddress=address, TemplateName=name, **given)
    assert account.client().list_identities(IdentityType="EmailAddress")["Identities"] == [ANN]
    assert account.messages(direction="outbound") == []
    return answer


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_mail_makes_its_address_a_pending_identity_at_once(account: Account, client: Any, address: str) -> None:
    verifying.create(account, "welcome")
    message_id = verifying.send(account, address)
    assert client.list_identities()["Identities"] == [ANN, address]
    found = client.get_identity_verification_attributes(Identities=[address])["VerificationAttributes"]
    assert found == {address: {"VerificationStatus": "Pending"}}
    account.drain()
    message = mail.shown(account, message_id)
    assert [each["address"] for each in message["recipients"]] == [address]


@pytest.mark.parametrize("address", NO_ADDRESSES)
def test_a_mail_to_a_bad_address_is_refused(account: Account, client: Any, address: str) -> None:
    verifying.create(account, "welcome")
    assert _send_refused(account, address) == (INVALID, f"Invalid email address<{address}>.", 400)


@pytest.mark.parametrize("address", ["", " "])
def test_a_mail_to_nobody_is_refused(account: Account, client: Any, address: str) -> None:
    verifying.create(account, "welcome")
    assert _send_refused(account, address) == (INVALID, "Email address not specified.", 400)


def test_a_mail_after_an_unknown_template_is_refused_in_words_of_its_own(account: Account, client: Any) -> None:
    assert _send_refused(account, name="none") == (UNKNOWN, "Template <none> does not exist", 400)


def test_a_mail_from_a_sender_who_is_no_longer_verified_is_refused(account: Account) -> None:
    there = account.elsewhere("eu-central-1")
    mail.verify(there, ANN)
    verifying.create(there, "welcome")
    there.inspect("POST", f"/identities/{ANN}/fail", region=there.region)
    assert _send_refused(there) == (NOT_VERIFIED, mail.unverified(ANN, region="EU-CENTRAL-1")[1], 400)


def test_a_mail_with_an_unknown_configuration_set_is_refused(account: Account, client: Any) -> None:
    verifying.create(account, "welcome")
    answer = _send_refused(account, ConfigurationSetName="none")
    assert answer == ("ConfigurationSetDoesNotExist", "Configuration set <none> does not exist.", 400)
    assert verifying.send(account, ConfigurationSetName="")


def test_of_several_faults_the_address_comes_first_then_template_sender_and_set(account: Account, client: Any) -> None:
    verifying.create(account, "welcome")
    account.inspect("POST", f"/identities/{ANN}/fail")
    answers = [
        _send_refused(account, "bob", "none", ConfigurationSetName="none"),
        _send_refused(account, name="none", ConfigurationSetName="none"),
        _send_refused(account, ConfigurationSetName="none"),
    ]
    assert [code for code, _, _ in answers] == [INVALID, UNKNOWN, NOT_VERIFIED]
    account.inspect("POST", f"/identities/{ANN}/verify")
    assert _send_refused(account, ConfigurationSetName="none")[0] == "ConfigurationSetDoesNotExist"


def test_a_mail_needs_address_and_template(account: Account) -> None:
    missing = [
        f"Value at '{name}' failed to satisfy constraint: Member must not be null"
        for name in ("templateName", "emailAddress")
    ]
    answer = xml.refusal(account.query("SendCustomVerificationEmail"))
    assert answer == (400, "ValidationError", f"2 validation errors detected: {'; '.join(missing)}")


def test_a_mail_of_more_than_ten_megabytes_is_refused(account: Account, client: Any) -> None:
    content = "x\n" * 3_500_000  # of three bytes each in a mail
    client.create_custom_verification_email_template(**verifying.template(TemplateContent=content))
    code, message, _ = _send_refused(account)
    assert (code, message[:-7]) == (INVALID, "Message length is more than 10485760 bytes long: '105")


def test_an_account_in_the_sandbox_keeps_templates_but_sends_none(start: Callable[..., Account]) -> None:
    account = start(sandbox=True)
    mail.verify(account, ANN)
    verifying.create(account, "welcome")
    text = "Production access is not granted to this account."
    assert _send_refused(account) == ("ProductionAccessNotGranted", text, 400)
    assert _send_refused(account, "bob", "none")[0] == "ProductionAccessNotGranted"
    assert verifying.names(account) == ["welcome"]


# ---- images


def _embedded(data: bytes, kind: str = "png") -> str:
    """An image as the developer guide has it put into a template."""
    return f'<img src="data:image/{kind};base64,{base64.b64encode(data).decode()}"/>'


def test_images_within_the_content_become_attachments_that_it_refers_to(account: Account, client: Any) -> None:
    content = f"<html><body><p>Hi</p>{_embedded(PNG)}<p>{_embedded(b'GIF89a', 'gif')}</p></body></html>"
    verifying.create(account, "welcome", TemplateContent=content)
    message_id = verifying.send(account)
    message = mail.shown(account, message_id)
    assert [(each["content_type"], each["size"]) for each in message["attachments"]] == [
        ("image/png", len(PNG)),
        ("image/gif", 6),
    ]
    png, gif = (each["content_id"] for each in message["attachments"])
    assert f'<p>Hi</p><img src="cid:{png}"/><p><img src="cid:{gif}"/></p>' in message["html"]
    assert verifying.content(account) == content
    account.drain()
    assert mail.shown(account, message_id)["attachments"] == message["attachments"]
    assert account.messages(subject="Please confirm")[0]["recipients"][0]["status"] == "delivered"


def test_a_mail_with_an_image_is_its_html_and_the_image_in_one_multipart(account: Account, client: Any) -> None:
    verifying.create(account, "welcome", TemplateContent=f"{_embedded(PNG)}")
    found = message_from_bytes(mail.delivered(account, verifying.send(account)), policy=policy.default)
    html, image = found.iter_parts()
    assert (found.get_content_type(), found.get_param("type"), found.defects) == ("multipart/related", "text/html", [])
    assert (html.get_content_type(), html["Content-Transfer-Encoding"]) == ("text/html", "7bit")
    assert (image.get_content_type(), image.get_content(), image.get_content_disposition()) == (
        "image/png",
        PNG,
        "inline",
    )
    assert f'<img src="cid:{image["Content-ID"][1:-1]}"/>' in html.get_content()
    assert "email-verification?" in html.get_content()


def test_an_image_that_is_no_base64_stays_in_the_content(account: Account, client: Any) -> None:
    content = '<img src="data:image/png;base64,%%%"/>'
    verifying.create(account, "welcome", TemplateContent=content)
    message = mail.shown(account, verifying.send(account))
    assert (message["html"].startswith(content), message["attachments"]) == (True, [])


def test_images_count_towards_the_ten_megabytes_of_a_mail(account: Account, client: Any) -> None:
    verifying.create(account, "welcome", TemplateContent=_embedded(bytes(7_700_000)))
    code, message, _ = _send_refused(account)
    assert (code, message[:-7]) == (INVALID, "Message length is more than 10485760 bytes long: '105")


def test_a_virus_within_an_image_has_the_mail_rejected(account: Account, client: Any) -> None:
    verifying.create(account, "welcome", TemplateContent=_embedded(viruses.EICAR))
    message_id = verifying.send(account)
    account.drain()
    assert {each["status"] for each in mail.shown(account, message_id)["recipients"]} == {"rejected"}
