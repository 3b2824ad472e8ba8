"""Settings: flags beat variables beat defaults, and a wrong one is told with what would be right."""

import dataclasses

import pytest

from emulator import settings
from emulator.settings import SettingsError


def test_defaults_are_those_of_the_documents() -> None:
    chosen = settings.load({}, {})
    assert (chosen.host, chosen.port) == ("127.0.0.1", 8005)
    assert chosen.database_url == "sqlite:///ses-emulator.db"
    assert (chosen.verification, chosen.verification_delay) == ("auto", 0)
    assert (chosen.sandbox, chosen.strict, chosen.ephemeral) == (False, False, False)
    assert (chosen.account_id, chosen.retention, chosen.workers) == ("000000000000", 100_000, 1)
    assert (chosen.log_level, chosen.log_format, chosen.dns) == ("info", "text", "emulated")


def test_a_flag_beats_a_variable_and_that_the_default() -> None:
    environ = {"SES_EMULATOR_PORT": "1111", "SES_EMULATOR_HOST": "0.0.0.0", "PATH": "/bin"}
    chosen = settings.load({"port": "2222"}, environ)
    assert (chosen.port, chosen.host, chosen.workers) == (2222, "0.0.0.0", 1)


def test_names_and_variables_follow_from_the_fields() -> None:
    assert "database-url" in settings.names()
    assert settings.variable("database-url") == "SES_EMULATOR_DATABASE_URL"
    assert len(settings.names()) == len(dataclasses.fields(settings.Settings)) == len(settings.described())
    assert all(text for _, _, text, _, _ in settings.described())


@pytest.mark.parametrize(
    ("variable", "near"),
    [
        ("SES_EMULATOR_PROT", "SES_EMULATOR_PORT"),
        ("SES_EMULATOR_DATABASE", "SES_EMULATOR_DATABASE_URL"),
        ("SES_EMULATOR_VERIFIED_IDENTITY", "SES_EMULATOR_VERIFIED_IDENTITIES"),
    ],
)
def test_an_unknown_variable_is_told_with_the_nearest_known_one(variable: str, near: str) -> None:
    with pytest.raises(SettingsError) as caught:
        settings.load({}, {variable: "1"})
    assert str(caught.value) == f"unknown variable {variable}; did you mean {near}?"


def test_an_unknown_variable_that_is_near_to_none_is_told_alone() -> None:
    with pytest.raises(SettingsError, match=r"^unknown variable SES_EMULATOR_XYZZY$"):
        settings.load({}, {"SES_EMULATOR_XYZZY": "1"})


@pytest.mark.parametrize("text", ["1", "true", "YES", "On", " true "])
def test_a_switch_can_be_on(text: str) -> None:
    assert settings.load({"sandbox": text}, {}).sandbox


@pytest.mark.parametrize("text", ["0", "false", "No", "OFF", ""])
def test_a_switch_can_be_off(text: str) -> None:
    assert not settings.load({"strict": "true", "sandbox": text}, {}).sandbox


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("port", "many", "port must be a whole number, not 'many'"),
        ("port", "", "port must be a whole number, not ''"),
        ("port", "65536", "port must be between 0 and 65535, not 65536"),
        ("port", "-1", "port must be between 0 and 65535, not -1"),
        ("sandbox", "maybe", "sandbox must be true or false, not 'maybe'"),
        ("verification", "never", "verification must be one of auto, manual, not 'never'"),
        ("verification-delay", "soon", "verification-delay must be a number, not 'soon'"),
        ("verification-delay", "-1", "verification-delay must be between 0 and 1000000000 seconds, not -1"),
        ("verification-delay", "nan", "verification-delay must be between 0 and 1000000000 seconds, not nan"),
        ("verification-delay", "inf", "verification-delay must be between 0 and 1000000000 seconds, not inf"),
        ("max-24-hour-send", "many", "max-24-hour-send must be a number or off, not 'many'"),
        ("max-24-hour-send", "0", "max-24-hour-send must be a positive number, or -1, not 0"),
        ("max-24-hour-send", "-2", "max-24-hour-send must be a positive number, or -1, not -2"),
        ("max-send-rate", "-1", "max-send-rate must be a positive number, not -1"),
        ("max-send-rate", "nan", "max-send-rate must be a positive number, not nan"),
        ("max-send-rate", "inf", "max-send-rate must be a positive number, not inf"),
        ("api-rate-limit", "0", "api-rate-limit must be a positive number, not 0"),
        ("enforce-limits", "often", "enforce-limits must be true or false, not 'often'"),
        ("retention", "-1", "retention must be between 0 and 1000000000000, not -1"),
        ("retention", "9" * 30, f"retention must be between 0 and 1000000000000, not {'9' * 30}"),
        ("workers", "0", "workers must be at least 1, not 0"),
        ("account-id", "123", "account-id must be 12 digits, not '123'"),
        ("account-id", "١٢٣٤٥٦٧٨٩٠١٢", "account-id must be 12 digits, not '١٢٣٤٥٦٧٨٩٠١٢'"),
        ("account-id", "123456789012\n", "account-id must be 12 digits, not '123456789012\\n'"),
        ("public-url", "ftp://x", "public-url must start with http:// or https://, not 'ftp://x'"),
        ("log-level", "loud", "log-level must be one of debug, info, warning, error, not 'loud'"),
        ("dns", "real", "dns must be one of emulated, system, not 'real'"),
    ],
)
def test_a_value_that_makes_no_sense_is_told_with_what_would(name: str, text: str, message: str) -> None:
    for flags, environ in (({name: text}, {}), ({}, {settings.variable(name): text})):
        with pytest.raises(SettingsError) as caught:
            settings.load(flags, environ)
        assert str(caught.value) == message


