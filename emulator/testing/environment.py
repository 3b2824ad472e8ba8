"""What leads the code under test to the emulator: environment variables, and boto3's default session."""

from __future__ import annotations

import os
import random
import sys
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from emulator import banner

if TYPE_CHECKING:
    from collections.abc import Iterator

REGION = "us-east-1"
SECRET = "test"  # noqa: S105 - the one that the setting `credentials` has, so that SMTP passwords follow from it
DEFAULT_KEY = "test"  # of the default account

# What would lead elsewhere, or be asked first.
_REMOVED = (
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_USE_FIPS_ENDPOINT",
    "AWS_USE_DUALSTACK_ENDPOINT",
)


def new_account() -> str:
    """A 12-digit account id that nobody has; as access key id it *is* the account."""
    return f"{random.SystemRandom().randrange(10**11, 10**12)}"


def environment(url: str, account: str | None = None, region: str = REGION) -> dict[str, str | None]:
    """The variables by which every AWS SDK calls the emulator as that account; None: it must not be there."""
    endpoint = banner.without_password(url)  # that is the inspection API's
    return {
        "AWS_ENDPOINT_URL_SES": endpoint,
        "AWS_ENDPOINT_URL_SESV2": endpoint,
        "AWS_ACCESS_KEY_ID": account or DEFAULT_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        **dict.fromkeys(_REMOVED),
    }


@contextmanager
def surroundings(variables: dict[str, str | None]) -> Iterator[None]:
    """The variables are so, and all as it was afterwards."""
    before = {name: os.environ.get(name) for name in variables}
    _set(variables)
    try:
        yield
    finally:
        _set(before)


@contextmanager
def default_session(account: str | None) -> Iterator[None]:
    """boto3's default session is of that account, where boto3 is in use: else it would keep the keys that it met first.

    Afterwards it is the one that was there before.
    """
    before = getattr(sys.modules.get("boto3"), "DEFAULT_SESSION", None)
    if "boto3" in sys.modules:
        core, session = _sessions()
        core.set_credentials(account or DEFAULT_KEY, SECRET)
        _put(session)
    try:
        yield
    finally:
        _put(before)


def client(service: str, url: str, account: str | None = None, region: str = REGION, **options: Any) -> Any:
    """A boto3 client of the account, whatever the environment says."""
    with surroundings(environment(url, account, region)):
        _, session = _sessions()
        return session.client(
            service,
            endpoint_url=banner.without_password(url),
            region_name=region,
            aws_access_key_id=account or DEFAULT_KEY,
            aws_secret_access_key=SECRET,
            **options,
        )


def load_models(*services: str) -> None:
    """boto3 is imported and knows the services, so that the first client comes soon."""
    for service in services:
        client(service, "http://127.0.0.1:1")


@cache
def _sessions() -> tuple[Any, Any]:
    """One session for all tests: it reads the models of services once, which takes longer than all else."""
    import boto3
    import botocore.session

    with surroundings(environment("")):  # no configuration file has a say, then and later
        core = botocore.session.get_session()
        return core, boto3.Session(botocore_session=core)


def _put(session: Any) -> None:
    if boto3 := sys.modules.get("boto3"):
        boto3.DEFAULT_SESSION = session  # type: ignore[attr-defined]


def _set(variables: dict[str, str | None]) -> None:
    for name, value in variables.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
