"""The golden facts: each from one record, by a rule that can be named."""

import csv
import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from svoc.steps.merge import merge
from svoc.survivorship.policy import GROUPS, Survivorship
from svoc.words.mentions import PLACED
from svoc.words.persons import MEMBERS, PERSONS
from tests.worlds import KINDS, TODAY, placed

CASES = Path(__file__).parents[2] / "cases" / "night_golden.csv"
POLICY = Survivorship.in_force()


def rows() -> list[dict[str, str]]:
    with CASES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def one(mentions: pl.DataFrame, person: str = "P") -> pl.DataFrame:
    """Make all mentions one person."""
    return mentions.select("mention", person=pl.lit(person))


def merged(*lines: str, policy: Survivorship = POLICY) -> dict[str, object]:
    mentions = placed(*lines)
    return merge(one(mentions), mentions, policy, KINDS, as_of=TODAY).row(0, named=True)


@pytest.mark.parametrize("row", rows(), ids=lambda r: f"{r['fact']}: {r['why']}")
def test_a_fact_survives(row: dict[str, str]) -> None:
    found = merged(*row["records"].split(" ; "))[row["fact"]]

    assert ("" if found is None else str(found)) == row["expected"]


def test_the_frame_has_its_columns_and_is_sorted_by_person() -> None:
    mentions = placed("council_tax A | MR JOHN SMITH & MRS ANN SMITH | 1", "library L | MR JOHN SMITH | 1")
    members = pl.DataFrame({"mention": mentions["mention"], "person": ["Z", "B", "Z"]}, schema=MEMBERS)
    found = merge(members, mentions, POLICY, KINDS, as_of=TODAY)

    assert dict(found.schema) == PERSONS
    assert found.select("person", "records").rows() == [("B", 1), ("Z", 2)]


def test_nobody_gives_nobody() -> None:
    nothing = merge(pl.DataFrame(schema=MEMBERS), pl.DataFrame(schema=PLACED), POLICY, {}, as_of=TODAY)

    assert dict(nothing.schema) == PERSONS
    assert nothing.is_empty()


def test_provenance_says_where_a_fact_comes_from_since_when_and_by_which_rules() -> None:
    why = json.loads(str(merged("council_tax A | MISS CLARE HART | 1 | 2015-01-01..")["provenance"]))

    assert why["surname"] == {
        "mention": "council_tax/A/1",
        "source": "council_tax",
        "since": "2015-01-01",
        "rule": "freshest, commonest, fullest, most_trusted",
    }
    assert set(why) == {"title", "name", "surname", "home"}
    assert set(why) <= set(GROUPS)


@pytest.mark.parametrize("record", ['"', "\\", "a\nb", "\u2028", "Ä'ß", "{}", '","x":"', "\t", "\u0007"])
def test_provenance_is_json_whatever_a_reference_holds(record: str) -> None:
    mentions = placed("library L | MR JOHN SMITH | 1").with_columns(mention=pl.lit(f"library/{record}/1"))
    found = merge(one(mentions), mentions, POLICY, KINDS, as_of=TODAY)
    why = json.loads(found["provenance"][0])

    assert why["surname"]["mention"] == f"library/{record}/1"
    told = found.select(pl.col("provenance").str.json_path_match("$.surname.mention")).item()
    assert told == f"library/{record}/1"


def test_a_home_without_an_address_is_still_a_home() -> None:
    mentions = placed("library L | MR JOHN SMITH | -").with_columns(
        uprn=pl.lit(105, dtype=pl.Int64), place=pl.lit(105, dtype=pl.Int64)
    )

    assert merge(one(mentions), mentions, POLICY, KINDS, as_of=TODAY)["uprn"].to_list() == [105]


def test_a_council_changes_the_rules_and_the_trust() -> None:
    lines = (
        "library L | MR JOHN SMITH | 1 | .. | dob=1961-02-03",
        "electoral_register E | JOHN SMITH | 1 | .. | dob=1961-03-02",
    )
    own = Survivorship.in_force({"trust": ["library"], "facts": {"surname": ["fullest"]}})

    assert merged(*lines)["dob"] == date(1961, 3, 2)
    assert merged(*lines, policy=own)["dob"] == date(1961, 2, 3)


def test_the_order_of_rows_decides_nothing() -> None:
    lines = [
        f"library L{n} | {name} | {n}" for n, name in enumerate(("MR JON SMITH", "MS JEN SMYTH", "DR JAN SMUTH"), 1)
    ]
    mentions = placed(*lines)
    ways = [
        merge(one(frame), frame.sample(fraction=1, shuffle=True, seed=4), POLICY, KINDS, as_of=TODAY)
        for frame in (mentions, mentions.reverse())
    ]

    assert ways[0].equals(ways[1])
