"""Comparisons for people's names: the whole name as one, and middle names by themselves."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

import numpy as np
import polars as pl

from matchers.comparisons import forenames, surnames
from matchers.comparisons.base import MISSING, Comparison
from matchers.comparisons.forenames import forename_relation
from matchers.comparisons.surnames import surname_key, surname_relation
from matchers.comparisons.values import Coded, Codes, Flags, Grades, coded, graded, plain, recoded, value_pairs

MIDDLE_CONFLICT, MIDDLE_INITIAL, MIDDLE_EQUAL = range(3)


@dataclass(frozen=True, slots=True)
class PersonName(Comparison):
    """Two people's names are weighed as one, because forename, middle names and surname are not independent.

    String columns; accents, capitals and punctuation do not count. Nicknames and other spellings come from
    `matchers/data/nicknames.csv`, pairs that only look alike (Paul, Paula) from `lookalikes.csv`. A missing
    surname makes the whole name missing, unless both sides have but one name. Rare names count for more.

    `previous_surname` holds a surname once borne; `alternative_surname` one that may as well be meant, such as that of the
    other party of a joint account: Mr Aaron James & Mrs Helen Carlley may be Aaron and Helen Carlley. `unlike` is the
    most that training may find of one person's records with names that differ altogether; less where systems are kept
    by officers, more where lists are badly garbled.

    >>> left = pl.DataFrame({"forename": ["Bill", "J", "Anna"], "middle_names": [None] * 3, "surname": ["Smith", "Okafor", "Reid"]})
    >>> right = pl.DataFrame({"forename": ["William", "John", "Tom"], "middle_names": [None] * 3, "surname": ["Smith", "Okafor", "Reid"]})
    >>> [PersonName.levels[grade] for grade in PersonName().grade(left, right)]
    ['surname agrees, forename by a nickname or another spelling', 'surname and initial agree', 'surname
    agrees, forenames conflict']
    """  # noqa: E501 (the example is one line)

    forename: str = "forename"
    middle_names: str = "middle_names"
    surname: str = "surname"
    previous_surname: str | None = None
    alternative_surname: str | None = None
    unlike: float = 0.02

    takes_codes: ClassVar[bool] = True
    levels: ClassVar[tuple[str, ...]] = (
        "names differ",
        "surname agrees, forenames conflict",
        "surname agrees, a forename is missing",
        "forename agrees, surnames differ",
        "forename and middle names agree, surnames differ",
        "forename and surname merely alike",
        "forename and surname exchanged",
        "surname agrees, known by a middle name",
        "surname and initial agree",
        "forename and surname agree, middle names conflict",
        "forename agrees, surname in part or by another name",
        "surname agrees and forename is alike, or the reverse",
        "surname and both initials agree",
        "surname agrees, forename by a nickname or another spelling",
        "forename and surname agree",
        "forename, middle names and surname agree",
    )
    expected: ClassVar[tuple[float, ...]] = (
        0.004, 0.006, 0.02, 0.02, 0.01, 0.01, 0.005, 0.01, 0.10, 0.0005, 0.02, 0.045, 0.05, 0.04, 0.4595, 0.20,
    )  # fmt: skip
    chance: ClassVar[tuple[float, ...]] = (
        0.98972, 0.002, 0.0002, 0.0065, 0.0005, 0.0001, 0.00001, 0.00003, 0.0003, 0.00003, 0.0001, 0.0001, 0.00001,
        0.0001, 0.00028, 0.00002,
    )  # fmt: skip
    ladder: ClassVar[tuple[int, ...]] = (0, 1, 2, 8, 13, 14, 15)

    @property
    def name(self) -> str:
        """Always `name`."""
        return "name"

    @property
    def at_most(self) -> Mapping[int, float]:  # type: ignore[override]
        """How often one person's names may conflict at the most.

        ALSPAC found that 12% of forenames differ between one person's records: spellings and nicknames, seldom more.
        Middle names that are given on both sides and conflict tell a father from his son; that they do for one person
        is assumed of no more than 5 in 10,000.
        """
        return MappingProxyType({0: self.unlike, 1: 0.03, 5: 0.03, 9: 0.0005})

    @property
    def at_least(self) -> Mapping[int, float]:  # type: ignore[override]
        """How often they conflict at the least: a fifth of the most, for who is told by names cannot show it."""
        return MappingProxyType({0: self.unlike / 5})

    @property
    def columns(self) -> tuple[str, ...]:
        """Forename, middle names, surname and, if given, the previous and the alternative surname."""
        named = (self.forename, self.middle_names, self.surname, self.previous_surname, self.alternative_surname)
        return tuple(column for column in named if column)

    def grade(self, left: pl.DataFrame, right: pl.DataFrame) -> pl.Series:
        """Grade by how the forenames, the surnames and the middle names stand to one another."""
        return graded(self.name, _judged(_Relations.between(self._side(left), self._side(right))))

    def _side(self, frame: pl.DataFrame) -> list[pl.Series]:
        nothing = frame[self.surname].clear(frame.height)
        former = frame[self.previous_surname] if self.previous_surname else nothing
        other = frame[self.alternative_surname] if self.alternative_surname else nothing
        return [frame[self.forename], frame[self.middle_names], frame[self.surname], former, other]

    @property
    def rarity(self) -> Mapping[int, tuple[str, ...]]:
        """The surname counts wherever it agrees, the forename wherever it is the same."""
        both, surname = (self.forename, self.surname), (self.surname,)
        by_surname = dict.fromkeys((1, 2, 5, 6, 7, 8, 10, 11, 12, 13), surname)
        return {**by_surname, 3: (self.forename,), 4: (self.forename,), 9: both, 14: both, 15: both}

    def rarity_key(self, column: str, values: pl.Series) -> pl.Series:
        """Surnames as one word, forenames by their first."""
        words = plain(values)
        return surname_key(words) if column == self.surname else words.str.split(" ").list.first()


@dataclass(frozen=True, slots=True)
class _Relations:
    """How two sides stand, row by row: relations of forenames, surnames and middle names (-1 missing), and what
    crosses over.
    """

    forename: Grades
    surname: Grades
    middle: Grades
    exchanged: Flags
    by_middle_name: Flags
    by_alternative: Flags

    @classmethod
    def between(cls, left: list[pl.Series], right: list[pl.Series]) -> "_Relations":
        raw = coded(*left, *right)
        tidy = recoded(raw, plain(raw.values))
        lone = _lone_names_as_surnames(tidy)
        forename, _, surname, _, _, other_forename, _, other_surname, _, _ = lone.codes
        by_forename = value_pairs(lone.values, forename, other_forename)
        by_surname = value_pairs(lone.values, surname, other_surname)
        forename_stands = by_forename.spread(forename_relation(by_forename))
        by_custom = recoded(lone, surname_key(lone.values))
        surname_stands = _by_habit(by_custom, by_surname.spread(surname_relation(by_surname)))
        matters = (surname_stands >= surnames.ALIKE) | (forename_stands >= forenames.RELATED)
        return cls(
            forename=forename_stands,
            surname=surname_stands,
            middle=_middle_where(matters, tidy),
            exchanged=_both(forename, other_surname) & _both(surname, other_forename),
            by_middle_name=_by_middle_name(lone),
            by_alternative=_by_alternative(by_custom, forename_stands),
        )


def _both(one: Codes, other: Codes) -> Flags:
    both: Flags = (one == other) & (one >= 0)
    return both


def _lone_names_as_surnames(tidy: Coded) -> Coded:
    """Where neither side has a surname, the one name each has is compared as a surname."""
    forename, middle, surname, *more = tidy.codes[:5]
    other_forename, other_middle, other_surname, *others_more = tidy.codes[5:]
    lone = (surname < 0) & (other_surname < 0) & (forename >= 0) & (other_forename >= 0)
    moved = np.where(lone, MISSING, forename), middle, np.where(lone, forename, surname), *more
    others = (
        np.where(lone, MISSING, other_forename),
        other_middle,
        np.where(lone, other_forename, other_surname),
        *others_more,
    )
    return Coded(tidy.values, (*moved, *others))


def _by_habit(by_custom: Coded, relation: Grades) -> Grades:
    """Surnames that custom writes in several ways are equal; a former surname makes them equal in part."""
    _, _, surname, former, _, _, _, other_surname, other_former, _ = by_custom.codes
    formerly = _both(former, other_surname) | _both(surname, other_former) | _both(former, other_former)
    at_least = np.where(_both(surname, other_surname), surnames.EQUAL, np.where(formerly, surnames.IN_PART, relation))
    return np.maximum(at_least, relation).astype(np.int8)


def _by_alternative(by_custom: Coded, forename_stands: Grades) -> Flags:
    """The forename agrees and so does the surname that may as well be meant.

    A lone name that was taken for a surname (Mr Jayesh & Mrs P Iyer) may be the forename beside it.
    """
    forename, _, surname, _, mine, other_forename, _, other_surname, _, theirs = by_custom.codes
    lone = ((forename < 0) & _both(surname, other_forename)) | ((other_forename < 0) & _both(forename, other_surname))
    meant = _both(mine, other_surname) | _both(surname, theirs)
    found: Flags = meant & ((forename_stands >= forenames.RELATED) | lone)
    return found


def _by_middle_name(tidy: Coded) -> Flags:
    """One side's forename is the first of the other's middle names, both written out."""
    first = tidy.values.str.split(" ").list.first()
    written_out = (
        pl.DataFrame({"first": first}).select(pl.when(pl.col("first").str.len_chars() > 1).then("first")).to_series()
    )
    forename, middle, _, _, _, other_forename, other_middle, *_ = recoded(tidy, written_out).codes
    return _both(forename, other_middle) | _both(middle, other_forename)


def _middle_names(tidy: Coded) -> tuple[pl.Series, pl.Series]:
    """All names after the first, wherever they were written."""
    rest = tidy.values.str.extract(r"^\S+ (.+)$")
    forename, middle, _, _, _, other_forename, other_middle, *_ = tidy.codes
    return _joined(tidy.values, rest, forename, middle), _joined(tidy.values, rest, other_forename, other_middle)


def _joined(values: pl.Series, rest: pl.Series, forename: Codes, middle: Codes) -> pl.Series:
    written = _at(values, middle)
    if rest.null_count() == len(rest):
        return written
    both = pl.DataFrame({"rest": _at(rest, forename), "middle": written})
    joined = pl.concat_str("rest", "middle", separator=" ", ignore_nulls=True)
    return both.select(pl.when(joined != "").then(joined)).to_series()


def _at(values: pl.Series, codes: Codes) -> pl.Series:
    return pl.concat([values, pl.Series([None], dtype=pl.String)]).gather(np.where(codes < 0, len(values), codes))


def _middle_where(matters: Flags, tidy: Coded) -> Grades:
    """The middle names' relation where it matters: beside surnames that have nothing in common it does not."""
    answers, rows = np.full(len(matters), MISSING, dtype=np.int8), np.flatnonzero(matters)
    answers[rows] = _middle_relation(*_middle_names(Coded(tidy.values, tuple(codes[rows] for codes in tidy.codes))))
    return answers


def _middle_relation(left: pl.Series, right: pl.Series) -> Grades:
    names = coded(left, right)
    pairs = value_pairs(names.values, *names.codes)
    one, other = pl.col("low").str.split(" "), pl.col("high").str.split(" ")
    shared = one.list.set_intersection(other).list.filter(pl.element().str.len_chars() > 1).list.len() > 0
    first, second = one.list.first(), other.list.first()
    initial = (pl.min_horizontal(first.str.len_chars(), second.str.len_chars()) == 1) & (
        first.str.head(1) == second.str.head(1)
    )
    answers = pairs.frame().select(shared=shared, initial=initial)
    related = forename_relation(pairs) >= forenames.RELATED
    kind = [answers["shared"].to_numpy() | (related & ~answers["initial"].to_numpy()), answers["initial"].to_numpy()]
    return pairs.spread(np.select(kind, [MIDDLE_EQUAL, MIDDLE_INITIAL], default=MIDDLE_CONFLICT))


def _judged(r: _Relations) -> Grades:
    """The first rule that fits a row gives its grade."""
    same_surname, any_surname = r.surname == surnames.EQUAL, r.surname >= surnames.IN_PART
    same, related = r.forename == forenames.EQUAL, r.forename == forenames.RELATED
    initial, alike = r.forename == forenames.INITIAL, r.forename == forenames.ALIKE
    named = same | related
    conflict, agree = r.middle == MIDDLE_CONFLICT, r.middle >= MIDDLE_INITIAL
    rules: tuple[tuple[Flags, int], ...] = (
        (same_surname & same & agree, 15),
        (same_surname & named & conflict, 9),
        (same_surname & same, 14),
        (same_surname & related, 13),
        (r.exchanged, 6),
        (r.surname == MISSING, MISSING),
        (same_surname & initial & agree, 12),
        (any_surname & r.by_middle_name, 7),
        (same_surname & alike & ~conflict, 11),
        ((r.surname == surnames.ALIKE) & named & ~conflict, 11),
        (any_surname & named, 10),
        (r.by_alternative, 10),
        (any_surname & initial & ~conflict, 8),
        ((r.surname >= surnames.ALIKE) & (alike | initial | named) & ~conflict, 5),
        (any_surname & (r.forename == MISSING), 2),
        (any_surname, 1),
        (named & agree, 4),
        (named, 3),
    )
    return np.select([rule for rule, _ in rules], [grade for _, grade in rules], default=0).astype(np.int8)


@dataclass(frozen=True, slots=True)
class MiddleNames(Comparison):
    """Middle names conflict, agree by their initial, or share a name. Not beside `PersonName`, which reads them
    already.

    >>> left = pl.DataFrame({"middle_names": ["Rose", "R"]})
    >>> right = pl.DataFrame({"middle_names": ["Rose Ann", "Rose"]})
    >>> MiddleNames("middle_names").grade(left, right).to_list()
    [2, 1]
    """

    column: str = "middle_names"

    levels: ClassVar[tuple[str, ...]] = ("conflict", "agree by an initial", "agree")
    expected: ClassVar[tuple[float, ...]] = (0.05, 0.25, 0.70)
    chance: ClassVar[tuple[float, ...]] = (0.90, 0.07, 0.03)
    ladder: ClassVar[tuple[int, ...]] = (0, 1, 2)

    @property
    def name(self) -> str:
        """The column's name."""
        return self.column

    @property
    def columns(self) -> tuple[str, ...]:
        """The one column."""
        return (self.column,)

    def grade(self, left: pl.DataFrame, right: pl.DataFrame) -> pl.Series:
        """Grade by the names in common, else by the first initial."""
        return graded(self.name, _middle_relation(plain(left[self.column]), plain(right[self.column])))
