"""A comparison of what titles, or else forenames, say of sex and marriage: weak evidence, and never a veto."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import ClassVar

import numpy as np
import polars as pl

from matchers.comparisons.base import MISSING
from matchers.comparisons.by_record import ByRecord, Rows
from matchers.comparisons.columns import Columns
from matchers.comparisons.values import Coded, Codes, Grades, plain, recoded
from matchers.errors import ModelFault

MALE = (
    "MR",
    "MASTER",
    "MSTR",
    "SIR",
    "LORD",
    "FATHER",
    "FR",
    "BROTHER",
    "BR",
    "IMAM",
    "SARDAR",
    "SHRI",
    "BARON",
    "EARL",
    "VISCOUNT",
)
FEMALE = (
    "MRS",
    "MISS",
    "MS",
    "LADY",
    "DAME",
    "SISTER",
    "SMT",
    "SHRIMATI",
    "BARONESS",
    "COUNTESS",
    "VISCOUNTESS",
    "MADAM",
    "MME",
)

BESIDE = ("nothing", "initial", "forename")
"""What there is of forenames beside the titles: one is missing; one is but an initial, which fits; neither."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """What each record's title says of sex and marriage, and its forename of sex (`by_name`); the forename's letters,
    0, 1 or more, and its initial.
    """

    sex: Grades
    marriage: Grades
    by_name: Grades
    letters: Grades
    initial: Codes


@dataclass(frozen=True, slots=True)
class Title(ByRecord):
    """Two titles belong to opposite sexes, or to the same: weak evidence, missing for Dr, Rev, Mx and the like.

    In one record of a hundred at least, the title is assumed to be somebody else's, so that it is never a veto.

    Mrs beside Miss or Ms is more often a mother beside her daughter than one woman who writes herself two ways.

    What that is worth depends on the forenames, so that a model which is given `forename` takes one such comparison
    for each of `BESIDE`. `nothing`: a forename is missing on one side, and most others in the household are of the
    opposite sex. `initial`: one side has but an initial, which fits the other; father and son go by one initial
    oftener than husband and wife, so that the same sex says less. Where a title is missing there, a written-out
    forename that only men or only women bear (`matchers/data/forename_sex.csv`) speaks for it. `forename`: all other
    pairs; two people called Mark are men already, so that only what disagrees counts.

    >>> left = pl.DataFrame({"title": ["Mr", "Mrs", "Mrs", "Dr"], "forename": ["J", "A", None, "Kim"]})
    >>> right = pl.DataFrame({"title": ["Miss", "Ms.", None, "Mr"], "forename": ["Jane", "Ann", "Ann", "Kim"]})
    >>> Title("title").grade(left, right).to_list()
    [0, 1, -1, -1]
    >>> Title("title", "forename", "initial").grade(left, right).to_list()
    [0, 1, -1, -1]
    >>> Title("title", "forename", "nothing").grade(left, right).to_list()
    [-1, -1, 2, -1]
    """

    column: str = "title"
    forename: str | None = None
    beside: str | None = None

    levels: ClassVar[tuple[str, ...]] = (
        "opposite sexes by title or forename", "a wife's title and a single woman's",
        "the same sex by title or forename",
    )  # fmt: skip
    expected: ClassVar[tuple[float, ...]] = (0.01, 0.04, 0.95)
    chance: ClassVar[tuple[float, ...]] = (0.5, 0.1, 0.4)
    at_most: ClassVar[Mapping[int, float]] = MappingProxyType({0: 0.02, 1: 0.06})
    at_least: ClassVar[Mapping[int, float]] = MappingProxyType({0: 0.01})
    ladder: ClassVar[tuple[int, ...]] = (0, 1, 2)

    def __post_init__(self) -> None:
        """Refuse one of `forename` and `beside` without the other."""
        if (self.forename is None) != (self.beside is None) or self.beside not in {None, *BESIDE}:
            raise ModelFault(f"a title with a forename needs to know beside which of {', '.join(BESIDE)} it speaks")

    @property
    def conditional(self) -> bool:  # type: ignore[override]
        """Beside the wrong forenames it is silent, whatever the titles."""
        return self.beside is not None

    @property
    def name(self) -> str:
        """The column's name, and beside what it speaks."""
        return f"{self.column}_beside_{self.beside}" if self.beside else self.column

    @property
    def columns(self) -> tuple[str, ...]:
        """The title, and the forename where one is given."""
        return (self.column, self.forename) if self.forename else (self.column,)

    def read(self, records: Columns) -> Spoken:
        """Read what each title says of sex and of marriage, and what each forename does."""
        return records.shared(_spoken, *self.columns)

    def between(self, read: Spoken, left: Rows, right: Rows) -> Grades:
        """Grade 2 for the same sex, 1 where one of two women is a wife by her title and the other is not."""
        sex, other_sex = read.sex[left], read.sex[right]
        marriage, other_marriage = read.marriage[left], read.marriage[right]
        unlike = (marriage >= 0) & (other_marriage >= 0) & (marriage != other_marriage)
        speaks = np.ones(len(left), dtype=np.bool_)
        if self.beside:
            speaks = _beside(read, left, right) == BESIDE.index(self.beside)
            if self.beside == "forename":
                speaks &= (sex != other_sex) | unlike
            else:
                sex = np.where(sex == MISSING, read.by_name[left], sex)
                other_sex = np.where(other_sex == MISSING, read.by_name[right], other_sex)
        silent = ~speaks | (sex == MISSING) | (other_sex == MISSING)
        return np.select([silent, unlike, sex == other_sex], [MISSING, 1, 2], default=0).astype(np.int8)


