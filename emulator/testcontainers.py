"""The emulator in a container, for those who test with Testcontainers: `pip install 'ses-emulator[testcontainers]'`.

with SesContainer(sandbox=True) as ses:
    ses.running.client().send_email(...)
    ses.running.mailbox().wait(to="ann@example.net")
"""

import socket

from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import HttpWaitStrategy

from emulator import Running, launcher, settings

IMAGE = "ses-emulator"  # as `make image` tags it
API, SMTP, SUBMISSION = 8005, 2525, 2587


class SesContainer(DockerContainer):
    """A container with an emulator; settings are those of `ses-emulator serve`, with `_` for `-`.

    Its mail is gone with it, unless `ephemeral=False` and a volume at `/data` are given.
    """

    def __init__(self, image: str = IMAGE, **given: object) -> None:
        super().__init__(image)
        for name, value in ({"ephemeral": True} | given).items():
            flag = name.replace("_", "-")
            if flag not in settings.names():
                raise TypeError(f"there is no setting {name}{settings.nearest(flag, settings.names(), '')}")
            self.with_env(settings.variable(flag), launcher.text(value))
        self.with_exposed_ports(SMTP, SUBMISSION)
        self.waiting_for(HttpWaitStrategy(API, "/_emulator/health"))

    @property
    def running(self) -> Running:
        """The emulator in it: its `url`, its ports, and `client()` and `mailbox()` of them."""
        return Running(self._url(), None, self.get_exposed_port(SUBMISSION), self.get_exposed_port(SMTP))

    def _configure(self) -> None:
        """Links in mail lead to the port that the host has, so it is chosen before there is mail."""
        with socket.socket() as chosen:
            chosen.bind(("127.0.0.1", 0))
            port = chosen.getsockname()[1]
        self.with_bind_ports(API, port)
        self.env.setdefault(settings.variable("public-url"), f"http://{self.get_docker_client().host()}:{port}")

    def _url(self) -> str:
        return f"http://{self.get_container_host_ip()}:{self.get_exposed_port(API)}"
