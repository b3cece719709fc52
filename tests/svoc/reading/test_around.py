"""Who is around a person, and who is sought: of one lane, masked and shielded as all that a reader gives."""

from collections.abc import Iterator

import pytest

from svoc.errors import PurposeRefused
from svoc.reading import Reader
from svoc.reading.around import by_place, by_reference, living_with, notices_of, protection_of
from tests.scenes import Scene, key, opened

SEES, BLIND = "registration", "canvass-match"


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    """Give a council where the Smiths live at 3, Ruth Hill at 4 and, under protection, Ivy Dale at 5."""
    with opened() as scene:
        scene.fall(
            council_tax="A1 MR JOHN SMITH & MRS ANN SMITH at 3; A2 MISS RUTH HILL at 4; A5 MS IVY & MR TOM DALE at 5",
            library="L2 MISS RUTH HILL at 4 phone 01632960001; L3 MISS RUTH HILL at 14",
        )
        ivy = scene.members()[key("A5")]
        scene.council.protect(ivy, "safe-address", purpose=BLIND, actor="j.okafor", because="asked")
        yield scene


def of(scene: Scene, purpose: str = BLIND) -> Reader:
    return scene.council.reader(purpose, actor="a.bell")


def person(scene: Scene, named: str) -> str:
    return scene.members()[key(named)]


def test_a_household_is_told_but_not_of_the_protected_nor_of_whom_a_purpose_may_not_place(scene: Scene) -> None:
    john, ann, ivy, tom = (person(scene, named) for named in ("A1/1", "A1/2", "A5/1", "A5/2"))
    assert [each.id for each in living_with(of(scene), john)] == [ann]
    assert living_with(of(scene), ivy) == living_with(of(scene), tom) == []
    assert [each.id for each in living_with(of(scene, SEES), ivy)] == [tom]
    assert living_with(of(scene, "statistics"), john) == []


@pytest.mark.parametrize(
    ("place", "found"),
    [
        ("3 King Street", ["A1/2", "A1/1"]),
        ("king street 4", ["A2/1"]),
        ("5 King Street", []),
        ("ZZ1 1ZZ", []),
        ("4 King Street, PL4 8AA", ["A2/1"]),
        ("4 King Street, PL4 8AB", []),
        ("(", []),
        ("", []),
    ],
)
def test_who_lives_at_a_place_is_found_but_not_the_protected(scene: Scene, place: str, found: list[str]) -> None:
    given = [each.id for each in by_place(of(scene), place)]
    assert sorted(given) == sorted(person(scene, named) for named in found)


@pytest.mark.parametrize("reference", ["a2", "L2", "01632 960001", "+44 1632 960001", "(01632) 960001"])
def test_a_person_is_found_by_a_record_or_a_telephone_number(scene: Scene, reference: str) -> None:
    assert [each.id for each in by_reference(of(scene), reference)] == [person(scene, "A2/1")]


def test_a_protected_person_is_found_by_reference_without_a_place(scene: Scene) -> None:
    (ivy, *_) = (each for each in by_reference(of(scene), "A5") if each.forename == "IVY")
    assert (ivy.address, ivy.postcode, ivy.uprn) == (None, None, None)
    assert by_reference(of(scene), ivy.id)[0].address is None
    assert by_reference(of(scene, SEES), ivy.id)[0].address


@pytest.mark.parametrize("purpose", ["statistics", "address-maintenance"])
def test_a_purpose_that_may_not_be_told_names_seeks_nobody(scene: Scene, purpose: str) -> None:
    for seek in (by_place, by_reference):
        with pytest.raises(PurposeRefused):
            seek(of(scene, purpose), "A2")
        assert list(scene.council.audit.events())[-1].kind == "denied"


def test_what_protects_somebody_is_told_to_who_sees_the_protected(scene: Scene) -> None:
    ivy = person(scene, "A5/1")
    assert protection_of(of(scene, SEES), ivy) == ("safe-address",)
    assert protection_of(of(scene), ivy) == ()
    assert protection_of(of(scene, SEES), person(scene, "A1/1")) == ()


def test_what_is_sought_and_given_is_noted_with_whom_it_showed(scene: Scene) -> None:
    given = by_place(of(scene), "3 King Street")
    last = list(scene.council.audit.events())[-1]
    assert (last.kind, last.actor, last.purpose, last.counts) == ("search", "a.bell", BLIND, {"shown": 2})
    assert last.persons == len(given)
    notices_of(of(scene), given[0].id)
    last = list(scene.council.audit.events())[-1]
    assert (last.kind, last.about, last.counts) == ("list", {"list": "notices"}, {"rows": 0})
