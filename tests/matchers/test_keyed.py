"""Partners found by kept keys are the candidates of all records; and whose block has outgrown its cap is told."""

from collections.abc import Iterator

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchers import keyed as kept
from matchers.blocking import block_on, candidates
from matchers.keyed import crossed, keyed, partners
from matchers.keys import any_of

BLOCKS = [
    block_on("surname", cap=4),
    block_on(any_of("surname", "former"), "place", cap=3),
    block_on("place", cap=5),
    block_on("phone"),
]
NAMES = st.sampled_from(["Reid", "Khan", None])
ROWS = st.lists(st.tuples(NAMES, NAMES, st.integers(1, 3)), max_size=14)


def people(rows: list[tuple[str | None, str | None, int]]) -> pl.DataFrame:
    said = [(f"{number:02}", *row, None) for number, row in enumerate(rows)]
    schema = {
        "id": pl.String(), "surname": pl.String(), "former": pl.String(), "place": pl.Int64(), "phone": pl.String(),
    }  # fmt: skip
    return pl.DataFrame(said, schema=schema, orient="row")


@pytest.fixture(params=[250_000, 1], ids=["all blocks at once", "one by one"])
def at_once(request: pytest.FixtureRequest) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as within:
        within.setattr(kept, "AT_ONCE", request.param)
        yield


@pytest.mark.usefixtures("at_once")
@settings(max_examples=50)
@given(ROWS, st.sets(st.integers(0, 13)))
def test_partners_are_the_candidates_that_have_one_of_some_at_an_end(
    rows: list[tuple[str | None, str | None, int]], some: set[int]
) -> None:
    everybody = people(rows)
    touching = pl.Series([f"{number:02}" for number in sorted(some)], dtype=pl.String)
    among = touching.implode()
    wanted = candidates(everybody, BLOCKS).pairs.filter(pl.col("left").is_in(among) | pl.col("right").is_in(among))

    assert partners(keyed(everybody, BLOCKS), BLOCKS, touching).rows() == wanted.rows()


@pytest.mark.usefixtures("at_once")
@settings(max_examples=50)
@given(ROWS, ROWS)
def test_whoever_is_a_candidate_of_another_than_before_is_named_or_has_changed(
    rows: list[tuple[str | None, str | None, int]], others: list[tuple[str | None, str | None, int]]
) -> None:
    then, now = people(rows), people([*others[:4], *rows[4:]])
    changed = [each for each in now["id"] if now.filter(id=each).rows() != then.filter(id=each).rows()]
    changed += [each for each in then["id"] if each not in set(now["id"])]
    named = crossed(keyed(then, BLOCKS), keyed(now, BLOCKS), BLOCKS, pl.Series(changed, dtype=pl.String)).to_list()
    moved = {pair for pair in _pairs(then) ^ _pairs(now) if not set(pair) & set(changed)}

    assert {end for pair in moved for end in pair} <= set(named)


def _pairs(everybody: pl.DataFrame) -> set[tuple[str, str]]:
    return {(left, right) for left, right in candidates(everybody, BLOCKS).pairs.iter_rows()}
