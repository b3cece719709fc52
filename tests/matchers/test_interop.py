"""A recordlinkage pipeline runs on our comparisons and blocks, and its ECM and our search agree on what they find."""

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
import recordlinkage
from numpy.typing import NDArray
from polars.testing import assert_frame_equal

from matchers import (
    Close,
    ColumnFault,
    ModelFault,
    Overlap,
    PersonName,
    Phone,
    Same,
    SameDate,
    any_of,
    block_on,
    candidates,
    first_letters,
    sounds_like,
)
from matchers.comparisons.base import Comparison
from matchers.em import Belief, Others, Patterns, expectation_maximisation
from matchers.interop import feature, index

BLOCKS = [block_on("place"), block_on(sounds_like("surname"), first_letters("forename"), cap=60)]


@pytest.fixture(scope="module")
def some(people: pl.DataFrame) -> pl.DataFrame:
    """The first households of the town, sorted by id."""
    return people.filter(pl.col("place") < 120).sort("id")


@pytest.fixture(scope="module")
def known(some: pl.DataFrame) -> pd.DataFrame:
    """The same in pandas, as recordlinkage takes it."""
    columns: dict[str, Any] = {name: some[name].to_list() for name in some.columns if name != "id"}
    frame = pd.DataFrame(columns, index=pd.Index(some["id"].to_list(), name="id"))
    return frame.assign(since=pd.to_datetime(frame["since"]), until=pd.to_datetime(frame["until"]))


def as_frame(pairs: pd.MultiIndex) -> pl.DataFrame:
    frame = pl.DataFrame(
        {"one": pairs.get_level_values(0).tolist(), "other": pairs.get_level_values(1).tolist()},
        schema={"one": pl.String, "other": pl.String},
    )
    ends = frame.select(left=pl.min_horizontal("one", "other"), right=pl.max_horizontal("one", "other"))
    return ends.sort("left", "right")


def indexed(*frames: pd.DataFrame, blocks: Any = BLOCKS) -> pd.MultiIndex:
    indexer = recordlinkage.Index()
    indexer.add(index(blocks))
    found: pd.MultiIndex = indexer.index(*frames)
    return found


def test_an_index_finds_the_pairs_that_blocks_find(some: pl.DataFrame, known: pd.DataFrame) -> None:
    assert_frame_equal(as_frame(indexed(known)), candidates(some, BLOCKS).pairs)


def test_an_index_of_two_frames_finds_the_pairs_between_them(some: pl.DataFrame, known: pd.DataFrame) -> None:
    roll, register = (known[known["source"] == source] for source in ("roll", "register"))
    pairs = indexed(roll, register)
    assert set(pairs.get_level_values(0)) <= set(roll.index)
    assert set(pairs.get_level_values(1)) <= set(register.index)
    between = candidates(some, BLOCKS, source="source", link_type="between").pairs
    assert_frame_equal(as_frame(pairs), between)


def test_it_joins_other_ways_to_index(known: pd.DataFrame) -> None:
    indexer = recordlinkage.Index()
    indexer.block("place")
    indexer.add(index([block_on(any_of("surname", "dob"))]))
    assert len(indexer.index(known)) > len(recordlinkage.index.Block("place").index(known))


@pytest.mark.parametrize(
    "comparison",
    [PersonName(), SameDate("dob"), Phone("phone"), Same("place"), Close("surname"), Overlap("since", "until")],
    ids=lambda c: c.name,
)
def test_a_feature_is_the_grade(comparison: Comparison, some: pl.DataFrame, known: pd.DataFrame) -> None:
    pairs = indexed(known)
    found = recordlinkage.Compare([feature(comparison, missing=-1)]).compute(pairs, known)
    ends = as_frame_in_order(pairs)
    left, right = (ends.join(some, left_on=end, right_on="id", maintain_order="left") for end in ("one", "other"))
    assert found[comparison.name].tolist() == comparison.grade(left, right).to_list()


def as_frame_in_order(pairs: pd.MultiIndex) -> pl.DataFrame:
    return pl.DataFrame({"one": pairs.get_level_values(0).tolist(), "other": pairs.get_level_values(1).tolist()})


def test_a_feature_may_be_yes_or_no(known: pd.DataFrame) -> None:
    pairs = indexed(known)
    close = Close("surname")
    made = recordlinkage.Compare(
        [feature(close, label="grade"), feature(close, agrees_from=2, label="near", missing=0.5)]
    ).compute(pairs, known)
    assert ((made["grade"] >= 2) == (made["near"] == 1.0)).all()
    assert set(made["near"]) <= {0.0, 0.5, 1.0}


def test_features_of_two_frames(known: pd.DataFrame) -> None:
    roll, register = (known[known["source"] == source] for source in ("roll", "register"))
    made = recordlinkage.Compare([feature(PersonName(), agrees_from=8)]).compute(
        indexed(roll, register), roll, register
    )
    assert 0 < made["name"].mean() < 1


