"""How systems write addresses: each in its own way, with slips at the rates that the noise says."""

from functools import cache

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from svoc.rehearsal.address_slips import UNIT_FORMS, slip
from svoc.rehearsal.address_styles import STYLES, WRITTEN, write_address
from svoc.rehearsal.noise import Noise
from svoc.rehearsal.place_schema import generator
from svoc.rehearsal.places import World, build_world

LINES = [f"address_{line}" for line in range(1, 7)]


@cache
def town() -> World:
    return build_world(9, 4000)


@cache
def written(style: str, noise: Noise) -> pl.DataFrame:
    return write_address(town(), town().on(0)["dwelling"], style, generator(1, style), noise)


@pytest.mark.parametrize("style", STYLES)
def test_every_row_asked_for_is_answered_in_its_order(style: str) -> None:
    asked = pl.Series([5, 3, 3, 0, 17])
    rows = write_address(town(), asked, style, generator(1, "few"), Noise())
    assert dict(rows.schema) == dict(WRITTEN)
    assert rows["dwelling"].to_list() == asked.to_list()
    known = dict(town().dwellings.select("dwelling", "uprn").iter_rows())
    assert rows["true_uprn"].to_list() == [known[number] for number in asked]


@pytest.mark.parametrize("style", STYLES)
def test_lines_are_filled_from_the_first_and_no_more_than_the_system_has(style: str) -> None:
    rows = written(style, Noise().doubled())
    filled = rows.select(pl.concat_list(pl.col(line).is_not_null() for line in LINES).alias("filled"))["filled"]
    assert all(list(row) == sorted(row, reverse=True) for row in filled)
    assert rows["address_1"].null_count() == 0
    beyond = LINES[STYLES[style].lines :]
    assert all(rows[line].null_count() == rows.height for line in beyond)


@pytest.mark.parametrize("style", STYLES)
def test_without_noise_the_system_is_right_about_every_property(style: str) -> None:
    rows = written(style, Noise.none())
    homes = town().on(0)
    assert rows["uprn"].equals(homes["uprn"], check_names=False)
    assert rows["postcode"].equals(homes["postcode"])
    text = rows.select(pl.concat_str(LINES, separator=", ", ignore_nulls=True)).to_series()
    streets = homes["street"].str.split(" ").list.first().str.to_lowercase()
    assert all(street in line.lower() for street, line in zip(streets, text, strict=True))


@pytest.mark.parametrize("style", STYLES)
def test_without_noise_no_two_dwellings_read_the_same(style: str) -> None:
    assert not written(style, Noise.none()).select(*LINES, "postcode").is_duplicated().any()


def test_systems_write_the_same_property_differently() -> None:
    rows = [written(style, Noise.none()).drop("dwelling", "uprn", "true_uprn", "postcode") for style in STYLES]
    same = [(rows[0] == rows[1]), (rows[0] == rows[2])]
    assert not any(frame["address_1"].fill_null(value=True).all() for frame in same)
    assert written("council_tax", Noise.none())["address_1"].str.contains("^[^a-z]+$").all()
    assert written("electoral", Noise.none())["address_1"].str.contains("[a-z]").mean() > 0.9  # type: ignore[operator]


RATES = [
    ("council_tax", "council_tax_missing_uprn", pl.col("uprn").is_null()),
    ("electoral", "register_missing_uprn", pl.col("uprn").is_null()),
    ("housing", "housing_missing_uprn", pl.col("uprn").is_null()),
    ("council_tax", "missing_postcode", pl.col("postcode").is_null()),
    ("council_tax", "wrong_uprn", pl.col("uprn") != pl.col("true_uprn")),
]


@pytest.mark.parametrize(("style", "setting", "happened"), RATES, ids=[rate[1] for rate in RATES])
@pytest.mark.parametrize("rate", [0.05, 0.3])
def test_things_go_wrong_as_often_as_the_noise_says(style: str, setting: str, happened: pl.Expr, rate: float) -> None:
    noise = Noise(**{**dict.fromkeys(Noise.__slots__, 0.0), setting: rate})
    share = written(style, noise).select(happened.fill_null(value=False).mean()).item()
    assert share == pytest.approx(rate, abs=0.03)


def test_other_systems_have_slips_of_their_own() -> None:
    noise = Noise(address_typo=0.3)
    one = write_address(town(), town().on(0)["dwelling"], "council_tax", generator(1, "a"), noise)
    two = write_address(town(), town().on(0)["dwelling"], "council_tax", generator(1, "b"), noise)
    assert not one.equals(two)


