"""What becomes of one address: pure decisions."""

import pytest

from emulator.ses import outcomes, recipients, simulator
from emulator.ses.recipients import Outcome

REGION, BOB = "us-east-1", "bob@example.net"


@pytest.mark.parametrize("pair", outcomes.BOUNCES)
def test_every_bounce_of_ses_can_be_asked_for(pair: tuple[str, str]) -> None:
    outcome = recipients.checked("bounce", {"bounce_type": pair[0], "bounce_sub_type": pair[1]}, recipients.STANDING)
    [happening] = recipients.fate(REGION, BOB, outcome).happenings
    assert happening.facts[:2] == (("bounce_type", pair[0]), ("bounce_sub_type", pair[1]))


@pytest.mark.parametrize("name", ["complaint_feedback_type", "delay_type"])
def test_every_word_of_the_vocabularies_can_be_asked_for(name: str) -> None:
    kind, words = (
        ("delay", outcomes.DELAY_TYPES) if name == "delay_type" else ("complaint", outcomes.COMPLAINT_FEEDBACK_TYPES)
    )
    for word in words:
        assert recipients.checked(kind, {name: word}, recipients.STANDING) == Outcome(kind, {name: word})


def test_who_complains_got_the_message_unless_it_is_there_already() -> None:
    complaint = Outcome("complaint", {})
    assert [each.type for each in recipients.fate(REGION, BOB, complaint).happenings] == ["Delivery", "Complaint"]
    assert [each.type for each in recipients.feedback(REGION, BOB, complaint).happenings] == ["Complaint"]


@pytest.mark.parametrize("address", ["bounce@SIMULATOR.amazonses.com", "x@simulator.amazonses.com"])
def test_the_simulator_holds_its_domain(address: str) -> None:
    assert simulator.holds(address)


@pytest.mark.parametrize("address", ["bounce@a.simulator.amazonses.com", "simulator.amazonses.com@example.com", "x"])
def test_and_no_other(address: str) -> None:
    assert not simulator.holds(address)


@pytest.mark.parametrize("region", ["us-west-2", "ap-northeast-1"])
def test_outside_of_virginia_servers_are_named_after_the_region(region: str) -> None:
    assert outcomes.reporting_mta(region).endswith(f".smtp-out.{region}.amazonses.com")
