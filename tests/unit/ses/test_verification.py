"""The state of an identity from its facts: boundaries, and against a step-by-step observer of the DNS."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from emulator.ses import verification
from emulator.ses.verification import FAILED, PENDING, SUCCESS, TEMPORARY_FAILURE, Presence
from emulator.store.dns import Record
from emulator.store.identities import Identity

START = datetime(2030, 1, 1, tzinfo=UTC)
HOUR, MOMENT = timedelta(hours=1), timedelta(milliseconds=1)
DAY, WINDOW = timedelta(hours=24), timedelta(hours=72)
DOMAIN = Identity(1, "123456789012", "us-east-1", "example.com", "Domain", START, START, None, None, None)
ADDRESS = DOMAIN._replace(identity="ann@example.com", identity_type="EmailAddress")


def _address(now: datetime, **facts: Any) -> str:
    return verification.address_status(ADDRESS._replace(**facts), now)


def _domain(now: datetime, *presences: Presence, **facts: Any) -> str:
    records = [Record("example.com", "TXT", "proof", begin, end) for begin, end in presences]
    seen = verification.presences(records, bool, at_once=False)
    return verification.domain_status(DOMAIN._replace(**facts), seen, now)


def _presence(begin: datetime, end: datetime | None = None) -> Presence:
    return Presence(begin, end)


# ---- addresses


def test_an_address_is_pending_for_24_hours() -> None:
    assert [_address(START + after) for after in (-HOUR, 0 * HOUR, DAY - MOMENT)] == [PENDING] * 3
    assert [_address(START + after) for after in (DAY, 365 * DAY)] == [FAILED] * 2


def test_a_confirmed_address_stays_verified() -> None:
    assert _address(START + 365 * DAY, confirmed_at=START + HOUR) == SUCCESS


def test_an_address_that_somebody_failed_has_failed_whatever_else_happened() -> None:
    assert _address(START, failed_at=START, confirmed_at=START, auto_confirmed_at=START) == FAILED


def test_an_address_verifies_by_itself_from_its_instant_on_if_that_is_in_time() -> None:
    at = START + HOUR
    assert _address(at - MOMENT, auto_confirmed_at=at) == PENDING
    assert _address(at, auto_confirmed_at=at) == SUCCESS
    assert _address(START + 2 * DAY, auto_confirmed_at=at) == SUCCESS
    assert _address(START + 2 * DAY, auto_confirmed_at=START + DAY) == FAILED
    assert _address(START + 2 * DAY, auto_confirmed_at=START + DAY - MOMENT) == SUCCESS


# ---- domains


def test_a_domain_is_pending_for_72_hours() -> None:
    assert [_domain(START + after) for after in (-HOUR, 0 * HOUR, WINDOW - MOMENT)] == [PENDING] * 3
    assert [_domain(START + after) for after in (WINDOW, 365 * DAY)] == [FAILED] * 2


def test_a_record_is_seen_from_its_first_instant_on() -> None:
    record = _presence(START + HOUR)
    assert _domain(START + HOUR - MOMENT, record) == PENDING
    assert _domain(START + HOUR, record) == SUCCESS
    assert _domain(START + 365 * DAY, record) == SUCCESS


def test_a_record_that_comes_with_the_deadline_comes_too_late() -> None:
    assert _domain(START + 365 * DAY, _presence(START + WINDOW - MOMENT)) == SUCCESS
    assert _domain(START + 365 * DAY, _presence(START + WINDOW)) == FAILED


def test_only_a_record_that_reaches_into_the_window_counts() -> None:
    assert _domain(START, _presence(START - DAY)) == SUCCESS
    assert _domain(START, _presence(START - DAY, START)) == PENDING
    assert _domain(START, _presence(START - DAY, START - HOUR)) == PENDING
    assert _domain(START + HOUR, _presence(START - DAY, START + MOMENT)) == TEMPORARY_FAILURE


def test_a_moment_is_enough() -> None:
    for at in (START, START + HOUR):
        assert _domain(at, _presence(at, at)) == TEMPORARY_FAILURE
        assert _domain(at + WINDOW, _presence(at, at)) == FAILED


def test_a_record_replaced_in_the_same_instant_was_never_away() -> None:
    first, second = _presence(START, START + HOUR), _presence(START + HOUR)
    for presences in ((first, second), (second, first)):
        assert _domain(START + HOUR, *presences) == SUCCESS


def test_a_record_withdrawn_before_it_came_as_a_clock_set_back_can_have_it_was_there_for_a_moment() -> None:
    record = _presence(START + HOUR, START)
    assert _domain(START + HOUR - MOMENT, record) == PENDING
    assert _domain(START + 2 * HOUR, record) == TEMPORARY_FAILURE


def test_a_record_within_another_changes_nothing() -> None:
    outer, inner = _presence(START, START + 10 * HOUR), _presence(START + HOUR, START + 2 * HOUR)
    assert _domain(START + 5 * HOUR, inner, outer) == SUCCESS
    assert _domain(START + 10 * HOUR, inner, outer) == TEMPORARY_FAILURE
    assert _domain(START + 10 * HOUR + WINDOW, inner, outer) == FAILED


def test_what_somebody_decided_outranks_the_dns() -> None:
    record = _presence(START)
    assert _domain(START + HOUR, record, failed_at=START) == FAILED
    assert _domain(START + 365 * DAY, confirmed_at=START) == SUCCESS
    assert _domain(START + 365 * DAY, auto_confirmed_at=START + WINDOW - MOMENT) == SUCCESS
    assert _domain(START + 365 * DAY, auto_confirmed_at=START + WINDOW) == FAILED
    assert _domain(START + HOUR, record, auto_confirmed_at=START + DAY) == SUCCESS


# ---- an observer who looks at every step

STEP = timedelta(hours=12)  # the window has six
FIRST, LAST = -6, 40


def _observed(spans: list[tuple[int, int | None]], now: int) -> str:
    """What an observer says who looks at the DNS at every step of the window, and forgets nothing."""
    state, deadline = PENDING, WINDOW // STEP
    for step in range(now + 1):
        present = any(begin <= step and (end is None or step < end) for begin, end in spans)
        if state == FAILED:
            break
        if state in (PENDING, TEMPORARY_FAILURE) and step >= deadline:
            state = FAILED
        elif present:
            state = SUCCESS
        elif state == SUCCESS:
            state, deadline = TEMPORARY_FAILURE, step + WINDOW // STEP
    return state


_spans = st.tuples(st.integers(FIRST, LAST), st.integers(1, 20) | st.none()).map(
    lambda span: (span[0], None if span[1] is None else span[0] + span[1])
)


@given(st.lists(_spans, max_size=6), st.integers(0, LAST + 20))
def test_a_domains_state_is_what_an_observer_of_every_step_says(spans: list[tuple[int, int | None]], now: int) -> None:
    presences = [Presence(START + begin * STEP, None if end is None else START + end * STEP) for begin, end in spans]
    assert _domain(START + now * STEP, *presences) == _observed(spans, now)


@given(st.lists(_spans, max_size=6), st.integers(0, LAST))
def test_neither_the_order_of_records_nor_the_future_matters(spans: list[tuple[int, int | None]], now: int) -> None:
    def state(spans: list[tuple[int, int | None]]) -> str:
        presences = [Presence(START + b * STEP, None if e is None else START + e * STEP) for b, e in spans]
        return _domain(START + now * STEP, *presences)

    past = [(begin, None if end is not None and end > now else end) for begin, end in spans if begin <= now]
    assert state(spans) == state(spans[::-1]) == state(past)
