"""Rows by their places are what the frame has there."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from gazetteer.rows import Rows

CELLS = st.tuples(
    st.one_of(st.none(), st.text("ABé|", max_size=3)),
    st.one_of(st.none(), st.integers(-(2**40), 2**40)),
    st.one_of(st.none(), st.booleans()),
)


@given(st.lists(CELLS, min_size=1, max_size=30), st.data())
def test_rows_are_those_of_the_frame(
    cells: list[tuple[str | None, int | None, bool | None]], data: st.DataObject
) -> None:
    frame = pl.DataFrame(cells, schema={"text": pl.String, "whole": pl.Int64, "flag": pl.Boolean}, orient="row")
    places = data.draw(st.lists(st.integers(0, len(cells) - 1)))
    kept = Rows(frame)
    assert list(kept.take(places)) == [cells[place] for place in places]
    assert list(kept.take(places, ["flag", "text"])) == [(cells[place][2], cells[place][0]) for place in places]


def test_a_frame_without_rows_has_none() -> None:
    assert list(Rows(pl.DataFrame(schema={"text": pl.String})).take([])) == []
