"""Laws of claims: the order in which statements come and how often does not matter; what is taken back never was."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from svoc.sources.life_events import as_records, in_force
from svoc.sources.partial_dates import PartialDate
from svoc.sources.statements import Named, Statement, Where, frame_of, sift
from svoc.words.events import EventAction, EventKind

TODAY = date(2026, 11, 2)
BEGAN = datetime.fromisoformat("2026-10-01T09:30:00")

names = st.builds(
    Named, given=st.sampled_from([("Jane",), ("Jane", "Ann"), ()]), family=st.sampled_from(["Pike", "Øster"])
)
addresses = st.builds(Where, lines=st.sampled_from([("1 Mill Lane",), ("9 High Street",)]), postcode=st.just("ZZ1 1AA"))
statements = st.builds(
    Statement,
    sender=st.sampled_from(["gro", "registrar"]),
    reference=st.sampled_from(["1", "2", "3"]),
    line=st.integers(2, 4),
    kind=st.sampled_from(EventKind),
    action=st.sampled_from(EventAction),
    recorded_at=st.one_of(st.none(), st.integers(0, 3).map(lambda days: BEGAN + timedelta(days=days))),
    name=names,
    happened=st.sampled_from([PartialDate(2026, 10, 1), PartialDate(2026, 9), PartialDate()]),
    where=addresses,
    new_name=names,
    new_where=addresses,
    new_phone=st.sampled_from([None, "07700 900123"]),
    others=st.sampled_from([(), (Named(given=("Ida",), family="Pike"),)]),
    consents=st.sampled_from([None, (), ("council_tax",)]),
)


def frame(said: list[Statement]) -> pl.DataFrame:
    return frame_of(sift("told.csv", said, today=TODAY).statements)


def told(rows: pl.DataFrame, order: list[int]) -> pl.DataFrame:
    """Give what stands when statements are told in an order; one that was told before is not told again."""
    return rows[order].unique("event", keep="first", maintain_order=True)


@settings(max_examples=40, deadline=None)
@given(said=st.lists(statements, min_size=1, max_size=8), data=st.data())
def test_any_order_and_repetition_gives_the_same_claims(said: list[Statement], data: st.DataObject) -> None:
    rows = frame(said)
    each = list(range(rows.height))
    more = data.draw(st.lists(st.sampled_from(each), max_size=4)) if each else []
    again = told(rows, data.draw(st.permutations([*each, *more])))
    assert_frame_equal(in_force(again), in_force(rows))
    assert_frame_equal(as_records(again), as_records(rows))


@settings(max_examples=40, deadline=None)
@given(said=st.lists(statements, max_size=5), it=statements, timed=st.booleans(), data=st.data())
def test_what_is_taken_back_leaves_all_as_before(
    said: list[Statement], it: Statement, timed: bool, data: st.DataObject
) -> None:
    claim = replace(it, sender="gro", reference="X", action=EventAction.ASSERTED)
    back = Statement("gro", "X", 2, it.kind, EventAction.RETRACTED, recorded_at=BEGAN + timedelta(9) if timed else None)
    rows = frame([*said, claim, back])
    after = told(rows, data.draw(st.permutations(range(rows.height))))
    before, of_it = rows.filter(pl.col("reference") != "X"), in_force(after).filter(pl.col("reference") == "X")
    assert_frame_equal(as_records(after), as_records(before))
    assert of_it["action"].to_list() == ["retracted"], "whoever used it must hear that it is gone"