def test_dates_of_pandas_are_dates() -> None:
    people = pd.DataFrame({"dob": pd.to_datetime(pd.Series(["1980-03-04", "1980-03-04", None]))})
    pairs = pd.MultiIndex.from_tuples([(0, 1), (0, 2)])
    made = recordlinkage.Compare([feature(SameDate("dob"), missing=-1)]).compute(pairs, people)
    assert made["dob"].tolist() == [3, -1]
    assert SameDate("dob").grade(*[pl.DataFrame({"dob": [date(1980, 3, 4)]})] * 2).to_list() == [3]


def test_what_does_not_fit_is_told(known: pd.DataFrame) -> None:
    with pytest.raises(ModelFault, match="grades 0 to 3; none is 4"):
        feature(Close("surname"), agrees_from=4)
    with pytest.raises(ColumnFault, match=r"'surnam'.*did you mean 'surname'"):
        indexed(known, blocks=[block_on("surnam")])


# --- recordlinkage's expectation and maximisation beside ours


def drawn(seed: int, pairs: int, share: float, m: list[float], u: list[float]) -> NDArray[np.int8]:
    """Pairs that are matches by lot, and agree in each column by lot."""
    chance = np.random.default_rng(seed)
    match = chance.random(pairs) < share
    agrees = chance.random((pairs, len(m))) < np.where(match[:, None], m, u)
    return agrees.astype(np.int8)


@pytest.mark.parametrize(
    ("seed", "share", "m", "u"),
    [
        (1, 0.30, [0.95, 0.90, 0.85, 0.80], [0.05, 0.10, 0.02, 0.20]),
        (2, 0.10, [0.98, 0.92, 0.90, 0.88], [0.02, 0.05, 0.10, 0.01]),
        (3, 0.50, [0.90, 0.85, 0.95, 0.70, 0.99], [0.10, 0.20, 0.01, 0.30, 0.05]),
    ],
)
def test_recordlinkage_finds_the_same_m_and_u(seed: int, share: float, m: list[float], u: list[float]) -> None:
    """On the same patterns both settle on the same m, u and share, within one in a hundred."""
    graded = drawn(seed, 40_000, share, m, u)
    names = [f"c{i}" for i in range(len(m))]
    theirs = recordlinkage.ECMClassifier(max_iter=1_000, atol=1e-8)
    theirs.fit(pd.DataFrame(graded.astype(np.float64), columns=names))
    their_m, their_u = ([found[name][1] for name in names] for found in (theirs.m_probs, theirs.u_probs))

    patterns, columns = Patterns.of(pl.DataFrame(graded, schema=dict.fromkeys(names, pl.Int8))), range(len(m))
    beliefs = [Belief(np.array([0.2, 0.8]), 1e-6) for _ in columns]
    others = Others(tuple(np.array([0.8, 0.2]) for _ in columns), known=False)
    found = expectation_maximisation(patterns, columns, beliefs, [others], share=0.2)
    matched = found.matched * patterns.counts
    rest = patterns.counts - matched
    our_m, our_u = (
        [float(reached[1] / reached.sum()) for i in columns if (reached := patterns.reached(i, 2, weights)) is not None]
        for weights in (matched, rest)
    )
    assert our_m == pytest.approx(their_m, abs=0.01)
    assert our_u == pytest.approx(their_u, abs=0.01)
    assert found.share == pytest.approx(theirs.p, abs=0.01)
    assert our_m == pytest.approx(m, abs=0.03), "and both are near what the pairs were drawn with"
    assert our_u == pytest.approx(u, abs=0.03)


def test_recordlinkage_finds_the_same_on_a_town(some: pl.DataFrame, known: pd.DataFrame) -> None:
    """On real patterns, correlated and with kin among them, both call the same pairs matches but for one in fifty."""
    compared: list[tuple[Comparison, int]] = [(Close("forename"), 2), (Close("surname"), 2), (SameDate("dob"), 2)]
    pairs = indexed(known, blocks=[block_on("place"), block_on("surname")])
    features = recordlinkage.Compare([feature(c, agrees_from=grade) for c, grade in compared]).compute(pairs, known)
    theirs = recordlinkage.ECMClassifier(max_iter=1_000, atol=1e-8)
    theirs.fit(features)
    graded = pl.DataFrame({c.name: features[c.name].to_numpy().astype(np.int8) for c, _ in compared})
    patterns, columns = Patterns.of(graded), range(len(compared))
    beliefs = [Belief(np.array([0.1, 0.9]), 1e-6) for _ in columns]
    others = Others(tuple(np.array([0.9, 0.1]) for _ in columns), known=False)
    found = expectation_maximisation(patterns, columns, beliefs, [others], share=0.1)
    ours = pl.DataFrame(patterns.grades, schema=graded.schema).with_columns(ours=pl.Series(found.matched >= 0.5))
    both = graded.with_columns(theirs=pl.Series(np.asarray(theirs.prob(features)) >= 0.5)).join(
        ours, on=graded.columns, maintain_order="left"
    )
    assert both.select((pl.col("ours") == pl.col("theirs")).mean()).item() >= 0.98
    assert both["ours"].any()
