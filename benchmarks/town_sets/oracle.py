"""The oracle: the person model as it would be if training knew the truth.

The generator has no closed formula for how often two records of one person agree: that follows from its rates, its
lists of names and who happens to live with whom. Its true parameters are therefore counted: m among all pairs of one
person, u among pairs of two (at one place every pair that could be one person, elsewhere pairs drawn at random, and
those that the blocks propose, which hold nearly all that agree in anything rare), the priors as the shares that they
are, how common each name is from the town itself. Comparisons, blocks, pairing and grouping are those of the model that
it is set beside, so that what the two differ by is what training without labels costs. What no pair of the town shows,
such as telephones where no source holds any, stays as the model has it.
"""

from collections.abc import Mapping
from dataclasses import replace
from math import log2

import numpy as np
import polars as pl
from numpy.typing import NDArray

from matchers import Model, block_on
from matchers.blocking import Rows, row_pairs
from matchers.comparisons.base import Comparison
from matchers.em import Patterns, Shares, normal
from matchers.evidence import APART, TOGETHER, Learned, Levels, beside, millibits, rarity_of
from matchers.prepared import Prepared, prepare
from matchers.samples import Gradebook, random_rows

AT_RANDOM = 2_000_000
"""Pairs drawn for u at two places."""
HALF = 0.5
"""What a level counts for that nobody was seen to reach."""
ENOUGH = 100
"""Pairs of either kind from which a comparison's weights are counted."""

Pairs = tuple[Rows, Rows]


def oracle(model: Model, people: pl.DataFrame, truth: pl.DataFrame, lists_once: Mapping[str, bool]) -> Model:
    """Give a model with the weights that the truth holds.

    `people`: as `svoc.steps.pair.features` gives them; `truth`: `id`, `person`, null for nobody; `lists_once`: source
    name -> whether it names a person once at one place and time. A comparison that the model lets count for nothing
    at one place counts for nothing there still: that is a rule, not a parameter.
    """
    records = prepare(people, "id")
    known = records.records.select("id", "source", "since", "until", "place").join(
        truth.select("id", "person"), on="id", how="left", maintain_order="left"
    )
    home, apart = _at_one_place(records, known, lists_once), _of_one_person(known)
    one_person = _one_person(known, home)
    proposed = row_pairs(records, model.blocks, source="source", link_type="both")
    every = known.height * (known.height - 1) / 2
    samples = [
        _kept(home, one_person),
        _kept(home, ~one_person),
        apart,
        _strangers(known, random_rows(known.height, AT_RANDOM, 1)),
        _strangers(known, proposed),
    ]
    book = Gradebook.of(records, model.comparisons, samples)
    same, others, moved, strangers, near = map(book.patterns, samples)
    levels = {}
    for number, c in enumerate(model.comparisons):
        m, u, m_apart, seen, agreeing = (_reached(c, number, p) for p in (same, others, moved, strangers, near))
        u_apart = np.maximum(seen, agreeing * seen.sum() / every)
        before = model.knowledge.levels[c.name]
        together = before[TOGETHER] if not any(before[TOGETHER].bits) else _levels(m, u, before[TOGETHER])
        levels[c.name] = {**before, TOGETHER: together, APART: _levels(m_apart, u_apart, before[APART])}
    prior = {
        **model.knowledge.prior,
        APART: _odds((len(apart[0]) + HALF) / every),
        TOGETHER: _prior_at_home(home, one_person),
    }
    rarity = {
        c.name: {
            column: rarity_of(c, column, records.columns.coded(column))
            for column in dict.fromkeys(column for columns in c.rarity.values() for column in columns)
        }
        for c in model.comparisons
    }
    return replace(model, learned=Learned(prior, levels, rarity, {"records": known.height, "labels": "the truth"}))


