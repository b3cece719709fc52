"""Who is counted, and in which class: a dozen people who live alone, in one ward."""

from dataclasses import replace
from datetime import timedelta

import polars as pl
import pytest

from svoc.insight import Insight, insight
from tests.worlds import TODAY, extract, morrow, nights

SURNAMES = (
    "ABARA", "BELLWEATHER", "CRICK", "DUNMORE", "EASTGATE", "FOTHERBY", "GRIMSHAW", "HOLLIN", "IRONSIDE", "JESSOP",
    "KETTLEBY", "LARKSPUR",
)  # fmt: skip
SINCE = "2015-04-01"


def counted(*, hidden: int = 0, died: int = 0, gone: int = 0, since: str = SINCE) -> Insight:
    """Count after a night of the dozen, of whom some are under protection, some have died and some have gone."""
    stays = [f"{since}.." + ("2026-01-01" if n < gone else "") for n in range(len(SURNAMES))]
    lines = [
        f"A{n} | MR {name} {name} | {n} | {stay}" for n, (name, stay) in enumerate(zip(SURNAMES, stays, strict=True), 1)
    ]
    stands = morrow(*nights([extract("council_tax", *lines)]))
    state = stands.lane("statutory")
    number = pl.col("record").str.slice(1).cast(pl.Int64)
    markers = pl.when(number <= hidden).then(pl.lit(["safe-address"])).otherwise("markers")
    dead = state.members.join(stands.mentions.filter(number <= died), on="mention")["person"]
    persons = state.persons.with_columns(deceased=pl.col("person").is_in(dead.implode()))
    wards = pl.DataFrame({"uprn": range(101, 113), "ward": ["N"] * 12})
    return insight(
        stands.mentions.with_columns(markers=markers), replace(state, persons=persons), wards,
        systems=["council_tax"], acknowledged={"housing": 12}, as_of=TODAY,
    )  # fmt: skip


def told(made: Insight, table: str) -> dict[str, int]:
    return {one: people for one, people in made.whole(table) if people}


def test_a_dozen_who_live_alone_are_told_as_ten_in_the_class_that_each_is_in() -> None:
    made = counted()
    assert made.people == 10
    assert made.frames["areas"].rows() == [("N", 10), ("no area", 0)]
    assert told(made, "services") == {"council_tax": 10}
    assert told(made, "households") == {"alone": 10}
    assert told(made, "arrivals") == {"longer ago": 10}
    assert told(made, "completeness") == {"neither": 10}
    assert made.notices == 10


def test_who_came_within_the_year_is_told_apart() -> None:
    assert told(counted(since=str(TODAY - timedelta(days=100))), "arrivals") == {"within a year": 10}


LEFT_OUT = {
    "under protection": lambda n: counted(hidden=n),
    "who has died": lambda n: counted(died=n),
    "who has gone": lambda n: counted(gone=n),
}


@pytest.mark.parametrize("left_out", LEFT_OUT)
@pytest.mark.parametrize("many", [3, len(SURNAMES)])
def test_nobody_is_counted_who_is_under_protection_has_died_or_has_gone(left_out: str, many: int) -> None:
    made = LEFT_OUT[left_out](many)
    assert made.people == 0
    assert made.frames["areas"].rows() == [("N", 0), ("no area", 0)]
