"""Testcontainers starts the image. Docker is not needed: an engine stands in for it, and runs the emulator itself."""

from collections.abc import Iterator

import pytest
from testcontainers.core.config import ConnectionMode, testcontainers_config

from emulator.testcontainers import SesContainer
from tests.support import docker, mail
from tests.support.docker import Engine


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """The engine that Testcontainers finds."""
    monkeypatch.setattr(testcontainers_config, "ryuk_disabled", True)
    monkeypatch.setattr(testcontainers_config, "connection_mode_override", ConnectionMode.docker_host)
    with docker.serving() as serving:
        monkeypatch.setenv("DOCKER_HOST", serving.url)
        yield serving


def test_a_container_answers_with_the_settings_that_it_was_given(engine: Engine) -> None:
    with SesContainer(sandbox=True, verified_identities=[mail.ANN, mail.BOB]) as container:
        ses = container.running
        assert engine.asked["Image"] == "ses-emulator"
        assert engine.variables["SES_EMULATOR_VERIFIED_IDENTITIES"] == f"{mail.ANN},{mail.BOB}"
        assert engine.variables["SES_EMULATOR_PUBLIC_URL"] == ses.url
        assert (ses.smtp_port, ses.submission_port) == (engine.ports[2525], engine.ports[2587])
        message_id = mail.send(ses.client(), Destination={"ToAddresses": [mail.BOB]})
        assert ses.mailbox().wait(to=mail.BOB).id == message_id
        assert ses.client().get_send_quota()["Max24HourSend"] == 200
    assert engine.process is None


@pytest.mark.usefixtures("engine")
def test_a_setting_that_does_not_exist_is_named_with_the_nearest_one() -> None:
    with pytest.raises(TypeError, match="there is no setting sandbx; did you mean sandbox"):
        SesContainer(sandbx=True)
