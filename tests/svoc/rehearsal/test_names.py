import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from svoc.rehearsal.handwriting import HELD, Hand, slip, write_names
from svoc.rehearsal.names import CUSTOMS, borne, draw_customs, draw_forenames, draw_middle_names, draw_surnames, table
from svoc.rehearsal.noise import Noise

MANY = 40_000


def of(value: str, count: int = MANY) -> np.ndarray:
    return np.full(count, value, dtype=object)


def common(names: np.ndarray, first: int) -> list[str]:
    counted = pl.Series("name", names.tolist()).value_counts(sort=True)
    return counted["name"].head(first).to_list()


def test_the_lists_are_long_enough_to_be_a_country() -> None:
    assert table("surnames")["surname"].n_unique() >= 700
    assert table("forenames")["forename"].n_unique() >= 500
    assert set(table("forenames")["custom"]) == set(table("surnames")["custom"]) == set(CUSTOMS)


def test_surnames_have_a_few_that_are_common_and_a_long_tail() -> None:
    drawn = draw_surnames(of("british"), np.random.default_rng(0))
    share = float(np.mean(drawn == "Smith"))
    assert common(drawn, 1) == ["Smith"]
    assert 0.008 < share < 0.02  # about 1.2 in 100 in England and Wales
    once = pl.Series(drawn.tolist()).value_counts().filter(pl.col("count") <= 3).height
    assert once > 1500


def test_forenames_belong_to_their_decade() -> None:
    rng = np.random.default_rng(1)
    old, young = (set(common(draw_forenames(of("british"), of("F"), np.full(MANY, y), rng), 20)) for y in (1935, 2001))
    assert {"Margaret", "Joan"} <= old
    assert {"Chloe", "Emily"} <= young
    assert not old & young


def test_those_born_before_the_first_list_are_drawn_from_it() -> None:
    drawn = draw_forenames(of("british", 50), of("M", 50), np.full(50, 1919), np.random.default_rng(2))
    assert all(drawn)


def test_customs_come_in_their_shares() -> None:
    drawn = draw_customs(MANY, np.random.default_rng(3))
    assert np.mean(drawn == "british") == pytest.approx(CUSTOMS["british"], abs=0.01)
    assert sum(CUSTOMS.values()) == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("custom", "family", "sex", "married", "surname"),
    [
        ("polish", "Kowalski", "F", True, "Kowalska"),
        ("polish", "Kowalski", "M", True, "Kowalski"),
        ("polish", "Nowak", "F", True, "Nowak"),
        ("baltic", "Kazlauskas", "F", True, "Kazlauskiene"),
        ("baltic", "Kazlauskas", "F", False, "Kazlauskaite"),
        ("baltic", "Berzins", "F", True, "Berzina"),
        ("baltic", "Novotny", "F", False, "Novotna"),
        ("baltic", "Dvorak", "F", True, "Dvorakova"),
        ("sikh", "", "F", False, "Kaur"),
        ("sikh", "", "M", False, "Singh"),
        ("sikh", "Gill", "F", True, "Gill"),
        ("muslim", "Khan", "M", False, "Khan"),
        ("british", "Smith", "F", True, "Smith"),
    ],
)
def test_a_family_name_is_borne_as_the_custom_has_it(
    custom: str, family: str, sex: str, married: bool, surname: str
) -> None:
    person = pl.DataFrame({"custom": [custom], "family": family, "sex": sex, "married": married, "own_style": 0.9})
    assert person.select(borne()).item() == surname


def test_many_muslim_women_bear_no_family_name() -> None:
    women = pl.DataFrame(
        {"custom": "muslim", "family": "Khan", "sex": "F", "married": True, "own_style": [0.1, 0.3, 0.4, 0.6]}
    )
    assert women.select(borne())["surname"].to_list() == ["Begum", "Bibi", "Khatun", "Khan"]


def test_sikhs_of_a_clan_have_singh_or_kaur_in_the_middle() -> None:
    people = pl.DataFrame(
        {"custom": "sikh", "sex": ["F", "M"], "family": "Gill", "forename": "Harpreet", "born": [1980, 1980]}
    )
    assert draw_middle_names(people, np.random.default_rng(0)).to_list() == ["Kaur", "Singh"]


@given(st.text("abcdefghijklmnopqrstuvwxyz'-", min_size=3, max_size=20), st.integers(0, 10_000))
@settings(max_examples=100)
def test_a_slip_of_the_pen_changes_one_letter_and_keeps_the_first(word: str, seed: int) -> None:
    written = slip(word, np.random.default_rng(seed))
    assert written[0] == word[0]
    assert abs(len(written) - len(word)) <= 1


def people(count: int = 2000) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "sex": ["F", "M"] * (count // 2),
            "title": ["Mrs", "Mr"] * (count // 2),
            "forename": ["Margaret", "William"] * (count // 2),
            "middle_names": ["Ann", None] * (count // 2),
            "surname": ["Thompson", "Thompson"] * (count // 2),
            "earlier_surname": ["Parr", None] * (count // 2),
        }
    )


def test_without_noise_a_name_is_written_as_it_is() -> None:
    written = write_names(people(), Hand(), Noise.none(), np.random.default_rng(0))
    assert written.select(HELD).equals(people().select(HELD))


def test_each_kind_of_noise_shows() -> None:
    def held(noise: Noise, hand: Hand = Hand()) -> set[str]:  # noqa: B008 - a frozen value
        frame = write_names(people(), hand, noise, np.random.default_rng(0))
        return set(
            frame.filter(pl.col("sex") == "F")
            .select(pl.concat_str(*HELD, separator=" ", ignore_nulls=True))
            .to_series()
        )

    calm = "Mrs Margaret Ann Thompson"
    nothing = Noise.none()
    from dataclasses import replace

    assert {"Mrs Peggy Ann Thompson", calm} <= held(replace(nothing, nickname=0.5))
    assert held(replace(nothing, previous_surname=1.0)) == {"Mrs Margaret Ann Parr"}
    assert held(replace(nothing, variant_spelling=0.25)) == {"Mrs Margaret Ann Thomson"}
    assert held(replace(nothing, swapped_names=1.0)) == {"Mrs Thompson Ann Margaret"}
    assert held(replace(nothing, wrong_title=1.0)) == {"Mr Margaret Ann Thompson"}
    assert held(nothing, Hand(initial_only=1.0)) == {"Mrs M A Thompson"}
    assert held(nothing, Hand(middle_name_dropped=1.0)) == {"Mrs Margaret Thompson"}
    assert held(nothing, Hand(middle_name_as_initial=1.0)) == {"Mrs Margaret A Thompson"}
    assert held(nothing, Hand(missing_title=1.0)) == {"Margaret Ann Thompson"}
    assert len(held(replace(nothing, surname_typo=0.5))) > 20
