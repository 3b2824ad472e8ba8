"""Who calls: the access key and region of a Signature Version 4 request. The signature itself is not checked."""

import re
from collections.abc import Mapping
from typing import NamedTuple

DEFAULT_REGION = "us-east-1"
_CREDENTIAL = re.compile(r"Credential=([^/,\s]+)/[^/,\s]*/([^/,\s]+)/")


class Caller(NamedTuple):
    """The names a request is signed with."""

    access_key_id: str | None
    region: str


def caller(authorization: str, form: Mapping[str, str]) -> Caller:
    """The caller by the credential scope of the header or the pre-signed form; else nobody, in us-east-1."""
    found = _CREDENTIAL.search(authorization)
    if found:
        return Caller(found[1], found[2])
    parts = form.get("X-Amz-Credential", "").split("/")
    if len(parts) == 5:
        return Caller(parts[0], parts[2])
    return Caller(None, DEFAULT_REGION)
