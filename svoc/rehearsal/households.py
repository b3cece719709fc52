"""The kinds of household in the rehearsal town, as a list that one can read and change."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Member:
    """Describe one member of a kind of household.

    The first member of a household is its head. Ages of the others may be differences from the head's. Twins are
    born on one day.
    """

    role: str  # head, partner, child, parent, sibling, sharer, student, resident
    ages: tuple[int, int]  # from and to, in years; for all but the head a difference where `relative`
    sex: str = "any"  # any, F, M, opposite to the head's, or same
    surname: str = "own"  # own, head, or either: 7 in 10 the head's
    forename: str = "own"  # own, head (father and son of one name), or initial (the head's initial)
    present: float = 1.0  # share of such households that have this member
    relative: bool = True
    beside_child: bool = False  # whether age and initial are measured against the child before, not the head


@dataclass(frozen=True, slots=True)
class Household:
    """Describe one kind of household: its share of the family dwellings and its members."""

    kind: str
    share: float
    members: tuple[Member, ...]


def _child(present: float = 1.0, forename: str = "own", sex: str = "any") -> Member:
    return Member("child", (-38, -21), sex=sex, surname="head", forename=forename, present=present)


def _head(youngest: int, oldest: int, sex: str = "any") -> Member:
    return Member("head", (youngest, oldest), sex=sex, relative=False)


_PARTNER = Member("partner", (-6, 4), sex="opposite", surname="either")
_WIFE = Member("partner", (-6, 3), sex="opposite", surname="head")

FAMILIES = (
    Household("single", 0.155, (_head(22, 62),)),
    Household("single_old", 0.135, (_head(62, 96),)),
    Household("couple", 0.270, (_head(24, 60, "M"), _PARTNER)),
    Household("couple_old", 0.135, (_head(60, 92, "M"), _WIFE)),
    Household("couple_adult_children", 0.105, (_head(44, 66, "M"), _PARTNER, _child(), _child(0.45), _child(0.1))),
    Household("lone_parent", 0.060, (_head(20, 44, "F"),)),
    Household("lone_parent_adult_child", 0.040, (_head(42, 66), _child(), _child(0.3))),
    Household("same_sex_couple", 0.012, (_head(24, 75), Member("partner", (-9, 9), sex="same", surname="own"))),
    Household(
        "three_generations",
        0.018,
        (
            _head(40, 60, "M"),
            _PARTNER,
            _child(0.8),
            Member("parent", (22, 34), sex="F", surname="head"),
            Member("parent", (22, 36), sex="M", surname="head", present=0.4),
        ),
    ),
    Household("father_and_son", 0.016, (_head(44, 80, "M"), _WIFE, _child(forename="head", sex="M"))),
    Household(
        "mother_and_daughter",
        0.006,
        (_head(44, 80, "F"), _child(forename="initial", sex="F")),
    ),
    Household(
        "like_initials",
        0.012,
        (
            _head(44, 68, "M"),
            _WIFE,
            _child(),
            Member("sibling", (-5, -1), sex="same", surname="head", forename="initial", beside_child=True),
        ),
    ),
    Household(
        "twins",
        0.008,
        (_head(42, 66, "M"), _PARTNER, _child(), Member("twin", (0, 0), surname="head", beside_child=True)),
    ),
    Household("siblings", 0.008, (_head(50, 85), Member("sibling", (-6, 6), surname="head"))),
    Household(
        "sharers",
        0.020,
        (_head(21, 38), *(Member("sharer", (20, 40), relative=False, present=p) for p in (1.0, 0.6, 0.3))),
    ),
)
"""What lives in houses and flats. What the shares leave over is empty."""

SHARED_HOUSE = Household(
    "shared_house",
    0.0,
    (_head(19, 40), *(Member("sharer", (19, 45), relative=False, present=p) for p in (1.0, 1.0, 0.7, 0.5, 0.3))),
)
STUDENT_HOUSE = Household(
    "student_house",
    0.0,
    (
        Member("student", (19, 22), relative=False),
        *(Member("student", (19, 22), relative=False, present=p) for p in (1.0, 1.0, 0.6, 0.3)),
    ),
)
STUDENT_FLAT = Household(
    "student_flat",
    0.0,
    (
        Member("student", (18, 20), relative=False),
        *(Member("student", (18, 20), relative=False, present=p) for p in (1.0, 1.0, 1.0, 0.8, 0.6)),
    ),
)


def care_home(size: int) -> Household:
    """Describe a care home of so many residents, a few of them married to one another by chance of name only.

    >>> len(care_home(20).members)
    20
    """
    first = Member("resident", (72, 99), relative=False)
    others = (Member("resident", (68, 100), relative=False, present=0.9) for _ in range(size - 1))
    return Household("care_home", 0.0, (first, *others))
