"""Faults by name, each as AWS or a network might have it."""

from collections.abc import Mapping
from typing import NamedTuple

from emulator.store.faults import Failure

ANY, ANY_STAGE = "*", "SMTP:*"  # operation of AWS, stage of SMTP


class Preset(NamedTuple):
    """What it brings about: failures, or something that is said of the account."""

    failures: tuple[Failure, ...] = ()
    probability: float | None = None
    account: Mapping[str, bool] = {}


PRESETS = {
    "throttling-storm": Preset(
        failures=(
            Failure(ANY, code="Throttling", status=400),
            Failure("SMTP:DATA", status=454, message="Throttling failure: Maximum sending rate exceeded."),
        ),
        probability=0.8,
    ),
    "outage": Preset((Failure(ANY, code="ServiceUnavailable", status=503), Failure(ANY_STAGE, status=421))),
    "slow-network": Preset((Failure(ANY, delay_ms=1_000), Failure(ANY_STAGE, delay_ms=250))),
    "sandboxed": Preset(account={"sandbox": True}),
    "paused-account": Preset(account={"sending_enabled": False}),
}
