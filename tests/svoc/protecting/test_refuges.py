"""Where nobody's home is told: refuges, communal addresses, and no fixed abode."""

from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from svoc.sources.clean import content
from svoc.steps.shield import said_by_sources
from svoc.words.plan import Plan, Yesterday
from tests.worlds import extract, night, placed, policy

REFUGE = 103
FAMILY = ("A1 | MRS ANN SMITH | 3", "A2 | MISS AMY SMITH | 3", "A3 | MR OWEN OAK | 4", "A4 | MS IDA OAK | 4")


def lying(**where: int | None) -> pl.DataFrame:
    """Give one record that knows of the refuge by these columns alone."""
    columns = dict.fromkeys(("uprn", "place", "supplied_uprn", "forwarding_place")) | where
    mentions = placed("council_tax A1 | MRS ANN SMITH | -")
    return mentions.with_columns(pl.lit(value, pl.Int64()).alias(name) for name, value in columns.items())


@pytest.mark.parametrize("column", ["uprn", "place", "supplied_uprn", "forwarding_place"])
def test_a_record_is_protected_however_it_is_known_to_lie_in_a_refuge(column: str) -> None:
    for place, expected in ((REFUGE, ["safe-address"]), (104, []), (None, [])):
        assert said_by_sources(lying(**{column: place}), [REFUGE])["kind"].to_list() == expected


def test_a_refuge_is_no_household_to_anybody_nor_to_whom_the_protected_are_shown() -> None:
    """Two families that fled to one house are none of each other's."""
    plan = night(Yesterday(), extract("council_tax", *FAMILY), under=replace(policy(), refuges=frozenset({REFUGE})))
    for lane in plan.lanes.values():
        assert lane.state.households["place"].unique().to_list() == [104]


def homeless(*supplied: int | None) -> Plan:
    """Give a night of people of no fixed abode, of whom a source supplies these UPRNs: the council's own, say."""
    said = extract("council_tax", *(f"A{n} | MR JOHN SMITH | -" for n, _ in enumerate(supplied)))
    written: dict[str, Any] = {"address": pl.lit("NO FIXED ABODE, C/O 3 KING STREET"), "postcode": pl.lit("BA1 1AA")}
    records = said.records.with_columns(**written, supplied_uprn=pl.Series(list(supplied), dtype=pl.Int64()))
    return night(Yesterday(), replace(said, records=content(records)))


@pytest.mark.parametrize("supplied", [(None, None), (REFUGE, REFUGE)], ids=["as written", "as supplied"])
def test_people_of_no_fixed_abode_live_nowhere_and_with_nobody(supplied: tuple[int | None, ...]) -> None:
    plan = homeless(*supplied)
    assert plan.mentions["place"].to_list() == [None, None]
    for lane in plan.lanes.values():
        assert lane.state.households.is_empty()
        assert lane.state.persons["uprn"].to_list() == [None, None], "two namesakes, and neither is at the other's"
