"""Counting: the laws of tallies, rows, bands and cross tables."""

from collections import Counter

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from svoc.reports.counting import counted, crossed, rows, share, tally

NAMES = st.sampled_from(["exact", "none", "street", None])


@given(st.lists(NAMES))
def test_a_tally_counts_as_one_does_by_hand(values: list[str | None]) -> None:
    frame = pl.DataFrame({"outcome": values}, schema={"outcome": pl.String()})
    assert tally(frame, "outcome") == Counter("unknown" if v is None else v for v in values)


@given(st.lists(st.tuples(NAMES, NAMES)))
def test_a_cross_table_adds_up_to_its_tallies(pairs: list[tuple[str | None, str | None]]) -> None:
    frame = pl.DataFrame(pairs, schema={"a": pl.String(), "b": pl.String()}, orient="row")
    table = crossed(frame, "a", "b")
    assert {name: sum(row.values()) for name, row in table.items()} == tally(frame, "a")


@given(st.dictionaries(st.text(min_size=1), st.integers(0, 10**9), min_size=1), st.data())
def test_shares_of_rows_add_up_to_all(now: dict[str, int], data: st.DataObject) -> None:
    before = data.draw(st.dictionaries(st.sampled_from([*now, "another"]), st.integers(1, 10**9)))
    told = rows(now, before)
    assert {row["name"] for row in told} == set(now) | set(before)
    for whole, part in (("count", "share"), ("before", "share_before")):
        if sum(row[whole] for row in told):
            assert sum(row[part] for row in told) == pytest.approx(1, abs=1e-6)
        else:
            assert {row[part] for row in told} == {None}


def test_rows_stand_in_the_order_wanted_or_the_largest_first() -> None:
    now = {"none": 5, "exact": 1, "street": 9}
    assert [row["name"] for row in rows(now)] == ["street", "none", "exact"]
    assert [row["name"] for row in rows(now, order=["exact", "none"])] == ["exact", "none", "street"]


def test_what_was_there_only_the_night_before_stays_in_sight() -> None:
    (row,) = rows({}, {"historic": 3}, family="outcome")
    assert row == {
        "name": "historic",
        "words": "a former address or property",
        "count": 0,
        "share": None,
        "before": 3,
        "share_before": 1.0,
    }


@given(st.lists(st.integers(1, 40)), st.integers(1, 20))
def test_sizes_are_all_counted_once(values: list[int], most: int) -> None:
    counts = counted(pl.Series(values, dtype=pl.Int64), most=most)
    assert sum(counts.values()) == len(values)
    assert list(counts) == [*map(str, range(1, most + 1)), f"{most + 1} or more"]
    assert counts[str(most)] == values.count(most)


def test_a_share_of_nothing_is_unknown() -> None:
    assert share(0, 0) is None
    assert share(1, 4) == 0.25
