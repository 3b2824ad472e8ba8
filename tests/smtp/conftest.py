"""What tests of the SMTP interface share."""

import pytest

from emulator import Running


@pytest.fixture
def port(server: Running) -> int:
    """Where the session's server listens to SMTP."""
    assert server.submission_port
    return server.submission_port


@pytest.fixture
def door(server: Running) -> int:
    """Where mail for the session's server to receive comes to."""
    assert server.smtp_port
    return server.smtp_port
