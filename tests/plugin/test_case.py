"""unittest's way to the emulator, without pytest."""

import os
import subprocess
import sys
from pathlib import Path

from tests.support import processes

TESTS = """
import os
import unittest

import boto3

from emulator.testing import SesTestCase

BEFORE = dict(os.environ)


class Base(unittest.TestCase):
    def setUp(self):
        self.was_set_up = True


class Strict(SesTestCase, Base):
    ses_settings = {"strict": True, "region": "eu-west-1"}

    def test_each_test_has_an_account(self):
        self.assertTrue(self.was_set_up)
        self.assertEqual(self.ses_mailbox.messages(), [])
        self.ses_mailbox.verify("example.com")
        for client in (self.ses_client, boto3.client("ses")):
            client.send_email(
                Source="ann@example.com",
                Destination={"ToAddresses": ["bob@example.com"]},
                Message={"Subject": {"Data": "Hi"}, "Body": {"Text": {"Data": "Hello"}}},
            )
            self.ses_mailbox.change_account(max_send_rate=5)
        self.assertEqual(self.ses_mailbox.wait(count=2).region, "eu-west-1")

    test_again = test_each_test_has_an_account


class Other(SesTestCase):
    ses_settings = {"retention": 1}

    def test_another_server_is_had_for_settings_of_a_server(self):
        self.assertNotEqual(self.ses_mailbox.url, url)


class Usual(SesTestCase):
    def test_the_environment_is_as_it_was_between_tests(self):
        self.doCleanups()
        self.assertEqual(dict(os.environ), BEFORE)


class Url(SesTestCase):
    def setUp(self):
        global url
        super().setUp()
        url = self.ses_mailbox.url

    def test_first(self):
        self.assertEqual(os.environ["AWS_ENDPOINT_URL_SES"], url)


def load_tests(loader, tests, pattern):
    return unittest.TestSuite(map(loader.loadTestsFromTestCase, (Url, Strict, Other, Usual)))
"""


def test_unittest_runs_such_tests_and_leaves_nothing(tmp_path: Path) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    (tmp_path / "test_mail.py").write_text(TESTS)
    run = subprocess.run(
        [sys.executable, "-m", "unittest", "test_mail"],
        cwd=tmp_path,
        env={**os.environ, "TMPDIR": str(temporary)},
        capture_output=True,
        text=True,
        timeout=processes.SECONDS,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert "Ran 5 tests" in run.stderr
    assert not list(temporary.iterdir())
