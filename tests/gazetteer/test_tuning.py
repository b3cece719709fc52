"""The figures of placing: that they are sound, that they are kept, and that what contradicts stays a veto."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazetteer import BadTuning, Fitted, Gazetteer, MissingInput, Tuning, explain, find, resolve
from gazetteer.examples import barchester, town
from gazetteer.rungs import LEVELS, RUNGS, VETOES
from gazetteer.tuning import PLACING, SUREST

CASES = Path(__file__).parents[1] / "cases"
SHIPPED = Tuning.shipped()


def altered(**levels: dict[str, float]) -> dict[str, dict[str, float]]:
    return {name: {**figures, **levels.get(name, {})} for name, figures in SHIPPED.weights.items()}


@pytest.fixture(scope="module")
def place() -> Gazetteer:
    return town(CASES / "gazetteer.csv")


def test_the_shipped_tuning_names_every_level_and_every_rung_that_places() -> None:
    assert {name: set(levels) for name, levels in SHIPPED.weights.items()} == {n: set(ls) for n, ls in LEVELS.items()}
    assert list(SHIPPED.certainty) == [rung.name for rung in RUNGS if rung.places]
    assert max(max(figures) for figures in SHIPPED.certainty.values()) <= SUREST


@given(
    bits=st.floats(-2, 0), enough=st.floats(0, 20), wanted=st.floats(0, SUREST), on=st.text(), labels=st.integers(0, 9)
)
def test_what_is_saved_is_read_back(bits: float, enough: float, wanted: float, on: str, labels: int) -> None:
    fitted = Fitted(on, labels, "2026-11-23", None)
    tuning = replace(
        SHIPPED, weights=altered(kind={"different": bits - 1}), enough=enough, wanted=wanted, fitted=fitted
    )
    assert Tuning.from_json(tuning.to_json()) == tuning


def test_a_file_says_only_what_differs(tmp_path: Path) -> None:
    file = tmp_path / "tuning.json"
    file.write_text('{"version": 1, "weights": {"name": {"equal": 9}}}', encoding="utf-8")
    tuning = Tuning.load(file)
    assert tuning == replace(SHIPPED, weights=altered(name={"equal": 9.0}), fitted=Fitted())
    assert Tuning.load(tuning.save(file)) == tuning


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ("{", "expected JSON"),
        ("[]", 'expected a tuning of "version": 1'),
        ('{"version": 2}', 'expected a tuning of "version": 1'),
        ({"enogh": 8}, "setting enogh is unknown; did you mean enough?"),
        ({"weights": {"nmae": {}}}, "weights: evidence nmae is unknown; did you mean name?"),
        ({"weights": {"unit": {"flor": 1}}}, "weights: unit: level flor is unknown; did you mean floor?"),
        ({"weights": {"number": {"conflict": 1}}}, "weights: number: a conflict has no weight"),
        ({"weights": {"unit": {"conflict": -1}}}, "weights: unit: conflict must stay a veto of at most -10 bits"),
        ({"weights": {"street": {"equal": float("inf")}}}, "weights: street: equal: expected a finite number of bits"),
        ({"weights": {"street": {"close": 9}}}, "weights: street: equal may not weigh less than close"),
        ({"weights": {"street": {"close": "much"}}}, "expected numbers and tables of numbers"),
        ({"weights": 3}, "expected numbers and tables of numbers"),
        ({"certainty": {"exat": [1, 1, 1, 1]}}, "certainty: rung exat is unknown; did you mean exact?"),
        ({"certainty": {"tie": [0, 0, 0, 0]}}, "certainty: rung tie is unknown"),
        ({"certainty": {"exact": [0.9]}}, "certainty: exact: expected 4 figures"),
        ({"certainty": {"exact": [0.9, 0.9, 0.9, 1.0]}}, "certainty: exact: expected probabilities from 0 to 0.9995"),
        ({"certainty": {"exact": [0.9, 0.8, 0.9, 0.9]}}, "certainty: exact: expected figures that do not fall"),
        ({"gaps": [2, 1, 3]}, "gaps: expected bits above 0, ascending"),
        ({"wanted": 1}, "wanted: expected a figure from 0 to 0.9995"),
        ({"clear": float("nan")}, "clear: expected a figure"),
    ],
)
def test_what_cannot_be_is_refused_in_words(tmp_path: Path, told: str | dict[str, Any], words: str) -> None:
    file = tmp_path / "ours.json"
    file.write_text(told if isinstance(told, str) else json.dumps({"version": 1, **told}), encoding="utf-8")
    with pytest.raises(BadTuning) as fault:
        Tuning.load(file)
    assert f"ours.json: {words}" in str(fault.value)


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(MissingInput, match=r"none\.json"):
        Tuning.load(tmp_path / "none.json")


@given(st.sampled_from(PLACING), st.floats(0, 60), st.floats(0, 60) | st.none())
def test_certainty_does_not_grow_as_the_gap_falls(rung: str, gap: float, wider: float | None) -> None:
    schema = {"rung": pl.String, "gap": pl.Float64}
    wide = None if wider is None else gap + wider
    near, far = (
        pl.DataFrame({"rung": [rung] * 2, "gap": [gap, wide]}, schema=schema).select(SHIPPED.sureness).to_series()
    )
    assert 0 <= near <= far <= SUREST


def test_a_tuning_decides_where_it_is_given_and_where_the_gazetteer_has_one(place: Gazetteer, tmp_path: Path) -> None:
    asked = pl.DataFrame({"address": ["flat 3, 14 kinng street"], "postcode": ["BA1 2AA"]})
    strict = replace(SHIPPED, enough=40.0)
    assert resolve(asked, place)["uprn"].null_count() == 0
    assert resolve(asked, place, tuning=strict)["uprn"].null_count() == 1
    assert find("flat 3, 14 kinng street, ba1 2aa", place, tuning=strict).uprn is None
    own = replace(place, tuning=strict)
    kept = Gazetteer.load(own.save(tmp_path / "kept"))
    assert kept.tuning == strict
    assert resolve(asked, kept)["uprn"].null_count() == 1
    assert resolve(asked, kept, tuning=SHIPPED)["uprn"].null_count() == 0
    assert Gazetteer.load(place.save(tmp_path / "kept")).tuning is None


def test_the_evidence_is_shown_in_the_weights_that_were_given() -> None:
    heavy = replace(SHIPPED, weights=altered(street={"equal": 20.0}))
    told = explain("12 king street, ba1 1aa", barchester(), tuning=heavy)
    assert told.filter(pl.col("evidence") == "street")["bits"][0] == 20


def test_what_is_less_certain_than_wanted_is_held_back_and_says_so(place: Gazetteer) -> None:
    asked = pl.DataFrame({"address": ["flat 3, 14 kinng street"], "postcode": ["BA1 2AA"]})
    (sure,) = resolve(asked, place).to_dicts()
    (held,) = resolve(asked, place, wanted=SUREST).to_dicts()
    assert sure["uprn"] is not None
    assert (held["outcome"], held["uprn"], held["rivals"]) == ("ambiguous", None, [sure["uprn"]])
    assert (held["reason"], held["rung"]) == ("below the wanted certainty", sure["rung"])
    assert held["certainty"] == sure["certainty"] < SUREST
    assert resolve(asked, place, wanted=sure["certainty"])["uprn"][0] == sure["uprn"]
    with pytest.raises(BadTuning, match="wanted"):
        resolve(asked, place, wanted=1.0)


def test_no_figures_place_an_address_at_another_number_or_unit(place: Gazetteer) -> None:
    """Numbers and units that contradict are vetoes, even for whoever would take anything."""
    eager = {n: dict.fromkeys(ls, 50.0) | {v: VETOES[n, v] for v in ls if (n, v) in VETOES} for n, ls in LEVELS.items()}
    lax = replace(SHIPPED, weights=eager, enough=0.0, clear=0.0)
    asked = pl.DataFrame(
        {"address": ["flat 99, 14 king street", "999 king street"], "postcode": ["BA1 2AA", "BA1 2AA"]}
    )
    flat, house = resolve(asked, place, tuning=lax)["outcome"]
    assert flat in ("building", "ambiguous")
    assert house == "street"
