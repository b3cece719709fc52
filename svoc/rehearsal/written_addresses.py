"""Writes down every address that the gazetteer holds of a property: preferred, Welsh, alternative, old, planned."""

from datetime import date

import numpy as np
import polars as pl

from svoc.rehearsal.place_changes import Places
from svoc.rehearsal.place_schema import LPIS, conform, generator
from svoc.rehearsal.place_words import place_words

# Shares of the properties concerned.
NAME_ALONE = 0.6  # of houses with a name and a number: an alternative by the name only
NUMBER_ALONE = 0.3  # of flats in a block with a name and a number: an alternative by the number only
SUFFIXED = 0.08  # of FLAT A, 12: an alternative 12A
CORNER = 0.004  # of houses: an alternative in another street
FORMER_NAME = 0.05  # of houses with a name: an earlier one
RENUMBERED = 0.006  # of streets: earlier numbers, 200 higher
FORMER_PLOT = 0.5  # of houses built since 2015: the number of the plot
_LAST = pl.lit(None, dtype=pl.Int8)


def write_down(seed: int, places: Places) -> pl.DataFrame:
    """Write down every address of every property over all nights: LPIS, sorted by `key`.

    `status` is what an address has while it is in force; from the night in `closes` it is historic (8).
    """
    rng = generator(seed, "written addresses")
    preferred = _preferred(places)
    parts = [
        preferred,
        _planned(places),
        _alternatives(rng, preferred),
        _earlier(rng, places, preferred),
    ]
    rows = pl.concat([conform(part, LPIS) for part in parts])
    rows = pl.concat([rows, _in_welsh(places, rows)])
    rows = _with_renames(places, rows)
    rows = rows.sort("uprn", "opens", "status", "language", "street", "pao_text", "pao_start", nulls_last=True)
    return rows.with_columns(key=pl.int_range(1, pl.len() + 1, dtype=pl.Int32))


def _preferred(places: Places) -> pl.DataFrame:
    """Write every property's own address; that of a home still to be built begins on the night it opens."""
    rows = places.properties.filter(pl.col("kind") != "planned")
    return rows.with_columns(
        status=pl.when(pl.col("kind") == "demolished").then(8).otherwise(1).cast(pl.Int16),
        language=pl.lit("ENG"),
        end=pl.when(pl.col("kind") == "demolished").then(pl.lit(date(2016, 9, 30))),
    )


def _planned(places: Places) -> pl.DataFrame:
    """Write the plot of what is still to be built, until it opens."""
    coming = (pl.col("listed") < pl.col("opens")) | (pl.col("kind") == "planned")
    return places.properties.filter(coming).with_columns(
        status=pl.lit(6, dtype=pl.Int16),
        language=pl.lit("ENG"),
        pao_text=pl.format("PLOT {}", pl.col("uprn") % 90 + 1),
        pao_start=None,
        pao_start_suffix=None,
        closes=pl.when(pl.col("kind") != "planned").then("opens"),
        opens=pl.lit(0, dtype=pl.Int8),
    )


def _some(rng: np.random.Generator, rows: pl.DataFrame, share: float) -> pl.DataFrame:
    return rows.filter(pl.Series(rng.random(rows.height) < share))


def _alternatives(rng: np.random.Generator, preferred: pl.DataFrame) -> pl.DataFrame:
    both = preferred.filter(pl.col("pao_text").is_not_null(), pl.col("pao_start").is_not_null())
    lettered = preferred.filter(
        pl.col("sao_text").str.contains(r"^FLAT [A-Z]$"),
        pl.col("pao_start_suffix").is_null(),
        pl.col("pao_end").is_null(),
    )
    houses = preferred.filter(pl.col("kind") == "house", pl.col("pao_start").is_not_null(), pl.col("closes").is_null())
    parts = [
        _without_number(_some(rng, both.filter(pl.col("kind") == "house"), NAME_ALONE)),
        _some(rng, both.filter(pl.col("kind") == "flat"), NUMBER_ALONE).with_columns(pao_text=None),
        _suffixed(_some(rng, lettered, SUFFIXED), preferred),
        _on_the_corner(_some(rng, houses, CORNER), preferred),
    ]
    rows = pl.concat([conform(part, LPIS) for part in parts])
    return rows.with_columns(status=pl.when(pl.col("status") == 1).then(3).otherwise("status").cast(pl.Int16))


