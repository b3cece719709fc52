"""The oracle's weights are the shares one counts, the same records grouped again are the night's, tables add up."""

import importlib
from math import log2
from pathlib import Path
from types import ModuleType

import polars as pl
import pytest

from matchers import Model
from matchers.evidence import APART, TOGETHER
from svoc.person_model import read_model
from svoc.rehearsal import rehearse
from svoc.running import run_night
from svoc.steps.pair import FEATURES, features, pair

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.fixture(scope="module")
def rooms() -> dict[str, ModuleType]:
    names = ("counted", "lived", "oracle", "peer", "regrouped", "told")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(BENCHMARKS))
        return {name: importlib.import_module(f"town_sets.{name}") for name in names}


def records(homes: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Two people a home, each named by two sources; in every tenth home the second source has somebody else."""
    rows, truth = [], []
    for home in range(homes):
        for number, forename in enumerate(("JOAN", "PETER")):
            for source in ("ct", "er"):
                other = source == "er" and number == 0 and home % 10 == 0
                key = f"{source}/{home}/{number}"
                rows.append({"id": key, "source": source, "place": home, "forename": "MARY" if other else forename,
                             "surname": f"SURNAME{home % 7}"})  # fmt: skip
                truth.append({"id": key, "person": f"{home}/{number}/{other}"})
    dates = pl.col("dob", "since", "until").cast(pl.Date)
    frame = pl.DataFrame(rows).with_columns(pl.lit(None, pl.String).alias(n) for n in FEATURES if n not in rows[0])
    return frame.with_columns(dates, pl.col("forwarding_place").cast(pl.Int64)), pl.DataFrame(truth)


def test_the_oracle_holds_the_shares_that_one_counts(rooms: dict[str, ModuleType]) -> None:
    people, truth = records(60)
    ours = read_model()
    true: Model = rooms["oracle"].oracle(ours, people, truth, {"ct": True, "er": True})
    name = next(c for c in true.comparisons if c.name == "name")
    levels = true.knowledge.levels["name"][TOGETHER]
    same, conflict = (
        name.levels.index(level) for level in ("forename and surname agree", "surname agrees, forenames conflict")
    )
    half_a_level = 0.5 * len(name.levels)
    assert levels.m[same] == pytest.approx((114 + 0.5) / (114 + half_a_level)), "114 pairs of one person, all agree"
    assert levels.u[conflict] == pytest.approx((126 + 0.5) / (126 + half_a_level)), "120 crosswise, 6 of somebody else"
    # 228 of the 240 records have their counterpart at home, among two candidates each
    assert true.knowledge.prior[TOGETHER] == round(1000 * log2(228 / 2 / 12.5))
    assert true.knowledge.levels["phone"] == ours.knowledge.levels["phone"], "no source holds a telephone"
    assert true.knowledge.levels["handover"][TOGETHER] == ours.knowledge.levels["handover"][TOGETHER]
    assert (true.blocks, true.thresholds) == (ours.blocks, ours.thresholds)
    table = rooms["oracle"].beside_the_truth(ours, true)
    assert table.height == 2 * sum(len(c.levels) for c in ours.comparisons) + 2
    assert len(rooms["told"].weights_told(table.to_dicts()).splitlines()) == table.height + 1
    assert Model.from_json(true.to_json()).knowledge.prior[APART] == true.knowledge.prior[APART]


def test_grouped_again_by_its_own_weights_a_town_is_what_the_night_made(
    rooms: dict[str, ModuleType], tmp_path: Path
) -> None:
    town = rehearse(tmp_path / "town", dwellings=300, seed=9, nights=1)
    run_night(town.settings)
    lived = rooms["lived"].read(town.folder, seed=9, noise=1, figures={})
    published = rooms["counted"].counted(lived.made, lived.truth)
    ours = lived.policy.thresholds
    again = rooms["regrouped"].regrouped(lived, pair(lived.mentions, lived.policy.model, lived.policy.engine), ours)
    assert again == published
    true = rooms["oracle"].oracle(
        lived.policy.model, features(rooms["lived"].people(lived)), lived.known, lived.policy.lists_once
    )
    grid = rooms["regrouped"].swept(lived, true, margins=(), joins=(12_000,))
    assert [(row["margin"], row["join"]) for row in grid] == [(ours.margin, ours.join), (ours.margin, 12_000)]
    beside = rooms["regrouped"].beside_the_oracle([published, published], [grid, grid])
    if beside["ratio"] is not None:
        assert beside["precision"] >= rooms["counted"].precision(published)
        assert 0.8 < beside["ratio"] < 1.2


def counts(both: int, joined: int, true: int) -> dict[str, dict[str, int]]:
    return {scope: {"both": both, "joined": joined, "true": true} for scope in ("all", "within", "between")}


def test_pooled_figures_are_sums_and_not_means(rooms: dict[str, ModuleType]) -> None:
    home = {"people": 5_000, "households": 1_000, "joined": 1, "cases": 20}
    sets = [{"set": "twins", "pairs": 3, "apart": 2, "joined": 1, "asked": 0, "true": 4, "found": 3, "recall": 0.75}]
    empty = [{**sets[0], "pairs": 0, "apart": 0, "joined": 0, "true": 0, "found": 0, "recall": None}]

    def town(seed: int, own: dict[str, dict[str, int]], sets: list[dict[str, object]]) -> dict[str, object]:
        grid = [{"margin": 1, "join": 1, "counts": counts(97, 98, 100)}, {"margin": 2, "join": 1, "counts": own}]
        splink = {way: [{"threshold": 0.9, "counts": counts(80, 100, 100)}] for way in ("connected", "one-to-one")}
        return {"seed": seed, "counts": own, "at_home": {**home, "sets": sets}, "oracle": {"grid": grid},
                "splink": splink}  # fmt: skip

    told = rooms["told"]
    found = told.pooled_over([town(1, counts(90, 90, 100), sets), town(2, counts(270, 300, 300), empty)])
    assert found["pairs"]["all"]["precision"] == pytest.approx(360 / 390)
    assert found["pairs"]["all"]["recall"] == pytest.approx(360 / 400)
    assert (found["joined_of_10000"], found["cases_a_household"]) == (2.0, 0.02)
    assert found["sets"] == sets, "the town without twins adds nothing"
    assert found["oracle"]["ratio"] == pytest.approx(0.9 / 0.97), "the best of the settings as precise as ours"
    assert found["splink"]["connected"]["best"]["precision"] == pytest.approx(0.8)
    assert found["splink"]["connected"]["billing_safe"] is None
    assert "MISSED" in told.wanted(found, 1.0)
    assert "cases a household" not in told.wanted(found, 2.0)
    assert "twins" in told.summary(found)
