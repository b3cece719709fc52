"""The contract that every engine keeps. A new engine is one line in ENGINES."""

import polars as pl
import pytest

from matchers import ColumnFault, LocalEngine, Model, candidates, score_pairs
from matchers.engines.base import Engine

ENGINES: dict[str, Engine] = {"local": LocalEngine(), "local in small batches": LocalEngine(batch=1999)}


@pytest.mark.parametrize("engine", ENGINES.values(), ids=ENGINES)
def test_an_engine_scores_every_candidate_once_in_order(engine: Engine, people: pl.DataFrame, model: Model) -> None:
    scored = engine.scored(people, model)
    pairs = candidates(people, model.blocks).pairs
    assert scored.select("left", "right").rows() == pairs.rows()
    assert scored.equals(score_pairs(people, pairs, model))


@pytest.mark.parametrize("engine", ENGINES.values(), ids=ENGINES)
def test_an_engine_does_not_mind_the_order_of_rows(engine: Engine, people: pl.DataFrame, model: Model) -> None:
    shuffled = people.sample(fraction=1, shuffle=True, seed=3)
    assert engine.scored(shuffled, model).equals(engine.scored(people, model))


@pytest.mark.parametrize("engine", ENGINES.values(), ids=ENGINES)
def test_the_delta_of_an_engine_is_part_of_the_whole(engine: Engine, people: pl.DataFrame, model: Model) -> None:
    touched = people["id"].sample(40, seed=5)
    whole = engine.scored(people, model)
    ends = pl.col("left").is_in(touched.implode()) | pl.col("right").is_in(touched.implode())
    assert engine.scored(people, model, touching=touched).equals(whole.filter(ends))


@pytest.mark.parametrize("engine", ENGINES.values(), ids=ENGINES)
def test_an_engine_links_between_sources_only_when_asked(engine: Engine, people: pl.DataFrame, model: Model) -> None:
    between = engine.scored(people, model, source="source", link_type="between")
    sources = [between[end].str.split("-").list.first() for end in ("left", "right")]
    assert between.height > 100
    assert not (sources[0] == sources[1]).any()


@pytest.mark.parametrize("engine", ENGINES.values(), ids=ENGINES)
def test_an_engine_takes_an_empty_town(engine: Engine, people: pl.DataFrame, model: Model) -> None:
    assert engine.scored(people.clear(), model).height == 0


@pytest.mark.parametrize("engine", ENGINES.values(), ids=ENGINES)
def test_an_engine_tells_missing_columns_at_once(engine: Engine, people: pl.DataFrame, model: Model) -> None:
    with pytest.raises(ColumnFault, match=r"missing from the records: 'title'.*'dob'"):
        engine.scored(people.drop("title", "dob"), model)