def _at_one_place(records: Prepared, known: pl.DataFrame, lists_once: Mapping[str, bool]) -> Pairs:
    """Pairs at one place that may be one person: a source that lists people once lists two of them side by side."""
    rows = row_pairs(records, [block_on("place")], source="source", link_type="both")
    once = pl.col("left_source").replace_strict(dict(lists_once), default=True, return_dtype=pl.Boolean)
    beside_each_other = (
        (pl.col("left_source") == pl.col("right_source"))
        & once
        & (pl.col("left_since") < pl.col("right_until")).fill_null(value=True)
        & (pl.col("right_since") < pl.col("left_until")).fill_null(value=True)
    )
    pairs = beside(known, *rows, ["source", "since", "until"])
    return _kept(rows, ~pairs.select(beside_each_other).to_series().to_numpy())


def _of_one_person(known: pl.DataFrame) -> Pairs:
    """All pairs of one person that are not at one place, whether or not any block proposes them."""
    numbered = known.with_row_index("row").drop_nulls("person").select("row", "person", "place")
    elsewhere = (pl.col("place") != pl.col("place_other")).fill_null(value=True)
    both = numbered.join(numbered, on="person", suffix="_other")
    both = both.filter(pl.col("row") < pl.col("row_other"), elsewhere).sort("row", "row_other")
    return both["row"].to_numpy().astype(np.int64), both["row_other"].to_numpy().astype(np.int64)


def _strangers(known: pl.DataFrame, rows: Pairs) -> Pairs:
    """Those pairs that are two people at two places."""
    of = beside(known, *rows, ["place"])
    elsewhere = of.select((pl.col("left_place") != pl.col("right_place")).fill_null(value=True)).to_series()
    return _kept(rows, elsewhere.to_numpy() & ~_one_person(known, rows))


def _one_person(known: pl.DataFrame, rows: Pairs) -> NDArray[np.bool_]:
    of = beside(known, *rows, ["person"])
    same = of.select((pl.col("left_person") == pl.col("right_person")).fill_null(value=False))
    return same.to_series().to_numpy()


def _kept(rows: Pairs, which: NDArray[np.bool_]) -> Pairs:
    return rows[0][which], rows[1][which]


def _reached(comparison: Comparison, number: int, patterns: Patterns) -> Shares:
    return patterns.reached(number, len(comparison.levels), patterns.counts)


def _levels(m: Shares, u: Shares, before: Levels) -> Levels:
    if min(m.sum(), u.sum()) < ENOUGH:
        return before
    m, u = normal(m + HALF), normal(u + HALF)
    return Levels(tuple(m.tolist()), tuple(u.tolist()))


def _prior_at_home(home: Pairs, same: NDArray[np.bool_]) -> int:
    """The odds that a record has its counterpart at its place and that it is this one, against its having none."""
    records = len(np.unique(np.concatenate(home)))
    with_one = len(np.unique(np.concatenate(_kept(home, same))))
    a_record, without = 2 * len(home[0]) / records, records - with_one
    return millibits(with_one / a_record / (without + HALF))


def _odds(share: float) -> int:
    return round(1000 * log2(share / (1 - share)))


def beside_the_truth(ours: Model, true: Model) -> pl.DataFrame:
    """Lay two models' weights side by side: what is compared, context, level, m, u and bits of either, the gap in
    bits, and how many bits it costs a match on average (`m_true` times the gap).
    """
    rows = [
        (c.name, context, level, *_beside(ours, true, c.name, context, number))
        for c in ours.comparisons
        for context in (TOGETHER, APART)
        for number, level in enumerate(c.levels)
    ]
    rows += [("prior", context, "", *_prior(ours, context), *_prior(true, context)) for context in (TOGETHER, APART)]
    names = ["comparison", "context", "level", "m", "u", "bits", "m_true", "u_true", "bits_true"]
    table = pl.DataFrame(rows, schema=names, orient="row")
    gap = pl.col("bits") - pl.col("bits_true")
    return table.with_columns(gap=gap, costs=gap * pl.col("m_true"))


def _prior(model: Model, context: str) -> tuple[None, None, float]:
    return None, None, model.knowledge.prior[context] / 1000


def _beside(ours: Model, true: Model, name: str, context: str, level: int) -> tuple[float, ...]:
    of = [model.knowledge.levels[name][context] for model in (ours, true)]
    return tuple(value for each in of for value in (each.m[level], each.u[level], each.bits[level] / 1000))
