"""Request ids, message ids, boundaries and tokens, in the forms SES gives them."""

import base64
import hashlib
import random
import string
from datetime import datetime

# The four digits that open a message id. Source: message ids in published SES mails, recorded.
# Unverified: `01ff` for regions of which no message id is known.
REGION_PREFIXES = {
    "us-east-1": "0100", "us-west-2": "0101", "eu-west-1": "0102", "ap-northeast-1": "0106",
    "eu-central-1": "0107", "ap-southeast-2": "0108", "ap-south-1": "0109", "eu-west-2": "010b",
    "ap-southeast-1": "010e", "us-east-2": "010f", "eu-north-1": "0110",
}  # fmt: skip

_CAPITALS = string.ascii_uppercase + string.digits


class Ids:
    """A source of ids; with a seed, the same ones in the same order."""

    def __init__(self, seed: int | None = None) -> None:
        self._random = random.Random(seed)  # noqa: S311 - ids are no secrets
        self._secrets = random.SystemRandom() if seed is None else self._random
        self._parts = 0

    def request_id(self) -> str:
        """A lower-case version 4 UUID. Source: recorded answers of SES."""
        digits = f"{self._random.getrandbits(128):032x}"
        variant = "89ab"[int(digits[16], 16) & 3]
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"

    def message_id(self, region: str, now: datetime) -> str:
        """`0100` + 12 hex digits of milliseconds + a UUID + `-000000`. Source: recorded answers of SES."""
        prefix = REGION_PREFIXES.get(region, "01ff")
        return f"{prefix}{int(now.timestamp() * 1000):012x}-{self.request_id()}-000000"

    def received_message_id(self) -> str:
        """40 characters of the other base32, whose 25 bytes end in a 1. Source: ids of received mail, recorded."""
        return base64.b32hexencode(self._random.randbytes(24) + b"\1").decode().lower()

    def boundary(self, now: datetime) -> str:
        """A multipart boundary like JavaMail's, which SES composes with. Source: recorded Send events."""
        self._parts += 1
        return f"----=_Part_{self._parts}_{self._random.getrandbits(31)}.{int(now.timestamp() * 1000)}"

    def smtp_server(self) -> str:
        """The server that an SMTP greeting names. Source: recorded greetings."""
        return "SimpleEmailService-d-" + "".join(self._random.choices(_CAPITALS, k=9))

    def smtp_session(self) -> str:
        """The session that an SMTP greeting names. Source: recorded greetings."""
        return "".join(self._random.choices(string.ascii_letters + string.digits, k=20))

    def seed(self) -> int:
        """Where a sequence of draws may begin."""
        return self._random.getrandbits(31)

    def secret(self) -> str:
        """64 hex digits nobody can guess (unless the seed is known)."""
        return f"{self._secrets.getrandbits(256):064x}"


def verification_token(account_id: str, region: str, identity: str) -> str:
    """The TXT value that proves a domain: 44 characters of base64, the same each time for one identity.

    Source: tokens in recorded answers, 32 bytes. That ours follow from the name is on purpose: a zone can be
    prepared before the call.
    """
    digest = hashlib.sha256(f"verification\n{account_id}\n{region}\n{identity}".encode()).digest()
    return base64.b64encode(digest).decode()


def dkim_tokens(account_id: str, region: str, domain: str) -> tuple[str, ...]:
    """The three names of a domain's keys: 32 characters of lower-case base32, the same each time for one domain.

    Source: tokens in recorded answers, 20 bytes.
    """
    seeds = (f"dkim\n{account_id}\n{region}\n{domain}\n{number}" for number in range(3))
    return tuple(base64.b32encode(hashlib.sha256(seed.encode()).digest()[:20]).decode().lower() for seed in seeds)


def feedback_key(account_id: str, region: str) -> str:
    """The 44 characters of base64 in `Feedback-ID`, one value an account and region. Source: delivered mails."""
    digest = hashlib.sha256(f"feedback\n{account_id}\n{region}".encode()).digest()
    return base64.b64encode(digest).decode()


def draw(seed: int, number: int) -> float:
    """The draw of that number in the sequence of a seed: at least 0, less than 1, the same each time."""
    digest = hashlib.sha256(f"draw\n{seed}\n{number}".encode()).digest()
    return int.from_bytes(digest[:6]) / 2**48
