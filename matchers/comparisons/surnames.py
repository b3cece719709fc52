"""How two surnames stand to one another: equal under the spelling habits of these islands, equal in part, alike, or
different.
"""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from matchers.comparisons.likeness import Words, alike
from matchers.comparisons.values import Codes, Grades

DIFFERENT, ALIKE, IN_PART, EQUAL = range(4)

ALIKE_FROM = 0.90
SHORTEST_TO_MISSPELL = 4
PARTICLES = (
    "AL", "AP", "AB", "BEN", "BIN", "BINT", "DA", "DE", "DEL", "DELLA", "DEN", "DER", "DI", "DOS", "DU", "EL", "IBN",
    "LA", "LE", "MAC", "MC", "NI", "NIC", "SAINT", "ST", "TEN", "TER", "UI", "VAN", "VON", "FERCH", "FITZ",
)  # fmt: skip
# Rewritten in this order. Mac is Mc, Saint is St; Kowalska is Kowalski's wife, Petrova Petrov's, Jonaitiene Jonaitis's.
HABITS = (
    (r"^MAC ?([BCDFGHJKLMNPQRSTVWXZ])", "MC${1}"),
    (r"^MC ", "MC"),
    (r"^SAINT ", "ST "),
    (r"(SK|CK|DZK)A$", "${1}I"),
    (r"(SK|CK|DZK)Y$", "${1}I"),
    (r"(...[OE]V)A$", "${1}"),
    (r"(....)(IENE|YTE|UTE|IS|AS|YS)$", "${1}IS"),
)
ANY_HABIT = "|".join(habit for habit, _ in HABITS)


def surname_key(plain_surnames: pl.Series) -> pl.Series:
    """Write surnames in plain capitals as one word, one way where custom has several.

    >>> from matchers.comparisons.values import plain
    >>> surname_key(plain(pl.Series(["MacDonald", "McDonald", "O'Brien", "Smith-Jones", "Kowalska"]))).to_list()
    ['MCDONALD', 'MCDONALD', 'OBRIEN', 'SMITHJONES', 'KOWALSKI']
    """
    words = plain_surnames.str.replace_all(" ", "", literal=True)
    # Few surnames have a habit, and one look for all habits costs little more than one rewriting.
    some = np.flatnonzero(plain_surnames.str.contains(ANY_HABIT).fill_null(value=False).to_numpy())
    if not len(some):
        return words
    word = pl.lit(plain_surnames[some])
    for habit, one_way in HABITS:
        word = word.str.replace(habit, one_way)
    return words.scatter(some, pl.select(word.str.replace_all(" ", "", literal=True)).to_series())


def surname_relation(words: Words, one: Codes, other: Codes) -> Grades:
    """Grade each pair of surnames in plain capitals, habits aside: DIFFERENT, ALIKE, IN_PART or EQUAL."""
    answers = np.where(one == other, EQUAL, DIFFERENT).astype(np.int8)
    doubled = words.values.str.contains(" ", literal=True).to_numpy()
    some = np.flatnonzero((one != other) & (doubled[one] | doubled[other]))
    answers[some[_in_part(words.values.gather(one[some]), words.values.gather(other[some]))]] = IN_PART
    left = np.flatnonzero(answers == DIFFERENT)
    answers[left[alike(words, one[left], other[left], ALIKE_FROM, SHORTEST_TO_MISSPELL)]] = ALIKE
    return answers


def _in_part(one: pl.Series, other: pl.Series) -> NDArray[np.bool_]:
    shared = _parts("one").list.set_intersection(_parts("other")).list.len() > 0
    return pl.DataFrame({"one": one, "other": other}).select(shared).to_series().to_numpy()


def _parts(column: str) -> pl.Expr:
    part = pl.element()
    return pl.col(column).str.split(" ").list.eval(part.filter((part.str.len_chars() >= 3) & ~part.is_in(PARTICLES)))
