"""The truth beside what was stated, tenth by tenth, as one counts it by hand."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchers.errors import PairFault
from matchers.reliability import RELIABILITY, reliability


def test_each_tenth_is_counted_by_itself() -> None:
    stated = pl.Series([0.0, 0.04, 0.31, 0.39, 0.9, 1.0])
    table = reliability(stated, pl.Series([False, True, True, True, True, False]))
    assert dict(table.schema) == dict(RELIABILITY)
    assert table.select("from", "below", "pairs", "right").rows() == [
        (0.0, 0.1, 2, 0.5),
        (0.3, 0.4, 2, 1.0),
        (0.9, 1.0, 2, 0.5),
    ]
    assert table["stated"].to_list() == pytest.approx([0.02, 0.35, 0.95])


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=40))
def test_every_pair_counts_once_and_the_share_lies_in_its_bounds(rows: list[tuple[float, bool]]) -> None:
    schema = {"stated": pl.Float64, "same": pl.Boolean}
    told = pl.DataFrame(rows, schema=schema, orient="row")
    table = reliability(told["stated"], told["same"])
    assert table["pairs"].sum() == len(rows)
    assert round((table["pairs"] * table["right"]).sum()) == sum(same for _, same in rows)
    slack = 1e-9
    assert table.select(((pl.col("low") - slack) <= pl.col("right")) & (pl.col("right") <= pl.col("high") + slack))[
        "low"
    ].all()
    assert table.select((pl.col("from") - slack <= pl.col("stated")) & (pl.col("stated") <= pl.col("below") + slack))[
        "from"
    ].all()


@pytest.mark.parametrize(("stated", "same"), [([None], [True]), ([0.5], [None]), ([1.2], [True])])
def test_what_is_no_probability_is_refused(stated: list[float | None], same: list[bool | None]) -> None:
    with pytest.raises(PairFault, match="from 0 to 1"):
        reliability(pl.Series(stated, dtype=pl.Float64), pl.Series(same, dtype=pl.Boolean))
