"""Evidence is sorted by its kind, and each kind means what it has meant."""

import json
from pathlib import Path

import polars as pl
import pytest

from svoc.certainty import EVIDENCE, KINDS, Certainty, evidence_of, known_by, read_certainty
from svoc.errors import SettingsError
from svoc.person_model import read_model
from svoc.steps.group import Thresholds
from tests.worlds import ONCE, decisions, placed

LIMITS = Thresholds(margin=2_250, join=4_500, ask=3_000, possible=0, clear=5_000)


def scored(*rows: tuple[str, str, str, int, int]) -> pl.DataFrame:
    schema = {"left": pl.String, "right": pl.String, "context": pl.String, "weight": pl.Int32, "besides": pl.Int32}
    told = [(min(a, b), max(a, b), context, weight, besides) for a, b, context, weight, besides in rows]
    return pl.DataFrame(told, schema=schema, orient="row").sort("left", "right")


def key(letter: str) -> str:
    return f"library/{letter}/1"


def kinds(mentions: pl.DataFrame, pairs: pl.DataFrame) -> dict[str, tuple[str, int]]:
    found = evidence_of(mentions, pairs, decisions(), LIMITS, ONCE)
    assert found.schema == EVIDENCE
    short = [f"{left.split('/')[1]}{right.split('/')[1]}" for left, right in found.select("left", "right").iter_rows()]
    return dict(zip(short, found.select("kind", "weight").rows(), strict=True))


def test_between_places_it_matters_what_speaks_besides_the_name_and_whether_somebody_else_fits() -> None:
    mentions = placed(*(f"library {letter} | MR JOHN SMITH | -" for letter in "ABCDEFGH"))
    pairs = scored(
        (key("A"), key("B"), "apart", 8_000, 6_000),
        (key("C"), key("D"), "apart", 8_000, 2_000),
        (key("E"), key("F"), "apart", 8_000, 6_000),
        (key("E"), key("G"), "apart", 7_000, 6_000),
        (key("A"), key("H"), "apart", -3_000, 6_000),
    )
    assert kinds(mentions, pairs) == {
        "AB": ("move", 8_000),
        "AH": ("rivalled", -3_000),
        "CD": ("name", 8_000),
        "EF": ("rivalled", 8_000),
        "EG": ("rivalled", 7_000),
    }


def test_at_one_place_a_link_is_as_sure_as_the_lesser_of_weight_and_margin() -> None:
    mentions = placed(*(f"library {letter} | MR JOHN SMITH | 12 KING STREET" for letter in "ABC"))
    pairs = scored(
        (key("A"), key("B"), "together", 9_000, 0),
        (key("A"), key("C"), "together", -4_000, 0),
        (key("B"), key("C"), "together", -4_000, 0),
    )
    assert kinds(mentions, pairs) == {
        "AB": ("household", 9_000),
        "AC": ("housemates", -4_000),
        "BC": ("housemates", -4_000),
    }


def test_what_is_joined_by_way_of_a_third_is_a_kind_of_its_own() -> None:
    mentions = placed(*(f"library {letter} | MR JOHN SMITH | -" for letter in "ABC"))
    pairs = scored(
        (key("A"), key("B"), "apart", 9_000, 6_000),
        (key("B"), key("C"), "apart", 9_000, 6_000),
        (key("A"), key("C"), "apart", 1_000, 0),
    )
    assert kinds(mentions, pairs)["AC"] == ("through", 1_000)


def test_the_kinds_do_not_hang_on_where_the_council_joins() -> None:
    mentions = placed(*(f"library {letter} | MR JOHN SMITH | -" for letter in "AB"))
    pairs = scored((key("A"), key("B"), "apart", 4_000, 6_000))
    strict = Thresholds(margin=2_250, join=90_000, ask=90_000, possible=0, clear=5_000)
    found = [evidence_of(mentions, pairs, decisions(), limits, ONCE) for limits in (LIMITS, strict)]
    assert found[0].equals(found[1])


def test_more_of_one_kind_of_evidence_is_never_less_sure() -> None:
    certainty = read_certainty()
    assert certainty.assumed
    for kind in KINDS:
        weights = pl.DataFrame({"weight": range(-20_000, 30_000, 250)}, schema={"weight": pl.Int32})
        stated = certainty.stated(weights.with_columns(kind=pl.lit(kind)))
        assert stated.is_sorted()
        assert stated.is_between(0, 1, closed="none").all()


def test_the_shipped_figures_join_what_the_shipped_thresholds_join() -> None:
    at = pl.DataFrame({"kind": ["household", "move"], "weight": [2_250, 4_500]}, schema_overrides={"weight": pl.Int32})
    assert read_certainty().stated(at).min() > 0.85  # type: ignore[operator]


def test_it_survives_being_written_down(tmp_path: Path) -> None:
    known = pl.DataFrame({"kind": [*KINDS] * 2, "weight": [0, 9_000] * 6, "same": [False, True] * 6})
    fitted = Certainty.fitted(known, on="a dozen pairs", model=known_by(read_model()), assumed=False)
    file = tmp_path / "ours.json"
    file.write_text(fitted.to_json(), encoding="utf-8")
    assert read_certainty(file) == fitted
    assert not fitted.assumed


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "wrong shape"),
        ("[]", "wrong shape"),
        (json.dumps({"format": "svoc person certainty", "version": 1, "kinds": {}}), "with the kinds household"),
    ],
)
def test_what_is_no_certainty_is_refused(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "ours.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match=rf"ours\.json: .*{says}"):
        read_certainty(file)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"\[matching\] certainty: none\.json cannot be read"):
        read_certainty(tmp_path / "none.json")
