"""Whoever shares a person with a flagged record is under protection: in every lane, after merges and after splits."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from svoc.protecting import shielded, shielded_mentions
from svoc.store.protections import append
from svoc.store.store import Store
from svoc.words.persons import MEMBERS
from svoc.words.plan import LanePlan, LaneState, Plan
from svoc.words.protection import Act
from tests.svoc.store.conftest import frame, make_plan

LANES = ("statutory", "service")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open("sqlite:///council.db", tmp_path)
    yield store
    store.close()


def night(store: Store, run: int, who: Mapping[str, str], service: Mapping[str, str] | None = None) -> None:
    """Commit a night in which mentions belong to persons, in two lanes."""
    members = frame(MEMBERS, [{"mention": m, "person": p} for m, p in sorted((service or {}).items())])
    plan: Plan = make_plan(run, who, lanes={"service": LanePlan(LaneState(members=members))})
    store.commit(plan, summary={})


def flag(store: Store, *mentions: str, kind: str = "safe-address", until: date | None = None) -> int:
    flags = [(mention, kind) for mention in mentions]
    return append(store.engine, Act.SET, flags, actor="j.okafor", because="asked", until=until)


def those(frame: pl.DataFrame) -> dict[str, list[str]]:
    return dict(frame.iter_rows())


def test_nobody_is_under_protection_whom_nobody_flagged(store: Store) -> None:
    night(store, 1, {"ct/1/1": "P1"})
    assert shielded(store, "statutory").is_empty()
    assert shielded_mentions(store).is_empty()


def test_who_shares_a_person_with_a_flagged_record_is_under_protection(store: Store) -> None:
    night(store, 1, {"ct/1/1": "P1", "lib/1/1": "P1", "ct/2/1": "P2"})
    flag(store, "ct/1/1")
    flag(store, "lib/1/1", kind="no-disclosure")
    assert those(shielded(store, "statutory")) == {"P1": ["no-disclosure", "safe-address"]}


def test_a_flag_of_one_lane_protects_in_all(store: Store) -> None:
    night(store, 1, {"er/1/1": "P1", "ct/1/1": "P1"}, {"ct/1/1": "Q1", "lib/1/1": "Q1", "ct/2/1": "Q2"})
    flag(store, "er/1/1")
    assert those(shielded(store, "service")) == {"Q1": ["safe-address"]}
    assert set(shielded_mentions(store)["mention"]) == {"er/1/1", "ct/1/1", "lib/1/1"}


def test_a_flag_that_ends_ends_by_the_later_of_clock_and_extracts(store: Store) -> None:
    night(store, 1, {"ct/1/1": "P1", "ct/2/1": "P2"})
    flag(store, "ct/1/1", until=date(2026, 11, 3))
    flag(store, "ct/2/1", until=date(2026, 11, 2))
    assert those(shielded(store, "statutory")) == {"P1": ["safe-address"]}
