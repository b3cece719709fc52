"""The scorer, on a table that is read by hand."""

import csv
from pathlib import Path

import polars as pl
import pytest

from benchmarks.hard_cases.kinds.base import ROWS
from benchmarks.hard_cases.score import VERDICTS, by_kind, judged, totals

CASES = list(csv.DictReader((Path(__file__).parent / "scored.csv").read_text(encoding="utf-8").splitlines()))
# A flat 101 and its neighbour 102, in block 100 on estate 99; house 201 stands where 200 was.
BUILDINGS, PARENTS, HEIRS = {99: [100], 100: [101, 102]}, {101: 100, 102: 100, 100: 99}, {200: 201}


def number(text: str) -> int | None:
    return int(text) if text else None


def verdicts(cases: list[dict[str, str]]) -> pl.DataFrame:
    rows = [
        (case["case"], 1, "", "", case["want"], number(case["uprn"]), [int(u) for u in case["also"].split()])
        for case in cases
    ]
    answers = pl.DataFrame(
        {"row": [c["case"] for c in cases], "uprn": [number(c["answer"]) for c in cases]},
        schema={"row": pl.String, "uprn": pl.Int64},
    )
    asked = pl.DataFrame(rows, schema=ROWS, orient="row")
    return judged(asked, answers, buildings=BUILDINGS, parents=PARENTS, heirs=HEIRS)


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_each_answer_gets_its_verdict(case: dict[str, str]) -> None:
    assert verdicts([case])["verdict"].item() == case["verdict"]


def test_the_level_is_told_by_the_property_where_the_tool_does_not_tell() -> None:
    levels = dict(verdicts(CASES).select("row", "level").iter_rows())
    assert levels["the building that is wanted"] == "building"
    assert levels["the flat that is wanted"] == "exact"
    assert levels["nothing for nothing"] == "none"


def test_a_row_without_an_answer_counts_as_unanswered() -> None:
    asked = verdicts(CASES).select(list(ROWS))
    none = pl.DataFrame(schema={"row": pl.String, "uprn": pl.Int64})
    found = judged(asked, none, buildings={}, parents={}, heirs={})
    assert set(found["verdict"]) == {"missed", "held"}


def test_building_level_answers_are_neither_right_nor_wrong() -> None:
    kinds = by_kind(verdicts(CASES))
    assert kinds.select(VERDICTS).row(0) == (4, 3, 1, 3, 2, 1)
    assert kinds.select("rows", "wanted").row(0) == (14, 10)
    assert kinds.select("recall", "precision", "wrong_rate", "false_accepts").row(0) == (4 / 10, 4 / 9, 5 / 14, 2 / 4)


def test_kinds_count_alike_whatever_their_rows_or_by_their_weights() -> None:
    right = verdicts(CASES[:1] * 1).with_columns(kind=pl.lit(1, pl.Int64))
    missed = pl.concat([verdicts(CASES[4:5]).with_columns(kind=pl.lit(2, pl.Int64))] * 3)
    kinds = by_kind(pl.concat([right, missed]))
    assert totals(kinds)["recall"] == 0.5
    assert totals(kinds, {1: 3.0, 2: 1.0})["recall"] == 0.75
