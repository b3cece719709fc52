"""How two people's names stand to one another, part by part, and the grade that follows from it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from matchers.comparisons import forenames, surnames
from matchers.comparisons.base import MISSING
from matchers.comparisons.columns import Columns
from matchers.comparisons.forenames import Forenames, forename_relation
from matchers.comparisons.surnames import surname_key, surname_relation
from matchers.comparisons.values import Coded, Codes, Flags, Grades, coded, merged, value_pairs

MIDDLE_CONFLICT, MIDDLE_INITIAL, MIDDLE_EQUAL = range(3)
NONE = np.int32(MISSING)
STATES = ((MISSING, 6), (MISSING, 5), (MISSING, 4), (0, 2), (0, 2), (0, 2))
"""The least of the states of each relation, in their order, and how many there are."""


@dataclass(frozen=True, slots=True)
class MiddleRead:
    """Middle names, distinct, and every record's code."""

    names: Forenames
    codes: Codes


@dataclass(frozen=True, slots=True)
class NameRead:
    """Names as numbers, one dictionary for all: every record's forename, middle names, surname, former and other
    surname (-1 missing); and for every value how custom writes it (`custom`) and the first name that is written out in
    it (`first`, -1 where none is). A last -1 stands for what is missing.
    """

    names: Forenames
    parts: Sequence[Codes]
    custom: Codes
    first: Codes
    later: MiddleRead


def read_names(records: Columns, columns: Sequence[str | None]) -> NameRead:
    """Read the five columns, of which some may not be there."""
    filled = [column if column and records.filled(column) else None for column in columns]
    tidy = merged(*(records.plain(column) for column in filled if column), Coded(pl.Series([], dtype=pl.String), ()))
    found, nothing = iter(tidy.codes), np.full(records.frame.height, NONE)
    forename, middle, *more = (next(found) if column else nothing for column in filled)
    names = Forenames.of(tidy.values)
    first = names.firsts.codes[0]
    return NameRead(
        names,
        (forename, middle, *more),
        custom=np.append(coded(surname_key(tidy.values)).codes[0], NONE),
        first=np.append(np.where(names.lengths[first] > 1, first, NONE), NONE),
        later=_later_names(tidy.values, forename, middle),
    )


def _later_names(values: pl.Series, forename: Codes, middle: Codes) -> MiddleRead:
    """All names after the first, wherever they were written."""
    rest = coded(values.str.extract(r"^\S+ (.+)$"))
    after = np.append(rest.codes[0], NONE)[forename]
    if middle.max(initial=MISSING) < 0:
        return MiddleRead(Forenames.of(rest.values), after)
    both = pl.DataFrame({"rest": after, "middle": middle}).unique()
    text = pl.concat_str(_written("rest", rest.values), _written("middle", values), separator=" ", ignore_nulls=True)
    read = both.with_columns(text=pl.when(text != "").then(text))
    names = coded(read["text"])
    number = pl.DataFrame({"rest": after, "middle": middle}).join(
        both.with_columns(code=names.codes[0]), on=["rest", "middle"], how="left", maintain_order="left"
    )["code"]
    return MiddleRead(Forenames.of(names.values), number.to_numpy())


def _written(column: str, values: pl.Series) -> pl.Expr:
    code = pl.col(column)
    return pl.lit(values.extend_constant(None, 1)).gather(pl.when(code < 0).then(len(values)).otherwise(code))


@dataclass(frozen=True, slots=True)
class Relations:
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
    def between(cls, read: NameRead, left: NDArray[np.int64], right: NDArray[np.int64]) -> "Relations":
        """Compare the names of pairs of rows."""
        mine, theirs = _lone_names_as_surnames(
            [part[left] for part in read.parts], [part[right] for part in read.parts]
        )
        forename, surname = (value_pairs(len(read.first) - 1, mine[part], theirs[part]) for part in (0, 2))
        forename_stands = forename.spread(forename_relation(read.names, forename.one, forename.other))
        related = surname.spread(surname_relation(read.names.words, surname.one, surname.other))
        custom = [read.custom[part] for part in mine], [read.custom[part] for part in theirs]
        surname_stands = _by_habit(*custom, related)
        matters = (surname_stands >= surnames.ALIKE) | (forename_stands >= forenames.RELATED)
        return cls(
            forename=forename_stands,
            surname=surname_stands,
            middle=_middle_where(matters, read.later, left, right),
            exchanged=_both(mine[0], theirs[2]) & _both(mine[2], theirs[0]),
            by_middle_name=_both(read.first[mine[0]], read.first[theirs[1]])
            | _both(read.first[mine[1]], read.first[theirs[0]]),
            by_alternative=_by_alternative(*custom, forename_stands),
        )


