"""Whoever was told of a death hears that it was none, or was on another day; nobody is told twice what they know."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from svoc import Council
from svoc.rollback import roll_back
from svoc.store.outbox import acknowledge, told
from tests.scenes import Scene, opened
from tests.worlds import event

EVENT = "life_events/registrar:D1/1"
TAX = "A1 MR JOHN SMITH & MRS ANN SMITH at 3; A2 MS RUTH HILL at 4"
WIDOW = "A1 MRS ANN SMITH at 3; A2 MS RUTH HILL at 4"
CARDS = "L1 JOHN SMITH at 3; L2 RUTH HILL at 4"
BOTH = ["council_tax", "library"]


def said(action: str = "asserted", on: str = "2026-11-02", level: int = 3) -> pl.DataFrame:
    """Give what the registrar says of a death at 3 King Street."""
    told = event("D1", "MR JOHN SMITH", house=3, action=action)
    day = pl.lit(on).str.to_date()
    return told.with_columns(
        event=pl.lit(f"D1:{action}:{on}"), address=pl.lit("3 King Street, Barchester"), postcode=pl.lit("PL4 8AA"),
        happened=day, happened_earliest=day, happened_latest=day, happened_text=pl.lit(on),
        verification=pl.lit(level, dtype=told.schema["verification"]),
    )  # fmt: skip


@pytest.fixture(scope="module")
def lived() -> Iterator[Scene]:
    """Give a council that has told two systems of a death."""
    with opened() as scene:
        scene.fall(council_tax=TAX, library=CARDS)
        scene.council.store.tell(said(), by="registrar")
        settle(scene)
        scene.council.confirm(EVENT, "library/L1/1", steward="j.okafor", because="checked")
        assert heard(settle(scene)) == [("death", system) for system in BOTH]
        scene.council.deliver()
        yield scene


@pytest.fixture
def scene(lived: Scene, tmp_path: Path) -> Iterator[Scene]:
    """Give a copy of that council, for a test of its own."""
    shutil.copytree(lived.folder, tmp_path / "scene")
    with Council.open(tmp_path / "scene" / "council.toml") as council:
        yield Scene(tmp_path / "scene", council, night=1)


def settle(scene: Scene) -> list[dict[str, Any]]:
    plan = scene.council.settle()
    scene.council.commit(plan)
    return notices(plan)


def notices(plan: Any) -> list[dict[str, Any]]:
    rows = [row for lane in plan.lanes.values() for row in lane.notices.iter_rows(named=True)]
    return sorted(rows, key=lambda row: (row["kind"], row["recipient"]))


def heard(rows: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(row["kind"], row["recipient"]) for row in rows]


def test_a_system_that_closed_its_record_hears_that_the_death_was_none(scene: Scene) -> None:
    assert notices(scene.fall(council_tax=WIDOW)) == []
    scene.council.store.tell(said("retracted"), by="registrar")
    assert heard(settle(scene)) == [("death-retracted", system) for system in BOTH]
    assert settle(scene) == [], "everybody once"
    after = scene.council.store.persons("service")
    assert after["deceased"].null_count() == after.height


def test_a_day_put_right_is_told_to_whoever_was_told_the_wrong_one(scene: Scene) -> None:
    scene.fall(council_tax=WIDOW)
    scene.council.store.tell(said("corrected", on="2026-10-29"), by="registrar")

    rows = settle(scene)
    assert {row["recipient"] for row in rows} == set(BOTH)
    assert {json.loads(row["payload"])["died"] for row in rows} == {"2026-10-29"}
    assert settle(scene) == []


def test_a_death_confirmed_of_one_who_is_parted_since_is_taken_back_from_the_other_s_systems(scene: Scene) -> None:
    scene.council.store.decide(
        "different", "council_tax/A1/1", "library/L1/1", steward="j.okafor", because="father and son"
    )
    assert settle(scene) == [], "it is confirmed of both, so it rests and a steward is asked"
    scene.council.store.decide("rejected", EVENT, "library/L1/1", steward="j.okafor", because="the son lives")

    rows = settle(scene)
    assert heard(rows) == [("death-retracted", "library")]
    dead = scene.council.store.persons("service").filter("deceased")["person"].to_list()
    assert dead == [scene.council.store.person_of("council_tax/A1/1", "service")]
    assert rows[0]["person"] == scene.council.store.person_of("library/L1/1", "service")
    assert settle(scene) == []


def test_a_death_that_was_acknowledged_is_not_told_again_after_its_night_was_undone(scene: Scene) -> None:
    run = scene.council.store.published()
    for notice in told(scene.council.store)["notice"]:
        acknowledge(scene.council.store, notice)
    roll_back(scene.council.store, run, because="a slip", actor="j.okafor")

    assert settle(scene) == []
    assert scene.council.store.persons("service")["deceased"].any()


def test_a_death_told_and_taken_back_by_a_rollback_is_told_again(scene: Scene) -> None:
    roll_back(scene.council.store, scene.council.store.published(), because="a slip", actor="j.okafor")
    assert heard(settle(scene)) == [("death", system) for system in BOTH]


def test_a_claim_that_only_rests_is_taken_back_from_nobody(scene: Scene) -> None:
    scene.council.store.decide("confirmed", EVENT, "library/L2/1", steward="m.patel", because="another card")
    assert settle(scene) == []


def test_a_claim_that_is_rejected_after_all_is_taken_back_though_it_had_rested(scene: Scene) -> None:
    scene.council.store.decide("confirmed", EVENT, "library/L2/1", steward="m.patel", because="another card")
    assert settle(scene) == []
    for mention in ("library/L1/1", "council_tax/A1/1", "library/L2/1", "council_tax/A2/1"):
        scene.council.store.decide("rejected", EVENT, mention, steward="j.okafor", because="neither")
    assert heard(settle(scene)) == [("death-retracted", system) for system in BOTH]
