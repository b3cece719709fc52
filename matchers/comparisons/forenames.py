"""How two forenames stand to one another: equal, one a nickname of the other, an initial, alike, or in conflict."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import polars as pl
from numpy.typing import NDArray

from matchers.comparisons.base import MISSING
from matchers.comparisons.likeness import Words, alike
from matchers.comparisons.values import Coded, Codes, Grades, coded, plain

CONFLICT, ALIKE, INITIAL, RELATED, EQUAL = range(5)

ALIKE_FROM = 0.88
SHORTEST_TO_MISSPELL = 4
# What turns a man's name into a woman's: Martin, Martina. Such pairs are two people, not a slip of the pen.
GENDERED_ENDINGS = ("A", "E", "IA", "INA", "INE", "LE", "LLE", "LLA", "ELLE", "ETTE", "ITA")


@dataclass(frozen=True, slots=True)
class Forenames:
    """Distinct forenames in plain capitals, and numbers for what is compared of each: the first name (`firsts`, with
    its `lengths` and its `letters`), the whole without spaces (`compact`), and the first name's place among the
    listed ones (`listed`, -1 elsewhere).
    """

    words: Words
    firsts: Coded
    lengths: Codes
    letters: Codes
    compact: Codes
    listed: Codes

    @classmethod
    def of(cls, values: pl.Series) -> "Forenames":
        """Read forenames in plain capitals."""
        firsts = coded(values.str.split(" ").list.first())
        places = firsts.values.to_frame("name").join(_listed(), on="name", how="left", maintain_order="left")
        compact = coded(values.str.replace_all(" ", "", literal=True))
        return cls(
            Words(values),
            firsts,
            lengths=firsts.values.str.len_chars().cast(pl.Int32).to_numpy(),
            letters=coded(firsts.values.str.head(1)).codes[0],
            compact=compact.codes[0],
            listed=places["place"].cast(pl.Int32).fill_null(MISSING).to_numpy(),
        )


def forename_relation(names: Forenames, one: Codes, other: Codes) -> Grades:
    """Grade each pair of forenames: CONFLICT, ALIKE, INITIAL, RELATED or EQUAL."""
    first, second = names.firsts.codes[0][one], names.firsts.codes[0][other]
    initial = (np.minimum(names.lengths[first], names.lengths[second]) == 1) & (
        names.letters[first] == names.letters[second]
    )
    equal = (first == second) | (names.compact[one] == names.compact[other])
    places = names.listed[first], names.listed[second]
    related = _among(_related_forms(), *places) & ~_among(_lookalikes(), *places)
    answers = np.select([initial, equal, related], [INITIAL, EQUAL, RELATED], default=CONFLICT).astype(np.int8)
    left = np.flatnonzero(answers == CONFLICT)
    slip = left[alike(names.words, one[left], other[left], ALIKE_FROM, SHORTEST_TO_MISSPELL)]
    # Few pairs get so far: the exceptions are looked for among them alone.
    few = pl.DataFrame({
        "one": names.firsts.values.gather(first[slip]), "other": names.firsts.values.gather(second[slip])
    })  # fmt: skip
    known = (places[0][slip] >= 0) & (places[1][slip] >= 0)
    distinct = _among(_lookalikes(), places[0][slip], places[1][slip])
    answers[slip[~distinct & ~_gendered(few) & ~known]] = ALIKE
    return answers


def both_listed(names: Forenames, one: Codes, other: Codes) -> NDArray[np.bool_]:
    """Tell in which pairs both forenames are well known."""
    first = names.firsts.codes[0]
    both: NDArray[np.bool_] = (names.listed[first[one]] >= 0) & (names.listed[first[other]] >= 0)
    return both


def _gendered(frame: pl.DataFrame) -> NDArray[np.bool_]:
    short = pl.when(pl.col("one").str.len_chars() < pl.col("other").str.len_chars()).then("one").otherwise("other")
    long = pl.when(pl.col("one").str.len_chars() < pl.col("other").str.len_chars()).then("other").otherwise("one")
    ending = long.str.strip_prefix(short)
    doubled = ending == short.str.tail(1)
    return frame.select((ending != long) & ending.is_in(GENDERED_ENDINGS) & ~doubled).to_series().to_numpy()


def _among(listed: NDArray[np.int64], one: Codes, other: Codes) -> NDArray[np.bool_]:
    """Tell which pairs of places among the listed names are in a sorted list of pairs."""
    found = np.zeros(len(one), dtype=np.bool_)
    both = np.flatnonzero((one >= 0) & (other >= 0))
    keys = _paired(np.minimum(one[both], other[both]), np.maximum(one[both], other[both]))
    at = np.minimum(np.searchsorted(listed, keys), len(listed) - 1)
    found[both] = listed[at] == keys
    return found


def _paired(low: Codes, high: Codes) -> NDArray[np.int64]:
    return low.astype(np.int64) << 32 | high


@cache
def _related_forms() -> NDArray[np.int64]:
    """Pairs of forms of one name.

    A form goes with its formal name, and the nicknames and spellings of one formal name go together: Steve is Steven,
    for both are Stephen. Counterparts in another language go with the formal name only: Ian and Sean are both John,
    but Ian is not Sean.
    """
    listed = _names()
    direct = listed.select(a="formal", b="form")
    together = listed.filter(pl.col("kind") != "counterpart")
    shared = together.join(together, on="formal").select(a="form", b="form_right")
    return _in_order(pl.concat([direct, shared]))


@cache
def _lookalikes() -> NDArray[np.int64]:
    return _in_order(_alike_names())


def forms_of(forename: str) -> list[str]:
    """Name the other forms of a forename in plain capitals, formal names first: by these it is looked up too.

    >>> forms_of("BILL")[0], "BILL" in forms_of("WILLIAM"), forms_of("ZEBEDEE")
    ('WILLIAM', True, [])
    """
    return list(_forms().get(forename, ()))


@cache
def _forms() -> dict[str, tuple[str, ...]]:
    listed = _names()
    formal = listed.select(name="form", other="formal", place=pl.lit(0))
    forms = listed.select(name="formal", other="form", place=pl.lit(1))
    every = pl.concat([formal, forms]).filter(pl.col("name") != pl.col("other")).drop_nulls()
    grouped = every.sort("name", "place", "other").group_by("name", maintain_order=True).agg("other")
    return {name: tuple(dict.fromkeys(others)) for name, others in grouped.iter_rows()}


def _in_order(pairs: pl.DataFrame) -> NDArray[np.int64]:
    """Write pairs of listed names `a`, `b` as sorted numbers, the same name twice left out."""
    one, other = (
        pairs.join(_listed(), left_on=end, right_on="name", how="left", maintain_order="left")["place"].to_numpy()
        for end in ("a", "b")
    )
    unlike = one != other
    return np.unique(_paired(np.minimum(one, other)[unlike], np.maximum(one, other)[unlike]))


@cache
def _listed() -> pl.DataFrame:
    """Every name that is listed anywhere: `name` and its `place`."""
    names, alike = _names(), _alike_names()
    every = pl.concat([names["formal"], names["form"], alike["a"], alike["b"]])
    return pl.DataFrame({"name": every.unique().sort()}).with_row_index("place")


@cache
def _names() -> pl.DataFrame:
    listed = _read("nicknames.csv")
    return listed.with_columns(formal=plain(listed["formal"]), form=plain(listed["form"]))


@cache
def _alike_names() -> pl.DataFrame:
    listed = _read("lookalikes.csv")
    return pl.DataFrame({"a": plain(listed["forename"]), "b": plain(listed["other"])})


def _read(file: str) -> pl.DataFrame:
    return pl.read_csv((files("matchers") / "data" / file).read_bytes(), infer_schema=False)