def _both(one: Codes, other: Codes) -> Flags:
    both: Flags = (one == other) & (one >= 0)
    return both


def _lone_names_as_surnames(mine: list[Codes], theirs: list[Codes]) -> tuple[list[Codes], list[Codes]]:
    """Where neither side has a surname, the one name each has is compared as a surname."""
    lone = np.flatnonzero((mine[2] < 0) & (theirs[2] < 0) & (mine[0] >= 0) & (theirs[0] >= 0))
    for side in (mine, theirs):
        side[2][lone] = side[0][lone]
        side[0][lone] = NONE
    return mine, theirs


def _by_habit(mine: list[Codes], theirs: list[Codes], relation: Grades) -> Grades:
    """Surnames that custom writes in several ways are equal; a former surname makes them equal in part."""
    surname, former, other_surname, other_former = mine[2], mine[3], theirs[2], theirs[3]
    formerly = _both(former, other_surname) | _both(surname, other_former) | _both(former, other_former)
    at_least = np.where(_both(surname, other_surname), surnames.EQUAL, np.where(formerly, surnames.IN_PART, relation))
    return np.maximum(at_least, relation).astype(np.int8)


def _by_alternative(mine: list[Codes], theirs: list[Codes], forename_stands: Grades) -> Flags:
    """The forename agrees and so does the surname that may as well be meant.

    A lone name that was taken for a surname (Mr Jayesh & Mrs P Iyer) may be the forename beside it.
    """
    (forename, _, surname, _, other), (their_forename, _, their_surname, _, their_other) = mine, theirs
    lone = ((forename < 0) & _both(surname, their_forename)) | ((their_forename < 0) & _both(forename, their_surname))
    meant = _both(other, their_surname) | _both(surname, their_other)
    found: Flags = meant & ((forename_stands >= forenames.RELATED) | lone)
    return found


def _middle_where(matters: Flags, later: MiddleRead, left: NDArray[np.int64], right: NDArray[np.int64]) -> Grades:
    """The middle names' relation where it matters: beside surnames that have nothing in common it does not."""
    answers = np.full(len(matters), MISSING, dtype=np.int8)
    if len(later.names.compact):
        rows = np.flatnonzero(matters)
        answers[rows] = middle_relation(later.names, later.codes[left[rows]], later.codes[right[rows]])
    return answers


def middle_relation(names: Forenames, left: Codes, right: Codes) -> Grades:
    """How middle names stand: MIDDLE_CONFLICT, MIDDLE_INITIAL or MIDDLE_EQUAL (-1 missing)."""
    pairs = value_pairs(len(names.compact), left, right)
    frame = pl.DataFrame({"one": names.words.values.gather(pairs.one), "other": names.words.values.gather(pairs.other)})
    one, other = pl.col("one").str.split(" "), pl.col("other").str.split(" ")
    shared = one.list.set_intersection(other).list.filter(pl.element().str.len_chars() > 1).list.len() > 0
    same = frame.select(shared).to_series().to_numpy()
    relation = forename_relation(names, pairs.one, pairs.other)
    first, second = names.firsts.codes[0][pairs.one], names.firsts.codes[0][pairs.other]
    initial = (np.minimum(names.lengths[first], names.lengths[second]) == 1) & (
        names.letters[first] == names.letters[second]
    )
    kind = [same | ((relation >= forenames.RELATED) & ~initial), initial]
    return pairs.spread(np.select(kind, [MIDDLE_EQUAL, MIDDLE_INITIAL], default=MIDDLE_CONFLICT))


def judged(r: Relations) -> Grades:
    """Grade every row by the states that its relations are in: there are few, and each is judged once."""
    parts = r.forename, r.surname, r.middle, r.exchanged, r.by_middle_name, r.by_alternative
    state = np.zeros(len(r.forename), dtype=np.int16)
    for part, (least, span) in zip(parts, STATES, strict=True):
        state = state * np.int16(span) + (part.astype(np.int16) - np.int16(least))
    forename, surname, middle, *flags = (
        (states + least).astype(np.int8)
        for states, (least, _) in zip(np.indices([span for _, span in STATES]).reshape(6, -1), STATES, strict=True)
    )
    exchanged, by_middle_name, by_alternative = (flag.astype(np.bool_) for flag in flags)
    grades: Grades = _judged(Relations(forename, surname, middle, exchanged, by_middle_name, by_alternative))[state]
    return grades


def _judged(r: Relations) -> Grades:
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
