"""What thresholds would do is shown before they are chosen; what is wanted is reached, or said to be out of reach."""

import polars as pl
import pytest

from svoc.certainty import Certainty
from svoc.choosing import CHOICES, NEVER, Pairs, as_settings, choices, choices_words, thresholds_for
from svoc.errors import SettingsError
from svoc.steps.group import Thresholds
from tests.worlds import ONCE, decisions, placed

LIMITS = Thresholds(margin=2_250, join=4_500, ask=3_000, possible=0, clear=5_000)


def told(*rows: tuple[str, int, float, int]) -> pl.DataFrame:
    """Give so many pairs of a kind and weight, with what is stated of them."""
    each = [row[:3] for row in rows for _ in range(row[3])]
    schema = {"kind": pl.String, "weight": pl.Int32, "stated": pl.Float64}
    return pl.DataFrame(each, schema=schema, orient="row")


def test_the_thresholds_are_the_lowest_at_which_all_above_are_as_precise_as_wanted() -> None:
    some = told(
        ("household", 9_000, 0.9995, 900), ("household", 5_000, 0.99, 50), ("household", 1_000, 0.93, 50),
        ("move", 9_000, 0.9995, 100), ("move", 6_000, 0.97, 2),
    )  # fmt: skip
    found = {wanted: thresholds_for(some, LIMITS, wanted) for wanted in (0.9, 0.999, 0.9993)}
    assert [(each.margin, each.join) for each in found.values()] == [(1_000, 6_000), (5_000, 9_000), (9_000, 9_000)]
    assert all(each.ask == 3_000 for each in found.values())


def test_easy_links_do_not_pay_for_doubtful_ones() -> None:
    some = told(("household", 9_000, 0.9999, 100_000), ("household", 0, 0.5, 10), ("move", 2_000, 0.9999, 1))
    found = thresholds_for(some, LIMITS, 0.99)
    assert (found.margin, found.join, found.ask) == (9_000, 2_000, 2_000), "nobody is asked of what is joined"


def test_what_is_out_of_reach_joins_nobody() -> None:
    found = thresholds_for(told(("household", 9_000, 0.9, 5)), LIMITS, 0.999)
    assert (found.margin, found.join) == (NEVER, NEVER)


@pytest.mark.parametrize("wanted", [0.0, 1.0, 99.9])
def test_a_precision_is_a_share(wanted: float) -> None:
    with pytest.raises(SettingsError, match=r"as 0\.999"):
        thresholds_for(told(("move", 0, 0.5, 1)), LIMITS, wanted)


def couples(count: int) -> Pairs:
    """So many pairs of records at a place each, half of them heavy and half of them light."""
    lines = [f"library {side}{n} | MR JOHN SMITH | {n} KING STREET" for n in range(count) for side in "AB"]
    rows = [(f"library/A{n}/1", f"library/B{n}/1", "together", 9_000 if n % 2 else 1_000, 0) for n in range(count)]
    schema = {"left": pl.String, "right": pl.String, "context": pl.String, "weight": pl.Int32, "besides": pl.Int32}
    pairs = pl.DataFrame(rows, schema=schema, orient="row").sort("left", "right")
    return Pairs(placed(*lines), pairs, decisions(), ONCE)


def test_a_choice_shows_its_links_its_cases_and_what_to_expect() -> None:
    known = told(("household", 9_000, 1.0, 1000), ("household", 1_000, 0.5, 1000)).with_row_index()
    known = known.with_columns(same=(pl.col("weight") > 5_000) | (pl.col("index") % 2 == 0))
    certainty = Certainty.fitted(known, on="two thousand pairs", model="")
    table = choices(couples(8), LIMITS, certainty, wanted=[0.999, 0.9999999])
    assert table.schema == CHOICES
    now, sure, never = table.to_dicts()
    assert (now["wanted"], now["margin"], now["join"]) == (None, 2_250, 4_500)
    assert (sure["margin"], sure["links"], sure["cases"]) == (9_000, 4, 4)
    assert sure["precision"] == pytest.approx(0.9995, abs=0.0005)
    assert sure["recall"] == pytest.approx(4 / 6, abs=0.01)
    assert (never["margin"], never["links"], never["cases"], never["least"]) == (None, 0, 8, None)
    shown = choices_words(table).splitlines()
    assert len(shown) == 4
    assert shown[1].startswith("in force")
    assert "none" in shown[3]
    assert as_settings(sure).splitlines()[:2] == ["[matching]", "margin = 9"]
