"""Who may send over SMTP: user names are access key ids, passwords follow from secret keys and regions."""

import base64
import functools
import hmac
import re
from collections.abc import Iterable
from typing import NamedTuple

from emulator.ses import regions

_VERSION = b"\x04"
_ACCOUNT_ID = re.compile("[0-9]{12}", re.ASCII)


class Sender(NamedTuple):
    """Who logged in, and the region that the password is for."""

    access_key_id: str
    account_id: str
    region: str


def password(secret: str, region: str) -> str:
    """The SMTP password of a secret access key in a region. Source: developer guide (documented), its algorithm."""
    key = f"AWS4{secret}".encode()
    for part in ("11111111", region, "ses", "aws4_request", "SendRawEmail"):
        key = hmac.digest(key, part.encode(), "sha256")
    return base64.b64encode(_VERSION + key).decode()


class Credentials:
    """The access keys of the settings.

    Source: temporary credentials do not work here, documented.
    """

    def __init__(self, configured: Iterable[str], account_id: str, *, listed_only: bool) -> None:
        pairs = [each.split(":") for each in configured]
        self._secrets = {key: secret for key, secret, *token in pairs if not token}
        self._account_id = account_id
        self._listed_only = listed_only

    @property
    def listed(self) -> Iterable[str]:
        """The access keys that the settings name."""
        return self._secrets

    def secrets(self, access_key_id: str) -> list[str]:
        """The secret of a key. As for HTTP, a key of 12 digits is an account and needs no listing: any secret does."""
        if access_key_id in self._secrets:
            return [self._secrets[access_key_id]]
        if self._listed_only or not _ACCOUNT_ID.fullmatch(access_key_id):
            return []
        return list(dict.fromkeys(self._secrets.values()))

    def sender(self, user: str, given: str) -> Sender | None:
        """Who logs in with that user name and password; None where they do not belong together."""
        account_id = user if _ACCOUNT_ID.fullmatch(user) else self._account_id
        region = None
        for secret in self.secrets(user):
            for each, right in _passwords(secret):  # all of them, so that the time tells nothing
                if hmac.compare_digest(right, given.encode()):
                    region = each
        return Sender(user, account_id, region) if region else None


@functools.cache
def _passwords(secret: str) -> tuple[tuple[str, bytes], ...]:
    """The password of each region."""
    return tuple((region, password(secret, region).encode()) for region in regions.DISPLAY_NAMES)
