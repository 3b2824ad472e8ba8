"""Sending mail, and looking at what was delivered."""

import re
from typing import Any
from urllib.parse import quote

from emulator.remote import Server
from tests.support import aws
from tests.support.aws import Account

ANN = "ann@example.com"
BOB = "bob@example.net"


def verify(account: Account, *identities: str, client: Any = None) -> None:
    """The identities are verified."""
    client = client or account.client()
    for identity in identities:
        if "@" in identity:
            client.verify_email_identity(EmailAddress=identity)
        else:
            client.verify_domain_identity(Domain=identity)
        account.inspect("POST", f"/identities/{quote(identity, safe='')}/verify", region=account.region)


def client(account: Account, *identities: str) -> Any:
    """A boto3 client of the account, in which these identities (at least Ann's) are verified."""
    made = account.client()
    verify(account, *(identities or (ANN,)), client=made)
    return made


def parameters(**changed: Any) -> dict[str, Any]:
    """What SendEmail is given: from Ann to Bob, but for the changes."""
    return {"Source": ANN, "Destination": {"ToAddresses": [BOB]}, "Message": message(), **changed}


def message(
    text: str | None = "Hello", html: str | None = None, subject: str = "Hi", charset: str | None = None
) -> dict[str, Any]:
    """The `Message` of SendEmail."""
    body = {name: _content(data, charset) for name, data in (("Text", text), ("Html", html)) if data is not None}
    return {"Subject": _content(subject, charset), "Body": body}


def document(*lines: str, body: str = "Hello") -> bytes:
    """A MIME document of these header lines."""
    return "\r\n".join([*lines, "", body]).encode()


def send(sender: Any, **changed: Any) -> str:
    """The id of a message that was sent with SendEmail."""
    return str(sender.send_email(**parameters(**changed))["MessageId"])


def send_raw(sender: Any, data: bytes, **given: Any) -> str:
    """The id of a message that was sent with SendRawEmail."""
    return str(sender.send_raw_email(RawMessage={"Data": data}, **given)["MessageId"])


def refused(sender: Any, **changed: Any) -> tuple[str, str]:
    """Code and message with which SendEmail is refused."""
    return aws.refusal(sender.send_email, **parameters(**changed))[:2]


def refused_raw(sender: Any, data: bytes, **given: Any) -> tuple[str, str]:
    """Code and message with which SendRawEmail is refused."""
    return aws.refusal(sender.send_raw_email, RawMessage={"Data": data}, **given)[:2]


def shown(account: Account, message_id: str) -> dict[str, Any]:
    """The message as inspection shows it."""
    return account.inspect("GET", f"/messages/{message_id}")  # type: ignore[no-any-return]


def delivered(account: Account, message_id: str) -> bytes:
    """The message as its recipient got it."""
    return Server(account.url).fetch("GET", f"/messages/{message_id}/raw", {"account": account.account_id})


def header_lines(raw: bytes) -> list[str]:
    """The lines of the header as they stand, folds and all."""
    return raw.partition(b"\r\n\r\n")[0].decode().split("\r\n")


def unsigned_lines(raw: bytes) -> list[str]:
    """The same, without signatures."""
    return re.sub("DKIM-Signature: .*(?:\r\n\t.*)*\r\n", "", "\r\n".join(header_lines(raw))).split("\r\n")


def body(raw: bytes) -> bytes:
    """What follows the header."""
    return raw.partition(b"\r\n\r\n")[2]


def invalid(text: str) -> tuple[str, str]:
    """The refusal of a value."""
    return "InvalidParameterValue", text


def unverified(*identities: str, region: str = "US-EAST-1") -> tuple[str, str]:
    """The refusal of identities that are not verified."""
    failed = ", ".join(identities)
    text = f"Email address is not verified. The following identities failed the check in region {region}: {failed}"
    return "MessageRejected", text


def _content(data: str, charset: str | None) -> dict[str, str]:
    return {"Data": data} if charset is None else {"Data": data, "Charset": charset}