def test_strict_means_manual_verification_the_sandbox_and_its_limits() -> None:
    chosen = settings.load({}, {"SES_EMULATOR_STRICT": "true"})
    assert (chosen.verification, chosen.sandbox) == ("manual", True)
    assert (chosen.enforce_limits, chosen.api_rate_limit) == (True, 1.0)
    assert (chosen.max_24_hour_send, chosen.max_send_rate) == (None, None)


def test_limits_are_numbers_or_left_open() -> None:
    chosen = settings.load({"max-24-hour-send": "-1", "max-send-rate": "0.5", "api-rate-limit": "off"}, {})
    assert (chosen.max_24_hour_send, chosen.max_send_rate, chosen.api_rate_limit) == (-1.0, 0.5, None)
    chosen = settings.load({}, {})
    assert (chosen.max_24_hour_send, chosen.max_send_rate, chosen.api_rate_limit) == (None, None, None)
    assert not chosen.enforce_limits


def test_under_strict_each_can_still_be_set_by_itself() -> None:
    chosen = settings.load({"strict": "true"}, {"SES_EMULATOR_SANDBOX": "false"})
    assert (chosen.verification, chosen.sandbox) == ("manual", False)
    assert settings.load({"strict": "true", "verification": "auto"}, {}).verification == "auto"
    chosen = settings.load({"strict": "true", "enforce-limits": "false", "api-rate-limit": "off"}, {})
    assert (chosen.enforce_limits, chosen.api_rate_limit) == (False, None)


def test_a_list_is_separated_by_commas() -> None:
    chosen = settings.load({"verified-identities": " a@x.com, example.com ,,*"}, {})
    assert chosen.verified_identities == ("a@x.com", "example.com", "*")


@pytest.mark.parametrize(
    ("flags", "url"),
    [
        ({}, "http://localhost:4321"),
        ({"host": "0.0.0.0"}, "http://localhost:4321"),
        ({"host": "::"}, "http://localhost:4321"),
        ({"host": "::1"}, "http://[::1]:4321"),
        ({"host": "192.0.2.1"}, "http://192.0.2.1:4321"),
        ({"public-url": "https://mail.example/"}, "https://mail.example"),
    ],
)
def test_links_start_with_the_public_url(flags: dict[str, str], url: str) -> None:
    chosen = settings.with_port(settings.load(flags, {}), 4321)
    assert (chosen.port, chosen.public_url) == (4321, url)


def test_the_inbox_may_have_other_names_and_a_password() -> None:
    chosen = settings.load({"allowed-hosts": "ses, mail.example.com", "inbox-auth": "ann:sec:ret"}, {})
    assert (chosen.allowed_hosts, chosen.inbox_auth) == (("ses", "mail.example.com"), "ann:sec:ret")


@pytest.mark.parametrize("text", ["ann", "ann:", ":secret", ":"])
def test_a_password_needs_a_user(text: str) -> None:
    with pytest.raises(SettingsError, match=r"^inbox-auth must be like user:password$"):
        settings.load({"inbox-auth": text}, {})
