"""A notice is tried later and later, within bounds, and long enough to outlast two days of nobody being there."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from svoc.notices.backoff import FIRST, LONGEST, next_try
from svoc.notices.recipients import Recipient

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
MOST = Recipient().tries


@given(st.text(), st.integers(1, MOST - 1), st.none() | st.floats(-10, 1e9))
def test_the_wait_is_within_bounds_and_the_same_each_time(notice: str, tries: int, after: float | None) -> None:
    found = next_try(notice, tries, NOW, most=MOST, after=after)

    assert found
    assert found == next_try(notice, tries, NOW, most=MOST, after=after)
    assert 0.8 * FIRST <= found - NOW <= 1.2 * LONGEST
    assert found - NOW >= timedelta(seconds=min(max(after or 0, 0), LONGEST.total_seconds()))


@given(st.text())
def test_two_days_are_outlasted(notice: str) -> None:
    now, tries = NOW, 0
    while (later := next_try(notice, tries := tries + 1, now, most=MOST)) is not None:
        now = later
    assert now - NOW > timedelta(days=2)
    assert tries == MOST


def test_not_all_are_tried_at_one_moment() -> None:
    assert len({next_try(f"n{n}", 3, NOW, most=MOST) for n in range(50)}) == 50