def _without_number(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(pao_start=None, pao_start_suffix=None, pao_end=None)


def _suffixed(rows: pl.DataFrame, preferred: pl.DataFrame) -> pl.DataFrame:
    """Write FLAT A, 12 as 12A, unless another property is 12A."""
    rows = rows.filter(letter_is_free(rows, preferred))
    return rows.with_columns(pao_start_suffix=pl.col("sao_text").str.slice(5), sao_text=None)


def letter_is_free(rows: pl.DataFrame, properties: pl.DataFrame) -> pl.Series:
    """Say of each address whether FLAT A, 12 may be written 12A: whether no property of its own is 12A."""
    taken = properties.filter(pl.col("pao_start_suffix").is_not_null()).select(
        "usrn", "pao_start", letter="pao_start_suffix", taken=pl.lit(True)
    )
    letter = pl.col("sao_text").str.extract(r"^FLAT ([A-Z])$").alias("letter")
    asked = rows.select("usrn", "pao_start", letter)
    keys = ["usrn", "pao_start", "letter"]
    return asked.join(taken.unique(keys), on=keys, how="left", maintain_order="left")["taken"].is_null()


def _on_the_corner(rows: pl.DataFrame, preferred: pl.DataFrame) -> pl.DataFrame:
    """Give a corner house a second address, named after itself in the next street that was laid."""
    streets = preferred.select("usrn", "street", "locality", "town").unique("usrn", maintain_order=True).sort("usrn")
    following = streets.with_columns(usrn=pl.col("usrn").shift(1), beside=pl.col("usrn")).drop_nulls("usrn")
    rows = rows.drop("street", "locality", "town").join(following, on="usrn", how="inner", maintain_order="left")
    return _without_number(rows).with_columns(
        usrn=pl.col("beside"), pao_text=pl.format("CORNER HOUSE {}", pl.col("uprn") % 89 + 1)
    )


def _earlier(rng: np.random.Generator, places: Places, preferred: pl.DataFrame) -> pl.DataFrame:
    """Write what some properties were called before: other names, other numbers, plots."""
    standing = preferred.filter(pl.col("dwelling").is_not_null(), pl.col("opens") == 0)
    named = _some(
        rng,
        standing.filter(pl.col("kind").is_in(["house", "named_house"]), pl.col("pao_text").is_not_null()),
        FORMER_NAME,
    )
    old = rng.choice(np.array(place_words().house_names), named.height)
    named = named.with_columns(pao_text="OLD " + pl.Series(old).str.strip_prefix("THE ").str.strip_prefix("OLD "))
    streets = _some(rng, places.streets.select("usrn"), RENUMBERED)
    numbered = standing.filter(pl.col("pao_start").is_not_null()).join(
        streets, on="usrn", how="semi", maintain_order="left"
    )
    numbered = numbered.with_columns(pao_start=pl.col("pao_start") + 200, pao_end=pl.col("pao_end") + 200)
    new = standing.filter(
        pl.col("kind") == "house", pl.col("start") >= date(2015, 1, 1), pl.col("pao_start").is_not_null()
    )
    plots = _some(rng, new, FORMER_PLOT).with_columns(pao_text=pl.format("PLOT {}", pl.col("pao_start")))
    plots = _without_number(plots)
    parts = [conform(part, LPIS) for part in (named, numbered, plots)]
    return pl.concat(parts).with_columns(
        status=pl.lit(8, dtype=pl.Int16), closes=_LAST, end=pl.col("start") + pl.duration(days=200)
    )


def _in_welsh(places: Places, rows: pl.DataFrame) -> pl.DataFrame:
    """Write the preferred addresses of a street that has a Welsh name in Welsh as well."""
    welsh = places.streets.filter(pl.col("welsh").is_not_null()).select("usrn", "welsh")
    own = rows.filter(pl.col("status") == 1).join(welsh, on="usrn", how="inner", maintain_order="left")
    return own.with_columns(language=pl.lit("CYM"), street=pl.col("welsh")).select(*LPIS)


def _with_renames(places: Places, rows: pl.DataFrame) -> pl.DataFrame:
    """Write what a renamed street makes of its addresses: the old ones historic, the new ones in their place."""
    names = places.streets.select(new="usrn", new_street="street")
    later = places.renames.filter(pl.col("night") > 0).join(names, on="new")
    moved = rows.join(later, left_on="usrn", right_on="old", how="left", maintain_order="left")
    live = pl.col("new").is_not_null() & (pl.col("status") != 8) & pl.col("closes").is_null()
    fresh = moved.filter(live).with_columns(
        usrn="new", street="new_street", opens=pl.max_horizontal("opens", "night"), closes=_LAST
    )
    unborn = live & (pl.col("opens") >= pl.col("night"))
    ended = moved.filter(~unborn.fill_null(value=False)).with_columns(
        closes=pl.when(live).then("night").otherwise("closes")
    )
    return pl.concat([part.select(*LPIS) for part in (ended, fresh, _before(places, rows))])


def _before(places: Places, rows: pl.DataFrame) -> pl.DataFrame:
    """Write the addresses under the name that a street had long ago."""
    names = places.streets.select(old="usrn", old_street="street")
    earlier = places.renames.filter(pl.col("night") == 0).join(names, on="old")
    moved = rows.filter(pl.col("status") == 1, pl.col("opens") == 0).join(
        earlier, left_on="usrn", right_on="new", how="inner", maintain_order="left"
    )
    return moved.with_columns(
        usrn="old", street="old_street", status=pl.lit(8, dtype=pl.Int16), closes=_LAST, end=pl.lit(date(2009, 4, 1))
    ).select(*LPIS)


def written_on(lpis: pl.DataFrame, night: int) -> pl.DataFrame:
    """Give the addresses that the gazetteer holds on a night, `status` being the status on that night."""
    over = pl.col("closes").is_not_null() & (pl.col("closes") <= night)
    return lpis.filter(pl.col("opens") <= night).with_columns(
        status=pl.when(over).then(8).otherwise("status").cast(pl.Int16)
    )
