"""Spoils written addresses as people do: other names, other forms of a flat, wrong letters, gaps."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
import polars as pl

from svoc.rehearsal.noise import Noise

# One form of a unit, and three others that mean the same. `${1}` is what the pattern holds in brackets.
UNIT_FORMS: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        r"^FLAT (\d+)$": ("APT ${1}", "FLT ${1}", "FLAT NO ${1}"),
        r"^APARTMENT (\d+)$": ("FLAT ${1}", "APT ${1}", "UNIT ${1}"),
        r"^FLAT ([A-Z])$": ("APARTMENT ${1}", "FLT ${1}", "FLAT ${1}."),
        r"^GROUND FLOOR FLAT$": ("GFF", "GROUND FLR FLAT", "FLAT GROUND FLOOR"),
        r"^FIRST FLOOR FLAT$": ("FFF", "1ST FLOOR FLAT", "FLAT 1ST FLR"),
        r"^SECOND FLOOR FLAT$": ("SFF", "2ND FLOOR FLAT", "FLAT 2ND FLR"),
        r"^TOP FLOOR FLAT$": ("TFF", "TOP FLAT", "FLAT TOP FLOOR"),
        r"^BASEMENT FLAT$": ("LOWER GROUND FLOOR FLAT", "BASEMENT", "LGF FLAT"),
        r"^FLAT ABOVE$": ("FLAT OVER", "FLAT AT", "THE FLAT"),
        r"^FLAT$": ("THE FLAT", "FLAT ABOVE", "FLAT OVER SHOP"),
        r"^LIVING ACCOMMODATION$": ("FLAT ABOVE PUBLIC HOUSE", "LIVING ACCOM", "FLAT OVER"),
        r"^ANNEXE$": ("THE ANNEXE", "GRANNY ANNEXE", "ANNEX"),
        r"^0/(\d)$": ("GF${1}", "FLAT 0/${1}", "0-${1}"),
        r"^(\d)/(\d)$": ("${1}F${2}", "FLAT ${1}/${2}", "${1}-${2}"),
        r"^GF(\d)$": ("0/${1}", "FLAT GF${1}", "GF ${1}"),
        r"^(\d)F(\d)$": ("${1}/${2}", "FLAT ${1}F${2}", "${1}F ${2}"),
        r"^FLAT (\d)/(\d)$": ("${1}/${2}", "${1}F${2}", "(FLAT ${1}/${2})"),
        r"^ROOM (\d+)$": ("RM ${1}", "BEDSIT ${1}", "ROOM NO ${1}"),
        r"^PLOT (\d+)$": ("PITCH ${1}", "NO ${1}", "${1}"),
    }
)
DIVIDED = ("flat", "conversion", "tenement", "above_shop", "bedsit", "student_hall", "annexe", "caravan")
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def with_slips(rng: np.random.Generator, rows: pl.DataFrame, noise: Noise) -> pl.DataFrame:
    """Spoil the parts of addresses: unit, name, number, street, locality, town, county.

    Takes and gives one row per address with those columns (String), `kind`, `letter_free` (Boolean: no other
    home is called 12A) and pao_start, pao_end, pao_start_suffix, pao_end_suffix as in the gazetteer.
    """
    for slip in (_name_or_number, _range, _letter_or_suffix, _unit_form, _unit_gone, _parts_gone):
        rows = slip(rng, rows, noise)
    return with_typos(rng, rows, ("street", "name"), noise.address_typo)


def chance(rng: np.random.Generator, rows: pl.DataFrame, rate: float) -> pl.Series:
    """Throw for every row whether something that happens at a rate happens to it."""
    return pl.Series(rng.random(rows.height) < rate)


def _divided() -> pl.Expr:
    return pl.col("kind").is_in(list(DIVIDED))


def _name_or_number(rng: np.random.Generator, rows: pl.DataFrame, noise: Noise) -> pl.DataFrame:
    """Give a house that has both only its name, or only its number."""
    both = pl.col("name").is_not_null() & pl.col("number").is_not_null() & ~_divided()
    by_name = both & chance(rng, rows, noise.name_for_number)
    by_number = both & ~by_name & chance(rng, rows, noise.number_for_name)
    return rows.with_columns(
        number=pl.when(by_name).then(None).otherwise("number"), name=pl.when(by_number).then(None).otherwise("name")
    )


def _range(rng: np.random.Generator, rows: pl.DataFrame, noise: Noise) -> pl.DataFrame:
    """Write 10-12 as 10, 12, 10/12 or 10 & 12."""
    hit = pl.col("pao_end").is_not_null() & pl.col("number").is_not_null() & chance(rng, rows, noise.range_shortened)
    way = pl.Series(rng.integers(0, 4, rows.height))
    forms = [
        pl.col("pao_start").cast(pl.String),
        pl.col("pao_end").cast(pl.String),
        pl.format("{}/{}", "pao_start", "pao_end"),
        pl.format("{} & {}", "pao_start", "pao_end"),
    ]
    return rows.with_columns(number=pl.when(hit).then(_one_of(way, forms)).otherwise("number"))


def _one_of(way: pl.Series, forms: list[pl.Expr]) -> pl.Expr:
    chosen = forms[-1]
    for index, form in reversed(list(enumerate(forms[:-1]))):
        chosen = pl.when(way == index).then(form).otherwise(chosen)
    return chosen


def _unit_form(rng: np.random.Generator, rows: pl.DataFrame, noise: Noise) -> pl.DataFrame:
    """Write the unit in another form that means the same."""
    way = pl.Series(rng.integers(0, 3, rows.height))
    unit = pl.col("unit")
    other = unit
    for pattern, forms in reversed(list(UNIT_FORMS.items())):
        written = _one_of(way, [unit.str.replace(pattern, form) for form in forms])
        other = pl.when(unit.str.contains(pattern)).then(written).otherwise(other)
    hit = chance(rng, rows, noise.flat_restyled)
    return rows.with_columns(unit=pl.when(hit).then(other).otherwise(unit))


def _letter_or_suffix(rng: np.random.Generator, rows: pl.DataFrame, noise: Noise) -> pl.DataFrame:
    """Write FLAT A, 12 as 12A unless another home is 12A; and a flat that is 12A as FLAT A, 12.

    Half as often as other forms, which are there to be chosen too.
    """
    hit = chance(rng, rows, noise.flat_restyled / 2)
    letter = pl.col("unit").str.extract(r"^FLAT ([A-Z])$")
    plain = pl.col("number").str.contains(r"^\d+$")
    glue = hit & letter.is_not_null() & plain & pl.col("letter_free")
    split = hit & (pl.col("kind") == "conversion") & pl.col("unit").is_null() & pl.col("pao_start_suffix").is_not_null()
    return rows.with_columns(
        unit=pl.when(glue).then(None).when(split).then("FLAT " + pl.col("pao_start_suffix")).otherwise("unit"),
        number=pl.when(glue)
        .then(pl.col("number") + letter)
        .when(split)
        .then(pl.col("pao_start").cast(pl.String))
        .otherwise("number"),
    )


def _unit_gone(rng: np.random.Generator, rows: pl.DataFrame, noise: Noise) -> pl.DataFrame:
    """Leave out the word FLAT, or the whole unit."""
    bare = pl.col("unit").str.strip_prefix("FLAT ")
    wordless = chance(rng, rows, noise.flat_word_dropped) & bare.str.contains(r"^(\d+|[A-Z])$")
    gone = chance(rng, rows, noise.unit_dropped) & _divided()
    return rows.with_columns(unit=pl.when(gone).then(None).when(wordless).then(bare).otherwise("unit"))


def _parts_gone(rng: np.random.Generator, rows: pl.DataFrame, noise: Noise) -> pl.DataFrame:
    """Leave out the locality or the town; add the county."""
    return rows.with_columns(
        locality=pl.when(chance(rng, rows, noise.dropped_locality)).then(None).otherwise("locality"),
        town=pl.when(chance(rng, rows, noise.dropped_town)).then(None).otherwise("town"),
        county=pl.when(chance(rng, rows, noise.added_county)).then("county"),
    )


def with_typos(rng: np.random.Generator, rows: pl.DataFrame, columns: tuple[str, ...], rate: float) -> pl.DataFrame:
    """Get one letter wrong in one of the columns, in the share of rows that the rate says."""
    hit = rng.random(rows.height) < rate
    which = rng.integers(0, len(columns), rows.height)
    for index, column in enumerate(columns):
        at = np.flatnonzero(hit & (which == index))
        wrong = [None if text is None else slip(rng, text) for text in rows[column][at].to_list()]
        rows = rows.with_columns(rows[column].scatter(at, pl.Series(wrong, dtype=pl.String)))
    return rows


def slip(rng: np.random.Generator, text: str) -> str:
    """Lose, double, change or swap one letter of a word of four letters or more; never a digit or the first letter."""
    spots = [
        index
        for index in range(1, len(text) - 1)
        if text[index - 1].isalpha() and text[index].isalpha() and text[index + 1].isalpha()
    ]
    if not spots:
        return text
    index = spots[int(rng.integers(len(spots)))]
    ways: list[Callable[[], str]] = [
        lambda: text[:index] + text[index + 1 :],
        lambda: text[:index] + text[index] + text[index:],
        lambda: text[:index] + _LETTERS[int(rng.integers(26))] + text[index + 1 :],
        lambda: text[:index] + text[index + 1] + text[index] + text[index + 2 :],
    ]
    return ways[int(rng.integers(4))]()
