"""A record that may be a protected person's is hidden until somebody has said whose it is, and the steward is told."""

from collections.abc import Iterator

import polars as pl
import pytest

from svoc.protecting import Shield, shielded_mentions
from svoc.words.decisions import CaseKind
from tests.scenes import LANE, Scene, key, opened
from tests.worlds import event

A1, L1, L2 = (key(short) for short in ("A1", "L1", "L2"))
LIBRARY = "L1 MRS ANN SMITH at 3 dob 1980-04-04; L2 MS ANN SMYTH at 9 dob 1980-04-04; L3 MS IDA WREN at 5"


@pytest.fixture
def scene() -> Iterator[Scene]:
    """Give a council where Ann is protected, and another record may be hers; a household elsewhere is in doubt too."""
    with opened() as scene:
        scene.fall(
            council_tax="A1 MRS ANN SMITH at 3; A7 MR J HART at 7",
            electoral_register="E1 MR JOHN HART at 7; E2 MR JAMES HART at 7",
            library=LIBRARY,
        )
        scene.council.protect(
            scene.members()[A1],
            "safe-address",
            purpose="canvass-match",
            actor="j.okafor",
            because="asked by the refuge",
        )
        yield scene


def hidden(scene: Scene) -> frozenset[str]:
    return Shield.of(scene.council.store, LANE).keys


def test_a_record_in_doubt_is_hidden_and_no_flag_comes_to_it(scene: Scene) -> None:
    assert {A1, L1, L2} <= hidden(scene)
    assert set(shielded_mentions(scene.council.store)["mention"]) == {A1, L1}
    scene.fall()
    assert set(shielded_mentions(scene.council.store)["mention"]) == {A1, L1}, "nor does the night lay one"


def test_what_cannot_be_told_stays_hidden_and_what_is_told_apart_does_not(scene: Scene) -> None:
    for verdict, still in (("unsure", True), ("different", False)):
        scene.decide(f"{verdict} L1/1 L2/1")
        scene.fall()
        assert (L2 in hidden(scene)) is still, verdict


def test_the_steward_is_asked_about_it_before_anything_else(scene: Scene) -> None:
    cases = scene.desk.cases()
    assert {case.kind for case in cases} == {CaseKind.POSSIBLE_MOVE, CaseKind.HOUSEHOLD}
    case = scene.desk.next_case()
    assert case is not None
    assert set(case.mentions) == {L1, L2}, "a household is asked about sooner where nobody is under protection"
    assert "it is, or may be, that of a person under protection" in case.evidence
    assert "King Street" not in case.evidence
    assert "PL4" not in case.evidence


def test_an_event_that_may_be_hers_tells_nobody_where_she_has_gone(scene: Scene) -> None:
    """A move is told of somebody who may be Ann: neither the desk nor an explanation says where to."""
    moved = event("M1", "MRS ANN SMITH", house=3, kind="move", new_address="8 KING STREET", new_postcode="PL4 8AB")
    moved = moved.with_columns(address=pl.lit("3 King Street, Barchester"), postcode=pl.lit("PL4 8AA"))
    scene.council.store.tell(moved, by="registrar")
    scene.fall()
    mention = "life_events/registrar:M1/1"
    case = next(c for c in scene.desk.cases() if mention in c.mentions)
    assert mention in hidden(scene)
    told = scene.desk.open(case.id).evidence + scene.council.reader("canvass-match").explain(mention, L2).text()
    assert "KING STREET" not in told.upper()
    assert "PL4" not in told
