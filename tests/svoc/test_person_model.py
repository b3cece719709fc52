"""The person model: what it compares, that the shipped one is whole, and how one is learned."""

from pathlib import Path

import polars as pl
import pytest

from matchers.evidence import TOGETHER
from svoc.errors import SettingsError
from svoc.person_model import SHIPPED, read_model, trained_on, untrained
from svoc.steps.pair import FEATURES, features, pair
from svoc.words.mentions import EVENTS_SOURCE
from tests.worlds import ONCE, placed, policy

SHIPPED_MODEL = read_model()


def weight(*lines: str) -> int:
    found = pair(placed(*lines), SHIPPED_MODEL, policy().engine)
    assert found.height == 1
    return int(found["weight"][0])


def test_the_shipped_model_compares_what_the_code_says() -> None:
    assert [c.name for c in SHIPPED_MODEL.comparisons] == [c.name for c in untrained().comparisons]
    assert set(SHIPPED_MODEL.columns) <= {"id", *FEATURES}
    assert SHIPPED_MODEL.thresholds.ask <= SHIPPED_MODEL.thresholds.same


def test_reading_it_again_gives_the_same_bytes() -> None:
    assert read_model().to_json() == SHIPPED_MODEL.to_json()


def test_a_council_reads_its_own(tmp_path: Path) -> None:
    own = tmp_path / "model.json"
    own.write_text(SHIPPED_MODEL.to_json(), encoding="utf-8")

    assert read_model(own).to_json() == SHIPPED_MODEL.to_json()


def test_one_that_is_not_there_is_told_without_its_folder(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"\[matching\] model: mine\.json cannot be read") as found:
        read_model(tmp_path / "mine.json")
    assert str(tmp_path) not in str(found.value)
    assert SHIPPED == "person_model.json"


@pytest.mark.parametrize(
    ("likely", "unlikely"),
    [
        (("library A | MR JOHN SMITH | 1", "council_tax B | MR JOHN SMITH | 1"),
         ("library A | MR JOHN SMITH | 1", "council_tax B | MR JAMES SMITH | 1")),
        (("library A | MR JOHN SMITH | 1 | .. | dob=1961-02-03", "library B | JOHN SMITH | 2 | .. | dob=1961-02-03"),
         ("library A | MR JOHN SMITH | 1 | .. | dob=1961-02-03", "library B | JOHN SMITH | 2 | .. | dob=1990-05-06")),
        (("library A | MISS CLARE HART | 1", "council_tax B | MISS CLARE HART | 1"),
         ("library A | MISS CLARE HART | 1", "council_tax B | MR CLARE HART | 1")),
    ],
)  # fmt: skip
def test_what_agrees_weighs_more_than_what_does_not(likely: tuple[str, str], unlikely: tuple[str, str]) -> None:
    assert weight(*likely) > weight(*unlikely)


def test_at_one_place_handing_over_counts_for_nothing() -> None:
    levels = SHIPPED_MODEL.knowledge.levels["handover"][TOGETHER]

    assert levels.m == levels.u


class TestFeatures:
    """What the matchers see: people and life events, by their key."""

    def test_companies_and_voids_are_left_out_and_events_are_not(self) -> None:
        mentions = placed(
            "council_tax A | ACME | 1", "council_tax B | MR JOHN SMITH | 1", "life_events D | JOHN SMITH | 1"
        )
        kind = pl.when(pl.col("record") == "A").then(pl.lit("organisation")).otherwise("kind")
        seen = features(mentions.with_columns(kind=kind))

        assert seen["id"].to_list() == ["council_tax/B/1", f"{EVENTS_SOURCE}/D/1"]
        assert seen.columns == ["id", *FEATURES]

    def test_pairs_that_touch_nothing_named_are_left_out(self) -> None:
        mentions = placed(*(f"library {letter} | MR JOHN SMITH | 1" for letter in "ABC"))
        found = pair(mentions, SHIPPED_MODEL, policy().engine, touching=pl.Series(["library/C/1"]))

        assert found.select("left", "right").rows() == [("library/A/1", "library/C/1"), ("library/B/1", "library/C/1")]


def test_a_model_learns_from_a_councils_own_mentions_and_always_the_same() -> None:
    names = ["MR JOHN SMITH", "MRS ANN BYRNE", "MISS RUTH HILL", "MR PETER DALE", "MS VERA OAK", "MR IAN ASH"]
    lines = [f"council_tax A{n} | {names[n % 6]} | {n} | 2015-01-01.." for n in range(1, 60)]
    lines += [f"electoral_register E{n} | {names[n % 6]} | {n}" for n in range(1, 60)]
    mentions = placed(*lines)
    one = trained_on(mentions, ONCE, seed=5)

    assert one.to_json() == trained_on(mentions.reverse(), ONCE, seed=5).to_json()
    levels = one.knowledge.levels["handover"][TOGETHER]
    assert levels.m == levels.u