def test_the_same_stream_gives_the_same_addresses() -> None:
    first, again = (
        write_address(town(), town().on(0)["dwelling"], "housing", generator(4, "x"), Noise()) for _ in range(2)
    )
    assert_frame_equal(first, again)


def test_most_council_tax_addresses_are_clean() -> None:
    clean, noisy = written("council_tax", Noise.none()), written("council_tax", Noise())
    numbered = (clean["address_1"] == noisy["address_1"]).mean()
    assert isinstance(numbered, float)
    assert 0.85 < numbered < 0.99


@pytest.mark.parametrize(
    ("what", "pattern"),
    [
        ("a floor by its initials", r"(?i)^(gff|fff|tff)\b"),
        ("a flat over a shop", r"(?i)^flat (over|at)\b"),
        ("a bare letter or number for a flat", r"^([A-Z]|\d+)$"),
        ("another word for a flat", r"(?i)^(apt|flt|apartment)\b"),
        ("a number run into its street", r"^\d+[A-Z]{3,}"),
        ("an old range sign", r"^\d+( & |/)\d+ "),
        ("a tenement door in another form", r"^(FLAT \d/\d|\d-\d|\(FLAT)"),
    ],
)
def test_the_hard_forms_are_written(what: str, pattern: str) -> None:
    rows = written("council_tax", Noise(flat_restyled=0.6, glued=0.1, flat_word_dropped=0.2))
    found = rows.filter(pl.any_horizontal(pl.col(line).str.contains(pattern) for line in LINES))
    assert found.height > 0, what


def test_flat_a_12_becomes_12a_only_where_nobody_else_is_12a() -> None:
    noise = Noise(**{**dict.fromkeys(Noise.__slots__, 0.0), "flat_restyled": 1.0})
    rows = written("council_tax", noise).join(
        town().dwellings.select("dwelling", "usrn", "pao_start", "sao_text"), on="dwelling"
    )
    glued = rows.filter(
        pl.col("sao_text").str.contains("^FLAT [A-E]$"), pl.col("address_1").str.contains(r"^\d+[A-E] ")
    ).with_columns(letter=pl.col("sao_text").str.slice(5))
    taken = town().dwellings.filter(pl.col("pao_start_suffix").is_not_null())
    both = glued.join(
        taken, left_on=["usrn", "pao_start", "letter"], right_on=["usrn", "pao_start", "pao_start_suffix"], how="semi"
    )
    assert glued.height > 0
    assert both.height == 0


def test_old_and_alternative_addresses_come_from_the_gazetteer() -> None:
    noise = Noise(**{**dict.fromkeys(Noise.__slots__, 0.0), "old_address": 1.0})
    plain, old = written("electoral", Noise.none()), written("electoral", noise)
    differs = (
        plain.select(pl.concat_str(LINES, ignore_nulls=True)).to_series()
        != old.select(pl.concat_str(LINES, ignore_nulls=True)).to_series()
    )
    historic = town().lpis.filter(pl.col("status") == 8, pl.col("opens") == 0, pl.col("closes").is_null())
    assert differs.any()
    assert set(old.filter(differs)["true_uprn"]) <= set(historic["uprn"])


def test_a_renamed_street_is_written_by_the_name_of_the_night() -> None:
    world = town()
    renamed = world.changes.filter(pl.col("change") == "renamed")["uprn"]
    homes = world.dwellings.filter(pl.col("uprn").is_in(renamed.implode()))["dwelling"]
    texts = [
        write_address(world, homes, "electoral", generator(1, "n"), Noise.none(), night=night)
        .select(pl.concat_str(LINES, separator=", ", ignore_nulls=True))
        .to_series()
        for night in (0, world.nights - 1)
    ]
    assert not texts[0].str.contains("Rise").any()
    assert texts[1].str.contains("Rise").all()


def test_an_unknown_style_is_refused() -> None:
    with pytest.raises(KeyError, match="parking"):
        write_address(town(), pl.Series([0]), "parking", generator(1, "p"), Noise())


@given(st.text(alphabet="ABCDE 12", max_size=12), st.integers(0, 99))
@settings(max_examples=60, deadline=None)
def test_a_slip_touches_one_letter_and_no_digit(text: str, seed: int) -> None:
    wrong = slip(np.random.default_rng(seed), text)
    assert abs(len(wrong) - len(text)) <= 1
    assert [sign for sign in wrong if sign.isdigit()] == [sign for sign in text if sign.isdigit()]
    assert wrong[:1] == text[:1]


def test_every_other_form_of_a_unit_differs_from_the_first() -> None:
    for pattern, forms in UNIT_FORMS.items():
        assert len({*forms, pattern}) == 4, pattern
