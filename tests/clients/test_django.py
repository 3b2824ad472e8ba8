"""Django: django-ses over the API, its own backend over SMTP, and django-anymail, whose backend asks for SES v2."""

import sys
from email import message_from_bytes, policy
from typing import Any

from emulator import Running
from tests.support import mail, programs, smtp, story
from tests.support.aws import Account
from tests.support.django_mail import FILE
from tests.support.mail import ANN, BOB

CAROL, DAN = "carol@example.net", "dan@example.net"
SES = "django_ses.SESBackend"
OWN = "tests.support.django_mail.SmtpBackend"
ANYMAIL = "anymail.backends.amazon_ses.EmailBackend"


def sent(account: Account, *backends: tuple[str, dict[str, Any]], sender: str = ANN) -> list[dict[str, Any]]:
    """How each backend sent a mail from Ann to Bob, Carol and Dan."""
    keys = {"aws_access_key_id": account.account_id, "aws_secret_access_key": smtp.SECRET}
    given = {
        "settings": {
            "AWS_SES_ACCESS_KEY_ID": account.account_id,
            "AWS_SES_SECRET_ACCESS_KEY": smtp.SECRET,
            "AWS_SES_REGION_NAME": account.region,
            "AWS_SES_REGION_ENDPOINT_URL": account.url,
            "AWS_SES_CONFIGURATION_SET": story.SET,
            "ANYMAIL": {
                "AMAZON_SES_CLIENT_PARAMS": {"endpoint_url": account.url, "region_name": account.region, **keys},
            },
        },
        "mail": {
            "subject": story.SUBJECT,
            "body": "Schöne Grüße",
            "from_email": f"Ann <{sender}>",
            "to": [BOB],
            "cc": [CAROL],
            "bcc": [DAN],
        },
        "backends": backends,
    }
    command = [sys.executable, "-m", "tests.support.django_mail"]
    return programs.run(command, given, PYTHONPATH=str(programs.ROOT))  # type: ignore[no-any-return]


def test_django_sends_over_the_api_with_django_ses_and_over_smtp_with_its_own_backend(
    account: Account, server: Running
) -> None:
    mail.client(account).create_configuration_set(ConfigurationSet={"Name": story.SET})
    over_smtp = {
        "host": "127.0.0.1",
        "port": server.submission_port,
        "use_tls": True,
        "username": account.account_id,
        "password": smtp.password(account),
    }
    by_ses, by_smtp = sent(account, (SES, {}), (OWN, over_smtp))
    account.drain()
    messages = {each["operation"]: each for each in account.messages(direction="outbound")}
    assert set(messages) == {"SendRawEmail", "SendSmtpEmail"}
    assert by_ses == {"sent": 1, "id": messages["SendRawEmail"]["id"]}
    assert by_smtp == {"sent": 1, "id": None}
    assert messages["SendRawEmail"]["configuration_set"] == story.SET
    for message in messages.values():
        assert message["recipients"] == [
            {"address": address, "kind": kind, "status": "delivered"}
            for address, kind in ((BOB, "to"), (CAROL, "cc"), (DAN, "bcc"))
        ]
        read = message_from_bytes(mail.delivered(account, message["id"]), policy=policy.default)
        assert (read["From"], read["To"], read["Cc"], read["Subject"]) == (f"Ann <{ANN}>", BOB, CAROL, story.SUBJECT)
        text, html, attachment = (part for part in read.walk() if not part.is_multipart())
        assert [text.get_content(), html.get_content()] == ["Schöne Grüße", "<p>Schöne Grüße</p>"]
        assert (attachment.get_filename(), attachment.get_content()) == ("Übersicht.bin", FILE)


def test_django_ses_raises_what_ses_says_and_anymail_that_version_2_is_not_here(account: Account) -> None:
    account.client().create_configuration_set(ConfigurationSet={"Name": story.SET})
    by_ses, by_anymail = sent(account, (SES, {}), (ANYMAIL, {}), sender=story.EVE)
    assert by_ses["error"] == "MessageRejected"
    assert by_ses["message"].endswith(mail.unverified(f"Ann <{story.EVE}>")[1])
    assert by_anymail["error"] == "AnymailAPIError"
    assert "ses-emulator does not implement SES v2 yet" in by_anymail["message"]
    assert account.messages(direction="outbound") == []
