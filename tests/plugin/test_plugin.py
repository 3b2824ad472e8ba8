"""The pytest fixtures in a project that has nothing but the installed package."""

import pytest

PROJECT = """
import pytest


def sent(client, to="bob@example.net", text="Your code is 482913"):
    client.verify_email_identity(EmailAddress="ann@example.com")
    return client.send_email(
        Source="ann@example.com",
        Destination={"ToAddresses": [to]},
        Message={"Subject": {"Data": "Hi"}, "Body": {"Text": {"Data": text}}},
    )["MessageId"]


def test_a_mail_can_be_waited_for(ses_client, ses_mailbox):
    message_id = sent(ses_client)
    message = ses_mailbox.wait(to="bob@example.net")
    assert message["id"] == message_id
    assert ses_mailbox.codes(message) == ["482913"]
    assert ses_mailbox.latest(subject="hi")["text"] == "Your code is 482913"


def test_filters_may_end_in_an_underscore(ses_client, ses_mailbox):
    sent(ses_client, text="https://example.com/confirm")
    (message,) = ses_mailbox.messages(from_="ann@example.com", direction="outbound")
    assert ses_mailbox.links(message) == ["https://example.com/confirm"]
    assert "bob@example.net" in repr(ses_mailbox)


@pytest.mark.parametrize("number", range(3))
def test_each_test_has_an_account_of_its_own(number, ses_client, ses_mailbox, ses_account):
    assert ses_mailbox.messages() == []
    assert len(ses_account) == 12
    sent(ses_client)


def test_mail_that_does_not_come_is_told(ses_mailbox):
    with pytest.raises(Exception, match="0 of 1 messages came within 0.1 seconds"):
        ses_mailbox.wait(to="nobody", timeout=0.1)


def test_the_clock_can_be_advanced(ses_mailbox, ses_client):
    ses_mailbox.advance(hours=24)
    sent(ses_client)
    assert ses_mailbox.wait()


def test_the_emulator_is_there_by_itself(ses_emulator):
    from urllib.request import urlopen

    with urlopen(f"{ses_emulator.url}/_emulator/health") as answer:
        assert answer.status == 200
"""


@pytest.mark.parametrize("distributed", [[], ["-n", "2"]])
def test_the_fixtures_work_in_a_fresh_project(pytester: pytest.Pytester, distributed: list[str]) -> None:
    pytester.makepyfile(PROJECT)
    result = pytester.runpytest_subprocess(*distributed, "-p", "no:cacheprovider", "--strict-markers")
    result.assert_outcomes(passed=8)


def test_the_fixtures_are_described(pytester: pytest.Pytester) -> None:
    result = pytester.runpytest_subprocess("--fixtures")
    for name in ("ses_emulator", "ses_account", "ses_client", "sesv2_client", "ses_mailbox"):
        result.stdout.re_match_lines([rf"{name}\b.*"])
    result.stdout.no_fnmatch_line("*no docstring available*")


def test_a_project_that_asks_for_none_of_them_starts_no_emulator(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import sys

        def test_nothing_is_loaded():
            assert "emulator.launcher" not in sys.modules
            assert "emulator.testing" not in sys.modules
            assert "boto3" not in sys.modules
            assert "flask" not in sys.modules
        """
    )
    pytester.runpytest_subprocess().assert_outcomes(passed=1)


def test_a_setting_that_is_wrong_fails_with_what_the_server_said(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import emulator
        import pytest

        def test_it():
            with pytest.raises(RuntimeError, match="did you mean --sandbox"):
                with emulator.running(sandbx=True):
                    pass

        @pytest.mark.ses(verifcation_delay=5)
        def test_marked(ses_client):
            pass
        """
    )
    result = pytester.runpytest_subprocess()
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*unknown argument --verifcation-delay=5; did you mean --verification-delay?"])


def test_the_report_of_a_failure_shows_the_mail(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        def test_it(ses_client, ses_mailbox):
            ses_mailbox.verify("ann@example.com")
            ses_mailbox.bounce("bob@example.net")
            ses_client.send_email(
                Source="ann@example.com",
                Destination={"ToAddresses": ["bob@example.net"]},
                Message={"Subject": {"Data": "Hi"}, "Body": {"Text": {"Data": "one\\n\\ntwo\\nthree\\nfour"}}},
            )
            ses_mailbox.drain()
            assert False

        def test_nothing_was_sent(ses_account):
            assert False
        """
    )
    result = pytester.runpytest_subprocess()
    result.assert_outcomes(failed=2)
    result.stdout.re_match_lines(
        [
            r"-+ SES mail of account \d{12} -+",
            r"'Delivery Status Notification \(Failure\)' from MAILER-DAEMON@amazonses.com to ann@example.com .*",
            r"'Hi' from ann@example.com to bob@example\.net \(bounced\)",
            "    one",
            "    two",
            "    three",
            r"inbox: http://127\.0\.0\.1:\d+/#/mail/all\?account=\d{12}",
            r"-+ SES mail of account \d{12} -+",
            "no message",
        ]
    )
    result.stdout.no_re_match_line("    four")
