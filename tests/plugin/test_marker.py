"""The marker `ses`: what SES is like for one test; and a running emulator instead of one of the session's own."""

import re
from typing import Any

import pytest
from botocore.exceptions import ClientError

from emulator import Running, remote
from emulator.testing import Mailbox
from tests.plugin import mail

SEED = """
identities: [shop@example.com]
templates:
  - {name: welcome, subject: Welcome, text_file: welcome.txt}
"""


@pytest.mark.ses(strict=True)
def test_strictness_is_the_account_s_own(ses_client: Any, ses_mailbox: Mailbox, request: Any) -> None:
    assert ses_client.get_send_quota()["Max24HourSend"] == 200
    ses_mailbox.verify("ann@example.com")
    with pytest.raises(ClientError, match=r"not verified.*US-EAST-1: bob@example\.net"):
        mail.send(ses_client)
    assert request.getfixturevalue("_ses_servers").has({}, request.getfixturevalue("ses_emulator"))


@pytest.mark.ses(strict=True, sandbox=False, max_send_rate=5)
def test_each_part_of_it_can_be_said_by_itself(ses_mailbox: Mailbox) -> None:
    account = ses_mailbox.change_account()
    assert (account["sandbox"], account["verification"], account["max_send_rate"]) == (False, "manual", 5)


@pytest.mark.ses(suspended=True)
class TestSuspended:
    """A class may be marked, and a test of it again."""

    def test_the_account_is(self, ses_mailbox: Mailbox) -> None:
        assert ses_mailbox.change_account()["suspended"]

    @pytest.mark.ses(suspended=False, region="eu-west-1")
    def test_the_nearest_marker_rules(self, ses_mailbox: Mailbox, ses_client: Any) -> None:
        assert ses_client.meta.region_name == ses_mailbox.region == "eu-west-1"
        assert not ses_mailbox.change_account()["suspended"]


@pytest.mark.ses(sns_webhooks=["*=http://127.0.0.1:1/events"], account_id="999999999999")
def test_what_is_a_server_s_is_had_of_another_server(ses_emulator: Running, ses_client: Any, request: Any) -> None:
    servers = request.getfixturevalue("_ses_servers")
    assert servers.get({}).pid != ses_emulator.pid
    assert servers.get({"account_id": 999999999999, "sns_webhooks": "*=http://127.0.0.1:1/events"}) is ses_emulator
    mail.send(ses_emulator.client())
    assert ses_emulator.mailbox("999999999999").wait(to="bob")


def test_other_tests_have_the_session_s(ses_emulator: Running, ses_account: str, request: Any) -> None:
    assert request.getfixturevalue("_ses_servers").get({}) is ses_emulator


def test_a_seed_is_the_account_s_own(pytester: pytest.Pytester) -> None:
    pytester.path.joinpath("seed.yaml").write_text(SEED)
    pytester.path.joinpath("welcome.txt").write_text("Hello {{name}}")
    pytester.path.joinpath("broken.yaml").write_text("identites: []")
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.ses(seed="seed.yaml", region="eu-west-1")
        def test_seeded(ses_client, ses_mailbox):
            ses_client.send_templated_email(
                Source="shop@example.com",
                Destination={"ToAddresses": ["bob@example.net"]},
                Template="welcome",
                TemplateData='{"name": "Bob"}',
            )
            assert ses_mailbox.wait(to="bob").text == "Hello Bob"

        def test_not_seeded(ses_client):
            assert ses_client.list_identities()["Identities"] == []

        @pytest.mark.ses(seed="broken.yaml")
        def test_broken(ses_client):
            pass
        """
    )
    result = pytester.runpytest_subprocess()
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(["*broken.yaml:1*identites*did you mean identities*"])


def test_a_running_emulator_can_be_used(pytester: pytest.Pytester, ses_emulator: Running) -> None:
    pytester.makepyfile(
        """
        import os
        import pytest

        def test_it_is_used(ses_emulator, ses_client):
            assert ses_emulator.url == os.environ["AWS_ENDPOINT_URL_SES"]
            assert ses_emulator.pid is None
            assert (ses_emulator.smtp_port, ses_emulator.submission_port) == (2525, 2587)
            ses_client.create_configuration_set(ConfigurationSet={"Name": "was-here"})

        @pytest.mark.ses(strict=True)
        def test_the_account_can_be_changed(ses_client):
            assert ses_client.get_send_quota()["Max24HourSend"] == 200

        @pytest.mark.ses(dns="system", retention=5)
        def test_the_server_cannot(ses_client):
            pass
        """
    )
    result = pytester.runpytest_subprocess(f"--ses-emulator-url={ses_emulator.url}")
    result.assert_outcomes(passed=2, errors=1)
    text = f"the emulator at {ses_emulator.url} runs already: the marker `ses` cannot ask for dns, retention there"
    result.stdout.fnmatch_lines([f"*{text}"])
    asked = remote.Server(ses_emulator.url).ask("GET", "/requests", {"operation": "CreateConfigurationSet"})
    assert any("was-here" in each["parameters"].values() for each in asked["requests"])


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "ftp://x"])
def test_one_that_does_not_answer_is_named(pytester: pytest.Pytester, url: str) -> None:
    pytester.makeini(f"[pytest]\nses_emulator_url = {url}")
    pytester.makepyfile("def test_it(ses_client): pass")
    result = pytester.runpytest_subprocess()
    result.assert_outcomes(errors=1)
    result.stdout.re_match_lines([rf".*ses-emulator-url: .*{re.escape(url)}"])


def test_fixtures_above_the_emulator_follow_it_and_dynamic_ones_are_told(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest

        @pytest.fixture(scope="session")
        def application(ses_emulator):
            return ses_emulator.url

        def test_first(application, ses_client):
            assert ses_client.meta.endpoint_url == application

        @pytest.mark.ses(dns="system")
        def test_elsewhere(application, ses_client):
            assert ses_client.meta.endpoint_url == application

        def test_back(application, ses_client):
            assert ses_client.meta.endpoint_url == application

        @pytest.mark.ses(dns="system")
        def test_late(request):
            request.getfixturevalue("ses_client")
        """
    )
    result = pytester.runpytest_subprocess()
    result.assert_outcomes(passed=3, failed=1)
    text = r"the marker `ses` asks for another server \(dns\): the test must name a fixture of ses-emulator"
    result.stdout.re_match_lines([text])
