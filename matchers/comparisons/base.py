"""The door for comparisons: what a family of comparisons must offer to take part in a model.

To add one: a frozen, slotted dataclass that inherits from `Comparison`, in the file of its family, and one line in
`catalogue.py`.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar

import polars as pl

MISSING = -1


class Comparison(ABC):
    """Grades how well two records agree on one thing.

    A subclass is a frozen dataclass whose fields are the arguments a model file keeps (strings, numbers, booleans,
    None).

    - `levels`: the grades 0, 1, 2, ... in words, 0 being "differs".
    - `expected`: for each level, the share of true matches that one expects there before seeing any data; sums to
      1.
    - `chance`: the same for pairs that are not matches; both give way to the data as far as there are any.
    - `chance_together`: the same for two people of one place, where kin share what strangers do not: a landline, a
      birthday of twins. None: `chance`.
    - `kinship`: grades at which two records are of two people who may be kin. What else such a pair shares is weighed
      as kin share it, wherever they live.
    - `ladder`: grades whose weights must not fall from one to the next; all others are free.
    - `at_most`: for some grades, the largest share of matches that training may believe in, whatever the pairs look
      like: without it, kin who share a surname would be taken for one person whose forename varies.
    - `at_least`: the smallest, for grades that training cannot see one person reach, because it tells one person by
      the very thing: without it, a slip that nobody found would weigh as if nobody made it.
    - `least_chance`: for some grades, the smallest share of pairs that are not matches, whatever random pairs look
      like: two strangers never have one telephone, but of the pairs that are looked at many are kin who live elsewhere.
    - `leads`: whether training may tell matches by it. Weak or time-bound evidence does not lead: it is learned
      afterwards, from the pairs that the leading comparisons have told apart.
    - `conditional`: whether it may be silent though all it reads is there, because something else is or is not: to
      write its columns otherwise would not make it speak, so that no explanation proposes it.
    """

    __slots__ = ()
    levels: ClassVar[tuple[str, ...]]
    expected: ClassVar[tuple[float, ...]]
    chance: ClassVar[tuple[float, ...]]
    chance_together: ClassVar[tuple[float, ...] | None] = None
    kinship: ClassVar[tuple[int, ...]] = ()
    ladder: ClassVar[tuple[int, ...]] = ()
    at_most: ClassVar[Mapping[int, float]] = MappingProxyType({})
    at_least: ClassVar[Mapping[int, float]] = MappingProxyType({})
    least_chance: ClassVar[Mapping[int, float]] = MappingProxyType({})
    leads: ClassVar[bool] = True
    conditional: ClassVar[bool] = False

    @property
    @abstractmethod
    def name(self) -> str:
        """What the comparison is called in a model: the pairs' column is `grade_<name>`."""

    @property
    @abstractmethod
    def columns(self) -> tuple[str, ...]:
        """The columns that `grade` reads on either side."""

    @abstractmethod
    def grade(self, left: pl.DataFrame, right: pl.DataFrame) -> pl.Series:
        """Grade row by row two frames of equal height holding `columns`: Int8, -1 where either side is missing.

        It must be symmetric, `grade(a, b) == grade(b, a)`, and must look at nothing but the row.
        """

    @property
    def rarity(self) -> Mapping[int, tuple[str, ...]]:
        """For each grade that a rare value makes stronger: the columns whose values count. Empty: rarity is
        ignored.
        """
        return {}

    def rarity_key(self, column: str, values: pl.Series) -> pl.Series:
        """Return the values of a column in the form under which their frequency is kept: String, null where
        missing.
        """
        return values.cast(pl.String)


class OfOneColumn(Comparison):
    """A comparison of one column, after which it is named; a subclass has the field `column`."""

    __slots__ = ()
    column: str

    @property
    def name(self) -> str:
        """The column's name."""
        return self.column

    @property
    def columns(self) -> tuple[str, ...]:
        """The one column."""
        return (self.column,)
