"""Which answers about a life event count: one person's last, or those of two who say the same."""

import csv
from pathlib import Path

import polars as pl
import pytest

from svoc.steps.agree import agree
from tests.worlds import decisions

CASES = Path(__file__).parents[2] / "cases" / "answers.csv"
ROWS = list(csv.DictReader(CASES.read_text(encoding="utf-8").splitlines()))
EVENT = "life_events/registrar:1/1"
WORDS = {"yes": "confirmed", "no": "rejected"}
PEOPLE = {"j": "j.okafor", "J": "  J.Okafor ", "k": "k.lund", "m": "m.patel"}


def key(letter: str) -> str:
    return f"library/{letter}/1"


def given(words: str) -> pl.DataFrame:
    """Read `j yes2 A; k no A`: who, what (2: of an event that takes two people), of whom."""
    said = []
    for part in words.split("; "):
        who, what, whom = part.split()
        more = {"steward": PEOPLE[who], "people": 2 if what.endswith("2") else None, "seen": "a-b"}
        said.append((WORDS[what.strip("2")], EVENT, key(whom), more))
    return decisions(*said)


@pytest.mark.parametrize("row", ROWS, ids=[row["why"] for row in ROWS])
def test_answers_come_to_what_an_officer_expects(row: dict[str, str]) -> None:
    letters = sorted(set("ABC"))
    clusters = pl.DataFrame({"mention": [key(c) for c in letters], "cluster": letters})

    said = given(row["answers"])
    found = agree(said, clusters)

    def of(verdict: str) -> str:
        return " ".join(sorted(found.counted.filter(pl.col("verdict") == verdict)["cluster"]))

    asked = said.filter(pl.col("decision").is_in(found.waiting.implode()))["right"].unique().sort()
    told = [of("confirmed"), of("rejected"), " ".join(k[8] for k in found.at_odds["right"])]
    assert [*told, " ".join(k[8] for k in asked)] == [row[n] for n in ("confirmed", "rejected", "at_odds", "asked")]
