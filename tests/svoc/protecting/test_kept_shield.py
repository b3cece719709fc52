"""The shield that a process keeps is, after whatever anybody does, the one that it would work out anew."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from svoc.protecting import Shield
from svoc.protecting.hiding import _worked_out
from svoc.store.acts import act, end
from svoc.store.moment import Kept, moment_of
from svoc.words.rights import ActKind
from tests.scenes import LANE, Scene, key, opened

A1, A7, L1, L2 = (key(short) for short in ("A1", "A7", "L1", "L2"))
PURPOSE, WHY = "canvass-match", "asked by the refuge"


@pytest.fixture
def scene() -> Iterator[Scene]:
    """Give a council where Ann's library record is hers and another may be."""
    with opened() as scene:
        scene.fall(
            council_tax="A1 MRS ANN SMITH at 3; A7 MR J HART at 7",
            library="L1 MRS ANN SMITH at 3 dob 1980-04-04; L2 MS ANN SMYTH at 9 dob 1980-04-04",
        )
        yield scene


def shown(scene: Scene) -> frozenset[str]:
    """Give what the kept shield hides, after holding it to one that is worked out from nothing."""
    kept, fresh = Shield.of(scene.council.store, LANE), _worked_out(scene.council.store, LANE)
    assert kept == fresh
    assert (kept.past, kept.silent, kept.mates) == (fresh.past, fresh.silent, fresh.mates)
    return kept.keys


def protect(scene: Scene) -> None:
    person = scene.members()[A1]
    scene.council.protect(person, "safe-address", purpose=PURPOSE, actor="j.okafor", because=WHY)


def test_nothing_is_hidden_late(scene: Scene) -> None:
    assert shown(scene) == frozenset()
    protect(scene)
    assert shown(scene) >= {A1, L1, L2}
    scene.decide("different A1 L2")
    shown(scene)
    scene.decide("different L1 L2")
    shown(scene)
    scene.fall()
    assert L2 not in shown(scene)
    scene.decide("undo 1")
    shown(scene)
    scene.decide("undo 2")
    shown(scene)
    scene.fall(library="L1 MRS ANN SMITH at 3 dob 1980-04-04; L3 MS ANN SMITH at 3 dob 1980-04-04")
    assert {A1, L1, key("L3")} <= shown(scene)


def test_what_was_superseded_and_holds_again_counts(scene: Scene) -> None:
    """To take an answer back revives an earlier one: as many decisions, as many superseded, and another shield."""
    protect(scene)
    assert A7 not in shown(scene)
    scene.decide("unsure A1 A7")
    assert A7 in shown(scene)
    scene.decide("different A1 A7")
    assert A7 not in shown(scene)
    scene.decide("undo 2")
    assert A7 in shown(scene)


def test_a_new_day_is_another_moment(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    class Tomorrow(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> "Tomorrow":
            return super().now(tz) + timedelta(days=1)

    with scene.council.store.engine.connect() as connection:
        today = moment_of(connection)
        assert moment_of(connection) == today
        monkeypatch.setattr("svoc.store.moment.datetime", Tomorrow)
        assert moment_of(connection) != today


def test_each_moment_is_worked_out_once_and_forgotten_by_the_next(scene: Scene) -> None:
    kept: Kept[int] = Kept()
    made: list[int] = []

    def work() -> int:
        made.append(1)
        return len(made)

    engine = scene.council.store.engine
    assert [kept.given(engine, "a", moment, work) for moment in (1, 1, 2, 1)] == [1, 1, 2, 3]
    assert kept.given(engine, "b", 1, work) == 4


def test_a_right_that_is_served_or_ended_is_another_moment(scene: Scene) -> None:
    """What an erasure takes away is kept by no process for later."""
    store, moments = scene.council.store, []

    def moment() -> None:
        with store.engine.connect() as connection:
            moments.append(moment_of(connection))

    moment()
    number = act(
        store, ActKind.RESTRICT, actor="j.okafor", because="asked for it", person="P", lane=LANE, mentions=[A1]
    )
    moment()
    end(store, number, actor="j.okafor", because="settled")
    moment()
    assert len(set(moments)) == 3
