"""Comparisons for people's names: the whole name as one, and middle names by themselves."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

import polars as pl

from matchers.comparisons.by_record import ByRecord, Rows
from matchers.comparisons.columns import Columns
from matchers.comparisons.forenames import Forenames
from matchers.comparisons.name_relations import (
    MiddleRead,
    NameRead,
    Relations,
    judged,
    middle_relation,
    read_names,
)
from matchers.comparisons.surnames import surname_key
from matchers.comparisons.values import Grades, plain


@dataclass(frozen=True, slots=True)
class PersonName(ByRecord):
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
    ['surname agrees, forename by a nickname or another spelling', 'surname and initial agree', 'surname agrees, forenames conflict']
    """  # noqa: E501 (the example is one line)

    forename: str = "forename"
    middle_names: str = "middle_names"
    surname: str = "surname"
    previous_surname: str | None = None
    alternative_surname: str | None = None
    unlike: float = 0.02

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
    kinship: ClassVar[tuple[int, ...]] = (0, 1)

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

    def read(self, records: Columns) -> NameRead:
        """Read the names in plain capitals, and what custom writes alike."""
        named = (self.forename, self.middle_names, self.surname, self.previous_surname, self.alternative_surname)
        return read_names(records, named)

    def between(self, read: NameRead, left: Rows, right: Rows) -> Grades:
        """Grade by how the forenames, the surnames and the middle names stand to one another."""
        return judged(Relations.between(read, left, right))

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
class MiddleNames(ByRecord):
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

    def read(self, records: Columns) -> MiddleRead:
        """Read the middle names in plain capitals."""
        names = records.plain(self.column)
        return MiddleRead(Forenames.of(names.values), names.codes[0])

    def between(self, read: MiddleRead, left: Rows, right: Rows) -> Grades:
        """Grade by the names in common, else by the first initial."""
        return middle_relation(read.names, read.codes[left], read.codes[right])
