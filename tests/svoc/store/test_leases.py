"""Who has which case: one steward at a time, until they let go of it or the time is up."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from svoc.errors import StoreUnavailable
from svoc.store.leases import IMPATIENT, leases, release, take
from svoc.store.opening import writing
from svoc.store.store import Store

NOW = datetime(2026, 11, 2, 14, 0, tzinfo=UTC)


def test_a_case_is_that_of_who_took_it_first_until_the_time_is_up(store: Store) -> None:
    mine = take(store.engine, "c1", steward="j.okafor", minutes=15, now=NOW)
    assert mine.is_of("J.Okafor ")
    other = take(store.engine, "c1", steward="m.patel", minutes=15, now=NOW + timedelta(minutes=14))
    assert (other.steward, other.until) == ("j.okafor", NOW + timedelta(minutes=15))
    late = take(store.engine, "c1", steward="m.patel", minutes=15, now=NOW + timedelta(minutes=15))
    assert late.is_of("m.patel")
    assert set(leases(store.engine, now=NOW + timedelta(minutes=16))) == {"c1"}
    assert leases(store.engine, now=NOW + timedelta(minutes=31)) == {}


def test_who_has_a_case_goes_on_having_it_and_may_let_go(store: Store) -> None:
    take(store.engine, "c1", steward="j.okafor", minutes=15, now=NOW)
    again = take(store.engine, "c1", steward="j.okafor", minutes=15, now=NOW + timedelta(minutes=10))
    assert again.until == NOW + timedelta(minutes=25)
    release(store.engine, "c1", steward="m.patel")
    assert "c1" in leases(store.engine, now=NOW)
    release(store.engine, "c1", steward="j.okafor")
    assert leases(store.engine, now=NOW) == {}


def test_of_many_who_ask_at_once_one_gets_it(store: Store) -> None:
    names = [f"steward{n}" for n in range(6)]
    with ThreadPoolExecutor(len(names)) as pool:
        held = list(pool.map(lambda name: take(store.engine, "c1", steward=name, minutes=15), names))
    assert len({lease.steward for lease in held}) == 1


def test_who_only_looks_waits_for_no_writer(store: Store) -> None:
    with writing(store.engine):
        begun = time.monotonic()
        if store.engine.dialect.name == "sqlite":
            with pytest.raises(StoreUnavailable):
                take(store.engine, "c1", steward="j.okafor", minutes=15, patient=False)
        else:
            assert take(store.engine, "c1", steward="j.okafor", minutes=15, patient=False).is_of("j.okafor")
        assert time.monotonic() - begun < 20 * IMPATIENT, "it would be half a minute otherwise"
    assert take(store.engine, "c1", steward="j.okafor", minutes=15, patient=False).is_of("j.okafor")
