"""The copy of a message that its recipient gets: some headers taken away, some replaced, some added."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final, NamedTuple

from emulator.mime import dkim_signature, headers
from emulator.mime.dkim_signature import Signer

_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

# Source: the X-SES headers are removed before sending, and Return-Path carries SES's value, documented.
# Unverified: Bcc is removed.
_REMOVED: Final = frozenset(
    {
        b"bcc",
        b"return-path",
        b"x-ses-configuration-set",
        b"x-ses-message-tags",
        b"x-ses-source-arn",
        b"x-ses-from-arn",
        b"x-ses-return-path-arn",
        b"x-ses-list-management-options",
    }
)


# Unverified: SES's signatures are below the Received lines that were there before.
_TRACE: Final = (b"received:", b" ", b"\t")


class Envelope(NamedTuple):
    """What SES knows of a message beside its bytes; ``feedback_key`` is 44 characters of base64."""

    message_id: str
    region: str
    accepted_at: datetime
    feedback_key: str
    feedback_id_a: str | None
    feedback_id_b: str | None
    return_path_domain: str | None
    outgoing_ip: str
    return_path: str | None = None  # where it is not SES's own, which knows the message; empty: nobody is told


def delivered(message: bytes, envelope: Envelope, signers: Sequence[Signer] = ()) -> bytes:
    """The message, which has CRLF line ends, as its recipient gets it; its body is untouched.

    Source: Return-Path on top, Feedback-ID and X-SES-Outgoing at the end, recorded; Message-ID and Date
    replaced where they stand, else added before those two, recorded and documented; a replaced header keeps
    the spelling of its name, JavaMail; signatures on top, recorded.
    Unverified: feedback-id-a and -b fill the two leading fields of Feedback-ID.
    """
    lines, body_start = _renewed(message, envelope, (b"Message-ID", b"Date"))
    day = _in_utc(envelope.accepted_at)
    lines += [
        _feedback_id(envelope),
        f"X-SES-Outgoing: {day.year:04}.{day.month:02}.{day.day:02}-{envelope.outgoing_ip}".encode(),
    ]
    if signers:
        top = next(index for index, line in enumerate(lines) if not line.lower().startswith(_TRACE))
        lines[top:top] = _signatures(lines, message[body_start:], envelope, signers)
    lines = [f"Return-Path: <{return_path(envelope)}>".encode(), *lines, b"\r\n"]
    return b"".join((b"\r\n".join(lines), memoryview(message)[body_start:]))


def returned(message: bytes, envelope: Envelope, signers: Sequence[Signer] = ()) -> bytes:
    """The message as SES has it when it comes back; without signers it was never sent.

    Source: reports of bounces, recorded: SES's signatures below all other headers, its own first, and no
    Return-Path; of a message to a suppressed address, nothing is SES's but the Message-ID.
    """
    lines, body_start = _renewed(message, envelope, (b"Message-ID", b"Date") if signers else (b"Message-ID",))
    if signers:
        lines.append(_feedback_id(envelope))
        lines += reversed(_signatures(lines, message[body_start:], envelope, signers))
    return b"".join((b"\r\n".join([*lines, b"\r\n"]), memoryview(message)[body_start:]))


def message_id_header(message_id: str, region: str) -> str:
    """The Message-ID that recipients see, without its angle brackets.

    Source: ``email.amazonses.com`` in us-east-1, ``REGION.amazonses.com`` elsewhere, recorded.
    """
    return f"{message_id}@{'email' if region == 'us-east-1' else region}.amazonses.com"


def return_path(envelope: Envelope) -> str:
    """Where bounces go.

    Source: ``amazonses.com``, outside us-east-1 with the region before it, recorded; a custom domain,
    documented.
    """
    if envelope.return_path is not None:
        return envelope.return_path
    prefix = "" if envelope.region == "us-east-1" else f"{envelope.region}."
    return f"{envelope.message_id}@{envelope.return_path_domain or f'{prefix}amazonses.com'}"


def date_header(moment: datetime) -> str:
    """The moment as SES writes it: in UTC, the day of the month not padded. A naive moment is UTC.

    Source: delivered mails, recorded.
    """
    utc = _in_utc(moment)
    clock = f"{utc.hour:02}:{utc.minute:02}:{utc.second:02}"
    return f"{_DAYS[utc.weekday()]}, {utc.day} {_MONTHS[utc.month - 1]} {utc.year:04} {clock} +0000"


def _renewed(message: bytes, envelope: Envelope, names: Sequence[bytes]) -> tuple[list[bytes], int]:
    """The header lines with SES's own values for these names, and the offset of the body."""
    values = {
        b"message-id": f" <{message_id_header(envelope.message_id, envelope.region)}>".encode(),
        b"date": f" {date_header(envelope.accepted_at)}".encode(),
    }
    block, body_start = headers.header_block(message)
    left = {name.lower(): values[name.lower()] for name in names}
    lines = _rewritten(block, left) if block else []
    lines += [b"%s:%s" % (name, left[name.lower()]) for name in names if name.lower() in left]
    return lines, body_start


def _feedback_id(envelope: Envelope) -> bytes:
    named = f"{envelope.feedback_id_a or ''}:{envelope.feedback_id_b or ''}"
    return f"Feedback-ID: {named}:1.{envelope.region}.{envelope.feedback_key}:AmazonSES".encode()


def _signatures(lines: Sequence[bytes], body: bytes, envelope: Envelope, signers: Sequence[Signer]) -> list[bytes]:
    signed_at = int(envelope.accepted_at.timestamp())
    return dkim_signature.signatures(b"\r\n".join(lines), body, signers, signed_at)


def _rewritten(block: bytes, replaced: dict[bytes, bytes]) -> list[bytes]:
    """The lines that stay; what is replaced here is taken out of ``replaced``."""
    lines: list[bytes] = []
    done: set[bytes] = set()
    kept = True
    for line in block.split(b"\r\n"):
        if line[:1] in (b" ", b"\t"):
            if kept:
                lines.append(line)
            continue
        name, _, _ = line.partition(b":")
        key = name.rstrip(b" \t").lower()
        kept = key not in _REMOVED and key not in done
        if kept and key in replaced:
            lines.append(name + b":" + replaced.pop(key))
            done.add(key)
            kept = False  # its further lines go with the old value
        elif kept:
            lines.append(line)
    return lines


def _in_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC) if moment.tzinfo else moment
