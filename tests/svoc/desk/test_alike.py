"""Several cases in one act: only where all their evidence is the same, all or none, and taken back together."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from svoc import Desk
from svoc.desk.alike import MOST, decide_alike, like, may_be_together, refuse_unlike, said_of
from svoc.desk.case import Case
from svoc.desk.looking import token_of
from svoc.desk.sitting import ChangedMeanwhile, ClosedMeanwhile, WithAnother
from svoc.errors import SettingsError
from svoc.store.leases import leases, release, take
from svoc.words.decisions import CaseKind
from tests.scenes import Scene, key, opened

WHY = "married since"


@pytest.fixture
def scene() -> Iterator[Scene]:
    """Give six houses: three with a wife beside a single woman, two where an initial agrees too, one of two sexes."""
    with opened() as made:
        made.fall(
            council_tax="A1 MRS SMITH at 3; A2 MRS HOLT at 4; A3 MRS HILL at 5; A4 MR J PERRY at 6; A5 MS M COLE at 7",
            electoral_register="E1 MISS JOAN SMITH at 3; E2 MISS KATE HOLT at 4; E3 MISS RUTH HILL at 5;"
            " E4 MS JOAN PERRY at 6; E5 MRS MARY COLE at 7",
        )
        yield made


def of_house(desk: Desk, number: int) -> Case:
    """Give the case of the record of Council Tax of that number."""
    return desk.before(next(c for c in desk.cases() if key(f"A{number}") in c.mentions))


def tokens(desk: Desk, *cases: Case) -> dict[str, str]:
    return {case.id: token_of(desk, case) for case in cases}


def test_cases_of_the_same_evidence_are_decided_in_one_act_and_taken_back_in_one(scene: Scene) -> None:
    desk = scene.desk
    pattern, alike = like(desk, of_house(desk, 2), desk.cases())
    assert ("name", "surname agrees, a forename is missing") in pattern.levels
    assert {m for case in alike for m in case.mentions} == {key(f"{of}{n}") for of in "AE" for n in (1, 2, 3)}
    assert alike[0].id == of_house(desk, 2).id, "the one that was asked about is the first"
    shown = desk.suppose_all(said_of(alike, "same"))
    assert len(shown.joined) == len(alike) == 3
    made = decide_alike(desk, tokens(desk, *map(desk.before, alike)), "same", because=WHY)
    assert desk.act_of(made[0]) == made
    assert scene.council.store.answered_cases() == {case.id for case in alike}, "each answers its own case"
    assert not {c.id for c in desk.cases()} & {c.id for c in alike}
    assert not leases(scene.council.store.engine)
    scene.council.commit(scene.council.settle())
    whose = scene.members()
    assert all(whose[key(f"A{n}")] == whose[key(f"E{n}")] for n in (1, 2, 3))
    assert whose[key("A5")] != whose[key("E5")]
    assert desk.undo(*made, because="they are not") == made


def test_cases_of_other_evidence_are_refused_with_what_differs(scene: Scene) -> None:
    desk = scene.desk
    one, sexes, initial = of_house(desk, 1), of_house(desk, 4), of_house(desk, 5)
    with pytest.raises(SettingsError, match=r"not alike.*name: surname agrees, a forename is missing, and surname and"):
        decide_alike(desk, tokens(desk, one, initial), "same", because=WHY)
    with pytest.raises(SettingsError, match=r"not alike.*opposite sexes"):
        refuse_unlike(desk, [sexes, initial])
    assert desk.history().is_empty()
    assert not leases(scene.council.store.engine), "none is held on to"


def test_what_came_between_with_one_keeps_nothing_of_any(scene: Scene) -> None:
    desk, engine = scene.desk, scene.council.store.engine
    one, other = of_house(desk, 1), of_house(desk, 2)
    with pytest.raises(ChangedMeanwhile):
        decide_alike(desk, {**tokens(desk, one), other.id: "of another day"}, "same", because=WHY)
    take(engine, other.id, steward="m.patel", minutes=5)
    with pytest.raises(WithAnother, match=r"m\.patel"):
        decide_alike(desk, tokens(desk, one, other), "same", because=WHY)
    release(engine, other.id, steward="m.patel")
    looked_at = tokens(desk, one, other)
    scene.council.store.decide("unsure", *other.mentions, steward="m.patel", because="seen", case=other.id)
    with pytest.raises(ClosedMeanwhile):
        decide_alike(desk, looked_at, "same", because=WHY)
    assert desk.history()["steward"].to_list() == ["m.patel"]


def test_some_cases_are_only_decided_by_themselves(scene: Scene) -> None:
    desk = scene.desk
    one = of_house(desk, 1)
    several = replace(one, mentions=(*one.mentions, key("A2")))
    event = replace(one, kind=CaseKind.LIFE_EVENT)
    assert may_be_together(desk, one)
    for case in (several, event):
        assert not may_be_together(desk, case)
        with pytest.raises(SettingsError, match="by itself"):
            refuse_unlike(desk, [one, case])
    partly = Desk(scene.council, steward="j.okafor", purpose="vacant-homes")
    assert partly.reader().purpose.fields is not None
    assert not may_be_together(partly, one), "what the purpose may not see may be another"
    with pytest.raises(SettingsError, match="choose the cases"):
        refuse_unlike(desk, [])
    with pytest.raises(SettingsError, match=f"at most {MOST}"):
        refuse_unlike(desk, [one] * (MOST + 1))
    with pytest.raises(SettingsError, match="expected one of"):
        said_of([one], "confirmed")
