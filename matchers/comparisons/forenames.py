"""How two forenames stand to one another: equal, one a nickname of the other, an initial, alike, or in conflict."""

from functools import cache
from importlib.resources import files

import numpy as np
import polars as pl
from numpy.typing import NDArray

from matchers.comparisons.values import Grades, ValuePairs, alike, plain

CONFLICT, ALIKE, INITIAL, RELATED, EQUAL = range(5)

ALIKE_FROM = 0.88
SHORTEST_TO_MISSPELL = 4
# What turns a man's name into a woman's: Martin, Martina. Such pairs are two people, not a slip of the pen.
GENDERED_ENDINGS = ("A", "E", "IA", "INA", "INE", "LE", "LLE", "LLA", "ELLE", "ETTE", "ITA")


def forename_relation(pairs: ValuePairs) -> Grades:
    """Grade each distinct pair of forenames in plain capitals: CONFLICT, ALIKE, INITIAL, RELATED or EQUAL."""
    frame = pairs.frame().select(
        "low",
        "high",
        one=_first(pl.col("low")),
        other=_first(pl.col("high")),
        compact=_compact("low") == _compact("high"),
    )
    equal = frame["compact"].to_numpy() | (frame["one"] == frame["other"]).to_numpy()
    initial = _initials(frame)
    related, slip = _listed(frame, _related_forms()), alike(pairs, ALIKE_FROM, SHORTEST_TO_MISSPELL)
    # Few pairs get so far: the exceptions are looked for among them alone.
    near = np.flatnonzero(related | slip)
    few = frame[near]
    distinct = _listed(few, _lookalikes())
    related[near] &= ~distinct
    slip[near] &= ~distinct & ~_gendered(few) & ~_both_known(few)
    answers = [initial, equal, related, slip]
    return np.select(answers, [INITIAL, EQUAL, RELATED, ALIKE], default=CONFLICT).astype(np.int8)


def _first(name: pl.Expr) -> pl.Expr:
    return name.str.split(" ").list.first()


def _compact(column: str) -> pl.Expr:
    return pl.col(column).str.replace_all(" ", "")


def _initials(frame: pl.DataFrame) -> NDArray[np.bool_]:
    shortest = pl.min_horizontal(pl.col("one").str.len_chars(), pl.col("other").str.len_chars())
    return (
        frame.select((shortest == 1) & (pl.col("one").str.head(1) == pl.col("other").str.head(1)))
        .to_series()
        .to_numpy()
    )


def _gendered(frame: pl.DataFrame) -> NDArray[np.bool_]:
    short = pl.when(pl.col("one").str.len_chars() < pl.col("other").str.len_chars()).then("one").otherwise("other")
    long = pl.when(pl.col("one").str.len_chars() < pl.col("other").str.len_chars()).then("other").otherwise("one")
    ending = long.str.strip_prefix(short)
    doubled = ending == short.str.tail(1)
    return frame.select((ending != long) & ending.is_in(GENDERED_ENDINGS) & ~doubled).to_series().to_numpy()


def _listed(frame: pl.DataFrame, listed: pl.DataFrame) -> NDArray[np.bool_]:
    keys = frame.select(a=pl.min_horizontal("one", "other"), b=pl.max_horizontal("one", "other"))
    found = keys.join(listed.with_columns(found=True), on=["a", "b"], how="left", maintain_order="left")
    return found["found"].fill_null(value=False).to_numpy().copy()


def _both_known(frame: pl.DataFrame) -> NDArray[np.bool_]:
    known = _known_forenames()
    return (frame["one"].is_in(known) & frame["other"].is_in(known)).to_numpy()


@cache
def _related_forms() -> pl.DataFrame:
    """Pairs `a` < `b` of forms of one name.

    A form goes with its formal name, and the nicknames and spellings of one formal name go together: Steve is Steven,
    for both are Stephen. Counterparts in another language go with the formal name only: Ian and Sean are both John,
    but Ian is not Sean.
    """
    listed = _names()
    direct = listed.select(a="formal", b="form")
    together = listed.filter(pl.col("kind") != "counterpart")
    shared = together.join(together, on="formal").select(a="form", b="form_right")
    return _ordered(pl.concat([direct, shared]))


def _names() -> pl.DataFrame:
    listed = _read("nicknames.csv")
    return listed.with_columns(formal=plain(listed["formal"]), form=plain(listed["form"]))


@cache
def _lookalikes() -> pl.DataFrame:
    listed = _read("lookalikes.csv")
    return _ordered(pl.DataFrame({"a": plain(listed["forename"]), "b": plain(listed["other"])}))


def _ordered(pairs: pl.DataFrame) -> pl.DataFrame:
    ordered = pairs.select(a=pl.min_horizontal("a", "b"), b=pl.max_horizontal("a", "b"))
    return ordered.filter(pl.col("a") < pl.col("b")).unique().sort("a", "b")


@cache
def _known_forenames() -> pl.Series:
    names, alike = _names(), _lookalikes()
    return pl.concat([names["formal"], names["form"], alike["a"], alike["b"]]).unique().sort().implode()


def _read(file: str) -> pl.DataFrame:
    return pl.read_csv((files("matchers") / "data" / file).read_bytes(), infer_schema=False)