def _spoken(records: Columns, title: str, forename: str | None = None) -> Spoken:
    titles = records.plain(title)
    sex, marriage = (_carried(said(titles.values), titles) for said in (_sex_by_title, _marriage_by_title))
    if forename is None:
        return Spoken(sex, marriage, np.zeros_like(sex), np.zeros_like(sex), titles.codes[0])
    forenames = records.plain(forename)
    lengths = np.minimum(forenames.values.str.len_chars().to_numpy(), 2).astype(np.int8)
    by_name = _carried(_sex_by_forename(forenames.values), forenames)
    first = recoded(forenames, forenames.values.str.head(1)).codes[0]
    return Spoken(sex, marriage, by_name, np.maximum(_carried(lengths, forenames), 0), first)


def _carried(of_values: Grades, dictionary: Coded) -> Grades:
    """Carry what is said of each distinct value to the rows."""
    return np.append(of_values, np.int8(MISSING))[dictionary.codes[0]]


def _beside(read: Spoken, left: Rows, right: Rows) -> Grades:
    """Tell for each pair which of `BESIDE` its two forenames are."""
    short, other_short = read.letters[left], read.letters[right]
    missing = (short < 1) | (other_short < 1)
    fits = ((short == 1) | (other_short == 1)) & (read.initial[left] == read.initial[right])
    return np.select([missing, fits], [0, 1], default=2).astype(np.int8)


def _sex_by_title(titles: pl.Series) -> Grades:
    return _numbered(titles, {**dict.fromkeys(MALE, 0), **dict.fromkeys(FEMALE, 1)})


def _sex_by_forename(bare: pl.Series) -> Grades:
    names, sexes = _forename_sexes()
    return bare.replace_strict(names, sexes, default=MISSING, return_dtype=pl.Int8).to_numpy()


def _marriage_by_title(titles: pl.Series) -> Grades:
    return _numbered(titles, {"MRS": 0, "MISS": 1, "MS": 1})


def _numbered(words: pl.Series, numbers: Mapping[str, int]) -> Grades:
    return words.replace_strict(dict(numbers), default=MISSING, return_dtype=pl.Int8).to_numpy()


@cache
def _forename_sexes() -> tuple[pl.Series, pl.Series]:
    listed = pl.read_csv((files("matchers") / "data" / "forename_sex.csv").read_bytes())
    sexes = dict(zip(plain(listed["forename"]), listed["sex"].replace_strict({"M": 0, "F": 1}), strict=True))
    return pl.Series(list(sexes), dtype=pl.String), pl.Series(list(sexes.values()), dtype=pl.Int8)
