"""What is no news of the world is told to nobody, though it changes what is held of people."""

from collections.abc import Callable
from dataclasses import replace

import polars as pl
import pytest

from svoc.rollback import roll_back
from svoc.survivorship.policy import Survivorship
from svoc.words.plan import Plan, Yesterday
from tests.scenes import opened
from tests.worlds import decisions, extract, morrow, night, policy, street

TAX = extract("council_tax", "A | MR JOHN SMITH | 1 | 2015-01-01..", "B | MISS RUTH HILL | 4 | 2015-01-01..")
CARDS = extract("library", "L | DR JOHN SMITH | 1 | 2014-01-01.. | dob=1950-01-01", "M | MS R HILL | 9 | 2016-01-01..")
PAIR, OTHERS = ("council_tax/A/1", "library/L/1"), ("council_tax/B/1", "library/M/1")


def first() -> Plan:
    return night(Yesterday(), TAX, CARDS)


def second(**more: object) -> Plan:
    return night(morrow(Yesterday(), first(), **more))


def new_source() -> Plan:
    return night(morrow(Yesterday(), night(Yesterday(), TAX)), CARDS)


def retrained() -> Plan:
    ruled = Survivorship.in_force({"trust": ["generic"], "facts": {"title": ["most_trusted"]}})
    return night(morrow(Yesterday(), first()), under=replace(policy(), fingerprint="model-2", survivorship=ruled))


def new_gazetteer() -> Plan:
    return night(morrow(Yesterday(), first()), under=replace(policy(), gazetteer="gazetteer-2"), at=street(without=1))


CASES: dict[str, Callable[[], Plan]] = {
    "a first night": first,
    "a new source": new_source,
    "a merge": lambda: second(decisions=decisions(("same", *OTHERS))),
    "a split": lambda: second(decisions=decisions(("different", *PAIR))),
    "a retrained model and other rules": retrained,
    "a new gazetteer": new_gazetteer,
}


@pytest.mark.parametrize("case", sorted(CASES))
def test_nobody_is_told(case: str) -> None:
    plan = CASES[case]()

    changes = pl.concat([lane.changes for lane in plan.lanes.values()])
    assert not changes.is_empty(), "nothing changed: that proves nothing"
    assert "world" not in set(changes.filter(pl.col("kind") == "changed")["cause"])
    assert all(lane.notices.is_empty() for lane in plan.lanes.values())


def test_a_night_that_is_undone_before_its_notices_went_tells_nobody() -> None:
    with opened() as scene:
        scene.fall(council_tax="A1 MRS ANN SMITH at 3", library="L1 MRS ANN SMITH at 3")
        scene.decide("same A1 L1")
        scene.fall(library="L1 MRS ANN SMITH at 9 since 2026-11-03")
        assert scene.council.store.outbox()

        roll_back(scene.council.store, 2, because="the wrong file", actor="j.okafor")

        assert scene.council.store.outbox() == []
        assert scene.council.deliver() == 0
