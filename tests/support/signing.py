"""Requests signed by botocore, at any moment, and the same as our protocols read them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple
from unittest import mock
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.compat import get_current_datetime
from botocore.credentials import Credentials

from emulator.wire.request import HttpRequest
from tests.support import aws
from tests.support.aws import FORM, Answer

LIST = b"Action=ListIdentities&Version=2010-12-01"
NOW = datetime(2022, 1, 27, 1, 59, 28, tzinfo=UTC)  # of the recorded refusals of old signatures
MISMATCH = (
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key "
    "and signing method. Consult the service documentation for details."
)
INVALID = "The security token included in the request is invalid."


class Signer(NamedTuple):
    """Somebody with an access key, and what he signs for."""

    key: str = "AKIDEXAMPLE"
    secret: str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
    token: str | None = None
    region: str = "us-east-1"
    service: str = "ses"

    def post(self, url: str, body: bytes = LIST, *, at: datetime | None = None, **headers: str) -> AWSRequest:
        """A signed POST; `_` in a header's name stands for `-`, and a Date is replaced by the one of the signature."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.signed(AWSRequest("POST", url, {"Content-Type": FORM} | given, body), at=at)

    def signed(self, request: AWSRequest, *, at: datetime | None = None) -> AWSRequest:
        """The request with an Authorization header."""
        return _signed(request, SigV4Auth(self._credentials, self.service, self.region), at)

    def presigned(
        self, url: str, parameters: Mapping[str, str], *, at: datetime | None = None, expires: int = 900
    ) -> AWSRequest:
        """A pre-signed GET."""
        signer = SigV4QueryAuth(self._credentials, self.service, self.region, expires)
        return _signed(AWSRequest("GET", url, params=dict(parameters)), signer, at)

    @property
    def _credentials(self) -> Credentials:
        return Credentials(self.key, self.secret, self.token)


def read(request: AWSRequest) -> HttpRequest:
    """The request as our protocols get it."""
    parts = urlsplit(request.url)
    headers = {"host": parts.netloc}
    for name, value in request.headers.items():  # one of each line
        key = name.lower()
        headers[key] = f"{headers[key]},{value.strip()}" if key in headers else value.strip()
    return HttpRequest(
        method=request.method,
        path=parts.path,
        query=parts.query.encode(),
        header=lambda name: headers.get(name.lower(), ""),
        body=request.data or b"",
        source_ip="127.0.0.1",
        secure=False,
    )


def send(request: AWSRequest) -> Answer:
    """The server's answer to the signed request."""
    parts = urlsplit(request.url)
    target = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
    return aws.request(request.url, request.method, target, request.data or None, dict(request.headers))


def _signed(request: AWSRequest, signer: Any, at: datetime | None) -> AWSRequest:
    now = at.replace(tzinfo=None) if at else get_current_datetime()
    with mock.patch("botocore.auth.get_current_datetime", return_value=now):
        signer.add_auth(request)
    return request
