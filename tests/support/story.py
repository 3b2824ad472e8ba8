"""What a client does in its test, whatever it is written in, and what must be there when it did.

It makes a set and a template, reads the quota, sends a mail by each operation, is refused one, and says all that.
"""

import json
from typing import Any

from tests.support import mail, smtp
from tests.support.aws import Account
from tests.support.mail import ANN, BOB

EVE = "eve@example.org"
SET, TEMPLATE = "shop", "welcome"
SUBJECT, TEXT, HTML = "Grüße aus 東京 ✈", "Schöne Grüße & mehr", "<p>Schöne Grüße &amp; mehr</p>"
RAW = mail.document(f"From: Ann <{ANN}>", f"To: {BOB}", f"X-SES-CONFIGURATION-SET: {SET}", "Subject: Raw", body="raw")
PARTS = {"TemplateName": TEMPLATE, "SubjectPart": "Hello {{name}}", "TextPart": "Hello {{name}}!"}
DATA = json.dumps({"name": "Bob & Söhne"})
EMAIL: dict[str, Any] = {
    "Source": f"Ann <{ANN}>",
    "Destination": {"ToAddresses": [BOB]},
    "Message": mail.message(TEXT, HTML, SUBJECT, "UTF-8"),
    "Tags": [{"Name": "campaign", "Value": "spring"}],
    "ConfigurationSetName": SET,
}
TEMPLATED: dict[str, Any] = {
    "Source": ANN,
    "Destination": {"ToAddresses": [BOB]},
    "Template": TEMPLATE,
    "TemplateData": DATA,
    "ConfigurationSetName": SET,
}
REFUSED = EMAIL | {"Source": EVE}
_SHOWN = {
    "SendEmail": (SUBJECT, TEXT, HTML, {"campaign": ["spring"]}, None),
    "SendRawEmail": ("Raw", "raw", None, {}, None),
    "SendTemplatedEmail": ("Hello Bob & Söhne", "Hello Bob & Söhne!", None, {}, TEMPLATE),
}


def given(account: Account) -> dict[str, Any]:
    """What a program needs to know, when Ann is verified."""
    mail.verify(account, ANN)
    return {
        "url": account.url,
        "region": account.region,
        "key": account.account_id,
        "secret": smtp.SECRET,
        "set": SET,
        "template": PARTS,
        "email": EMAIL,
        "raw": RAW.decode(),
        "templated": TEMPLATED,
        "refused": REFUSED,
    }


def check(account: Account, said: dict[str, Any]) -> None:
    """All is there, and the client was told the truth."""
    account.drain()
    messages = {each["operation"]: each for each in account.messages(direction="outbound")}
    assert said == {
        "quota": [50000, 14],
        "identities": [ANN],
        "sent": {operation: message["id"] for operation, message in messages.items()},
        "refused": {"code": "MessageRejected", "message": mail.unverified(EVE)[1]},
    }
    assert set(messages) == set(_SHOWN)
    for operation, message in messages.items():
        shown = message["subject"], message["text"], message["html"]
        assert (*shown, message["tags"], message["template"]) == _SHOWN[operation]
        assert (message["configuration_set"], message["source"]) == (SET, ANN)
        assert message["recipients"] == [{"address": BOB, "kind": "to", "status": "delivered"}]
