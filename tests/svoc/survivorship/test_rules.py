"""Each rule alone, by the contract that all rules keep."""

from datetime import date

import polars as pl
import pytest

from svoc.survivorship.rules import RULES
from svoc.words.mentions import lasting
from tests.worlds import TODAY, placed

LINES = (
    "council_tax A | MR J SMITH | 1 | 2020-01-01..",
    "electoral_register E | JOHN SMITH | 1 | 2015-01-01..",
    "library L | MR JOHN SMITH | - | 2024-01-01..2025-01-01",
    "library M | MR JO SMITH | 2 | 2026-12-01..",
    "library N | - | 3",
)
TRUST = {"council_tax": 2, "electoral_register": 3, "library": 0}


def ranked(rule: str, fact: str) -> list[str]:
    """Give the records from the highest rank to the lowest; equals in the order of their keys."""
    mentions = placed(*LINES).with_columns(
        person=pl.lit("P"), lasting=lasting(TODAY),
        trust=pl.col("source").replace_strict(TRUST, return_dtype=pl.Int32),
    )  # fmt: skip
    ranks = mentions.with_columns(rank=RULES[rule](fact)).sort("rank", "mention", descending=[True, False])
    return ranks["record"].to_list()


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("fact", ["forename", "dob", "address", "uprn", "deceased"])
def test_every_rule_gives_a_whole_number_for_every_record_whatever_it_lacks(rule: str, fact: str) -> None:
    bare = placed(*LINES).with_columns(person=pl.lit("P"), lasting=lasting(TODAY), trust=pl.lit(0, dtype=pl.Int32))
    ranks = bare.select(rank=RULES[rule](fact))["rank"]

    assert ranks.dtype == pl.Int64
    assert ranks.null_count() == 0


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_says_what_it_prefers(rule: str) -> None:
    assert (RULES[rule].__doc__ or "").startswith("Prefer ")


@pytest.mark.parametrize(
    ("rule", "fact", "order"),
    [
        ("freshest", "surname", ["A", "E", "N", "M", "L"]),
        ("fullest", "forename", ["E", "L", "M", "A", "N"]),
        ("most_trusted", "surname", ["E", "A", "L", "M", "N"]),
        ("commonest", "forename", ["E", "L", "A", "M", "N"]),
        ("surest_placed", "address", ["A", "E", "M", "N", "L"]),
    ],
)
def test_a_rule_ranks(rule: str, fact: str, order: list[str]) -> None:
    assert ranked(rule, fact) == order


@pytest.mark.parametrize("since", [date(1066, 10, 14), date(9999, 12, 31)])
def test_a_stay_that_lasts_comes_before_all_that_do_not_however_far_the_years_lie(since: date) -> None:
    stays = pl.DataFrame({"since": [since, date(2026, 1, 1)], "until": [since, None], "lasting": [False, True]})
    ranks = stays.select(RULES["freshest"]("surname")).to_series()

    assert ranks[1] > ranks[0]
