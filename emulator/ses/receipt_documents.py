"""The JSON that tells of received mail: for topics, and for Lambda functions.

Source: recorded notifications: which members there are, their order, and how values are spelled; where nobody recorded
one, the developer guide (documented).
"""

import base64
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, NamedTuple

from emulator.mime import headers
from emulator.mime.headers import Field
from emulator.ses import addresses, event_documents, event_headers, receipt_actions
from emulator.store.messages import Message
from emulator.store.receipt_rules import Action
from emulator.store.receipts import Facts, PlannedRule

NOT_SCANNED = "DISABLED"  # where the rule asks for no scan. Source: recorded

# Ours: how much of a header is looked at, and that a longer value is listed and not read, which would take minutes.
_HEADER_BYTES, _LONGEST_READ = 2 * 2**20, 256 * 2**10
_HEADER_END = re.compile(rb"\r?\n\r?\n")
_VERDICTS = ("spam", "virus", "spf", "dkim", "dmarc")

text = event_documents.text


class Reception(NamedTuple):
    """A message, how it was received, and the rule that is run; `mail` is the message with all headers on top."""

    message: Message
    facts: Facts
    rule: PlannedRule
    mail: bytes
    now: datetime


def topped(mail: bytes, added: Iterable[tuple[str, str]]) -> bytes:
    """The mail with headers that actions added, the last one on top. Unverified: that they are on top."""
    lines = [f"{name}: {value}\r\n" for name, value in added]
    return b"".join([*(line.encode("utf-8", "replace") for line in reversed(lines)), mail]) if lines else mail


def header(mail: bytes) -> bytes:
    """The header of a mail with whatever line ends, in lines that end as they should, and the empty line behind it."""
    found = _HEADER_END.search(mail, 0, _HEADER_BYTES)
    return headers.normalise(mail[: found.start() if found else _HEADER_BYTES]) + b"\r\n\r\n"


def notification(reception: Reception, action: Action) -> dict[str, Any]:
    """What a topic is told of an action; the one that publishes mail gives it the mail itself."""
    found = {"notificationType": "Received", "mail": _mail(reception), "receipt": _receipt(reception, action)}
    if action.type == "SNSAction":
        is_base64 = action.members["Encoding"] == "Base64"
        mail = reception.mail
        # Unverified: bytes that are not UTF-8, where that is asked for.
        found["content"] = base64.b64encode(mail).decode() if is_base64 else mail.decode("utf-8", "replace")
    return found


def event(reception: Reception, action: Action) -> dict[str, Any]:
    """What a function is given."""
    told = {"mail": _mail(reception), "receipt": _receipt(reception, action)}
    return {"Records": [{"eventSource": "aws:ses", "eventVersion": "1.0", "ses": told}]}


# ---- the mail


def _mail(reception: Reception) -> dict[str, Any]:
    """Source: the destination is who the headers name, not who the envelope does, recorded."""
    fields = event_headers.fields(header(reception.mail))
    readable = [each for each in fields if len(each.value) <= _LONGEST_READ]
    shown, truncated = event_headers.listed(fields)
    return {
        "timestamp": _instant(reception.message.created_at),
        "source": reception.facts.mail_from,
        "messageId": reception.message.id,
        "destination": _destination(readable),
        "headersTruncated": truncated,
        "headers": shown,
        "commonHeaders": _common(readable),
    }


def _destination(fields: Sequence[Field]) -> list[str]:
    found: list[str] = []
    for name in ("To", "Cc"):
        for value in headers.all_values(fields, name):
            with suppress(addresses.AddressFault):
                found += [each.address for each in addresses.parse_list(value)]
    return found


def _common(fields: Sequence[Field]) -> dict[str, Any]:
    """Source: recorded: names as their readers see them, quoted where they must be; of two Return-Paths the first."""
    return_path, sender = headers.first(fields, "Return-Path"), headers.first(fields, "Sender")
    found = event_headers.common(fields)
    of_envelope = {} if return_path is None else {"returnPath": return_path.removeprefix("<").removesuffix(">")}
    author = {"from": found.pop("from")} if "from" in found else {}
    of_sender = {} if sender is None else {"sender": ", ".join(event_headers.rendered(sender))}
    return {**of_envelope, **author, **of_sender, **found}


# ---- the receipt


def _receipt(reception: Reception, action: Action) -> dict[str, Any]:
    message, facts, rule = reception.message, reception.facts, reception.rule
    verdicts = facts.verdicts._asdict()
    if not rule.scan_enabled:
        verdicts |= {"spam": NOT_SCANNED, "virus": NOT_SCANNED}
    policy = {"dmarcPolicy": facts.dmarc_policy} if facts.dmarc_policy else {}
    passed = reception.now - message.created_at
    return {
        "timestamp": _instant(message.created_at),
        "processingTimeMillis": max(0, round(passed.total_seconds() * 1000)),
        "recipients": list(rule.recipients),
        **{f"{name}Verdict": {"status": verdicts[name]} for name in _VERDICTS},
        **policy,
        "action": receipt_actions.told(action, message.id),
    }


def _instant(time: datetime) -> str:
    return f"{time:%Y-%m-%dT%H:%M:%S}.{time.microsecond // 1000:03d}Z"
