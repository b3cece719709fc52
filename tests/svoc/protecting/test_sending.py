"""What waits in the outbox is looked at once more before it goes."""

from collections.abc import Iterator

import pytest

from svoc.notices.base import Notice
from svoc.rollback import roll_back
from svoc.words.protection import WHERE
from tests.scenes import Scene, key, opened


class Ear:
    """Hears what is sent."""

    def __init__(self) -> None:
        self.heard: list[Notice] = []

    def send(self, notice: Notice) -> None:
        self.heard.append(notice)


@pytest.fixture
def scene() -> Iterator[Scene]:
    """Give a council in which Ann Smith has moved, and a notice of it that waits."""
    with opened() as scene:
        scene.fall(
            council_tax="A1 MRS ANN SMITH at 3; A2 MISS RUTH HILL at 4",
            library="L1 MRS ANN SMITH at 3; L2 MR OWEN OAK at 5",
        )
        scene.decide("same A1 L1")
        scene.fall(library="L1 MRS ANN SMITH at 9 since 2026-11-03; L2 MR OWEN OAK at 5")
        assert [row["kind"] for row in scene.council.store.outbox()] == ["address"]
        yield scene


def protect(scene: Scene, kind: str = "safe-address") -> None:
    person = scene.members()[key("A1")]
    scene.council.protect(person, kind, purpose="canvass-match", actor="j.okafor", because="asked")


def test_without_protection_the_new_address_goes_out(scene: Scene) -> None:
    ear = Ear()
    assert scene.council.deliver(ear) == 1
    assert set(WHERE) & set(ear.heard[0].payload)


def test_a_notice_that_was_written_before_the_flag_is_not_sent_after_it(scene: Scene) -> None:
    protect(scene)
    ear = Ear()
    assert scene.council.deliver(ear) == 0
    assert not ear.heard
    assert not scene.council.store.outbox(), "nor ever"


@pytest.mark.parametrize("kind", ["safe-address", "no-disclosure"])
def test_what_was_told_is_taken_back_without_a_place(scene: Scene, kind: str) -> None:
    scene.council.deliver(Ear())
    protect(scene, kind)
    roll_back(scene.council.store, 2, because="the wrong file", actor="j.okafor")
    ear = Ear()
    assert scene.council.deliver(ear) == 1
    (back,) = ear.heard
    assert back.kind == "address-retracted"
    assert not set(WHERE) & set(back.payload)
    assert bool(back.payload) == (kind == "safe-address")


def test_protection_outlives_a_rollback(scene: Scene) -> None:
    from svoc.protecting import shielded

    protect(scene)
    roll_back(scene.council.store, 2, because="the wrong file", actor="j.okafor")
    hidden = set(shielded(scene.council.store, "statutory")["person"])
    assert {scene.members()[key("A1")], scene.members()[key("L1")]} <= hidden


def test_a_place_where_somebody_is_protected_since_is_in_no_notice_about_anybody_else(scene: Scene) -> None:
    """Ruth lives where Ann has moved to, and asks for protection before the notice about Ann goes out."""
    scene.fall(council_tax="A1 MRS ANN SMITH at 3; A2 MISS RUTH HILL at 9")
    scene.council.protect(
        scene.members()[key("A2")], "safe-address", purpose="canvass-match", actor="j.okafor", because="asked"
    )
    ear = Ear()
    assert scene.council.deliver(ear) == 1
    (notice,) = ear.heard
    assert notice.kind == "address"
    assert not set(WHERE) & set(notice.payload)
