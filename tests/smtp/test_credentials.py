"""Passwords for SMTP follow from secret keys."""

import pytest

from emulator.smtp.credentials import Credentials, Sender, password

SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
PASSWORDS = {
    "us-east-1": "BLBM/9hSUELfq8Gw+rU1YcBjkOxGbhT2XG763xVLGWL9",
    "us-west-2": "BF2PynzbSCAjX08zhZZnP/kW+T9P5zs/1Er0pi5vTEmd",
    "eu-west-1": "BMW5RDrXmmVs0lV7GpI4oLkHXpZ4stDsk6q91z1g38Pk",
    "eu-central-1": "BF0/eIJm0ruTHsSjOkRuOGzGF+zeSyE3aiRzrzUQ8LwG",
    "ap-northeast-1": "BEBMrlH2tcrvRtSfkd6WbOlpfHSCPAV60ZayJ9ZqHS5c",
}
DEFAULT = "000000000000"


def credentials(*configured: str, listed_only: bool = False) -> Credentials:
    return Credentials(configured or (f"AKIAEXAMPLE:{SECRET}",), DEFAULT, listed_only=listed_only)


@pytest.mark.parametrize(("region", "expected"), PASSWORDS.items())
def test_the_password_of_a_secret_key_differs_by_region(region: str, expected: str) -> None:
    assert password(SECRET, region) == expected
    assert credentials().sender("AKIAEXAMPLE", expected) == Sender("AKIAEXAMPLE", DEFAULT, region)


def test_a_password_belongs_to_its_access_key() -> None:
    known = credentials(f"one:{SECRET}", "other:secret")
    assert known.sender("one", password(SECRET, "us-east-1"))
    assert not known.sender("other", password(SECRET, "us-east-1"))
    assert not known.sender("nobody", password(SECRET, "us-east-1"))
    assert not known.sender("one", SECRET)
    assert not known.sender("one", "")


def test_temporary_credentials_do_not_work() -> None:
    assert not credentials(f"ASIAEXAMPLE:{SECRET}:token").sender("ASIAEXAMPLE", PASSWORDS["us-east-1"])


def test_an_access_key_of_twelve_digits_is_the_account() -> None:
    listed = credentials("123456789012:secret", f"one:{SECRET}")
    assert listed.sender("123456789012", password("secret", "us-east-1")) == Sender(
        "123456789012", "123456789012", "us-east-1"
    )
    assert not listed.sender("123456789012", PASSWORDS["us-east-1"])
    assert listed.sender("999999999999", PASSWORDS["us-east-1"]) == Sender("999999999999", "999999999999", "us-east-1")


def test_where_signatures_are_checked_every_access_key_is_listed() -> None:
    assert not credentials(listed_only=True).sender("999999999999", PASSWORDS["us-east-1"])
    assert credentials(listed_only=True).sender("AKIAEXAMPLE", PASSWORDS["us-east-1"])


def test_a_name_that_is_no_text_is_nobody() -> None:
    assert not credentials().sender("\ufffd\ufffd", "\ufffd")
    assert not credentials().sender("१२३४५६७८९०१२", PASSWORDS["us-east-1"])
